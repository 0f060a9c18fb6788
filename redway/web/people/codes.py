"""Forms that ask for a code or for one's password again. What a code is, django-allauth decides."""

from typing import Any

from allauth.core import context, ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from redway.work.accounts.models import User

ONCE = 300  # seconds in which a code that was taken is not taken again; allauth's own 30 are fewer than one lives
LONGEST = 200
WAIT_PASSWORD = _("A wrong password was given five times. Wait 15 minutes, then try again.")
ENTER = _("Enter the code that your app shows")


class SignInCode(AuthenticateForm):
    """The code after the password, of an app or one of the recovery codes. `authenticator` is what it came from."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST,
        help_text=_("The six digits that your authenticator app shows for Redway now, or one of your recovery codes."),
        error_messages={"required": ENTER},
    )

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not cache.add(f"redway-code-{self.user.pk}-{normalize_user_code(code)}", True, timeout=ONCE):
            raise get_adapter().validation_error("incorrect_code")
        return code


def check_own_password(person: User, password: str) -> None:
    """Raise ValidationError for a wrong password; after five, for any, for a while: a session that somebody took over
    is no place to guess its owner's password.
    """
    tries = {"action": "login_failed", "key": f"own-password-{person.pk}"}
    if not ratelimit.consume(context.request, **tries):
        raise ValidationError(WAIT_PASSWORD)
    if not person.check_password(password):
        raise ValidationError(_("That is not your password"))
    ratelimit.clear(context.request, **tries)


class AsksPassword(forms.Form):
    """A form that asks for one's password once more, before what guards the account is changed."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        help_text=_("Once more, so that nobody else changes this on a device you left."),
        error_messages={"required": _("Enter your password")},
    )
    user: User

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        check_own_password(self.user, password)
        return password


class OwnPassword(AsksPassword):
    """Nothing but the password."""

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user


class SetUpApp(AsksPassword, ActivateTOTPForm):
    """A first code of a new app, which shows that it knows the secret. `secret` is what the app has to know."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST,
        help_text=_("The six digits that the app shows for Redway now."),
        error_messages={"required": ENTER},
    )
    field_order = ("code", "password")
    secret: str

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs | {"user": user})  # type: ignore[call-arg,unused-ignore]
