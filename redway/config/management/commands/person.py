"""`redway person`: accounts, for whoever looks after the server."""

from argparse import ArgumentParser
from typing import Any

from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts import actions
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.accounts.second_factor import reset_second_factor
from redway.work.strategy.profile import strategy

BY = "the person command"
EXAMPLES = f"""examples:
  redway person add j.smith --role administrator --name "Jo Smith"
  redway person add t.jones --role agency-contact --agency thames-valley-police
  redway person password j.smith
  redway person reset-second-factor j.smith
  redway person list

The first administrator is added here; everyone else can be added on the People page. A one-time password is
printed once and has to be changed at the first sign-in. Roles: {", ".join(Role)}.
"""


class Command(RedwayCommand):
    help = "Add a person, list everyone, give a one-time password, or reset a second factor."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        add = what.add_parser("add", help="add a person")
        add.add_argument("username", metavar="NAME", help="what they sign in with")
        add.add_argument("--role", required=True, choices=[role.value for role in Role])
        add.add_argument("--name", default="", help="their full name")
        add.add_argument("--agency", default="", help="ID of an agency in the profile")
        password = what.add_parser("password", help="give a one-time password")
        password.add_argument("username", metavar="NAME")
        reset = what.add_parser("reset-second-factor", help="for a lost telephone: they set up another")
        reset.add_argument("username", metavar="NAME")
        what.add_parser("list", help="list everyone")

    def handle(self, *args: Any, what: str, **given: Any) -> None:
        doing = {"add": self.add, "password": self.password, "list": self.list}
        (doing | {"reset-second-factor": self.reset_second_factor})[what](**given)

    def add(self, *, username: str, role: str, name: str, agency: str, **_: Any) -> None:
        check_agency(agency, role)
        _person, password = actions.add_person(by=BY, username=username, role=role, full_name=name, agency=agency)
        self.stdout.write(f"{username} was added. One-time password: {password}")

    def password(self, *, username: str, **_: Any) -> None:
        self.stdout.write(f"One-time password: {actions.give_one_time_password(by=BY, person=_with_access(username))}")

    def reset_second_factor(self, *, username: str, **_: Any) -> None:
        had = reset_second_factor(by=BY, person=_with_access(username))
        self.stdout.write(
            f"{username} has no second factor now, and was signed out everywhere."
            if had
            else f"{username} had no second factor."
        )

    def list(self, **_: Any) -> None:
        for person in User.objects.order_by("username"):
            access = "" if person.is_active else "no access"
            self.stdout.write("\t".join((person.username, person.full_name, person.role, person.agency, access)))


def _with_access(username: str) -> User:
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise RedwayError("the name of a person with access", came=f"“{username}”", cause="a spelling mistake.")
    return person


def check_agency(agency: str, role: str) -> None:
    """Raise RedwayError for an agency the profile does not have, or an agency contact without one."""
    if role == Role.AGENCY_CONTACT and not agency:
        raise RedwayError("the agency that an agency contact speaks for", came="none", cause="--agency was left out.")
    if agency:
        known = [a.id for a in strategy(Profile.of(Home.current())).agencies]
        if agency not in known:
            raise RedwayError(f"the ID of an agency ({', '.join(known)})", came=f"“{agency}”")
