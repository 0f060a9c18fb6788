"""A date in three boxes, as GOV.UK's date input has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Box:
    """One of the three boxes."""

    name: str
    label: str
    value: str
    width: int


class Boxes(forms.Widget):
    """Reads `due-day`, `due-month` and `due-year` as three texts."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> tuple[str, str, str]:
        day, month, year = (str(data.get(f"{name}-{part}", "")).strip() for part in ("day", "month", "year"))
        return day, month, year

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}-year" not in data


class DateParts(forms.Field):
    """A date, or None when all three boxes are empty and it is not required.

    `what` names it in sentences about what is wrong: "The date it is due".
    """

    widget = Boxes

    def __init__(self, *, what: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.what = what

    def clean(self, value: Any) -> date | None:
        missing = [
            word
            for word, text in zip((_("a day"), _("a month"), _("a year")), value or ("", "", ""), strict=True)
            if not text
        ]
        if len(missing) == 3:
            if self.required:
                raise forms.ValidationError(_("Enter a date: %(what)s") % {"what": str(self.what).lower()})
            return None
        if missing:
            raise forms.ValidationError(
                _("%(what)s must include %(missing)s") % {"what": self.what, "missing": _(" and ").join(missing)}
            )
        if len(value[2]) != 4:
            raise forms.ValidationError(_("The year must have four numbers, for example 2027"))
        try:
            given = date(int(value[2]), int(value[1]), int(value[0]))
        except (ValueError, OverflowError):
            raise forms.ValidationError(_("%(what)s must be a real date") % {"what": self.what}) from None
        if not 2000 <= given.year < 2100:
            raise forms.ValidationError(_("The year must be from 2000 to 2099"))
        return given

    def first_input(self, name: str) -> str:
        """Where the error summary leads."""
        return f"{name}-day"

    def parts(self, name: str, value: Any) -> list[Box]:
        """The boxes with what was typed, or with the date there is."""
        if isinstance(value, date):
            value = (str(value.day), str(value.month), str(value.year))
        day, month, year = value or ("", "", "")
        return [
            Box(f"{name}-day", _("Day"), day, 2),
            Box(f"{name}-month", _("Month"), month, 2),
            Box(f"{name}-year", _("Year"), year, 4),
        ]
