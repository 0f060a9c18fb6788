"""Query strings, which pages take or refuse without ado, and periods in words."""

from collections.abc import Sequence

from django.http import Http404
from django.utils.translation import gettext as _

from redway import periods

YEAR = 12


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
    """`November 2025`, `July to September 2025`, `Year ending November 2025`; a vintage such as 2011 as it is."""
    try:
        said = periods.in_words(label)
    except ValueError:
        return label
    return f"{said[:1].upper()}{said[1:]}".replace("The year", "Year")


def run_words(labels: Sequence[str]) -> str:
    """A run of periods of one kind, oldest first: `April 2023 to June 2024`, `Years ending March to June 2024`."""
    if len(labels) == 1:
        return period_words(labels[0])
    first, last = periods.months_of(labels[0]), periods.months_of(labels[-1])
    if len(first) == YEAR:
        return _("Years ending %(months)s") % {"months": periods.phrase(range(first[-1], last[-1] + 1))}
    return periods.phrase(range(first[0], last[-1] + 1))
