"""Calendar effects: planted ones are found, none are found where there is none, and a fit by hand agrees."""

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.seasonality.calendar_effects import WEEKDAYS, calendar_effects

DATES = np.arange("2022-01-01", "2024-01-01", dtype="datetime64[D]")
WEEKDAY = (DATES.astype(int) + 3) % 7
MONTH = DATES.astype("datetime64[M]").astype(int) % 12
HOLIDAY = (MONTH == 7) | ((MONTH == 11) & (np.arange(DATES.size) % 2 == 0))


def daily(rng, weekday=None, holiday=1.0, mean=12.0, phi=1.0, leaning=0.0):
    mu = np.full(DATES.size, mean)
    if weekday is not None:
        mu = mu * np.asarray(weekday)[WEEKDAY]
    mu = mu * np.where(HOLIDAY, holiday, 1.0)
    noise = rng.normal(size=DATES.size)
    for t in range(1, noise.size if leaning else 1):
        noise[t] = leaning * noise[t - 1] + np.sqrt(1 - leaning**2) * noise[t]
    mu = mu * np.exp(0.3 * noise) if leaning else mu
    return (rng.poisson(mu) if phi == 1 else rng.negative_binomial(mu / (phi - 1), 1 / phi)).astype(float)


def test_planted_effects_are_found():
    week = np.array([0.8, 0.8, 0.9, 1.0, 1.2, 1.5, 1.1])
    y = daily(np.random.default_rng(1), week, 1.4, mean=60)
    found = calendar_effects(y, DATES, {"school holiday": HOLIDAY})
    assert found.names == (*WEEKDAYS, "school holiday")
    assert found.ratio[:7] == pytest.approx(week / np.exp(np.log(week).mean()), rel=0.05)
    assert found.low[7] < 1.4 < found.high[7]
    assert np.log(found.ratio[:7]).sum() == pytest.approx(0, abs=1e-9)
    assert "Saturday is the busiest day" in found.sentence
    by_day = [found.adjusted[d == WEEKDAY].mean() for d in range(7)]
    assert np.ptp(by_day) / np.mean(by_day) < 0.05


def test_without_season_and_trend_it_is_the_mean_of_each_weekday():
    y = daily(np.random.default_rng(2), mean=9)
    found = calendar_effects(y, DATES, harmonics=0, trend=False)
    means = np.array([y[d == WEEKDAY].mean() for d in range(7)])
    assert found.ratio == pytest.approx(means / np.exp(np.log(means).mean()), rel=1e-6)


@pytest.mark.parametrize(("phi", "leaning"), [(1, 0), (3, 0), (1, 0.5)])
def test_where_there_is_none_it_finds_none_more_often_than_it_says(phi, leaning):
    rng = np.random.default_rng(3)
    week, holiday = [], []
    for _ in range(150):
        found = calendar_effects(daily(rng, phi=phi, leaning=leaning), DATES, {"holiday": HOLIDAY})
        week.append(found.weekdays < 0.05)
        holiday.append(found.low[7] > 1 or found.high[7] < 1)
    assert np.mean(week) < 0.12
    assert np.mean(holiday) < 0.14


def test_days_that_are_not_known_may_be_left_out():
    y = daily(np.random.default_rng(4), mean=30)
    keep = np.random.default_rng(5).random(DATES.size) > 0.2
    found = calendar_effects(y[keep], DATES[keep], {"holiday": HOLIDAY[keep]})
    assert found.ratio == pytest.approx(np.ones(8), abs=0.1)


def test_weeks_with_shares_of_days():
    weeks = DATES[::7][:104]
    share = np.add.reduceat(HOLIDAY.astype(float), np.arange(0, 728, 7)) / 7
    y = np.random.default_rng(6).poisson(100 * np.exp(0.3 * share))
    found = calendar_effects(y, weeks, {"holiday": share}, weekday=False)
    assert found.low[0] < np.exp(0.3) < found.high[0]
    assert np.isnan(found.weekdays)


def test_odd_series_get_an_answer():
    assert "are needed" in calendar_effects(np.ones(10), DATES[:10]).sentence
    assert calendar_effects(np.zeros(100), DATES[:100]).cannot_tell
    constant = calendar_effects(np.full(500, 5.0), DATES[:500])
    assert constant.sentence == (
        "Cannot tell: every one of 500 periods has 5: nothing varies, with the calendar or otherwise."
    )
    assert np.isnan(constant.weekdays)
    assert "every day or none" in calendar_effects(np.arange(100) % 3, DATES[:100], {"x": np.zeros(100)}).cannot_tell
    never = np.where(WEEKDAY == 6, 0.0, 3.0)
    assert "no event" in calendar_effects(never, DATES).cannot_tell
    with pytest.raises(Unfit, match="in order"):
        calendar_effects(np.ones(100), DATES[:100][::-1])
    with pytest.raises(Unfit):
        calendar_effects(np.ones(100), DATES[:100], {"a": HOLIDAY[:99]})
    with pytest.raises(Unfit):
        calendar_effects(np.arange(730) % 3, DATES, {"a": HOLIDAY, "b": HOLIDAY})


def twenty_weeks():
    t = np.arange(140)
    holiday = ((t >= 40) & (t < 50)) | ((t >= 100) & (t < 110))
    return 12 + t * 7 % 11 + 6 * (t % 7 >= 5) + 4 * holiday, np.datetime64("2024-01-01") + t, holiday


def test_equal_to_r_glm_and_sandwich():
    """R 4.2.2, sandwich 3.0-2: m <- glm(y ~ weekday + holiday + I(years - mean(years)), quasipoisson), weekdays by
    contr.sum; NeweyWest(m, lag = 7, prewhite = FALSE, adjust = TRUE); the weekdays' Wald test over 6 by pf."""
    y, dates, holiday = twenty_weeks()
    found = calendar_effects(y, dates, {"school holiday": holiday})
    effect = [-0.0761942360787, -0.085771026151, -0.0934668270952, -0.070893314627, -0.0794225303818, 0.2061140397707]
    error = [0.0381323239308, 0.0390160534415, 0.038723804075, 0.0372813256395, 0.0382106185727, 0.0294685042383]
    assert np.log(found.ratio) == pytest.approx([*effect, -sum(effect), 0.1943402721607], rel=1e-9)
    reach = np.log(found.high / found.ratio) / 1.978238530
    assert np.delete(reach, 6) == pytest.approx([*error, 0.0191896622089], rel=1e-7)
    assert (found.phi, found.weekdays) == pytest.approx((0.568560849075, 8.85696758026e-24), rel=1e-7)


def test_the_covariance_is_the_slow_twins():
    """Newton's steps, then every pair of days up to a week apart, with both of their scores."""
    y, dates, holiday = twenty_weeks()
    t = np.arange(140)
    week = [[(d == k) * 1.0 - (d == 6) for k in range(6)] for d in t % 7]
    x = np.column_stack([week, holiday, np.ones(140), t / 365.2425])
    b = np.zeros(9)
    b[7] = np.log(y.mean())
    for _ in range(20):
        mu = np.exp(x @ b)
        b = b + np.linalg.solve((x.T * mu) @ x, x.T @ (y - mu))
    mu = np.exp(x @ b)
    bread, meat = np.linalg.inv((x.T * mu) @ x), np.zeros((9, 9))
    for i in range(140):
        for j in range(max(0, i - 7), min(140, i + 8)):
            meat += (1 - abs(i - j) / 8) * (y[i] - mu[i]) * (y[j] - mu[j]) * np.outer(x[i], x[j])
    error = np.sqrt((bread @ meat @ bread)[6, 6] * 140 / 131)
    found = calendar_effects(y, dates, {"school holiday": holiday})
    assert found.low[7] == pytest.approx(np.exp(b[6] - 1.978238530 * error))
    assert found.adjusted == pytest.approx(y / np.exp(x[:, :7] @ b[:7]))
