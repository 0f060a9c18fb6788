"""Crime severity scores by district; a colon stands where there is none.

A district that was made of several lately has a score for each of them.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import DISTRICT, DISTRICT_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

NONE = ":"  # districts of forces whose figures were not complete
# Its heading in full: “Score” alone stands in many tables of districts.
SCORE = "crime_severity_score"
NOTE = "districts without a score"

FIELDS = (
    Field("district_code", ("ltla23_code", "LAD23CD"), like=DISTRICT, example=DISTRICT_EXAMPLE),
    Field(
        SCORE,
        like=rf"[0-9]{{1,9}}(\.[0-9]{{1,30}})?|{NONE}",
        example="a number, or a colon for none",
        about="Crime severity score; a colon where the force's figures were not complete",
    ),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England."""
    definition = dataset("crime-severity")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("district_code", SCORE), repeats=True
    )
    scores = pc.if_else(pc.equal(table[SCORE], NONE), pa.scalar(None, pa.string()), table[SCORE])
    given = pa.table({"district_code": table["district_code"], "score": pc.cast(scores, pa.float64())})
    lacking = given["score"].null_count
    notes = {NOTE: lacking} if lacking else {}
    return [loaded(given, definition, into=into, rows_read=read, refused=refused, notes=notes)]
