"""The one way in: accepted, unchanged, superseded, refused, and never half."""

import errno
import shutil
import zipfile

import pytest

from redway.errors import FileRefused, NotSetUp, RedwayError
from redway.store.files import DiskFull
from redway.work.audit.models import AuditRow
from redway.work.returns import receive as receiving
from redway.work.returns.models import DataVersion, Submission
from redway.work.returns.receipt import Outcome
from redway.work.returns.receive import Parcel, receive, receive_many
from redway.work.returns.versions import snapshot
from tests.work.returns.importing import FEBRUARY, on_disk, rows, street

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(with_areas):
    return with_areas


def test_one_import_makes_one_data_version(ready, street_file):
    january = street_file([{}, {}])
    february = street_file([{"Month": "2025-02"}], FEBRUARY)
    receipt = street(january, february)
    assert receipt.version == 2
    assert [r.outcome for r in receipt.results] == [Outcome.ACCEPTED] * 2
    assert (receipt.rows_read, receipt.rows_accepted) == (3, 3)
    assert rows() == {("Thames Valley Police", "2025-01"): 2, ("Thames Valley Police", "2025-02"): 1}
    assert snapshot().has("lsoa-lookup")


def test_the_version_is_written_down_with_who_and_what(ready, street_file):
    street(street_file([{}]))
    version = DataVersion.objects.get(number=2)
    assert (version.made_by, version.summary) == ("an analyst", "police-street: 1 new")
    audited = AuditRow.objects.order_by("-number").first()
    assert (audited.actor, audited.action, audited.subject) == ("an analyst", "import", "data version 2")
    assert audited.previous != audited.hash


def test_the_submission_keeps_its_counts(ready, street_file):
    street(
        street_file(
            [{"Location": "No location", "Longitude": "", "Latitude": "", "LSOA code": ""}]
            + [{}] * 30
            + [{"Month": "x"}]
        )
    )
    kept = Submission.objects.get(dataset="police-street")
    assert (kept.rows_read, kept.rows_accepted) == (32, 31)
    assert (kept.refused, kept.notes) == ({"not a month": 1}, {"unlocated": 1})
    assert kept.file_name == "2025-01-thames-valley-street.csv"


def test_what_was_sent_is_kept_untouched(ready, street_file):
    path = street_file([{}], end="\r\n", start=b"\xef\xbb\xbf")
    street(path)
    kept = Submission.objects.get(dataset="police-street")
    assert (ready.raw / kept.raw).read_bytes() == path.read_bytes()


class TestAllOrNothing:
    def test_one_bad_file_refuses_the_import_and_names_it(self, ready, street_file):
        before = on_disk(ready)
        bad = street_file([{"Month": "2024-12"}], FEBRUARY)
        with pytest.raises(FileRefused, match=FEBRUARY):
            street(street_file([{}]), bad)
        assert (snapshot().number, on_disk(ready)) == (1, before)

    def test_every_bad_file_is_named(self, ready, street_file):
        bad = [street_file([{"Month": "2024-12"}], f"2025-0{n}-thames-valley-street.csv") for n in (2, 3, 4)]
        with pytest.raises(FileRefused) as refused:
            street(street_file([{}]), *bad)
        assert all(path.name in str(refused.value) for path in bad)

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
    @pytest.mark.parametrize("step", ["redway.work.returns.loading.files.copy", "redway.store.files.flush"])
    def test_a_full_disk_changes_nothing(self, ready, street_file, monkeypatch, step, number):
        before = on_disk(ready)

        def full(*_):
            raise OSError(number, "no room")

        path = street_file([{}])
        with monkeypatch.context() as patched:
            patched.setattr(step, full)
            with pytest.raises(DiskFull, match="make room"):
                street(path)
        assert (snapshot().number, on_disk(ready)) == (1, before)
        assert street(path).version == 2

    def test_a_fault_after_the_files_are_in_place_removes_them(self, ready, street_file, monkeypatch):
        before = on_disk(ready)

        def broken(**_):
            raise ValueError("a fault nobody foresaw")

        path = street_file([{}])
        with monkeypatch.context() as patched:
            patched.setattr(receiving.audit, "record", broken)
            with pytest.raises(ValueError, match="nobody foresaw"):
                street(path)
        assert (snapshot().number, on_disk(ready)) == (1, before)
        assert Submission.objects.filter(dataset="police-street").count() == 0
        assert street(path).version == 2

    def test_the_work_folder_is_left_empty(self, ready, street_file):
        street(street_file([{}]))
        assert list(ready.incoming.iterdir()) == []


class TestZipsAndFolders:
    def test_a_zip_is_kept_as_it_was_sent_and_other_kinds_are_left_aside(self, ready, street_file, tmp_path):
        path = tmp_path / "download.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for month in ("2025-01", "2025-02"):
                street_path = street_file([{"Month": month}], f"{month}-thames-valley-street.csv")
                archive.write(street_path, f"{month}/{street_path.name}")
                archive.writestr(f"{month}/{month}-thames-valley-outcomes.csv", "Crime ID,Outcome type\n")
        receipt = street(path)
        assert [r.file for r in receipt.results] == [
            "download.zip/2025-01/2025-01-thames-valley-street.csv",
            "download.zip/2025-02/2025-02-thames-valley-street.csv",
        ]
        assert {s.why for s in receipt.skipped} == {"outcomes, not street crime"}
        kept = set(Submission.objects.filter(dataset="police-street").values_list("raw", flat=True))
        assert len(kept) == 1
        assert (ready.raw / kept.pop()).read_bytes() == path.read_bytes()

    def test_a_folder_of_files_and_zips(self, ready, street_file, tmp_path):
        folder = tmp_path / "folder"
        (folder / "deep").mkdir(parents=True)
        shutil.copy(street_file([{}]), folder / "deep")
        with zipfile.ZipFile(folder / "february.zip", "w") as archive:
            archive.write(street_file([{"Month": "2025-02"}], FEBRUARY), FEBRUARY)
        (folder / "notes.txt").write_text("remember")
        receipt = street(folder)
        assert [r.period for r in receipt.results] == ["2025-01", "2025-02"]
        assert [s.name for s in receipt.skipped] == ["folder/notes.txt"]

    def test_a_zip_without_a_street_file_is_another_dataset(self, ready, tmp_path):
        path = tmp_path / "download.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("2025-01-thames-valley-outcomes.csv", "Crime ID,Outcome type\n")
        with pytest.raises(FileRefused, match="another dataset") as refused:
            street(path)
        assert "one file download.zip/2025-01-thames-valley-outcomes.csv (outcomes, not street" in refused.value.came

    def test_an_empty_folder_is_named(self, ready, tmp_path):
        folder = tmp_path / "nothing"
        folder.mkdir()
        with pytest.raises(FileRefused, match=f"no file at all in {folder.name}"):
            street(folder)


class TestBeforeAnything:
    def test_without_a_partnership(self, home, street_file):
        with pytest.raises(NotSetUp, match="redway setup"):
            street(street_file([{}]))

    def test_without_the_look_up_of_areas(self, partnership, street_file):
        with pytest.raises(NotSetUp, match="redway fetch"):
            street(street_file([{}]))
        assert on_disk(partnership) == []

    def test_an_unknown_dataset(self, partnership, street_file):
        with pytest.raises(RedwayError, match="police-street"):
            receive([street_file([{}])], dataset="police-streets", by="an analyst")

    def test_a_path_that_is_not_there(self, ready, tmp_path):
        with pytest.raises(RedwayError, match="a mistyped path"):
            street(tmp_path / "nowhere.csv")


def test_a_file_that_may_not_be_read(ready, street_file, monkeypatch):
    def locked(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("redway.work.returns.loading.files.copy", locked)
    with pytest.raises(RedwayError, match="leave to read"):
        street(street_file([{}]))


def test_many_datasets_make_one_version_and_later_ones_see_earlier_ones(partnership, area_lookup, street_file):
    receipt = receive_many(
        [Parcel("lsoa-lookup", [area_lookup]), Parcel("police-street", [street_file([{}])])], by="set-up"
    )
    assert receipt.version == 1
    assert [r.dataset for r in receipt.results] == ["lsoa-lookup", "police-street"]
    assert {p.dataset for p in snapshot().parts} == {"lsoa-lookup", "police-street"}


@pytest.mark.real_data
def test_the_four_thames_valley_zips(open_data, partnership):
    lookup = open_data / "geography" / "lookup_lsoa11_lsoa21_ltla22.csv.gz"
    zips = sorted((open_data / "police-uk").glob("thames-valley-street-*.zip"))
    receipt = receive_many([Parcel("lsoa-lookup", [lookup]), Parcel("police-street", zips)], by="an analyst")
    parts = snapshot().of("police-street")
    assert len(parts) == 28
    assert sum(p.rows for p in parts) == sum(rows().values()) == 421_360
    assert {p.provider for p in parts} == {"Thames Valley Police"}
    assert "2025-07" not in {p.period for p in parts}
    assert receipt.refused == ()
    assert receipt.notes == {"unlocated": 26_103, "outside": 335_174, "repeated crime ID": 129}
    assert receive(zips[:1], dataset="police-street", by="an analyst").version is None
