"""Forms of the register: what a gateway is for, its terms, and why it ends."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.sources.dataset import Column, Dataset, dataset, names
from redway.web.choices import Choice
from redway.web.dates import DateParts
from redway.web.people.forms import ROLE_NAMES
from redway.work.accounts.roles import Role
from redway.work.gateways.law import Entry, Law
from redway.work.gateways.lawful import nature
from redway.work.gateways.models import Gateway
from redway.work.gateways.purposes import NAMES, Purpose
from redway.work.gateways.terms import LONGEST_KEPT, Terms

SPECIAL = {
    "health": gettext_lazy("health: special category"),
    "ethnicity": gettext_lazy("ethnicity: special category"),
    "sexual-orientation": gettext_lazy("sexual orientation: special category"),
    "religion": gettext_lazy("religion: special category"),
    "criminal": gettext_lazy("criminal-offence data"),
}


class Choices(forms.MultipleChoiceField):
    """Any of those listed. Whatever else was sent is not repeated."""

    default_error_messages = {"invalid_choice": gettext_lazy("Choose among those listed")}
    widget = forms.CheckboxSelectMultiple


class Seen(forms.Form):
    """Remembers how the draft stood on the screen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class NewForm(forms.Form):
    """Which data, and for what?"""

    dataset = Choice(label=gettext_lazy("Dataset"), error_messages={"required": gettext_lazy("Choose a dataset")})
    purpose = Choice(label=gettext_lazy("Purpose"), error_messages={"required": gettext_lazy("Choose a purpose")})

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        partners = [d for d in map(dataset, names()) if d.access == "partners"]
        _choices(self, "dataset", [("", _("Choose one")), *((d.name, d.title) for d in partners)])
        _choices(self, "purpose", [(p.value, NAMES[p]) for p in Purpose])

    def clean_purpose(self) -> Purpose:
        return Purpose(self.cleaned_data["purpose"])


class TermsForm(Seen):
    """The terms of a draft. Everything may be left open until somebody puts it in force."""

    controllers = forms.CharField(
        label=gettext_lazy("Controllers"),
        help_text=gettext_lazy("Who answers for the data, one a line: agencies by their names, or others."),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
    )
    power = Choice(label=gettext_lazy("Legal power"), required=False)
    basis = Choice(label=gettext_lazy("Lawful basis"), required=False)
    special_condition = Choice(
        label=gettext_lazy("Condition for special-category data"),
        help_text=gettext_lazy("Health, ethnicity, sexual orientation and religion need one."),
        required=False,
    )
    criminal_condition = Choice(
        label=gettext_lazy("Condition for criminal-offence data"),
        help_text=gettext_lazy("Needed unless the lawful basis is Part 3."),
        required=False,
    )
    agreement = forms.CharField(
        label=gettext_lazy("Reference of the sharing agreement"), required=False, max_length=300
    )
    dpia = forms.CharField(
        label=gettext_lazy("Reference of the data protection impact assessment (DPIA)"), required=False, max_length=300
    )
    agencies = Choices(
        label=gettext_lazy("Agencies that may receive records"),
        help_text=gettext_lazy("People of an agency that is not ticked see no records, whatever their role."),
        required=False,
    )
    roles = Choices(
        label=gettext_lazy("Roles that may receive records"),
        help_text=gettext_lazy("Figures in tables and charts are another matter: those go through disclosure control."),
        required=False,
    )
    fields_permitted = Choices(
        label=gettext_lazy("Fields it lets in, and lets be read"),
        help_text=gettext_lazy("A file with any other field is refused."),
        required=False,
    )
    keep_months = forms.IntegerField(
        label=gettext_lazy("Months it is kept after the period it is of"),
        min_value=0,
        max_value=LONGEST_KEPT,
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a whole number of months, such as 72")},
    )
    begins = DateParts(label=gettext_lazy("First day"), what=gettext_lazy("The first day"), required=False)
    expires = DateParts(label=gettext_lazy("Last day"), what=gettext_lazy("The last day"), required=False)
    notes = forms.CharField(label=gettext_lazy("Notes"), required=False, max_length=5000, widget=forms.Textarea)

    def __init__(self, *args: Any, definition: Dataset, law: Law, agencies: dict[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.definition = definition
        none = ("", _("Not chosen yet"))
        _choices(self, "power", [none, *_entries(law.powers)])
        _choices(self, "basis", [none, *_entries(law.bases)])
        not_needed = ("", _("None"))
        special = [c for c in law.conditions if c.kind != "article-10"]
        _choices(self, "special_condition", [not_needed, *_entries(special)])
        criminal = [c for c in law.conditions if c.kind == "article-10"]
        _choices(self, "criminal_condition", [not_needed, *_entries(criminal)])
        _choices(self, "agencies", list(agencies.items()))
        _choices(self, "roles", [(r.value, ROLE_NAMES[r]) for r in Role])
        _choices(self, "fields_permitted", [(c.name, column_words(c)) for c in definition.columns])

    def terms(self, now: Gateway) -> Terms:
        """What was filled in, as terms."""
        given = dict(self.cleaned_data)
        given.pop("seen")
        lines = given.pop("controllers").splitlines()
        return Terms(
            dataset=now.dataset,
            purpose=Purpose(now.purpose),
            controllers=tuple(line.strip() for line in lines if line.strip()),
            fields=tuple(given.pop("fields_permitted")),
            keep_months=given.pop("keep_months") or 0,
            **given,
        )


class EndForm(forms.Form):
    """Why does it end?"""

    reason = forms.CharField(
        label=gettext_lazy("Why it ends"),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say why: whoever reads this later will ask")},
    )


def filled(now: Gateway, agencies: dict[str, str]) -> dict[str, Any]:
    """A draft as the form's first values; agencies by their names, as people write them."""
    values = {name: getattr(now, name) for name in Terms.model_fields if name not in ("dataset", "purpose", "fields")}
    return values | {
        "controllers": "\n".join(agencies.get(one, one) for one in now.controllers),
        "fields_permitted": now.fields,
        "keep_months": now.keep_months or "",
        "seen": now.edits,
    }


def proposed(definition: Dataset, purpose: Purpose, senders: list[str]) -> Terms:
    """What a new draft starts from: every field, as long as the dataset proposes, whoever sends it."""
    return Terms(
        dataset=definition.name,
        purpose=purpose,
        controllers=tuple(senders),
        roles=(Role.ANALYST,),
        fields=tuple(c.name for c in definition.columns),
        keep_months=definition.keep_months if nature(definition).personal else 0,
    )


def column_words(column: Column) -> str:
    """`Self-defined ethnicity (ethnicity: special category)`."""
    held = SPECIAL.get(column.special)
    return f"{column.heading} ({held})" if held else column.heading


def _entries(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in entries]


def _choices(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, Choice | Choices)
    field.choices = choices
