"""Forms about people."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from redway.web.choices import Choice
from redway.web.people.codes import check_own_password
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role

ROLE_NAMES = {
    Role.ANALYST: _("Analyst"),
    Role.MEMBER: _("Group member"),
    Role.CHAIR: _("Chair"),
    Role.AGENCY_CONTACT: _("Agency contact"),
    Role.ADMINISTRATOR: _("Administrator"),
}
ROLE_HINTS = {
    Role.ANALYST.value: _(
        "Sends returns for any agency and accepts them, sees small counts, and may change commitments"
    ),
    Role.MEMBER.value: _("Reads the partnership’s pages"),
    Role.CHAIR.value: _("Sees the partnership, its returns and how good they are, and may change commitments"),
    Role.AGENCY_CONTACT.value: _(
        "Sends the returns of their own agency, and sees what became of them and how good they are"
    ),
    Role.ADMINISTRATOR.value: _(
        "Manages people and the register of gateways, and reads the audit; reads the partnership’s pages"
    ),
}


class SignIn(AuthenticationForm):
    """GOV.UK's words for what Django asks."""

    error_messages = {
        "invalid_login": _("The name or the password is not right. Passwords tell capitals from small letters."),
        "inactive": _("The name or the password is not right. Passwords tell capitals from small letters."),
    }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Name you sign in with")
        self.fields["username"].error_messages["required"] = _("Enter the name you sign in with")
        self.fields["password"].label = _("Password")
        self.fields["password"].error_messages["required"] = _("Enter your password")


class Change(forms.Form):
    """One's own password: the old one once, the new one once, since it can be shown."""

    old = forms.CharField(
        label=_("Password you have now"),
        strip=False,
        error_messages={"required": _("Enter the password you have now")},
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 12 characters. Three words that have nothing to do with each other are good."),
        error_messages={"required": _("Enter a new password")},
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        check_own_password(self.person, old)
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.person)
        if self.person.check_password(new):
            raise ValidationError(_("The new password is the one you have now"))
        return new


class RoleForm(forms.Form):
    """What a person may do, and for whom they speak."""

    role = Choice(label=_("Role"), choices=list(ROLE_NAMES.items()), error_messages={"required": _("Choose a role")})
    agency = Choice(
        label=_("Agency"), required=False, help_text=_("Whom they work for; an agency contact has to have one.")
    )

    def __init__(self, *args: Any, agencies: dict[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = self.fields["agency"]
        assert isinstance(choices, Choice)
        choices.choices = [("", _("None")), *agencies.items()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("role") == Role.AGENCY_CONTACT and not data.get("agency"):
            self.add_error("agency", _("Choose the agency this contact speaks for"))
        return data


class AddPerson(RoleForm):
    """A new account."""

    username = forms.CharField(
        label=_("Name they sign in with"),
        max_length=150,
        help_text=_("Letters, digits and . @ + - _ only, for example j.smith"),
        error_messages={"required": _("Enter the name they sign in with")},
    )
    full_name = forms.CharField(
        label=_("Full name"), max_length=150, error_messages={"required": _("Enter their full name")}
    )
    field_order = ("username", "full_name", "role", "agency")

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        User._meta.get_field("username").run_validators(name)
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("Somebody signs in with that name already"))
        return name
