"""What people give a command in words of their own."""

from django.utils import timezone

from redway import periods
from redway.errors import RedwayError

FORMS = (
    "2025-11, November 2025, 11/2025; 2025/26-Q3, quarter 3 of 2025/26; YE-2025-03, year ending March 2025; "
    "2025-autumn, autumn term 2025"
)


def period(words: str) -> str:
    """The label of a period, given as one or in words; empty for nothing.

    Raises RedwayError that lists the forms, and for a period that is still to come: nothing can be there of it.
    """
    if not words.strip():
        return ""
    label = periods.named(words) or words.strip()
    try:
        first = periods.months_of(label)[0]
    except ValueError:
        raise RedwayError(
            f"a period: {FORMS}",
            came=f"“{words[:60]}”",
            cause="a spelling mistake; words with blanks in them stand in quotation marks.",
        ) from None
    today = timezone.localdate()
    if first > 12 * today.year + today.month - 1:
        raise RedwayError(
            "a period that has begun",
            came=f"“{words[:60]}”, which is in the future, so there is nothing of it yet",
            cause="a mistyped year or month.",
        )
    return label
