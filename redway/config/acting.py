"""Who a command is run by. Whoever can run one reaches the home's files already; this is for what people rely on
afterwards: that a name in the audit is somebody's, and that a second person is another one.
"""

import getpass
from uuid import UUID

from redway.errors import RedwayError
from redway.work.accounts.models import User
from redway.work.accounts.roles import GRANTS, Permission
from redway.work.returns import policies
from redway.work.returns.models import Delivery

MAY = {
    Permission.SEE_RETURNS: "may see returns",
    Permission.SEND_RETURNS: "may send returns",
    Permission.ACCEPT_RETURNS: "may accept returns",
    Permission.SEE_SMALL_COUNTS: "may see small counts",
    Permission.RELEASE_TABLES: "may ask for a table to be released",
    Permission.APPROVE_RELEASES: "may approve and withdraw released tables",
    Permission.MANAGE_GATEWAYS: "looks after gateways, retention and erasure",
    Permission.MANAGE_PEOPLE: "looks after people and their programs",
}


def person_acting(named: str, permission: Permission, *, option: str = "--by") -> User:
    """The person named with an option, or, where none is, whose sign-in name is the login on this machine.

    Raises RedwayError for a name of nobody, for somebody without access, and for one whose role may not do it.
    """
    name = named or getpass.getuser()
    person = User.objects.filter(username=name, is_active=True).first()
    if person is not None and person.may(permission):
        return person
    roles = " or ".join(sorted(role.value for role, may in GRANTS.items() if permission in may))
    raise RedwayError(
        f"the sign-in name of somebody who {MAY[permission]} ({roles}), after {option}",
        came=f"“{name}”" if named else f"none, and your login on this machine, “{name}”, is not such a name",
        cause="a spelling mistake, or another role. redway person list shows everybody.",
    )


def delivery_for(person: User, given: str) -> Delivery:
    """The delivery of an ID, among those a person may see. Raises RedwayError for any other, and for what is no ID."""
    try:
        found = policies.visible(person).filter(public_id=UUID(given)).first()
    except ValueError:
        found = None
    if found is None:
        raise RedwayError(
            "the ID of a delivery",
            came=f"“{given}”",
            cause="a spelling mistake, or another home. redway deliveries lists those that wait.",
        )
    return found
