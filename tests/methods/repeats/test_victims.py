"""Repeat victims: counts by hand, Kaplan and Meier by loops, and windows that do not hide repeats."""

import itertools

import numpy as np
import pytest
from scipy import stats

from redway.methods.inputs import Unfit
from redway.methods.repeats.victims import repeat_victims


def test_the_worked_example():
    found = repeat_victims(["a", "b", "a", "c", "a"], [0, 10, 20, 30, 50], until=100, within=(15, 25, 60))
    assert (found.events, found.victims, found.repeats) == (5, 3, 2)
    assert found.times.tolist() == [2, 0, 1]
    # spells: a 20, a 30, then unended 90, 70, 50; all five watched for 20 days
    assert found.followed == pytest.approx([0, 1 / 5, 2 / 5])


def test_it_is_scipys_survival_curve():
    rng = np.random.default_rng(1)
    who, when = rng.integers(0, 60, 200), rng.integers(0, 365, 200).astype(float)
    found = repeat_victims(who, when, until=400, within=(10, 50, 100))
    order = np.lexsort((when, who))
    same = np.append(who[order][1:] == who[order][:-1], False)
    spell = np.where(same, np.append(when[order][1:], 0), 400) - when[order]
    curve = stats.ecdf(stats.CensoredData(uncensored=spell[same], right=spell[~same]))
    assert found.followed == pytest.approx(curve.cdf.evaluate([10, 50, 100]))
    band = curve.cdf.confidence_interval(0.95, method="log-log")
    assert found.low == pytest.approx(band.low.evaluate([10, 50, 100]), abs=1e-9)
    assert found.high == pytest.approx(band.high.evaluate([10, 50, 100]), abs=1e-9)


def test_a_short_window_does_not_hide_repeats():
    """Every victim is hit again after 60 days on average; a window of 120 days sees fewer, and says the same."""
    rng = np.random.default_rng(2)
    gaps = rng.exponential(60, (4000, 20))
    when = np.cumsum(gaps, axis=1)
    who = np.repeat(np.arange(4000), 20).reshape(4000, 20)
    inside = when <= 120
    found = repeat_victims(who[inside], when[inside], until=120, within=(30,))
    truth = 1 - np.exp(-0.5)
    assert found.followed[0] == pytest.approx(truth, abs=0.015)
    naive = (np.diff(when, axis=1)[inside[:, 1:] & inside[:, :-1]] <= 30).sum() / inside.sum()
    assert naive < truth - 0.02


def test_chance_gives_repeats_too():
    rng = np.random.default_rng(3)
    seen = [repeat_victims(rng.integers(0, 500, 300), np.arange(300), at_risk=500).repeats for _ in range(100)]
    assert repeat_victims(rng.integers(0, 500, 300), np.arange(300), at_risk=500).expected == pytest.approx(
        np.mean(seen), abs=3
    )


def test_intervals_cover():
    rng, covered = np.random.default_rng(4), 0
    for _ in range(300):
        when = np.cumsum(rng.exponential(80, (60, 8)), axis=1)
        inside = when <= 200
        who = np.repeat(np.arange(60), 8).reshape(60, 8)
        found = repeat_victims(who[inside], when[inside], until=200, within=(40,))
        covered += found.low[0] <= 1 - np.exp(-0.5) <= found.high[0]
    assert 0.91 < covered / 300 < 0.985


def test_nothing_repeated_and_nothing_seen():
    assert repeat_victims([], []).sentence.startswith("Cannot tell")
    assert repeat_victims(["a"], [1]).cannot_tell
    found = repeat_victims(["a", "b"], [0, 0], until=50, within=(10, 90))
    assert (found.followed[0], found.low[0]) == (0, 0)
    assert 0 < found.high[0] < 1
    assert np.isnan(found.followed[1]), "nobody was watched for 90 days"
    assert "0 repeats among 2 recorded events" in found.sentence


@pytest.mark.parametrize("settings", [{"until": 1}, {"at_risk": 1}, {"within": (0,)}])
def test_what_cannot_be_is_refused(settings):
    with pytest.raises(Unfit):
        repeat_victims(["a", "b", "a"], [0, 1, 5], **settings)


@pytest.mark.parametrize(
    ("who", "blank"),
    [
        (np.array(["a", "", "b", " ", "a", ""]), 3),
        (np.array([1.0, np.nan, 2.0, np.nan, 1.0, np.nan]), 3),
        (np.array(["a", None, "b", "", "a", float("nan")], dtype=object), 3),
        (np.array([1, 0, 2, 0, 1, 0]), 0),
    ],
)
def test_blank_victims_are_left_out_and_said_to_be(who, blank):
    found = repeat_victims(who, [0, 1, 2, 3, 4, 50])
    assert found.unnamed == blank
    assert (found.events, found.repeats) == ((3, 1) if blank else (6, 3))
    assert ("3 events without a victim's name left out" in found.sentence) is bool(blank)


def test_the_window_ends_with_the_newest_event_even_of_a_blank_victim():
    assert repeat_victims(["a", "b", ""], [0, 1, 400]).followed[-1] == 0
    few = repeat_victims(["a", "", ""], [0, 1, 2])
    assert few.cannot_tell
    assert "2 events without" in few.sentence


def test_it_says_what_the_slow_twin_says():
    """Kaplan and Meier's product, spell by spell; and of every way to deal a few events to a few at risk, the mean."""
    rng = np.random.default_rng(6)
    who, when = rng.integers(0, 25, 70).tolist(), rng.integers(0, 200, 70).tolist()
    found = repeat_victims(who, np.array(when, dtype=float), until=220, within=(5, 30, 90))
    spells = []
    for name in set(who):
        days = sorted(w for v, w in zip(who, when, strict=True) if v == name)
        spells += [(b - a, True) for a, b in itertools.pairwise(days)] + [(220 - days[-1], False)]
    for horizon, followed in zip((5, 30, 90), found.followed, strict=True):
        left = 1.0
        for day in sorted({length for length, ended in spells if ended and length <= horizon}):
            watched = sum(length >= day for length, _ in spells)
            left *= 1 - sum(length == day and ended for length, ended in spells) / watched
        assert followed == pytest.approx(1 - left)
    repeats = [4 - len(set(dealt)) for dealt in itertools.product(range(5), repeat=4)]
    assert repeat_victims([*"abca"], [1.0, 2, 3, 4], at_risk=5).expected == pytest.approx(np.mean(repeats))
