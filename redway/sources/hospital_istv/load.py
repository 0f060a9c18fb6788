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
    sql = f"SELECT DISTINCT place FROM {view} WHERE area IS NULL AND place IS NOT NULL ORDER BY place"  # noqa: S608
    found = [known.locate(text) for (text,) in db.execute(sql).fetchall()]
    db.execute(f"CREATE TYPE places AS ENUM ({sql})")
    query.set_variables(db, areas=[each.area for each in found], sure=[each.confidence.word for each in found])
    nth = "enum_code(CASE WHEN v.area IS NULL THEN try_cast(v.place AS places) END) + 1"
    area, sure = f"nullif(getvariable('areas')[{nth}], '')", f"coalesce(getvariable('sure')[{nth}], '{NO_AREA}')"
    db.execute(
        f"CREATE VIEW placed AS SELECT v.* REPLACE (coalesce(v.area, {area}) AS area), "  # noqa: S608
        f"CASE WHEN v.area IS NOT NULL THEN '{GIVEN}' ELSE {sure} END AS area_confidence FROM {view} v"
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
