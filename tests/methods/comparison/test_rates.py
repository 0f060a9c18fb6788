import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from redway.methods.comparison.rates import poisson_interval, rates, weighted_interval
from redway.methods.comparison.ratio import rate as one_rate
from redway.methods.inputs import Unfit


@given(st.integers(0, 500), st.sampled_from([0.8, 0.95, 0.998]))
def test_exact_limits_are_where_a_tail_is_half_of_what_is_left(x, level):
    low, high = (float(end[0]) for end in poisson_interval(np.array([x]), conf_level=level))
    assert stats.poisson.cdf(x, high) == pytest.approx((1 - level) / 2, rel=1e-6)
    if x:
        assert stats.poisson.sf(x - 1, low) == pytest.approx((1 - level) / 2, rel=1e-6)
    else:
        assert low == 0


@given(st.integers(0, 300), st.integers(1, 10_000))
def test_byar_is_what_one_rate_says(x, e):
    found, twin = rates([x], [e]), one_rate(x, e)
    assert (found.value[0], found.low[0], found.high[0]) == pytest.approx((twin.value, twin.low, twin.high), rel=1e-12)


@given(st.integers(0, 200))
def test_the_weighted_interval_of_even_weights_is_exact(x):
    one = np.array([float(x)])
    assert np.allclose(weighted_interval(one, one, np.ones(1)), poisson_interval(one))


@pytest.mark.parametrize("method", ["exact", "byar"])
@pytest.mark.parametrize("mean", [3.0, 20.0])
def test_intervals_hold_the_truth_as_often_as_they_say(method, mean):
    x = np.random.default_rng(1).poisson(mean, 4000)
    found = rates(x, np.ones(x.size), multiplier=1, method=method)
    covered = ((found.low <= mean) & (mean <= found.high)).mean()
    assert 0.94 <= covered <= 0.99


def test_nobody_to_count_for_is_said_and_leaves_no_rate():
    found = rates([3, 2], [0, 10])
    assert np.isnan(found.value[0])
    assert "1 row with nobody" in found.sentence
    assert rates([1], [0]).sentence.startswith("No rate can be told")
    assert rates([], []).sentence.startswith("No rate")


def test_the_highest_rate_is_named_with_its_doubt():
    assert rates([3, 30], [1000, 1000]).sentence == (
        "The highest of 2 rates is that of row 2, 30 for every 1,000 "
        "(95% interval 20.2 to 42.8, if events are independent)."
    )


@pytest.mark.parametrize("bad", [[-1], [np.nan], [np.inf], ["x"]])
def test_bad_numbers_are_refused(bad):
    with pytest.raises(Unfit):
        rates(bad, [1])


def test_over_dispersion_widens_and_is_said():
    assert "if events vary 4 times as much as independent ones" in rates([3], [1000], phi=4).sentence
    plain, wide = rates([40], [1]), rates([40], [1], phi=4)
    assert wide.low[0] < plain.low[0]
    assert wide.high[0] > plain.high[0]


def test_rates_are_called_by_their_names():
    found = rates([3, 9, 4], [100, 100, 100], ["Ashfold", "Birchmere", " "])
    assert found.names == ("Ashfold", "Birchmere", "row 3")
    assert found.sentence.startswith("The highest of 3 rates is that of Birchmere, 90 for every 1,000")
    with pytest.raises(Unfit, match="one length"):
        rates([3, 9], [100, 100], ["Ashfold"])


def test_rates_that_no_number_can_hold_are_left_open_and_said():
    found = rates([3, 9], [1e-308, 100])
    assert np.isnan(found.value).tolist() == [True, False]
    assert "1 row with nobody to count for" in found.sentence
    with pytest.raises(Unfit, match="multiplier"):
        rates([3], [100], multiplier=np.inf)
    with pytest.raises(Unfit, match="phi"):
        rates([3], [100], phi=np.inf)


def test_exact_limits_are_r_s_and_byar_s_nearer_to_them_than_epitools():
    """R 4.2.2: poisson.test(x)$conf.int for x of 1, 8, 46, 65 and 400; epitools 0.5-10.1: pois.byar(8) and (46).

    epitools' `pois.byar` takes x + 1/2 at both ends (Rothman and Boice 1979); Breslow and Day, and ours, x below and
    x + 1 above, which lies within 1% of the exact limits from eight events on, and epitools' 9% inside them.
    """
    x = [1, 8, 46, 65, 400]
    exact, byar = (rates(x, np.ones(5), multiplier=1, method=name) for name in ("exact", "byar"))
    low = [0.02531780798429, 3.453832176749, 33.67778140897, 50.16562772923, 361.7562966311]
    high = [5.5716433909389, 15.763189220193, 61.35755371059, 82.84783581587, 441.1866480967]
    assert exact.low == pytest.approx(low, rel=1e-9)
    assert exact.high == pytest.approx(high, rel=1e-9)
    their_low, their_high = [3.7732932451694, 34.10261863168], [15.09621249482, 60.7871595621]
    assert byar.low[1:] == pytest.approx(low[1:], rel=0.01)
    assert byar.high[1:] == pytest.approx(high[1:], rel=0.001)
    assert np.array(their_low) / low[1:3] == pytest.approx([1.0925, 1.0126], abs=1e-4)
    assert np.array(their_high) / high[1:3] == pytest.approx([0.9577, 0.9907], abs=1e-4)
