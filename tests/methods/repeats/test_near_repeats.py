"""The live alert: pairs, chains and open windows, by hand and against every pair."""

import csv
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
    assert "days of an earlier one, 2 more of one at the same time, in 1 chain" in found.sentence
    assert "same time" not in near_repeats([0, 1, 1], [0, 0, 0], [5, 6, 6], distance=10, days=2).sentence


def test_what_comes_after_now_opens_no_window():
    assert near_repeats([0, 1], [0, 0], [5, 9], distance=10, days=3, now=6).open_days.tolist() == [2, 0]


def test_no_event_gives_no_verdict_and_a_million_pairs_a_refusal(monkeypatch):
    assert near_repeats([], [], [], distance=10, days=3).sentence.startswith("Cannot tell")
    monkeypatch.setattr(module, "MOST_PAIRS", 1000)
    with pytest.raises(Unfit, match="shared points"):
        near_repeats(np.zeros(100), np.zeros(100), np.zeros(100), distance=10, days=3)
    with pytest.raises(Unfit):
        near_repeats([0], [0], [0], distance=-1, days=3)


@pytest.mark.peers
def test_pairs_are_as_many_as_nearrepeat_counts(peer_outputs, seeded):
    """NearRepeat's table of 1,000 seeded events, its cells added up: under 400 m (and 800) and 8 days (and 15)."""
    with (peer_outputs / "knox_NearRepeat_synth1000_euclidean.csv").open() as file:
        cells = np.array([float(row["observed"]) for row in csv.DictReader(file)]).reshape(5, 5)  # days, metres
    x, y, time = seeded(1000)
    for metres, days, whole in (
        (400, 6, cells[:3, :4].sum()),
        (800, 13, cells[:4, :5].sum()),
        (100, 2, cells[:2, :2].sum()),
    ):
        found = near_repeats(x, y, time, distance=np.nextafter(metres, 0), days=days)
        assert len(found.first) == whole


def test_repeats_chains_and_the_alert_are_the_slow_twin_s():
    rng = np.random.default_rng(11)
    x, y = rng.integers(0, 12, (2, 60)) * 50.0
    time = rng.integers(0, 40, 60).astype(float)
    found = near_repeats(x, y, time, distance=100, days=6)
    near = [
        [np.hypot(x[i] - x[j], y[i] - y[j]) <= 100 and abs(time[i] - time[j]) <= 6 for j in range(60)]
        for i in range(60)
    ]
    group = list(range(60))
    for _ in range(60):
        for i in range(60):
            group[i] = min(group[j] for j in range(60) if near[i][j])
    for i in range(60):
        assert found.repeat[i] == any(near[i][j] and time[j] < time[i] for j in range(60))
        alone = sum(near[i]) == 1
        assert (found.chain[i] == -1) == alone
        same = [j for j in range(60) if group[j] == group[i]]
        assert alone or [j for j in range(60) if found.chain[j] == found.chain[i]] == same
        assert found.open_days[i] == max(0, min(6, 6 - (time.max() - time[i])))
