import numpy as np
import pytest
from scipy import stats

from redway.methods.comparison import funnel as module
from redway.methods.comparison.funnel import _mid_z, _quantile, funnel
from redway.methods.inputs import Unfit


def areas(rng, tau, n=300, mean=(5, 400)):
    e = np.exp(rng.uniform(*np.log(mean), n))
    return rng.poisson(e * (rng.gamma(1 / tau**2, tau**2, n) if tau else 1)), e


def test_tails_and_quantiles_are_those_of_the_distributions():
    y, mean, tau2 = np.arange(30.0), np.full(30, 9.0), 0.2
    assert np.allclose(module._below(y, mean, 0), stats.poisson.cdf(y, 9))
    assert np.allclose(module._below(y, mean, tau2), stats.nbinom.cdf(y, 5, 5 / 14))
    assert np.allclose(module._above(y, mean, tau2), stats.nbinom.sf(y - 1, 5, 5 / 14))
    for share in (0.001, 0.025, 0.975):
        assert (module._quantile(share, mean, tau2) == stats.nbinom.ppf(share, 5, 5 / 14)).all()
        assert (module._quantile(share, mean, 0) == stats.poisson.ppf(share, 9)).all()


@pytest.mark.parametrize("tau", [0.0, 0.2, 0.5])
def test_usual_variety_is_found_and_p_is_uniform_under_it(tau):
    rng = np.random.default_rng(4)
    found = [funnel(*areas(rng, tau)) for _ in range(20)]
    assert np.median([f.tau for f in found]) == pytest.approx(tau, abs=0.04)
    p = np.concatenate([f.p for f in found])
    assert 0.03 <= (p < 0.05).mean() <= 0.065
    assert np.mean([f.listed.any() for f in found]) <= 0.2


def test_chance_alone_lists_many_areas_that_only_vary_as_usual():
    y, e = areas(np.random.default_rng(5), 0.3)
    assert funnel(y, e, method="poisson").listed.sum() > 50
    assert funnel(y, e).listed.sum() <= 3


def test_an_unusual_area_stands_out_and_does_not_hide_itself():
    y, e = areas(np.random.default_rng(6), 0.15)
    y[7] = round(e[7] * 4)
    found = funnel(y, e)
    assert found.listed[7]
    assert found.tau < 0.2
    assert "1 of 300 areas is above what similar areas have (row 8) and none below" in found.sentence
    assert "of those listed, some 5% may be chance" in found.sentence
    named = funnel(y, e, names=[f"Ward {i}" for i in range(300)], method="spiegelhalter").sentence
    assert "(Ward 7" in named
    assert "more than 5% may be chance" in named, "none unusual, it lists something in a third of 60 areas"
    assert "may be no news" in funnel(y, e, method="poisson").sentence
    calm = funnel(np.full(30, 100), np.full(30, 100.0)).sentence
    assert (
        calm == "None of 30 areas is statistically different from similar areas, beyond chance and a usual difference "
        "of 0% between areas."
    )


def test_spiegelhalter_is_what_the_slow_twin_says():
    y, e = areas(np.random.default_rng(7), 0.3, n=40)
    expected = e * y.sum() / e.sum()
    z = 2 * (np.sqrt(y) - np.sqrt(expected))
    low, high = np.quantile(z, 0.1), np.quantile(z, 0.9)
    phi = sum(min(max(v, low), high) ** 2 for v in z) / 40
    w = [4 * v for v in expected]
    tau2 = max(0, (40 * phi - 39) / (sum(w) - sum(v * v for v in w) / sum(w)))
    twin = [(np.sqrt(a / b) - 1) / np.sqrt(1 / (4 * b) + tau2) for a, b in zip(y, expected, strict=True)]
    assert funnel(y, e, method="spiegelhalter").z == pytest.approx(twin, rel=1e-10)


def test_each_area_is_set_against_its_own_kind():
    y, e = np.array([10] * 6 + [100] * 6), np.full(12, 10.0)
    assert not funnel(y, e, ["quiet"] * 6 + ["busy"] * 6).listed.any()
    assert np.allclose(funnel(y, e, ["quiet"] * 6 + ["busy"] * 6).ratio, 1)


def test_order_does_not_matter():
    y, e = areas(np.random.default_rng(8), 0.3, n=50)
    order = np.random.default_rng(9).permutation(50)
    assert np.allclose(funnel(y, e).p[order], funnel(y[order], e[order]).p)


def test_few_areas_no_events_and_faults():
    assert "No area can be told" in funnel([1, 2], [1, 1]).sentence
    assert "No area can be told" in funnel([0] * 6, [1] * 6).sentence
    assert "No area can be told" in funnel([], []).sentence
    some = funnel([5] * 6 + [1], [1] * 7, [*"aaaaaa", "b"])
    assert np.isnan(some.p[6])
    assert "1 area of a group" in some.sentence
    for events, exposure in (([1.5] * 6, [1] * 6), ([1] * 6, [0] * 6), ([-1] * 6, [1] * 6)):
        with pytest.raises(Unfit):
            funnel(events, exposure)


def test_vast_counts_and_exposures_next_to_nought_end_and_say_something():
    vast = np.random.default_rng(3).integers(1, 10, 12) * 1e14
    assert np.isfinite(funnel(vast, np.ones(12)).high998).all()
    assert "No area" in funnel(np.ones(12), np.full(12, 1e-308)).sentence


def test_the_negative_binomial_is_r_s():
    """R 4.2.2: qnbinom(c(.025, .975, .001, .999), size = 25, mu = 30), and pnbinom(41, size = 25, mu = 30, lower.tail =
    FALSE) + dnbinom(41, size = 25, mu = 30) / 2, the mid-p of 41."""
    ends = [float(_quantile(share, np.array([30.0]), 0.04)[0]) for share in (0.025, 0.975, 0.001, 0.999)]
    assert ends == [16, 47, 10, 60]
    z = _mid_z(np.array([41.0]), np.array([30.0]), 0.04)
    assert stats.norm.sf(z) == pytest.approx(0.0950297131046)


def test_the_negative_binomial_is_what_the_slow_twin_says():
    """tau by trying: at it the z, brought in to their tenth and ninetieth percent points, vary as normal ones do."""
    rng = np.random.default_rng(5)
    e = rng.uniform(20, 200, 40)
    y = rng.poisson(e * rng.gamma(25, 1 / 25, 40))
    found = funnel(y, e)
    expected = e * y.sum() / e.sum()

    def z(tau):
        p = [
            stats.nbinom.cdf(a - 1, 1 / tau**2, 1 / (1 + tau**2 * m))
            + stats.nbinom.pmf(a, 1 / tau**2, 1 / (1 + tau**2 * m)) / 2
            for a, m in zip(y, expected, strict=True)
        ]
        return stats.norm.ppf(p)

    def spread(tau):
        return (np.clip(z(tau), *np.quantile(z(tau), [0.1, 0.9])) ** 2).sum() / 39

    assert spread(found.tau) == pytest.approx(0.6786412, abs=1e-6)
    assert found.z == pytest.approx(z(found.tau), abs=1e-9)
    assert found.p == pytest.approx(2 * stats.norm.sf(np.abs(found.z)))


def test_of_very_many_areas_a_part_says_nearly_where_the_usual_difference_lies(monkeypatch):
    """And all of them say where, as they do without it."""
    rng = np.random.default_rng(6)
    for tau in (0.0, 0.15):
        y, e = areas(rng, tau, 2_000)
        plain = funnel(y, e)
        monkeypatch.setattr(module, "MANY", 500)
        assert funnel(y, e).tau == pytest.approx(plain.tau, rel=1e-9, abs=1e-9)
        monkeypatch.undo()
