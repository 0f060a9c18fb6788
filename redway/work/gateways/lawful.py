"""Whether the terms of a gateway can stand in law, for what a dataset is. Pure: values in, sentences out."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.sources.dataset import Dataset, Nature
from redway.work.gateways.law import Entry, Law, Never
from redway.work.gateways.purposes import Purpose
from redway.work.gateways.terms import Terms

LONG_YEARS = 3  # a gateway in force for longer is worth a second look
NEVER = {
    Never.PATIENT: gettext_lazy("“%(name)s” can never be bound to patient information, which %(title)s is."),
    Never.HEALTH_OR_SOCIAL_CARE: gettext_lazy(
        "“%(name)s” can never be bound to personal data that a health or social-care body holds, as in %(title)s."
    ),
    Never.PERSONAL: gettext_lazy(
        "“%(name)s” covers depersonalised information only, and the rows of %(title)s are about single people: "
        "personal data, though they bear no names."
    ),
    Never.OTHER_THAN_LAW_ENFORCEMENT: gettext_lazy(
        "“%(name)s” is for law enforcement only, and the sender of %(title)s does not process it for that."
    ),
}


def nature(definition: Dataset) -> Nature:
    """What a partners' dataset is in law; one that does not say is taken for personal data."""
    return definition.nature or Nature()


def barred(terms: Terms, definition: Dataset, law: Law, *, health_or_social_care: bool = False) -> list[str]:
    """What can never be, whoever agrees to it: a sentence each. Held to when a gateway is put in force and again
    whenever data are read under it.

    health_or_social_care   whether a controller is a health or social-care body, whatever the dataset
    """
    if definition.access == "open":
        return [_("%(title)s is open data: it carries a licence and has no gateway.") % {"title": definition.title}]
    found = []
    about = nature(definition)
    if about.given_for_support and terms.purpose == Purpose.ENFORCEMENT:
        found.append(
            _("%(title)s was given for support, and can never be read for enforcement.") % {"title": definition.title}
        )
    for entry in (law.power(terms.power), law.basis(terms.basis)):
        if entry:
            found += _nevers(entry, definition, about, health_or_social_care)
    found += _conditions(terms, definition, law)
    return found


def _nevers(entry: Entry, definition: Dataset, about: Nature, health_or_social_care: bool) -> Iterator[str]:
    held = about.held_by_health_or_social_care or health_or_social_care
    holds = {
        Never.PATIENT: about.patient,
        Never.HEALTH_OR_SOCIAL_CARE: about.personal and held,
        Never.PERSONAL: about.personal,
        Never.OTHER_THAN_LAW_ENFORCEMENT: not about.law_enforcement,
    }
    for limit in Never:
        if limit in entry.never and holds[limit]:
            yield str(NEVER[limit]) % {"name": entry.name, "title": definition.title}


def _conditions(terms: Terms, definition: Dataset, law: Law) -> Iterator[str]:
    """Special-category columns have an Article 9 condition (Schedule 8 under Part 3), criminal ones Article 10 or
    Part 3.
    """
    basis = law.basis(terms.basis)
    under_part_3 = basis is not None and basis.regime == "part-3"
    if special := special_columns(terms, definition):
        kinds = ("article-9", "schedule-8") if under_part_3 else ("article-9",)
        if law.condition(terms.special_condition, *kinds) is None:
            yield _("%(columns)s: special-category data, which need an Article 9 condition.") % {
                "columns": ", ".join(special)
            }
    criminal = [c.name for c in definition.columns if c.name in terms.fields and c.special == "criminal"]
    if criminal and not under_part_3 and law.condition(terms.criminal_condition, "article-10") is None:
        yield _("%(columns)s: criminal-offence data, which need an Article 10 condition or Part 3.") % {
            "columns": ", ".join(criminal)
        }


def special_columns(terms: Terms, definition: Dataset) -> list[str]:
    """The permitted columns that hold special-category data; every column of patient information does."""
    chosen = [c for c in definition.columns if c.name in terms.fields]
    about = nature(definition)
    if about.patient and about.personal:
        return [c.name for c in chosen]
    return [c.name for c in chosen if c.special not in ("", "criminal")]


def missing(terms: Terms, definition: Dataset, law: Law) -> list[str]:
    """What a draft still has to say before it can be put in force: a sentence each."""
    about = nature(definition)
    columns = {c.name for c in definition.columns}
    asked = [
        (not terms.controllers, _("Say who the controllers are.")),
        (law.power(terms.power) is None, _("Choose the legal power.")),
        (about.personal and law.basis(terms.basis) is None, _("Choose the lawful basis.")),
        (not terms.agreement.strip(), _("Give the reference of the sharing agreement.")),
        (about.personal and not terms.dpia.strip(), _("Give the reference of the impact assessment (DPIA).")),
        (not terms.roles, _("Choose at least one role that may receive records.")),
        (not terms.fields, _("Choose at least one field.")),
        (
            bool(strange := sorted(set(terms.fields) - columns)),
            _("Take out fields that the dataset does not have: %(fields)s.") % {"fields": ", ".join(strange)},
        ),
        (about.personal and not terms.keep_months, _("Say for how many months the data are kept.")),
        (terms.begins is None, _("Give the day it begins.")),
        (terms.expires is None, _("Give its last day.")),
        (
            terms.begins is not None and terms.expires is not None and terms.expires < terms.begins,
            _("Its last day is before the day it begins."),
        ),
    ]
    return [sentence for wanting, sentence in asked if wanting]


def faults(terms: Terms, definition: Dataset, law: Law, *, health_or_social_care: bool = False) -> list[str]:
    """Everything that keeps these terms from being put in force; none where nothing does."""
    never = barred(terms, definition, law, health_or_social_care=health_or_social_care)
    return never if definition.access == "open" else [*never, *missing(terms, definition, law)]


def doubts(terms: Terms, definition: Dataset, law: Law) -> list[str]:
    """What is lawful and seldom right, or makes the gateway of little use: shown to both people who decide."""
    found = [
        _("%(name)s is rarely the right one. %(why)s") % {"name": entry.name, "why": " ".join(entry.cannot)}
        for entry in (
            law.basis(terms.basis),
            law.condition(terms.special_condition, "article-9", "schedule-8"),
            law.condition(terms.criminal_condition, "article-10"),
        )
        if entry and entry.rarely_right
    ]
    needed = [c.name for c in definition.columns if not c.optional and c.name not in terms.fields]
    if terms.fields and needed:
        found.append(
            _(
                "It leaves out %(columns)s, which every file of this dataset has: under this alone, none could be "
                "imported."
            )
            % {"columns": ", ".join(needed)}
        )
    if terms.begins and terms.expires and (terms.expires - terms.begins).days > LONG_YEARS * 366:
        found.append(_("It is in force for more than %(years)s years without being looked at.") % {"years": LONG_YEARS})
    return found
