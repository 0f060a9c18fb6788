"""What subtraction tells of hidden figures, on sums small enough to do in the head."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from redway.methods.suppression.subtraction import Exposed, Figures, protect, unproven

ANY = (0, np.inf)


def line(*, known, veiled=None, wanted=(), anywhere=False, cost=(1, 1, 1, 1)):
    """3 + 12 + 20 = 35, with what is known of each, and what is wanted of those that `wanted` gives by number."""
    truth = np.array([3.0, 12, 20, 35])
    ends = np.column_stack([truth, truth])
    for number, ends_wanted in dict(wanted).items():
        ends[number] = ends_wanted
    return Figures(
        sums=csr_array([[1.0, 1, 1, -1]]),
        truth=truth,
        known=np.array(known, dtype=float),
        veiled=np.array(veiled or known, dtype=float),
        wanted=ends,
        wanted_once_hidden=np.column_stack([truth, truth]),
        anywhere=np.full(4, anywhere),
        cost=np.array(cost, dtype=float),
    )


EXACT = [ANY, (12, 12), (20, 20), (35, 35)]
ALL_BUT_THE_TOTAL = [ANY, ANY, ANY, (35, 35)]


def test_what_can_range_freely_needs_nothing_hidden():
    protection = protect(line(known=[ANY, ANY, (20, 20), (35, 35)], wanted={0: (0, 4)}))
    assert not protection.hidden.any()
    assert {0, 4} <= set(protection.tables[:, 0])


def test_the_cheapest_that_is_enough_is_hidden():
    for cheapest in (1, 2):
        cost = np.where(np.arange(4) == cheapest, 1, 3)
        protection = protect(line(known=EXACT, veiled=ALL_BUT_THE_TOTAL, wanted={0: (0, 4)}, cost=cost))
        assert np.flatnonzero(protection.hidden).tolist() == [cheapest]


def test_one_that_cannot_be_hidden_enough_is_exposed():
    with pytest.raises(Exposed) as exposed:
        protect(line(known=EXACT, wanted={0: (0, 4)}))
    assert exposed.value.figure == 0


@pytest.mark.parametrize(("most", "hidden"), [(12, [1]), (24, [1, 2])])
def test_what_is_hidden_for_another_is_itself_kept_from_being_worked_out(most, hidden):
    # the first alone gives the second room up to 15
    figures = line(known=EXACT, veiled=ALL_BUT_THE_TOTAL, wanted={0: (0, 4)}, cost=(1, 1, 2, 2))
    figures.wanted_once_hidden[1, 1] = most
    assert np.flatnonzero(protect(figures).hidden).tolist() == hidden


def test_any_range_as_wide_will_do_where_one_says_so():
    # 12 can be 11 to 15 but not 10 to 14, because the first is at most 4
    known = [(0, 4), ANY, (20, 20), (35, 35)]
    assert not protect(line(known=known, wanted={1: (10, 14)}, anywhere=True)).hidden.any()
    with pytest.raises(Exposed):
        protect(line(known=known, wanted={1: (10, 14)}))


def test_tables_prove_only_what_they_reach():
    figures = line(known=[ANY, ANY, (20, 20), (35, 35)], wanted={0: (0, 4)})
    low, truth, high = [0, 15, 20, 35], [3, 12, 20, 35], [4, 11, 20, 35]
    assert unproven(figures, np.array([low, truth, high], dtype=float)).tolist() == []
    assert unproven(figures, np.array([low, truth], dtype=float)).tolist() == [0]


@pytest.mark.parametrize("wrong", [[4, 11, 20, 36], [4, 12, 19, 35], [4.5, 10.5, 20, 35], [4, 12, 20, 35]])
def test_a_table_that_does_not_fit_proves_nothing(wrong):
    figures = line(known=[ANY, ANY, (20, 20), (35, 35)], wanted={0: (0, 4)})
    low, truth = [0, 15, 20, 35], [3, 12, 20, 35]
    assert unproven(figures, np.array([low, truth, wrong], dtype=float)).tolist() == [0]
    assert unproven(figures, np.array([wrong], dtype=float)).tolist() == [0, 1, 2, 3]
