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
    found = power(5, 5, kind="wdd")
    assert np.isnan(found.fall)
    assert "no fall, however large" in found.sentence
    assert "no event is expected" in power(0, 10).sentence
    with pytest.raises(Unfit):
        power(10, 10, effect=-100)
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
