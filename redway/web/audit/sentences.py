"""Rows of the audit as sentences. One table: action -> how it is told; what is not in it is told plainly."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.web.jinja import day
from redway.web.people.forms import ROLE_NAMES
from redway.work.audit.models import AuditRow
from redway.work.strategy.states import NAMES as STATES

Detail = Mapping[str, Any]


def _owner(detail: Detail) -> str:
    if not detail["after"]:
        return _("took it from %(before)s; nobody owns it now") % {"before": detail["before"]}
    if detail["before"]:
        return _("gave it to %(after)s; before: %(before)s") % dict(detail)
    return _("gave it to %(after)s") % dict(detail)


def _due(detail: Detail) -> str:
    before, after = (day(date.fromisoformat(detail[k])) if detail[k] else "" for k in ("before", "after"))
    if not after:
        return _("took away its date, %(before)s") % {"before": before}
    if before:
        return _("moved its date from %(before)s to %(after)s") % {"before": before, "after": after}
    return _("set its date to %(after)s") % {"after": after}


def _state(detail: Detail) -> str:
    before, after = (str(STATES[detail[k]]).lower() for k in ("before", "after"))
    told = _("recorded it as %(after)s; before: %(before)s") % {"before": before, "after": after}
    return f"{told}. “{detail['reason']}”" if detail["reason"] else told


def _role(detail: Detail) -> str:
    before, after = (str(ROLE_NAMES[detail[k]["role"]]).lower() for k in ("before", "after"))
    if before == after:
        return _("changed the agency they belong to")
    return _("changed their role from %(before)s to %(after)s") % {"before": before, "after": after}


def _import(detail: Detail) -> str:
    return _("accepted %(summary)s") % {"summary": detail.get("summary", "")}


SENTENCES: dict[str, Callable[[Detail], str]] = {
    "give-owner": _owner,
    "set-due": _due,
    "change-state": _state,
    "add-person": lambda detail: _("added them as %(role)s") % {"role": str(ROLE_NAMES[detail["role"]]).lower()},
    "change-role": _role,
    "deactivate-person": lambda detail: _("ended their access"),
    "reactivate-person": lambda detail: _("gave them their access back"),
    "set-password": lambda detail: _("changed their own password"),
    "give-one-time-password": lambda detail: _("gave them a one-time password"),
    "import": _import,
}

ACTIONS: dict[str, Any] = {
    "give-owner": gettext_lazy("Owner of a commitment"),
    "set-due": gettext_lazy("Date of a commitment"),
    "change-state": gettext_lazy("State of a commitment"),
    "add-person": gettext_lazy("Person added"),
    "change-role": gettext_lazy("Role changed"),
    "deactivate-person": gettext_lazy("Access ended"),
    "reactivate-person": gettext_lazy("Access given back"),
    "set-password": gettext_lazy("Own password changed"),
    "give-one-time-password": gettext_lazy("One-time password given"),
    "import": gettext_lazy("Data imported"),
}


def sentence(row: AuditRow) -> str:
    """What was done, without who and when: `gave it to Thames Valley Police; before: nobody`."""
    tell = SENTENCES.get(row.action)
    return tell(row.detail) if tell else row.action.replace("-", " ")
