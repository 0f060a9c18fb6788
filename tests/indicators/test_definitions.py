"""Why counts by two definitions are never both shown rounded: they tell of the few rows in which they differ."""

from hypothesis import assume, given
from hypothesis import strategies as st

from redway.indicators.release import LOCAL


def behind(value):
    """The counts that are shown as a value, found by trying."""
    return [n for n in range(200) if LOCAL.shown(n).value == value]


def only_in_the_wider(narrow, wide):
    """How many rows a reader takes to be in the wider definition alone, who sees both rounded: least and most."""
    both = [w - n for n in behind(narrow) for w in behind(wide) if w >= n]
    return min(both), max(both)


def test_two_rounded_counts_tell_that_somebody_is_in_the_difference():
    """7 and 8, shown as 5 and 10: the hidden difference can no longer be none, as the policy promises."""
    least, _most = only_in_the_wider(LOCAL.shown(7).value, LOCAL.shown(8).value)
    assert least == 1


@given(st.integers(5, 150), st.integers(0, 4))
def test_wherever_rounding_parts_them_a_small_difference_is_given_away(count, more):
    """No rounding base helps: some count always lies at its edge. So one definition is shown, and no other."""
    narrow, wide = LOCAL.shown(count).value, LOCAL.shown(count + more).value
    assume(narrow != wide)
    least, _most = only_in_the_wider(narrow, wide)
    assert least > LOCAL.hide_from
