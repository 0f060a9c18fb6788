import csv

import numpy as np
import pytest
from scipy.optimize import minimize

from redway.methods.evaluation.synthetic_control import mix, synthetic_control
from redway.methods.inputs import Unfit


def panel(rng, donors=12, n=40, effect=0.0):
    factors = rng.normal(size=(n, 3)).cumsum(axis=0)
    loads = rng.dirichlet(np.ones(3), donors + 1).T
    y = 40 + factors @ loads + rng.normal(0, 0.5, (n, donors + 1))
    y[25:, 0] += effect
    return y[:, 0], y[:, 1:]


@pytest.mark.parametrize("seed", range(8))
def test_the_mix_is_the_best_there_is(seed):
    rng = np.random.default_rng(seed)
    y, donors = panel(rng, donors=6)
    found = mix(y, donors)
    twin = minimize(
        lambda w: ((y - donors @ w) ** 2).sum(), np.full(6, 1 / 6), method="SLSQP", bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-14, "maxiter": 2000},
    )  # fmt: skip
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert ((y - donors @ found) ** 2).sum() <= twin.fun * (1 + 1e-6)
    slope = donors.T @ (donors @ found - y)  # no other area would bring it closer
    assert slope.min() >= slope[found > 0].mean() - 1e-6 * abs(slope).max() - 1e-6


@pytest.mark.peers
def test_against_pysyncon(peer_outputs):
    """Its weights rest on predictors and an outer search of its own; ours come closer before, as they should, and
    what it says of its weights is what we say of them."""
    with (peer_outputs / "synth_panel.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    units = sorted({r["unit"] for r in rows})
    table = np.zeros((60, len(units)))
    for r in rows:
        table[int(r["time"]), units.index(r["unit"])] = float(r["y"])
    with (peer_outputs / "pysyncon_synth_weights.csv").open(newline="") as lines:
        weights = np.array([float(r["weights"]) for r in csv.DictReader(lines)])
    with (peer_outputs / "pysyncon_att.csv").open(newline="") as lines:
        theirs = {r[""]: float(r["Synth"]) for r in csv.DictReader(lines)}
    gap = table[:, 0] - table[:, 1:] @ weights
    assert gap[40:].mean() == pytest.approx(theirs["att"], abs=1e-6)
    assert gap[40:].std(ddof=1) / np.sqrt(20) == pytest.approx(theirs["se"], abs=1e-6)
    found = synthetic_control(table[:, 0], table[:, 1:], 40)
    assert found.figures["rmspe_before"] < np.sqrt((gap[:40] ** 2).mean())
    assert found.low <= theirs["att"] <= found.high
    assert found.p == pytest.approx(1 / 13), "the smallest that 12 other areas allow, and never nought"


def test_p_is_uniform_where_nothing_was_done_and_the_interval_holds():
    rng = np.random.default_rng(3)
    found = [synthetic_control(*panel(rng), 25) for _ in range(150)]
    p = np.array([f.p for f in found])
    assert (p <= 0.1).mean() <= 0.14
    assert 0.35 <= (p <= 0.5).mean() <= 0.62
    assert np.mean([f.low <= 0 <= f.high for f in found]) >= 0.86


def test_an_effect_is_found_and_order_of_areas_does_not_matter():
    y, donors = panel(np.random.default_rng(4), effect=-6)
    one, other = synthetic_control(y, donors, 25), synthetic_control(y, donors[:, ::-1], 25)
    assert one.value == pytest.approx(-6, abs=1.5)
    assert one.value == pytest.approx(other.value)
    assert one.different
    shifted = synthetic_control(y + 100, donors + 100, 25)
    assert shifted.value == pytest.approx(one.value)


def test_too_little_is_said():
    y, donors = panel(np.random.default_rng(5))
    assert "fewer than 5 periods" in synthetic_control(y, donors, 4).sentence
    assert "fewer than 4 other areas" in synthetic_control(y, donors[:, :3], 25).sentence
    assert "exactly a mix" in synthetic_control(donors[:, 0], donors, 25).sentence
    wide = synthetic_control(y, donors, 25, conf_level=0.99)
    assert "too few for limits" in wide.sentence
    assert wide.high == np.inf
    assert "poor likeness" in synthetic_control(y + 1000, donors, 25).sentence
    with pytest.raises(Unfit):
        synthetic_control(y, donors, 40)
    with pytest.raises(Unfit):
        synthetic_control([np.nan, *y[1:]], donors, 25)


def test_areas_that_are_alike_do_no_harm():
    y, donors = panel(np.random.default_rng(6))
    twice = np.hstack([donors, donors])
    assert synthetic_control(y, twice, 25).value == pytest.approx(synthetic_control(y, donors, 25).value, abs=1e-6)
