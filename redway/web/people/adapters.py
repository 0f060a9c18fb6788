"""What django-allauth asks of its host: how secrets are kept, what things are called, and the words for refusals."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from redway.errors import RedwayError
from redway.web.jinja import partnership

WAIT = _("A wrong code was given five times. Wait 15 minutes, then try again.")
WRONG = _("That code is not right. Enter the one your app shows now; each works once.")


class Accounts(DefaultAccountAdapter):
    """Only its words are used."""

    error_messages = DefaultAccountAdapter.error_messages | {"too_many_login_attempts": WAIT, "rate_limited": WAIT}


class SecondFactors(DefaultMFAAdapter):
    """Secrets of apps and recovery codes are kept encrypted by a key that is derived from the home's secret key: who
    has the database alone cannot make codes.
    """

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG}

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_totp_issuer(self) -> str:
        ours = partnership()
        return f"Redway {ours.short_name}" if ours else "Redway"

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _fernet().decrypt(encrypted_text).decode()
        except InvalidToken:
            raise RedwayError(
                "the secret key by which second factors were stored",
                came="another one",
                cause="REDWAY_SECRET_KEY or the home's secret-key was replaced. Put the old one back, or let people "
                "set up another second factor: redway person reset-second-factor NAME.",
            ) from None


def _fernet() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"redway second factor")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
