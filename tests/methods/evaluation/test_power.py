import numpy as np
import pytest

from redway.methods.evaluation.before_after import before_after
from redway.methods.evaluation.power import power
from redway.methods.evaluation.wdd import wdd
from redway.methods.inputs import Unfit


@pytest.mark.parametrize("kind", ["before-after", "wdd"])
def test_power_is_how_often_it_is_seen(kind):
    rng, seen, n = np.random.default_rng(1), 0, 1500
    for _ in range(n):
        treated, control = rng.poisson([150, 105]), rng.poisson([150, 150])
        seen += (before_after(treated, control) if kind == "before-after" else wdd(control, treated)).p < 0.05
    told = power(150, 150, effect=-30 if kind == "before-after" else -45, kind=kind).power
    assert seen / n == pytest.approx(told, abs=0.04)


@pytest.mark.parametrize("kind", ["before-after", "wdd"])
def test_the_smallest_fall_has_the_power_asked(kind):
    found = power(400, 400, kind=kind)
    assert power(400, 400, effect=found.fall, kind=kind).power == pytest.approx(0.8, abs=1e-6)
    assert power(400, 400, effect=found.rise, kind=kind).power == pytest.approx(0.8, abs=1e-6)


def test_more_events_see_more_and_dispersion_less():
    assert power(1000, 1000).power > power(100, 100).power > power(100, 100, phi=4).power
    assert power(100).power > power(100, 100).power
    assert power(100, 100, effect=0).power == pytest.approx(0.05)


def test_too_small_for_any_fall():
    found = power(5, 5, kind="wdd", effect=-3)
    assert np.isnan(found.fall)
    assert "no fall, however large" in found.sentence
    assert "no event is expected" in power(0, 10).sentence
    with pytest.raises(Unfit):
        power(10, 10, effect=-100)
    with pytest.raises(Unfit, match="effect"):
        power(20, 10, effect=-21, kind="wdd")  # more than there will be
    with pytest.raises(Unfit):
        power(-1)


@pytest.mark.parametrize("kind", ["before-after", "wdd"])
@pytest.mark.parametrize("asked", [0.01, 0.04, 0.05])
def test_a_power_that_no_change_at_all_has_is_refused(kind, asked):
    with pytest.raises(Unfit, match=r"above 0\.05"):
        power(100, 100, kind=kind, asked=asked)
    assert power(100, 100, kind=kind, asked=0.06).rise > 0
    with pytest.raises(Unfit):
        power(100, 100, kind=kind, effect=np.inf)


@pytest.mark.parametrize(
    ("before", "effect", "ratio", "phi", "theirs"),
    [
        (100, -20, 1, 1, 0.31862475989334),
        (60, 40, 2, 1, 0.60922843954963),
        (250, -25, 0.5, 2.5, 0.3238900630404),
        (40, -50, 1, 1, 0.7160212318161),
    ],
)
def test_equal_to_statsmodels(before, effect, ratio, phi, theirs):
    """statsmodels 0.15: stats.rates.power_poisson_ratio_2indep(after, before, nobs1=ratio, nobs_ratio=1 / ratio,
    exposure=1, value=1, dispersion=phi, alternative="two-sided", method_var="alt"), rates a unit of time."""
    assert power(before, effect=effect, ratio=ratio, phi=phi).power == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize(("before", "effect", "theirs"), [(100, -20, 0.319724352688), (400, -60, 0.597050502702)])
def test_of_a_difference_equal_to_statsmodels(before, effect, theirs):
    """statsmodels 0.15: power_poisson_diff_2indep(before + effect, before, nobs1=1, method_var="alt")."""
    assert power(before, effect=effect, kind="wdd").power == pytest.approx(theirs, rel=1e-10)
