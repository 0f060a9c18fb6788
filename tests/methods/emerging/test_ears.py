"""EARS: equal to surveillance, to a slow twin, and what its short baseline costs."""

import csv
import statistics

import numpy as np
import pytest
from scipy.stats import binom, norm

from redway.methods.emerging.ears import ears
from redway.methods.inputs import Unfit


def rows(folder, name):
    with (folder / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.peers
@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@pytest.mark.parametrize("place", ["agona", "newport"])
def test_equal_to_surveillance(peer_outputs, method, place):
    theirs = rows(peer_outputs, f"ears{method}_{place}.csv")
    counts = [float(r["observed"]) for r in rows(peer_outputs, f"surv_input_salmonella_{place}.csv")]
    found = ears(counts, method)
    at = [int(r["t"]) - 1 for r in theirs]
    assert found.upperbound[0, at] == pytest.approx([float(r["upperbound"]) for r in theirs], rel=0, abs=1e-10)
    # "NA" where the package leaves an alarm out
    expected = [r["alarm"] == "1" for r in theirs if r["alarm"] != "NA"]
    assert [a for a, r in zip(found.alarm[0, at], theirs, strict=True) if r["alarm"] != "NA"] == expected


def twin(y, method, t):
    def c2(at, lag):
        past = y[at - lag - 7 : at - lag]
        return statistics.mean(past), statistics.stdev(past)

    if method in ("C1", "C2"):
        mean, s = c2(t, 0 if method == "C1" else 2)
        return mean + norm.isf(0.001) * s
    bound = norm.isf(0.025)
    for back in (1, 2):
        mean, s = c2(t - back, 2)
        bound -= max(0, (y[t - back] - mean) / s - 1)
    return max(0, y[t] + c2(t, 2)[1] * bound)


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
def test_it_says_what_the_slow_twin_says(method):
    counts = np.random.default_rng(3).poisson(8, (3, 40))
    found = ears(counts, method)
    for i in range(3):
        for t in range(found.first, 40):
            assert found.upperbound[i, t] == pytest.approx(twin(counts[i].tolist(), method, t))
    assert np.isnan(found.upperbound[:, : found.first - (2 if method == "C3" else 0)]).all()


@pytest.mark.parametrize("method", ["C1", "C2"])
def test_p_values_are_uniform_where_nothing_happens_and_alarms_are_more_than_stated(method):
    found = ears(np.random.default_rng(4).poisson(400, (4000, 17)), method)
    p = found.pvalue[:, -1]
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.012)
    assert np.mean(p < 0.5) == pytest.approx(0.5, abs=0.03)
    assert 0.008 < found.alarm[:, -1].mean() < 0.02, "ten to twenty times the stated 0.001"


def test_a_flat_baseline_tells_nothing_unless_a_least_spread_is_given():
    counts = [0] * 7 + [1]
    assert ears(counts).alarm[0, -1]
    assert ears(counts).pvalue[0, -1] == pytest.approx(1 / 8), "one event, in any of eight periods as likely"
    rise = ears([0] * 324 + [6])
    assert rise.pvalue[0, -1] == pytest.approx(8.0**-6)
    assert rise.discoveries().listed.tolist() == [False] * 317 + [True], "a rise over noughts is listed"
    assert "1 of 318 counts is above" in rise.sentence
    assert ears([5] * 7 + [6]).pvalue[0, -1] == pytest.approx(binom.sf(5, 41, 1 / 8)), "and one over fives is not"
    assert not ears(counts, min_sigma=0.5).alarm[0, -1]


def test_a_gap_and_a_short_series_get_no_verdict():
    counts = np.full(20, 5.0)
    counts[10] = np.nan
    assert np.isnan(ears(counts).upperbound[0, 11:18]).all()
    assert ears([1, 2, 3]).cannot_tell
    assert "Cannot tell" in ears([]).sentence
    assert "EARS C1" in ears(np.arange(20)).sentence


def test_what_cannot_be_worked_with_is_said():
    for wrong in ([-1.0], [0.5], [np.inf]):
        with pytest.raises(Unfit):
            ears(wrong)
    with pytest.raises(Unfit):
        ears([1, 2], "C4")
    with pytest.raises(Unfit):
        ears([1, 2], baseline=2)
