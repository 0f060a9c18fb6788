"""What people give a command in words of their own."""

from redway import periods
from redway.errors import RedwayError

FORMS = (
    "2025-11, November 2025, 11/2025; 2025/26-Q3, quarter 3 of 2025/26; YE-2025-03, year ending March 2025; "
    "2025-autumn, autumn term 2025"
)


def period(words: str) -> str:
    """The label of a period, given as one or in words; empty for nothing. Raises RedwayError that lists the forms."""
    if not words.strip():
        return ""
    if label := periods.named(words):
        return label
    try:
        periods.months_of(words.strip())  # of a year whose periods are not known by their words
    except ValueError:
        raise RedwayError(
            f"a period: {FORMS}",
            came=f"“{words[:60]}”",
            cause="a spelling mistake; words with blanks in them stand in quotation marks.",
        ) from None
    return words.strip()
