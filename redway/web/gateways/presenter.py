"""The register as its pages show it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.errors import RedwayError
from redway.sources.dataset import Dataset, dataset, names
from redway.web.gateways.forms import column_words
from redway.web.jinja import day
from redway.web.people.forms import ROLE_NAMES
from redway.work.accounts.roles import Role
from redway.work.gateways import lawful, linking, policies
from redway.work.gateways.law import Law
from redway.work.gateways.models import Gateway
from redway.work.gateways.policies import Ending, Register
from redway.work.gateways.purposes import NAMES, Purpose
from redway.work.gateways.states import STANDINGS, Standing, State

TAGS = {
    Standing.DRAFT: "govuk-tag--blue",
    Standing.NOT_BEGUN: "govuk-tag--light-blue",
    Standing.IN_FORCE: "govuk-tag--green",
    Standing.REPLACED: "govuk-tag--grey",
    Standing.EXPIRED: "govuk-tag--orange",
    Standing.ENDED: "govuk-tag--grey",
    Standing.DISCARDED: "govuk-tag--grey",
}


@dataclass(frozen=True)
class Line:
    """One gateway of the register: its version in force or the last that was, and the draft beside it."""

    dataset: str
    title: str
    purpose: Purpose
    now: Gateway | None
    draft: Gateway | None
    standing: Standing

    @property
    def purpose_words(self) -> str:
        return str(NAMES[self.purpose])

    @property
    def tag(self) -> dict[str, str]:
        return tag(self.standing)

    @property
    def until(self) -> str:
        """`until 3 May 2027`, `since 3 May 2026`, in the words that its standing asks for."""
        one = self.now
        if one is None:
            return _("not in force yet")
        if self.standing is Standing.NOT_BEGUN:
            return _("from %(day)s") % {"day": day(one.begins)}
        if self.standing is Standing.ENDED:
            return _("since %(day)s") % {"day": day(one.ended_at)}
        if self.standing is Standing.EXPIRED:
            return _("last day %(day)s") % {"day": day(one.expires)}
        return _("until %(day)s") % {"day": day(one.expires)}


@dataclass(frozen=True)
class Attention:
    """A gateway that wants attention: what it is, and what to do."""

    text: str
    dataset: str
    purpose: str


def tag(standing: Standing) -> dict[str, str]:
    """GOV.UK's tag for how a gateway stands."""
    return {"text": str(STANDINGS[standing]), "classes": TAGS[standing]}


def lines(on: dt.date) -> list[Line]:
    """Every dataset and purpose the register knows of, by title; a dataset described no more by its name."""
    everything = list(Gateway.objects.all())
    register = Register(on, [g for g in everything if g.state in (State.IN_FORCE, State.ENDED)])
    drafts = {(g.dataset, g.purpose): g for g in everything if g.state == State.DRAFT}
    found = []
    for name, purpose in dict.fromkeys((g.dataset, g.purpose) for g in everything):
        now, waiting = register.latest(name, Purpose(purpose)), drafts.get((name, purpose))
        if now is None and waiting is None:
            continue
        standing = now.standing(on) if now else Standing.DRAFT
        found.append(Line(name, title(name), Purpose(purpose), now, waiting, standing))
    return sorted(found, key=lambda line: (line.title.casefold(), list(Purpose).index(line.purpose)))


def without(found: Iterable[Line]) -> list[Dataset]:
    """Partners' datasets for which nothing is in force, nor drafted."""
    known = {line.dataset for line in found}
    return [d for d in map(dataset, names()) if d.access == "partners" and d.name not in known]


def together(found: Sequence[linking.Line]) -> dict[str, Any]:
    """Which datasets may be put together: the page's first sentence, a table's purposes and rows, and why not, by
    purpose.
    """
    why = [
        (str(NAMES[purpose]), [one.standings[at].why for one in found if not one.standings[at].allowed])
        for at, purpose in enumerate(Purpose)
    ]
    allowed = {p: sum(one.standings[at].allowed for one in found) for at, p in enumerate(Purpose)}
    said = [
        _("%(n)s for %(purpose)s") % {"n": n, "purpose": str(NAMES[p]).lower()} for p, n in allowed.items() if n > 1
    ]
    return {
        "answer": _("Of %(all)s datasets of partners these may be put together today: %(said)s.")
        % {"all": len(found), "said": ", ".join(said)}
        if said
        else _("No two datasets of partners may be put together today."),
        "purposes": [str(NAMES[purpose]) for purpose in Purpose],
        "rows": [(one.title, [standing.allowed for standing in one.standings]) for one in found],
        "why": [(purpose, reasons) for purpose, reasons in why if reasons],
    }


def answer(found: list[Line]) -> str:
    """The page's first sentence."""
    if not found:
        return _("No gateway has been drafted yet, so no partner’s data can be taken in or read.")
    open_now = sum(line.standing is Standing.IN_FORCE for line in found)
    drafts = sum(line.draft is not None for line in found)
    said = [
        ngettext("%(n)s gateway is in force.", "%(n)s gateways are in force.", open_now) % {"n": open_now or _("No")}
        if open_now
        else _("No gateway is in force, so no partner’s data can be taken in or read.")
    ]
    if drafts:
        said.append(
            ngettext("%(n)s draft waits for a second person.", "%(n)s drafts wait for a second person.", drafts)
            % {"n": drafts}
        )
    return " ".join(said)


def warnings(on: dt.date) -> list[Attention]:
    """What wants attention: what has ended without a successor, then what ends soon."""
    register = Register(on)
    found = [
        Attention(
            _("%(what)s: the gateway is no longer in force, so its data cannot be read.") % {"what": words(gateway)},
            gateway.dataset,
            gateway.purpose,
        )
        for gateway in policies.expired(on, register)
    ]
    return found + [
        Attention(ending_words(ending), ending.gateway.dataset, ending.gateway.purpose)
        for ending in policies.ending_soon(on, register)
    ]


def past(files: int) -> str:
    """That accepted files are past their time; empty where none is."""
    return (
        ngettext(
            "%(n)s accepted file is past the time that its gateway keeps it.",
            "%(n)s accepted files are past the time that their gateways keep them.",
            files,
        )
        % {"n": files}
        if files
        else ""
    )


def ending_words(ending: Ending) -> str:
    """`Ambulance call-outs, analysis: the gateway expires in 12 days, on 3 May 2026 ...`"""
    said = {"what": words(ending.gateway), "day": day(ending.gateway.expires), "n": ending.days}
    if ending.days == 0:
        return _("%(what)s: the gateway expires today. From tomorrow its data cannot be read.") % said
    return (
        ngettext(
            "%(what)s: the gateway expires in %(n)s day, on %(day)s. After that its data cannot be read.",
            "%(what)s: the gateway expires in %(n)s days, on %(day)s. After that its data cannot be read.",
            ending.days,
        )
        % said
    )


def words(gateway: Gateway) -> str:
    """`Ambulance call-outs, analysis`."""
    return _("%(title)s, %(purpose)s") % {
        "title": title(gateway.dataset),
        "purpose": str(NAMES[Purpose(gateway.purpose)]).lower(),
    }


def title(name: str) -> str:
    """A dataset's title; its name where nothing describes it any more."""
    try:
        return dataset(name).title
    except RedwayError:
        return name


def terms(gateway: Gateway, law: Law, agencies: dict[str, str]) -> list[tuple[str, list[str]]]:
    """The terms of a version in words: a heading, and its lines."""
    definition = dataset(gateway.dataset)
    columns = {c.name: column_words(c) for c in definition.columns}
    names_of_roles = [str(ROLE_NAMES[Role(role)]) for role in gateway.roles]
    kept = (
        ngettext("%(n)s month after the period it is of", "%(n)s months after the period it is of", gateway.keep_months)
        % {"n": gateway.keep_months}
        if gateway.keep_months
        else _("For ever")
    )
    return [
        (_("Controllers"), [agencies.get(c, c) for c in gateway.controllers]),
        (_("Legal power"), _entry(law.power(gateway.power))),
        (_("Lawful basis"), _entry(law.basis(gateway.basis))),
        (
            _("Condition for special-category data"),
            _entry(law.condition(gateway.special_condition, "article-9", "schedule-8")),
        ),
        (_("Condition for criminal-offence data"), _entry(law.condition(gateway.criminal_condition, "article-10"))),
        (_("Sharing agreement"), [gateway.agreement] if gateway.agreement else []),
        (_("Impact assessment"), [gateway.dpia] if gateway.dpia else []),
        (_("Agencies that may receive records"), [agencies.get(a, a) for a in gateway.agencies]),
        (_("Roles that may receive records"), names_of_roles),
        (_("Fields"), [columns.get(name, name) for name in gateway.fields]),
        (_("Kept"), [kept]),
        (_("First day"), [day(gateway.begins)] if gateway.begins else []),
        (_("Last day"), [day(gateway.expires)] if gateway.expires else []),
        (_("Notes"), gateway.notes.splitlines()),
    ]


def _entry(entry: Any) -> list[str]:
    return [entry.name, *entry.cannot] if entry else []


def nobody(gateway: Gateway) -> str:
    """That a gateway lets no agency receive records, since it names none; empty where it names one."""
    if gateway.agencies:
        return ""
    return _("It names no agency that may receive records, so nobody who belongs to an agency may receive any.")


def nature_words(definition: Dataset) -> list[str]:
    """What a dataset is in law, in sentences: why some powers are out of reach."""
    about = lawful.nature(definition)
    said = [
        (about.personal, _("Its rows are personal data, though they bear no names.")),
        (not about.personal, _("It holds counts and no personal data.")),
        (about.patient, _("It is patient information.")),
        (about.held_by_health_or_social_care, _("A health or social-care body holds it.")),
        (about.law_enforcement, _("Its sender processes it for law enforcement.")),
        (about.given_for_support, _("It was given for support: it can never be read for enforcement.")),
    ]
    return [sentence for true, sentence in said if true]
