"""The first sentence of the returns page: what is late, whether nothing came or what came was refused."""

from types import SimpleNamespace

import pytest

from redway.web.returns import due
from redway.work.returns.expected import Standing


@pytest.mark.parametrize(
    ("stand", "says"),
    [
        ([], "Nothing is due."),
        ([(Standing.DUE, "", 2)], "Nothing is late."),
        ([(Standing.REFUSED, "", 1)], "Nothing is late."),
        ([(Standing.REFUSED, "3 days late.", 1)], "1 return is late."),
        (
            [(Standing.LATE, "The first is 9 days late.", 2), (Standing.REFUSED, "3 days late.", 1)],
            "3 returns are late.",
        ),
        ([(Standing.WAITING, "", 1)], "Nothing is late."),
        (
            [(Standing.WAITING, "3 days late.", 1)],
            "Nothing is missing; 1 return that came is not accepted yet, and its day has passed.",
        ),
        ([(Standing.WAITING, "3 days late.", 1), (Standing.LATE, "9 days late.", 1)], "1 return is late."),
    ],
)
def test_what_is_late(stand, says):
    assert due.answer([SimpleNamespace(standing=s, late=late, count=n) for s, late, n in stand]) == says


@pytest.mark.parametrize(
    ("days", "count", "words"),
    [(0, 1, ""), (1, 1, "1 day late."), (367, 1, "367 days late."), (9, 2, "The first is 9 days late.")],
)
def test_by_how_much_it_is_late(days, count, words):
    assert due._late(days, count) == words
