"""What is late or missing, each with what would mend it and who could. Absence is said, never left blank."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.errors import NotSetUp
from redway.indicators.definitions import Indicator
from redway.sources import dataset as datasets
from redway.web.figures import neighbours
from redway.web.figures.basis import Basis
from redway.web.figures.neighbours import STREET

# data.police.uk puts a month out about two months after its end; a month is late once a third has passed.
PUBLISHED_WITHIN = 3


@dataclass(frozen=True)
class Absence:
    """One thing that is not there: what, what would mend it, and who could. `link` and `href`: a page to go on from."""

    what: str
    mend: str
    who: str
    command: str = ""
    link: str = ""
    href: str = ""


def absences(basis: Basis, today: date, *, besides: Collection[str] = ()) -> list[Absence]:
    """Everything that is late or missing from what Redway can take today, the most pressing first.

    besides   names of datasets of whose gateway it is said already that it is no longer in force
    """
    return [*closed(basis, besides), *crime_months(basis, today), *reference(basis), *other_forces(basis)]


def closed(basis: Basis, besides: Collection[str] = ()) -> list[Absence]:
    """Partners' data that were accepted and may not be read now, with what its gateway says.

    besides   names of datasets of which that is said already
    """
    mend = _("A gateway in force opens it again: an administrator drafts it, a second person puts it in force.")
    return [
        Absence(why, mend, _("Whoever answers for data sharing."))
        for name, why in basis.snapshot.closed.items()
        if name not in besides
    ]


def months_held(basis: Basis) -> list[int]:
    """The months for which the partnership's own police force has an accepted file, in order."""
    force = basis.partnership.police_force
    return sorted({periods.month(p.period) for p in basis.snapshot.of(STREET) if p.provider == force})


def months_missing(held: list[int]) -> list[int]:
    """The months between the first and the last that were not received."""
    return sorted(set(periods.span(held)) - set(held))


def crime_months(basis: Basis, today: date) -> list[Absence]:
    """The force's months that are late, and those missing between the first and the last."""
    held, force = months_held(basis), basis.partnership.police_force
    analyst = _("The analyst, on a machine that reaches the internet.")
    if not held:
        return [
            Absence(
                _("No month of recorded crime from %(force)s has come.") % {"force": force},
                datasets.dataset(STREET).where_from,
                analyst,
                "redway import police-street FOLDER",
            )
        ]
    if basis.partnership.fictional:
        return _gaps(held, force, _("The demo leaves these months out on purpose, to show what a gap looks like."), "")
    found = []
    due = 12 * today.year + today.month - 1 - PUBLISHED_WITHIN
    if held[-1] < due:
        late = range(held[-1] + 1, due + 1)
        found.append(
            Absence(
                ngettext(
                    "The newest month from %(force)s is %(newest)s. %(count)s later month should be published by now: "
                    "%(months)s.",
                    "The newest month from %(force)s is %(newest)s. %(count)s later months should be published by "
                    "now: %(months)s.",
                    len(late),
                )
                % {
                    "force": force,
                    "newest": periods.words(held[-1]),
                    "count": len(late),
                    "months": periods.phrase(late),
                },
                _("Fetch and import them; nothing that is here changes."),
                analyst,
                f"redway fetch police-street --from {periods.label(late[0])} --to {periods.label(late[-1])}",
            )
        )
    mend = _("Import the force's files of these months. Those of the last three years can be fetched.")
    return [*found, *_gaps(held, force, mend, analyst)]


def _gaps(held: list[int], force: str, mend: str, who: str) -> list[Absence]:
    missing = months_missing(held)
    if not missing:
        return []
    what = ngettext(
        "%(count)s month between the first and the last from %(force)s is missing: %(months)s. Charts leave it open, "
        "and nothing is added up across it.",
        "%(count)s months between the first and the last from %(force)s are missing: %(months)s. Charts leave them "
        "open, and nothing is added up across them.",
        len(missing),
    ) % {"count": f"{len(missing):,}", "force": force, "months": periods.phrase(missing)}
    return [Absence(what, mend, who)]


def other_forces(basis: Basis) -> list[Absence]:
    """The months of other forces that record here, since their first: a caveat, so they come last."""
    try:
        overdue = basis.keep("overdue", lambda: neighbours.overdue(basis, months_held(basis)))
    except NotSetUp:  # areas have not come, so nobody's rows can be placed; that is said already
        return []
    mend, who = _("Import it when it comes; nothing that is here changes."), _("The analyst.")
    if basis.partnership.fictional:
        mend, who = _("The demo leaves it out on purpose, to show what a late neighbour looks like."), ""
    return [Absence(neighbours.late(force, missing), mend, who) for force, missing in overdue.items()]


def reference(basis: Basis) -> list[Absence]:
    """Reference data that have not come, and what cannot be done without them."""
    return [
        Absence(
            _("%(title)s: not received. %(without)s") % {"title": kind.title, "without": kind.without},
            _("Import it."),
            _("The analyst or whoever runs this server."),
            link=_("Where to get it: %(title)s") % {"title": kind.title},
            href=reverse("about-the-data") + f"#{kind.name}",
        )
        for kind in map(datasets.dataset, datasets.names())
        if kind.access == "open" and kind.without and kind.cadence != "monthly" and not basis.snapshot.has(kind.name)
    ]


@dataclass(frozen=True)
class Awaited:
    """What one provider would have to share, and the indicators that wait for it."""

    provider: str
    needs: tuple[str, ...]
    indicators: tuple[Indicator, ...]


def awaited(basis: Basis, indicators: Iterable[Indicator]) -> list[Awaited]:
    """Indicators that cannot be computed yet, by who could make them so; whom most wait for first."""
    waiting: dict[str, list[Indicator]] = defaultdict(list)
    for one in indicators:
        if one.needs and basis.waits(one):
            waiting[one.needs.provider].append(one)
    found = [
        Awaited(provider, tuple(dict.fromkeys(i.needs.what for i in those if i.needs)), tuple(those))
        for provider, those in waiting.items()
    ]
    return sorted(found, key=lambda a: (-len(a.indicators), a.provider))
