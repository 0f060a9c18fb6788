"""Several returns of one agency, dataset and period: which of them waits beside which, and which came too late.

The copy that was sent last is the one that counts. One that still waits when a newer one is accepted is overtaken:
accepted afterwards, it would put older rows in the place of newer ones.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from redway.work.returns.models import Delivery
from redway.work.returns.states import OPEN, State

CHECKED = frozenset({State.TO_ACKNOWLEDGE, State.TO_ACCEPT, State.ACCEPTING})  # and not decided: its periods are known


def newer_accepted(one: Delivery, periods: Iterable[str]) -> Delivery | None:
    """The newest accepted return of any of these periods that was sent after this one; None where there is none.

    Open data, which no agency sends, have several providers in a period, and are never overtaken.
    """
    later = Q(sent_at__gt=one.sent_at) | Q(sent_at=one.sent_at, pk__gt=one.pk)
    return next(_alike(one, periods, _beside(one).filter(later, state=State.ACCEPTED)), None)


def overtaken_by(accepted: Delivery, periods: Iterable[str]) -> list[Delivery]:
    """Older returns of any of these periods that were checked and wait to be decided, held until the transaction ends.

    Those that are not checked yet say no period of theirs: checking them finds the newer one.
    """
    earlier = Q(sent_at__lt=accepted.sent_at) | Q(sent_at=accepted.sent_at, pk__lt=accepted.pk)
    return list(_alike(accepted, periods, _beside(accepted).filter(earlier, state__in=CHECKED).select_for_update()))


def overtook(one: Delivery) -> Delivery | None:
    """The newer copy that was accepted in its place; where that was withdrawn since, a newer one still that stands, if
    there is any. None for what was not overtaken.
    """
    newer = one.overtaken_by
    if newer is None or newer.state == State.ACCEPTED:
        return newer
    return newer_accepted(one, labels(one)) or newer


def beside(one: Delivery) -> list[Delivery]:
    """Other returns of its periods that are not decided yet, the newest first."""
    return list(_alike(one, labels(one), _beside(one).filter(state__in=OPEN)))


def accepted_copy(one: Delivery) -> Delivery | None:
    """The return of its periods that was accepted last; None where none was."""
    accepted = _beside(one).filter(state=State.ACCEPTED).order_by("-checked_at", "-pk")
    return next(_alike(one, labels(one), accepted), None)


def labels(one: Delivery) -> list[str]:
    """Its periods: as it was found to be of; before it is checked, the one that was named."""
    return one.periods or ([one.period] if one.period else [])


def _beside(one: Delivery) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(dataset=one.dataset, agency=one.agency).exclude(agency="").exclude(pk=one.pk)
    return found.defer("report")


def _alike(one: Delivery, periods: Iterable[str], others: QuerySet[Delivery]) -> Iterator[Delivery]:
    """Those with a period in common."""
    wanted = set(periods)
    return (other for other in others if wanted.intersection(labels(other)))
