"""Over-dispersion: worked by hand, by a slow twin, and found again where it was planted."""

import numpy as np
import pytest

from redway import periods
from redway.methods.comparison.dispersion import FEWEST_AREAS, Fit, dispersion, dispersions, squeezed

JANUARY = periods.month("2020-01")


def negative_binomial(rng, mean, phi, size=None):
    """Counts with variance phi x mean."""
    return rng.negative_binomial(np.asarray(mean) / (phi - 1), 1 / phi, size).astype(float)


def by_loops(counts, months):
    """Chi-square and degrees of freedom around run means, straight from the words."""
    chi_square = df = 0
    for run in periods.runs(m for m, c in zip(months, counts, strict=True) if not np.isnan(c)):
        left = list(run)
        while left:
            stretch, left = left[-12:], left[:-12]
            values = [counts[m - months[0]] for m in stretch]
            mean = sum(values) / len(values)
            if mean:
                chi_square += sum((v - mean) ** 2 / mean for v in values)
                df += len(values) - 1
    return chi_square, df


def test_the_worked_example():
    # 8 10 12 around 10: chi-square (4 + 0 + 4) / 10 = 0.8 on 2. A gap. 25 16 around 20.5: 40.5 / 20.5 on 1.
    found = dispersion([8, 10, 12, np.nan, 25, 16], range(JANUARY, JANUARY + 6))
    assert found.measured == pytest.approx((0.8 + 40.5 / 20.5) / 3)
    assert (found.df, found.months, found.fit) == (3, 5, Fit.LEVELS)
    assert found.phi == 1, "never below one when it is used"


def test_a_step_between_runs_is_change_and_not_dispersion():
    steady = [10, 11, 9, 10, np.nan, 90, 91, 89, 90]
    assert dispersion(steady, range(JANUARY, JANUARY + 9)).measured < 0.2


def test_a_step_between_the_two_years_compared_is_change_and_not_dispersion():
    x = [50.0] * 8 + [60.0] * 12 + [90.0] * 12
    assert dispersion(x, range(JANUARY, JANUARY + 32)).measured == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_around_run_means_it_is_the_slow_twin(seed):
    rng = np.random.default_rng(seed)
    months = range(JANUARY, JANUARY + 20)
    x = rng.poisson(2, 20).astype(float)
    x[rng.random(20) < 0.3] = np.nan
    found = dispersion(x, months)
    chi_square, df = by_loops(x, months)
    assert found.df == df
    assert found.measured == pytest.approx(chi_square / df)


def test_season_is_allowed_for_where_months_are_seen_often_enough():
    # expected counts are an exact product of a level and a calendar factor: nothing is left over
    factors = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)
    x = np.concatenate([level * factors for level in (100, 140, 90)])
    found = dispersion(x, range(JANUARY, JANUARY + 36))
    assert found.fit is Fit.SEASONAL
    assert found.df == 36 - (3 + 12 - 1)
    assert found.measured == pytest.approx(0, abs=1e-9)
    assert dispersion(x[:23], range(JANUARY, JANUARY + 23)).fit is Fit.LEVELS


def test_the_seasonal_fit_is_that_of_a_log_linear_model():
    """Its totals by block and by calendar month are those of the counts: the likelihood equations."""
    from redway.methods.comparison.dispersion import _blocks, _columns, _fit

    rng = np.random.default_rng(3)
    when = np.array([m for m in range(JANUARY, JANUARY + 40) if m % 17])
    x = rng.poisson(6, (4, when.size)).astype(float)
    block, calendar = _columns(_blocks(when)), _columns(when % 12)
    expected = _fit(x, block, calendar)
    assert expected @ block == pytest.approx(x @ block, rel=1e-5)
    assert expected @ calendar == pytest.approx(x @ calendar, rel=1e-5)


@pytest.mark.parametrize("mean", [1, 5, 80])
def test_independent_events_have_a_dispersion_of_one_at_any_size(mean):
    x = np.random.default_rng(4).poisson(mean, (300, 60)).astype(float)
    assert dispersions(x, range(JANUARY, JANUARY + 60)).pooled.measured == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("phi", [1.5, 4.0])
def test_planted_dispersion_is_found_again(phi):
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(60) / 12)
    x = negative_binomial(np.random.default_rng(5), 60 * season, phi, (200, 60))
    assert dispersions(x, range(JANUARY, JANUARY + 60)).pooled.measured == pytest.approx(phi, rel=0.05)


def test_an_area_with_no_events_tells_nothing():
    x = np.array([[0.0] * 6, [1.0, 3.0, 2.0, 2.0, 1.0, 3.0]])
    found = dispersions(x, range(JANUARY, JANUARY + 6))
    assert found.df.tolist() == [0, 5]
    assert np.isnan(found.measured[0])
    assert found.pooled.df == 5


@pytest.mark.parametrize("counts", [[], [5.0], [5.0, np.nan, 5.0]])
def test_lone_months_cannot_show_how_they_vary(counts):
    found = dispersion(counts, range(JANUARY, JANUARY + len(counts)))
    assert found.df == 0
    with pytest.raises(ValueError, match="cannot be measured"):
        _ = found.phi


def test_what_is_not_a_run_of_counts_is_refused():
    with pytest.raises(ValueError, match="consecutive"):
        dispersion([1, 2, 3], [JANUARY, JANUARY + 1, JANUARY + 3])
    with pytest.raises(ValueError, match="nought or more"):
        dispersion([1, -2, 3], range(JANUARY, JANUARY + 3))
    with pytest.raises(ValueError, match="same months"):
        dispersions(np.array([[1, np.nan], [1, 2]]), range(JANUARY, JANUARY + 2))


def test_areas_that_differ_by_chance_alone_share_one_dispersion():
    x = negative_binomial(np.random.default_rng(6), 20.0, 2.0, (200, 60))
    found = dispersions(x, range(JANUARY, JANUARY + 60))
    phi, df = squeezed(found.measured, found.df)
    assert (df > 500).all()
    assert phi == pytest.approx(np.full(200, 2.0), rel=0.1)


def test_areas_that_differ_in_truth_keep_their_own():
    rng = np.random.default_rng(7)
    truth = np.where(np.arange(200) < 100, 1.2, 12.0)
    x = negative_binomial(rng, 200.0, truth[:, None], (200, 60))
    found = dispersions(x, range(JANUARY, JANUARY + 60))
    phi, df = squeezed(found.measured, found.df)
    assert (df < 50).all()
    assert np.abs(np.log(phi / found.measured)).mean() < 0.1


def test_squeezing_brings_the_measure_nearer_the_truth():
    rng = np.random.default_rng(8)
    truth = 1 + rng.gamma(4, 0.4, 300)
    x = negative_binomial(rng, 40.0, truth[:, None], (300, 28))
    found = dispersions(x, range(JANUARY, JANUARY + 28))
    phi, _ = squeezed(found.measured, found.df)
    assert np.mean(np.log(phi / truth) ** 2) < 0.6 * np.mean(np.log(found.measured / truth) ** 2)


@pytest.mark.parametrize("d0", [3.0, 12.0, 60.0])
def test_the_usual_and_its_weight_are_found_again(d0):
    """phi_i drawn as the model says: phi_0 = 2 times an F on 20 and d0 degrees of freedom."""
    from redway.methods.comparison.dispersion import _usual

    rng = np.random.default_rng(9)
    usual, weight = _usual(2.0 * rng.f(20, d0, 20000), np.full(20000, 20.0))
    assert usual == pytest.approx(2.0, rel=0.03)
    assert weight == pytest.approx(d0, rel=0.15)


def test_few_areas_stand_on_their_own():
    measured, df = np.array([3.0, 0.4, np.nan]), np.array([20, 20, 0])
    phi, freedom = squeezed(measured, df)
    assert phi.tolist() == [3.0, 1.0, 1.7]
    assert freedom.tolist() == [20, 20, 40]
    assert FEWEST_AREAS == 10
    phi, freedom = squeezed(np.array([np.nan]), np.array([0]))
    assert (phi.tolist(), freedom.tolist()) == ([1.0], [0.0])


def test_an_area_with_no_measure_of_its_own_takes_the_usual_one():
    rng = np.random.default_rng(10)
    measured, df = 2.0 * rng.f(20, 12, 40), np.full(40, 20)
    measured[7], df[7] = np.nan, 0
    phi, freedom = squeezed(measured, df)
    assert phi[7] == pytest.approx(2.0, rel=0.35)
    assert freedom[7] == freedom.min() > 0


def test_an_area_that_never_varied_does_not_break_the_rest():
    measured, df = np.concatenate([[0.0], np.full(20, 1.5)]), np.full(21, 20)
    phi, freedom = squeezed(measured, df)
    assert np.isfinite(phi).all()
    assert (phi >= 1).all()
    assert (freedom >= 20).all()
