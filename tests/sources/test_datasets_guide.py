"""The guide to datasets is followed to the letter: what it says to write is written, and does what it says."""

import dataclasses
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from redway.errors import FileRefused
from redway.geography.gazetteer import Confidence
from redway.sources import dataset as datasets
from redway.sources.dataset import Column, Dataset, Nature, Rule
from redway.sources.hospital_istv.places import Named, gazetteer
from redway.sources.loaders import loader
from redway.sources.returned.look_ups import Entry
from redway.store import query

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "datasets.md"
TEXT = GUIDE.read_text("utf-8")
BLOCKS = dict(re.findall(r"^```(?:yaml|csv) (\S+)\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL))
NAME = "noise-complaints"
TABLES = {
    "Replacing a look-up": Entry,
    "Replacing the gazetteer": Named,
    "The dataset": Dataset,
    "A column": Column,
    "A rule": Rule,
    "What it is in law": Nature,
}


@pytest.fixture
def followed(tmp_path, monkeypatch, context):
    """A folder of datasets that holds the guide's alone, and a home whose agency sends it; `load` takes its return."""
    monkeypatch.setattr(datasets, "FOLDER", tmp_path / "sources")
    for path in ("dataset.yaml", "codes/kind.yaml"):
        file = tmp_path / "sources" / "noise_complaints" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(BLOCKS[f"noise_complaints/{path}"], "utf-8")
    datasets.dataset.cache_clear()

    def load(text=BLOCKS["returned.csv"]):
        into = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        path = into / "returned.csv"
        path.write_text(text, "utf-8")
        knows = dataclasses.replace(context, agency="council")
        (loaded,) = loader(NAME).load(path, file_name="returned.csv", into=into, context=knows)
        return loaded, pq.read_table(loaded.parquet).to_pylist()

    yield load
    datasets.dataset.cache_clear()


def test_the_dataset_of_the_guide_is_one_and_its_return_is_taken(followed):
    assert datasets.names() == [NAME]
    loaded, rows = followed()
    assert (loaded.provider, loaded.period, loaded.rows_accepted) == ("council", "2025-11", 2)
    assert [(row["kind"], row["lsoa_code"]) for row in rows] == [("music", "E01016710"), ("not-known", None)]
    assert loaded.facts.unknown == {"area": 1, "kind": 1}


def test_its_worked_example_is_taken_whole_and_its_rule_refuses(followed):
    definition = datasets.dataset(NAME)
    columns = [column.name for column in definition.columns]

    def lines(rows):
        heads = ",".join(column.heading for column in definition.columns)
        return "\n".join([heads, *(",".join(row.get(name, "") for name in columns) for row in rows)]) + "\n"

    loaded, _ = followed(lines(definition.example))
    assert loaded.rows_accepted == len(definition.example)
    assert loaded.facts.totals == {"visits": 1.0}
    wrong = [row | {"closed_on": "2025-11-01"} for row in definition.example]
    with pytest.raises(FileRefused, match="closed before it was reported"):
        followed(lines(wrong))


def test_a_partnership_replaces_its_look_up_whole(followed, partnership):
    text = BLOCKS["returned.csv"].replace("Music or parties", "Loud music").replace("unknown", "Fireworks")
    with pytest.raises(FileRefused):
        followed(text)
    own = partnership.profile / "codes" / NAME / "kind.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(BLOCKS[f"profile/codes/{NAME}/kind.yaml"], "utf-8")
    _, rows = followed(text)
    assert [row["kind"] for row in rows] == ["music", "fireworks"]


def test_a_partnership_s_places_are_found(partnership, context, tmp_path):
    (partnership.profile / "gazetteer.yaml").write_text(BLOCKS["profile/gazetteer.yaml"], "utf-8")
    with query.connect(tmp_path / "spill") as db:
        known = gazetteer(context, db)
    assert known.locate("outside the Lantern").area == "E01016710"
    assert known.locate("Marsh End").confidence == Confidence.NONE


@pytest.mark.parametrize("heading", TABLES)
def test_every_field_is_described_and_marked_when_it_must_be_given(heading):
    section = re.split(r"^#+ ", TEXT.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    described = dict(re.findall(r"^\| `(\w+)`( \*)? \|", section, flags=re.MULTILINE))
    fields = TABLES[heading].model_fields
    if heading == "Replacing the gazetteer":
        described = {
            name: star for name, star in described.items() if name not in ("high", "medium", "low", "none", "given")
        }
    assert set(described) == set(fields)
    assert {name for name, star in described.items() if star} == {n for n, f in fields.items() if f.is_required()}


def test_every_block_is_of_a_file_that_these_tests_use():
    assert set(BLOCKS) == {
        "profile/codes/noise-complaints/kind.yaml",
        "profile/gazetteer.yaml",
        "noise_complaints/dataset.yaml",
        "noise_complaints/codes/kind.yaml",
        "returned.csv",
    }
    assert all(yaml.safe_load(text) for name, text in BLOCKS.items() if name.endswith(".yaml"))
