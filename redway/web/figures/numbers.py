"""Query strings, which pages take or refuse without ado, and periods in words."""

from django.http import Http404

from redway import periods


def page_number(given: str) -> int:
    """A page of a long list, from 1. Anything else is no page: 404."""
    if not given:
        return 1
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= 99_999):
        raise Http404
    return int(given[:9])


def one_of(given: str, choices: tuple[str, ...]) -> str:
    """The first choice when nothing is given; 404 for what is none of them."""
    if not given:
        return choices[0]
    if given not in choices:
        raise Http404
    return given


def period_words(label: str) -> str:
    """`November 2025` for a month's label; a vintage such as 2011 as it is."""
    return periods.words(periods.month(label)) if periods.MONTH.fullmatch(label) else label
