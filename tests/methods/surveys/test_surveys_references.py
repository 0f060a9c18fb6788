"""Against R's survey 4.1.1, on its own example data."""

import csv

import numpy as np
import pytest

from redway.methods.surveys.design import design
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
    close = 1e-5 if method == "likelihood" else 1e-9  # R draws a curve through points of the likelihood
    assert found.low == sample.said(f"prop sch.wide=Yes CI lo {method}", rel=close)
    assert found.high == sample.said(f"prop sch.wide=Yes CI hi {method}", rel=close)


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


def test_raked_weights(peer_outputs):
    """R stops when no cell changes by one person (epsilon 1): with that, weights are R's; its margins are then a
    little out, and its standard error a millionth off what weights that reach them give."""
    rows, found, value, se = raked(peer_outputs, "clus1_raked", ("stype", "sch.wide"), epsilon=1)
    with (peer_outputs / "survey_apiclus1_rakedweights.csv").open(newline="") as lines:
        assert found.design.weights == pytest.approx([float(r["w"]) for r in csv.DictReader(lines)], rel=1e-9)
    told = mean(found.design, rows.numbers("api00"))
    assert told.value[0] == pytest.approx(value, rel=1e-9)
    assert told.se[0] == pytest.approx(se, rel=2e-6)


def test_post_stratified_total(peer_outputs):
    rows, found, value, se = raked(peer_outputs, "clus1_poststrat", ("stype",))
    told = total(found.design, rows.numbers("enroll"))
    assert (told.value[0], told.se[0]) == (pytest.approx(value, rel=1e-9), pytest.approx(se, rel=1e-9))


def test_jackknife(peer_outputs):
    rows = Rows(peer_outputs, "clus1")
    y = rows.numbers("api00")
    found = replicated(rows.design, lambda w: (w * y).sum() / w.sum(), kind="JK1")
    assert found.se == pytest.approx(26.5941613577106, rel=1e-9)
