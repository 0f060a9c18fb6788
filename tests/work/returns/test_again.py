"""The same case in two periods, parts of one, and rows of the worked example: what looks well and never happened so."""

import csv
import io

import pytest

from redway.sources.dataset import Context, dataset, names
from redway.sources.loaders import loader
from redway.store.profile import Profile
from redway.store.query import connect
from redway.work.returns import loading
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import deliver
from redway.work.returns.loading import Staged
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import State, Way
from redway.work.returns.versions import everything
from redway.work.returns.worked_example import counts

from .conftest import fires, sent

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "Measure,Area,Period,Category,Number,Out of,Status\n"


@pytest.fixture
def engine(ready, monkeypatch):
    """The real engine, by which accepted files bear the columns of the definition."""
    monkeypatch.setattr(loading, "loader", loader)
    return ready


def report(delivery):
    return DeliveryReport.of_json(delivery.report)


def told(delivery, kind):
    return [w.text for w in report(delivery).warnings if w.kind == kind]


def numbered(month, *numbers):
    return fires(*({"Incident number": f"A-{n}", "Date and time": f"{month}-28 10:00"} for n in numbers))


class TestTheSameCaseInTwoPeriods:
    def test_is_warned_of_with_how_many_and_where(self, engine, hand_in):
        hand_in(numbered("2025-09", 1, 2, 3))
        hand_in(numbered("2025-10", 4, 5, 6))
        [text] = told(hand_in(numbered("2025-11", 2, 3, 4, 7, 8)), "again")
        assert "November 2025: rows of this return have the same “Incident number”" in text
        assert "September 2025 (2); October 2025 (1)" in text

    def test_in_two_files_of_one_delivery(self, engine):
        files = [sent(numbered("2025-09", 1, 2), "september.csv"), sent(numbered("2025-10", 2, 3), "october.csv")]
        delivery = work_on(deliver(files=files, dataset="fire", way=Way.COMMAND, by="a test"))
        [text] = told(delivery, "again")
        assert text.startswith("October 2025: ")
        assert "September 2025 (1)" in text

    def test_a_newer_copy_of_the_same_period_is_no_repetition(self, engine, hand_in):
        hand_in(numbered("2025-10", 1, 2, 3))
        assert told(hand_in(numbered("2025-10", 1, 2, 3, 4)), "again") == []

    def test_other_numbers_are_none_either(self, engine, hand_in):
        hand_in(numbered("2025-10", 1, 2))
        assert told(hand_in(numbered("2025-11", 3, 4)), "again") == []

    def test_another_agencys_numbers_are_its_own(self, engine, hand_in, in_force):
        in_force("agency-counts", agencies=["council", "police"])
        row = HEAD + "marac-cases,,2025/26-Q1,,12,,final\n"
        hand_in(row, dataset="agency-counts", agency="council")
        assert told(hand_in(row, dataset="agency-counts", agency="police"), "again") == []


class TestTwoFilesOfOnePeriod:
    """What is advised loses no row."""

    def fault(self, *texts):
        files = [sent(text, f"station {n}.csv") for n, text in enumerate(texts, 1)]
        return report(work_on(deliver(files=files, dataset="fire", way=Way.COMMAND, by="a test"))).fault

    def test_parts_of_it_are_to_be_joined(self, engine):
        fault = self.fault(numbered("2025-09", 1, 2), numbered("2025-09", 3, 4))
        assert (
            fault.expected
            == "one file of “Fires, attacks on crews and malicious calls”, Tests Fire Service, September 2025"
        )
        assert fault.came == "two that differ, station 1.csv with 2 rows and station 2.csv with 2"
        assert "parts of one period, as they have no row in common: join them into one file" in fault.cause
        assert "older" not in fault.cause

    def test_of_an_older_and_a_newer_copy_the_newer_is_sent_alone(self, engine):
        fault = self.fault(numbered("2025-09", 1, 2), numbered("2025-09", 2, 3, 4))
        assert fault.cause.startswith("they have 1 row in common. If one is a newer copy")
        assert "send it alone. If they are parts of one period, join them" in fault.cause


def example_of(name):
    definition = dataset(name)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([c.heading for c in definition.columns])
    writer.writerows([row.get(c.name, "") for c in definition.columns] for row in definition.example)
    return out.getvalue().replace("E01999001", "E01016710")


class TestTheWorkedExample:
    def test_sent_as_it_is_it_is_refused_with_how_to_mend_it(self, engine, hand_in):
        refused = hand_in(example_of("fire"))
        assert refused.state == State.REFUSED
        fault = report(refused).fault
        assert fault.came == "4 rows of the template's worked example"
        assert "Delete these rows from the sheet" in fault.cause
        assert not everything().has("fire")

    def test_one_row_left_among_others_refuses_the_file_too(self, engine, hand_in):
        one = example_of("fire").splitlines()
        mixed = "\n".join([one[0], one[1], *fires({}, {}).splitlines()[1:]]) + "\n"
        assert hand_in(mixed).state == State.REFUSED

    def test_counts_as_in_the_example_may_be_true_and_are_warned_of(self, engine, hand_in, in_force):
        in_force("agency-counts", agencies=["council", "police"])
        send = {"dataset": "agency-counts", "agency": "council"}
        own = hand_in(HEAD + "marac-cases,,2025/26-Q3,,60,,final\n", **send)
        assert told(own, "example") == []
        alike = hand_in(
            HEAD + "marac-cases,,2025/26-Q3,,61,,final\nmarac-repeat-cases,,2025/26-Q3,,18,61,final\n", **send
        )
        assert alike.state == State.TO_ACKNOWLEDGE
        assert "1 row is of the template's worked example" in told(alike, "example")[0]

    def test_rows_that_only_resemble_it_are_taken(self, engine, hand_in):
        assert hand_in(fires({"Incident number": "EX-25-00011"})).state == State.ACCEPTED

    @pytest.mark.parametrize("name", [n for n in names() if dataset(n).access == "partners"])
    def test_every_partners_example_is_known_again(self, engine, tmp_path, name):
        """Whatever the types of its columns: dates, codes, pseudonyms, several codes in one cell."""
        definition, path = dataset(name), tmp_path / "example.csv"
        path.write_text(example_of(name))
        into = tmp_path / "work"
        into.mkdir()
        context = Context(engine, Profile.of(engine).partnership, everything(), "an-agency")
        found = loader(name).load(path, file_name="example.csv", into=into, context=context)
        staged = [Staged(definition, "e.csv", one, path, "") for one in found]
        with connect(tmp_path / "spill") as db:
            counted = counts(staged, Profile.of(engine), db)
        assert sum(counted) == sum(one.rows_accepted for one in found) > 0


def test_dates_that_can_be_read_in_two_ways_are_acknowledged_once_for_the_whole_file(engine, hand_in):
    text = fires(
        *({"Incident number": f"B-{n}", "Date and time": f"05/{n:02}/2024 10:00"} for n in range(1, 13)),
    )
    delivery = hand_in(text)
    assert delivery.state == State.TO_ACKNOWLEDGE
    assert len(told(delivery, "month-first")) == 1
