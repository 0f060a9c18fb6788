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
