import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from redway.methods.comparison.ratio import risk_ratio
from redway.methods.disproportionality.decision_point import decision_point, tally
from redway.methods.inputs import Unfit


def test_unlike_cases_make_a_crude_ratio_and_no_other():
    """The group is seldom in the mild stratum; within each, both are treated alike."""
    found = decision_point([20, 400], [100, 800], [180, 100], [900, 200])
    assert found.ratio == pytest.approx(1)
    assert found.crude > 1.8
    assert "not statistically different" in found.sentence


@given(st.integers(20, 90), st.integers(20, 90))
def test_one_stratum_is_one_risk_ratio(a, c):
    found, twin = decision_point([a], [100], [c], [200]), risk_ratio(a, 100, c, 200)
    assert (found.ratio, found.low, found.high) == pytest.approx((twin.value, twin.low, twin.high))


def strata(rng, ratio, n=30):
    n1, n0, risk = rng.integers(2, 40, n), rng.integers(2, 90, n), rng.uniform(0.1, 0.4, n)
    return rng.binomial(n1, risk * ratio), n1, rng.binomial(n0, risk), n0


def test_it_says_what_the_slow_twin_says():
    a, n1, c, n0 = strata(np.random.default_rng(1), 1.3)
    top = bottom = spread = 0.0
    for w, x, y, z in zip(a, n1, c, n0, strict=True):
        n = x + z
        top += w * z / n
        bottom += y * x / n
        spread += (x * z * (w + y) - w * y * n) / n**2
    found = decision_point(a, n1, c, n0)
    assert found.ratio == pytest.approx(top / bottom)
    assert np.log(found.high / found.ratio) == pytest.approx(1.959963984540054 * np.sqrt(spread / (top * bottom)))


def test_the_interval_holds_and_p_is_uniform():
    rng = np.random.default_rng(2)
    found = [decision_point(*strata(rng, 1.5)) for _ in range(1500)]
    assert np.mean([f.low <= 1.5 <= f.high for f in found]) == pytest.approx(0.95, abs=0.02)
    p = np.array([decision_point(*strata(rng, 1)).p for _ in range(1500)])
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.02)
    assert (p < 0.5).mean() == pytest.approx(0.5, abs=0.05)


def test_a_ratio_that_differs_is_told():
    found = decision_point([90, 20], [100, 100], [20, 90], [100, 100])
    assert "differs from stratum to stratum" in found.sentence


def test_the_tally_is_of_cases_in_any_order():
    rng = np.random.default_rng(3)
    group, hit, stratum = rng.random(400) < 0.4, rng.random(400) < 0.3, rng.integers(0, 5, 400)
    order = rng.permutation(400)
    one, other = (decision_point(*tally(*(c[at] for c in (group, hit, stratum)))) for at in (np.arange(400), order))
    assert one == other
    assert sum(part.sum() for part in tally(group, hit, stratum)[1::2]) == 400


def test_thin_and_bad():
    assert "fewer than 10 treated" in decision_point([5], [10], [5], [10]).sentence
    assert "fewer than 10" in decision_point([], [], [], []).sentence
    alone = decision_point([50, 50], [100, 100], [60, 0], [100, 0])
    assert "1 stratum with one group only says" in alone.sentence
    assert "cases of the group were treated so" in alone.sentence
    same = decision_point([50, 0], [50, 9], [60, 0], [60, 9])
    assert "all were treated so, or none" in same.sentence
    assert np.isnan(same.ratio)
    assert "treated so as often as those of the reference" in decision_point([50], [100], [50], [100]).sentence
    with pytest.raises(Unfit):
        decision_point([20], [10], [5], [10])


def test_equal_to_epir():
    """R 4.2.2, epiR 2.0.57: epi.2by2(array(c(12, 25, 76, 75, 30, 18, 270, 182, 6, 20, 14, 60), c(2, 2, 3)),
    method = "cohort.count"): RR.mh.wald, RR.crude.wald. Its test of one ratio is inverse-variance, ours about the
    Mantel-Haenszel ratio, so that one is the slow twin's below."""
    found = decision_point([12, 30, 6], [88, 300, 20], [25, 18, 20], [100, 200, 80])
    assert (found.ratio, found.low, found.high) == pytest.approx(
        (0.874759152215799, 0.608776944975526, 1.2569522888487), rel=1e-9
    )
    assert found.crude == pytest.approx(0.709617180205416, rel=1e-9)
    variance = [
        1 / 12 - 1 / 88 + 1 / 25 - 1 / 100,
        1 / 30 - 1 / 300 + 1 / 18 - 1 / 200,
        1 / 6 - 1 / 20 + 1 / 20 - 1 / 80,
    ]
    ratios = [12 / 88 / (25 / 100), 30 / 300 / (18 / 200), 6 / 20 / (20 / 80)]
    q = sum((np.log(r) - np.log(found.ratio)) ** 2 / v for r, v in zip(ratios, variance, strict=True))
    assert found.q_p == pytest.approx(stats.chi2.sf(q, 2))
    assert found.q_p == pytest.approx(0.170252528544992, abs=0.01), "epiR's wRR.homog"
