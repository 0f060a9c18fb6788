"""Files, zips of them and folders of either; and zips made to do harm."""

import stat
import struct
import zipfile
from contextlib import suppress

import pytest

from redway.errors import FileRefused, RedwayError
from redway.store import unpack
from redway.store.unpack import Skipped, find
from tests.hostile_corpus import LEADING_OUT


def found_in(*paths, endings=(".csv",), skips=lambda name: ""):
    return find(paths, endings=endings, skips=skips)


@pytest.fixture
def zipped(tmp_path):
    """Writes a zip of these names and contents."""

    def write(files, name="sent.zip", compression=zipfile.ZIP_DEFLATED):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", compression) as archive:
            for inside, content in files.items():
                archive.writestr(inside, content)
        return path

    return write


def refused(path):
    with pytest.raises(FileRefused, match=path.name) as fault:
        found_in(path)
    return str(fault.value)


def test_a_file_is_itself(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a")
    found, skipped = found_in(path)
    assert ([f.name for f in found], skipped) == (["a.csv"], [])
    assert found[0].unpack(tmp_path, path) == path


def test_files_of_a_zip_come_in_the_order_of_their_names(zipped, tmp_path):
    path = zipped({"2025-02/b.csv": "second", "2025-01/a.csv": "first", "readme.txt": "hello"})
    found, skipped = found_in(path)
    assert [f.name for f in found] == ["sent.zip/2025-01/a.csv", "sent.zip/2025-02/b.csv"]
    assert skipped == [Skipped("sent.zip/readme.txt", "not a .csv file")]
    assert found[0].unpack(tmp_path, path).read_text() == "first"


def test_what_a_dataset_leaves_aside_is_left_aside_in_zips_and_folders_but_not_by_name(zipped, tmp_path):
    def skips(name):
        return "outcomes" if name.endswith("outcomes.csv") else ""

    path = zipped({"outcomes.csv": "", "street.csv": ""})
    found, skipped = found_in(path, skips=skips)
    assert ([f.name for f in found], [s.why for s in skipped]) == (["sent.zip/street.csv"], ["outcomes"])
    alone = tmp_path / "outcomes.csv"
    alone.write_text("")
    assert [f.name for f in found_in(alone, skips=skips)[0]] == ["outcomes.csv"]


def test_what_operating_systems_add_is_not_worth_telling(zipped):
    path = zipped({"__MACOSX/._a.csv": "", ".DS_Store": "", "a.csv": ""})
    found, skipped = found_in(path)
    assert (len(found), skipped) == (1, [])


def test_a_file_of_another_ending_by_name(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("")
    assert "ends in .csv or .zip" in refused(path)


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(RedwayError, match="mistyped path"):
        found_in(tmp_path / "nowhere")


@pytest.mark.parametrize("name", LEADING_OUT)
def test_names_that_lead_out_of_the_zip(zipped, name):
    assert "Ask whoever made it" in refused(zipped({"good.csv": "", name: ""}))


def test_links(tmp_path):
    path = tmp_path / "sent.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "link" in refused(path)


def test_zips_in_zips(zipped):
    assert "a zip within it" in refused(zipped({"inner.zip": "", "a.csv": ""}))


def test_locked_zips(zipped):
    path = zipped({"a.csv": "secret"}, compression=zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\x01\x02")
    struct.pack_into("<H", raw, 6, 1)
    struct.pack_into("<H", raw, central + 8, 1)
    path.write_bytes(raw)
    assert "password" in refused(path)


def test_a_zip_that_packs_too_well_is_a_bomb(zipped):
    assert "made to fill a disk" in refused(zipped({"a.csv": b"0" * 20_000_000}))


def test_a_zip_that_says_it_is_too_large_is_a_bomb(zipped, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_BYTES", 1000)
    assert "made to fill a disk" in refused(zipped({"a.csv": "1234567890" * 101}, compression=zipfile.ZIP_STORED))


def test_a_zip_of_too_many_files_is_a_bomb(zipped, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_FILES", 3)
    assert "4 files" in refused(zipped({f"{n}.csv": "" for n in range(4)}))


def test_a_zip_that_lies_about_the_size_of_its_files(zipped, tmp_path):
    path = zipped({"a.csv": b"0123456789" * 5000}, compression=zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(raw)
    found, _ = found_in(path)
    with pytest.raises(FileRefused, match=r"sent\.zip/a\.csv"):
        found[0].unpack(tmp_path, path)
    assert (tmp_path / "unpacked.csv").stat().st_size < 1000


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_zip_cut_short(zipped, share):
    path = zipped({f"{n}.csv": bytes(range(256)) * n for n in range(9)})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert "cut short" in refused(path)


def test_a_zip_with_a_damaged_file(zipped, tmp_path):
    path = zipped({"a.csv": bytes(range(256)) * 50}, compression=zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    raw[200] ^= 0xFF
    path.write_bytes(raw)
    found, _ = found_in(path)
    with pytest.raises(FileRefused, match=r"bytes that are not those that were packed.*damaged"):
        found[0].unpack(tmp_path, path)


def test_an_empty_zip_file(tmp_path):
    path = tmp_path / "sent.zip"
    path.write_bytes(b"")
    assert "What came: an empty file." in refused(path)


def test_no_zip_at_all(tmp_path):
    path = tmp_path / "sent.zip"
    path.write_bytes(b"hello")
    assert "whole zip" in refused(path)


def test_any_damage_to_a_zip_is_a_refusal_or_does_not_matter(zipped, tmp_path):
    path = zipped({"a.csv": b"month,count\n" * 30, "b.csv": b"x"})
    whole = path.read_bytes()
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with suppress(FileRefused):
            for one in found_in(path)[0]:
                one.unpack(tmp_path, path)


@pytest.mark.parametrize(
    ("name", "came", "mend"),
    [
        ("november.XLS", "from before 2007", "Excel workbook (.xlsx)"),
        ("november.xlsm", "macros", "Excel workbook (.xlsx)"),
        ("november.pdf", "a PDF", "made from"),
        ("november.txt", "a text file", "CSV UTF-8"),
        ("november.odt", ".odt", "another file than was meant"),
    ],
)
def test_a_file_of_another_kind_is_named_with_how_to_save_it(tmp_path, name, came, mend):
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(FileRefused) as fault:
        find([tmp_path / name], endings=(".csv", ".xlsx", ".ods"), skips=lambda _: "")
    assert came in fault.value.came
    assert mend in fault.value.cause
