"""What analysts and chairs see of a table before it leaves, as values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.errors import RedwayError
from redway.indicators.tables import POLICIES, Counted, Definition, tables
from redway.products import releases as products
from redway.products import tables as drawn
from redway.store.profile import Profile
from redway.web.faults import in_sentences
from redway.work.gateways.models import Gateway
from redway.work.gateways.purposes import Purpose
from redway.work.releases.models import TableEdition
from redway.work.releases.preparing import Prepared, found, opened, periods_of, prepare
from redway.work.releases.standing import fallen_since
from redway.work.releases.states import LEFT, NAMES, State

SHOWN = 24  # periods to choose from
TAGS = {State.PROPOSED: "govuk-tag--yellow", State.RELEASED: "govuk-tag--green"}
GREY = "govuk-tag--grey"


@dataclass(frozen=True)
class Line:
    """One table in the list: what it is, and how its newest edition stands."""

    table: Definition
    hint: str
    tag: dict[str, str]


@dataclass(frozen=True)
class Page:
    """One table for one period.

    why       why nothing can be released; empty where something can
    gateway   where the gateway that lets nothing be released is seen; empty where another thing is in the way
    proposal  what waits for a second person, of this period
    """

    table: Definition
    period: str
    choices: tuple[tuple[str, str], ...]
    editions: tuple[TableEdition, ...]
    prepared: Prepared | None = None
    proposal: TableEdition | None = None
    why: str = ""
    gateway: str = ""

    @property
    def in_words(self) -> str:
        return periods.in_words(self.period) if self.period else ""

    @property
    def changed(self) -> bool:
        """Whether what waits is no more what would leave."""
        if self.proposal is None or self.prepared is None:
            return False
        return (self.proposal.shown, self.proposal.key) != (self.prepared.shown, self.prepared.counted.key)

    @property
    def fallen(self) -> list[str]:
        """What became of the returns that what waits was counted of, where they stand no more."""
        return fallen_since(self.proposal) if self.proposal else []

    @property
    def needs_second_person(self) -> bool:
        return self.prepared is not None and self.prepared.needs_second_person


def lines(profile: Profile) -> list[Line]:
    """Every table of the profile."""
    every: dict[str, list[TableEdition]] = {}
    for one in TableEdition.objects.order_by("pk"):
        every.setdefault(one.table, []).append(one)
    return [_line(one, every.get(id, [])) for id, one in tables(profile).items()]


def _line(table: Definition, editions: Sequence[TableEdition]) -> Line:
    waiting = [one for one in editions if one.state == State.PROPOSED]
    last = waiting[-1] if waiting else next((one for one in reversed(editions) if one.state in LEFT), None)
    each = {"month": _("One for each month"), "quarter": _("One for each quarter"), "year": _("One for each year")}
    if last is None:
        return Line(table, each[table.period], {"text": _("Nothing released"), "classes": GREY})
    hint = _("%(each)s · newest: %(period)s") % {"each": each[table.period], "period": periods.in_words(last.period)}
    return Line(table, hint, tag(last))


def tag(one: TableEdition) -> dict[str, str]:
    """GOV.UK's tag for how an edition stands."""
    state = State(one.state)
    return {"text": str(NAMES[state]), "classes": TAGS.get(state, GREY)}


def answer(found: Sequence[Line]) -> str:
    """The list's first sentence."""
    if not found:
        return _("No table that could be released is defined yet.")
    waiting = TableEdition.objects.filter(state=State.PROPOSED).count()
    said = ngettext("%(n)s table can be released.", "%(n)s tables can be released.", len(found)) % {"n": len(found)}
    if not waiting:
        return said
    waits = ngettext("%(n)s edition waits for a second person.", "%(n)s editions wait for a second person.", waiting)
    return f"{said} {waits % {'n': waiting}}"


def page(profile: Profile, table: Definition, asked: str) -> Page | None:
    """A table for a period, the newest whole one where none is asked for; None for a period that is not offered."""
    editions = tuple(TableEdition.objects.filter(table=table.id).order_by("period", "pk"))
    whole: list[str] = []
    gateway = ""
    try:
        counted = found(profile, table.id)
        why = closed(counted)
        if why:
            gateway = _gateway(counted.dataset.name)
        else:
            whole = periods_of(profile, counted)[:SHOWN]
            why = "" if whole else _("Not everybody has sent everything of any period yet.")
    except RedwayError as fault:
        why = in_sentences(fault)
    had = [one.period for one in editions if one.period not in whole]
    offered = [*whole, *sorted(set(had), key=lambda label: -periods.months_of(label)[-1])]
    waiting = next((one for one in editions if one.state == State.PROPOSED), None)
    period = asked or (waiting.period if waiting else next(iter(offered), ""))
    if period and period not in offered:
        return None
    named = ((label, periods.in_words(label)) for label in offered)
    choices = tuple((label, words[:1].upper() + words[1:]) for label, words in named)
    mine = tuple(one for one in reversed(editions) if one.period == period)
    proposal = next((one for one in mine if one.state == State.PROPOSED), None)
    if why:
        return Page(table, period, choices, mine, proposal=proposal, why=why, gateway=gateway)
    try:
        version = proposal.data_version if proposal else None
        prepared = prepare(profile, table.id, period, version=version, policy=_policy(proposal))
    except RedwayError as fault:
        return Page(table, period, choices, mine, proposal=proposal, why=in_sentences(fault))
    return Page(table, period, choices, mine, prepared, proposal)


def closed(one: Counted) -> str:
    """Why nothing that a table counts may be released to anybody, or that nothing of it came; empty where it may."""
    read, title = opened(one), one.dataset.title
    if read.has(one.dataset.name):
        return ""
    none = _("%(title)s: none has been accepted yet, so there is nothing to count.") % {"title": title}
    return read.closed.get(one.dataset.name, none)


def _gateway(dataset: str) -> str:
    """Where a dataset's gateway for publication is, or that it has none is seen."""
    known = Gateway.objects.filter(dataset=dataset, purpose=Purpose.PUBLICATION).exists()
    return reverse("gateway", args=[dataset, Purpose.PUBLICATION.value]) if known else reverse("gateways")


def _policy(proposal: TableEdition | None) -> str:
    """The name of the policy that was asked for, where it has one."""
    asked = proposal.policy if proposal else {}
    return next((name for name, policy in POLICIES.items() if vars(policy) == asked), "")


def tables_of(prepared: Prepared, *, exact: bool) -> list[drawn.Table]:
    """What would leave, percentages and rates too; or the exact counts beside what becomes of each."""
    public = prepared.public
    given: dict[str, Any] = {"rows": public["rows"], "parts": public["parts"]}
    if exact:
        return [products.beside_counts(prepared.edition, caption=_("Exact counts, and what becomes of each"), **given)]
    return products.as_tables(prepared.released, public, caption=_("What would leave"), **given)


def notes(prepared: Prepared) -> tuple[str, ...]:
    """What is said below the figures."""
    worked_out = products.derived(prepared.released, prepared.public)
    return (*products.notes(prepared.released), *products.derived_notes(worked_out))


def loss(prepared: Prepared) -> str:
    """How much is lost by hiding, in a sentence."""
    lost = prepared.released.loss
    if not lost.hidden:
        return _("Nothing of it is hidden.")
    share = round(100 * lost.hidden / lost.figures)
    said = {"hidden": lost.hidden, "figures": lost.figures, "share": share, "totals": lost.totals_hidden}
    told = _("%(hidden)s of %(figures)s figures (%(share)s%%) are hidden, %(totals)s of them totals.") % said
    if share >= MUCH:
        told += " " + _("So much is hidden that wider rows or columns, or a longer period, would tell more.")
    return told


MUCH = 50  # per cent


def caveats(prepared: Prepared) -> list[str]:
    """What disclosure control does not protect from, in plain words."""
    if not prepared.counted.suppressed:
        return []
    return [
        _(
            "It knows this table and its earlier editions, and nothing else. The same people in another table, a "
            "chart, a speech or a partner’s own report may give away what is hidden here. Has anybody told of them "
            "elsewhere?"
        ),
        _("An agency that knows some of the people can take them away and learn of the others."),
        _("If everybody in a row is in one column, whoever is known to be in the row is known to be in the column."),
        _(
            "Rounding hides little by itself: sums of rounded figures can tell exact ones. Only hidden figures are "
            "kept apart from such sums."
        ),
        _("What grew between two editions can be seen to have grown."),
        _("These are counts of events. Eight may be one person’s."),
        _("Words are not looked through: read the title and the notes as somebody who knows the people would."),
    ]


def beside(prepared: Prepared) -> Iterable[tuple[TableEdition, str]]:
    """Other released tables that count some of the same rows."""
    return [(other, periods.in_words(other.period)) for other in prepared.beside]


def counted(one: Counted) -> str:
    """What is counted, and how it is hidden and rounded, in a sentence."""
    return _("%(what)s. Data: %(dataset)s.") % {"what": one.table.what.capitalize(), "dataset": one.dataset.title}
