"""Forecasts: those of slow twins, intervals that hold, and scores that tell good from bad."""

import numpy as np
import pytest
from scipy.optimize import minimize

from redway.methods.inputs import Unfit
from redway.methods.seasonality.forecast import METHODS, _harmonic, _smoothed, far_off, forecast, score


def monthly(rng, months=84, mean=40.0, season=0.3, phi=1.0, drift=0.0):
    t = np.arange(months)
    mu = mean * np.exp(season * np.sin(2 * np.pi * t / 12) + drift * t)
    return (rng.poisson(mu) if phi == 1 else rng.negative_binomial(mu / (phi - 1), 1 / phi)).astype(float)


def test_the_simple_ones():
    y = np.arange(40.0)
    assert forecast(y, 12, h=3, method="naive").mean.tolist() == [39, 39, 39]
    assert forecast(y, 12, h=14, method="seasonal-naive").mean.tolist() == [*range(28, 40), 28, 29]


def test_harmonic_is_the_likeliest_fit():
    y = monthly(np.random.default_rng(1))
    t = np.arange(85)
    x = np.column_stack([np.ones(85), (t - 84) / 12, np.sin(t * np.pi / 6), np.cos(t * np.pi / 6)])

    def surprise(b):
        eta = x[:84] @ b
        return np.exp(eta).sum() - y @ eta

    best = minimize(surprise, [3.5, 0, 0, 0], method="BFGS", options={"gtol": 1e-4}).x
    now = x[84].copy()
    now[1] = 0
    assert _harmonic(y, 12, 1, 1)[0] == pytest.approx(np.exp(now @ best), rel=1e-4)


def test_smoothing_is_the_slow_twins():
    y = monthly(np.random.default_rng(2), months=60)
    x = np.sqrt(y + 0.375)
    best = (np.inf, None)
    for a in (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9):
        for g in (0.0, 0.05, 0.15, 0.3):
            level = x[:24].mean()
            season = [np.mean([x[m] - x[:12].mean(), x[12 + m] - x[12:24].mean()]) for m in range(12)]
            total = 0.0
            for t in range(60):
                e = x[t] - level - season[t % 12]
                total += e**2 if t >= 24 else 0
                level += a * e
                season[t % 12] += g * (1 - a) * e
            if total < best[0]:
                best = (total, level + season[0])
    assert _smoothed(y, 12, 1)[0] == pytest.approx(best[1] ** 2 - 0.375)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("mean", "phi"), [(40, 1), (40, 4), (3, 1)])
def test_intervals_hold_about_as_often_as_they_say(method, mean, phi):
    rng = np.random.default_rng(3)
    held = []
    for _ in range(60):
        y = monthly(rng, mean=mean, phi=phi, months=66)
        made = forecast(y[:60], 12, h=6, method=method)
        held += ((y[60:] >= made.low) & (y[60:] <= made.high)).tolist()
    assert 0.72 < np.mean(held) < 0.96


def test_the_score_tells_good_from_bad():
    rng = np.random.default_rng(4)
    wins = []
    for _ in range(6):
        found = score(monthly(rng), 12)
        by = {one.method: one for one in found.scores}
        wins.append(by["harmonic"].mase < by["seasonal-naive"].mase and by["harmonic"].mase < by["naive"].mase)
        assert found.scores[0].forecasts == 12 * 3 - 3
        assert "months not seen" in found.sentence
    assert sum(wins) >= 5


def test_the_score_never_sees_what_it_forecasts():
    y = monthly(np.random.default_rng(5))
    changed = y.copy()
    changed[-1] = 0
    one, two = (score(series, 12, h=1, holdout=2, methods=("smoothed",)).scores[0] for series in (y, changed))
    first = abs(y[-2] - forecast(y[:-2], 12, h=1).mean[0])
    for series, found in ((y, one), (changed, two)):
        last = abs(series[-1] - forecast(series[:-1], 12, h=1).mean[0])
        usual = np.abs(y[12:-2] - y[:-14]).mean()
        assert found.mase == pytest.approx((first + last) / 2 / usual)


def test_odd_series_get_an_answer_without_a_warning():
    for y in (np.zeros(60), np.full(60, 9.0), np.r_[np.zeros(59), 5.0], np.r_[1e6, np.zeros(59)]):
        for method in METHODS:
            made = forecast(y, 12, method=method)
            assert np.isfinite([made.mean, made.low, made.high]).all()
            assert (made.low <= made.mean).all()
            assert (made.mean <= made.high).all()
            assert (made.low < made.high).all(), "a count has chance of its own"
            assert "-0" not in made.sentence
    assert "are needed" in forecast(np.ones(20), 12).sentence
    assert score(np.ones(30), 12).cannot_tell
    assert forecast([], 12).cannot_tell
    assert np.isnan(score(np.ones(80), 12).scores[0].mase)
    for wrong in ({"h": 0}, {"method": "best"}, {"level": 1}, {"harmonics": 9}):
        with pytest.raises(Unfit):
            forecast(np.ones(60), 12, **wrong)
    with pytest.raises(Unfit):
        forecast([1, -1], 2)


def test_a_score_beside_a_year_ago_that_is_never_off_is_said_to_have_none():
    found = score(np.full(84, 9.0), 12)
    assert np.isnan(found.scores[0].mase)
    assert found.sentence.endswith("none of 4 ways was nearer than another.")


FIVE_YEARS_TEXT = """42 38 38 35 41 38 39 41 39 41 54 54 44 44 43 39 39 38 45 45 43 50 56 62 51 41 42 41 45 44 45 48 40
50 56 55 52 44 46 39 49 46 49 42 44 49 60 66 52 49 42 49 50 45 50 48 52 52 53 54"""
FIVE_YEARS = np.array(FIVE_YEARS_TEXT.split(), dtype=float)


def test_smoothing_is_r_s_holt_winters():
    """R 4.2.2: HoltWinters(sqrt(y + 3/8), alpha, beta = FALSE, gamma) from the same start (l.start, s.start), the pair
    of weights with the least squares after two years (0.1 and 0.3), predict(6)^2 - 3/8."""
    assert forecast(FIVE_YEARS, 12).mean == pytest.approx(
        [51.2226897477, 46.3061238717, 44.6312935492, 43.5117585118, 47.3182611435, 44.2271972035], rel=1e-9
    )


def test_harmonic_is_r_s_glm():
    """R 4.2.2: glm(y ~ t + sin(a) + cos(a) + sin(2 * a) + cos(2 * a), poisson), a <- pi * t / 6; t held at its end."""
    assert forecast(FIVE_YEARS, 12, method="harmonic").mean == pytest.approx(
        [56.5684509326, 49.7506466679, 45.8531864651, 46.1182627035, 48.6528948373, 50.1450655591], rel=1e-6
    )


def test_the_score_is_r_s():
    """R 4.2.2: mean(abs(y[end + k] - y[end + k - 12])) over ends 48 to 59 and k of 1 to 3, over
    mean(abs(diff(y[1:48], 12))); the same with y[end]."""
    by = {one.method: one for one in score(FIVE_YEARS, 12).scores}
    assert by["naive"].mase == pytest.approx(1.21122994652, rel=1e-9)
    assert by["seasonal-naive"].mase == pytest.approx(1.35561497326, rel=1e-9)


def test_the_interval_score_is_sklearn_s_and_the_slow_twin_s():
    """scikit-learn 1.9.1: 2 / 0.2 * (mean_pinball_loss(y, low, alpha=0.1) + mean_pinball_loss(y, high, alpha=0.9))."""
    found = score(FIVE_YEARS, 12, methods=("seasonal-naive",), h=2, holdout=6, level=0.8).scores[0]
    total, held, off, number = 0.0, 0, 0.0, 0
    for end in range(54, 60):
        made = forecast(FIVE_YEARS[:end], 12, h=min(2, 60 - end), method="seasonal-naive", level=0.8)
        for truth, middle, low, high in zip(FIVE_YEARS[end:], made.mean, made.low, made.high, strict=False):
            for edge, quantile in ((low, 0.1), (high, 0.9)):
                total += 2 / 0.2 * max(quantile * (truth - edge), (quantile - 1) * (truth - edge))
            held += low <= truth <= high
            off += abs(truth - middle)
            number += 1
    usual = sum(abs(FIVE_YEARS[t] - FIVE_YEARS[t - 12]) for t in range(12, 54)) / 42
    assert (found.forecasts, found.covered) == (number, held / number)
    assert found.interval_score == pytest.approx(25.727272727272734)
    assert (found.interval_score, found.mase) == pytest.approx((total / number, off / number / usual))


def test_the_interval_is_the_slow_twin_s():
    """Every miss of the past on the scale of roots, horizon by horizon, and the one that enough of them do not pass."""
    made, root = forecast(FIVE_YEARS, 12, h=3, method="seasonal-naive", level=0.8), np.sqrt(FIVE_YEARS + 0.375)
    misses = [[root[t] - root[t - 12] for t in range(36 + k, 60)] for k in range(3)]
    spread = [np.sqrt(np.mean(np.square(one))) for one in misses]
    spread = [max(spread[: k + 1]) for k in range(3)]
    shares = sorted(abs(miss) / spread[k] for k in range(3) for miss in misses[k])
    needed = 0.8 * (1 + 1 / 24)
    reach = next(s for i, s in enumerate(shares) if i >= needed * (len(shares) - 1) - 1e-9)
    for k in range(3):
        middle = np.sqrt(FIVE_YEARS[48 + k] + 0.375)
        assert made.low[k] == round((middle - reach * spread[k]) ** 2 - 0.375)
        assert made.high[k] == round((middle + reach * spread[k]) ** 2 - 0.375)


def test_a_past_without_change_leaves_a_count_its_own_chance():
    rare = forecast(np.r_[np.zeros(59), 9.0], 12, method="harmonic")
    assert "expected to have 5.4 (80% interval 3 to 9" in rare.sentence
    assert "expected to have 5 (80% interval 2 to 8" in forecast(np.full(60, 5.0), 12).sentence
    assert "expected to have 0 (80% interval 0 to 1" in forecast(np.zeros(60), 12, method="naive").sentence
    measured = forecast(np.full(60, 5.5), 12, method="naive")
    assert "5.5 (most of 24 forecasts of the past were exact" in measured.sentence


@pytest.mark.parametrize("made", [lambda y: forecast(y, 12, method="harmonic"), lambda y: score(y, 12)])
def test_one_value_that_outweighs_all_others_is_said_to_be_mistyped(made):
    y = np.full(120, 30.0)
    y[1] = 999_999_999_999_999
    with pytest.raises(Unfit, match="999,999,999,999,999 among values whose median is 30"):
        made(y)


def test_far_off_is_a_typing_error_and_no_busy_month():
    calm = monthly(np.random.default_rng(7), months=120, phi=6.0)
    assert not far_off(np.stack([calm, np.zeros(120), np.full(120, 1e6)])).any()
    quiet = np.zeros(120)
    quiet[[3, 50]] = 2, 90
    assert not far_off(quiet).any()
    flat = np.full(120, 30.0)
    flat[4] = 1e9
    assert np.flatnonzero(far_off(flat)).tolist() == [4]
