"""Assaults seen in emergency departments: checked by definition, and each described place turned into a small area.

The description of a place may name somebody's home. It is looked up once, in memory, and dropped; what is kept is the
area and how sure it is. Distinct descriptions alone are looked up, so a busy month costs no more than its places.
"""

from dataclasses import replace
from pathlib import Path

import duckdb

from redway.geography.gazetteer import Gazetteer
from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.hospital_istv.places import gazetteer
from redway.sources.returned.load import load_return
from redway.store import query

DEFINITION = dataset("hospital-istv")
GIVEN, NO_AREA = "given", "none"
NOTES = {
    GIVEN: "placed by the hospital",
    "high": "placed surely",
    "medium": "placed fairly surely",
    "low": "placed doubtfully",
    NO_AREA: "placed nowhere",
}


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Check a hospital's return, place its assaults, and write one Parquet file a month.

    Besides the columns of the definition a file has `area_confidence`: given, high, medium, low or none. The counts of
    each, and of departments' habits that say a time is not known, are in the notes. Raises FileRefused.
    """

    def change(db: duckdb.DuckDBPyConnection, view: str) -> str:
        return place(db, view, gazetteer(context, db))

    loads = load_return(path, dataset=DEFINITION, file_name=file_name, into=into, context=context, change=change)
    return [_noted(each, into) for each in loads]


def place(db: duckdb.DuckDBPyConnection, view: str, known: Gazetteer) -> str:
    """The name of a view of the rows of `view`, with `area` filled from the described place, and `area_confidence`.

    An area that the hospital gave stands.
    """
    db.execute(
        f"CREATE TABLE described AS SELECT DISTINCT place FROM {view} "  # noqa: S608
        "WHERE area IS NULL AND place IS NOT NULL ORDER BY place"
    )
    found = [known.locate(text) for (text,) in db.execute("FROM described").fetchall()]
    areas, sure = query.texts(each.area for each in found), query.texts(each.confidence.word for each in found)
    given = f"SELECT area FROM {view} WHERE area IS NOT NULL"  # noqa: S608
    # Words of a list are looked up, kept and written many times faster than text.
    db.execute("CREATE TYPE places AS ENUM (FROM described)")
    db.execute(f"CREATE TYPE placed_in AS ENUM ({given} UNION SELECT unnest({areas}))")
    db.execute(f"CREATE TYPE confidences AS ENUM (SELECT unnest({query.texts(NOTES)}))")
    db.execute(f"SET VARIABLE areas = list_transform({areas}, lambda area: nullif(area, '')::placed_in)")
    db.execute(f"SET VARIABLE sure = {sure}::confidences[]")
    nth = "enum_code(CASE WHEN v.area IS NULL THEN try_cast(v.place AS places) END) + 1"
    db.execute(
        f"CREATE VIEW placed AS SELECT v.* REPLACE (coalesce(v.area::placed_in, getvariable('areas')[{nth}]) AS area), "  # noqa: S608
        f"CASE WHEN v.area IS NOT NULL THEN '{GIVEN}'::confidences "
        f"ELSE coalesce(getvariable('sure')[{nth}], '{NO_AREA}'::confidences) END AS area_confidence FROM {view} v"
    )
    return "placed"


def _noted(loaded: Loaded, into: Path) -> Loaded:
    """With the count of each confidence, of assaults timed at exactly midnight, and of months not over."""
    with query.connect(into / "spill") as db:
        source = f"read_parquet({query.text(loaded.parquet)})"
        counts = dict(
            db.execute(f"SELECT area_confidence, count(*) FROM {source} GROUP BY 1").fetchall()  # noqa: S608
        )
        midnight, unfinished = db.execute(
            "SELECT count(*) FILTER (assaulted_at::TIME = TIME '00:00'), "  # noqa: S608
            f"count(*) FILTER (reporting_to <> last_day(reporting_from)) FROM {source}"
        ).fetchall()[0]
    placed = {words: counts.get(confidence, 0) for confidence, words in NOTES.items()}
    odd = {
        "assault timed at midnight, which may stand for not known": midnight,
        "of a month that was not over": unfinished,
    }
    return replace(loaded, notes=loaded.notes | placed | {note: n for note, n in odd.items() if n})
