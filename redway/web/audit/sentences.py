"""Rows of the audit as sentences. One table: action -> how it is told; what is not in it is told plainly."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from redway.web.figures.rows import RowCounts
from redway.web.jinja import day
from redway.web.people.forms import ROLE_NAMES
from redway.web.returns.presenter import title
from redway.work.audit.models import AuditRow
from redway.work.returns.states import NAMES as DELIVERY_STATES
from redway.work.returns.states import State
from redway.work.strategy.states import NAMES as STATES

Detail = Mapping[str, Any]
ROUNDED = RowCounts(exact=False)
NONE: Mapping[str, str] = {}


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


def _second_factor(detail: Detail) -> str:
    if detail["replaced"]:
        return _("put another authenticator app in place of the one they had")
    return _("set up an authenticator app as a second factor")


def _recovery_code(detail: Detail) -> str:
    return _("signed in with a recovery code; %(left)s left") % dict(detail)


def _rows(detail: Detail) -> str:
    told = _("read %(what)s, for %(purpose)s") % dict(detail)
    if detail["rows"] is None:
        return told
    return f"{told}: {detail['rows']}"


def _small_counts(detail: Detail) -> str:
    return _("was shown exact small counts in %(what)s, for %(purpose)s") % dict(detail)


def _import(detail: Detail) -> str:
    return _("accepted %(summary)s") % {"summary": detail.get("summary", "")}


def _rows_of(count: int, counts: RowCounts) -> str:
    number = count if counts.exact else 2  # of a rounded number not even that it is one is said
    return ngettext("%(n)s row", "%(n)s rows", number) % {"n": counts(count)}


def _delivered(detail: Detail) -> str:
    return _("handed in %(dataset)s of %(agency)s") % {
        "dataset": title(detail["dataset"]),
        "agency": detail["agency"] or _("no agency named"),
    }


def _checked(detail: Detail) -> str:
    told = _("checked it: %(accepted)s fit, %(refused)s refused; now %(state)s") % {
        "accepted": detail["rows accepted"],
        "refused": detail["rows refused"],
        "state": str(DELIVERY_STATES[State(detail["state"])]).lower(),
    }
    return (
        told
        if detail["version"] is None
        else _("%(told)s, in data version %(n)s")
        % {
            "told": told,
            "n": detail["version"],
        }
    )


def _acknowledged(detail: Detail) -> str:
    count = len(detail["warnings"])
    told = ngettext("acknowledged %(n)s warning", "acknowledged %(n)s warnings", count) % {"n": count}
    return f"{told}: “{detail['note']}”" if detail.get("note") else told


def _withdrawn(detail: Detail) -> str:
    return _("withdrew it, in data version %(version)s: “%(reason)s”") % dict(detail)


def _destroyed(detail: Detail) -> str:
    return _("destroyed %(rows)s of %(dataset)s in every data version: “%(reason)s”") % {
        **detail,
        "dataset": title(detail["dataset"]),
    }


def _looked_for(detail: Detail) -> str:
    return _("looked for one pseudonym in %(dataset)s, and found %(rows)s: “%(reason)s”") % {
        **detail,
        "dataset": title(detail["dataset"]),
    }


def _backed_up(detail: Detail) -> str:
    return _("wrote a backup, %(file)s, with %(n)s files") % {"file": detail["file"], "n": f"{detail['files']:,}"}


def _gateway_changed(detail: Detail) -> str:
    return _("changed %(what)s in the draft") % {
        "what": ", ".join(name.replace("_", " ") for name in detail["changed"])
    }


def _gateway_in_force(detail: Detail) -> str:
    told = _("put it in force")
    return f"{told} ({detail['set-up']})" if detail.get("set-up") else told


def _proposed(detail: Detail) -> str:
    return _("asked for it to be released: %(hidden)s of %(figures)s figures hidden") % dict(detail)


def _released(detail: Detail) -> str:
    return _("released it as edition %(edition)s: %(hidden)s of %(figures)s figures hidden") % dict(detail)


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
    "sign-out-everywhere": lambda detail: _("signed out everywhere"),
    "set-up-second-factor": _second_factor,
    "renew-recovery-codes": lambda detail: _("made new recovery codes"),
    "reset-second-factor": lambda detail: _("took away their second factor"),
    "use-recovery-code": _recovery_code,
    "wrong-second-factor": lambda detail: _("refused a wrong code that came after the right password"),
    "read-rows": _rows,
    "see-small-counts": _small_counts,
    "import": _import,
    "deliver-return": _delivered,
    "check-return": _checked,
    "acknowledge-warnings": _acknowledged,
    "accept-return": lambda detail: _("let it be accepted, as the second person"),
    "refuse-return": lambda detail: _("refused it: “%(reason)s”") % dict(detail),
    "discard-return": lambda detail: _("took it back before it was accepted"),
    "overtake-return": lambda detail: _("ended it: a newer copy of its period was accepted"),
    "withdraw-return": _withdrawn,
    "destroy-retention": _destroyed,
    "destroy-erasure": _destroyed,
    "look-erasure": _looked_for,
    "make-token": lambda detail: _("made a token for programs of %(agency)s, “%(name)s”") % dict(detail),
    "revoke-token": lambda detail: _("revoked the token “%(name)s” of %(agency)s") % dict(detail),
    "back-up": _backed_up,
    "propose-table": _proposed,
    "release-table": _released,
    "decline-table": lambda detail: _("did not let it be released: “%(reason)s”") % dict(detail),
    "withdraw-table": lambda detail: _("withdrew it: “%(reason)s”") % dict(detail),
    "draft-gateway": lambda detail: _("drafted it"),
    "change-gateway-draft": _gateway_changed,
    "discard-gateway-draft": lambda detail: _("discarded the draft"),
    "put-gateway-in-force": _gateway_in_force,
    "end-gateway": lambda detail: _("ended it early: “%(reason)s”") % dict(detail),
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
    "sign-out-everywhere": gettext_lazy("Signed out everywhere"),
    "set-up-second-factor": gettext_lazy("Second factor set up"),
    "renew-recovery-codes": gettext_lazy("New recovery codes"),
    "reset-second-factor": gettext_lazy("Second factor reset"),
    "use-recovery-code": gettext_lazy("Recovery code used"),
    "wrong-second-factor": gettext_lazy("Wrong code at sign-in"),
    "read-rows": gettext_lazy("Rows about people read"),
    "see-small-counts": gettext_lazy("Small counts seen"),
    "import": gettext_lazy("Data imported"),
    "deliver-return": gettext_lazy("Return handed in"),
    "check-return": gettext_lazy("Return checked"),
    "acknowledge-warnings": gettext_lazy("Warnings acknowledged"),
    "accept-return": gettext_lazy("Return accepted by a second person"),
    "refuse-return": gettext_lazy("Return refused by a second person"),
    "discard-return": gettext_lazy("Return taken back"),
    "overtake-return": gettext_lazy("Return overtaken by a newer copy"),
    "withdraw-return": gettext_lazy("Return withdrawn"),
    "destroy-retention": gettext_lazy("Destroyed at the end of its time"),
    "destroy-erasure": gettext_lazy("Erased by law"),
    "look-erasure": gettext_lazy("Looked for, to be erased"),
    "make-token": gettext_lazy("Token made"),
    "revoke-token": gettext_lazy("Token revoked"),
    "back-up": gettext_lazy("Backup written"),
    "propose-table": gettext_lazy("Table proposed for release"),
    "release-table": gettext_lazy("Table released"),
    "decline-table": gettext_lazy("Table not released"),
    "withdraw-table": gettext_lazy("Released table withdrawn"),
    "draft-gateway": gettext_lazy("Gateway drafted"),
    "change-gateway-draft": gettext_lazy("Draft of a gateway changed"),
    "discard-gateway-draft": gettext_lazy("Draft of a gateway discarded"),
    "put-gateway-in-force": gettext_lazy("Gateway put in force"),
    "end-gateway": gettext_lazy("Gateway ended early"),
}


def sentence(row: AuditRow, counts: RowCounts = ROUNDED, agencies: Mapping[str, str] = NONE) -> str:
    """What was done, without who and when: `gave it to Thames Valley Police; before: nobody`.

    counts    how numbers of rows of partners' data are shown
    agencies  names of agencies by their IDs; one that is not among them stays its ID
    """
    tell = SENTENCES.get(row.action)
    if tell is None:
        return row.action.replace("-", " ")
    detail = dict(row.detail)
    for name in ("rows", "rows accepted"):
        if isinstance(detail.get(name), int):
            detail[name] = _rows_of(detail[name], counts)
    if "rows refused" in detail:
        detail["rows refused"] = counts(detail["rows refused"])
    if "agency" in detail:
        detail["agency"] = agencies.get(detail["agency"], detail["agency"])
    return tell(detail)
