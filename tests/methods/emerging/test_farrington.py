"""Farrington's flexible method: equal to surveillance, to a slow twin, and to what it promises."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import nbinom, norm, poisson
from scipy.stats import t as student

from redway.methods.emerging import farrington
from redway.methods.emerging.far_tail import far_tail
from redway.methods.emerging.farrington import Settings, farrington_flexible
from redway.methods.emerging.reference_weeks import references
from redway.methods.emerging.thresholds import at_least
from redway.methods.inputs import Unfit

UKHSA = Settings(
    no_periods=10, past_weeks_not_included=26, p_threshold_trend=1, threshold_method="nbPlugin", alpha=0.005
)
OLD = Settings(weights_threshold=1, b=4, alpha=0.1)


def weekly(series, seed=1, years=6, low=1.0, high=20.0, trend=-0.001):
    """Over-dispersed counts with season and slow trend; nothing happens in them."""
    rng = np.random.default_rng(seed)
    t = np.arange(52 * years)
    mean = np.exp(rng.uniform(np.log(low), np.log(high), (series, 1)) + 0.3 * np.sin(2 * np.pi * t / 52) + trend * t)
    return rng.negative_binomial(mean, 0.5).astype(float)


def glm(y, x, w):
    """Iteratively reweighted least squares; coefficients, fitted values, unscaled covariance, leverages."""
    mu = y + 0.1
    beta = np.zeros(x.shape[1])
    for _ in range(200):
        z = np.log(mu) + (y - mu) / mu
        inverse = np.linalg.inv((x.T * (w * mu)) @ x)
        new = inverse @ (x.T * (w * mu)) @ z
        mu = np.exp(x @ new)
        if np.allclose(new, beta, atol=1e-12):
            break
        beta = new
    inverse = np.linalg.inv((x.T * (w * mu)) @ x)
    return new, mu, inverse, w * mu * np.einsum("ij,jk,ik->i", x, inverse, x)


def twin(series, k, s):
    """One week of one series, by the book."""
    like = references(
        k,
        frequency=s.frequency,
        b=s.b,
        w=s.w,
        no_periods=s.no_periods,
        past_weeks_not_included=s.newest_left_out,
    )
    at = k - like.back
    y = series[at]
    dummies = (like.season[:, None] == np.arange(like.seasons)).astype(float)
    now = np.append(np.arange(like.seasons) == like.seasons - 1, k).astype(float)

    def fit(trend):
        x = np.column_stack([dummies, at]) if trend else dummies
        _, mu, _, h = glm(y, x, np.ones(y.size))
        df = y.size - x.shape[1]
        phi = max(1, np.sum((y - mu) ** 2 / mu) / df)
        a = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - mu**0.5) / np.sqrt(phi * (1 - h))
        w = np.where(a > s.weights_threshold, a**-2.0, 1)
        w *= y.size / w.sum()
        beta, mu, inverse, _ = glm(y, x, w)
        raw = np.sum(w * (y - mu) ** 2 / mu) / df
        x0 = now[: x.shape[1]] if trend else now[:-1]
        p = 2 * student.sf(abs(beta[-1]) / np.sqrt(raw * inverse[-1, -1]), df)
        return np.exp(x0 @ beta), raw * (x0 @ inverse @ x0), max(1, raw), beta[-1] if trend else np.nan, p

    mean, variance, phi, slope, p = fit(True)
    if not (s.trend and s.b >= 3 and p < s.p_threshold_trend and mean <= y.max()):
        mean, variance, phi, slope, _ = fit(False)
    if s.threshold_method == "delta":
        error = np.sqrt(4 / 9 * mean ** (1 / 3) * (phi + variance * mean))
        bound = (mean ** (2 / 3) + norm.ppf(1 - s.alpha) * error) ** 1.5
        return mean, phi, slope, bound, norm.sf(series[k] ** (2 / 3), mean ** (2 / 3), error)
    if s.threshold_method == "muan":
        mean = np.exp(np.log(mean) + norm.ppf(1 - s.alpha) * np.sqrt(variance))
    law = nbinom(mean / (phi - 1), 1 / phi) if phi > 1 else poisson(mean)
    return None, phi, slope, law.ppf(1 - s.alpha), law.sf(series[k] - 1)


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings(trend=False), OLD, UKHSA, replace(UKHSA, threshold_method="muan"), Settings(no_periods=4)],
)
def test_it_says_what_the_slow_twin_says(settings):
    counts = weekly(6)
    weeks = [290, 311]
    found = farrington_flexible(counts, weeks, settings=replace(settings, limit54=(0, 1)))
    for i, series in enumerate(counts):
        for j, k in enumerate(weeks):
            mean, phi, slope, bound, p = twin(series, k, settings)
            ours = [found.phi[i, j], found.slope[i, j], found.upperbound[i, j], found.pvalue[i, j]]
            assert ours == pytest.approx([phi, slope, bound, p], rel=1e-6, nan_ok=True)
            if mean is not None:
                assert found.expected[i, j] == pytest.approx(mean, rel=1e-6)


def rows(folder, name):
    with (folder / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def number(text):
    return np.nan if text == "NA" else float(text)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("file", "settings"),
    [
        ("default", Settings(variant="surveillance")),
        ("default_PATCHEDweights", Settings()),
        ("nouf", replace(UKHSA, variant="surveillance")),
        ("nouf_PATCHEDweights", UKHSA),
        ("muan", replace(UKHSA, threshold_method="muan", variant="surveillance")),
        ("old", replace(OLD, variant="surveillance")),
    ],
)
def test_equal_to_surveillance(peer_outputs, file, settings):
    theirs = rows(peer_outputs, f"farringtonFlexible_agona_{file}.csv")
    counts = [float(r["observed"]) for r in rows(peer_outputs, "surv_input_salmonella_agona.csv")]
    ours = farrington_flexible(counts, [int(r["t"]) - 1 for r in theirs], settings=settings)
    for name, values in (
        ("upperbound", ours.upperbound),
        ("phi", ours.phi),
        ("pvalue", ours.pvalue),
        ("trendCoef", ours.slope),
    ):
        expected = [number(r[name]) for r in theirs]
        assert values[0] == pytest.approx(expected, rel=5e-5, nan_ok=True), name
    if settings.threshold_method != "delta":
        bounds = [number(r["upperbound"]) for r in theirs]
        assert ours.upperbound[0].tolist() == pytest.approx(bounds, rel=0, abs=0, nan_ok=True)
    assert ours.alarm[0].tolist() == [r["alarm"] == "1" for r in theirs]
    if settings.variant == "surveillance":
        assert ours.score[0] == pytest.approx([float(r["score"]) for r in theirs], rel=5e-5)


def test_weights_without_mu_keep_trends_that_are_not_there():
    """Why the package's own weights are not the default: steady series, where one in twenty should keep a trend."""
    counts = np.random.default_rng(5).negative_binomial(10, 0.5, (300, 312)).astype(float)
    right = farrington_flexible(counts)
    theirs = farrington_flexible(counts, settings=Settings(variant="surveillance"))
    assert right.trend.mean() < 0.10
    assert theirs.trend.mean() > 0.35


@pytest.mark.parametrize("settings", [Settings(limit54=(0, 1)), replace(UKHSA, limit54=(0, 1), alpha=0.05)])
def test_where_nothing_happens_alarms_come_about_as_often_as_stated(settings):
    found = farrington_flexible(weekly(2000, seed=8, low=20, high=60, trend=0), settings=settings)
    assert 0.025 < found.alarm.mean() < 0.075
    assert 0.42 < (found.pvalue < 0.5).mean() < 0.58


def test_an_outbreak_is_found_and_listed():
    counts = weekly(200, seed=2)
    counts[:10, -1] = 5 * counts[:10, -53:-1].mean(axis=1).round() + 10
    found = farrington_flexible(counts)
    assert found.alarm[:10].all()
    listed = found.discoveries(0.1).listed
    assert listed[:10].sum() >= 9, "20 where 3 are usual may be chance, where counts vary three times as much"
    assert listed[10:].sum() <= 3
    assert "200 counts looked at" in found.sentence


@pytest.mark.parametrize(("mean", "phi", "settings"), [(8, 2, Settings()), (20, 3, UKHSA)])
def test_a_look_at_many_steady_over_dispersed_series_lists_something_no_more_often_than_it_says(mean, phi, settings):
    """The bound's own law is too sure far out; what lists is not. 80 looks at 300 series, of which none changed."""
    usual = mean * np.exp(0.2 * np.sin(2 * np.pi * np.arange(312) / 52))
    rng = np.random.default_rng(7)
    counts = rng.negative_binomial(usual / (phi - 1), 1 / phi, (24_000, 312)).astype(np.uint16)
    found = farrington_flexible(counts, settings=settings)
    looks = [replace(found, upperbound=u, pvalue=p, tail=t) for u, p, t in cut(found, 300)]
    assert np.mean([one.discoveries(0.1).listed.any() for one in looks]) <= 0.13
    assert np.mean([replace(one, tail=one.pvalue).discoveries(0.1).listed.any() for one in looks]) > 0.14
    for p in (0.05, 0.01, 0.001):
        assert (found.tail < p).mean() < 1.1 * p + 0.0003
    assert (found.tail >= found.pvalue).all()


def cut(found, size):
    parts = [np.split(values, values.shape[0] // size) for values in (found.upperbound, found.pvalue, found.tail)]
    return zip(*parts, strict=True)


def test_the_tail_is_a_mean_over_what_the_forecast_may_be():
    """By chance instead of quadrature: phi and mean drawn, and the law's tail for each."""
    mean, variance, phi, freedom, y = 12.0, 0.01, 2.0, 30.0, 30.0
    rng = np.random.default_rng(3)
    kurtosis = (6 * (phi - 1) + 1 / phi) / mean
    d = freedom / (1 + kurtosis)
    spread = np.maximum(phi * d / rng.chisquare(d, 400_000), 1.0)
    centre = mean * np.exp(rng.standard_normal(400_000) * np.sqrt(variance * spread / phi))
    one = [np.array([value]) for value in (y, mean, variance, phi, freedom, 1e-6)]
    assert far_tail(*one).item() == pytest.approx(at_least(np.full(400_000, y), centre, spread).mean(), rel=0.03)
    one[-1] = np.array([0.5])
    assert far_tail(*one).item() == 0.5, "what is not far out stays"


@pytest.mark.parametrize("q", [0, 1, 2, -1, np.nan])
def test_a_rate_that_is_none_is_said(q):
    with pytest.raises(Unfit, match="q: a number"):
        farrington_flexible(np.full(312, 5)).discoveries(q)


def test_series_do_not_touch_each_other_and_order_is_nothing():
    counts = weekly(9)
    whole = farrington_flexible(counts, [300, 311])
    for at in (slice(4, 5), slice(None, None, -1)):
        part = farrington_flexible(counts[at], [300, 311])
        assert part.upperbound == pytest.approx(whole.upperbound[at], rel=1e-9, nan_ok=True)


def test_a_population_that_stays_the_same_changes_nothing_and_one_that_doubles_is_allowed_for():
    counts = weekly(5, low=20, high=40)
    same = farrington_flexible(counts, population=np.full(counts.shape, 7.0))
    assert same.upperbound == pytest.approx(farrington_flexible(counts).upperbound, rel=1e-9)
    doubled = np.ones(counts.shape)
    doubled[:, -1] = 2
    assert farrington_flexible(counts, population=doubled).expected == pytest.approx(2 * same.expected, rel=1e-9)


def test_weeks_that_are_not_known_are_left_out():
    counts = weekly(3)
    counts[:, 100:110] = np.nan
    counts[1, -1] = np.nan
    found = farrington_flexible(counts)
    assert np.isnan(found.pvalue).ravel().tolist() == [False, True, False]
    nothing = farrington_flexible(np.full(312, np.nan))
    assert "Cannot tell" in nothing.sentence


def test_small_integers_and_numbers_give_the_same():
    counts = weekly(4)
    assert np.array_equal(
        farrington_flexible(counts.astype(np.uint8)).pvalue, farrington_flexible(counts).pvalue, equal_nan=True
    )


def test_a_past_without_events_has_an_exact_answer():
    counts = np.zeros(312)
    assert farrington_flexible(counts).pvalue.item() == 1
    counts[-1] = 5
    found = farrington_flexible(counts)
    assert found.pvalue.item() == pytest.approx(36.0**-5)
    assert found.alarm.item()
    counts[-1] = 4
    assert not farrington_flexible(counts).alarm.item(), "fewer than five in four weeks"


@pytest.mark.parametrize("settings", [Settings(), UKHSA, Settings(variant="surveillance")])
def test_odd_series_get_an_answer_without_a_warning(settings):
    counts = np.zeros((6, 312))
    counts[0, 51] = 1  # one event, at the oldest reference week
    counts[1, 259] = 3
    counts[2] = 7
    counts[3, -1] = 1e6
    counts[4, ::2] = 1e5
    counts[5, 300:] = 9
    found = farrington_flexible(counts, settings=settings)
    for p in (found.pvalue, found.tail):
        assert np.isfinite(p).all()
        assert ((p >= 0) & (p <= 1)).all()


def test_years_by_the_calendar_have_52_or_53_weeks():
    days = np.datetime64("2004-01-05") + 7 * np.arange(520)
    like = references(
        500, frequency=52, b=5, w=0, no_periods=1, past_weeks_not_included=0, starts=days.astype("datetime64[D]")
    )
    dates = days[500 - like.back]
    same_date = [np.datetime64(f"{int(str(days[500])[:4]) - back}{str(days[500])[4:]}") for back in range(5, 0, -1)]
    assert (np.abs((dates - np.array(same_date)).astype(int)) <= 3).all()
    counts = weekly(2, years=10)
    by_date = farrington_flexible(counts, [500, 510], starts=days)
    by_52 = farrington_flexible(counts, [500, 510])
    assert np.isfinite(by_date.pvalue).all()
    assert not np.allclose(by_date.pvalue, by_52.pvalue)


def test_what_cannot_be_worked_with_is_said():
    with pytest.raises(Unfit, match="5 years of past"):
        farrington_flexible(np.ones(200))
    with pytest.raises(Unfit, match="at least 0"):
        farrington_flexible(np.full(312, -1.0))
    with pytest.raises(Unfit, match="finite"):
        farrington_flexible(np.full(312, np.inf))
    with pytest.raises(Unfit, match="numbers above 0"):
        farrington_flexible(np.ones(312), population=np.zeros(312))
    with pytest.raises(Unfit, match="seven days apart"):
        farrington_flexible(np.ones(312), starts=np.arange(312).astype("datetime64[D]"))
    for wrong in ({"b": 0}, {"alpha": 0}, {"threshold_method": "none"}, {"no_periods": 99}, {"w": 40}):
        with pytest.raises(Unfit):
            farrington_flexible(np.ones(312), settings=Settings(**wrong))
    assert farrington_flexible(np.ones((0, 312))).cannot_tell


def test_a_fault_names_its_row_in_the_whole_table_however_it_was_cut(monkeypatch):
    monkeypatch.setattr(farrington, "CELLS", 1)
    counts = np.full((8, 400), 5.0)
    counts[6, 350] = -1
    with pytest.raises(Unfit) as fault:
        farrington_flexible(counts)
    with pytest.raises(Unfit) as of_the_whole:
        farrington._counts(counts)
    assert fault.value.place == of_the_whole.value.place
