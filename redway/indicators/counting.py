"""What a cube counts, written once in Ibis for whichever engine runs it."""

from collections.abc import Sequence


def counting(columns: Sequence[str], dialect: str, *, unplaced: bool = False) -> str:
    """The SQL that makes a cube of the tables `accepted` and `comparable`, in the dialect of an engine.

    A row counts by its area code, of whichever vintage; its point is not looked at. A repeated crime ID is
    two rows, and blank IDs are separate incidents, so nothing is de-duplicated. `unplaced` counts rows without an
    area code too, with no area: what a partner sends of its own place is of that place, wherever in it.
    """
    import ibis  # half a second, and only building needs it

    by = ["area", "month", *columns]
    accepted = ibis.table(dict.fromkeys(["month", "lsoa_code", *columns], "string"), name="accepted")
    comparable = ibis.table({"lsoa_code": "string", "area": "string"}, name="comparable")
    joined = accepted.join(comparable, "lsoa_code", how="left" if unplaced else "inner")
    if unplaced:
        joined = joined.filter(joined.area.notnull() | accepted.lsoa_code.isnull())
    counted = joined.group_by(by).agg(count=lambda row: row.count())
    return str(ibis.to_sql(counted.order_by(by), dialect=dialect))


def as_text(columns: Sequence[str], there: Sequence[str]) -> str:
    """The select list that gives a cube's columns as text: of months and areas that a file has not, nothing."""
    return ", ".join(
        f'cast("{name}" as string) as "{name}"' if name in there else f'cast(null as string) as "{name}"'
        for name in ("month", "lsoa_code", *columns)
    )
