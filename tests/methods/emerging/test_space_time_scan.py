"""The scan over areas and weeks: equal to looking at every cylinder by hand, and as rare as it says."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from redway.methods.emerging import space_time_scan as module
from redway.methods.emerging.space_time_scan import space_time_scan
from redway.methods.inputs import Unfit


def city(rng, areas=30, weeks=20, mean=2.0):
    return rng.poisson(mean, (areas, weeks)).astype(float), rng.uniform(0, 5000, areas), rng.uniform(0, 5000, areas)


def twin(counts, x, y, expected, longest, share):
    """The best cylinder, one by one."""
    expected = expected * counts.sum() / expected.sum()
    best, total = (0.0, None), counts.sum()
    for centre in range(len(x)):
        near = sorted(range(len(x)), key=lambda a: (x[a] - x[centre]) ** 2 + (y[a] - y[centre]) ** 2)
        for size in range(1, len(x) + 1):
            inside = near[:size]
            if size > 1 and expected[inside].sum() > share * total:
                break
            for length in range(1, longest + 1):
                c, e = counts[inside, -length:].sum(), expected[inside, -length:].sum()
                if c > e:
                    ratio = c * np.log(c / e) + (total - c) * np.log((total - c) / (total - e))
                    if ratio > best[0]:
                        best = (ratio, (set(inside), length))
    return best


@pytest.mark.parametrize("given", [True, False])
def test_it_finds_what_the_slow_twin_finds(given):
    rng = np.random.default_rng(1)
    for _ in range(4):
        counts, x, y = city(rng)
        expected = rng.uniform(1, 3, counts.shape)
        usual = expected if given else counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
        found = space_time_scan(counts, x, y, rng, expected=expected if given else None, nsim=9).clusters[0]
        ratio, (areas, length) = twin(counts, x, y, usual, 4, 0.5)
        assert found.log_ratio == pytest.approx(ratio)
        assert set(found.areas) == areas
        assert found.last - found.first + 1 == length


@pytest.mark.parametrize("given", [True, False])
def test_p_values_are_uniform_where_nothing_happens(given):
    rng = np.random.default_rng(2)
    p = []
    for _ in range(150):
        counts, x, y = city(rng, areas=12, weeks=12)
        usual = np.ones(counts.shape) if given else None
        p.append(space_time_scan(counts, x, y, rng, expected=usual, nsim=39).clusters[0].pvalue)
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.07)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.12)


def test_a_planted_cluster_is_found_and_said_and_the_second_shares_no_area():
    rng = np.random.default_rng(3)
    counts, x, y = city(rng)
    near = np.argsort((x - x[4]) ** 2 + (y - y[4]) ** 2)[:3]
    counts[near, -2:] += 6
    found = space_time_scan(counts, x, y, rng, nsim=199)
    top = found.clusters[0]
    assert set(near) <= set(top.areas)
    assert top.first == 18
    assert top.pvalue == 1 / 200
    assert "unlikely by chance" in found.sentence
    assert all(not set(top.areas) & set(other.areas) for other in found.clusters[1:])


def test_a_past_cluster_is_found_only_if_looked_for():
    rng = np.random.default_rng(4)
    counts, x, y = city(rng)
    counts[7, 8:10] += 15
    back = space_time_scan(counts, x, y, rng, nsim=99, prospective=False).clusters[0]
    assert (back.first, back.last) == (8, 9)
    assert 7 in back.areas
    now = space_time_scan(counts, x, y, rng, nsim=99).clusters[0]
    assert now.last == 19


def test_turning_and_moving_the_map_changes_nothing():
    rng = np.random.default_rng(5)
    counts, x, y = city(rng)
    one = space_time_scan(counts, x, y, np.random.default_rng(1), nsim=19)
    turned = space_time_scan(counts, 1000 - y, x + 5e5, np.random.default_rng(1), nsim=19)
    assert [c.areas for c in one.clusters] == [c.areas for c in turned.clusters]
    assert one.clusters[0].pvalue == turned.clusters[0].pvalue


def test_odd_tables_get_an_answer():
    rng = np.random.default_rng(6)
    assert "fewer than two events" in space_time_scan(np.zeros((4, 4)), range(4), range(4), rng).sentence
    assert space_time_scan([[3, 4]], [0], [0], rng).cannot_tell
    same = space_time_scan(np.full((4, 6), 2.0), range(4), range(4), rng, nsim=19)
    assert same.sentence.startswith("None of 32 places and times")
    assert "at one point" in space_time_scan(np.full((4, 6), 2.0), [1] * 4, [2] * 4, rng, nsim=19).cannot_tell
    one_cell = np.zeros((3, 3))
    one_cell[1, 2] = 9
    assert space_time_scan(one_cell, [0, 1, 2], [0, 0, 0], rng, nsim=19).clusters[0].pvalue == 1
    for wrong in ({"longest": 0}, {"most_expected": 2}, {"expected": np.zeros((3, 3))}, {"nsim": 0}):
        with pytest.raises(Unfit):
            space_time_scan(one_cell, [0, 1, 2], [0, 0, 0], rng, **wrong)
    with pytest.raises(Unfit):
        space_time_scan(one_cell, [0, 1], [0, 0], rng)


def test_many_events_are_shuffled_by_their_margins_which_is_the_same_law(monkeypatch):
    rng = np.random.default_rng(8)
    counts, x, y = city(rng, areas=8, weeks=6, mean=3.0)
    counts[2, -1] += 8
    one_by_one = space_time_scan(counts, x, y, np.random.default_rng(1), nsim=600).clusters[0].pvalue
    monkeypatch.setattr(module, "ONE_BY_ONE", 0)
    by_margins = space_time_scan(counts, x, y, np.random.default_rng(2), nsim=600).clusters[0].pvalue
    assert by_margins == pytest.approx(one_by_one, abs=0.08)
    drawn = module._shuffler(counts.astype(float))(rng)
    assert np.array_equal(drawn.sum(axis=0), counts.sum(axis=0))
    assert np.array_equal(drawn.sum(axis=1), counts.sum(axis=1))


def test_huge_counts_are_scanned_or_refused_in_words():
    counts, x, y = city(np.random.default_rng(8), areas=8, weeks=6)
    counts[3, 2] = 10**8
    assert space_time_scan(counts, x, y, np.random.default_rng(1), nsim=19).clusters
    counts[3, 2] = 10**9
    with pytest.raises(Unfit, match="900,000,000 events"):
        space_time_scan(counts, x, y, np.random.default_rng(1), nsim=19)


def test_where_no_place_has_more_than_expected_none_is_called_a_cluster():
    counts = np.full((4, 6), 5.0)
    counts[0, 1] = 900
    given = {"expected": np.ones((4, 6)), "most_expected": 0.3, "longest": 2}
    found = space_time_scan(counts, np.arange(4) * 100.0, np.zeros(4), np.random.default_rng(1), nsim=9, **given)
    assert found.sentence.startswith("None of")


def test_the_published_clusters_of_kulldorff():
    """Sudden infant deaths of North Carolina, 1974-84, the example of Kulldorff 1997: likeliest are Bladen, Columbus,
    Hoke, Robeson and Scotland, then Halifax, Hertford and Northampton. (Cressie's data, as in R's spData, CC0; its
    places of counties, taken to kilometres. One period of ten years, so that only places are scanned.)"""
    with Path(__file__).with_name("nc_sids.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    long, lat, births, deaths = (
        np.array([float(row[c]) for row in rows]) for c in ("longitude", "latitude", "births", "deaths")
    )
    x, y = 111.32 * np.cos(np.radians(35.5)) * long, 110.9 * lat
    found = space_time_scan(deaths[:, None], x, y, np.random.default_rng(1), expected=births[:, None], nsim=99)
    named = [sorted(rows[at]["county"] for at in cluster.areas) for cluster in found.clusters[:2]]
    assert named == [["Bladen", "Columbus", "Hoke", "Robeson", "Scotland"], ["Halifax", "Hertford", "Northampton"]]
    assert [cluster.pvalue for cluster in found.clusters[:2]] == [0.01, 0.01]
    first = found.clusters[0]
    c, e, total = first.events, first.expected, deaths.sum()
    # R 4.2.2: dpois(139, 139, log = TRUE) - dpois(139, e, log = TRUE) and the same of the rest
    by_poisson = stats.poisson.logpmf([c, total - c], [c, total - c]) - stats.poisson.logpmf(
        [c, total - c], [e, total - e]
    )
    assert (c, first.log_ratio) == (139, pytest.approx(by_poisson.sum()))
