"""How often charts like one cry wolf: the rates that are known, runs taken together, and words."""

import numpy as np
import pytest

from redway import periods
from redway.findings.chance import sentence, signal_by_chance
from redway.findings.control import Segment
from redway.methods.process_control.xmr import Refusal, xmr

START = periods.month("2020-01")


def chart(values):
    return xmr(np.asarray(values, dtype=float), better="neutral")


def segment(values, start=START):
    return Segment(range(start, start + len(values)), chart(values), rebased=False)


def steady(months, mean=400.0, seed=5):
    return segment(np.random.default_rng(seed).poisson(mean, months))


@pytest.mark.parametrize(("months", "measured"), [(24, 0.185), (60, 0.44)])
def test_charts_of_pure_chance_show_a_signal_as_often_as_was_measured_of_these_rules(months, measured):
    assert signal_by_chance([steady(months)]) == pytest.approx(measured, abs=0.06)


def test_a_simulation_of_its_own_gives_the_same_rate():
    alarms = [any(chart(row).signals) for row in np.random.default_rng(3).poisson(400, (600, 24))]
    assert signal_by_chance([steady(24)]) == pytest.approx(np.mean(alarms), abs=0.06)


def test_two_runs_have_two_chances():
    one, other = steady(24), steady(30, seed=6)
    alone = [signal_by_chance([run]) for run in (one, other)]
    assert signal_by_chance([one, other]) == pytest.approx(1 - (1 - alone[0]) * (1 - alone[1]))


def test_a_run_without_limits_adds_nothing():
    short = segment([400, 410, 390])
    assert short.chart.refused is Refusal.TOO_FEW
    assert signal_by_chance([short]) is None
    assert sentence([short]) == ""
    assert signal_by_chance([short, steady(24)]) == signal_by_chance([steady(24)])


def test_it_is_said_in_words():
    words = sentence([steady(24)])
    assert words.startswith("A chart like this one, of counts that vary by chance alone, would show an unusual month")
    assert words.endswith(" of 100 cases.")
