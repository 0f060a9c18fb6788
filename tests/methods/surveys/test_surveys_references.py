"""Against R's survey 4.1.1, on its own example data."""

import csv

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit, xlogy

from redway.methods.surveys.design import covariance, design, sums
from redway.methods.surveys.means import mean, ratio, total
from redway.methods.surveys.proportions import proportion
from redway.methods.surveys.quantiles import quantile
from redway.methods.surveys.raking import rake
from redway.methods.surveys.replicates import replicated

pytestmark = pytest.mark.peers
NAMES = ("strat", "strat_nofpc", "clus1", "clus1_nofpc")
TYPES, WIDE = {"E": 4421, "H": 755, "M": 1018}, {"No": 1072, "Yes": 5122}


class Rows:
    """A sample of R's, and what R says of it."""

    def __init__(self, folder, name):
        with (folder / f"survey_api{name.removesuffix('_nofpc')}.csv").open(newline="") as lines:
            self.rows = list(csv.DictReader(lines))
        with (folder / "survey_reference.csv").open(newline="") as lines:
            self.reference = {r["quantity"]: r for r in csv.DictReader(lines) if r["design"] == name}
        drawn = {"strata": self.text("stype")} if name.startswith("strat") else {"ids": self.text("dnum")}
        if not name.endswith("nofpc"):
            drawn["fpc"] = self.numbers("fpc")
        self.design = design(self.numbers("pw"), **drawn)

    def text(self, column):
        return [row[column] for row in self.rows]

    def numbers(self, column):
        return np.array([float(row[column]) for row in self.rows])

    def said(self, quantity, column="estimate", rel=1e-9):
        return pytest.approx(float(self.reference[quantity][column]), rel=rel)


@pytest.fixture(params=NAMES)
def sample(request, peer_outputs):
    return Rows(peer_outputs, request.param)


def test_means_totals_ratios_and_subgroups(sample):
    found = mean(sample.design, sample.numbers("api00"))
    assert found.value[0] == sample.said("mean api00")
    assert found.se[0] == sample.said("mean api00", "se")
    assert found.deff[0] == sample.said("mean api00", "extra")
    assert found.low[0] == sample.said("mean api00 t-CI lo")
    assert found.high[0] == sample.said("mean api00 t-CI hi")
    summed = total(sample.design, sample.numbers("enroll"))
    assert (summed.value[0], summed.se[0]) == (sample.said("total enroll"), sample.said("total enroll", "se"))
    shared = ratio(sample.design, sample.numbers("api.stu"), sample.numbers("enroll"))
    name = "ratio api.stu/enroll"
    assert (shared.value[0], shared.se[0]) == (sample.said(name), sample.said(name, "se"))
    by = mean(sample.design, sample.numbers("api00"), sample.text("stype"), minimum=5)
    for i, kind in enumerate("EHM"):
        assert by.value[i] == sample.said(f"mean api00 | {kind}")
        assert by.se[i] == sample.said(f"mean api00 | {kind}", "se")


@pytest.mark.parametrize("method", ["logit", "likelihood", "beta", "mean"])
def test_intervals_of_a_share(sample, method):
    found = proportion(sample.design, np.array(sample.text("sch.wide")) == "Yes", method=method)
    close = 1e-5 if method == "likelihood" else 1e-9  # see below
    assert found.low == sample.said(f"prop sch.wide=Yes CI lo {method}", rel=close)
    assert found.high == sample.said(f"prop sch.wide=Yes CI hi {method}", rel=close)
    if method == "logit":  # R's xlogit: the same by another road
        assert found.low == sample.said("prop sch.wide=Yes CI lo xlogit")
        assert found.high == sample.said("prop sch.wide=Yes CI hi xlogit")


def drawn(x, y, many):
    """R's spline: through all points, each end with the third derivative of the cubic through its four points."""
    h, k = np.diff(x), x.size
    left, right = np.zeros((k, k)), np.zeros(k)
    for i in range(1, k - 1):
        left[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = 6 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    for row, i, at in ((0, 0, slice(0, 4)), (k - 1, k - 2, slice(k - 4, k))):
        left[row, i : i + 2] = -1 / h[i], 1 / h[i]
        right[row] = 6 * np.polyfit(x[at] - x[at].mean(), y[at], 3)[0]
    bend = np.linalg.solve(left, right)
    at = np.linspace(x[0], x[-1], many)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, k - 2)
    a, b = x[i + 1] - at, at - x[i]
    straight = (y[i] / h[i] - bend[i] * h[i] / 6) * a + (y[i + 1] / h[i] - bend[i + 1] * h[i] / 6) * b
    return at, (bend[i] * a**3 + bend[i + 1] * b**3) / (6 * h[i]) + straight


def by_rs_steps(sampled, y):
    """The likelihood interval as R comes by it: a regression that stops when its deviance changes by a hundred
    millionth, with the weights of the step before; the root of the deviance at some thirteen points; a spline
    through them, and straight lines between 39 points of that."""
    w, n = sampled.weights / sampled.weights.mean(), y.size

    def deviance(mu):
        return -2 * (w * (xlogy(y, mu) + xlogy(1 - y, 1 - mu))).sum()

    mu = (w * y + 0.5) / (w + 1)
    eta, before, now = logit(mu), np.inf, deviance(mu)
    while abs(now - before) / (abs(now) + 0.1) >= 1e-8:
        weight = w * mu * (1 - mu)
        beta = (weight * (eta + (y - mu) * w / weight)).sum() / weight.sum()
        eta = np.full(n, beta)
        mu = expit(eta)
        before, now = now, deviance(mu)
    score = weight * (y - mu) / (mu * (1 - mu))
    times = covariance(sampled, sums(sampled, score[:, None]))[0, 0] / weight.sum()  # variance over a plain one's
    reach = stats.t.ppf(0.975, sampled.df) * np.sqrt(times)
    furthest = np.sqrt(stats.f.isf(stats.norm.cdf(-reach) / 2, 1, n - 1))
    places, roots = [beta], [0.0]
    for way in (-1, 1):
        step, root = 0, 0.0
        while (step := step + 1) < 10 and abs(root) < furthest:
            places.append(beta + way * step * furthest / 5 * np.sqrt(times / weight.sum()))
            root = way * np.sqrt((deviance(expit(places[-1])) - now) * (n - 1) / n)
            roots.append(root)
    order = np.argsort(places)
    at, curve = drawn(np.array(places)[order], np.array(roots)[order], 3 * len(places))
    return expit(np.interp([-reach, reach], curve, at))


def test_the_likelihood_interval_by_rs_steps_is_rs(sample):
    """So the 4e-6 between R's and ours, which solves for the ends outright, is R's own doubt about its numbers."""
    low, high = by_rs_steps(sample.design, np.array([v == "Yes" for v in sample.text("sch.wide")], dtype=float))
    assert low == sample.said("prop sch.wide=Yes CI lo likelihood")
    assert high == sample.said("prop sch.wide=Yes CI hi likelihood")


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_quantiles(sample, share):
    found, name = quantile(sample.design, sample.numbers("api00"), share), f"quantile {share}"
    assert (found.value, found.se) == (sample.said(name), sample.said(name, "se"))


def raked(folder, name, margins, **options):
    rows, kinds = Rows(folder, "clus1"), {"stype": TYPES, "sch.wide": WIDE}
    found = rake(rows.design, [(rows.text(m), kinds[m]) for m in margins], **options)
    with (folder / "survey_reference.csv").open(newline="") as lines:
        reference = next(r for r in csv.DictReader(lines) if r["design"] == name)
    return rows, found, float(reference["estimate"]), float(reference["se"])


def residuals_as_r(scores, margins, steps):
    """What margins do not explain of scores, as R has it: ten times over, by the weights after each margin's turn."""
    for _ in range(10):
        for column, weights in zip(margins, steps, strict=True):
            each = scores / weights
            for kind in set(column.tolist()):
                each[column == kind] = each[column == kind].mean()
            scores = scores - weights * each
    return scores


def raked_as_r(rows, epsilon):
    """The standard error of the mean by R's steps."""
    margins = [np.array(rows.text(m)) for m in ("stype", "sch.wide")]
    w, before, change = rows.design.weights.copy(), np.inf, np.inf
    cells = np.unique(np.char.add(*margins), return_inverse=True)[1]
    while change >= epsilon:
        steps = []
        for column, wanted in zip(margins, (TYPES, WIDE), strict=True):
            for kind, people in wanted.items():
                w[column == kind] *= people / w[column == kind].sum()
            steps.append(w.copy())
        now = np.bincount(cells, w)
        before, change = now, np.abs(now - before).max()
    y = rows.numbers("api00")
    scores = w * (y - (w * y).sum() / w.sum()) / w.sum()
    by = np.bincount(rows.design.psu, residuals_as_r(scores, margins, steps))
    return np.sqrt((1 - rows.design.fraction[0]) * by.size / (by.size - 1) * ((by - by.mean()) ** 2).sum())


def test_raked_weights(peer_outputs):
    """R stops when no cell changes by one person (epsilon 1): with that, weights are R's. Its margins are then a
    little out, and its standard error is made with weights of half a round too; ours with the final ones. A
    millionth lies between, and nothing once the margins are reached."""
    rows, found, value, se = raked(peer_outputs, "clus1_raked", ("stype", "sch.wide"), epsilon=1)
    with (peer_outputs / "survey_apiclus1_rakedweights.csv").open(newline="") as lines:
        assert found.design.weights == pytest.approx([float(r["w"]) for r in csv.DictReader(lines)], rel=1e-9)
    told = mean(found.design, rows.numbers("api00"))
    assert told.value[0] == pytest.approx(value, rel=1e-9)
    assert raked_as_r(rows, 1) == pytest.approx(se, rel=1e-12)
    assert told.se[0] == pytest.approx(se, rel=1e-6)
    reached = raked(peer_outputs, "clus1_raked", ("stype", "sch.wide"))[1].design
    assert mean(reached, rows.numbers("api00")).se[0] == pytest.approx(raked_as_r(rows, 1e-7), rel=1e-10)


def test_post_stratified_total(peer_outputs):
    rows, found, value, se = raked(peer_outputs, "clus1_poststrat", ("stype",))
    told = total(found.design, rows.numbers("enroll"))
    assert (told.value[0], told.se[0]) == (pytest.approx(value, rel=1e-9), pytest.approx(se, rel=1e-9))


def test_jackknife(peer_outputs):
    rows = Rows(peer_outputs, "clus1")
    with (peer_outputs / "survey_reference.csv").open(newline="") as lines:
        theirs = next(r for r in csv.DictReader(lines) if r["design"] == "clus1_jk1")
    y = rows.numbers("api00")
    found = replicated(rows.design, lambda w: (w * y).sum() / w.sum(), kind="JK1")
    assert found.value == pytest.approx(float(theirs["estimate"]), rel=1e-9)
    assert found.se == pytest.approx(float(theirs["se"]), rel=1e-9)
