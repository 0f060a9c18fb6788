"""What rows of the audit are about, in words: returns and gateways by what they are of, and people by their names."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from redway import periods
from redway.web.returns.presenter import line, title
from redway.work.accounts.models import User
from redway.work.audit.models import AuditRow
from redway.work.gateways.purposes import NAMES, Purpose
from redway.work.releases.models import TableEdition
from redway.work.returns.models import Delivery
from redway.work.returns.senders import Sender

DELIVERY, GATEWAY, DATASET, TABLE = "delivery ", "gateway ", "dataset ", "table "


def names_of(rows: Iterable[AuditRow]) -> dict[str, str]:
    """Sign-in names of whoever did something -> full names; services and people there are no more are left out."""
    found = User.objects.filter(username__in={row.actor for row in rows})
    return {user.username: user.get_full_name() or user.username for user in found}


def subjects(rows: Iterable[AuditRow], known: Mapping[str, Sender]) -> dict[str, str]:
    """Subjects as they were written -> in words. One that stays as it is, as `data version 7`, is left out."""
    written = {row.subject for row in rows}
    found = _deliveries([name.removeprefix(DELIVERY) for name in written if name.startswith(DELIVERY)], known)
    found |= {name: title(name.removeprefix(DATASET)) for name in written if name.startswith(DATASET)}
    for name in written:
        parts = name.removeprefix(GATEWAY).split("/")
        if name.startswith(GATEWAY) and len(parts) == 3 and parts[1] in set(Purpose):
            purpose = str(NAMES[Purpose(parts[1])]).lower()
            said = {"title": title(parts[0]), "purpose": purpose, "n": parts[2]}
            found[name] = _("the gateway of %(title)s for %(purpose)s, version %(n)s") % said
    return found | _tables([name.removeprefix(TABLE) for name in written if name.startswith(TABLE)])


def _tables(named: list[str]) -> dict[str, str]:
    """Released tables by the titles that they had; a period has a stroke of its own, so the table ends at the first."""
    found = {}
    for name in named:
        table, _stroke, period = name.partition("/")
        last = TableEdition.objects.filter(table=table, period=period).order_by("pk").last()
        if last is not None:
            found[f"{TABLE}{name}"] = _("the table “%(title)s”, %(period)s") % {
                "title": last.title,
                "period": periods.in_words(period),
            }
    return found


def _deliveries(ids: list[str], known: Mapping[str, Sender]) -> dict[str, str]:
    found = {}
    for one in Delivery.objects.filter(public_id__in=[id for id in ids if _is_id(id)]):
        shown = line(one, dict(known))
        found[str(one)] = ", ".join(filter(None, [shown.title, shown.agency, shown.period]))
    return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
