"""The live alert: pairs, chains and open windows, by hand and against every pair."""

import itertools

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.repeats import near_repeats as module
from redway.methods.repeats.near_repeats import near_repeats


def test_the_worked_example():
    found = near_repeats([0, 50, 60, 900], [0, 0, 0, 0], [0, 3, 8, 9], distance=100, days=5, now=10)
    assert list(zip(found.first, found.second, found.metres, found.gap, strict=True)) == [(0, 1, 50, 3), (1, 2, 10, 5)]
    assert found.repeat.tolist() == [False, True, True, False]
    assert found.chain.tolist() == [0, 0, 0, -1]
    assert found.open_days.tolist() == [0, 0, 3, 4]
    assert found.alert.tolist() == [3, 2]
    assert "2 of 4 recorded events" in found.sentence


def test_pairs_are_those_of_every_pair():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 1000, (2, 120))
    time = rng.integers(0, 50, 120)
    found = near_repeats(x, y, time, distance=120, days=6)
    near = {
        (i, j)
        for i, j in itertools.combinations(range(120), 2)
        if np.hypot(x[i] - x[j], y[i] - y[j]) <= 120 and abs(time[i] - time[j]) <= 6
    }
    assert {tuple(sorted(pair)) for pair in zip(found.first.tolist(), found.second.tolist(), strict=True)} == near
    assert (time[found.first] <= time[found.second]).all()
    assert (found.chain[found.first] == found.chain[found.second]).all()


def test_two_at_one_time_are_a_pair_and_neither_follows():
    found = near_repeats([0, 1], [0, 0], [5, 5], distance=10, days=2)
    assert len(found.first) == 1
    assert not found.repeat.any()
    assert found.chain.tolist() == [0, 0]


def test_what_comes_after_now_opens_no_window():
    assert near_repeats([0, 1], [0, 0], [5, 9], distance=10, days=3, now=6).open_days.tolist() == [2, 0]


def test_no_event_gives_no_verdict_and_a_million_pairs_a_refusal(monkeypatch):
    assert near_repeats([], [], [], distance=10, days=3).sentence.startswith("Cannot tell")
    monkeypatch.setattr(module, "MOST_PAIRS", 1000)
    with pytest.raises(Unfit, match="shared points"):
        near_repeats(np.zeros(100), np.zeros(100), np.zeros(100), distance=10, days=3)
    with pytest.raises(Unfit):
        near_repeats([0], [0], [0], distance=-1, days=3)
