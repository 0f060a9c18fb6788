"""Dates written month first, as a spreadsheet set to American English leaves them.

Read day first, those of days up to the 12th are dates too: one month's rows would scatter over twelve, and only the
others would be refused. So it is asked of the dates together: do they lie in one period when they are read the other
way round, and not as they stand? What a file says of its dates beyond doubt (2025-11-30, or 30/11/2025) is never
doubted, and a file of one period, written day first, is never suspected.

Where the period was named, or some dates are days that there are not, the file is refused. Where neither decides, it
may as well be a series of many months with one to three days of each, so it is warned of and read day first.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from redway.errors import FileRefused, Place, plain
from redway.periods import in_words, months_of
from redway.sources.dataset import Dataset
from redway.sources.returned import periods
from redway.sources.returned.rows import Rows

ONE_FORM = "dates all in one form, with the day first (30/11/2025) or the year first, as they were exported"
DAY_FIRST = "dates with the day first (30/11/2025) or the year first (2025-11-30)"
MOST = 0.9  # of the dates lie in the one period, by either reading
SHARE = 0.3  # of the dates do so only month first
FEW = 3  # rows, and periods they scatter over, where nobody named the period
ENOUGH, ENOUGH_OF_LONGER = 8, 24  # dates, where each may be either: fewer lie so by chance, the longer the period
SLASHES = "[0-9]{1,2}/[0-9]{1,2}/(19|20)[0-9]{2}( .*)?"
YEAR_FIRST = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?"


class Dates(NamedTuple):
    """Rows whose dates lie in the same periods, by either reading.

    day_first, month_first  labels; empty where that reading is no date, or one still to come
    first        whether the day is the 1st, read day first: so dates are written of which only the month is known
    year_first   written 2025-11-30
    """

    day_first: str
    month_first: str
    first: bool
    year_first: bool
    rows: int
    at: int = 0  # the first of them
    came: str = ""


@dataclass(frozen=True)
class MonthFirst:
    """What is told of dates that are written month first.

    column     canonical name of the column
    period     the one in which they lie
    rows       of `dates`, that lie in it only when read so
    scattered  periods over which these lie when they are read day first
    unreadable  of these, that are no dates then
    half       whether a spreadsheet swapped some of them and left the others as text
    certain    whether no other reading is possible: the file is refused then, and warned of otherwise
    """

    column: str
    period: str
    rows: int
    dates: int
    scattered: int
    unreadable: int
    half: bool
    certain: bool
    at: int
    came: str

    def refusal(self, file: str, heading: str) -> FileRefused:
        """The file's refusal, with how to mend it."""
        cause = (
            "a spreadsheet set to American dates opened the file: it swapped day and month up to the 12th of each "
            "month and left the other dates as text. Take the export anew and open it in one set to English (UK)"
            if self.half
            else "an export or a spreadsheet set to American dates. Set it to English (UK), or the column to the form "
            "2025-11-30, and export it again"
        )
        cause += "; do not change dates by hand, one by one."
        came = (
            f"dates with day and month swapped, such as “{self.came}”, beside others that were left as text: swapped "
            f"back, {self._moved()}; as they stand, they {self._otherwise()}"
            if self.half
            else f"dates such as “{self.came}”: read month first, {self._moved()}; read day first, they "
            f"{self._otherwise()}"
        )
        fault = FileRefused(
            ONE_FORM if self.half else DAY_FIRST,
            came=came,
            cause=cause,
            place=Place(file, self.at, heading),
            count=self.rows,
        )
        fault.periods = (self.period,)
        return fault

    def doubt(self, file: str, heading: str) -> str:
        """The warning where it is not certain: what it may be, and what to do in either case."""
        return (
            f"{plain(file)}, column “{plain(heading)}”: dates such as “{self.came}” can be read in two ways. Read day "
            f"first, as they were, they {self._otherwise()}, on the same few days of each; read month first, "
            f"{self._moved()}. If they are right day first, acknowledge this. If it is a return of "
            f"{in_words(self.period)}, an export or a spreadsheet is set to American dates: take this back, set it to "
            "English (UK), export again and send that."
        )

    def _moved(self) -> str:
        many = f"all {self.dates:,}" if self.rows == self.dates else f"{self.rows:,} of {self.dates:,}"
        return f"{many} come to lie in {in_words(self.period)}"

    def _otherwise(self) -> str:
        """What the dates are as they stand."""
        told = [f"lie in {self.scattered:,} different periods"] if self.scattered > 1 else []
        told += ["lie in another period"] if self.scattered == 1 else []
        told += [f"are no dates in {self.unreadable:,} rows"] if self.unreadable > 1 else []
        told += ["are no date in one row"] if self.unreadable == 1 else []
        return " and ".join(told)


def found(rows: Rows) -> MonthFirst | None:
    """What is to be told of a file whose rows were typed; None where its dates are as they should be, or too few to
    say. The file itself is read again only where some dates could not be read, or they look swapped.
    """
    dataset, named = rows.dataset, rows.context.period
    for name in dict.fromkeys((dataset.period_from, dataset.dates_from)):
        kind = next((c.type for c in dataset.columns if c.name == name), "")
        if kind not in ("date", "date-time") or name not in rows.headings.at or dataset.cadence == "once":
            continue
        if not _unread(rows, name) and judged(name, _typed(rows, name), named) is None:
            continue
        rows.file.as_view(rows.db, "sent", numbered=True)
        if told := judged(name, _written(rows, name), named):
            return told
    return None


def judged(column: str, dates: Iterable[Dates], named: str) -> MonthFirst | None:
    """Whether the dates of a column are written month first.

    named  label of the period that the file is meant to be of; empty where nobody said
    """
    counted, half = _doubtful(list(dates))
    swapped = [d for d in counted if d.month_first and d.month_first != d.day_first]
    into = Counter[str]()
    for d in swapped:
        into[d.month_first] += d.rows
    period = named or max(into, key=lambda label: (into[label], label), default="")
    moved = [d for d in swapped if d.month_first == period]
    rows, every = into[period], sum(d.rows for d in counted)
    there = sum(d.rows for d in counted if d.day_first == period)
    open_to_both = sum(d.rows for d in counted if d.month_first)
    if not rows or rows < SHARE * every or 2 * rows <= open_to_both or rows + there < MOST * every:
        return None
    scattered = {d.day_first for d in moved if d.day_first}
    unreadable = sum(d.rows for d in moved if not d.day_first)
    if not named and not unreadable:
        elsewhere = any(not d.month_first and d.day_first != period for d in counted)
        enough = ENOUGH if len(months_of(period)) == 1 else ENOUGH_OF_LONGER
        if len(scattered) < FEW or elsewhere or every < enough or all(d.first for d in moved):
            return None
    if not named and rows < FEW:
        return None
    one, certain = min(moved, key=lambda d: d.at), half or bool(unreadable or named)
    return MonthFirst(column, period, rows, every, len(scattered), unreadable, half, certain, one.at, one.came)


def _doubtful(dates: list[Dates]) -> tuple[list[Dates], bool]:
    """The dates that can be read two ways and those beside them; and whether a spreadsheet has swapped half of them:
    dates of its own up to the 12th, and the days after it as text.
    """
    text_dates, own = [d for d in dates if not d.year_first], [d for d in dates if d.year_first]
    one_way = all(not (d.day_first and d.month_first) for d in text_dates)
    half = bool(own and text_dates) and one_way and all(d.month_first for d in own)
    return (dates if half else text_dates), half


def _unread(rows: Rows, name: str) -> bool:
    """Whether some cells of the column are no dates."""
    found = rows.db.execute(f'SELECT bool_or("{name}" IS NULL) FROM typed WHERE wrong AND NOT empty').fetchall()  # noqa: S608
    return bool(found[0][0])


def _typed(rows: Rows, name: str) -> list[Dates]:
    """The dates as they were read, as if each were written day first with slashes."""
    days = f'SELECT "{name}"::DATE AS d, count(*) AS n, min(row) AS row FROM typed GROUP BY ALL'  # noqa: S608
    swapped = "CASE WHEN day(d) <= 12 THEN make_date(year(d), day(d), month(d)) END"
    return _grouped(rows, f"SELECT d, {swapped} AS m, false AS own, n, row, '' AS raw FROM ({days})")  # noqa: S608


def _written(rows: Rows, name: str) -> list[Dates]:
    """The dates as they stand in the file, by both readings."""
    raw = f"trim(c{rows.headings.at[name]})"
    day = f"CASE WHEN regexp_full_match(raw, '{SLASHES}') THEN split_part(raw, ' ', 1) END"
    sent = (
        f"SELECT row, raw, regexp_full_match(raw, '{YEAR_FIRST}') AS own, {day} AS day FROM (SELECT row, {raw} AS raw "  # noqa: S608
    )
    day_first = "CASE WHEN own THEN try_cast(raw[:10] AS DATE) ELSE try_strptime(day, '%d/%m/%Y')::DATE END"
    swapped = "CASE WHEN own THEN try_strptime(raw[:10], '%Y-%d-%m') ELSE try_strptime(day, '%m/%d/%Y') END::DATE"
    readings = f"SELECT {day_first} AS d, {swapped} AS m, own, 1 AS n, row, coalesce(day, raw[:10]) AS raw"
    return _grouped(rows, f"{readings} FROM ({sent} FROM sent))")


def _grouped(rows: Rows, dates: str) -> list[Dates]:
    """Dates by the periods in which they lie; `dates` is SQL of d and m, the readings day first and month first, and of
    n, in how many rows.
    """
    label = {which: f"CASE WHEN {which} <= current_date THEN {_label(rows.dataset, which)} END" for which in "dm"}
    found = rows.db.execute(
        f"SELECT coalesce({label['d']}, '') AS day_first, coalesce({label['m']}, '') AS month_first, "  # noqa: S608
        "coalesce(day(d) = 1, false) AS first, own, sum(n)::BIGINT, coalesce(min(row), 0), "
        "coalesce(arg_min(raw, row), '') "
        f"FROM ({dates}) WHERE d IS NOT NULL OR m IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [Dates(*each) for each in found if each[0] or each[1]]


def _label(dataset: Dataset, day: str) -> str:
    return periods.of_date(day, dataset.cadence)
