import numpy as np
import pytest
from scipy import stats

from redway.methods.comparison.standardise import direct, indirect
from redway.methods.inputs import Unfit

COUNT, POP, STANDARD = [4, 12, 30], [2000, 3000, 1000], [30_000, 50_000, 20_000]


def twin(count, pop, stdpop, level=0.95):
    """`epitools::ageadjust.direct`, step by step."""
    weights = [s / sum(stdpop) for s in stdpop]
    rate = sum(w * c / p for w, c, p in zip(weights, count, pop, strict=True))
    v = sum(w**2 * c / p**2 for w, c, p in zip(weights, count, pop, strict=True))
    largest = max(w / p for w, p in zip(weights, pop, strict=True))
    low = stats.gamma.ppf((1 - level) / 2, rate**2 / v, scale=v / rate)
    high = stats.gamma.ppf(
        1 - (1 - level) / 2, (rate + largest) ** 2 / (v + largest**2), scale=(v + largest**2) / (rate + largest)
    )
    return rate, low, high


def test_direct_is_what_the_slow_twin_says():
    found = direct(COUNT, POP, STANDARD, multiplier=1)
    assert (found.value, found.low, found.high) == pytest.approx(twin(COUNT, POP, STANDARD), rel=1e-12)


def test_with_the_standard_s_own_mix_the_rate_is_the_crude_one():
    found = direct(COUNT, POP, POP, multiplier=1000)
    assert found.value == pytest.approx(found.crude)
    assert found.value == pytest.approx(46 / 6)


def test_dobson_s_interval_with_the_standard_s_own_mix_is_byar_s():
    from redway.methods.comparison.ratio import rate

    found, one = direct(COUNT, POP, POP, multiplier=1000, method="byar"), rate(46, 6000)
    assert (found.low, found.high) == pytest.approx((one.low, one.high), rel=1e-9)


def test_indirect_is_events_over_expected_and_needs_no_strata_of_events():
    found = indirect(COUNT, POP, [0.002, 0.005, 0.02])
    assert found.expected == pytest.approx(39)
    assert found.value == pytest.approx(46 / 39)
    assert indirect([46], POP, [0.002, 0.005, 0.02]) == found
    assert "not statistically different" in found.sentence


def test_uneven_weights_keep_the_promise():
    rng = np.random.default_rng(2)
    pop, standard, risk = np.array([300, 3000, 700]), np.array([40, 40, 20]), np.array([0.004, 0.003, 0.01])
    truth = risk @ standard / 100
    hits = 0
    for count in rng.poisson(risk * pop, (2000, 3)):
        found = direct(count, pop, standard, multiplier=1)
        hits += found.low <= truth <= found.high
    assert hits / 2000 >= 0.95


def test_what_cannot_be_told_is_said():
    assert "nobody lives here in stratum 2" in direct([1, 0], [10, 0], [5, 5]).sentence
    assert "fewer than 10 events" in direct([1, 2], [10, 10], [5, 5], method="byar").sentence
    assert "nothing is expected" in indirect([1], [10], [0.0]).sentence
    assert direct([0, 0], [10, 10], [5, 5]).high > 0


def test_faults_are_refused():
    with pytest.raises(Unfit, match="nobody lives"):
        direct([1, 3], [10, 0], [5, 0])
    with pytest.raises(Unfit, match="nobody in any stratum"):
        direct([1], [10], [0])
    with pytest.raises(Unfit):
        direct([1, 2], [10], [5])
    with pytest.raises(Unfit):
        direct([1], [10], [5], method="wald")
