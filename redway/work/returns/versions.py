"""Data versions as values."""

from redway.errors import RedwayError
from redway.store.home import Home
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.models import DataVersion


def snapshot(number: int | None = None) -> Snapshot:
    """The data version of that number, or the newest; one without parts, numbered 0, before anything was accepted.

    Raises RedwayError for a version that does not exist.
    """
    versions = DataVersion.objects.order_by("-number")
    version = versions.first() if number is None else versions.filter(number=number).first()
    if version is None:
        if number is None:
            return Snapshot(0, ())
        newest = versions.first()
        raise RedwayError(
            f"a data version from 1 to {newest.number}" if newest else "a data version",
            came=str(number) if newest else "none yet",
            cause="a mistyped number. `redway versions` lists them." if newest else "nothing has been imported.",
        )
    accepted = Home.current().accepted
    return Snapshot(
        version.number,
        tuple(
            Part(s.dataset, s.provider, s.period, s.content, s.rows_accepted, accepted / s.parquet, s.pk)
            for s in version.submissions.all()
        ),
    )
