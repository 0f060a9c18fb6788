"""What people do with deliveries. Each action is one transaction with its audit row; nothing is sent before it ends.

    deliver       hand files in: they are sealed, and wait to be checked
    acknowledge   say of every warning that it was read
    accept        as the second person
    refuse        as the second person, with a reason
    discard       take back what is not accepted yet
    withdraw      take out of use what was accepted, with a reason: a new data version without it

Checking, and accepting once people have decided, is `checking.py`'s. The same action again changes nothing.
`by` is a person, or the name of a service account.
"""

import shutil
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.sources.dataset import Dataset
from redway.sources.dataset import dataset as definition_of
from redway.store.home import Home
from redway.store.lock import only_one
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.audit.actions import record
from redway.work.gateways.policies import permitted
from redway.work.returns import policies, quarantine
from redway.work.returns.models import DataVersion, Delivery
from redway.work.returns.quarantine import Sent
from redway.work.returns.reconcile import lock_of
from redway.work.returns.sendable import check_period
from redway.work.returns.senders import sender_of
from redway.work.returns.states import OPEN, State, Way

UNDECIDED = (State.TO_ACKNOWLEDGE, State.OVERTAKEN)  # acknowledging these again is not the same action again
PATIENCE = 30.0  # seconds to wait for an import at work before a withdrawal


def name_of(by: User | str) -> str:
    """As deliveries write down who did something."""
    return (by if isinstance(by, str) else by.username)[:150]


def deliver(
    *, files: Iterable[Sent], dataset: str, agency: str = "", period: str = "", way: Way, by: User | str
) -> Delivery:
    """Hand files in: they are sealed into quarantine and wait to be checked.

    agency  ID of the agency whose return it is; may be left out where only one sends the dataset
    period  the one period it is meant to be of; empty when its rows say

    The same files again, while the first are not decided yet, are the same delivery. Raises RedwayError for a
    dataset, agency or period there is not, or a period still to come, NotAllowed where no gateway lets the dataset in
    or the person may not send for the agency, FileRefused for files that cannot be kept.
    """
    home = Home.current()
    definition = definition_of(dataset)
    agency = _sender(definition, Profile.of(home), agency, by)
    check_period(period, timezone.localdate(), definition)
    permitted(dataset, on=timezone.localdate())  # what may not be taken in is not kept either
    public_id = uuid.uuid4()
    sealed_files = quarantine.seal_all(files, public_id, home)
    try:
        with transaction.atomic():
            found = _the_same(dataset, agency, period, sealed_files)
            if found is None:
                made = Delivery.objects.create(
                    public_id=public_id,
                    dataset=dataset,
                    agency=agency,
                    period=period,
                    files=sealed_files,
                    way=way,
                    sent_by=name_of(by),
                )
                detail = {"dataset": dataset, "agency": agency, "period": period, "way": way, "files": sealed_files}
                record(by=by, action="deliver-return", subject=str(made), detail=detail)
                return made
    except BaseException:
        shutil.rmtree(home.quarantine / str(public_id), ignore_errors=True)
        raise
    shutil.rmtree(home.quarantine / str(public_id), ignore_errors=True)
    return found


def _sender(definition: Dataset, profile: Profile, named: str, by: User | str) -> str:
    """Whose return it is. An agency contact's is their own agency's, and they are not told who else sends it."""
    if isinstance(by, User) and by.role == Role.AGENCY_CONTACT:
        agency = named or by.agency
        if not policies.may_send_for(by, agency):
            raise NotAllowed(_("You may hand in returns of your own agency only."))
        if agency not in policies.may_send(by, definition.name, profile):
            raise NotAllowed(_("Your agency does not send “%s”. Ask whoever runs Redway.") % definition.title)
        return agency
    agency = sender_of(definition, profile, named)
    if isinstance(by, User) and not policies.may_send_for(by, agency):
        raise NotAllowed(_("You may hand in returns of your own agency only."))
    return agency


def _the_same(dataset: str, agency: str, period: str, files: list[dict[str, Any]]) -> Delivery | None:
    """A delivery of the same bytes that is not decided yet: a button was pressed twice, or a program tried again."""
    wanted = [(file["name"], file["sha256"]) for file in files]
    undecided = Delivery.objects.select_for_update().filter(
        dataset=dataset, agency=agency, period=period, state__in=OPEN
    )
    return next((d for d in undecided if [(f["name"], f["sha256"]) for f in d.files] == wanted), None)


@transaction.atomic
def acknowledge(*, delivery: Delivery, warnings: Sequence[str], by: User | str, note: str = "") -> Delivery:
    """Say that every warning was read (by their keys). What needs no second person is then accepted by the worker.

    note  what they found, in their words

    Raises NotAllowed when the delivery does not wait for it, or has other warnings than these by now.
    """
    now = locked(delivery)
    if now.acknowledged_by and set(now.acknowledged) == set(warnings) and now.state not in UNDECIDED:
        return now
    policies.check_acknowledged(now, warnings)
    now.acknowledged, now.acknowledged_by, now.acknowledged_at = sorted(warnings), name_of(by), timezone.now()
    now.acknowledged_note = note.strip()
    step(now, State.TO_ACCEPT if policies.second_person_needed(now) else State.ACCEPTING)
    detail = {"warnings": now.acknowledged, "note": now.acknowledged_note}
    record(by=by, action="acknowledge-warnings", subject=str(now), detail=detail)
    return now


@transaction.atomic
def accept(*, delivery: Delivery, by: User) -> Delivery:
    """Accept as the second person; the worker then checks it once more and accepts it.

    Raises NotAllowed for whoever sent it, and when it does not wait for this.
    """
    now = locked(delivery)
    if now.decided_by == by.username and now.state in (State.ACCEPTING, State.ACCEPTED):
        return now
    policies.check_second_person(now, by.username)
    now.decided_by, now.decided_at = by.username, timezone.now()
    step(now, State.ACCEPTING)
    record(by=by, action="accept-return", subject=str(now))
    return now


@transaction.atomic
def refuse(*, delivery: Delivery, reason: str, by: User) -> Delivery:
    """Refuse as the second person. Raises NotAllowed as `accept` does, and without a reason."""
    now = locked(delivery)
    if now.decided_by == by.username and now.state == State.REFUSED:
        return now
    policies.check_second_person(now, by.username)
    policies.check_reason(reason)
    now.reason = reason.strip()
    return _closed(now, State.REFUSED, by, "refuse-return")


@transaction.atomic
def discard(*, delivery: Delivery, by: User | str) -> Delivery:
    """Take back what is not accepted yet. Raises NotAllowed for what is decided already."""
    now = locked(delivery)
    if now.state == State.DISCARDED:
        return now
    policies.check_step(now, State.DISCARDED)
    return _closed(now, State.DISCARDED, by, "discard-return")


def _closed(now: Delivery, state: State, by: User | str, action: str) -> Delivery:
    """End it; what was sent is deleted once that is certain."""
    now.decided_by, now.decided_at = name_of(by), timezone.now()
    step(now, state)
    record(by=by, action=action, subject=str(now), detail={"reason": now.reason})
    home = Home.current()
    transaction.on_commit(lambda: quarantine.remove_sent(now, home))
    return now


def withdraw(*, delivery: Delivery, reason: str, by: User | str) -> Delivery:
    """Take what was accepted out of use: a new data version without it, while older versions keep it.

    What it had superseded does not come back by itself. Raises NotAllowed without a reason, for what is not
    accepted, and for what brought nothing or was superseded whole.
    """
    policies.check_reason(reason)
    with only_one(lock_of(Home.current()), patience=PATIENCE), transaction.atomic():
        now = locked(delivery)
        if now.state == State.WITHDRAWN:
            return now
        policies.check_step(now, State.WITHDRAWN)
        newest = DataVersion.objects.order_by("-number").first()
        held = set(now.submissions.values_list("pk", flat=True))
        current = set(newest.submissions.values_list("pk", flat=True)) if newest else set()
        if newest is None or not held & current:
            raise NotAllowed(
                _("The newest data version holds nothing of this delivery: newer copies have superseded it.")
                if held
                else _("This delivery brought nothing that was not accepted before, so nothing can be withdrawn.")
            )
        summary = f"{now.dataset}: {len(held & current)} withdrawn"
        version = DataVersion.objects.create(number=newest.number + 1, made_by=name_of(by), summary=summary)
        version.submissions.add(*(current - held))
        now.reason, now.decided_by, now.decided_at = reason.strip(), name_of(by), timezone.now()
        step(now, State.WITHDRAWN)
        detail = {"reason": now.reason, "version": version.number, "submissions": sorted(held & current)}
        record(by=by, action="withdraw-return", subject=str(now), detail=detail)
        return now


def locked(delivery: Delivery) -> Delivery:
    """The delivery as it stands, held until this transaction ends."""
    return Delivery.objects.select_for_update().get(pk=delivery.pk)


def step(now: Delivery, after: State) -> None:
    """Take one step of the table and save. Raises NotAllowed for any other."""
    policies.check_step(now, after)
    now.state = after
    now.attempts, now.not_before = 0, None
    now.save()
