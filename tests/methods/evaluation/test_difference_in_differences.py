import tracemalloc

import numpy as np
import pytest

from redway.methods.evaluation import reassignment
from redway.methods.evaluation.difference_in_differences import difference_in_differences
from redway.methods.inputs import Unfit


def panel(rng, areas=20, times=12, effect=0.0, drift=0.0, mean=30, spread=0.2, given=None):
    area, time = (v.ravel() for v in np.meshgrid(np.arange(areas), np.arange(times), indexing="ij"))
    treated, after = area < (areas // 2 if given is None else given), time >= times // 2
    level = rng.gamma(8, 1 / 8, areas)[area] * mean * (1 + 0.3 * np.sin(time))
    mu = level * np.exp(effect * (treated & after) + drift * treated * time)
    return rng.poisson(mu * rng.gamma(1 / spread**2, spread**2, area.size)), area, time, treated, after


def test_two_by_two_is_the_ratio_of_ratios():
    """With every area counted alike, the effect is that of the four totals."""
    rng = np.random.default_rng(1)
    y, area, time, treated, after = panel(rng, effect=-0.3)
    totals = {(g, a): y[(treated == g) & (after == a)].sum() for g in (0, 1) for a in (0, 1)}
    found = difference_in_differences(y, area, time, treated, after)
    assert found.value == pytest.approx(
        100 * (totals[1, 1] / totals[1, 0] / (totals[0, 1] / totals[0, 0]) - 1), rel=1e-6
    )
    assert found.maryland == 4


def test_gaussian_is_the_difference_of_mean_differences():
    y, area, time, treated, after = panel(np.random.default_rng(2))
    mean = {(g, a): y[(treated == g) & (after == a)].mean() for g in (0, 1) for a in (0, 1)}
    found = difference_in_differences(y, area, time, treated, after, family="gaussian")
    assert found.value == pytest.approx(mean[1, 1] - mean[1, 0] - mean[0, 1] + mean[0, 0])


@pytest.mark.parametrize("family", ["poisson", "gaussian"])
def test_p_is_uniform_where_nothing_was_done(family):
    rng = np.random.default_rng(3)
    p = [difference_in_differences(*panel(rng, times=8), family=family).p for _ in range(200)]
    assert np.mean(np.array(p) < 0.05) <= 0.1
    assert 0.4 <= np.mean(np.array(p) < 0.5) <= 0.6


@pytest.mark.parametrize(("given", "areas"), [(1, 8), (1, 20), (2, 12), (11, 12)])
def test_few_treated_areas_do_not_make_it_surer(given, areas):
    """Errors robust to clusters have p under 0.05 in 60 of 100 panels with one area of twenty treated."""
    rng = np.random.default_rng(11)
    found = [difference_in_differences(*panel(rng, areas, times=6, given=given)) for _ in range(40)]
    assert np.mean([f.p <= 0.05 for f in found]) <= 0.12
    assert np.mean([f.different for f in found]) <= 0.12
    assert np.mean(["different ways before" in f.sentence for f in found]) <= 0.12
    assert all(f.low <= f.value <= f.high and f.figures["ways"] >= areas for f in found)


@pytest.mark.parametrize("family", ["poisson", "gaussian"])
def test_an_effect_on_few_areas_is_found_and_held(family):
    found = difference_in_differences(*panel(np.random.default_rng(15), mean=100, effect=-0.7, given=3), family=family)
    truth = 100 * np.expm1(-0.7)
    assert found.different
    assert found.p == pytest.approx(1 / 1140)
    if family == "poisson":
        assert found.low < truth < found.high


def test_what_cannot_be_told_of_too_few_areas_has_no_limits():
    found = difference_in_differences(*panel(np.random.default_rng(13), 8, effect=-1.5, given=1))
    assert found.p == pytest.approx(1 / 8)
    assert not found.different
    assert "1 area treated of 8" in found.sentence
    assert "too few for limits" in found.sentence
    alike = difference_in_differences(*panel(np.random.default_rng(13), 4, effect=-1.5))
    assert alike.p >= 1 / 3  # with sides alike, each way has one that is the same turned round


def test_p_of_few_areas_is_the_share_of_ways():
    """One area treated, none of another size: the rank of its change among all."""
    y, area, time, treated, after = panel(np.random.default_rng(14), 9, spread=0.5, given=1)
    y, order = np.full(y.size, 30.0), np.array([3, -8, 1, 9, -2, 0, -5, 6, -1])
    y[after] += order[area[after]]
    found = difference_in_differences(y, area, time, treated, after, family="gaussian")
    d = order - order.mean()
    assert found.p == pytest.approx(np.mean(np.abs(d) >= abs(d[0]) - 1e-9))


def test_more_ways_than_can_be_gone_through_are_drawn_and_always_the_same():
    columns = panel(np.random.default_rng(15), 30, times=4, given=5)
    one, other = difference_in_differences(*columns), difference_in_differences(*columns)
    assert one.figures["ways"] == 5000
    assert (one.p, one.low, one.high) == (other.p, other.low, other.high)


def test_the_interval_holds_the_effect():
    rng = np.random.default_rng(4)
    found = [difference_in_differences(*panel(rng, times=8, effect=np.log(0.8))) for _ in range(200)]
    assert 0.9 <= np.mean([f.low <= -20 <= f.high for f in found]) <= 0.99


def test_ways_that_parted_before_are_told():
    found = difference_in_differences(*panel(np.random.default_rng(5), drift=0.1))
    assert "went different ways before" in found.sentence


def test_order_does_not_matter():
    columns = panel(np.random.default_rng(6))
    order = np.random.default_rng(7).permutation(columns[0].size)
    one, other = difference_in_differences(*columns), difference_in_differences(*(c[order] for c in columns))
    assert (one.value, one.low) == pytest.approx((other.value, other.low))


def test_ways_drawn_in_parts_are_those_drawn_at_once(monkeypatch):
    columns = panel(np.random.default_rng(15), 30, times=4, given=5)
    at_once = difference_in_differences(*columns)
    monkeypatch.setattr(reassignment, "AT_ONCE", 7 * 30 + 1)
    in_parts = difference_in_differences(*columns)
    assert (in_parts.p, in_parts.low, in_parts.high) == (at_once.p, at_once.low, at_once.high)


def test_thousands_of_areas_need_no_column_for_each():
    """With one it would take over 8 GB."""
    columns = panel(np.random.default_rng(16), 3000, times=36, effect=-0.1)
    tracemalloc.start()
    found = difference_in_differences(*columns)
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
    assert found.low <= 100 * np.expm1(-0.1) <= found.high


@pytest.mark.parametrize(("areas", "times"), [(10_001, 2), (1_001, 1_000)])
def test_more_areas_and_periods_than_memory_holds_are_refused(areas, times):
    area, time = np.divmod(np.arange(areas * times), times)
    with pytest.raises(
        Unfit, match=rf"at most 10,000 areas, and 1,000,000.*{areas:,} areas in {times:,} .*add them up"
    ):
        difference_in_differences(np.ones(area.size), area, time, area < 9, time > 0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e308])
def test_a_time_that_is_none_is_refused_with_its_line(bad):
    y, area, time, treated, after = panel(np.random.default_rng(8))
    spoilt = time.astype(float)
    spoilt[17] = bad
    with pytest.raises(Unfit, match=r"line 19: expected time: numbers"):
        difference_in_differences(y, area, spoilt, treated, after)


@pytest.mark.parametrize("bad", [np.datetime64("NaT"), "", " ", None])
def test_a_blank_month_is_refused_with_its_line(bad):
    y, area, time, treated, after = panel(np.random.default_rng(8))
    months = np.datetime64("2024-01") + time
    spoilt = months.copy() if isinstance(bad, np.datetime64) else months.astype(str).astype(object)
    whole = difference_in_differences(y, area, spoilt, treated, after)
    assert whole.value == difference_in_differences(y, area, time, treated, after).value
    spoilt[17] = bad
    with pytest.raises(Unfit, match=r"line 19: expected time: a period in every row"):
        difference_in_differences(y, area, spoilt, treated, after)


def test_bad_and_thin_tables():
    y, area, time, treated, after = panel(np.random.default_rng(8))
    with pytest.raises(Unfit, match="staggered"):
        difference_in_differences(y, area, time, treated, after ^ (area == 1))
    twice = np.r_[np.arange(y.size), 3]
    with pytest.raises(Unfit, match=r"line 242.*another for 0 in 3"):
        difference_in_differences(*(c[twice] for c in (y, area, time, treated, after)))
    part = difference_in_differences(*(c[5:] for c in (y, area, time, treated, after)))
    assert "5 rows of 240 not there; they are taken as not known, and not as 0" in [a.said for a in part.assumptions]
    with pytest.raises(Unfit, match="treated or not"):
        difference_in_differences(y, area, time, treated & after, after)
    assert "not all there" in difference_in_differences(y, area, time, treated, np.zeros(y.size)).sentence
    assert "No effect" in difference_in_differences(np.zeros(y.size), area, time, treated, after).sentence
    assert "No effect" in difference_in_differences(np.full(y.size, 5), area, time, treated, after).sentence
    gone = np.where(treated & after, 0, y)
    assert "no event before or none after" in difference_in_differences(gone, area, time, treated, after).sentence
    few = area % 10 == 0
    assert "before-after" in difference_in_differences(*(c[few] for c in (y, area, time, treated, after))).sentence


FOURTEEN = """31 29 20 18 12 15 9 10 44 40 31 35 22 20 17 12 18 21 15 11 27 33 19 22 35 30 24 29
              25 27 26 22 14 11 15 13 38 41 36 44 20 19 23 18 33 30 28 35 16 21 17 15 29 24 30 27"""


def fourteen():
    y, area, time = np.array(FOURTEEN.split(), dtype=float), np.repeat(np.arange(14), 4), np.tile(np.arange(4), 14)
    return y, area, time, area < 7, time >= 2


# What is ours beside `sandwich`: areas count once (nested fixed effects), and either side has a mean of its own.
NESTED = (56 - 18) / (56 - (18 - 14 + 1))
OWN_MEANS = (2 / 7) / (2 * 6 / 49) * 13 / 14


@pytest.mark.parametrize(
    ("family", "coefficient", "error"),
    [("poisson", -0.32931256358, 0.0560503095224), ("gaussian", -7.57142857143, 1.29493512486)],
)
def test_equal_to_r_glm_lm_and_sandwich(family, coefficient, error):
    """R 4.2.2, sandwich 3.0-2: m <- glm(y ~ factor(area) + factor(time) + I(treated * after), poisson), or lm;
    vcovCL(m, cluster = area, type = "HC1")."""
    found = difference_in_differences(*fourteen(), family=family).figures
    assert found["coefficient"] == pytest.approx(coefficient, rel=1e-9)
    assert found["se"] == pytest.approx(error * np.sqrt(NESTED * OWN_MEANS), rel=1e-9)


def test_it_says_what_the_slow_twin_says():
    """Newton's steps on all 18 terms, and each area's scores added up by hand."""
    y, area, time, treated, after = fourteen()
    x = np.array(
        [
            [1.0, g and a, *(i == k for k in range(1, 14)), *(t == k for k in range(1, 4))]
            for i, t, g, a in zip(area, time, treated, after, strict=True)
        ]
    )
    b = np.zeros(18)
    b[0] = np.log(y.mean())
    for _ in range(30):
        mu = np.exp(x @ b)
        b = b + np.linalg.solve((x.T * mu) @ x, x.T @ (y - mu))
    mu = np.exp(x @ b)
    bread, meat = np.linalg.inv((x.T * mu) @ x), np.zeros((18, 18))
    for k in range(14):
        score = sum(x[i] * (y[i] - mu[i]) for i in range(56) if area[i] == k)
        meat += np.outer(score, score)
    variance = (bread @ meat @ bread)[1, 1] * 14 / 13 * 55 / 38
    found = difference_in_differences(y, area, time, treated, after).figures
    assert (found["coefficient"], found["se"]) == pytest.approx((b[1], np.sqrt(variance * NESTED * OWN_MEANS)))
