"""What is done to editions of tables. One at a time in a home: an edition is looked through beside all before it.

Each action is one transaction with its audit row. The file of an edition is safe on disk before the row that names it
is: whoever stops this in between leaves a file that nobody was shown, and the next one writes the same again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.indicators.tables import POLICIES
from redway.store.files import room_on_disk
from redway.store.home import Home
from redway.store.lock import Busy, only_one
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.audit.actions import record
from redway.work.releases import kept, policies
from redway.work.releases.models import TableEdition
from redway.work.releases.preparing import Prepared, prepare
from redway.work.releases.standing import fallen, fallen_since
from redway.work.releases.states import State
from redway.work.returns.reconcile import lock_of

PATIENCE = 50.0  # seconds: a page is given up on after a minute


def ask(
    *, by: User, profile: Profile, table: str, period: str, version: int | None = None, policy: str = "", seen: str = ""
) -> TableEdition:
    """Propose a table for a period to a second person; of open data, release it. Gives the edition.

    seen  the hash of what was on the screen of whoever asks; empty where nothing was

    Raises NotAllowed where nothing changed since the edition that stands, where another proposal waits, where what
    would leave is no more what was seen, and where a return that it was counted of stands no more; and as `prepare`
    does.
    """
    with _alone() as home:
        prepared = prepare(profile, table, period, version=version, policy=policy)
        if seen and seen != prepared.shown:
            raise NotAllowed(_("The table changed while you looked at it. Look at it as it is now, then ask again."))
        policies.check_new(prepared)
        policies.check_standing(fallen(prepared.counted.dataset.name, period, prepared.data_version))
        waiting = TableEdition.objects.filter(table=table, period=period, state=State.PROPOSED).first()
        if waiting and waiting.shown == prepared.shown:
            return waiting
        if waiting:
            raise NotAllowed(_("Another edition of this table waits for a second person. Have it decided on first."))
        now = _new(prepared, by)
        if prepared.needs_second_person:
            with transaction.atomic():
                now.save(force_insert=True)
                record(by=by, action="propose-table", subject=_subject(now), detail=_detail(now, prepared))
            return now
        _leave(now, prepared, by, home)
        return now


def approve(*, by: User, profile: Profile, edition: TableEdition) -> TableEdition:
    """Release a proposal, as the second person: it is worked out again, and has to be what was proposed.

    Raises NotAllowed for whoever asked for it, where anything changed since, and where a return that it was counted of
    was withdrawn, sent again or destroyed; and as `prepare` does, so also where a gateway does not let it be published
    any more.
    """
    with _alone() as home:
        now = TableEdition.objects.get(pk=edition.pk)
        policies.check_second_person(now, by.username)
        policies.check_standing(fallen_since(now))
        prepared = prepare(profile, now.table, now.period, version=now.data_version, policy=asked_policy(now))
        policies.check_same(now, prepared)
        _leave(now, prepared, by, home)
        return now


def decline(*, by: User, edition: TableEdition, reason: str) -> TableEdition:
    """Do not release a proposal, with a reason; whoever asked may take it back so. Raises NotAllowed."""
    return _put_aside(by, edition, reason, State.DECLINED)


def withdraw(*, by: User, edition: TableEdition, reason: str) -> TableEdition:
    """Take a released edition off the public pages, with a reason that stands there. It stays one of those that every
    later edition is held against: what was seen stays seen. Raises NotAllowed.
    """
    return _put_aside(by, edition, reason, State.WITHDRAWN)


def _put_aside(by: User, edition: TableEdition, reason: str, after: State) -> TableEdition:
    with _alone(), transaction.atomic():
        now = TableEdition.objects.select_for_update().get(pk=edition.pk)
        if now.state == after:
            return now
        policies.check_step(now, after)
        policies.check_reason(reason)
        now.state, now.reason = after, reason.strip()
        if after is State.WITHDRAWN:
            now.withdrawn_at, now.withdrawn_by = timezone.now(), by.username
        else:
            now.decided_at, now.decided_by = timezone.now(), by.username
        now.save()
        action = "withdraw-table" if after is State.WITHDRAWN else "decline-table"
        record(by=by, action=action, subject=_subject(now), detail={"reason": now.reason, "shown": now.shown})
        return now


@contextmanager
def _alone() -> Iterator[Home]:
    """Nobody else releases a table in this home meanwhile."""
    home = Home.current()
    try:
        with only_one(home.released / "tables.lock", patience=PATIENCE):
            kept.tidy(home)
            yield home
    except Busy:
        raise NotAllowed(_("Somebody else is releasing a table at this moment. Try again in a minute.")) from None


@contextmanager
def _returns_resting(home: Home) -> Iterator[None]:
    """No return is accepted, withdrawn or destroyed in this home meanwhile."""
    try:
        with only_one(lock_of(home), patience=PATIENCE):
            yield
    except Busy:
        raise NotAllowed(_("Data are being taken in at this moment. Try again in a minute.")) from None


def _new(prepared: Prepared, by: User) -> TableEdition:
    one = prepared.counted
    return TableEdition(
        table=one.table.id,
        period=prepared.period,
        title=one.table.title,
        dataset=one.dataset.name,
        key=one.key,
        partings=list(one.partings),
        data_version=prepared.data_version,
        policy=asdict(prepared.policy),
        shown=prepared.shown,
        asked_by=by.username,
    )


def _leave(now: TableEdition, prepared: Prepared, by: User, home: Home) -> None:
    """Write the file, then the row that names it: while no return can come or go, so that none goes meanwhile."""
    with room_on_disk(home.released):
        file, digest = kept.keep(prepared.counts, prepared.public, home)
    with _returns_resting(home), transaction.atomic():
        policies.check_standing(fallen_since(now))
        last = TableEdition.objects.filter(table=now.table, period=now.period).aggregate(last=Max("number"))["last"]
        now.number, now.state = (last or 0) + 1, State.RELEASED
        now.file, now.digest = file, digest
        now.decided_at, now.decided_by = timezone.now(), by.username
        now.save()
        record(by=by, action="release-table", subject=_subject(now), detail=_detail(now, prepared))


def asked_policy(now: TableEdition) -> str:
    """The name of the policy a proposal was asked for by, where it is one that can be named; else the table's own is
    taken, and has to be what it was.
    """
    return next((name for name, policy in POLICIES.items() if asdict(policy) == now.policy), "")


def _subject(now: TableEdition) -> str:
    return f"table {now.table}/{now.period}"


def _detail(now: TableEdition, prepared: Prepared) -> dict[str, Any]:
    loss = prepared.released.loss
    return {
        "edition": now.number,
        "dataset": now.dataset,
        "data version": now.data_version,
        "policy": now.policy["name"],
        "figures": loss.figures,
        "hidden": loss.hidden,
        "shown": now.shown,
        "file": now.file,
        "digest": now.digest,
    }
