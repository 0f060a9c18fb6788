import numpy as np
import pytest
from scipy import stats

from redway.methods.comparison.trend import MOST_RANKED, trend
from redway.methods.inputs import Unfit


@pytest.mark.parametrize("method", ["quasipoisson", "negbin", "mann-kendall"])
def test_fewer_than_five_points_get_no_verdict(method):
    assert trend([1, 2, 3, 4], method=method).sentence == "No trend can be told: fewer than 5 points."
    assert not trend([1, 2, 3, 4, 9], method=method).cannot_tell


def test_quasi_poisson_is_the_regression_of_the_textbook():
    """Newton's method on the likelihood, step by step."""
    y, t, b = np.array([3, 5, 4, 8, 9, 13, 11, 20.0]), np.arange(8.0), np.array([1.0, 0.0])
    x = np.column_stack([np.ones(8), t])
    for _ in range(50):
        mu = np.exp(x @ b)
        b = b + np.linalg.solve(x.T @ (x * mu[:, None]), x.T @ (y - mu))
    phi = max(1, ((y - mu) ** 2 / mu).sum() / 6)
    error = np.sqrt(phi * np.linalg.inv(x.T @ (x * mu[:, None]))[1, 1])
    found = trend(y)
    assert found.slope == pytest.approx(100 * np.expm1(b[1]), rel=1e-9)
    assert found.low == pytest.approx(100 * np.expm1(b[1] - stats.t.ppf(0.975, 6) * error), rel=1e-9)


def test_mann_kendall_and_sen_are_what_pairs_say():
    y = np.random.default_rng(1).normal(size=30) + np.arange(30) * 0.1
    slopes = [(y[j] - y[i]) / (j - i) for i in range(30) for j in range(i + 1, 30)]
    found = trend(y, method="mann-kendall")
    assert found.slope == pytest.approx(np.median(slopes))
    assert found.p == pytest.approx(stats.kendalltau(range(30), y).pvalue)


def test_more_points_than_pairs_can_be_made_of_are_refused():
    y = np.arange(MOST_RANKED + 1)
    with pytest.raises(Unfit, match=r"at most 4,000 points.*4,001.*add them up to longer periods"):
        trend(y, method="mann-kendall")
    assert trend(y).points == y.size


TIED = [1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("y", "way"), [(TIED, "fall"), (TIED[::-1], "rise")])
def test_mann_kendall_s_verdict_is_that_of_p_where_many_values_are_equal(y, way):
    found = trend(y, method="mann-kendall")
    assert (found.slope, found.low, found.high) == (0, 0, 0)
    assert found.p == stats.kendalltau(range(26), y).pvalue < 0.05
    assert found.different
    assert found.sentence.startswith(
        f"Values tend to {way}, though the median slope is 0 a period, as many values are equal (95% interval 0 to 0 "
        "of the slope, 26 points, p = "
    )
    sure = trend(y, method="mann-kendall", conf_level=0.9999).sentence
    assert sure.startswith("A trend of 0 a period is not statistically different from none")


def test_mann_kendall_s_sentence_does_not_contradict_its_own_numbers():
    """Small counts, whose slopes have intervals that end at nought: p and interval need not say the same."""
    rng, kinds = np.random.default_rng(6), set()
    for steep in (0.05, 0.5) * 150:
        found = trend(rng.poisson(1 + steep * np.arange(14)), method="mann-kendall")
        assert found.different == (found.p < 0.05)
        assert found.different != ("not statistically" in found.sentence or "cannot be told" in found.sentence)
        assert not {"rises by 0 a", "falls by 0 a"} & {found.sentence[11:23]}
        kinds.add((found.sentence.split()[0], "of which 0 cannot be ruled out" in found.sentence))
    assert kinds >= {("A", False), ("The", False), ("Values", True)}


@pytest.mark.parametrize("method", ["quasipoisson", "negbin", "mann-kendall"])
def test_p_is_uniform_where_there_is_no_trend(method):
    rng = np.random.default_rng(2)
    ps = [trend(rng.negative_binomial(10, 0.3, 24), method=method).p for _ in range(300)]
    assert stats.kstest(ps, "uniform").pvalue > 0.005
    assert np.mean(np.array(ps) < 0.05) <= 0.09


def test_the_interval_holds_the_trend():
    rng, mu = np.random.default_rng(3), 20 * 1.02 ** np.arange(30)
    found = [trend(rng.poisson(mu)) for _ in range(300)]
    assert 0.92 <= np.mean([f.low <= 2 <= f.high for f in found]) <= 0.99


def test_a_season_is_no_trend():
    y = np.tile([10, 12, 30, 14], 6)[:-2]
    assert abs(trend(y, period=4).slope) < 0.5
    assert "fewer than two seasons" in trend(y[:6], period=4).sentence


def test_dependence_is_warned_of_and_robust_widens():
    rng, left = np.random.default_rng(4), [0.0]
    for _ in range(79):
        left.append(0.8 * left[-1] + rng.normal(0, 0.2))
    y = rng.poisson(50 * np.exp(left))
    plain, wide = trend(y), trend(y, robust=True)
    assert "too sure" in plain.sentence
    assert wide.high - wide.low > plain.high - plain.low


def test_robust_is_nearly_right_of_short_series_that_lean_on_the_period_before():
    """Newey and West's errors alone: 24 in 100 of such series have a trend that is none."""
    rng, found = np.random.default_rng(5), []
    for _ in range(150):
        left = [rng.normal(0, 0.3)]
        for _ in range(23):
            left.append(0.6 * left[-1] + 0.8 * rng.normal(0, 0.3))
        found.append(trend(rng.poisson(50 * np.exp(left)), robust=True))
    assert np.mean([f.p < 0.05 for f in found]) <= 0.13
    assert np.mean(["too sure" in f.sentence for f in found]) >= 0.45


def test_a_series_that_does_not_vary_has_no_trend_in_words():
    assert trend([7] * 12).sentence.startswith("A trend of 0% a period is not statistically different from none")


def test_exposure_turns_counts_into_rates():
    people = np.arange(10, 20) * 100.0
    assert trend(people / 10, people).slope == pytest.approx(0, abs=1e-6)
    doubled = trend([3, 5, 4, 8, 9, 13], np.full(6, 2.0))
    assert doubled.slope == pytest.approx(trend([3, 5, 4, 8, 9, 13]).slope)


def test_bad_and_empty_series():
    assert "nothing was counted" in trend([0] * 12).sentence
    steep = trend(10.0 ** np.arange(15))
    assert steep.cannot_tell in ("", "values rise or fall by more than any such line does"), "no period lacks a count"
    assert "not statistically different from none" in trend([7] * 12).sentence
    assert trend([7] * 12, method="mann-kendall").p == 1
    assert "fewer than 5 points" in trend([]).sentence
    for bad in ([1, 2, np.nan, 3, 4], [1, -2, 3, 4, 5], [1, np.inf, 2, 3, 4]):
        with pytest.raises(Unfit):
            trend(bad)


TWELVE = [31, 44, 29, 52, 38, 61, 40, 35, 66, 71, 48, 80]


@pytest.mark.parametrize(
    ("method", "slope", "error"),
    [("quasipoisson", 0.0647472826895, 0.020820121924), ("negbin", 0.0639597038386, 0.0192465223493)],
)
def test_equal_to_r(method, slope, error):
    """R 4.2.2: glm(y ~ t, quasipoisson) and MASS::glm.nb(y ~ t), t from -5.5 to 5.5; t quantiles of 10 degrees."""
    found = trend(TWELVE, method=method)
    assert np.log1p(found.slope / 100) == pytest.approx(slope, rel=1e-6)
    assert (np.log1p(found.high / 100) - slope) / 2.2281388519649385 == pytest.approx(error, rel=1e-6)


def test_mann_kendall_is_r_s():
    """R 4.2.2: cor.test(0:11, y, method = "kendall") - its exact p, as no two values are alike."""
    assert trend(TWELVE, method="mann-kendall").p == pytest.approx(0.0209803516314, rel=1e-9)


def test_robust_errors_by_loops():
    """The wider of Newey and West's, by every pair of periods up to two apart, and the model's times (1+r)/(1-r)."""
    found, y = trend(TWELVE, robust=True), np.array(TWELVE, dtype=float)
    x = np.column_stack([np.ones(12), np.arange(12) - 5.5])
    b = np.array([np.log(y.mean()), 0.0])
    for _ in range(30):
        mu = np.exp(x @ b)
        b = b + np.linalg.solve((x.T * mu) @ x, x.T @ (y - mu))
    mu = np.exp(x @ b)
    bread, meat = np.linalg.inv((x.T * mu) @ x), np.zeros((2, 2))
    for i in range(12):
        for j in range(max(0, i - 2), min(12, i + 3)):
            meat += (1 - abs(i - j) / 3) * np.outer(x[i], x[j]) * (y[i] - mu[i]) * (y[j] - mu[j])
    robust = (bread @ meat @ bread)[1, 1] * 12 / 10
    left = (y - mu) / np.sqrt(mu)
    z = left - left.mean()
    r = min(max(sum(z[i] * z[i + 1] for i in range(11)) / (z @ z) + 4 / 12, 0), 0.9)
    # R 4.2.2, sandwich 3.0-2: NeweyWest(glm(y ~ t, poisson), lag = 2, prewhite = FALSE, adjust = TRUE)
    assert robust**0.5 == pytest.approx(0.00903830403941, rel=1e-6)
    wide = max(robust, bread[1, 1] * max(1, left @ left / 10) * (1 + r) / (1 - r)) ** 0.5
    assert (found.slope, found.high) == pytest.approx(
        (100 * np.expm1(b[1]), 100 * np.expm1(b[1] + 2.2281388519649385 * wide))
    )


@pytest.mark.parametrize("given", [{"period": 12}, {"robust": True}])
def test_mann_kendall_refuses_settings_that_it_could_only_ignore(given):
    with pytest.raises(Unfit, match="period and robust with quasipoisson or negbin alone"):
        trend(np.arange(40.0), method="mann-kendall", **given)
