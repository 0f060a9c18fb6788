"""Taking open data out of use, with a reason: a new data version without it, while older versions keep it.

Partners' returns are withdrawn by delivery (deliveries.py); open data came in none.
"""

from django.db import transaction

from redway.errors import RedwayError
from redway.sources.dataset import dataset as definition_of
from redway.store.home import Home
from redway.store.lock import PATIENCE, only_one
from redway.work.accounts.models import User
from redway.work.audit.actions import record
from redway.work.audit.models import AuditRow
from redway.work.returns.models import DataVersion, Submission
from redway.work.returns.policies import check_reason
from redway.work.returns.reconcile import lock_of
from redway.work.returns.states import State

ACTION = "withdraw-open-data"


def withdraw_open(*, dataset: str, period: str, provider: str, reason: str, by: User) -> DataVersion:
    """Take one file of open data out of use: the newest data version's of a dataset, period and provider.

    period, provider  may be left empty where there is only one file that fits

    What it had superseded does not come back by itself. Raises NotAllowed without a reason, RedwayError for partners'
    data, and where no file fits, or several.
    """
    check_reason(reason)
    if definition_of(dataset).access != "open":
        raise RedwayError(
            "a dataset of open data",
            came=f"“{dataset}”, which partners send",
            cause="a return is withdrawn by the ID of its delivery. redway deliveries list --all has them.",
        )
    with only_one(lock_of(Home.current()), patience=PATIENCE), transaction.atomic():
        newest = DataVersion.objects.order_by("-number").first()
        held = list(newest.submissions.filter(dataset=dataset).order_by("period", "provider")) if newest else []
        fitting = [s for s in held if period in ("", s.period) and provider in ("", s.provider)]
        if newest is None or len(fitting) != 1:
            raise _none_or_several(dataset, held, fitting)
        one = fitting[0]
        summary = f"{dataset}: 1 withdrawn"
        version = DataVersion.objects.create(number=newest.number + 1, made_by=by.username, summary=summary)
        version.submissions.add(*newest.submissions.exclude(pk=one.pk).values_list("pk", flat=True))
        detail = {"dataset": dataset, "provider": one.provider, "period": one.period, "submission": one.pk}
        detail |= {"reason": reason.strip(), "version": version.number}
        record(by=by, action=ACTION, subject=f"data version {version.number}", detail=detail)
        return version


def reason_of(one: Submission) -> str:
    """Why it was withdrawn, the last time it was; empty for what never was."""
    if one.delivery is not None:
        return one.delivery.reason if one.delivery.state == State.WITHDRAWN else ""
    rows = AuditRow.objects.filter(action=ACTION).order_by("-number")
    return next((str(row.detail["reason"]) for row in rows if row.detail.get("submission") == one.pk), "")


def _none_or_several(dataset: str, held: list[Submission], fitting: list[Submission]) -> RedwayError:
    if fitting:
        among = "; ".join(", ".join(filter(None, (s.period, s.provider))) for s in fitting[:6])
        more = f" and {len(fitting) - 6:,} more" if len(fitting) > 6 else ""
        return RedwayError(
            "one file", came=f"{len(fitting):,} that fit: {among}{more}", cause="--period and --provider say which."
        )
    cause = "a mistyped period or provider." if held else "it was withdrawn already, or never imported."
    return RedwayError(
        f"a file of {dataset} in the newest data version", came="none that fits", cause=f"{cause} Nothing was done."
    )
