"""Checking deliveries, and accepting them once people have decided: one at a time in a home, whoever asks.

Both are the one way in (`receive.examining`), taken from quarantine. Checking stops before anything is changed, unless
nothing stands in the way; then it accepts at once. Accepting runs every check again. Who holds the lock of deliveries
is the only one at work on any, so one that is found half way was left by a process that died.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from redway.errors import NotSetUp, RedwayError
from redway.store.files import DiskFull
from redway.store.home import Home
from redway.store.lock import PATIENCE, Busy, only_one
from redway.work.audit.actions import record
from redway.work.returns import overtaking, quarantine
from redway.work.returns.deliveries import locked, step
from redway.work.returns.models import Delivery
from redway.work.returns.policies import second_person_needed
from redway.work.returns.receipt import Outcome
from redway.work.returns.receive import DatabaseUnwritable, Examined, Parcel, Progress, examining
from redway.work.returns.refused import RefusedRows
from redway.work.returns.report import DeliveryReport, Fault
from redway.work.returns.reporting import report_of
from redway.work.returns.states import CLOSED, QUEUED, State

CHECKER = "the checking of returns"  # as the audit names it
MOST_ATTEMPTS = 3
PAUSE = timedelta(seconds=30)  # before the second attempt; longer before the third
PASSING = (DiskFull, Busy, OperationalError, DatabaseUnwritable)  # faults of the machine that may be gone later


class Given(Exception):
    """The delivery was discarded, or decided otherwise, while it was being worked on."""


def lock_of(home: Home) -> Path:
    """The file whose lock is held by whoever works on deliveries."""
    return home.root / "deliveries.lock"


@contextmanager
def alone(home: Home, *, patience: float = PATIENCE) -> Iterator[None]:
    """Be the only one at work on deliveries. Raises Busy when somebody else still is after `patience` seconds."""
    with only_one(lock_of(home), patience=patience):
        yield


def work_on(delivery: Delivery, *, progress: Progress = lambda line: None) -> Delivery:
    """Check one delivery now, or accept it, if that is what it waits for; how it stands afterwards.

    Raises what stopped it (a full disk, a fault of Redway): it waits for another attempt then.
    """
    home = Home.current()
    with alone(home):
        if taken := _take(Q(pk=delivery.pk)):
            _run(taken, home, progress)
    return Delivery.objects.get(pk=delivery.pk)


def work_on_next(*, progress: Progress = lambda line: None) -> Delivery | None:
    """Work on the delivery that has waited longest; None when none waits. Raises as `work_on`, and Busy at once when
    another process is at it.
    """
    home = Home.current()
    with alone(home, patience=0):
        taken = _take(Q(not_before=None) | Q(not_before__lte=timezone.now()))
        if taken is None:
            return None
        _run(taken, home, progress)
    return Delivery.objects.get(pk=taken.pk)


@transaction.atomic
def _take(which: Q) -> Delivery | None:
    """The oldest that is queued, marked as begun; one begun too often is refused instead. Only under the lock."""
    for now in Delivery.objects.select_for_update().filter(which, state__in=QUEUED).order_by("sent_at", "pk"):
        if now.attempts >= MOST_ATTEMPTS:
            _give_up(now)
            continue
        if now.state == State.RECEIVED:
            now.state = State.CHECKING
        now.attempts += 1
        now.save()
        return now
    return None


def _give_up(now: Delivery) -> None:
    fault = Fault(
        "a file that can be checked",
        came=f"{now.attempts} attempts, each of which stopped half way",
        cause="a file that is too much for this machine, or a fault in Redway. Whoever runs Redway can see in its log "
        "what happened.",
    )
    _finish(now, DeliveryReport(fault=fault), State.REFUSED)


def _run(taken: Delivery, home: Home, progress: Progress) -> None:
    refused = RefusedRows(keep=lambda rows: _keep(rows, taken, home))
    parcel = Parcel(
        taken.dataset, lambda folder: quarantine.unseal_all(taken, folder, home), taken.agency, taken.period
    )
    try:
        with examining([parcel], progress=progress, refused=refused) as examined:
            _decide(taken, examined, refused, home)
    except Given:
        pass
    except NotSetUp:
        _later(taken, counts=False)  # whoever runs Redway mends it; the sender has done nothing wrong
        raise
    except PASSING:
        _later(taken)
        raise
    except RedwayError as fault:
        report = DeliveryReport(reasons=refused.reasons, refused=refused.rows, fault=Fault.of(fault))
        with transaction.atomic():
            now = _still(taken)
            _finish(now, report, State.REFUSED, periods=_said_to_be_of(now, fault))
    except Exception:
        _later(taken)
        raise


def _decide(taken: Delivery, examined: Examined, refused: RefusedRows, home: Home) -> None:
    """Accept where nothing stands in the way; else write down what it waits for."""
    report = report_of(examined, refused)
    changes = any(not a.outcome.adds_nothing for a in examined.arrivals)
    new = {a.staged.loaded.period for a in examined.arrivals if a.outcome in (Outcome.ACCEPTED, Outcome.SUPERSEDED)}
    if newer := overtaking.newer_accepted(taken, new):
        with transaction.atomic():
            now = _still(taken)
            now.overtaken_by = newer
            _finish(now, report, State.OVERTAKEN)
        return
    if changes and {w.key for w in report.warnings} - set(taken.acknowledged):
        after = State.TO_ACKNOWLEDGE
    elif changes and second_person_needed(taken) and not taken.decided_by:
        after = State.TO_ACCEPT
    else:
        examined.accept(by=taken.decided_by or taken.sent_by, delivery=taken, with_it=_accepted(taken, report))
        return
    with transaction.atomic():
        _finish(_still(taken), report, after)


def _accepted(taken: Delivery, report: DeliveryReport) -> Callable[[int | None], None]:
    def with_it(version: int | None) -> None:
        now = _still(taken)
        now.version = version
        _finish(now, report, State.ACCEPTED)
        for older in overtaking.overtaken_by(now, report.periods):
            _overtake(older, now)

    return with_it


def _overtake(older: Delivery, newer: Delivery) -> None:
    """End one that waits, as a newer copy of its period is accepted, in the transaction that accepts it."""
    older.overtaken_by = newer
    step(older, State.OVERTAKEN)
    record(by=CHECKER, action="overtake-return", subject=str(older), detail={"newer": str(newer.public_id)})
    home = Home.current()
    transaction.on_commit(lambda: quarantine.remove_sent(older, home))


def _said_to_be_of(now: Delivery, fault: RedwayError) -> Sequence[str]:
    """The periods of what was refused, so that it can be told from others: as named, or as its rows say."""
    return [now.period] if now.period else getattr(fault, "periods", ())


def _finish(now: Delivery, report: DeliveryReport, after: State, *, periods: Sequence[str] = ()) -> None:
    """Write down what was found and take the step, inside a transaction.

    periods  those of a delivery that was refused, whose report has none
    """
    now.report, now.checked_at, now.periods = report.as_json(), timezone.now(), list(report.periods or periods)
    if after == State.TO_ACKNOWLEDGE:
        now.acknowledged, now.acknowledged_by, now.acknowledged_at = [], "", None
        now.acknowledged_note = ""
        now.decided_by, now.decided_at = "", None
    if now.state == State.RECEIVED:
        now.state = State.CHECKING
    step(now, after)
    detail = {"state": after, "version": now.version, "rows accepted": report.rows_accepted}
    detail |= {"rows refused": report.rows_refused, "warnings": len(report.warnings)}
    if after in CLOSED:
        home = Home.current()
        transaction.on_commit(lambda: quarantine.remove_sent(now, home))
    record(by=CHECKER, action="check-return", subject=str(now), detail=detail)


def _still(taken: Delivery) -> Delivery:
    """The delivery, held; raises Given when it does not stand any more as it was taken."""
    now = locked(taken)
    if now.state != taken.state:
        raise Given
    return now


def _keep(rows: Path, taken: Delivery, home: Home) -> None:
    """Put the list of refused rows away, and say until when it is kept."""
    name = quarantine.keep_refused_rows(rows, taken, home)
    until: datetime = quarantine.expiry()
    Delivery.objects.filter(pk=taken.pk).update(refused_rows=name, refused_rows_until=until)


def _later(taken: Delivery, *, counts: bool = True) -> None:
    """Let it wait for another attempt; one that does not count is not among the few it has."""
    with transaction.atomic():
        now = locked(taken)
        if now.state == taken.state:
            if now.state == State.CHECKING:
                now.state = State.RECEIVED
            now.not_before = timezone.now() + PAUSE * now.attempts**2
            now.attempts -= 0 if counts else 1
            now.save()
