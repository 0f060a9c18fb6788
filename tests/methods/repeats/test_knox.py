"""Knox's table: NearRepeat's and pointpats' counts and chances, exact moments, and fair under the null."""

import csv
import itertools
import json

import numpy as np
import pytest
from scipy import stats

from redway.methods.inputs import Unfit
from redway.methods.repeats import knox as module
from redway.methods.repeats.knox import knox, seasons


def rng(seed=1):
    return np.random.default_rng(seed)


def twin(x, y, time, sds, tds, manhattan=False):
    """Every pair."""
    table = np.zeros((len(sds) - 1, len(tds) - 1), dtype=int)
    for i, j in itertools.combinations(range(len(x)), 2):
        dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
        s = dx + dy if manhattan else (dx * dx + dy * dy) ** 0.5
        for k, m in itertools.product(range(len(sds) - 1), range(len(tds) - 1)):
            table[k, m] += sds[k] <= s < sds[k + 1] and tds[m] <= abs(time[i] - time[j]) < tds[m + 1]
    return table


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("method", ["euclidean", "manhattan"])
def test_the_table_is_that_of_every_pair(whole, method):
    x, y = rng().integers(0, 30, (2, 80)).astype(float)
    time = rng(2).integers(0, 60, 80) if whole else rng(2).uniform(0, 60, 80)
    sds, tds = (0, 0.1, 3, 5, 9), (0, 1, 3.5, 10)
    found = knox(x, y, time, rng(), sds=sds, tds=tds, method=method, nrep=19)
    assert (found.observed == twin(x, y, time, sds, tds, method == "manhattan")).all()


def test_shuffles_are_counted_as_the_observed_is(monkeypatch):
    """Each drawn column against the table of its own times, with chunks too small to hold a band."""
    monkeypatch.setattr(module, "ROWS", 3)
    monkeypatch.setattr(module, "WIDE", 40)
    monkeypatch.setattr(module, "TABLE_BYTES", 50 * 2 * 7)
    x, y = rng().integers(0, 20, (2, 50)).astype(float)
    drawn = []
    real = module._shuffled
    monkeypatch.setattr(module, "_shuffled", lambda *a, **k: drawn.append((a[0], real(*a, **k))) or drawn[-1][1])
    sds, tds = (0, 4, 8), (0, 2, 9)
    found = knox(x, y, rng(3).integers(0, 40, 50), rng(), sds=sds, tds=tds, nrep=15)
    held = module.places(x, y, 8)
    columns = np.concatenate([table[:-2] for _, table in drawn], axis=1)
    assert columns.shape == (50, 16)
    slow = np.array([twin(held.x, held.y, columns[:, k].astype(int), sds, tds) for k in range(16)])
    assert (found.observed == slow[0]).all()
    assert found.sim_mean == pytest.approx(slow[1:].mean(axis=0))
    assert found.p == pytest.approx(((slow[1:] >= slow[0]).sum(axis=0) + 1) / 16)


@pytest.mark.parametrize("longest", [32_766, 32_767, 2**31 - 2, 2**31, 2.0**31 + 0.5])
def test_limits_beyond_what_numbers_of_a_size_hold_let_every_pair_in(longest):
    time = [0, 1, longest - 1, longest, longest]
    found = knox(range(5), [0] * 5, time, rng(), sds=(0, 9), tds=(0, 2, 1e12), nrep=3)
    assert found.observed.tolist() == [[4, 6]]
    assert found.sim_mean.sum() == 10


@pytest.mark.parametrize("whole", [True, False])
def test_mean_and_spread_are_those_of_every_way_to_deal(whole):
    x, y = rng(5).integers(0, 5, (2, 6)).astype(float)
    time = [0, 1, 1, 3, 6, 6] if whole else [0.5, 1.25, 1.25, 3, 6, 6.75]
    sds, tds = (0, 2, 4), (0, 1, 3)
    every = np.array([twin(x, y, order, sds, tds) for order in itertools.permutations(time)])
    found = knox(x, y, time, rng(), sds=sds, tds=tds, nrep=9)
    assert found.expected == pytest.approx(every.mean(axis=0))
    assert found.sd == pytest.approx(every.std(axis=0))


def reference(path, sds, tds):
    with path.open() as file:
        rows = list(csv.DictReader(file))
    shape = (len(tds) - 1, len(sds) - 1)
    return {
        name: np.array([float(row[name]) for row in rows]).reshape(shape).T
        for name in ("observed", "pvalue", "sim_mean", "sim_sd")
    }


def within_three_errors(found, theirs):
    """INDEX's bounds: counts exact, ratio and p within three errors of NearRepeat's 999 shuffles alone.

    Nothing of ours adds to them: our mean is exact, and our p is of ten times as many shuffles.
    """
    assert (found.observed == theirs["observed"]).all()
    # of the mean, as of the ratio observed / mean, which a cell that no shuffle reaches does not have
    assert (np.abs(theirs["sim_mean"] - found.expected) <= 3 * theirs["sim_sd"] / np.sqrt(999)).all()
    p = theirs["pvalue"]
    assert (np.abs(found.p - p) <= 3 * np.sqrt(p * (1 - p) / 1000)).all()
    assert (np.abs(found.sim_mean - found.expected) <= 3 * found.sd / np.sqrt(9999)).all()


ARSON_SDS, ARSON_TDS = (0, 0.1, 100, 200, 300, 400, 500, 1000), (0, 1, 2, 4, 7, 14, 28)


@pytest.mark.peers
@pytest.mark.parametrize("method", ["euclidean", "manhattan"])
def test_it_is_nearrepeats(peer_outputs, method):
    with (peer_outputs / "knox_input_chicago_arson.csv").open() as file:
        rows = list(csv.DictReader(file))
    x, y = (np.array([float(row[c]) for row in rows]) for c in ("x", "y"))
    time = np.array([row["date"] for row in rows], dtype="datetime64[D]").astype(int)
    theirs = reference(peer_outputs / f"knox_NearRepeat_chicago_arson_{method}.csv", ARSON_SDS, ARSON_TDS)
    found = knox(x, y, time, rng(), sds=ARSON_SDS, tds=ARSON_TDS, method=method, nrep=9999)
    within_three_errors(found, theirs)


SYNTH_SDS, SYNTH_TDS = (0, 0.1, 100, 200, 400, 800), (0, 1, 3, 7, 14, 28)


@pytest.mark.peers
def test_it_is_nearrepeats_on_seeded_events(peer_outputs, seeded):
    x, y, time = seeded(1000)
    theirs = reference(peer_outputs / "knox_NearRepeat_synth1000_euclidean.csv", SYNTH_SDS, SYNTH_TDS)
    found = knox(x, y, time, rng(), sds=SYNTH_SDS, tds=SYNTH_TDS, nrep=9999)
    within_three_errors(found, theirs)


@pytest.mark.peers
def test_a_p_counts_what_is_as_large_and_is_never_nought(peer_outputs, seeded):
    """pointpats' Poisson p is of more than what was seen, PredictCode's and pysyncon's count no draw for what was seen.

    So they can be nought, and of no pair at all pointpats says 1 - exp(-expected) where 1 is meant.
    """
    theirs = json.loads((peer_outputs / "knox_pointpats_synth1000_d200_t7.json").read_text())
    assert theirs["p_poisson"] == 1 - stats.poisson.cdf(theirs["nst"], theirs["expected"]) == 0
    assert stats.poisson.sf(0, 2.0) < 0.9
    assert stats.poisson.sf(0 - 1, 2.0) == 1
    x, y, time = seeded(300)
    found = knox(x, y, time, rng(), nrep=19)
    assert found.p.min() == 1 / 20
    assert (found.p[found.observed == 0] == 1).all()


@pytest.mark.peers
def test_the_average_is_pointpats(peer_outputs, seeded):
    """109 pairs within 200 m and 7 days of 1,000 seeded events, where chance gives 14.5233."""
    theirs = json.loads((peer_outputs / "knox_pointpats_synth1000_d200_t7.json").read_text())
    x, y, time = seeded(1000)
    found = knox(x, y, time, rng(), sds=(0, np.nextafter(200, 201)), tds=(0, 8))
    assert found.observed[0, 0] == theirs["nst"]
    assert found.expected[0, 0] == pytest.approx(theirs["expected"], rel=1e-9)
    assert found.p[0, 0] == theirs["p_sim"]


def test_p_is_uniform_where_times_are_chance():
    r = rng(8)
    x, y = r.uniform(0, 1000, (2, 120))
    p = [knox(x, y, r.uniform(0, 100, 120), r, sds=(0, 200), tds=(0, 10), nrep=99).p[0, 0] for _ in range(300)]
    assert stats.kstest(p, "uniform").pvalue > 0.005


def test_spates_of_areas_look_like_repeats_until_times_stay_in_their_area():
    """Ten areas, each with a spate in a month of its own, and no event that follows another."""
    r, plain, kept = rng(9), 0, 0
    for _ in range(40):
        area = np.repeat(np.arange(10), 30)
        x, y = 3000.0 * area + r.uniform(0, 800, 300), r.uniform(0, 800, 300)
        time = 60 * area + r.uniform(0, 60, 300)
        settings = {"sds": (0, 200), "tds": (0, 7), "nrep": 59}
        plain += knox(x, y, time, r, **settings).p[0, 0] < 0.05
        kept += knox(x, y, time, r, strata=area, **settings).p[0, 0] < 0.05
    assert plain == 40
    assert kept <= 6


def test_strata_keep_their_times():
    time, groups = np.arange(12), np.repeat([0, 1, 2], 4)
    table = module._shuffled(time.astype(np.int16), groups, rng(), 30, observed=False)[:-2]
    for group in range(3):
        assert (np.sort(table[groups == group], axis=0) == time[groups == group][:, None]).all()
    assert (table != time[:, None]).any()
    assert seasons([0, 89, 91, 400], 91).tolist() == [0, 0, 1, 4]


def test_order_shift_and_turn_change_nothing_that_was_observed(seeded):
    x, y, time = seeded(300)
    one = knox(x, y, time, rng(), nrep=9)
    order = rng(3).permutation(300)
    other = knox(-(y[order] - 424_000), x[order] - 420_000, time[order] + 5, rng(), nrep=9)
    assert (one.observed == other.observed).all()
    assert one.expected == pytest.approx(other.expected)
    assert "a spate in one area and season" in knox(x, y, time, rng(), nrep=199).sentence


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (([], [], []), "only 0 events"),
        (([1], [1], [1]), "only 1 event"),
        (([1, 2, 3], [1, 1, 1], [7, 7, 7]), "same time"),
        (([5] * 28, [6] * 28, list(range(28))), "at one point"),
    ],
)
def test_what_leaves_nothing_to_shuffle_gives_no_verdict(events, why):
    found = knox(*events, rng())
    assert why in found.cannot_tell
    assert found.sentence.startswith("Cannot tell")
    assert np.isnan(found.p).all() or why == "at one point"


def test_where_nothing_can_be_shuffled_pairs_are_counted_all_the_same():
    found = knox([1000, 1000, 1000.05, 5000], [1000] * 3 + [5000], [3] * 4, rng())
    assert "same time" in found.cannot_tell
    assert found.observed[0, 0] == 3
    assert found.observed.sum() == 3


def test_strata_of_one_time_each_give_no_verdict():
    assert "within every stratum" in knox([1, 2, 3], [1, 2, 3], [1, 2, 3], rng(), strata=["a", "b", "c"]).cannot_tell


def test_all_events_at_one_point_have_all_pairs_in_the_first_band():
    found = knox(np.zeros(50), np.zeros(50), np.arange(50), rng(), nrep=9)
    assert found.observed[0].sum() == twin(np.zeros(50), np.zeros(50), range(50), (0, 0.1), (0, 1, 8, 15, 29)).sum()
    assert (found.p == 1).all(), "where all are near, no time is nearer than another"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"sds": (5, 1)}, "rise"),
        ({"tds": (0,)}, "two edges"),
        ({"nrep": 0}, "nrep"),
        ({"strata": ["a"]}, "stratum"),
        ({"method": "walk"}, "one of"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, told):
    with pytest.raises(Unfit, match=told):
        knox([1, 2, 3], [1, 2, 3], [1, 2, 9], rng(), **settings)
    with pytest.raises(Unfit):
        knox([1, np.nan, 3], [1, 2, 3], [1, 2, 9], rng())


def test_a_million_events_at_one_point_are_refused_at_once():
    with pytest.raises(Unfit, match="shared points"):
        knox(np.ones(1_000_000), np.ones(1_000_000), np.arange(1_000_000) % 365, rng())
