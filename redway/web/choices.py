"""A choice from a list."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Choice(forms.ChoiceField):
    """One of those listed. Whatever else was sent is not repeated: it may be long, and is nobody's answer."""

    default_error_messages = {"invalid_choice": _("Choose one of those listed")}
