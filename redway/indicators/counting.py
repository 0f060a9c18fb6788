"""What a cube counts, written once in Ibis for whichever engine runs it."""

from collections.abc import Sequence


def counting(columns: Sequence[str], dialect: str) -> str:
    """The SQL that makes a cube of the tables `accepted` and `comparable`, in the dialect of an engine.

    A row counts by its area code, of whichever vintage; its point is not looked at. A repeated crime ID is
    two rows, and blank IDs are separate incidents, so nothing is de-duplicated.
    """
    import ibis  # half a second, and only building needs it

    by = ["area", "month", *columns]
    accepted = ibis.table(dict.fromkeys(["month", "lsoa_code", *columns], "string"), name="accepted")
    comparable = ibis.table({"lsoa_code": "string", "area": "string"}, name="comparable")
    counted = accepted.join(comparable, "lsoa_code").group_by(by).agg(count=lambda row: row.count())
    return str(ibis.to_sql(counted.order_by(by), dialect=dialect))
