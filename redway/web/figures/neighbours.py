"""Other police forces, whose rows in the area are counted in: a month of theirs that has not come is no gap, but said.

Most forces that send files record nothing here at all; only those that ever did are missed.
"""

from collections.abc import Iterable

from django.utils.translation import ngettext

from redway import periods
from redway.indicators.cubes import cube
from redway.store.snapshot import Part, Snapshot
from redway.web.figures.basis import Basis

STREET = "police-street"


def lacking(basis: Basis, months: Iterable[int]) -> dict[str, list[int]]:
    """Of these months, those without a file of another force that recorded something here in other months."""
    wanted = sorted(months)
    held = {force: {periods.month(p.period) for p in parts} for force, parts in _others(basis).items()}
    found = {force: [m for m in wanted if m not in theirs] for force, theirs in held.items()}
    return {force: missing for force, missing in found.items() if missing and force in _recording_here(basis)}


def overdue(basis: Basis, held: Iterable[int]) -> dict[str, list[int]]:
    """The same, of the months held of the partnership's own force since the other force's first file."""
    first = {force: min(p.period for p in parts) for force, parts in _others(basis).items()}
    found = lacking(basis, held)
    since = {force: [m for m in missing if periods.label(m) > first[force]] for force, missing in found.items()}
    return {force: missing for force, missing in since.items() if missing}


def caveat(basis: Basis, compared: Iterable[int]) -> str:
    """What a comparison of these months has to admit; empty when every force's files are there."""
    return " ".join(
        ngettext(
            "Rows of %(force)s for %(months)s have not come; the count of that month may be a little low.",
            "Rows of %(force)s for %(months)s have not come; the counts of those months may be a little low.",
            len(missing),
        )
        % {"force": force, "months": periods.phrase(missing)}
        for force, missing in lacking(basis, compared).items()
    )


def late(force: str, missing: list[int]) -> str:
    """A sentence for the list of what is late or missing."""
    return ngettext(
        "The file of %(force)s for %(months)s has not come. That is no gap: its few rows here are all that is missing "
        "from that month.",
        "The files of %(force)s for %(months)s have not come. That is no gap: their few rows here are all that is "
        "missing from those months.",
        len(missing),
    ) % {"force": force, "months": periods.phrase(missing)}


def _others(basis: Basis) -> dict[str, list[Part]]:
    """The files of every force but the partnership's own."""
    found: dict[str, list[Part]] = {}
    for part in basis.snapshot.of(STREET):
        if part.provider != basis.partnership.police_force:
            found.setdefault(part.provider, []).append(part)
    return found


def _recording_here(basis: Basis) -> frozenset[str]:
    """The other forces with at least one row inside the partnership."""

    def make() -> frozenset[str]:
        theirs = tuple(part for parts in _others(basis).values() for part in parts)
        counted = cube(Snapshot(basis.snapshot.number, theirs), STREET, basis.places.area_of, ["reported_by"])
        return frozenset(word for word in counted.columns["reported_by"].words if word)

    return basis.keep("forces recording here", make)
