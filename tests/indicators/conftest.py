"""Accepted street files made by hand, in the columns that loading gives them."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redway.indicators.definitions import Indicator
from redway.indicators.places import Places
from redway.indicators.series import Area
from redway.store.profile import Partnership
from redway.store.snapshot import Part, Snapshot

HOME_FORCE = "Thames Valley Police"
TEXT = ["crime_id", "month", "reported_by", "falls_within", "location", "lsoa_code", "lsoa_name", "crime_type"]
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in (*TEXT, "outcome", "context")),
        *((name, pa.float64()) for name in ("longitude", "latitude")),
    ]
)


def row(month, lsoa_code, crime_type="Burglary", force=HOME_FORCE, **more):
    """One street row; what is not named is blank."""
    blank = dict.fromkeys(SCHEMA.names)
    return blank | {
        "month": month,
        "reported_by": force,
        "falls_within": force,
        "lsoa_code": lsoa_code,
        "crime_type": crime_type,
        **more,
    }


@pytest.fixture
def accepted(home):
    """Make a data version of rows: one file per force and month, as receiving does. `also` are (force, month)
    pairs whose file came without a row."""

    def make(rows, also=(), number=1):
        files = {(r["reported_by"], r["month"]): [] for r in rows} | {key: [] for key in also}
        for r in rows:
            files[r["reported_by"], r["month"]].append(r)
        parts = []
        for at, ((force, month), held) in enumerate(sorted(files.items())):
            content = f"{hash(repr(held)) & 0xFFFFFFFFFFFF:012x}"
            path = home.accepted / "police-street" / f"{force}-{month}-{content}.parquet"
            path.parent.mkdir(exist_ok=True)
            pq.write_table(pa.Table.from_pylist(held, SCHEMA), path)
            parts.append(Part("police-street", force, month, content, len(held), path, at))
        return Snapshot(number, tuple(parts))

    return make


@pytest.fixture
def where():
    """A district of three comparable areas: one unchanged, one split in 2021, one without a fair base."""
    areas = (
        Area("E01000001", "Aby 001A", "area", 1000, members=("E01000001",)),
        Area("E01900002", "Aby 001B and 001C", "area", 3000, members=("E01000002", "E01900002", "E01900003")),
        Area("E01000004", "Aby 001D", "area", 50, False, "Shops, few homes.", ("E01000004",)),
    )
    members = {code: area.code for area in areas for code in area.members}
    whole = Area("E06000042", "Aby", "partnership", 4050, members=tuple(sorted(members)))
    return Places(whole, areas, members, "E22000307")


@pytest.fixture
def partnership():
    return Partnership(
        name="Aby Partnership", short_name="Aby", place="Aby", district="E06000042", police_force=HOME_FORCE
    )


def an_indicator(*crime_types, levels=("partnership", "area"), **more):
    """An indicator that counts some types."""
    given = {
        "id": "recorded-test",
        "title": "Recorded test",
        "kind": "open",
        "better": "lower",
        "why_it_matters": "",
        "what_good_looks_like": "",
        "numerator": "",
        "denominator": "Census 2021",
        "caveats": [],
        "provider": "",
        "cadence": "monthly",
        "count": {"dataset": "police-street", "where": {"crime_type": list(crime_types)}, "unit": "crimes recorded"},
        "rate": {"levels": list(levels)},
    }
    return Indicator.model_validate(given | more)


@pytest.fixture
def sent(home):
    """Makes a data version of rows that agencies sent: {(agency, period): rows}, with a permitted set where given."""

    def make(dataset, files, number=1, permitted=None, late=None):
        parts = []
        columns = sorted({c for rows in files.values() for row in rows for c in row} | {"month"})
        every = [dict.fromkeys(columns) | {"period": ""} | row for rows in files.values() for row in rows]
        schema = pa.Table.from_pylist(every).schema
        for at, ((agency, period), rows) in enumerate(sorted(files.items())):
            path = home.accepted / dataset / f"{agency}-{period}-{number}.parquet".replace("/", "_")
            path.parent.mkdir(exist_ok=True)
            filled = [dict.fromkeys(columns) | {"period": period} | row for row in rows]
            pq.write_table(pa.Table.from_pylist(filled, schema), path)
            content = f"{hash(repr(rows)) & 0xFFFFFFFFFFFF:012x}"
            parts.append(Part(dataset, agency, period, content, len(rows), path, at, permitted))
        return Snapshot(number, tuple(parts), late=late or {})

    return make


def a_measure(**measure):
    given = {
        "id": "measured-test",
        "title": "A measure",
        "kind": "cohort",
        "better": "lower",
        "why_it_matters": "",
        "what_good_looks_like": "",
        "numerator": "",
        "denominator": "",
        "caveats": [],
        "provider": "",
        "cadence": "",
        "measure": {"unit": "of those", **measure},
    }
    return Indicator.model_validate(given)


def months(*labels):
    return {("police", label): [] for label in labels}
