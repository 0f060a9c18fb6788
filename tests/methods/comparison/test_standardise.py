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


def test_direct_is_epitools():
    """R 4.2.2, epitools 0.5-10.1: ageadjust.direct(count, pop, stdpop = standard)."""
    found = direct(COUNT, POP, STANDARD, multiplier=1)
    assert (found.crude, found.value, found.low, found.high) == pytest.approx(
        (0.00766666666667, 0.0086, 0.00628609544658, 0.01150177578307), rel=1e-9
    )


def test_indirect_is_epitools_and_its_exact_limits_are_r_s():
    """R 4.2.2: epitools::ageadjust.indirect(count, pop, stdcount, stdpop)$sir; poisson.test(46, 39).

    epitools' limits are of the logarithm, symmetrical; ours of the count, and wider above for few events.
    """
    rate = np.array([60, 250, 400]) / STANDARD
    exact, byar = (indirect(COUNT, POP, rate, method=name) for name in ("exact", "byar"))
    assert (exact.events, exact.expected, exact.value) == pytest.approx((46, 39, 1.179487179487))
    assert (exact.low, exact.high) == pytest.approx((0.86353285664, 1.57327060796), rel=1e-9)
    assert (byar.low, byar.high) == pytest.approx((exact.low, exact.high), rel=2e-3)
    theirs = np.array([0.883467146522, 1.574693537899])
    assert theirs == pytest.approx(46 / 39 * np.exp(np.array([-1, 1]) * 1.959963984540054 / np.sqrt(46)), rel=1e-9)
    assert byar.low < theirs[0], "the logarithm's lower limit promises more than the exact one keeps"


def test_indirect_is_what_the_slow_twin_says():
    """Stratum by stratum; and Byar's limits of all events, as Breslow and Day print them."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        count, pop, rate = rng.integers(1, 30, 5), rng.integers(500, 5000, 5), rng.uniform(0.001, 0.01, 5)
        expected = sum(p * r for p, r in zip(pop, rate, strict=True))
        o, z = sum(count), 1.959963984540054
        low = o * (1 - 1 / (9 * o) - z / (3 * o**0.5)) ** 3 / expected
        high = (o + 1) * (1 - 1 / (9 * (o + 1)) + z / (3 * (o + 1) ** 0.5)) ** 3 / expected
        found = indirect(count, pop, rate)
        assert (found.value, found.low, found.high) == pytest.approx((o / expected, low, high))
