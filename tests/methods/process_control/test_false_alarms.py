"""False alarms: simulation against what is exact, against the measured rates, and against the promise of 5% a year."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.process_control.choice import choose
from redway.methods.process_control.false_alarms import Steady, calibrated, false_alarms, known_limits
from redway.methods.process_control.limits import Limits
from redway.methods.process_control.rules import NHS, SETS, Rules, signals


def test_known_limits_are_exact():
    assert known_limits(24, SETS["limits"]) == pytest.approx(1 - (1 - 0.0026998) ** 24, rel=1e-5)
    # every way that ten fair coins may fall
    runs = [any(len(list(g)) >= 4 for _, g in itertools.groupby(s)) for s in itertools.product("ab", repeat=10)]
    only_runs = Rules(width=40, trend=0, near=False, side=4)
    assert known_limits(10, only_runs) == pytest.approx(np.mean(runs))
    with pytest.raises(Unfit):
        known_limits(10, NHS)


def test_simulation_agrees_with_what_is_exact():
    rules = Rules(trend=0, near=False, side=7)
    x = np.random.default_rng(1).standard_normal((20_000, 24))
    known = Limits(x, *(np.full(x.shape, at) for at in (0.0, -3.0, 3.0, -2.0, 2.0)))
    assert (signals(known, rules).rule > 0).any(axis=1).mean() == pytest.approx(known_limits(24, rules), abs=0.01)


@pytest.mark.parametrize(
    ("steady", "expected"),
    [
        (Steady(24), 0.185),
        (Steady(60), 0.47),
        (Steady(24, "poisson", 3), 0.27),
        (Steady(60, "poisson", 3), 0.66),
        (Steady(24, leaning=0.4), 0.56),
        (Steady(60, leaning=0.4), 0.94),
    ],
)
def test_the_measured_rates_of_the_nhs_rules(steady, expected):
    found = false_alarms(steady, NHS, np.random.default_rng(2))
    assert found.somewhere == pytest.approx(expected, abs=0.03)
    assert "by chance alone" in found.sentence


@pytest.mark.parametrize(
    "steady",
    [
        Steady(24),
        Steady(60),
        Steady(36, freeze=24),
        Steady(24, "poisson", 2),
        Steady(36, "poisson", 8, freeze=24),
        Steady(36, "negbin", 20, 4),
    ],
)
def test_calibrated_rules_hold_their_rate_on_charts_they_have_not_seen(steady):
    rules = calibrated(steady, np.random.default_rng(3))
    found = false_alarms(steady, rules, np.random.default_rng(4), charts=10_000)
    assert 0.02 < found.in_a_year < 0.058
    assert rules.trend == 0


@pytest.mark.parametrize(
    ("steady", "kind", "exact"),
    [
        (Steady(36, "poisson", 8, leaning=0.4), "xmr", False),
        (Steady(36, "negbin", 20, 4, leaning=0.5), "c", False),
        (Steady(36, "binomial", 0.3, sizes=np.arange(40.0, 76)), "p", False),
        (Steady(36, "binomial", 0.3, 3, sizes=np.arange(40.0, 76)), "pp", False),
        (Steady(36, "negbin", 0.1, 2, sizes=np.arange(40.0, 76)), "up", False),
        (Steady(36, "geometric", 9), "g", False),
        (Steady(36, "exponential", 9), "t", False),
        (Steady(36, "exponential", 9), "t", True),
        (Steady(36), "mr", False),
        (Steady(36), "run", False),
    ],
)
def test_every_kind_can_be_calibrated_by_its_own_limits(steady, kind, exact):
    rules = calibrated(steady, np.random.default_rng(3), kind=kind, exact=exact)
    found = false_alarms(steady, rules, np.random.default_rng(4), kind=kind, exact=exact, charts=6_000)
    assert 0.01 < found.in_a_year < 0.062


@pytest.mark.parametrize(
    "steady",
    [
        Steady(40),
        Steady(40, "poisson", 2),
        Steady(40, "negbin", 6, 3),
        Steady(40, "binomial", 0.2, 2, sizes=np.full(40, 50.0)),
        Steady(40, "geometric", 5),
        Steady(40, "exponential", 5),
        Steady(40, "poisson", 5_000),
    ],
)
def test_what_leans_keeps_its_law_and_leans_as_stated(steady):
    leaning = replace(steady, leaning=0.5).drawn(4_000, np.random.default_rng(5))
    alone = steady.drawn(4_000, np.random.default_rng(6))
    assert leaning.mean() == pytest.approx(alone.mean(), abs=0.04 * alone.std())
    assert leaning.std() == pytest.approx(alone.std(), rel=0.04)
    off = leaning - leaning.mean()
    assert (off[:, 1:] * off[:, :-1]).mean() / off.var() == pytest.approx(0.5, abs=0.02)


def test_calibrated_rules_still_see_a_change():
    steady = Steady(36, "poisson", 20, freeze=24)
    rules = calibrated(steady, np.random.default_rng(5))
    rng = np.random.default_rng(6)
    from redway.methods.process_control.xmr_many import xmr_many

    y = rng.poisson(20, (500, 36))
    y[:, 24:] = rng.poisson(32, (500, 12))
    assert (xmr_many(y, baseline=24, rules=rules).rule[:, 24:] > 0).any(axis=1).mean() > 0.9


def test_exact_limits_of_small_counts_alarm_less():
    steady = Steady(24, "poisson", 2)
    normal = false_alarms(steady, SETS["limits"], np.random.default_rng(7), kind="c")
    exact = false_alarms(steady, SETS["limits"], np.random.default_rng(7), kind="c", exact=True)
    assert exact.somewhere < 0.05 < normal.somewhere


@pytest.mark.parametrize(("family", "kind"), [("geometric", "g"), ("exponential", "t")])
def test_charts_of_rare_events_by_their_own_laws(family, kind):
    steady = Steady(36, family, 9.0)
    exact = false_alarms(steady, SETS["limits"], np.random.default_rng(10), kind=kind, exact=True)
    assert 0.0003 < exact.points < 0.004, "0.0027 if limits were known; no wait is too short where none can be"


def test_what_cannot_be_worked_with_is_said():
    rng = np.random.default_rng(8)
    for wrong in (Steady(0), Steady(9, "gamma"), Steady(9, leaning=1), Steady(9, "poisson", -1)):
        with pytest.raises(Unfit):
            false_alarms(wrong, NHS, rng)
    with pytest.raises(Unfit):
        calibrated(Steady(24), rng, rate=0)
    nothing = false_alarms(Steady(24, "poisson", 0), NHS, rng)
    assert nothing.somewhere == 0
    assert false_alarms(replace(Steady(24), year=99), NHS, rng).in_a_year > 0.1


@pytest.mark.parametrize(
    ("what", "make", "expected"),
    [
        ("measurement", lambda r: (r.normal(5, 1, 60), None), "xmr"),
        ("count", lambda r: (r.poisson(30, 60), None), "c"),
        ("count", lambda r: (r.poisson(30, 60), r.uniform(1, 1.01, 60)), "u"),
        ("count", lambda r: (r.negative_binomial(10, 0.25, 60), None), "xmr"),
        ("count", lambda r: (r.negative_binomial(10, 0.25, 60), r.uniform(1, 1.01, 60)), "up"),
        ("count", lambda r: (r.poisson(1, 60), None), "c"),
        ("out-of", lambda r: (r.binomial(100, 0.3, 60), np.full(60, 100)), "p"),
        ("out-of", lambda r: (r.binomial(400, r.beta(3, 7, 60)), np.full(60, 400)), "pp"),
        ("time-between", lambda r: (r.exponential(9, 60), None), "t"),
        ("number-between", lambda r: (r.geometric(0.1, 60), None), "g"),
        ("count", lambda r: (np.zeros(60), None), "run"),
        ("groups", lambda r: (r.normal(5, 1, 60), None), "xbar-s"),
    ],
)
def test_the_chart_that_fits_and_why(what, make, expected):
    values, sizes = make(np.random.default_rng(9))
    found = choose(values, sizes, what=what)
    assert found.kind == expected
    assert len(found.sentence) > 20


@pytest.mark.parametrize("given", [{"mean": np.inf}, {"mean": 1e300}, {"phi": np.nan}, {"phi": 1e300}, {"phi": np.inf}])
def test_counts_that_cannot_be_drawn_are_refused_in_words(given):
    steady = Steady(24, **({"family": "negbin", "mean": 5.0, "phi": 2.0} | given))
    with pytest.raises(Unfit, match=f"{next(iter(given))}: a number"):
        false_alarms(steady, NHS, np.random.default_rng(1), charts=5)


COUNTS = [12, 15, 30, 9, 22, 14, 31, 8, 17, 25, 11, 28]
SIZES = [100, 130, 210, 95, 180, 140, 220, 80, 150, 190, 120, 200]


@pytest.mark.parametrize(
    ("what", "sizes", "phi", "kind"),
    [
        ("count", None, 5.78869778848, "xmr"),
        ("count", SIZES, 0.649039924404, "u"),
        ("out-of", SIZES, 0.739489932701, "p"),
    ],
)
def test_the_measured_spread_is_r_s_and_chooses(what, sizes, phi, kind):
    """R 4.2.2: mean(diff(residuals(m, "pearson"))^2) / 2, m glm(y ~ 1, poisson), the same with offset(log(n)), and
    glm(cbind(y, n - y) ~ 1, binomial)."""
    found = choose(COUNTS, sizes, what=what)
    assert (found.phi, found.kind, found.exact) == (pytest.approx(phi), kind, False)


@pytest.mark.parametrize("what", ["count", "out-of"])
def test_the_choice_is_the_slow_twin_s(what):
    """The questions in their order, of three hundred series: how large, how uneven, over sizes that differ or not."""
    rng, kinds = np.random.default_rng(12), set()
    for _ in range(300):
        size = rng.integers(40, 300, 16) if rng.random() < 0.6 else np.full(16, 150)
        share, spread = rng.choice([0.004, 0.03, 0.2]), rng.choice([0.0, 0.6])
        y = np.minimum(rng.poisson(size * share * np.exp(spread * rng.normal(size=16))), size)
        if not y.sum():
            continue
        usual = y.sum() / size.sum()
        error = [(usual * ((1 - usual) if what == "out-of" else 1) / n) ** 0.5 for n in size]
        z = [(a / n - usual) / e for a, n, e in zip(y, size, error, strict=True)]
        phi = sum((z[i] - z[i - 1]) ** 2 for i in range(1, 16)) / 15 / 2
        uneven, mean = phi > 1 + 2 * (3 / 16) ** 0.5, sum(y) / 16
        if what == "out-of":
            few = min(mean, (size - y).mean()) < 10
            expected = ("pp", False) if uneven else ("p", bool(few))
        else:
            kind = "u" if np.ptp(size) else "c"
            if uneven and mean >= 10:
                expected = ("up" if kind == "u" else "xmr", False)
            else:
                expected = (kind, bool(uneven or mean < 10))
        found = choose(y, size, what=what)
        assert (found.kind, found.exact) == expected
        kinds.add(expected)
    assert len(kinds) > 2
