"""What refuses a force's month although each of its rows is in order: taken, it would show zeros that are not true."""

from redway.errors import FileRefused, Place
from redway.sources.police_uk.forces import WITHOUT_AREAS, named, slug
from redway.sources.police_uk.rows import Group, Rows, limit
from redway.store.profile import Partnership

# A partnership of so few small areas (the Isles of Scilly are one) can truly have a month without a crime.
FEW_AREAS = 3
# Fewer rows than this are no force's month, whatever they hold: an extract or a trial, which the receipt warns of.
HANDFUL = 100


def refuse_another_force(rows: Rows, group: Group, file_slug: str) -> None:
    """Raise FileRefused when the file's name says another force than its rows. No name, no doubt."""
    if not file_slug or named(file_slug, group.provider):
        return
    raise FileRefused(
        f"rows of the force in the file's name, “{file_slug}”",
        came=f"rows reported by {group.provider}, whose files are named “{slug(group.provider)}”",
        cause="the file was renamed, or rows were pasted into another force's file. If the rows are right, give the "
        "file a name of its own, such as street.csv: it is then read by what its rows say.",
        place=Place(rows.file.name),
    )


def refuse_without_areas(rows: Rows, group: Group) -> None:
    """Raise FileRefused when too many rows have a point and no area code: they would be counted nowhere."""
    count, most = group.notes.get("no area", 0), rows.kind.definition.refuse_above
    if group.rows < HANDFUL or count <= WITHOUT_AREAS.get(group.provider, most) * group.rows:
        return
    row, point, _ = rows.first(
        "fault IS NULL AND lsoa_code IS NULL AND longitude IS NOT NULL",
        "concat('longitude ', longitude, ', latitude ', latitude)",
        group=group,
    )
    raise FileRefused(
        f"an area code wherever there is a point ({limit(most, count / group.rows)})",
        came=f"{point}, and an empty cell for the area",
        cause="the column was emptied, or the rows are from outside England and Wales. Without area codes every "
        f"count here would be a false zero. {rows.kind.definition.where_from}",
        place=Place(rows.file.name, row, "LSOA code"),
        count=count,
    )


def refuse_none_inside(rows: Rows, group: Group, partnership: Partnership) -> None:
    """Raise FileRefused when a file of the partnership's own force has no row in the partnership.

    Where there are few areas, or a handful of rows, that can be true, and the receipt warns instead.
    """
    if (
        group.inside
        or group.rows < HANDFUL
        or rows.db.execute("SELECT count(*) FROM our_areas").fetchall()[0][0] <= FEW_AREAS
    ):
        return
    raise FileRefused(
        f"some rows in {partnership.place}, as {group.provider} is its own force",
        came=f"{group.rows:,} rows of {group.month}, none of them with an area code of {partnership.place}",
        cause="the file was filtered to another place, or its area codes were emptied. "
        f"{rows.kind.definition.where_from}",
        place=Place(rows.file.name),
    )
