"""How often a control chart like this one shows something unusual although nothing happened."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from django.utils.translation import gettext as _

from redway.findings.control import Segment
from redway.methods.process_control.false_alarms import Steady, false_alarms
from redway.methods.process_control.rules import NHS

CHARTS = 2_000  # steady ones that are thrown; the standard error of the rate is then about one in a hundred


def sentence(segments: Iterable[Segment]) -> str:
    """The rate in words, to be read beside the chart; empty where no run has limits."""
    rate = signal_by_chance(segments)
    if rate is None:
        return ""
    return _(
        "A chart like this one, of counts that vary by chance alone, would show an unusual month somewhere in about "
        "%(n)s of 100 cases."
    ) % {"n": f"{100 * rate:.0f}"}


def signal_by_chance(segments: Iterable[Segment]) -> float | None:
    """The chance that a month of runs of the same lengths, means and spread breaks a rule; None where none has limits.

    The spread is that of the moving ranges, as the limits are: counts spread wider than chance alone are drawn so.
    """
    judged = [one.chart for one in segments if not one.chart.refused]
    if not judged:
        return None
    quiet = 1.0
    for chart in judged:
        spread = max(1.0, ((chart.upper - chart.centre) / 3) ** 2 / chart.centre)
        quiet *= 1 - _rate(chart.values.size, _rounded(chart.centre), _rounded(spread))
    return 1 - quiet


def _rounded(value: float) -> float:
    """To two figures, so that like charts share a simulation."""
    return float(f"{value:.2g}")


@lru_cache(maxsize=4096)
def _rate(points: int, mean: float, spread: float) -> float:
    steady = Steady(points, "negbin", mean=mean, phi=spread)
    return false_alarms(steady, NHS, np.random.default_rng(1), charts=CHARTS).somewhere
