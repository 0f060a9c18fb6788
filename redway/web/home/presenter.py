"""Shapes the home page. Who opens it decides what is on top; the sentences are the same for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.errors import NotSetUp
from redway.findings.finding import Finding, WhatChanged
from redway.indicators.awaited import body
from redway.web.figures import arrivals, missing, promises
from redway.web.figures.absence import Absence, Awaited, absences, awaited
from redway.web.figures.basis import Basis
from redway.web.figures.pictures import Figure, spark_figure
from redway.web.figures.promises import Promise
from redway.web.gateways.presenter import Attention, warnings
from redway.web.home.waiting import Waits, waits
from redway.web.profile import profile
from redway.work.accounts.models import User
from redway.work.accounts.roles import GRANTS, Permission, Role
from redway.work.gateways.models import Gateway
from redway.work.gateways.purposes import Purpose
from redway.work.gateways.states import State
from redway.work.returns.models import DataVersion, Submission
from redway.work.strategy.models import CommitmentState

SHOWN = 4  # findings with a picture: three or four sentences are read before a meeting
ALSO = 12  # more that stand out, as sentences alone
PROMISES = 5
DATA_FIRST = frozenset({Role.ANALYST, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Card:
    """One finding: its sentence, its small chart, where its evidence is."""

    sentence: str
    figure: Figure
    href: str


@dataclass(frozen=True)
class Changes:
    """What changed: the answer, the cards, the others as sentences, the rule with its cost."""

    answer: str
    nearest: str
    cards: tuple[Card, ...]
    others: tuple[tuple[str, str], ...]
    rule: str


@dataclass(frozen=True)
class Arrived:
    """The newest data version and how clean it is."""

    sentence: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HomePage:
    """Everything on it. `waits` is what waits for its reader; None at an older version, where nothing can be done."""

    waits: Waits | None
    data_first: bool
    ready: bool
    changes: Changes | None
    arrived: Arrived
    late: list[Absence]
    awaited: list[Awaited]
    awaited_sentence: str
    nobodys: tuple[Promise, ...]
    overdue: tuple[Promise, ...]
    promises_sentence: str
    still_to_be_done: bool
    indicators: tuple[str, ...]


def gateways(attention: Sequence[Attention]) -> list[Absence]:
    """Gateways that have expired or soon will, for those who see the register; of which a draft waits already, that."""
    who = _("An administrator drafts it; a second person puts it in force.")
    drafts = Gateway.objects.filter(state=State.DRAFT).values_list("dataset", "purpose")
    drafted = set(drafts) if attention else set()
    fresh = _("Draft a new version on the page Gateways.")
    begun = _("Finish the draft that waits on the page Gateways, and put it in force.")
    return [Absence(one.text, begun if (one.dataset, one.purpose) in drafted else fresh, who) for one in attention]


def page(basis: Basis, *, person: User, standings: Mapping[str, CommitmentState], today: date) -> HomePage:
    """The home page of a person, as their role has it."""
    role = person.role
    ready = _ready(basis)
    listed = promises.promises(basis.strategy, basis.strategy.commitments, standings, today)
    waiting = awaited(basis, (i for i in basis.indicators.values() if i.priority))
    found = shown_findings(basis) if ready else ()
    return HomePage(
        waits=None if basis.as_at else waits(person, today),
        data_first=role in DATA_FIRST,
        ready=ready,
        changes=changes(basis, found) if ready else None,
        arrived=arrived(basis),
        late=late(basis, role, today),
        awaited=waiting,
        awaited_sentence=awaited_sentence(waiting),
        nobodys=tuple(p for p in listed if not p.closed and not p.owned)[:PROMISES],
        overdue=tuple(p for p in listed if p.overdue and p.owned)[:PROMISES],
        promises_sentence=promises.sentence(listed),
        still_to_be_done=any(not p.closed for p in listed),
        indicators=tuple(dict.fromkeys(f.indicator for f in found)),
    )


def late(basis: Basis, role: str, today: date) -> list[Absence]:
    """Everything that is late or missing, as far as this role may know; what has ended is told once.

    Of an older version, what was late or missing of its data then.
    """
    if basis.as_at:  # what is to be done today stands on the pages of today
        return absences(basis, basis.day(today))
    granted = GRANTS[Role(role)]
    attention = warnings(today) if Permission.SEE_GATEWAYS in granted else []
    told = {one.dataset for one in attention if one.purpose == Purpose.ANALYSIS}
    returns = missing.absences(profile(), today) if Permission.SEE_QUALITY in granted else []
    return [*gateways(attention), *returns, *absences(basis, today, besides=told)]


def _ready(basis: Basis) -> bool:
    """Whether there are areas and recorded crime to say anything of."""
    try:
        return basis.has_crime and bool(basis.places.areas)
    except NotSetUp:
        return False


def shown_findings(basis: Basis) -> tuple[Finding, ...]:
    """The findings with a picture: those that stand out, each matter once; where none does, those nearest to it."""
    changed = basis.changed
    if changed.ranked:
        return distinct(basis, changed.ranked)[:SHOWN]
    return tuple(f for f in changed.every if f.change.different)[:SHOWN]


def distinct(basis: Basis, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without those that say of partners' data what open data say of the same place already, or the other way."""
    kept: list[Finding] = []
    for one in found:
        near = {i.id for i in basis.indicators.values() if one.indicator in i.related}
        near |= set(basis.indicators[one.indicator].related)
        if not any(k.indicator in near and k.area.code == one.area.code for k in kept):
            kept.append(one)
    return tuple(kept)


def changes(basis: Basis, found: tuple[Finding, ...]) -> Changes:
    """The answer first, and the rule that made the list last."""
    changed = basis.changed
    others = distinct(basis, changed.ranked)[SHOWN : SHOWN + ALSO]
    return Changes(
        answer(changed),
        nearest(changed),
        tuple(_card(basis, f) for f in found),
        tuple((f.sentence, _href(basis, f)) for f in others),
        changed.rule,
    )


def answer(changed: WhatChanged) -> str:
    """`Nothing stands out: 312 series were examined against their own past.`"""
    if not changed.examined:
        return _("Nothing can be compared yet: no series has two periods to set against each other.")
    looked = ngettext(
        "%(n)s series was examined against its own past",
        "%(n)s series were examined against their own past",
        changed.examined,
    ) % {"n": f"{changed.examined:,}"}
    if not changed.ranked:
        return _("Nothing stands out: %(looked)s.") % {"looked": looked}
    return ngettext(
        "%(count)s thing stands out: %(looked)s, and nothing else was unusual.",
        "%(count)s things stand out: %(looked)s, and nothing else was unusual.",
        len(changed.ranked),
    ) % {"count": len(changed.ranked), "looked": looked}


def nearest(changed: WhatChanged) -> str:
    """What the cards are, where nothing stands out."""
    if changed.ranked or not changed.examined:
        return ""
    usual = sum(f.change.different for f in changed.every)
    if not usual:
        return _("None differs even by the usual 5% test.")
    return _(
        "These came nearest. By the usual 5%% test %(usual)s of them differ, where about %(chance)s would by chance "
        "alone: worth a question, no ground for a decision."
    ) % {"usual": usual, "chance": f"{changed.by_chance:.0f}"}


def _card(basis: Basis, finding: Finding) -> Card:
    indicator = basis.indicators[finding.indicator]
    figure = spark_figure(basis, indicator, finding.area, finding.sentence)
    return Card(finding.sentence, figure, _href(basis, finding))


def _href(basis: Basis, finding: Finding) -> str:
    address = basis.address("indicator", finding.indicator)
    return address if finding.area.level == "partnership" else f"{address}?area={finding.area.code}"


def arrived(basis: Basis) -> Arrived:
    """The newest version: what came, and how clean the files it holds are."""
    version = DataVersion.objects.filter(number=basis.snapshot.number).first()
    if version is None:
        return Arrived(_("Nothing has arrived yet."), ())
    made = date_format(timezone.localtime(version.made_at), "j F Y, H:i")
    came = basis.keep("arrivals", arrivals.sentences).get(version.number, _("Nothing new."))
    said = _("Version %(n)s, %(made)s: %(came)s") % {"n": version.number, "made": made, "came": came}
    return Arrived(said, basis.keep("cleanness", lambda: cleanness(basis)))


def cleanness(basis: Basis) -> tuple[tuple[str, str], ...]:
    """Rows of the street files of this version: read, accepted, refused, noted."""
    files = Submission.objects.filter(versions__number=basis.snapshot.number, dataset="police-street")
    total = files.aggregate(read=Sum("rows_read"), accepted=Sum("rows_accepted"))
    if not total["read"]:
        return ()
    refused, noted = 0, dict[str, int]()
    for reasons, notes in files.values_list("refused", "notes"):
        refused += sum(reasons.values())
        for name, count in notes.items():
            noted[name] = noted.get(name, 0) + count
    rows = [
        (_("Rows read in street files"), f"{total['read']:,}"),
        (_("Accepted"), f"{total['accepted']:,}"),
        (_("Refused"), f"{refused:,}"),
    ]
    return (*rows, *((_("Kept, but noted: %(what)s") % {"what": name}, f"{n:,}") for name, n in noted.items() if n))


def awaited_sentence(waiting: list[Awaited]) -> str:
    """How many figures of the strategy wait, and for how many partners."""
    if not waiting:
        return ""
    figures = sum(len(a.indicators) for a in waiting)
    first = waiting[0]
    said = ngettext(
        "%(figures)s figure of the strategy waits for what partners hold",
        "%(figures)s figures of the strategy wait for what partners hold",
        figures,
    ) % {"figures": figures}
    names = {"said": said, "provider": body(first.provider), "n": len(first.indicators)}
    if len(waiting) == 1:
        return _("%(said)s: all for %(provider)s.") % names
    if len(first.indicators) == len(waiting[1].indicators):
        return _("%(said)s.") % names
    return _("%(said)s; the most, %(n)s, for %(provider)s.") % names
