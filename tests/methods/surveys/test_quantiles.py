"""Quantiles where samples say little: no interval without width, and no division by nought."""

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.surveys.design import design
from redway.methods.surveys.quantiles import quantile
from redway.methods.surveys.replicates import replicated


def test_answers_that_agree_give_no_interval():
    found = quantile(design(np.ones(50)), np.full(50, 4.0))
    assert found.value == 4
    assert np.isnan([found.se, found.low, found.high]).all()
    assert "how sure this is cannot be told" in found.sentence


def test_the_highest_share_has_an_interval():
    found = quantile(design(np.ones(200)), np.arange(200.0), 0.999)
    assert found.value == 199
    assert found.low < 199


def test_a_level_that_no_interval_has_is_refused():
    with pytest.raises(Unfit, match="conf_level"):
        quantile(design(np.ones(50)), np.arange(50.0), conf_level=1e-300)


def test_replicates_that_agree_say_that_nothing_can_be_told():
    y = np.full(40, 0.3)
    found = replicated(design(np.ones(40)), lambda w: float((w * y).sum() / w.sum()))
    assert found.value == pytest.approx(0.3)
    assert np.isnan([found.se, found.low, found.high]).all()
    assert "cannot be told" in found.sentence
