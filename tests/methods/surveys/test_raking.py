import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.surveys.design import design
from redway.methods.surveys.means import mean
from redway.methods.surveys.raking import rake


def sample(rng, n=400):
    return rng.choice(["young", "old"], n, p=[0.3, 0.7]), rng.choice(["a", "b", "c"], n, p=[0.6, 0.3, 0.1])


AGES, AREAS = {"young": 5000, "old": 5000}, {"a": 4000, "b": 4000, "c": 2000}


def test_margins_are_reached_and_weights_are_a_product():
    age, area = sample(np.random.default_rng(1))
    found = rake(design(np.ones(400)), [(age, AGES), (area, AREAS)])
    w = found.design.weights
    for column, totals in ((age, AGES), (area, AREAS)):
        for kind, wanted in totals.items():
            assert w[column == kind].sum() == pytest.approx(wanted)
    cell = {(x, y): w[(age == x) & (area == y)].mean() for x in AGES for y in AREAS}
    assert cell["young", "a"] / cell["old", "a"] == pytest.approx(cell["young", "b"] / cell["old", "b"])
    assert "reach every margin" in found.sentence


def test_trimmed_weights_stay_within_and_margins_hold():
    age, area = sample(np.random.default_rng(2))
    plain = rake(design(np.ones(400)), [(age, AGES), (area, AREAS)])
    found = rake(design(np.ones(400)), [(age, AGES), (area, AREAS)], upper=2.0)
    assert plain.design.weights.max() > 2 * 25
    assert found.design.weights.max() <= 2 * 25 * (1 + 1e-9)
    assert found.effect < plain.effect
    assert found.trimmed
    assert found.design.weights[age == "old"].sum() == pytest.approx(5000)


def test_trimming_that_cannot_be_is_said():
    age, area = sample(np.random.default_rng(3))
    found = rake(design(np.ones(400)), [(age, {"young": 9900, "old": 100}), (area, AREAS)], upper=1.5, maxit=50)
    assert "do not reach" in found.sentence


def test_raking_takes_out_what_the_margins_explain():
    """y is nearly the margin itself: after raking nearly nothing is left to doubt, and the interval holds."""
    rng, held = np.random.default_rng(4), 0
    for _ in range(300):
        age, area = sample(rng)
        y = (age == "young") * 2.0 + (area == "c") + rng.normal(0, 0.3, 400)
        before = mean(design(np.ones(400)), y)
        after = mean(rake(design(np.ones(400)), [(age, AGES), (area, AREAS)]).design, y)
        assert after.se[0] < before.se[0]
        held += after.low[0] <= 1.2 <= after.high[0]
    assert 0.92 <= held / 300 <= 0.985


def test_faults_are_refused():
    age, area = sample(np.random.default_rng(5))
    drawn = design(np.ones(400))
    for margins in (
        [],
        [(age, {"young": 1})],
        [(age, {**AGES, "ancient": 5})],
        [(age, AGES), (area, {"a": 1, "b": 1, "c": 1})],
        [(age, {"young": 0, "old": 10})],
        [(age[:50], AGES)],
    ):
        with pytest.raises(Unfit):
            rake(drawn, margins)


def test_it_says_what_the_slow_twin_says():
    """Margin after margin, kind after kind, five hundred times."""
    rng = np.random.default_rng(5)
    sex, age = rng.choice(["f", "m"], 80), rng.choice(["old", "young", "middle"], 80)
    w = rng.uniform(1, 3, 80)
    totals = {"f": 520.0, "m": 480.0}, {"old": 300.0, "middle": 450.0, "young": 250.0}
    slow = w.copy()
    for _ in range(500):
        for column, wanted in ((sex, totals[0]), (age, totals[1])):
            for kind, total in wanted.items():
                slow[column == kind] *= total / slow[column == kind].sum()
    found = rake(design(w), [(sex, totals[0]), (age, totals[1])])
    assert found.design.weights == pytest.approx(slow, rel=1e-8)
    assert found.effect == pytest.approx(1 + slow.var() / slow.mean() ** 2)
