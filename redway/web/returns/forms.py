"""Forms about returns: what is sent and for whom, and the questions about a checked one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from redway.web.choices import Choice
from redway.work.returns.report import Warning


class Several(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """One file or more; empty files are told by whoever reads them, with a better sentence."""

    widget = Several

    def __init__(self, **kwargs: Any):
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(Files, self).clean(one, initial) for one in given or [None]]


class ForWhom(forms.Form):
    """Whose return it is, and of which period."""

    agency = Choice(label=_("Agency"), error_messages={"required": _("Choose the agency whose return it is")})
    period = Choice(
        label=_("Period"),
        required=False,
        help_text=_("Name it where the file holds one period only: rows of any other are then refused."),
    )

    def __init__(self, *args: Any, agencies: Mapping[str, str], periods: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.agencies = agencies
        if len(agencies) == 1:
            del self.fields["agency"]
        else:
            self.fields["agency"].choices = [("", _("Choose one")), *agencies.items()]  # type: ignore[attr-defined]
        self.fields["period"].choices = [("", _("As the rows say")), *periods]  # type: ignore[attr-defined]

    @property
    def whose(self) -> str:
        """The agency whose return it is, of those that may be sent for: the one chosen, or the first."""
        return self.cleaned_data.get("agency") or next(iter(self.agencies))

    def clean(self) -> dict[str, Any]:
        """Where one agency alone may be sent for, no other is named: nothing is filed under the wrong one unsaid."""
        cleaned = super().clean() or self.cleaned_data
        named = self.data.get("agency", "")
        if "agency" not in self.fields and named and named not in self.agencies:
            raise forms.ValidationError(_("You may hand in returns of your own agency only, and another was named."))
        return cleaned


class SendForm(ForWhom):
    chosen = Files(label=_("Files"), error_messages={"required": _("Choose a file")})


class AcknowledgeForm(forms.Form):
    """Every warning has a box; a return is taken only when all of them are ticked."""

    note = forms.CharField(
        label=_("What you found (optional)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text=_(
            "Why the numbers are right, or what changed. The agency, the partnership's analysts and its chairs read "
            "this: name no person, and no number under 5."
        ),
    )

    def __init__(self, *args: Any, warnings: Sequence[Warning], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.warnings = [(f"warning-{warning.key}", warning) for warning in warnings]
        for name, warning in self.warnings:
            message = {"required": unticked(warning)}
            self.fields[name] = forms.BooleanField(error_messages=message)

    @property
    def keys(self) -> list[str]:
        return [warning.key for _, warning in self.warnings]


def unticked(warning: Warning) -> str:
    """What is wrong with a box that is not ticked, with the beginning of its warning: several are told apart."""
    words = Truncator(warning.text).words(12)
    return gettext("Tick this box when you have looked into it: “%(warning)s”") % {"warning": words}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_(
            "The agency that sent it, the partnership's analysts, its chairs and the administrator read this. Name no "
            "person, and no number under 5."
        ),
        error_messages={"required": _("Say why")},
    )
