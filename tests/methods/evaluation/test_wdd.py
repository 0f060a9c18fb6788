import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.methods.evaluation.wdd import dispersion_of, wdd
from redway.methods.inputs import Unfit


def test_the_worked_case():
    found = wdd((100, 90), (100, 80))
    assert found.value == -10
    assert found.figures["se"] == pytest.approx(np.sqrt(370))
    assert "not statistically different" in found.sentence
    assert found.maryland == 3


def test_displacement_is_counted_in_and_weights_divide():
    """By hand: (80-100) - (90-100) + (25-20) - (18-20) = -3."""
    found = wdd((100, 90), (100, 80), (20, 18), (20, 25))
    assert found.value == -3
    halved = wdd((100, 180), (100, 160), (20, 36), (20, 50), time_weights=(1, 2))
    assert halved.value == -3
    assert halved.figures["se"] == pytest.approx(np.sqrt(100 + 100 + 40 + (180 + 160 + 36 + 50) / 4))


@given(*[st.tuples(st.integers(1, 500), st.integers(1, 500)) for _ in range(4)], st.floats(1, 9))
def test_it_says_what_the_slow_twin_says(control, treated, dc, dt, phi):
    value = (treated[1] - treated[0]) - (control[1] - control[0]) + (dt[1] - dt[0]) - (dc[1] - dc[0])
    error = (phi * sum(map(sum, (control, treated, dc, dt)))) ** 0.5
    found = wdd(control, treated, dc, dt, phi=phi)
    assert (found.value, found.figures["se"]) == pytest.approx((value, error))
    assert found.high - found.low == pytest.approx(2 * 1.959963984540054 * error)


def test_the_interval_holds_with_dispersion_and_without_it_lies():
    rng, plain, wide, n = np.random.default_rng(1), 0, 0, 600

    def draw(mean, size=None):
        return rng.poisson(mean * rng.gamma(25, 1 / 25, size))

    for _ in range(n):
        history = draw(100, (24, 2))
        before, after = draw(100, 2), draw(100, 2)
        pairs = [(before[i], after[i]) for i in (0, 1)]
        one, other = wdd(*pairs), wdd(*pairs, history=history)
        plain += one.low <= 0 <= one.high
        wide += other.low <= 0 <= other.high
    assert plain / n < 0.75
    assert 0.93 <= wide / n <= 0.98


def test_dispersion_is_of_what_area_and_period_do_not_say():
    steady = np.outer([1, 2, 3, 4], [10, 30])
    assert dispersion_of(steady) == (1.0, 3.0)


def test_doubts_are_told():
    assert "no displacement area" in wdd((100, 90), (100, 80)).sentence
    assert "over twice" in wdd((300, 290), (100, 80), (5, 5), (5, 5)).sentence
    assert "small for this interval" in wdd((2, 3), (2, 1), (5, 5), (5, 5)).sentence
    assert wdd((0, 0), (0, 0)).sentence == "No effect can be told: no event anywhere, before or after."


@pytest.mark.parametrize("bad", [(1, 2, 3), (-1, 2), (1.5, 2), (np.nan, 2)])
def test_what_is_no_pair_of_counts_is_refused(bad):
    with pytest.raises(Unfit):
        wdd(bad, (1, 2))


def test_equal_to_r_glm_with_an_identity_link():
    """R 4.2.2: glm(y ~ treated * after, poisson(identity)), and with displacement a contrast of the eight counts."""
    found = wdd((100, 90), (100, 80))
    assert (found.value, found.figures["se"], found.figures["z"], found.p) == pytest.approx(
        (-10, 19.235384061671, -0.51987524491, 0.603150530344), rel=1e-9
    )
    whole = wdd((100, 90), (100, 80), (20, 18), (20, 25))
    assert (whole.value, whole.figures["se"]) == pytest.approx((-3, 21.2837966538), rel=1e-9)


def test_dispersion_is_r_s_chi_square_over_its_degrees_of_freedom():
    """R 4.2.2: with(chisq.test(history), statistic / parameter)."""
    history = [[21, 34, 50], [18, 40, 61], [30, 25, 55], [25, 41, 40]]
    assert dispersion_of(history) == pytest.approx((1.91318927938, 6), rel=1e-9)
