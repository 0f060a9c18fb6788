"""What the state of the accounts allows, whoever asks. The refusal is what the screen shows."""

from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role


def check_can_lose_administrator(person: User) -> None:
    """Raise NotAllowed if this person is the last administrator. Called inside a transaction; locks administrators."""
    if person.role != Role.ADMINISTRATOR or not person.is_active:
        return
    administrators = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
    if [a.pk for a in administrators] == [person.pk]:
        raise NotAllowed(
            _("%(name)s is the only administrator. Make somebody else an administrator first.")
            % {"name": person.get_full_name()}
        )
