"""What is done to the register. Each action is one transaction with its audit row.

`seen` is the count of changes that was on the screen of whoever asks: if another person changed the draft
meanwhile, the action refuses.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import NotAllowed, RedwayError
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.audit.actions import record
from redway.work.gateways import policies
from redway.work.gateways.models import Gateway
from redway.work.gateways.states import State
from redway.work.gateways.terms import Terms, shipped

SET_UP = "set-up"  # the service account that brings a profile's gateways


@transaction.atomic
def draft(*, by: User | str, terms: Terms) -> Gateway:
    """Record a draft: the first version for its dataset and purpose, or the next.

    Raises NotAllowed for open data and while there is a draft already, RedwayError for a dataset there is not.
    """
    known = Gateway.objects.filter(dataset=terms.dataset, purpose=terms.purpose)
    policies.check_new_draft(
        terms.dataset, terms.purpose, {(g.dataset, g.purpose): g for g in known.filter(state=State.DRAFT)}
    )
    newest = known.order_by("-version").first()
    now = Gateway(version=newest.version + 1 if newest else 1, drafted_by=_name(by), writers=[_name(by)])
    now.take(terms)
    try:
        with transaction.atomic():
            now.save(force_insert=True)
    except IntegrityError:  # somebody drafted it in this very moment
        raise NotAllowed(
            _("There is a draft for this dataset and purpose already. Change that one, or discard it.")
        ) from None
    record(by=by, action="draft-gateway", subject=str(now), detail={"terms": _plain(terms)})
    return now


@transaction.atomic
def change_draft(*, by: User, gateway: Gateway, terms: Terms, seen: int) -> bool:
    """Write other terms into a draft. Returns whether anything changed.

    Raises NotAllowed for one that is no draft or was changed meanwhile, RedwayError where the dataset or the
    purpose would change: those make a gateway what it is.
    """
    now = _locked(gateway)
    if (terms.dataset, terms.purpose) != (now.dataset, now.purpose):
        raise RedwayError(f"the terms of {now.dataset} for {now.purpose}", came=f"{terms.dataset} for {terms.purpose}")
    policies.check_draft(now)
    if now.terms == terms:
        return False
    policies.check_seen(now, seen)
    before, after = _plain(now.terms), _plain(terms)
    now.take(terms)
    now.edits += 1
    if by.username not in now.writers:
        now.writers = [*now.writers, by.username]
    now.save()
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    record(by=by, action="change-gateway-draft", subject=str(now), detail={"changed": changed})
    return True


@transaction.atomic
def discard(*, by: User, gateway: Gateway) -> bool:
    """Put a draft aside for good; it stays in the register's history. Returns whether anything changed."""
    now = _locked(gateway)
    if now.state == State.DISCARDED:
        return False
    policies.check_draft(now)
    now.state = State.DISCARDED
    now.edits += 1
    now.save()
    record(by=by, action="discard-gateway-draft", subject=str(now))
    return True


@transaction.atomic
def put_in_force(*, by: User, gateway: Gateway, seen: int) -> None:
    """Put a draft in force, from the day it begins. A version in force before is replaced on that day.

    Raises NotAllowed with everything that its terms still lack or cannot be, for whoever wrote in it, and where it
    was changed since it was seen.
    """
    now = _locked(gateway)
    policies.check_draft(now)
    policies.check_seen(now, seen)
    policies.check_can_be_put_in_force(now, by.username)
    _begin(now, by=by, detail={"doubts": policies.doubts(now.terms)})


@transaction.atomic
def end(*, by: User, gateway: Gateway, reason: str, on: dt.date | None = None) -> bool:
    """End a gateway early, at once: reads stop. Returns whether anything changed.

    Raises NotAllowed without a reason, and for one that is not in force.
    """
    now = _locked(gateway)
    if now.state == State.ENDED:
        return False
    policies.check_can_end(now, on or timezone.localdate())
    if not reason.strip():
        raise NotAllowed(_("Say why it ends: whoever reads this later will ask."))
    now.state, now.end_reason = State.ENDED, reason.strip()
    now.ended_at, now.ended_by = timezone.now(), by.username
    now.edits += 1
    now.save()
    record(by=by, action="end-gateway", subject=str(now), detail={"reason": now.end_reason})
    return True


@transaction.atomic
def bring_shipped(profile: Profile, *, today: dt.date) -> list[Gateway]:
    """Bring the gateways of the home's profile (its `gateways.yaml`) that the register does not know yet, as drafts.

    A fictional profile's are put in force, as the audit says. Raises RedwayError for a file that is wrong, and for
    terms that cannot stand in law.
    """
    brought = []
    known = set(Gateway.objects.values_list("dataset", "purpose"))
    for one in shipped(profile):
        terms = one.terms
        if (terms.dataset, terms.purpose.value) in known:
            continue
        if one.every_field:
            columns = tuple(c.name for c in policies.definition_of(terms.dataset).columns)
            terms = terms.model_copy(update={"fields": columns})
        if one.for_days:
            until = today + dt.timedelta(one.for_days)
            terms = terms.model_copy(update={"begins": terms.begins or today, "expires": until})
        now = draft(by=SET_UP, terms=terms)
        if one.in_force:
            if found := policies.faults(terms):
                raise RedwayError(
                    "gateways in gateways.yaml that can stand in law",
                    came=f"{terms.dataset} for {terms.purpose}: {' '.join(found)}",
                )
            _begin(now, by=SET_UP, detail={"set-up": "a fictional partnership: no second person"})
        brought.append(now)
    return brought


def _begin(now: Gateway, *, by: User | str, detail: dict[str, Any]) -> None:
    now.state = State.IN_FORCE
    now.put_in_force_at, now.put_in_force_by = timezone.now(), _name(by)
    now.edits += 1
    now.save()
    record(by=by, action="put-gateway-in-force", subject=str(now), detail={"terms": _plain(now.terms)} | detail)


def _locked(gateway: Gateway) -> Gateway:
    """How it stands now, held until this transaction ends."""
    return Gateway.objects.select_for_update().get(pk=gateway.pk)


def _name(by: User | str) -> str:
    return by if isinstance(by, str) else by.username


def _plain(terms: Terms) -> dict[str, Any]:
    """The terms as the audit writes them down."""
    return terms.model_dump(mode="json")
