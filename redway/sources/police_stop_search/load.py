"""Stop and search as data.police.uk publishes it: from a CSV file to typed rows, each one checked."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from redway.errors import FileRefused, Place
from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.police_stop_search.faults import FAULTS
from redway.sources.police_uk import names
from redway.sources.police_uk.forces import named
from redway.sources.police_uk.names import FileName
from redway.sources.police_uk.rows import IN_MEMORY, Kind, Oddity, Rows
from redway.store import csv_file, query
from redway.store.files import room_on_disk

HERE = Path(__file__).parent
NAME = "stop-and-search"
TYPES = ("Person search", "Person and Vehicle search", "Vehicle search")
GENDERS = ("Male", "Female", "Other")
AGES = ("under 10", "10-17", "18-24", "25-34", "over 34")
SEEN = ("White", "Mixed", "Asian", "Black", "Other")
NOTES = {
    "unlocated": "count(*) - count(longitude)",
    "bad point, dropped": "count(point_fault)",
    "unknown words": "count(word_fault)",
    "alike in every cell": "count(*) - count(DISTINCT digest)",
    "no time of day": "count(*) FILTER (time = '00:00:00')",
    "no legal power": "count(*) - count(legislation)",
    "no age": "count(*) FILTER (age_range IS NULL AND type <> 'Vehicle search')",
    "no self-defined ethnicity": "count(*) FILTER (self_defined_ethnicity IS NULL AND type <> 'Vehicle search')",
    "no outcome": "count(*) - count(outcome)",
}
STOPS = Kind(
    dataset("police-stop-search"),
    names.KINDS[NAME],
    (HERE / "checks.sql").read_text("utf-8").strip(),
    FAULTS,
    NOTES,
    (
        # So few rows have a point that 5% of all rows would hide a file whose every point is swapped.
        Oddity("bad point, dropped", "point_fault", "point", 0.5, "count(*) FILTER (has_point)", "points"),
        # A search happened in whatever words it is told, so a few rows in unknown words stay.
        Oddity("unknown words", "word_fault", "word", 0.05),
    ),
)


def skips(file_name: str) -> str:
    """Why a file found in a zip or folder is none of this dataset's; empty when it may be one."""
    return names.skips(file_name, NAME)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Check a file of one force's month and write its rows as one Parquet file.

    Raises FileRefused for a file that cannot be taken: among others one whose name does not say its force, which
    nothing else in it does.
    """
    threads = 2 if path.stat().st_size > IN_MEMORY else 1
    with room_on_disk(into), query.connect(into / "spill", threads=threads) as db:
        file = csv_file.opened(path, name=file_name, work=into)
        wanted = list(dict.fromkeys(c.publisher_name for c in STOPS.definition.columns if c.publisher_name))
        names.refuse_others(file, NAME, STOPS.definition, wanted)
        name = _name(file_name)
        force = _force(name.force, file_name, context.partnership.police_force)
        query.set_variables(db, **_variables(name.month, force))
        db.execute((HERE / "macros.sql").read_text("utf-8"))
        return Rows(db, STOPS, file, into).loaded({})


def _name(file_name: str) -> FileName:
    found = names.read(file_name, NAME)
    if found is None:
        raise FileRefused(
            "a file name such as 2021-08-thames-valley-stop-and-search.csv",
            came=f"“{Path(file_name).name}”",
            cause="the file was renamed, or several were joined. The force of a search stands in the file's name only: "
            "take the publisher's files one by one, under their own names.",
            place=Place(file_name),
        )
    return found


def _force(slug: str, file_name: str, ours: str) -> str:
    """A force by the name its other files give it. The partnership's own is known whatever the look-up says."""
    if named(slug, ours):
        return ours
    known: dict[str, str] = _look_up("forces.yaml")
    if slug.lower() not in known:
        raise FileRefused(
            "the name of a police force in the file's name, such as thames-valley",
            came=f"“{slug}”",
            cause="the file was renamed, or a force changed its name.",
            place=Place(file_name),
        )
    return known[slug.lower()]


def _variables(month: str, force: str) -> dict[str, Any]:
    """What checks.sql knows."""
    ethnicities = [(wording, e) for e in _look_up("ethnicities.yaml") for wording in e["wordings"]]
    return {
        "month_of_file": month,
        "force_of_file": force,
        "this_month": f"{dt.datetime.now(dt.UTC):%Y-%m}",
        "types": list(TYPES),
        "genders": list(GENDERS),
        "ages": list(AGES),
        "seen": list(SEEN),
        "wordings": [wording for wording, _ in ethnicities],
        "codes": [e["code"] for _, e in ethnicities],
        "groups": [e["group"] for _, e in ethnicities],
    }


@cache
def _look_up(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text("utf-8"))
