"""Shapes the page of one part of the strategy, in the strategy's own three parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.findings import measured
from redway.indicators.definitions import Indicator
from redway.products.tables import Table
from redway.web.figures import promises
from redway.web.figures.absence import Awaited, awaited
from redway.web.figures.basis import Basis
from redway.web.figures.pictures import Figure, programmes_figure, segments_of, spark_figure, timeline
from redway.work.strategy.models import CommitmentState
from redway.work.strategy.profile import NOT_STATED, Part, Programme, Statement, Strategy

Standings = Mapping[str, CommitmentState]


@dataclass(frozen=True)
class Said:
    """A statement of the strategy, and the indicators that follow its figures."""

    text: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Multiple:
    """One of the small charts on a shared axis, with its sentence."""

    indicator: Indicator
    figure: Figure
    sentence: str


@dataclass(frozen=True)
class Figured:
    """A figure of partners' that is no monthly series, as a sentence, with what the strategy printed."""

    indicator: Indicator
    sentence: str
    published: str


@dataclass(frozen=True)
class PublishedFigure:
    """A figure the strategy printed that open data cannot follow, with its doubts."""

    indicator: Indicator
    value: str
    period: str
    provider: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Done:
    """A programme, its facts as published, and what can be said of whether it worked."""

    programme: Programme
    facts: tuple[tuple[str, str], ...]
    evidence: str


@dataclass(frozen=True)
class PartPage:
    part: Part
    theme: str
    answer: str
    know: tuple[Said, ...]
    multiples: tuple[Multiple, ...]
    no_multiples: str
    figured: tuple[Figured, ...]
    published: tuple[PublishedFigure, ...]
    awaited: list[Awaited]
    done: tuple[Said, ...]
    programmes: tuple[Done, ...]
    programmes_figure: Figure | None
    standing: str
    next: Table | None
    next_sentence: str
    before: Part | None
    after: Part | None


def page(basis: Basis, part: Part, standings: Standings, today: date) -> PartPage:
    """One part's page."""
    strategy = basis.strategy
    indicators = indicators_of(basis, part)
    waiting = [i for i in indicators if basis.waits(i) and not i.open]
    followed = followable(basis, indicators)
    listed = promises.promises(strategy, strategy.next_of(part), standings, today)
    at = strategy.parts.index(part)
    return PartPage(
        part=part,
        theme=next(t.title for t in strategy.themes if t.id == part.theme),
        answer=moved(basis, followed) or unknown(followed, waiting),
        standing=" ".join([unknown(followed, waiting) if followed else "", promises.sentence(listed)]).strip(),
        know=_said(basis, part.know),
        multiples=multiples(basis, followed),
        no_multiples=_no_multiples(basis, indicators),
        figured=tuple(_figured(basis, i) for i in indicators if basis.measures(i) and not basis.follows(i)),
        published=tuple(_published(i) for i in waiting if i.published),
        awaited=awaited(basis, waiting),
        done=_said(basis, part.done),
        programmes=tuple(_done(strategy, p) for p in strategy.programmes_of(part)),
        programmes_figure=programmes_figure(basis, timeline(basis, followed), strategy.programmes_of(part)),
        next=promises.table(listed, _("What we will do next: %(part)s") % {"part": part.title}) if listed else None,
        next_sentence=promises.sentence(listed),
        before=strategy.parts[at - 1] if at else None,
        after=strategy.parts[at + 1] if at + 1 < len(strategy.parts) else None,
    )


def indicators_of(basis: Basis, part: Part) -> list[Indicator]:
    """The indicators of a part: those it names, in its order, then others that name it."""
    named = [basis.indicators[name] for name in part.indicators]
    return named + [i for i in basis.indicators.values() if part.id in i.priority and i not in named]


def followable(basis: Basis, indicators: list[Indicator]) -> list[Indicator]:
    """Those whose months have come."""
    return [i for i in indicators if basis.follows(i)]


def moved(basis: Basis, followed: list[Indicator]) -> str:
    """What of the recorded figures differs from its own past; that the others do not is said too."""
    whole = basis.places.partnership.code if followed else ""
    found = [f for i in followed if (f := basis.changed.of(i.id, whole))]
    differ = sorted((f for f in found if f.change.different), key=lambda f: f.change.p)
    if not found:
        return ""
    same = len(found) - len(differ)
    if not differ:
        return ngettext(
            "The one recorded figure that can be followed is not statistically different from its own past.",
            "None of the %(n)s recorded figures that can be followed is statistically different from its own past.",
            same,
        ) % {"n": same}
    return f"{differ[0].sentence} {_others(len(differ) - 1, same)}".strip()


def _others(differ: int, same: int) -> str:
    """What the first sentence leaves out, and that it was looked at."""
    more = ngettext(
        "%(n)s more figure differs from its own past", "%(n)s more figures differ from their own past", differ
    )
    if not differ:
        alone = ngettext(
            "The other figure is not statistically different from its own past.",
            "The other %(n)s figures are not statistically different from their own past.",
            same,
        )
        return alone % {"n": same} if same else ""
    rest = ngettext("%(n)s is not statistically different", "%(n)s are not statistically different", same)
    said = [words % {"n": n} for words, n in ((more, differ), (rest, same)) if n]
    return f"{'; '.join(said)}." if said else ""


def unknown(followed: list[Indicator], waiting: list[Indicator]) -> str:
    if not waiting:
        return "" if followed else _("No figure can be followed here.")
    return ngettext(
        "%(n)s figure waits for what partners hold.", "%(n)s figures wait for what partners hold.", len(waiting)
    ) % {"n": len(waiting)}


def multiples(basis: Basis, followed: list[Indicator]) -> tuple[Multiple, ...]:
    """Small charts of the partnership's series, on one time axis, each with its sentence."""
    axis = timeline(basis, followed)
    found = []
    for one in followed:
        area = basis.places.partnership
        finding = basis.changed.of(one.id, area.code)
        parts = segments_of(basis, one, area)
        sentence = finding.sentence if finding else parts[-1].sentence if parts else ""
        found.append(Multiple(one, spark_figure(basis, one, area, sentence, axis), sentence))
    return tuple(found)


def _no_multiples(basis: Basis, indicators: list[Indicator]) -> str:
    if followable(basis, indicators):
        return ""
    if any(i.open for i in indicators):
        return _("Recorded crime has not been imported yet. When it is, its charts stand here.")
    return _("No open data follows this part month by month.")


def _said(basis: Basis, statements: tuple[Statement, ...]) -> tuple[Said, ...]:
    by_row = {i.ledger: i for i in basis.indicators.values() if i.ledger}
    return tuple(Said(s.text, tuple(by_row[row] for row in s.ledger if row in by_row)) for s in statements)


def _figured(basis: Basis, indicator: Indicator) -> Figured:
    if indicator.measure is None:
        raise ValueError(f"{indicator.id} measures nothing")
    said = measured.sentence(indicator.measure, basis.measured(indicator))
    return Figured(indicator, said, indicator.published.value if indicator.published else "")


def _published(indicator: Indicator) -> PublishedFigure:
    said = indicator.published
    if said is None:
        raise ValueError(f"{indicator.id} has no published figure")
    provider = indicator.needs.provider if indicator.needs else indicator.provider
    return PublishedFigure(indicator, said.value, said.period, provider, said.faults)


def _done(strategy: Strategy, programme: Programme) -> Done:
    stated = [
        (_("How much"), programme.dose),
        (_("Paid for by"), programme.funding),
        (_("How it stands"), programme.status),
    ]
    lead = ", ".join(strategy.names.get(one, one) for one in programme.lead)
    facts = [(name, value) for name, value in [(_("Led by"), lead), *stated] if value and value != NOT_STATED]
    # Always there, because programmes without a date cannot stand on the timeline.
    facts.insert(0, (_("When"), _("dates not stated") if programme.dates == NOT_STATED else programme.dates))
    asked = {
        _("when it ran"): programme.dates,
        _("how much was done"): programme.dose,
        _("who paid"): programme.funding,
    }
    missing = [name for name, value in asked.items() if value == NOT_STATED]
    evidence = (
        _("Cannot tell whether it worked: the strategy does not state %(missing)s.") % {"missing": ", ".join(missing)}
        if missing
        else _("Cannot tell whether it worked: it has not been evaluated here.")
    )
    return Done(programme, tuple(facts), evidence)


@dataclass(frozen=True)
class Entry:
    part: Part
    href: str
    sentence: str


@dataclass(frozen=True)
class IndexPage:
    answer: str
    themes: tuple[tuple[str, str, tuple[Entry, ...]], ...]


def index(basis: Basis, standings: Standings, today: date) -> IndexPage:
    """Every part under its theme, with where it stands."""
    strategy = basis.strategy
    themes = []
    for theme in strategy.themes:
        entries = []
        for part in (p for p in strategy.parts if p.theme == theme.id):
            indicators = indicators_of(basis, part)
            listed = promises.promises(strategy, strategy.next_of(part), standings, today)
            followed = followable(basis, indicators)
            waiting = [i for i in indicators if basis.waits(i) and not i.open]
            sentence = f"{moved(basis, followed) or unknown(followed, waiting)} {promises.sentence(listed)}"
            entries.append(Entry(part, basis.address("priority", part.id), sentence))
        themes.append((theme.title, theme.summary, tuple(entries)))
    every = promises.promises(strategy, strategy.commitments, standings, today)
    said = _("%(title)s, %(period)s, has %(n)s parts.") % {
        "title": strategy.title,
        "period": strategy.period,
        "n": len(strategy.parts),
    }
    return IndexPage(f"{said} {promises.sentence(every)}", tuple(themes))
