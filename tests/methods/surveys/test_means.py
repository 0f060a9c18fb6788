import numpy as np
import pytest
from scipy import stats

from redway.methods.inputs import Unfit
from redway.methods.surveys.design import codes, design
from redway.methods.surveys.means import Differences, mean, ratio, subgroup_differences, total, wave_differences


def city(rng, strata=6, clusters=40, people=12, slope=0.0):
    """Everybody: stratum, cluster and y of each, people of one cluster being alike."""
    stratum = np.repeat(np.arange(strata), clusters * people)
    cluster = np.repeat(np.arange(strata * clusters), people)
    level = rng.normal(0, 1, strata * clusters)[cluster] + stratum * 0.4
    return stratum, cluster, 5 + level + rng.normal(0, 1, cluster.size) + slope


def drawn(rng, everybody, take=6):
    """Some clusters of each stratum, whole: rows, and the design."""
    stratum, cluster, _ = everybody
    kept = []
    for s in np.unique(stratum):
        kept.extend(rng.choice(np.unique(cluster[stratum == s]), take, replace=False))
    rows = np.flatnonzero(np.isin(cluster, kept))
    each = 40 / take
    return rows, design(np.full(rows.size, each), ids=cluster[rows], strata=stratum[rows], fpc=np.full(rows.size, 40.0))


def slow(weights, y, psu, stratum, fpc):
    """The variance of a mean, one stratum and cluster at a time."""
    m = sum(w * v for w, v in zip(weights, y, strict=True)) / sum(weights)
    variance = 0.0
    for s in set(stratum):
        of = {}
        for w, v, p, h in zip(weights, y, psu, stratum, strict=True):
            if h == s:
                of[p] = of.get(p, 0) + w * (v - m) / sum(weights)
        n = len(of)
        middle = sum(of.values()) / n
        variance += (1 - n / fpc) * n / (n - 1) * sum((z - middle) ** 2 for z in of.values())
    return m, variance**0.5


def test_it_says_what_the_slow_twin_says():
    rng = np.random.default_rng(1)
    everybody = city(rng)
    rows, _ = drawn(rng, everybody)
    w, y, s, p = rng.uniform(1, 3, rows.size), everybody[2][rows], everybody[0][rows], everybody[1][rows]
    found = mean(design(w, ids=p, strata=s, fpc=np.full(rows.size, 40)), y)
    assert (found.value[0], found.se[0]) == pytest.approx(slow(w, y, p, s, 40))


def test_intervals_hold_for_all_and_for_a_subgroup_and_plain_ones_do_not():
    rng = np.random.default_rng(2)
    everybody = city(rng)
    y, group = everybody[2], np.arange(everybody[2].size) % 3
    held, small, plain = 0, 0, 0
    for _ in range(500):
        rows, sample = drawn(rng, everybody)
        found, by = mean(sample, y[rows]), mean(sample, y[rows], group[rows])
        held += found.low[0] <= y.mean() <= found.high[0]
        small += by.low[1] <= y[group == 1].mean() <= by.high[1]
        se = y[rows].std() / np.sqrt(rows.size)
        plain += abs(y[rows].mean() - y.mean()) < 1.96 * se
    assert 0.925 <= held / 500 <= 0.975
    assert 0.925 <= small / 500 <= 0.975
    assert plain / 500 < 0.75


def test_order_of_rows_and_names_of_clusters_do_not_matter():
    rng = np.random.default_rng(3)
    w, y, ids, strata = rng.uniform(1, 3, 300), rng.normal(size=300), rng.integers(0, 30, 300), rng.integers(0, 3, 300)
    order = rng.permutation(300)
    one = mean(design(w, ids=ids, strata=strata), y, strata)
    other = mean(design(w[order], ids=[f"x{i}" for i in ids[order]], strata=strata[order]), y[order], strata[order])
    assert np.allclose(one.se, other.se)
    assert np.allclose(one.covariance, other.covariance)


def test_codes_count_or_sort_alike():
    values = np.random.default_rng(4).integers(-5, 40, 200)
    assert (codes(values, 200, "x") == np.unique(values, return_inverse=True)[1]).all()
    assert (codes(values * 10**9, 200, "x") == codes(values, 200, "x")).all()


def test_a_difference_knows_that_neighbours_are_alike():
    """Two halves of every cluster: what the cluster adds to both falls away."""
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(60), 20)
    half = np.tile(np.repeat([0, 1], 10), 60)
    y = rng.normal(0, 2, 60)[cluster] + rng.normal(0, 1, 1200) + 0.3 * half
    found = subgroup_differences(mean(design(np.ones(1200), ids=cluster), y, half))
    assert found.se[0] < 0.1
    assert found.low[0] <= 0.3 <= found.high[0]


def test_p_of_differences_is_uniform_and_holm_keeps_all_of_them():
    rng, p, any_ = np.random.default_rng(6), [], []
    for _ in range(400):
        ids, group = rng.integers(0, 40, 400), rng.integers(0, 4, 400)
        found = subgroup_differences(mean(design(np.ones(400), ids=ids), rng.normal(size=400), group))
        p.append(found.p[0])
        any_.append(found.adjusted.min() < 0.05)
    assert stats.kstest(p, "uniform").pvalue > 0.005
    assert np.mean(any_) <= 0.08


def test_waves():
    rng = np.random.default_rng(7)
    one, two = (mean(design(np.ones(200)), rng.normal(m, 1, 200)) for m in (0, 0.5))
    found = wave_differences(one, two)
    assert found.value[0] == pytest.approx(two.value[0] - one.value[0])
    assert found.df[0] == pytest.approx(398, abs=10)
    assert found.adjusted[0] < 0.05


def test_small_bases_are_refused():
    rng = np.random.default_rng(8)
    found = mean(design(np.ones(100)), rng.normal(size=100), np.arange(100) < 20)
    assert np.isnan(found.value[1])
    assert np.isfinite(found.value[0])
    assert "1 subgroup with fewer than 30 answers" in found.sentence
    assert mean(design(np.ones(10)), np.ones(10)).sentence == "No mean can be told: fewer than 30 answers."


def test_a_total_and_a_ratio_of_the_same_thing():
    w, y = np.full(40, 5.0), np.arange(40.0)
    assert total(design(w), y).value[0] == 5 * y.sum()
    assert ratio(design(w), 2 * y, y).value[0] == 2
    assert np.isnan(ratio(design(w), 2 * y, y).se[0])  # every answer the same ratio: no spread to measure


def test_designs_that_cannot_be():
    ones = np.ones(40)
    for given in (
        {"weights": np.zeros(40)}, {"weights": []}, {"weights": [np.nan]},
        {"weights": ones, "strata": np.arange(40)}, {"weights": ones, "ids": [1, 2]},
        {"weights": ones, "fpc": np.full(40, 20)}, {"weights": ones, "fpc": np.arange(40) + 100},
    ):  # fmt: skip
        with pytest.raises(Unfit):
            design(**given)


@pytest.mark.parametrize(("way", "compare"), [("adjust", np.greater), ("certainty", np.less_equal)])
def test_a_lonely_cluster(way, compare):
    rng = np.random.default_rng(9)
    y, strata = rng.normal(size=61) + np.append(np.zeros(60), 3), np.append(np.repeat([0, 1], 30), 2)
    with pytest.raises(Unfit, match="two clusters"):
        design(np.ones(61), strata=strata)
    without = mean(design(np.ones(61), strata=strata, lonely_psu="certainty"), y).se[0]
    assert compare(mean(design(np.ones(61), strata=strata, lonely_psu=way), y).se[0], without)


def test_a_million_alike():
    found = mean(design(np.ones(1_000_000)), np.ones(1_000_000))
    assert (found.value[0], found.high[0]) == (1, 1)
    assert found.low[0] == pytest.approx(0.025**1e-6)


def test_answers_that_agree_give_no_interval_without_width():
    found = mean(design(np.ones(60)), np.full(60, 3.7))
    assert found.value[0] == pytest.approx(3.7)
    assert np.isnan([found.se[0], found.low[0], found.high[0]]).all()
    assert "how sure this is cannot be told" in found.sentence
    assert np.isnan(total(design(np.ones(60)), np.full(60, 3.7)).high[0])


@pytest.mark.parametrize(("said", "n"), [(0.0, 40), (1.0, 75)])
def test_everybody_saying_the_same_gives_exact_limits(said, n):
    found = mean(design(np.full(n, 2.5)), np.full(n, said))
    limits = stats.binomtest(int(said * n), n).proportion_ci(0.95, method="exact")
    assert (found.low[0], found.high[0]) == pytest.approx((limits.low, limits.high), abs=1e-12)
    assert np.isnan(found.se[0])
    assert "taken as independent" in found.sentence


def test_a_subgroup_that_agrees_is_said_and_others_keep_theirs():
    rng = np.random.default_rng(5)
    by = np.repeat(["a", "b", "c"], 50)
    y = np.where(by == "a", 2.0, rng.normal(5, 1, 150))
    found = mean(design(np.ones(150)), y, by)
    assert np.isfinite(found.low).tolist() == [False, True, True]
    assert "1 subgroup without an interval" in found.sentence
    pairs = subgroup_differences(found)
    assert np.isfinite(pairs.p).all()  # each pair has the spread of the other side
    same = subgroup_differences(mean(design(np.ones(150)), np.where(by == "b", 1.1, 0.3), by))
    assert np.isnan(same.p).all()
    assert np.isnan(same.low).all()
    assert "how sure this is cannot be told" in same.sentence


def test_a_census_is_sure_without_any_spread():
    found = mean(design(np.ones(40), fpc=np.full(40, 40.0)), np.full(40, 3.0))
    assert (found.se[0], found.low[0], found.high[0]) == (0, 3, 3)


def test_deff_of_a_plain_sample_is_one_where_weights_do_not_say_how_many_people_there_are():
    rng = np.random.default_rng(6)
    y, by = rng.normal(0, 1, 200), np.repeat([0, 1], 100)
    assert mean(design(np.ones(200)), y).deff[0] == pytest.approx(1)
    assert mean(design(np.full(200, 50.0)), y).deff[0] == pytest.approx(1 / (1 - 1 / 50))
    w = rng.uniform(0.5, 1.5, 200)
    deff = mean(design(w / w.mean()), y, by).deff
    assert ((deff > 0.9) & (deff < 1.4)).all()


ANSWERS = """3 5 2 8 6 1 9 4 7 7 2 5 8 3 6 1 4 9 2 6 5 5 8 3 1 7 9 2 6 4 8 5 3 2 7 9 1 6 4 8 5 3 7 2 9 6 1 4"""


def forty_eight():
    """Twelve clusters of four in three strata, and four answers in a row of a, b, c and a."""
    sample = design(np.repeat([10, 14, 7], 16), ids=np.repeat(np.arange(12), 4), strata=np.repeat([0, 1, 2], 16))
    return sample, np.array(ANSWERS.split(), dtype=float), np.tile(["a", "b", "c", "a"], 12)


def test_differences_of_subgroups_are_r_s():
    """R 4.2.2, survey 4.1.1: m <- svyby(~y, ~g, svydesign(ids = ~psu, strata = ~st, weights = ~w), svymean,
    covmat = TRUE); svycontrast(m, c(-1, 1, 0)) and the other two; 2 * pt(-|t|, degf); p.adjust by holm and BH."""
    sample, y, group = forty_eight()
    by = mean(sample, y, group, minimum=1)
    found = subgroup_differences(by)
    assert by.value == pytest.approx([4.65725806452, 5.07258064516, 5.65322580645])
    assert by.se == pytest.approx([0.443248921389, 0.691592014409, 0.96391492393])
    assert (by.df, found.first, found.second) == (9, ("a", "a", "b"), ("b", "c", "c"))
    assert found.value == pytest.approx([0.415322580645, 0.995967741935, 0.58064516129])
    assert found.se == pytest.approx([0.823828249539, 1.24542825081, 1.58437129386])
    assert found.p == pytest.approx([0.626274644984, 0.444478701804, 0.722472250126])
    assert found.adjusted == pytest.approx(np.ones(3))
    assert subgroup_differences(by, adjust="fdr").adjusted == pytest.approx(np.full(3, 0.722472250126))


def test_differences_of_subgroups_are_the_slow_twin_s():
    """The mean of one group's scores less the other's, cluster by cluster."""
    sample, y, group = forty_eight()
    found = subgroup_differences(mean(sample, y, group, minimum=1))
    w, cluster = np.repeat([10, 14, 7], 16), np.repeat(np.arange(12), 4)
    for k, (one, other) in enumerate(zip(found.first, found.second, strict=True)):
        scores = np.zeros(12)
        for name, sign in ((one, -1), (other, 1)):
            of = [i for i in range(48) if group[i] == name]
            weight = sum(w[i] for i in of)
            middle = sum(w[i] * y[i] for i in of) / weight
            for i in of:
                scores[cluster[i]] += sign * w[i] * (y[i] - middle) / weight
        variance = sum(4 / 3 * ((part - part.mean()) ** 2).sum() for part in scores.reshape(3, 4))
        assert found.se[k] == pytest.approx(variance**0.5)


def test_two_plain_waves_are_welch_s_test():
    """R 4.2.2: t.test(y[25:48], y[1:20])."""
    y = np.array(ANSWERS.split(), dtype=float)
    first, second = (mean(design(np.ones(part.size)), part, minimum=1) for part in (y[:20], y[24:]))
    found = wave_differences(first, second)
    assert (found.value[0], found.df[0], found.p[0]) == pytest.approx((0.0583333333333, 40.9935476865, 0.942408201455))
    assert (found.low[0], found.high[0]) == pytest.approx((-1.56239812677, 1.67906479344))


def test_waves_with_clusters_are_the_slow_twin_s():
    sample, y, _ = forty_eight()
    other = design(np.ones(30), ids=np.repeat(np.arange(10), 3))
    later = np.arange(30) * 7 % 11 * 1.0
    found = wave_differences(mean(sample, y, minimum=1), mean(other, later, minimum=1))
    one = slow(np.repeat([10, 14, 7], 16), y, np.repeat(np.arange(12), 4), np.repeat([0, 1, 2], 16), np.inf)
    two = slow(np.ones(30), later, np.repeat(np.arange(10), 3), np.zeros(30), np.inf)
    v = one[1] ** 2, two[1] ** 2
    assert (found.value[0], found.se[0]) == pytest.approx((two[0] - one[0], sum(v) ** 0.5))
    assert found.df[0] == pytest.approx(sum(v) ** 2 / (v[0] ** 2 / 9 + v[1] ** 2 / 9))


@pytest.mark.parametrize("turned", [False, True])
def test_a_difference_is_told_from_the_higher_one(turned):
    names = ("north", "south") if turned else ("south", "north")
    value = np.array([-0.5 if turned else 0.5])
    low, high = (value - 0.2, value + 0.1) if turned else (value - 0.1, value + 0.2)
    one = np.array([0.01])
    first, second = ((name,) for name in names)
    found = Differences(first, second, value, one, low, high, one, one, one, "holm", 0.95)
    assert found.sentence == "“north” is 0.5 above “south” (95% interval 0.4 to 0.7, p = 0.01)."
