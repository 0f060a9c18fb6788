"""Dates written month first are told in one sentence, with how to mend them; a file written day first never is."""

import datetime as dt
import random
from collections import Counter

import pytest

from redway import periods
from redway.sources.returned.month_first import Dates, judged

COLUMNS = [
    {"name": "at", "type": "date", "about": "When", "publisher_name": "Date", "required": True},
    {"name": "how", "type": "text", "about": "How", "publisher_name": "How", "optional": True},
]
DATED = {"period_from": "at"}
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"
LABELS = {"monthly": periods.label, "quarterly": periods.quarter}


def month(number, days=range(1, 31), year=2025):
    return [dt.date(year, number, day) for day in days]


@pytest.fixture
def sent(load_text):
    """Loads dates as they are written, one a row."""

    def load(*written, **fields):
        return load_text("Date,How\n" + "".join(f"{one},x\n" for one in written), COLUMNS, **DATED | fields)

    return load


def written(days, form):
    return [day.strftime(form) for day in days]


class TestWhatIsTold:
    def test_a_month_of_american_dates_is_one_sentence_and_the_month_it_is_of(self, sent):
        fault = sent(*written(month(11), MONTH_FIRST)).fault
        assert fault.came == (
            "dates such as “11/01/2025”: read month first, 29 of 30 come to lie in November 2025; read day first, they "
            "lie in 11 different periods and are no dates in 18 rows"
        )
        assert fault.expected == "dates with the day first (30/11/2025) or the year first (2025-11-30)"
        assert "English (UK)" in fault.cause
        assert "by hand" in fault.cause
        assert (str(fault.place), fault.periods) == ("sent.csv, line 2, column “Date”", ("2025-11",))

    def test_up_to_the_twelfth_too_where_every_date_could_be_either(self, sent):
        days = written(month(11, range(1, 13)), MONTH_FIRST)
        assert "read month first, 11 of 12 come to lie in November 2025" in sent(*days, period="2025-11").fault.came

    def test_a_few_rows_are_enough_where_the_period_was_named(self, sent):
        days = written(month(11, (3, 5)), MONTH_FIRST)
        told = sent(*days, period="2025-11", refuse_above=0.05)
        assert "read month first, all 2 come to lie in November 2025" in told.fault.came
        assert {row["rule"] for row in told.refused} == {"has the month before the day"}
        assert {row["mend"] for row in told.refused} == {
            "Write the day first (30/11/2025) or the year first (2025-11-30)."
        }
        assert sent(*days, refuse_above=1.0).fault is None  # of no named period, two rows say too little

    def test_what_a_spreadsheet_made_of_british_dates_half_of_them_swapped(self, sent):
        days = [one.strftime("%Y-%d-%m" if one.day <= 12 else DAY_FIRST) for one in month(11)]
        fault = sent(*days).fault
        assert "a spreadsheet set to American dates opened the file" in fault.cause
        assert fault.came == (
            "dates with day and month swapped, such as “2025-01-11”, beside others that were left as text: swapped "
            "back, 11 of 30 come to lie in November 2025; as they stand, they lie in 11 different periods"
        )
        assert fault.expected.startswith("dates all in one form")

    def test_date_times_and_quarters(self, load_text):
        columns = [COLUMNS[0] | {"type": "date-time"}]
        days = [day for number in (10, 11, 12) for day in month(number)]
        text = "Date\n" + "".join(f"{day} 22:15\n" for day in written(days, MONTH_FIRST))
        fault = load_text(text, columns, cadence="quarterly", **DATED).fault
        assert "come to lie in October to December 2025" in fault.came
        assert "22:15" not in fault.came

    def test_the_column_that_dates_are_measured_by_where_the_period_is_another(self, load_text):
        columns = [{"name": "month", "type": "month", "about": "m", "publisher_name": "Month"}, *COLUMNS[:1]]
        text = "Month,Date\n" + "".join(f"2025-11,{day}\n" for day in written(month(11), MONTH_FIRST))
        fault = load_text(text, columns, period_from="month", dates_from="at").fault
        assert fault.place.column == "Date"

    def test_what_only_follows_from_it_is_not_told_beside_it(self, load_text):
        columns = [*COLUMNS[:1], {"name": "other", "type": "date", "about": "o", "publisher_name": "Other"}]
        rules = [
            {"wrong": '"at" < "other"', "reason": "is before the other", "column": "at", "expected": "e"},
            {"wrong": '"other" > "at"', "reason": "is after the other", "column": "other", "expected": "e"},
        ]
        text = "Date,Other\n" + "".join(f"{day:{MONTH_FIRST}},{day:%Y-%m-%d}\n" for day in month(11, range(1, 31)))
        told = load_text(text, columns, rules=rules, **DATED)
        assert {(row["column"], row["rule"]) for row in told.refused} == {("Date", "has the month before the day")}
        assert len(told.refused) == 18 + sum(1 for day in range(1, 11))
        assert all(row["line"] for row in told.refused)

    def test_other_mistakes_of_the_rows_stay_in_the_list(self, load_text):
        columns = [*COLUMNS[:1], COLUMNS[1] | {"type": "code", "codes": "sex"}]
        text = "Date,How\n" + "".join(f"{day},unheard of\n" for day in written(month(11), MONTH_FIRST))
        told = load_text(text, columns, **DATED)
        assert Counter(row["rule"] for row in told.refused) == {
            "has the month before the day": 18,
            "is none of the codes": 30,
        }


class TestWhereItMayAsWellBeASeriesOfMonths:
    """The file is read day first, and what it may be is a warning of it as a whole."""

    def test_one_day_of_each_month(self, sent):
        told = sent(*(f"05/{number:02}/2024" for number in range(1, 13)))
        assert told.fault is None
        assert sorted(each.period for each in told.loaded) == [f"2024-{number:02}" for number in range(1, 13)]
        assert {each.doubts for each in told.loaded} == {
            (
                "sent.csv, column “Date”: dates such as “05/01/2024” can be read in two ways. Read day first, as they "
                "were, they lie in 11 different periods, on the same few days of each; read month first, 11 of 12 come "
                "to lie in May 2024. If they are right day first, acknowledge this. If it is a return of May 2024, an "
                "export or a spreadsheet is set to American dates: take this back, set it to English (UK), export "
                "again and send that.",
            )
        }

    def test_three_days_of_each_month_of_a_quarterly_return(self, sent):
        days = [f"{day:02}/{number:02}/2024" for number in range(1, 13) for day in (4, 5, 6)]
        told = sent(*days, cadence="quarterly")
        assert (told.fault, len(told.rows)) == (None, 36)
        assert "come to lie in April to June 2024" in told.loaded[0].doubts[0]

    def test_the_named_period_or_a_day_there_is_not_decides(self, sent):
        days = [f"05/{number:02}/2024" for number in range(1, 13)]
        assert "month first" in sent(*days, period="2024-05").fault.came
        assert "month first" in sent(*days, "05/13/2024").fault.came

    def test_nothing_is_said_of_days_that_vary_or_are_written_year_first(self, sent):
        days = [dt.date(2024, number, 1 + (5 * number) % 12) for number in range(1, 13)]
        assert all(each.doubts == () for each in sent(*written(days, DAY_FIRST)).loaded)
        same = [dt.date(2024, number, 5) for number in range(1, 13)]
        assert all(each.doubts == () for each in sent(*written(same, YEAR_FIRST)).loaded)


def dates(days, form, kind):
    """Days as they would be found in a file that writes them so."""
    label = LABELS[kind]

    def read(text, how):
        try:
            day = dt.datetime.strptime(text, how).replace(tzinfo=dt.UTC).date()
        except ValueError:
            return ""
        return label(12 * day.year + day.month - 1)

    found = Counter()
    for day in days:
        text = day.strftime(form)
        one = (read(text, DAY_FIRST), read(text, MONTH_FIRST), text.startswith("01/"), False)
        if form == YEAR_FIRST:
            one = (read(text, YEAR_FIRST), read(text, "%Y-%d-%m"), day.day == 1, True)
        found[one] += 1
    return [Dates(*one, count) for one, count in found.items()]


def random_days(draw, months, rows):
    start = draw.choice(months)
    return [dt.date(m // 12, m % 12 + 1, draw.randint(1, 28)) for m in (draw.choice(start) for _ in range(rows))]


class TestAFileWrittenDayFirstIsNeverSuspected:
    @pytest.mark.parametrize("kind", ["monthly", "quarterly"])
    @pytest.mark.parametrize("named", [True, False])
    def test_of_one_period_however_few_or_alike_its_days(self, kind, named):
        draw, length = random.Random(f"one {kind} {named}"), {"monthly": 1, "quarterly": 3}[kind]
        starts = [range(m, m + length) for m in range(12 * 2024, 12 * 2025, length)]
        for _ in range(1_000):
            days = random_days(draw, starts, draw.choice([1, 2, 3, 5, 12, 40]))
            if draw.random() < 0.3:
                days = [days[0]] * len(days)
            first = 12 * days[0].year + days[0].month - 1
            period = LABELS[kind](first) if named else ""
            assert judged("at", dates(days, DAY_FIRST, kind), period) is None

    @pytest.mark.parametrize("kind", ["monthly", "quarterly"])
    def test_of_many_periods_with_or_without_days_after_the_twelfth(self, kind):
        draw = random.Random(f"many {kind}")
        for _ in range(500):
            days = random_days(draw, [range(12 * 2024, 12 * 2025)], draw.choice([8, 12, 24, 40]))
            assert judged("at", dates(days, DAY_FIRST, kind), "") is None
            early = [day.replace(day=draw.randint(1, 12)) for day in days]
            assert judged("at", dates(early, DAY_FIRST, kind), "") is None

    def test_of_which_only_the_month_is_known(self):
        days = [dt.date(2025, number, 1) for number in range(1, 13)]
        assert judged("at", dates(days, DAY_FIRST, "monthly"), "") is None

    def test_nor_one_written_year_first_nor_one_of_both_ways(self):
        draw = random.Random("both ways")
        for _ in range(500):
            days = random_days(draw, [range(m, m + 1) for m in range(12 * 2025, 12 * 2026)], 20)
            first = draw.randint(0, 20)
            both = dates(days[:first], YEAR_FIRST, "monthly") + dates(days[first:], DAY_FIRST, "monthly")
            assert judged("at", both, "") is None
            assert judged("at", dates(days, YEAR_FIRST, "monthly"), "") is None

    def test_nor_for_a_few_mistyped_dates_among_many(self, sent):
        right = written(month(11), DAY_FIRST)
        told = sent(*right, "11/15/2025", "05/11/2024", "12/11/2025", period="2025-11")
        assert told.fault is None
        assert [row["rule"] for row in told.refused] == ["has the month before the day", "is of another period"]

    def test_the_same_file_through_the_engine(self, sent):
        days = [day for number in range(1, 13) for day in month(number, (2, 7, 11))]
        assert sent(*written(days, DAY_FIRST)).fault is None


@pytest.mark.parametrize("kind", ["monthly", "quarterly"])
def test_a_file_of_one_period_written_month_first_is_nearly_always_found(kind):
    draw, length, found = random.Random(f"american {kind}"), {"monthly": 1, "quarterly": 3}[kind], 0
    starts = [range(m, m + length) for m in range(12 * 2024, 12 * 2025, length)]
    for _ in range(500):
        days = random_days(draw, starts, 20)
        period = LABELS[kind](12 * days[0].year + days[0].month - 1)
        told = judged("at", dates(days, MONTH_FIRST, kind), "")
        assert told is None or told.period == period
        found += told is not None
        assert judged("at", dates(days, MONTH_FIRST, kind), period) is not None
    assert found > 490
