import numpy as np
import pytest

from redway.methods.evaluation.dosage import log_dosage
from redway.methods.glm import fit
from redway.methods.inputs import Unfit


def places(rng, slope=-0.1, n=40, mean=40):
    dose, level = np.round(rng.exponential(20, n)), rng.gamma(4, mean / 4, n)
    return rng.poisson(level), rng.poisson(level * 0.9 * np.exp(slope * np.log1p(dose))), dose


def test_it_is_the_poisson_regression_with_an_effect_for_every_place():
    before, after, dose = places(np.random.default_rng(1), n=10)
    y, place, later = np.concatenate([before, after]), np.tile(np.arange(10), 2), np.repeat([0, 1], 10)
    design = np.column_stack([later, later * np.log1p(np.tile(dose, 2)), place[:, None] == np.arange(10)]).astype(float)
    twin = fit(y.astype(float), design, family="poisson")
    found = log_dosage(before, after, dose)
    assert found.figures["slope"] == pytest.approx(twin.coefficients[1], rel=1e-8)


def test_the_interval_holds_and_p_is_uniform():
    rng = np.random.default_rng(2)
    found = [log_dosage(*places(rng)) for _ in range(200)]
    truth = 100 * (10**-0.1 - 1)
    assert 0.91 <= np.mean([f.low <= truth <= f.high for f in found]) <= 0.99
    p = np.array([log_dosage(*places(rng, slope=0)).p for _ in range(200)])
    assert (p < 0.05).mean() <= 0.09
    assert 0.38 <= (p < 0.5).mean() <= 0.62


def test_more_where_there_was_more_is_warned_of():
    rng = np.random.default_rng(3)
    before = rng.poisson(30, 60)
    found = log_dosage(before, rng.poisson(30, 60), np.maximum(0, before - 20))
    assert "falling back from a bad spell" in found.sentence


def test_lengths_of_periods_shift_nothing_but_the_level():
    columns = places(np.random.default_rng(4))
    assert log_dosage(*columns).value == pytest.approx(log_dosage(*columns, exposure=(1, 2)).value)


def test_thin_and_bad():
    assert "fewer than 5 places" in log_dosage([1] * 4, [1] * 4, [1, 2, 3, 4]).sentence
    assert "the same dose" in log_dosage([5] * 6, [5] * 6, [1] * 6).sentence
    assert "none after" in log_dosage([5] * 6, [0] * 6, range(6)).sentence
    assert "different places" in log_dosage([5, 5, 5, 0, 0, 0], [0, 0, 0, 5, 5, 5], range(6)).sentence
    with pytest.raises(Unfit):
        log_dosage([5] * 6, [5] * 6, [-1] * 6)


BEFORE, AFTER = [31, 44, 12, 57, 23, 38, 19, 41, 26, 35], [20, 41, 13, 30, 21, 22, 18, 19, 25, 17]
DOSE = [5, 0, 2, 40, 1, 15, 0, 60, 3, 25]


def test_equal_to_r_glm():
    """R 4.2.2: glm(cbind(after, before) ~ log1p(dose), binomial), and with offset log(2) for twice as long after."""
    found = log_dosage(BEFORE, AFTER, DOSE).figures
    assert (found["intercept"], found["slope"]) == pytest.approx((0.00642548007676, -0.18624879345369), rel=1e-9)
    # R's quasi-binomial takes phi 0.2014492691 here; ours is never under 1
    assert found["se"] == pytest.approx(0.0262188754664 / np.sqrt(0.2014492691), rel=1e-8)
    assert found["phi"] == 1
    longer = log_dosage(BEFORE, AFTER, DOSE, exposure=(1, 2)).figures
    assert (longer["intercept"], longer["slope"]) == pytest.approx((-0.686721700483, -0.18624879345369), rel=1e-9)
