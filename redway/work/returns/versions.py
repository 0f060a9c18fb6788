"""Data versions as values."""

from redway.errors import RedwayError
from redway.store.home import Home
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.models import DataVersion


def snapshot(number: int | None = None) -> Snapshot:
    """The data version of that number, or the newest; number 0 and no parts before anything was accepted.

    Raises RedwayError for a version that does not exist.
    """
    versions = DataVersion.objects.order_by("-number")
    version = versions.first() if number is None else versions.filter(number=number).first()
    if version is None:
        if number in (None, 0):
            return Snapshot(0, ())
        newest = versions.first()
        raise RedwayError(
            f"a data version from 0 to {newest.number if newest else 0}",
            came=str(number),
            cause="a mistyped number. `redway versions` lists them.",
        )
    accepted = Home.current().accepted
    return Snapshot(
        version.number,
        tuple(
            Part(s.dataset, s.provider, s.period, s.content, s.rows_accepted, accepted / s.parquet, s.pk)
            for s in version.submissions.all()
        ),
    )
