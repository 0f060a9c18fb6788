"""A hostile corpus over every open dataset, through the one way in: each file is refused in plain words or taken for
what it is, nothing is stored of what is refused, and what was held before stays as it was.
"""

import re
from itertools import count

import pytest
import yaml

from redway.errors import FileRefused
from redway.sources import tabular
from redway.sources.dataset import dataset
from redway.sources.layouts import layout
from redway.work.returns import loading, made_up
from redway.work.returns.models import DataVersion, Submission
from redway.work.returns.receive import receive
from redway.work.returns.versions import everything
from tests.hostile_corpus import (
    OPEN,
    OPEN_TABLES,
    SURNAME,
    area,
    as_csv,
    books,
    no_outlines,
    no_parquet,
    no_tables,
    outlines,
    packed,
    table,
    wide,
    wrong_headings,
    wrong_rows,
    zips,
)

pytestmark = pytest.mark.django_db
WORKBOOKS = [name for name in OPEN_TABLES if ".xlsx" in dataset(name).files]
# A publisher's table may have columns that are passed over, and headings that come twice.
PASSED_OVER = {"a column of names", "a heading twice"}
SHARE = 6  # each dataset meets one in so many of the cheap cases, so that all cases come to several


@pytest.fixture
def home(home, tmp_path, monkeypatch):
    """The home of a partnership whose force and areas are those of the worked examples, which stand for a publisher's
    own files here.
    """
    monkeypatch.setattr(loading, "refuse_made_up", lambda *_given, **_named: None)
    partnership = {
        "name": "A partnership for tests",
        "short_name": "Tests",
        "place": "Aldermere",
        "district": "E06999001",
        "police_force": "Aldermere Constabulary",
    }
    (home.profile / "profile.yaml").write_text("profile: ''\n")
    (home.profile / "partnership.yaml").write_text(yaml.safe_dump(partnership))
    lookup = tmp_path / "lookup.csv"
    lookup.write_bytes(as_csv(table("lsoa-lookup")))
    receive([lookup], dataset="lsoa-lookup", by="a test")
    return home


def held(home):
    """All that a home keeps: files of what was accepted and sent, rows of the database."""
    kept = [path for folder in (home.accepted, home.raw) for path in folder.rglob("*") if path.is_file()]
    assert list(home.incoming.glob("import-*")) == []
    rows = list(Submission.objects.order_by("pk").values())
    return {path: path.read_bytes() for path in kept}, rows, DataVersion.objects.count(), everything().parts


@pytest.fixture
def send(home, tmp_path):
    """Hands bytes in as open data: the receipt, or the refusal. Checks what must hold whatever was sent."""
    numbers = count()

    def sending(name, content, file_name):
        folder = tmp_path / f"sent-{next(numbers)}"
        folder.mkdir()
        path = folder / (dataset(name).named if file_name.endswith(".csv") and dataset(name).named else file_name)
        path.write_bytes(content)
        before = held(home)
        outcome = attempted(path, name)
        if refused(outcome):
            assert outcome.expected
            assert outcome.came
            assert outcome.cause
            assert str(outcome).isprintable()
            assert held(home) == before
        return outcome

    return sending


def attempted(path, name):
    try:
        return receive([path], dataset=name, by="a test")
    except FileRefused as fault:
        return fault


def cheap(name):
    """Cases that cost little, with what may be taken all the same."""
    unread = {"a heading missing", "zero bytes in a cell"} if 0 not in layout(name).fields else set()
    may = set() if dataset(name).files == (".csv",) else PASSED_OVER | unread
    cases = [*no_tables(name), *wrong_headings(name), *wrong_rows(name), *wide(name)]
    return [(hostile, hostile.what in may) for hostile in cases]


def refused(outcome):
    return isinstance(outcome, FileRefused)


@pytest.mark.parametrize("name", OPEN_TABLES)
def test_no_tables_wrong_headings_and_wrong_rows_are_refused_and_nothing_is_lost(send, name):
    assert not refused(send(name, as_csv(table(name)), "sent.csv"))
    for hostile, may_be_taken in cheap(name)[OPEN_TABLES.index(name) % SHARE :: SHARE]:
        outcome = send(name, hostile.content, hostile.file_name)
        assert refused(outcome) or may_be_taken, (hostile.what, outcome)
    assert not refused(send(name, as_csv(table(name)), "sent.csv"))


@pytest.mark.parametrize("name", ["residents", "lsoa-lookup"])
def test_a_fault_in_a_column_that_is_not_read_is_explained(send, name):
    """The engine calls such a fault an error of its own, and answers nothing more."""
    rows = table(name)
    broken = as_csv(rows) + b",".join([b"caf\xe9 \xa35"] * len(rows[0])) + b"\n"
    assert "text in UTF-8" in str(send(name, broken, "sent.csv"))


def test_files_packed_by_gzip(send, monkeypatch):
    monkeypatch.setattr(tabular, "BIGGEST", 1_000_000)
    takes = [name for name in OPEN_TABLES if ".csv.gz" in dataset(name).files]
    for at, hostile in enumerate(packed("households")):
        outcome = send("households" if at == 0 else takes[at], hostile.content, hostile.file_name)
        assert refused(outcome), hostile.what
        assert re.search(hostile.says, str(outcome)), (hostile.what, outcome)


def test_workbooks_with_what_none_may_have(send, tmp_path):
    """Every other case, the datasets in turn; tests of the readers have them all."""
    for name, hostile in books(WORKBOOKS, tmp_path)[::2]:
        outcome = send(name, hostile.content, hostile.file_name)
        assert refused(outcome), (name, hostile.what)
        assert SURNAME not in str(outcome)


def test_zips_that_are_not_to_be_trusted(send):
    cases = zips("households")
    for at in range(0, len(cases), 2):
        name = OPEN[at * 5 % len(OPEN)]
        assert refused(send(name, cases[at].content, cases[at].file_name)), (name, cases[at].what)


class TestOutlines:
    def test_what_is_no_outline_of_an_area_is_refused_and_nothing_is_lost(self, send):
        assert not refused(send("lsoa-boundaries", outlines(area()), "sent.geojson"))
        for hostile in no_outlines():
            assert refused(send("lsoa-boundaries", hostile.content, hostile.file_name)), hostile.what
        assert not refused(send("lsoa-boundaries", outlines(area()), "sent.geojson"))

    @pytest.mark.parametrize("deep", [400, 900, 960, 975, 985, 995])
    def test_brackets_within_brackets_at_the_edge_of_what_can_be_read(self, send, deep):
        nested = outlines(area(at="HERE")).replace(b'"HERE"', b"[" * deep + b"]" * deep)
        assert refused(send("lsoa-boundaries", nested, "sent.geojson"))


class TestParquet:
    def test_what_is_no_parquet_of_the_department_is_refused_and_nothing_is_lost(self, send, tmp_path):
        assert not refused(send("schools", as_csv(table("schools")), "sent.csv"))
        (tmp_path / "made").mkdir()
        for hostile in no_parquet(tmp_path / "made"):
            assert refused(send("schools", hostile.content, hostile.file_name)), hostile.what


def test_control_characters_in_text_are_refused(send):
    head, row, *_ = table("school-measures")
    rows = [head, ["\x07bell" if at == head.index("Description") else cell for at, cell in enumerate(row)]]
    assert "control characters in description" in str(send("school-measures", as_csv(rows), "sent.csv"))


def test_neighbours_under_merged_headings_are_none(send):
    head, row = table("statistical-neighbours")
    outcome = send("statistical-neighbours", as_csv([[head[0], *[""] * (len(head) - 1)], row]), "sent.csv")
    assert "sn1" in str(outcome)


@pytest.mark.parametrize("name", ["households", "police-street", "school-exclusion-reasons", "police-stop-search"])
def test_the_worked_example_is_made_up_and_not_taken(home, tmp_path, monkeypatch, name):
    """As CSV, or from the workbook's own sheet."""
    monkeypatch.setattr(loading, "refuse_made_up", made_up.refuse_made_up)
    path = tmp_path / (dataset(name).named or "sent.csv")
    path.write_bytes(as_csv(table(name)))
    with pytest.raises(FileRefused, match="the worked example of the template, which is made up"):
        receive([path], dataset=name, by="a test")
    head, first, *rest = table(name)
    at = {"households": 1, "police-street": 6, "school-exclusion-reasons": -1, "police-stop-search": 11}[name]
    path.write_bytes(as_csv([head, [*first[:at], "77", *first[at:][1:]], *rest]))
    assert receive([path], dataset=name, by="a test").rows_accepted > 0
