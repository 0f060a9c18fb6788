"""What becomes of each file of an import, beside what is there already and the other files."""

import shutil

import pytest

from redway.errors import FileRefused, RedwayError
from redway.work.audit.models import AuditRow
from redway.work.returns.models import Submission
from redway.work.returns.receipt import Outcome
from redway.work.returns.versions import snapshot
from tests.work.returns.importing import FEBRUARY, on_disk, rows, street

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(with_areas):
    return with_areas


class TestTheSameAgain:
    def test_changes_nothing(self, ready, street_file):
        path = street_file([{}])
        street(path)
        before = on_disk(ready)
        receipt = street(path)
        assert receipt.version is None
        assert [r.outcome for r in receipt.results] == [Outcome.UNCHANGED]
        assert on_disk(ready) == before
        assert snapshot().number == 2
        assert AuditRow.objects.count() == 2

    def test_with_other_line_ends_and_columns_changes_nothing(self, ready, street_file):
        street(street_file([{"Crime ID": "a"}, {}]))
        path = street_file([{}, {"Crime ID": "a"}], end="\r\n")
        heading = path.read_text().splitlines()[0].split(",")
        assert street(street_file([{}, {"Crime ID": "a"}], columns=heading[::-1], end="\r\n")).version is None

    def test_twice_in_one_import_is_one_submission(self, ready, street_file, tmp_path):
        path = street_file([{}])
        again = tmp_path / "again" / path.name
        again.parent.mkdir()
        shutil.copy(path, again)
        receipt = street(path, again)
        assert receipt.version == 2
        assert [r.outcome for r in receipt.results] == [Outcome.ACCEPTED, Outcome.TWICE]
        assert Submission.objects.filter(dataset="police-street").count() == 1

    def test_puts_back_a_file_that_was_lost(self, ready, street_file):
        path = street_file([{}])
        street(path)
        lost = snapshot().of("police-street")[0].path
        lost.unlink()
        other = street(street_file([{"Month": "2025-02"}], FEBRUARY))
        assert "2025-01" in other.warnings[0]
        assert "missing" in other.warnings[0]
        receipt = street(path)
        assert (receipt.version, receipt.results[0].outcome) == (None, Outcome.RESTORED)
        assert receipt.warnings == ()
        assert lost.is_file()

    @pytest.mark.parametrize("harm", ["cut short", "emptied", "overwritten in the middle"])
    def test_puts_back_a_file_that_was_damaged(self, ready, street_file, harm):
        path = street_file([{"Crime ID": f"{n:064x}"} for n in range(50)])
        street(path)
        accepted = snapshot().of("police-street")[0].path
        whole = accepted.read_bytes()
        harmed = {"cut short": whole[: len(whole) // 2], "emptied": b""}
        middle = b"\xff" * (len(whole) // 4)
        accepted.write_bytes(harmed.get(harm, whole[:20] + middle + whole[20 + len(middle) :]))
        receipt = street(path)
        assert (receipt.version, receipt.results[0].outcome) == (None, Outcome.RESTORED)
        assert receipt.warnings == ()
        assert rows() == {("Thames Valley Police", "2025-01"): 50}
        assert accepted.read_bytes() == whole
        assert street(path).results[0].outcome is Outcome.UNCHANGED

    def test_warns_of_another_file_that_was_damaged(self, ready, street_file):
        street(street_file([{}]))
        accepted = snapshot().of("police-street")[0].path
        accepted.write_bytes(accepted.read_bytes()[:-9])
        assert "2025-01 is damaged in" in street(street_file([{"Month": "2025-02"}], FEBRUARY)).warnings[0]

    def test_the_look_up_of_areas_was_damaged(self, ready, street_file):
        snapshot().of("lsoa-lookup")[0].path.write_bytes(b"PAR1")
        with pytest.raises(RedwayError, match="1 of 1 accepted files damaged"):
            street(street_file([{}]))


def test_two_new_spellings_of_a_force_in_one_import_are_not_two_forces(ready, street_file):
    kent = [
        street_file([{"Reported by": name}] * count, f"{name}.csv")
        for name, count in (("Kent Police", 2), ("KENT POLICE", 3))
    ]
    with pytest.raises(FileRefused, match="two that differ"):
        street(*kent)


class TestANewerCopy:
    def test_supersedes_and_the_older_version_can_still_be_read(self, ready, street_file):
        street(street_file([{}, {}]))
        receipt = street(street_file([{}, {}, {}]))
        assert (receipt.version, receipt.results[0].outcome) == (3, Outcome.SUPERSEDED)
        assert receipt.results[0].warning == ""
        month = ("Thames Valley Police", "2025-01")
        assert (rows(2), rows(3)) == ({month: 2}, {month: 3})

    def test_the_older_copy_can_come_back(self, ready, street_file):
        for count in (2, 3, 2):
            street(street_file([{}] * count))
        month = ("Thames Valley Police", "2025-01")
        assert [rows(n) for n in (2, 3, 4)] == [{month: 2}, {month: 3}, {month: 2}]

    def test_leaves_other_months_and_forces_alone(self, ready, street_file):
        bedfordshire = street_file([{"Reported by": "Bedfordshire Police"}] * 4, "2025-01-bedfordshire-street.csv")
        street(street_file([{}]), street_file([{"Month": "2025-02"}] * 2, FEBRUARY), bedfordshire)
        street(street_file([{}] * 5))
        assert sorted(rows().values()) == [2, 4, 5]

    def test_beside_the_older_one_in_one_import_is_refused(self, ready, street_file, tmp_path):
        older = tmp_path / "older" / "2025-01-thames-valley-street.csv"
        older.parent.mkdir()
        shutil.copy(street_file([{}]), older)
        with pytest.raises(FileRefused, match="two that differ"):
            street(older, street_file([{}, {}]))
        assert snapshot().number == 1
