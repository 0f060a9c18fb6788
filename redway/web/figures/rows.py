"""Numbers of rows of partners' returns, as a person may read them: one way for every page."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from redway.indicators.release import LOCAL
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission


@dataclass(frozen=True)
class RowCounts:
    """Shows numbers of rows: exact, or else as the policy shows counts of partners' data.

    Beside rounded figures of the same rows, an exact number of rows would give hidden ones away.
    """

    exact: bool

    def __call__(self, number: int) -> str:
        if self.exact:
            return f"{number:,}"
        return _("under 5") if LOCAL.hides(number) else f"{LOCAL.rounded(number):,}"

    def share(self, number: int, rows: int) -> float | None:
        """What part of the rows a number of them is, of what is shown of both; None where the number is hidden."""
        if self.exact:
            return number / rows
        return None if LOCAL.hides(number) else min(LOCAL.rounded(number) / LOCAL.rounded(rows), 1.0)

    @property
    def note(self) -> str:
        """What to say below rounded numbers; empty below exact ones."""
        if self.exact:
            return ""
        return _(
            "Numbers of rows are rounded to the nearest 5. The exact ones are for the agency that sent them, and for "
            "the partnership's analysts."
        )


def counts_for(person: User, agency: str) -> RowCounts:
    """How a person reads the numbers of rows that this agency sent; of open data, which no agency sent, all may read
    them as they are.
    """
    own = person.agency == agency
    return RowCounts(not agency or own or person.may(Permission.SEE_SMALL_COUNTS))
