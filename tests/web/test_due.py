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
        ([(Standing.REFUSED, "by 3 days", 1)], "1 return is late."),
        ([(Standing.LATE, "the first by 9 days", 2), (Standing.REFUSED, "by 3 days", 1)], "3 returns are late."),
        ([(Standing.WAITING, "by 3 days", 1)], "Nothing is late."),
    ],
)
def test_what_is_late(stand, says):
    assert due.answer([SimpleNamespace(standing=s, late=late, count=n) for s, late, n in stand]) == says
