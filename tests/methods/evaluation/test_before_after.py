import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.methods.evaluation.before_after import before_after
from redway.methods.inputs import Unfit


def test_by_hand():
    found = before_after((100, 60), (100, 80))
    assert found.value == pytest.approx(-25)
    error = np.sqrt(1 / 100 + 1 / 60 + 1 / 100 + 1 / 80)
    assert found.high == pytest.approx(100 * (0.75 * np.exp(1.959963984540054 * error) - 1))
    assert found.figures["relative_effect_size"] == pytest.approx(100 * 80 / (60 * 100))
    assert found.figures["prevented"] == pytest.approx(20)


@given(*[st.tuples(st.integers(1, 400), st.integers(1, 400)) for _ in range(2)])
def test_swapping_the_areas_turns_the_effect_round(treated, control):
    one, other = before_after(treated, control), before_after(control, treated)
    assert one.figures["log_ratio"] == pytest.approx(-other.figures["log_ratio"])
    assert one.p == pytest.approx(other.p)


def test_the_interval_holds():
    rng, hits = np.random.default_rng(2), 0
    for _ in range(1000):
        found = before_after(rng.poisson([60, 45]), rng.poisson([60, 60]))
        hits += found.low <= -25 <= found.high
    assert 0.935 <= hits / 1000 <= 0.97


def test_a_nought_has_no_percentage():
    assert "ask for wdd" in before_after((10, 0), (10, 9)).sentence
    with pytest.raises(Unfit):
        before_after((10, -1), (10, 9))


@pytest.mark.parametrize(
    ("treated", "control", "ratio", "error", "p"),
    [
        ((100, 60), (100, 80), -0.287682072451, 0.221735578261, 0.194489973898),
        ((37, 22), (141, 118), -0.341800193373, 0.296729417705, 0.249365523973),
    ],
)
def test_equal_to_r_glm(treated, control, ratio, error, p):
    """R 4.2.2: summary(glm(c(treated, control) ~ c(1,1,0,0) * c(0,1,0,1), poisson)), the last row."""
    found = before_after(treated, control)
    assert (found.figures["log_ratio"], found.p) == pytest.approx((ratio, p), rel=2e-6)
    assert found.high == pytest.approx(100 * np.expm1(ratio + 1.959963984540054 * error), rel=2e-6)


@given(*[st.tuples(st.integers(1, 400), st.integers(1, 400)) for _ in range(2)], st.floats(1, 9))
def test_it_says_what_the_slow_twin_says(treated, control, phi):
    """The odds of after over before, one area against the other, and the sum of one over each count."""
    ratio, total = (treated[1] / treated[0]) / (control[1] / control[0]), 0.0
    for count in (*treated, *control):
        total += phi / count
    found = before_after(treated, control, phi=phi)
    reach = np.exp(1.959963984540054 * total**0.5)
    assert (found.value, found.low, found.high) == pytest.approx(
        (100 * (ratio - 1), 100 * (ratio / reach - 1), 100 * (ratio * reach - 1)), rel=1e-9, abs=1e-9
    )
