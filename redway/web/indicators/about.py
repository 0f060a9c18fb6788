"""What every indicator's page says of it: its definition, what was published, where it is used, what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from redway import periods
from redway.indicators.definitions import Indicator
from redway.indicators.release import Policy
from redway.indicators.series import Area
from redway.indicators.sets import definitions
from redway.indicators.shown import policy_of
from redway.products import tables
from redway.products.tables import Cell, Column, Table
from redway.web.figures import placing, publisher
from redway.web.figures.basis import Basis
from redway.web.figures.numbers import period_words
from redway.web.figures.rows import RowCounts
from redway.work.returns.models import Submission


@dataclass(frozen=True)
class Link:
    text: str
    href: str


def definition(basis: Basis, indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """The definition card."""
    better = {"lower": _("Lower"), "higher": _("Higher"), "neutral": _("Neither: read it with what was done")}
    serious = definitions(basis.profile).versions.get(indicator.definition)
    rows = [
        (_("What is counted"), indicator.numerator),
        (_("Base"), indicator.denominator),
        (_("Better is"), ". ".join(filter(None, [better[indicator.better], indicator.why_better]))),
        (_("Why it matters"), indicator.why_it_matters),
        (_("What good looks like"), indicator.what_good_looks_like),
        (_("How it is worked out"), indicator.compute),
        (_("Comes from"), f"{indicator.provider}, {indicator.cadence}"),
        (_("Author"), indicator.author),
        (_("Next review"), period_words(indicator.next_review)),
        (_("Definition version"), str(indicator.version)),
        (_("Serious violence as"), serious.title if serious else ""),
    ]
    return tuple((name, value) for name, value in rows if value)


def caveats(basis: Basis, indicator: Indicator, area: Area | None = None) -> tuple[str, ...]:
    """What to know before relying on it: how surely its rows were placed, and what their publisher wrote, with it."""
    names = indicator.datasets
    placed = basis.keep(("placing", *names), lambda: [placing.caveat(basis.snapshot, name) for name in names])
    wrote = [line for name in names for line in publisher.caveats(basis, name)]
    return tuple(filter(None, [*indicator.caveats, *placed, *wrote, area.note if area else ""]))


def parts(basis: Basis, indicator: Indicator) -> tuple[Link, ...]:
    """The parts of the strategy it belongs to."""
    wanted = [p for p in basis.strategy.parts if p.id in indicator.priority or indicator.id in p.indicators]
    return tuple(Link(p.title, basis.address("priority", p.id)) for p in wanted)


def related(basis: Basis, indicator: Indicator) -> tuple[Link, ...]:
    """The open indicators that come closest."""
    known = [basis.indicators[name] for name in indicator.related if name in basis.indicators]
    return tuple(Link(one.title, basis.address("indicator", one.id)) for one in known)


def files(basis: Basis, indicator: Indicator, name: str) -> Table:
    """Which submissions of a dataset it rests on, newest period first; numbers of rows as its figures are shown."""
    counts = RowCounts(exact=basis.exact or not name or policy_of(name) is None)
    held = basis.keep(
        ("submissions", name),
        lambda: list(
            Submission.objects.filter(versions__number=basis.snapshot.number, dataset=name).order_by(
                "-period", "provider"
            )
        ),
    )
    rows = tuple(
        (
            tables.text(s.file_name),
            tables.text(s.provider),
            tables.text(period_words(s.period)),
            Cell(counts(s.rows_accepted), numeric=True),
            tables.text(date_format(timezone.localtime(s.received_at), "j F Y")),
        )
        for s in held
    )
    columns = (
        Column(_("File")),
        Column(_("From")),
        Column(_("Month")),
        Column(_("Rows accepted"), numeric=True),
        Column(_("Received")),
    )
    return Table(_("Files this page rests on, newest month first"), columns, rows)


def published(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """What the strategy printed of it, as a summary list; nothing where it printed nothing."""
    said = indicator.published
    if said is None:
        return ()
    return (
        (_("Value"), said.value),
        *([(_("Direction"), said.direction)] if said.direction else []),
        (_("Period"), said.period),
        (_("Base"), said.base),
        (_("Where in the strategy"), said.section),
    )


def senders(basis: Basis, gaps: Mapping[int, Sequence[str]]) -> str:
    """Who has not sent which months: `Not received: October 2025 from Aby Infirmary.`"""
    missing: dict[str, list[int]] = {}
    for month, agencies in sorted(gaps.items()):
        for agency in agencies:
            missing.setdefault(agency, []).append(month)
    listed = "; ".join(
        _("%(months)s from %(agency)s")
        % {"months": periods.phrase(months), "agency": basis.strategy.names.get(agency, agency)}
        for agency, months in missing.items()
    )
    return _("Not received: %(listed)s.") % {"listed": listed} if listed else ""


def hidden(policy: Policy | None) -> str:
    """What was done to the counts before they were shown."""
    if policy is None:
        return ""
    return _(
        "Counts from %(low)s to %(high)s are withheld to protect people, and others are rounded to the nearest "
        "%(to)s. Every total is added up of exact counts and then rounded once, so parts need not add up to it. "
        "Percentages, limits and intervals are worked out of rounded counts, and share their vagueness."
    ) % {"low": policy.hide_from, "high": policy.hide_to, "to": policy.round_to}
