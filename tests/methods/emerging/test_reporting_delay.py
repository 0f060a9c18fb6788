"""Late reports: the forecast is that of a slow twin, and its interval covers what comes."""

import numpy as np
import pytest

from redway.methods.emerging.reporting_delay import from_submissions, reporting_delay, triangle
from redway.methods.inputs import Unfit

SHARES = np.array([0.4, 0.3, 0.15, 0.1, 0.05])


def simulated(rng, weeks=40, mean=60, vary=None):
    """All events by week and delay, and what is known of them now."""
    events = rng.poisson(mean, weeks)
    shares = SHARES if vary is None else rng.dirichlet(SHARES * vary, weeks)
    full = np.array([rng.multinomial(e, s) for e, s in zip(events, np.broadcast_to(shares, (weeks, 5)), strict=True)])
    full = full.astype(float)
    ahead = np.arange(weeks)[:, None] + np.arange(5) >= weeks
    return full.sum(axis=1), np.where(ahead, np.nan, full)


def twin(table, history):
    weeks, delays = table.shape
    total = []
    for t in range(weeks):
        last = min(weeks - 1 - t, delays - 1)
        n = sum(table[t, d] for d in range(last + 1))
        for d in range(last + 1, delays):
            old = [s for s in range(weeks) if s + d < weeks][-history:]
            with_d = sum(table[s, d] for s in old)
            n /= 1 - with_d / sum(table[s, e] for s in old for e in range(d + 1))
        total.append(n)
    return total


def test_the_forecast_is_the_slow_twins():
    _, table = simulated(np.random.default_rng(1))
    found = reporting_delay(table, np.random.default_rng(2), history=20)
    assert found.forecast == pytest.approx(twin(table, 20))
    assert found.completeness[:-4] == pytest.approx(1)
    assert found.low[0] == found.high[0] == found.reported[0]


@pytest.mark.parametrize("vary", [None, 20])
@pytest.mark.parametrize("mean", [8, 60])
def test_intervals_cover_what_comes(vary, mean):
    rng = np.random.default_rng(3)
    inside, short = [], []
    for _ in range(150):
        truth, table = simulated(rng, mean=mean, vary=vary)
        found = reporting_delay(table, rng)
        newest = slice(-3, None)
        inside += ((truth >= found.low) & (truth <= found.high))[newest].tolist()
        short.append(found.forecast[-1] / truth[-1] if truth[-1] else 1)
    assert 0.91 < np.mean(inside) <= 1
    assert np.median(short) == pytest.approx(1, abs=0.12)


def test_a_change_of_pace_is_noticed():
    rng = np.random.default_rng(4)
    _, table = simulated(rng)
    assert reporting_delay(table, rng).steady > 0.001
    slow = table.copy()
    slow[20:, 0], slow[20:, 3] = table[20:, 3], table[20:, 0]
    known = ~np.isnan(table)
    slow = np.where(known, np.where(np.isnan(slow), 0, slow), np.nan)
    found = reporting_delay(slow, rng)
    assert found.steady < 0.01
    assert "another pace" in found.sentence


def test_events_and_submissions_make_the_same_table():
    rng = np.random.default_rng(5)
    happened = rng.integers(0, 10, 300)
    reported = happened + rng.integers(0, 10, 300)
    table = triangle(happened, reported, now=9, longest=9)
    said = np.array(
        [[np.sum((happened == t) & (reported <= s)) if t <= s else np.nan for t in range(10)] for s in range(10)]
    )
    assert np.array_equal(from_submissions(said), table, equal_nan=True)


def test_too_little_is_said_and_what_cannot_be_is_refused():
    few = np.zeros((10, 2))
    few[-1, 1] = np.nan
    assert "too little history" in reporting_delay(few, np.random.default_rng(1)).sentence
    with pytest.raises(Unfit, match="still to come"):
        reporting_delay([[1, 2], [1, 2]], np.random.default_rng(1))
    with pytest.raises(Unfit):
        reporting_delay([[-1.0]], np.random.default_rng(1))
    with pytest.raises(Unfit, match="no earlier"):
        triangle([3], [2], now=5, longest=2)
    with pytest.raises(Unfit):
        from_submissions([[1.0, 2.0]])
    with pytest.raises(Unfit, match="every submission"):
        from_submissions([[1, np.nan], [np.nan, 2]])


def test_where_none_of_history_was_in_so_early_nothing_is_forecast():
    table = triangle(np.repeat(np.arange(40), 5), np.repeat(np.arange(40), 5) + 2, now=41, longest=4)
    found = reporting_delay(table, np.random.default_rng(1))
    assert np.isnan([found.forecast[-1], found.low[-1], found.high[-1]]).all()
    assert "cannot be told" in found.sentence
    assert "nan" not in found.sentence
    assert np.isfinite(found.forecast[:-2]).all()


TAYLOR_ASHE = """357848 766940 610542 482940 527326 574398 146342 139950 227229
352118 884021 933894 1183289 445745 320996 527804 266172 425046
290507 1001799 926219 1016654 750816 146923 495992 280405
310608 1108250 776189 1562400 272482 352053 206286
443160 693190 991983 769488 504851 470639
396132 937085 847498 805037 705960
440832 847631 1131398 1063269
359480 1061648 1443370
376686 986608
344014"""


def test_the_published_chain_ladder():
    """Taylor and Ashe's triangle, but for its last year of delay: the factors that Mack (1993), *ASTIN Bulletin* 23,
    213-225, prints, and R's ChainLadder gives for GenIns."""
    table = np.full((10, 9), np.nan)
    for week, line in enumerate(TAYLOR_ASHE.splitlines()):
        told = [float(v) for v in line.split()]
        table[week, : len(told)] = told
    found = reporting_delay(table, np.random.default_rng(1))
    mack = [3.4906, 1.7473, 1.4574, 1.1739, 1.1038, 1.0863, 1.0539, 1.0766]
    assert found.share[1:] / found.share[:-1] == pytest.approx(mack, abs=5e-5)
    assert found.share[-1] == 1
    reached = np.nansum(table, axis=1)
    assert found.forecast[-3:] == pytest.approx(reached[-3:] * [np.prod(mack[k:]) for k in (2, 1, 0)], rel=2e-4)
