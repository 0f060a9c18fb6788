"""What the state of a delivery allows, whoever asks, and whose deliveries a person may act on.

Which role may do what is in work/accounts/roles.py. Each rule raises NotAllowed with the sentence that the screen
shows.
"""

from collections.abc import Callable, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.sources.dataset import Dataset, dataset
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission, Role
from redway.work.gateways.policies import may_read, permitted
from redway.work.gateways.purposes import Purpose
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport
from redway.work.returns.senders import senders
from redway.work.returns.states import NAMES, TRANSITIONS, WAITING, State


def refusal(rule: Callable[[], None]) -> str:
    """Why a rule refuses; empty when it does not. So a page can say beforehand what would be refused."""
    try:
        rule()
    except NotAllowed as refused:
        return str(refused)
    return ""


def check_step(now: Delivery, after: State) -> None:
    """From each state only the steps of the table."""
    if after not in TRANSITIONS[State(now.state)]:
        raise NotAllowed(
            _("This delivery is “%(before)s”, so it cannot become “%(after)s”.")
            % {"before": NAMES[State(now.state)], "after": NAMES[after]}
        )


def check_acknowledged(now: Delivery, warnings: Sequence[str]) -> None:
    """Every warning there is now is acknowledged, and none that was never shown."""
    check_waiting(now, State.TO_ACKNOWLEDGE)
    if {w.key for w in DeliveryReport.of_json(now.report).warnings} != set(warnings):
        raise NotAllowed(
            _("Read every warning and tick each of them. They may have changed since you opened the page.")
        )


def check_second_person(now: Delivery, by: str) -> None:
    """Whoever sent or acknowledged a delivery is not the one who accepts it."""
    check_waiting(now, State.TO_ACCEPT)
    if by in (now.sent_by, now.acknowledged_by):
        raise NotAllowed(_("“%s” has to be accepted by a second person: not by whoever sent it.") % _title(now))


def check_waiting(now: Delivery, state: State) -> None:
    """It waits for this step, and not for another or none."""
    if now.state == State.OVERTAKEN:
        raise NotAllowed(
            _("A newer copy of this return was accepted meanwhile, so this one cannot be. Nothing of it was accepted.")
        )
    if now.state != state:
        raise NotAllowed(
            _("This delivery is “%(state)s”, and does not wait for that.") % {"state": NAMES[State(now.state)]}
        )


def waits_for(person: User) -> list[Delivery]:
    """The deliveries that wait for what this person may do, the oldest first: warnings to acknowledge, and, as the
    second person, acceptance.
    """
    if not (person.may(Permission.SEND_RETURNS) or person.may(Permission.ACCEPT_RETURNS)):
        return []
    found = visible(person).filter(state__in=WAITING).order_by("sent_at", "pk")
    return [one for one in found if _waits_for(person, one)]


def _waits_for(person: User, now: Delivery) -> bool:
    if now.state == State.TO_ACKNOWLEDGE:
        return may_send_for(person, now.agency)
    return person.may(Permission.ACCEPT_RETURNS) and not refusal(lambda: check_second_person(now, person.username))


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("Say why: whoever reads this later will ask."))


def second_person_needed(now: Delivery) -> bool:
    return dataset(now.dataset).acceptance == "second-person"


def visible(person: User) -> QuerySet[Delivery]:
    """The deliveries a person may see: all, or for an agency contact those of their own agency; for others none."""
    if not person.may(Permission.SEE_RETURNS):
        return Delivery.objects.none()
    if person.role == Role.AGENCY_CONTACT:
        return Delivery.objects.exclude(agency="").filter(agency=person.agency)
    return Delivery.objects.all()


def may_send_for(person: User, agency: str) -> bool:
    """Whether a person may hand in for an agency: a contact for their own, an analyst for any."""
    return person.may(Permission.SEND_RETURNS) and (person.role != Role.AGENCY_CONTACT or person.agency == agency != "")


def may_send(person: User, name: str, profile: Profile) -> dict[str, str]:
    """The agencies for which a person may hand in a return, ID -> name; none for open data, which nobody sends."""
    if dataset(name).access != "partners":
        return {}
    return {s.id: s.name for s in senders(profile).values() if name in s.datasets and may_send_for(person, s.id)}


def let_in(definition: Dataset, on: date) -> frozenset[str] | None:
    """The columns of a return that gateways in force on a day let in; None for open data: all of them. Raises
    NotAllowed where nothing of it can be taken in: no gateway is in force, or none lets in a column that it always has.
    """
    columns = permitted(definition.name, on=on)
    closed = [c.heading for c in definition.columns if not c.optional and columns is not None and c.name not in columns]
    if closed:
        raise NotAllowed(
            _("%(title)s: no gateway in force lets in %(columns)s, which every return has. So none can be taken in.")
            % {"title": definition.title, "columns": ", ".join(f"“{heading}”" for heading in closed)}
        )
    return columns


def may_read_refused_rows(person: User, delivery: Delivery) -> bool:
    """Refused rows are the sender's: shown to people of the agency that may send for it, and to whoever sent them for
    it, as far as the gateway makes them a recipient.
    """
    if not person.may(Permission.SEND_RETURNS):
        return False
    if delivery.agency and person.agency == delivery.agency:
        return True
    today = timezone.localdate()
    recipient = any(may_read(person, delivery.dataset, purpose, on=today) for purpose in Purpose)
    return person.username == delivery.sent_by and recipient


def _title(now: Delivery) -> str:
    return dataset(now.dataset).title
