"""CUSUM: equal to surveillance, to a slow twin, and its run length to simulation."""

import csv

import numpy as np
import pytest

from redway.methods.emerging.cusum import LARGE, TRANSFORMS, _likely, average_run_length, cusum
from redway.methods.inputs import Unfit


def rows(folder, name):
    with (folder / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.peers
@pytest.mark.parametrize("trans", ["standard", "rossi", "anscombe", "pearsonNegBin"])
def test_equal_to_surveillance(peer_outputs, trans):
    theirs = rows(peer_outputs, f"cusum_agona_{trans}.csv")
    counts = [float(r["observed"]) for r in rows(peer_outputs, "surv_input_salmonella_agona.csv")]
    found = cusum(counts, first=int(theirs[0]["t"]) - 1, trans=trans)
    assert found.cusum[0] == pytest.approx([float(r["cusum"]) for r in theirs], rel=0, abs=1e-10)
    assert found.upperbound[0] == pytest.approx([float(r["upperbound"]) for r in theirs], rel=0, abs=1e-10)
    assert found.alarm[0].tolist() == [r["alarm"] == "1" for r in theirs]


def standard(y, m, trans):
    return {
        "standard": (y - m) / m**0.5,
        "rossi": (y - 3 * m + 2 * (y * m) ** 0.5) / (2 * m**0.5),
        "anscombe": 1.5 * (y ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6),
        "anscombe2nd": (y ** (2 / 3) - m ** (2 / 3) + m ** (-1 / 3) / 9) / (2 / 3 * m ** (1 / 6)),
        "pearsonNegBin": (y - m) / (m + 0.1 * m * m) ** 0.5,
        "none": y,
    }[trans]


@pytest.mark.parametrize("trans", TRANSFORMS)
@pytest.mark.parametrize("reset", [False, True])
def test_it_says_what_the_slow_twin_says(trans, reset):
    counts = np.random.default_rng(5).poisson(4, (3, 80))
    counts[:, 60:] += 3
    found = cusum(counts, first=40, trans=trans, reset=reset)
    for i, series in enumerate(counts):
        m, c = series[:40].mean(), 0.0
        for t, y in enumerate(series[40:]):
            before = 0.0 if reset and c >= 2.26 else c
            c = max(0.0, before + standard(y, m, trans) - 1.04)
            assert found.cusum[i, t] == pytest.approx(c, abs=1e-9)
            assert found.alarm[i, t] == (c >= 2.26)
            # the bound is the count at which the alarm begins
            bound = found.upperbound[i, t]
            if bound > 0:
                assert before + standard(bound, m, trans) - 1.04 >= 2.26 - 1e-8
            assert (y >= bound - 1e-9) == (c >= 2.26) or bound == 0


@pytest.mark.parametrize("trans", ["standard", "rossi", "anscombe"])
def test_the_run_length_is_that_of_simulated_counts(trans):
    counts = np.random.default_rng(6).poisson(5, (2500, 1200))
    alarm = cusum(counts, first=0, m=5.0, trans=trans, h=1.5).alarm
    until = np.where(alarm.any(axis=1), alarm.argmax(axis=1) + 1, 1200)
    assert alarm.any(axis=1).mean() > 0.97
    assert average_run_length(5, h=1.5, trans=trans) == pytest.approx(until.mean(), rel=0.06)


def test_a_rise_that_lasts_is_found_and_said():
    counts = np.random.default_rng(7).poisson(5, 100)
    counts[60:] += 4
    found = cusum(counts, first=50)
    assert found.alarm[0, 12:].any()
    assert "about every" in found.sentence


def test_odd_series_get_an_answer():
    assert "no event" in cusum(np.zeros(20), first=10).cannot_tell
    assert cusum([1, 2, 3], first=3).cannot_tell
    assert not cusum([[0, 0, 5], [1, 1, 1]], first=2).alarm[0, 0], "no level, no verdict"
    many = cusum(np.ones((60, 10)), first=5)
    assert "not worked out" in many.sentence


def test_what_cannot_be_worked_with_is_said():
    for wrong in ({"first": 0}, {"first": 9}, {"first": 1, "trans": "log"}, {"first": 1, "m": 0}):
        with pytest.raises(Unfit):
            cusum([1, 2, 3], **wrong)
    with pytest.raises(Unfit):
        cusum([1, np.nan, 2], first=1)
    with pytest.raises(Unfit):
        cusum([[1, 2], [1, 2], [1, 2]], first=1, m=[1, 2])


def test_the_run_length_of_large_counts_costs_no_more_and_joins_on_to_that_of_small_ones():
    below, above, far = (average_run_length(m) for m in (LARGE, LARGE + 1, 1e15))
    assert above == pytest.approx(below, rel=0.08)
    assert far == pytest.approx(above, rel=0.1)
    for m in (20_000.0, 1e15):
        counts, chances = _likely(m)
        assert counts.size < 1_300
        assert chances.sum() == pytest.approx(1)
        assert chances @ counts == pytest.approx(m)
        assert chances @ (counts - m) ** 2 == pytest.approx(m, rel=1e-6)


def test_a_long_run_is_said_in_figures():
    found = cusum(np.random.default_rng(1).poisson(6, 60), first=50, h=4.0)
    assert found.run_length[0] > 1000
    assert "e+" not in found.sentence
