import numpy as np
import pytest

from redway.methods.evaluation.two_way import Cells, two_way
from redway.methods.glm import fit
from redway.methods.inputs import Unfit


def panel(seed, areas=14, periods=9, missing=0.0):
    rng = np.random.default_rng(seed)
    area, period = np.divmod(np.arange(areas * periods), periods)
    keep = rng.random(area.size) >= missing
    area, period = area[keep], period[keep]
    offset = np.log(rng.uniform(0.5, 2, area.size))
    x = ((area < areas // 2) & (period >= periods // 2)).astype(float)
    mean = rng.gamma(4, 5, areas)[area] * (1 + 0.3 * np.sin(period)) * np.exp(offset - 0.2 * x)
    return rng.poisson(mean).astype(float), x, Cells(area, period), offset


def clustered(bread, scores, cluster):
    """The covariance robust to clusters (Liang and Zeger 1986), with G/(G-1) (n-1)/(n-k) for small samples."""
    sums = np.array([scores[cluster == one].sum(axis=0) for one in np.unique(cluster)])
    (n, k), groups = scores.shape, len(sums)
    return bread @ sums.T @ sums @ bread * groups / (groups - 1) * (n - 1) / (n - k)


def test_the_twin_s_covariance_is_sandwich_s():
    """R 4.2.2, sandwich 3.0-2: vcovCL(m, cluster = rep(1:4, each = 3), type = "HC1") of test_glm's Poisson fit."""
    x = np.array([0.2, 1.5, 0.7, 2.2, 1.1, 0.4, 1.9, 2.6, 0.9, 1.4, 2.0, 0.1])
    exposure = np.array([100, 120, 80, 150, 95, 110, 130, 70, 105, 90, 140, 60.0])
    y = np.array([3, 11, 2, 25, 4, 7, 9, 14, 2, 12, 8, 1.0])
    found = fit(y, np.column_stack([np.ones(12), x]), offset=np.log(exposure), family="poisson")
    errors = np.sqrt(np.diag(clustered(found.bread, found.scores, np.repeat([1, 2, 3, 4], 3))))
    assert errors == pytest.approx([0.294446849469, 0.129631724634], rel=1e-9)


def dense(y, x, cells, offset, family):
    """With a column for every area and period."""
    dummies = [(code[:, None] == np.arange(1, code.max() + 1)) for code in (cells.area, cells.period)]
    design = np.column_stack([x, np.ones(y.size), *dummies]).astype(float)
    if family == "poisson":
        found = fit(y, design, offset=offset, family="poisson")
        return found.coefficients[0], np.sqrt(clustered(found.bread, found.scores, cells.area)[0, 0])
    bread = np.linalg.inv(design.T @ design)
    b = bread @ design.T @ y
    scores = design * (y - design @ b)[:, None]
    return b[0], np.sqrt(clustered(bread, scores, cells.area)[0, 0])


@pytest.mark.parametrize("family", ["poisson", "gaussian"])
@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize(("areas", "periods"), [(14, 9), (7, 20), (30, 4)])
def test_it_says_what_a_column_for_every_area_and_period_says(family, missing, areas, periods):
    y, x, cells, offset = panel(areas, areas, periods, missing)
    found = two_way(y, x, cells, offset=offset, family=family)
    assert found.converged
    assert (found.coefficient, found.error) == pytest.approx(dense(y, x, cells, offset, family), rel=1e-9)


def test_a_term_of_its_own_for_each_area_says_the_same_too():
    y, x, cells, offset = panel(2)
    x = np.where(cells.area < 7, cells.period, 0).astype(float)
    found = two_way(y, x, cells, offset=offset)
    assert (found.coefficient, found.error) == pytest.approx(dense(y, x, cells, offset, "poisson"), rel=1e-9)


def test_a_fit_that_runs_to_infinity_is_none():
    y, x, cells, offset = panel(3)
    assert not two_way(np.where(x > 0, 0.0, y), x, cells, offset=offset).converged


@pytest.mark.parametrize("family", ["poisson", "gaussian"])
def test_what_cannot_be_told_apart_is_refused(family):
    y, x, cells, _ = panel(4)
    with pytest.raises(Unfit, match="told apart"):
        two_way(y, (cells.area < 7).astype(float), cells, family=family)
    apart = Cells(cells.area, cells.period + 9 * (cells.area < 7))  # no period that both sides share
    with pytest.raises(Unfit, match="told apart"):
        two_way(y, x, apart, family=family)
