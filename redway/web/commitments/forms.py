"""Forms about commitments: one question each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from redway.web.choices import Choice
from redway.web.commitments.presenter import SECTIONS
from redway.web.dates import DateParts
from redway.work.accounts.models import User
from redway.work.strategy.models import CommitmentState
from redway.work.strategy.profile import Strategy
from redway.work.strategy.states import NAMES, TRANSITIONS, State


class Filters(forms.Form):
    """Narrow the list down; an empty field narrows nothing."""

    part = Choice(label=_("Part of the strategy"), required=False)
    state = Choice(label=_("State"), required=False, choices=[("", _("Any")), *NAMES.items()])
    standing = Choice(label=_("What it lacks"), required=False, choices=[("", _("Any")), *SECTIONS.items()])
    owner = Choice(label=_("Owner"), required=False)

    def __init__(self, *args: Any, strategy: Strategy, **kwargs: Any):
        super().__init__(*args, **kwargs)
        parts = [(p.id, f"{p.reference}: {p.short_title or p.title}") for p in strategy.parts]
        _choices(self, "part", [("", _("All")), *parts])
        _choices(self, "owner", [("", _("Anybody")), *_bodies(strategy)])


class Seen(forms.Form):
    """Remembers which version of the commitment was on the screen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class OwnerForm(Seen):
    owner = Choice(label=_("Agency or group"), required=False)
    person = Choice(
        label=_("Person"), required=False, help_text=_("Somebody with an account, to whom others can turn.")
    )

    def __init__(self, *args: Any, strategy: Strategy, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("full_name", "username")
        self.people = {str(p.pk): p for p in people}
        _choices(self, "owner", [("", _("Nobody yet")), *_bodies(strategy)])
        _choices(self, "person", [("", _("Nobody named")), *((k, p.get_full_name()) for k, p in self.people.items())])

    def clean_person(self) -> User | None:
        return self.people.get(self.cleaned_data["person"])


class DueForm(Seen):
    due = DateParts(
        label=_("Date"),
        what=_("The date it is due"),
        required=False,
        help_text=_("For example 31 3 2027. Leave all three empty to take the date away."),
    )


class StateForm(Seen):
    """Only the steps the table of states has from where the commitment stands."""

    state = Choice(label=_("It is now"), error_messages={"required": _("Choose how it stands")})
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("Needed when it is stopped, or taken up again. Name no person whom it concerns."),
    )

    def __init__(self, *args: Any, now: CommitmentState, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choices(self, "state", [(s.value, NAMES[s]) for s in TRANSITIONS[State(now.state)]])

    def clean_state(self) -> State:
        return State(self.cleaned_data["state"])


def _bodies(strategy: Strategy) -> list[tuple[str, str]]:
    """Agencies and groups by name."""
    return sorted(strategy.names.items(), key=lambda body: body[1].casefold())


def _choices(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, Choice)
    field.choices = choices
