"""Control charts: equal to qicharts2 and to the NHS's tool, and whole where series are not."""

import csv

import numpy as np
import pytest
from scipy.stats import binom, geom, nbinom, poisson

from redway.methods.inputs import Unfit
from redway.methods.process_control import limits as limits_module
from redway.methods.process_control import xmr as one_xmr
from redway.methods.process_control.charts import control_chart
from redway.methods.process_control.limits import EXACT, KINDS, SIZED
from redway.methods.process_control.rules import SETS
from redway.methods.process_control.subgroups import bias, xbar_s
from redway.methods.process_control.xmr_many import xmr_many


def rows(folder, name):
    with (folder / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def number(text):
    return np.nan if text == "NA" else float(text)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("file", "kind", "column", "sizes", "freeze"),
    [
        ("i_a", "i", "a", None, None),
        ("i_a_freeze24", "i", "a", None, 24),
        ("i_c", "i", "c", None, None),
        ("mr_a", "mr", "a", None, None),
        ("mr_c", "mr", "c", None, None),
        ("c_cnt", "c", "cnt", None, None),
        ("u_cnt", "u", "cnt", "pop", None),
        ("up_cnt", "up", "cnt", "pop", None),
        ("p_num", "p", "num", "den", None),
        ("pp_num", "pp", "num", "den", None),
        ("g_g", "g", "g", None, None),
        ("t_tbe", "t", "tbe", None, None),
        ("run_a", "run", "a", None, None),
        ("run_c", "run", "c", None, None),
    ],
)
def test_equal_to_qicharts2(peer_outputs, file, kind, column, sizes, freeze):
    given = rows(peer_outputs, "spc_input.csv")
    theirs = rows(peer_outputs, f"spc_qic_{file}.csv")
    y = [float(r[column]) for r in given]
    n = None if sizes is None else [float(r[sizes]) for r in given]
    chart = control_chart(y, n, kind=kind, freeze=freeze, rules=SETS["anhoej"])
    for name, ours in (("y", chart.drawn), ("cl", chart.centre), ("lcl", chart.lower), ("ucl", chart.upper)):
        assert ours == pytest.approx([number(r[name]) for r in theirs], rel=0, abs=1e-10, nan_ok=True), name
    assert (chart.rule == 1).tolist() == [r["sigma.signal"] == "TRUE" for r in theirs]
    assert bool((chart.rule == 5).any()) == (theirs[0]["runs.signal"] == "TRUE")
    found = chart.run_analysis
    ours = [found.longest, found.allowed, found.crossings, found.needed, found.useful]
    names = ("longest.run", "longest.run.max", "n.crossings", "n.crossings.min", "n.useful")
    assert [int(one[0]) for one in ours] == [int(theirs[0][name]) for name in names]


CODES = {rule: code for code, rule in enumerate(one_xmr.Rule, start=1)}


@pytest.mark.parametrize("points", [5, 7, 24, 60])
@pytest.mark.parametrize("options", [{}, {"screen": False}, {"baseline": 12}])
def test_thousands_at_once_are_the_charts_one_by_one(points, options):
    rng = np.random.default_rng(1)
    x = np.round(rng.normal(50, 6, (150, points)) + rng.normal(0, 1, (150, 1)) * np.arange(points), 1)
    x[:3] = [[7.0], [0.0], [5.0]]
    found = xmr_many(x, **options)
    for i, series in enumerate(x):
        chart = one_xmr.xmr(series, better="higher", **options)
        assert [CODES[s.rule] if s else 0 for s in chart.signals] == found.rule[i].tolist()
        assert [(1 if s.high else -1) if s else 0 for s in chart.signals] == found.way[i].tolist()
        ends = [chart.lower, chart.upper]
        assert [found.lower[i], found.upper[i]] == pytest.approx(ends, abs=1e-9, nan_ok=True)
        assert bool(chart.refused) == bool(found.refused[i])
    assert f"of {(~found.refused).sum()} charts" in found.sentence


def test_many_short_series_are_refused():
    assert xmr_many(np.ones((3, 4))).cannot_tell
    assert xmr_many(np.ones((3, 0))).refused.all()


def test_six_points_are_fewer_than_seven():
    rise = [50, 51, 49, 50, 51, 49, 50, 51, 46, 47, 48, 49, 50, 52]
    assert 2 not in control_chart(rise).rule
    six = control_chart(rise, rules=SETS["nhs6"])
    assert (six.rule == 2).tolist() == [False] * 8 + [True] * 6
    assert six.rules.words(2) == "one of 6 rising or falling in a row"


def test_a_rebase_and_frozen_limits_together():
    rng = np.random.default_rng(2)
    y = np.concatenate([rng.normal(20, 1, 20), rng.normal(40, 1, 20)])
    y[35:] += 8
    chart = control_chart(y, breaks=[20], freeze=12)
    alone = control_chart(y[20:], freeze=12)
    assert chart.upper[20:] == pytest.approx(alone.upper)
    assert chart.rule[20:].tolist() == alone.rule.tolist()
    assert (chart.rule[35:] == 1).all()
    assert chart.centre[0] == pytest.approx(y[:12].mean())
    assert chart.phase.tolist() == [0] * 20 + [1] * 20


@pytest.mark.parametrize(
    ("better", "target", "expected"),
    [
        ("lower", 99, "consistently passing"),
        ("lower", 1, "consistently failing"),
        ("higher", 99, "consistently failing"),
        ("higher", 1, "consistently passing"),
        ("higher", 21, "hit and miss"),
        ("neutral", 1, ""),
    ],
)
def test_assurance(better, target, expected):
    assert control_chart([20, 22] * 6, better=better).assurance(target) == expected


@pytest.mark.parametrize("tail", [3.4e-6, 0.00135, 0.0228, 0.9772, 0.99865, 0.9999997])
def test_a_binomial_quantile_is_scipys_and_each_different_one_is_found_once(tail):
    rng = np.random.default_rng(1)
    n = rng.integers(1, 400, (40, 12)).astype(float)
    n[0], shares = 1e6, np.round(rng.random((40, 1)) ** 3, 3)
    shares[1:3] = [[0.0], [1.0]]
    found = limits_module._quantile("p", tail, shares, n, 1.0)
    assert (found == binom.ppf(tail, n, np.broadcast_to(shares, n.shape)) / n).all()
    parts = limits_module._quantile("p", tail, np.array([[0.3]]), np.array([[10.5, 0.5]]), 1.0)
    assert np.isfinite(parts).all()


def test_exact_limits_are_where_chance_puts_them():
    tail = 0.0013498980316301
    for mean in (0.7, 3.0, 40.0):
        y = np.random.default_rng(3).poisson(mean, 60)
        chart = control_chart(y, kind="c", exact=True)
        law = poisson(y.mean())
        inside = [k for k in range(200) if law.cdf(k) >= tail and law.sf(k - 1) > tail * (1 + 1e-9)]
        assert (chart.lower[0], chart.upper[0]) == (min(inside), max(inside))
        wide = control_chart(y, kind="c", exact=True, phi=3.0)
        assert wide.upper[0] == nbinom(y.mean() / 2, 1 / 3).ppf(1 - tail)
    n = np.arange(20, 80)
    y = np.random.default_rng(4).binomial(n, 0.1)
    chart = control_chart(y, n, kind="p", exact=True)
    assert chart.upper == pytest.approx(binom(n, y.sum() / n.sum()).ppf(1 - tail) / n)
    y = np.random.default_rng(5).geometric(0.05, 60) - 1
    chart = control_chart(y, kind="g", exact=True)
    assert chart.upper[0] == geom(1 / (1 + y.mean())).ppf(1 - tail) - 1


def test_a_chart_of_waits_is_in_any_unit():
    y = np.random.default_rng(6).exponential(9, 40)
    for exact in (False, True):
        days = control_chart(y, kind="t", exact=exact)
        hours = control_chart(24 * y, kind="t", exact=exact)
        assert hours.upper == pytest.approx(24 * days.upper)
        assert hours.rule.tolist() == days.rule.tolist()


def test_points_that_lean_on_each_other_are_warned_of():
    rng = np.random.default_rng(7)
    y = rng.normal(50, 5, 60)
    assert not control_chart(y).leaning
    leaning = np.convolve(rng.normal(0, 5, 70), np.ones(8) / 2, "valid") + 50
    chart = control_chart(leaning)
    assert chart.leaning
    assert "lean on the one before" in chart.sentence
    warned = [control_chart(rng.normal(0, 1, 36)).leaning for _ in range(400)]
    assert np.mean(warned) < 0.06


@pytest.mark.parametrize("kind", KINDS)
def test_odd_series_get_an_answer_without_a_warning(kind):
    n = np.full(14, 20.0) if kind in SIZED else None
    for y in (np.zeros(14), np.full(14, 7.0), np.r_[np.zeros(13), 9.0], np.r_[1.0, np.zeros(13)]):
        for exact in {False, kind in EXACT}:
            chart = control_chart(y, n, kind=kind, exact=exact)
            assert chart.sentence
            assert chart.cannot_tell or np.isfinite(chart.centre).all()
    short = n[:3] if n is not None else None
    assert "fewer than 5 points" in control_chart([1, 2, 3], short, kind=kind).cannot_tell
    assert control_chart([], short[:0] if short is not None else None, kind=kind).cannot_tell


def test_meaning_follows_what_is_better():
    y = [20, 22] * 8 + [60]
    assert control_chart(y, better="lower").meaning[-1] == "concern"
    assert control_chart(y, better="higher").meaning[-1] == "improvement"
    assert "high" in control_chart(y).sentence


def test_what_cannot_be_worked_with_is_said():
    for wrong in (
        {"values": [1, np.nan] * 4},
        {"values": [1] * 8, "kind": "u"},
        {"values": [1] * 8, "kind": "p", "sizes": [0] * 8},
        {"values": [3] * 8, "kind": "p", "sizes": [2] * 8},
        {"values": [-1] * 8, "kind": "c"},
        {"values": [1] * 8, "kind": "z"},
        {"values": [1] * 8, "exact": True},
        {"values": [1] * 8, "breaks": [8]},
        {"values": [1] * 8, "breaks": [5, 3]},
        {"values": [1] * 8, "freeze": 1},
        {"values": [1] * 8, "kind": "u", "sizes": [1] * 7},
    ):
        with pytest.raises(Unfit):
            control_chart(**wrong)


def test_means_and_spreads_of_groups():
    rng = np.random.default_rng(8)
    group = np.repeat(np.arange(20), 6)
    x = rng.normal(30, 4, 120)
    x[group == 12] += 12
    x[group == 15] = 30 + (x[group == 15] - 30) * 5
    found = xbar_s(x, group)
    by_hand = np.sqrt(np.mean([x[group == g].var(ddof=1) for g in range(20)]))
    assert found.sigma == pytest.approx(by_hand)
    assert found.means.upper[0, 0] == pytest.approx(x.mean() + 3 * by_hand / np.sqrt(6))
    assert found.of_means.rule[0, 12] == 1
    assert found.of_spreads.rule[0, 15] == 1
    # c4 of 2, 6 and 25 from Montgomery's table
    assert bias(np.array([2, 6, 25])) == pytest.approx([0.7979, 0.9515, 0.9896], abs=5e-5)
    shuffled = rng.permutation(120)
    assert xbar_s(x[shuffled], group[shuffled]).means.upper == pytest.approx(found.means.upper)


def test_groups_that_cannot_carry_it():
    assert "fewer than 5 groups" in xbar_s([1, 2], [1, 1]).sentence
    assert "two values" in xbar_s(np.arange(8), np.arange(8)).cannot_tell
    assert xbar_s(np.r_[np.arange(12), 3.0], np.r_[np.repeat(np.arange(6), 2), 9]).sentence


def test_rates_over_sizes_next_to_nought_are_refused_not_drawn_as_infinite():
    with pytest.raises(Unfit, match="values over sizes"):
        control_chart(np.full(20, 5.0), np.full(20, 1e-310), kind="u")
    with pytest.raises(Unfit, match="phi"):
        control_chart(np.full(20, 5.0), kind="c", phi=np.inf)


@pytest.mark.parametrize("kind", ["c", "g", "t", "xmr"])
def test_charts_of_huge_counts_have_limits(kind):
    found = control_chart(np.arange(1.0, 25.0) * 1e13, kind=kind, exact=kind != "xmr")
    assert np.isfinite(found.upper).all()


def slow_limits(kind, y, n):
    """The words of `limits`, a point at a time: centre, lower, upper of each."""
    m = len(y)

    def ranges(x):
        steps = [abs(x[i] - x[i - 1]) for i in range(1, len(x))]
        kept = [step for step in steps if step < 3.2665 * sum(steps) / len(steps)]
        return sum(kept) / len(kept)

    mean = sum(y) / m
    if kind == "i":
        return [(mean, mean - 3 * ranges(y) / 1.128, mean + 3 * ranges(y) / 1.128)] * m
    if kind == "c":
        return [(mean, max(0, mean - 3 * mean**0.5), mean + 3 * mean**0.5)] * m
    if kind == "g":
        error = (mean * (mean + 1)) ** 0.5
        return [(sorted(y)[m // 2], max(0, mean - 3 * error), mean + 3 * error)] * m
    if kind == "t":
        root = [v ** (1 / 3.6) for v in y]
        middle, reach = sum(root) / m, 3 * ranges(root) / 1.128
        return [(middle**3.6, max(0, middle - reach) ** 3.6, (middle + reach) ** 3.6)] * m
    if kind == "mr":
        steps = [abs(y[i] - y[i - 1]) for i in range(1, m)]
        return [(sum(steps) / len(steps), 0, 3.267 * sum(steps) / len(steps))] * m
    share = sum(y) / sum(n)
    error = [(share * ((1 - share) if kind in ("p", "pp") else 1) / size) ** 0.5 for size in n]
    if kind in ("up", "pp"):
        z = [(a / b - share) / e for a, b, e in zip(y, n, error, strict=True)]
        error = [e * ranges(z) / 1.128 for e in error]
    most = 1 if kind in ("p", "pp") else np.inf
    return [(share, max(0, share - 3 * e), min(most, share + 3 * e)) for e in error]


def slow_rule(at, x, lines):
    """The first of NHS England's rules that a point meets: 1 to 4, with its way; 0, 0 where it meets none."""
    m = len(x)

    def windows(length):
        return [range(k, k + length) for k in range(max(0, at - length + 1), min(at, m - length) + 1)]

    def side(i):
        return (x[i] > lines[i][0]) - (x[i] < lines[i][0])

    def outside(i):
        return (x[i] > lines[i][2]) - (x[i] < lines[i][1])

    def near(i):
        centre, low, high = lines[i]
        beyond = x[i] > centre + 2 / 3 * (high - centre) or x[i] < centre - 2 / 3 * (centre - low)
        return beyond and not outside(i)

    if outside(at):
        return 1, outside(at)
    for w in windows(7):
        steps = [np.sign(x[i + 1] - x[i]) for i in w[:-1]]
        if abs(sum(steps)) == 6:
            return 2, steps[0]
    for w in windows(3):
        if near(at) and abs(sum(map(side, w))) == 3 and sum(map(near, w)) >= 2:
            return 3, side(at)
    if any(abs(sum(map(side, w))) == 7 for w in windows(7)):
        return 4, side(at)
    return 0, 0


@pytest.mark.parametrize("kind", ["i", "mr", "c", "u", "p", "up", "pp", "g", "t"])
def test_limits_and_signals_are_the_slow_twin_s(kind):
    rng = np.random.default_rng(21)
    seen = set()
    for drift in (0, 0.02, 0.04):
        n = rng.integers(80, 200, 41)
        mean = 12 * np.exp(drift * (np.arange(41) - 20))
        if kind in ("p", "pp"):
            y = rng.binomial(n, mean / 140)
        elif kind in ("i", "t"):
            y = np.round(rng.gamma(4, mean / 4), 2)
        else:
            y = rng.poisson(mean * (n / 140 if kind in ("u", "up") else 1))
        chart = control_chart(y, n if kind in SIZED else None, kind=kind)
        lines = slow_limits(kind, y.tolist(), n.tolist())
        assert np.column_stack([chart.centre, chart.lower, chart.upper]) == pytest.approx(np.array(lines, dtype=float))
        if kind in ("i", "c", "u", "up", "p", "pp"):  # whose near limits are two thirds of the way, nought apart
            x = chart.drawn.tolist()
            told = [slow_rule(at, x, lines) for at in range(41)]
            low = np.array([line[1] for line in lines])
            some = (low > 0) | (np.array([code for code, _ in told]) != 3)
            assert (chart.rule == [code for code, _ in told])[some].all()
            assert (chart.way == [way for _, way in told])[some].all()
            seen |= set(chart.rule.tolist())
    assert kind in ("mr", "g", "t") or len(seen) > 2


@pytest.mark.parametrize(
    ("size", "a3", "b3", "b4"),
    [(2, 2.659, 0, 3.267), (5, 1.427, 0, 2.089), (10, 0.975, 0.284, 1.716), (25, 0.606, 0.565, 1.435)],
)
def test_limits_of_groups_are_those_of_montgomery_s_table(size, a3, b3, b4):
    """Appendix VI, *Introduction to Statistical Quality Control*: A3, B3 and B4, times the mean spread of groups."""
    rng = np.random.default_rng(size)
    group, x = np.repeat(np.arange(12), size), rng.normal(50, 5, 12 * size)
    found = xbar_s(x, group)
    spread = found.sigma * bias(np.array([size]))[0]
    assert found.means.upper[0, 0] == pytest.approx(x.mean() + a3 * spread, abs=1e-3 * spread)
    assert found.means.lower[0, 0] == pytest.approx(x.mean() - a3 * spread, abs=1e-3 * spread)
    assert found.spreads.lower[0, 0] == pytest.approx(b3 * spread, abs=1e-3 * spread)
    assert found.spreads.upper[0, 0] == pytest.approx(b4 * spread, abs=1e-3 * spread)
