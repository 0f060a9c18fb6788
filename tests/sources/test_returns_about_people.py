"""Returns of youth justice, drug testing, treatment, probation, surveys and agencies: what is taken, what is refused.

Every rule of every definition has a row here that breaks it, and it alone.
"""

import csv
import dataclasses
import re

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.sources.dataset import REFUSED, dataset, names
from redway.sources.loaders import loader
from redway.sources.returned.look_ups import look_ups

# Dataset -> reason of a rule -> number of the example row that is changed, and the change that breaks the rule.
BREAKS = {
    "youth-justice": {
        "the disposal is dated before the offence": (2, {"offence_date": "2025-11-19"}),
        "the first caution or sentence is dated after this one": (1, {"first_disposal_date": "2025-12-02"}),
        "the first serious violence offence is dated after this one": (
            1,
            {"first_serious_violence_date": "2025-10-03"},
        ),
        "a serious violence offence without the day of the first one": (1, {"first_serious_violence_date": ""}),
        "marked as serious violence, which its kind or gravity does not make it": (1, {"gravity": "4"}),
        "a first-time entrant with an earlier caution or sentence": (0, {"first_disposal_date": "2025-10-19"}),
        "a first-time entrant by a disposal that does not count as one": (2, {"first_time_entrant": "yes"}),
        "a speech and language need without an assessment": (0, {"slcn_assessed": "no"}),
    },
    "drug-tests-on-arrest": {
        "tested before the arrest": (1, {"test_date": "2025-11-08"}),
        "a result without the day of a test": (1, {"test_date": ""}),
        "a day of a test that was not done": (1, {"result": "not-tested"}),
        "assessed before the arrest": (0, {"assessment_date": "2025-11-02"}),
        "a day of an assessment that was not attended": (0, {"assessment": "missed"}),
        "attended an assessment that has no day": (2, {"assessment": "attended"}),
        "treatment began before the assessment": (0, {"treatment_start": "2025-11-09"}),
    },
    "treatment": {
        "a requirement made, and not which": (0, {"requirement": ""}),
        "an exit without how treatment ended": (4, {"discharge": ""}),
        "a discharge reason in a row that is no exit": (2, {"discharge": "dropped-out"}),
        "engagement in a row that is no requirement": (2, {"engaged": "yes"}),
        "engaged before the requirement was made": (0, {"engaged_on": "2025-10-05"}),
        "a day of engagement for somebody who has not engaged": (0, {"engaged": "no"}),
        "a referral without its source": (2, {"referral_source": ""}),
        "an adult's requirement in the service for young people": (0, {"service": "young-people"}),
    },
    "probation": {
        "it ended before it began": (2, {"ended": "2025-05-18"}),
        "it began after the quarter": (0, {"started": "2026-01-02"}),
        "more appointments attended than offered": (0, {"appointments_attended": "13"}),
        "breached before it began": (1, {"breach_date": "2025-10-12"}),
        "a day of a breach that is not marked": (1, {"breached": "no"}),
        "a reason for ending without a day": (2, {"ended": ""}),
    },
    "survey-responses": {
        "a weight that is not above zero": (0, {"weight": "0"}),
        "reported knife crime that did not affect the person": (0, {"knife_reported": "yes"}),
        "a resident's question answered in the survey of practitioners": (4, {"crime_change": "up"}),
        "a practitioner's question answered in a survey of residents": (0, {"service_awareness": "very"}),
    },
    "agency-counts": {
        "cases of Channel are never taken": (0, {"measure": "channel"}),
        "no number, and no word on why": (0, {"count": ""}),
        "a number that its status says is not there": (0, {"status": "hidden"}),
        "more than there were": (1, {"count": "62"}),
    },
}
NAMES = sorted(BREAKS)
# The column that a row is made another by, so that it does not repeat the one it was copied from.
OWN = {
    "youth-justice": "record",
    "drug-tests-on-arrest": "test",
    "treatment": "episode",
    "probation": "requirement_reference",
    "survey-responses": "respondent",
    "agency-counts": "area",
}


def example(name):
    return [dict(row) for row in dataset(name).example]


def another(name, number, changes):
    """A copy of an example row that repeats none, changed."""
    another.made += 1
    own = f"E01{another.made:06d}" if name == "agency-counts" else f"{'c' * 28}{another.made:04d}"
    return example(name)[number] | {OWN[name]: own} | changes


another.made = 0


@pytest.fixture
def send(tmp_path, context):
    """Loads rows of a dataset as a partner sends them: under the template's headings, in a CSV file."""
    sending = dataclasses.replace(context, agency="an-agency")

    def send_rows(name, rows, **changes):
        definition = dataset(name)
        into = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        path = into / "sent.csv"
        used = [c for c in definition.columns if not c.optional or any(c.name in row for row in rows)]
        with path.open("w", newline="", encoding="utf-8") as file:
            writing = csv.writer(file)
            writing.writerow([column.heading for column in used])
            writing.writerows([[row.get(column.name, "") for column in used] for row in rows])
        context = dataclasses.replace(sending, **changes)
        return into, lambda: loader(name).load(path, file_name="sent.csv", into=into, context=context)

    return send_rows


@pytest.fixture
def accepted(send):
    """The rows accepted of what is sent, as dictionaries."""

    def rows_of(name, rows, **changes):
        _, load = send(name, rows, **changes)
        return [row for loaded in load() for row in pq.read_table(loaded.parquet).to_pylist()]

    return rows_of


@pytest.fixture
def refused(send):
    """The refused cells of what is sent, as dictionaries; the file may be refused with them."""

    def cells(name, rows):
        into, load = send(name, rows)
        with pytest.raises(FileRefused):
            load()
        return pq.read_table(into / REFUSED).to_pylist()

    return cells


@pytest.mark.parametrize("name", NAMES)
class TestEach:
    def test_the_worked_example_is_taken_whole(self, name, accepted):
        assert len(accepted(name, example(name))) == len(dataset(name).example) >= 4

    def test_rows_that_break_a_rule_are_refused_for_that_alone_and_told_how_to_mend_it(self, name, refused):
        assert set(BREAKS[name]) == {rule.reason for rule in dataset(name).rules}  # each has a row that breaks it
        good = example(name)
        bad = [another(name, number, changes) for number, changes in BREAKS[name].values()]
        cells = refused(name, [*good, *bad, good[0]])
        assert [cell["row"] for cell in cells] == list(range(len(good) + 1, len(good) + len(bad) + 2))
        assert [cell["rule"] for cell in cells[:-1]] == list(BREAKS[name])
        assert cells[-1]["rule"].startswith("came before")
        assert all(cell["mend"].endswith(".") and cell["expected"] for cell in cells)

    def test_it_is_data_of_partners_kept_for_a_time_and_shown_with_small_counts_hidden(self, name):
        definition = dataset(name)
        assert (definition.access, definition.suppression, definition.licence) == ("partners", "counts", "")
        assert definition.nature is not None
        assert definition.keep_months > 0
        assert {*definition.key, *definition.watched, *definition.totals, definition.period_from} <= {
            column.name for column in definition.columns
        }

    def test_every_look_up_has_plain_labels_and_no_spelling_means_two_codes(self, name):
        for found in look_ups(dataset(name)).values():
            said = {}
            for entry in found.entries:
                assert entry.label
                for spelling in {entry.code.casefold(), *(was.casefold() for was in entry.was)}:
                    assert said.setdefault(spelling, entry.code) == entry.code, (found.name, spelling)

    def test_unknown_codes_are_codes_of_the_look_up(self, name):
        found = look_ups(dataset(name))
        for column in dataset(name).columns:
            if column.codes:
                assert set(column.unknown) <= set(found[column.codes].codes), column.name


def test_serious_violence_is_marked_and_each_disposal_goes_to_its_quarter(send):
    rows = example("youth-justice")
    for row in rows[3:]:
        row.pop("serious_violence", None)
    rows[1]["serious_violence"] = "no"  # what the service says stands
    rows[4] |= {"offence_type": "violence", "gravity": ""}  # cannot be told
    rows[0] |= {"disposal_date": "2025-09-30", "first_disposal_date": "2025-09-30"}
    _, load = send("youth-justice", rows)
    loads = load()
    assert {loaded.period: loaded.rows_accepted for loaded in loads} == {"2025/26-Q2": 1, "2025/26-Q3": 4}
    taken = [row for loaded in loads for row in pq.read_table(loaded.parquet).to_pylist()]
    marked = {row["record"][-1]: row["serious_violence"] for row in taken}
    assert marked == {"1": False, "2": False, "3": False, "4": True, "5": None}


def test_no_disposals_at_all_are_a_true_zero_of_the_quarter_named(send):
    _, load = send("youth-justice", [], period="2025/26-Q3")
    (nothing,) = load()
    assert (nothing.period, nothing.rows_accepted) == ("2025/26-Q3", 0)


def test_a_child_s_name_in_place_of_a_pseudonym_is_refused_and_not_repeated(refused):
    rows = example("youth-justice")
    rows[0]["child"] = "Fictional Child"
    (cell,) = refused("youth-justice", rows)
    assert "Fictional" not in str(cell)


def test_treatment_takes_older_spellings_and_several_events_of_one_spell(accepted):
    rows = example("treatment")
    rows[0] |= {"requirement": "ATO", "referral_source": "NPS"}
    rows[2] |= {"referral_source": "Youth Offending Team", "linked_disposal": "OOCD"}
    rows[4]["episode"] = rows[2]["episode"]  # referred and discharged in the same quarter
    found = accepted("treatment", rows)
    assert (found[0]["requirement"], found[0]["referral_source"]) == ("ATR", "probation")
    assert found[1]["substances"] == "crack;opiates"
    assert (found[2]["referral_source"], found[2]["linked_disposal"]) == ("youth-justice", "out-of-court")
    assert len(found) == 5


def test_weights_are_numbers_above_zero_and_waves_and_postcodes_name_nobody(refused):
    weights = [another("survey-responses", 1, {"weight": weight}) for weight in ("-1", "0", "101", "heavy", "")]
    wave = another("survey-responses", 1, {"wave": "<b>2025</b>"})
    cells = refused("survey-responses", [*example("survey-responses"), *weights, wave])
    assert [(cell["row"], cell["column"]) for cell in cells] == [
        *((row, "Weight") for row in range(6, 11)),
        (11, "Wave"),
    ]


@pytest.mark.parametrize("postcode", ["ZZ1 1AA", "MK9 3EJ"])
def test_a_whole_postcode_is_refused_where_its_first_half_is_asked_for(send, postcode):
    rows = example("survey-responses")
    rows[0]["outward_postcode"] = postcode
    _, load = send("survey-responses", rows)
    with pytest.raises(FileRefused):
        load()


def test_cases_of_channel_are_refused_however_they_are_spelt(refused):
    spellings = ["channel", "Channel cases", "CHANNEL REFERRALS", " Channel  panel ", "Prevent referrals"]
    rows = [another("agency-counts", 0, {"measure": spelling}) for spelling in spellings]
    cells = refused("agency-counts", rows)
    assert [cell["rule"] for cell in cells] == ["cases of Channel are never taken"] * len(spellings)


def test_counts_may_be_of_periods_of_any_kind_and_not_available_is_no_zero(send):
    belongs = {
        "2025-11": "2025/26-Q3",
        "2025/26-Q2": "2025/26-Q2",
        "YE-2025-03": "YE-2025-03",
        "2025-autumn": "2025-autumn",
    }
    rows = [{"measure": "vawg-education-children", "period": period, "count": "2394"} for period in belongs]
    rows.append({"measure": "roadshow-contacts", "period": "2025-11", "status": "x"})
    _, load = send("agency-counts", rows)
    found = [(loaded.period, row) for loaded in load() for row in pq.read_table(loaded.parquet).to_pylist()]
    taught = {row["period"]: period for period, row in found if row["count"] == 2394}
    assert taught == belongs
    (absent,) = [row for _, row in found if row["measure"] == "roadshow-contacts"]
    assert (absent["count"], absent["status"]) == (None, "not-available")


def test_a_period_that_is_none_is_refused(refused):
    periods = ["2025/27-Q3", "Q3 2025", "2025-13", "45962"]
    rows = [{"measure": "roadshow-contacts", "period": period, "count": "1"} for period in periods]
    assert {cell["row"] for cell in refused("agency-counts", rows)} == {1, 2, 3, 4}


def test_the_whole_partnership_is_an_empty_cell_and_never_its_district_s_code(refused):
    # Otherwise it would pass for one area among others, and be left out of the whole.
    row = {"measure": "roadshow-contacts", "area": "E06000042", "period": "2025-11", "count": "1"}
    (cell,) = refused("agency-counts", [row])
    assert "an empty cell for the whole partnership" in cell["expected"]


def test_the_partnership_may_put_its_own_list_of_measures_in_place(accepted, refused, partnership):
    own = partnership.profile / "codes" / "agency-counts" / "measures.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("- {code: street-tea, label: Cups of tea given by the street team}\n", "utf-8")
    row = {"measure": "Cups of tea given by the street team", "period": "2025-11", "count": "12"}
    assert accepted("agency-counts", [row])[0]["measure"] == "street-tea"
    assert refused("agency-counts", [row | {"measure": "marac-cases"}])[0]["rule"] == "is none of the codes"


PARTNERS = [name for name in names() if dataset(name).access == "partners"]


@pytest.mark.parametrize("name", PARTNERS)
def test_no_code_is_lost_that_a_spreadsheet_takes_for_something_else(name):
    for found in look_ups(dataset(name)).values():
        for code in found.codes:
            # 10-11 becomes the tenth of November; 55+ becomes 55.
            assert not re.fullmatch(r"(0?[1-9]|[12][0-9]|3[01])[-/](0?[1-9]|1[0-2])", code), (found.name, code)
            assert not code.startswith(("=", "+", "-", "@")), (found.name, code)
            if code.endswith("+"):
                assert found.spellings[code.removesuffix("+")] == code, (found.name, code)
