"""Pictures of process control: is it unusual against its own past?"""

from typing import Any

import numpy as np

from redway.methods.process_control.charts import control_chart
from redway.products.charts.plot import Marks, Plot, axis, marks
from redway.products.handbook.asking import Values, ask, months, steady, timeline, told


def _limits(lower: Values, upper: Values, centre: Values) -> list[Marks]:
    at = np.arange(centre.size)
    return [
        marks("band", "range", at, lower, (), upper, name="between the limits"),
        marks("line", "expected", at, centre, name="mean"),
    ]


def xmr() -> Plot:
    means = np.r_[np.full(20, 42.0), np.full(10, 58.0)]
    counts = steady(means, 4)
    counts[29] = 74
    counts[11] = 78
    dates = months("2023-01", 30)
    found = ask("xmr", {"date": dates, "value": counts}, fix_after_n_points=18)
    rows, at = found.rows, np.arange(30)
    met = rows["signal"] != ""
    return Plot(
        "One month stands out, and later the level has moved",
        told(
            "Shoplifting in each of 30 months. Orange diamonds are signals by the rules of Making Data Count: a month "
            "outside the limits, or a run on one side of the mean. Limits are made of the first 18 months.",
            found,
        ),
        (
            *_limits(np.maximum(rows["lpl"], 0), rows["upl"], rows["mean"]),
            marks("line", "main", at, counts, name="each month"),
            marks("dots", "plain", at[~met], counts[~met]),
            marks("dots", "signal", at[met], counts[met], name="signal"),
        ),
        timeline(dates),
        axis(0, 85, "Recorded in a month"),
    )


def control() -> Plot:
    visits = np.r_[np.full(14, 120.0), np.full(14, 150.0)] * np.tile([1.0, 0.7, 1.2, 0.9], 7)
    counts = steady(visits * np.r_[np.full(14, 0.22), np.full(14, 0.14)], 7)
    dates = months("2023-01", 28)
    columns = {"date": dates, "value": counts, "size": visits}
    given: dict[str, Any] = {
        "chart": "u",
        "part": "14",
        "improvement_direction": "lower",
        "target": 0.2,
        "rules": "limits",
    }
    found = ask("control-chart", columns, **given)
    rows = {
        name: values.astype(float) for name, values in found.rows.items() if name not in ("date", "signal", "meaning")
    }
    at, met = np.arange(28), found.rows["signal"] != ""
    layers = [
        marks("cells", "range", at - 0.5, np.maximum(rows["lower"], 0), at + 0.5, rows["upper"], name="limits"),
        *(
            marks("line", "expected", at[part], rows["centre"][part], name=name)
            for part, name in ((at < 14, "mean of each phase"), (at >= 14, ""))
        ),
        marks("spans", "other", [-0.5], [0.2], [27.5], [0.2], name="target"),
        marks("spans", "event", [13.5], [0], [13.5], [0.4], name="a new phase begins"),
        marks("line", "main", at, rows["drawn"], name="incidents a visit"),
        marks("dots", "signal", at[met], rows["drawn"][met], name="signal" if met.any() else ""),
    ]
    return Plot(
        "After the change the rate settles at a lower level, under its target",
        told(
            "Incidents in each visit to a car park: a u chart, whose limits are wider in months of few visits. The "
            "second phase has a mean and limits of its own.",
            found,
        ),
        tuple(layers),
        timeline(dates),
        axis(0, 0.4, "Incidents a visit"),
    )


def choice() -> Plot:
    rng = np.random.default_rng(3)
    counts = rng.negative_binomial(10, 10 / 40, 60)
    found = ask("chart-choice", {"value": counts})
    dates = months("2020-01", 60)
    at, narrow, wide = (np.arange(60), *(control_chart(counts, None, kind=kind) for kind in ("c", "xmr")))
    out = (counts > narrow.upper) | (counts < narrow.lower)
    return Plot(
        "A chart for independent events would cry wolf here",
        told(
            "Counts of five years in which nothing happens, but months vary about four times as much as independent "
            "events do. Dotted: the limits of a c chart, which takes events for independent; diamonds: its false "
            "alarms. Dashed: the limits of the XmR chart, made of the steps from month to month.",
            found,
        ),
        (
            *(
                marks("spans", look, [-0.5] * 2, ends, [59.5] * 2, ends, name=name)
                for look, ends, name in (
                    ("expected", [wide.lower[0], wide.upper[0]], "limits of XmR"),
                    ("limit", [narrow.lower[0], narrow.upper[0]], "limits of a c chart"),
                )
            ),
            marks("line", "main", at, counts, name="each month"),
            marks("dots", "signal", at[out], counts[out], name="false alarm of the c chart"),
        ),
        timeline(dates, every=12),
        axis(-10, 90, "Recorded in a month"),
    )


def xbar_s() -> Plot:
    rng = np.random.default_rng(11)
    sizes = rng.integers(5, 15, 18)
    level = np.where(np.arange(18) == 13, 17.0, 11.0)
    groups = np.repeat([f"{week:02d}" for week in range(1, 19)], sizes)
    minutes = rng.normal(np.repeat(level, sizes), 3.0)
    found = ask("xbar-s", {"value": minutes, "group": groups})
    rows, at = found.rows, np.arange(1, 19)
    met = rows["mean_signal"] != ""
    return Plot(
        "One week was slower than the others",
        told(
            "Minutes until an answer, the mean of each week. The limits are narrow in weeks with many calls and wide "
            "in weeks with few. The chart of spreads, which belongs to it, is not drawn.",
            found,
        ),
        (
            marks("cells", "range", at - 0.5, rows["mean_lower"], at + 0.5, rows["mean_upper"], name="limits"),
            marks("line", "main", at, rows["mean"], name="mean of the week"),
            marks("dots", "plain", at[~met], rows["mean"][~met]),
            marks("dots", "signal", at[met], rows["mean"][met], name="signal"),
        ),
        axis(0.5, 18.5, "Week", tight=True, count=9),
        axis(6, 16, "Minutes"),
    )


def false_alarms() -> Plot:
    found = ask("false-alarms", {"value": np.full(24, 12.0)}, nsim=1000)
    names = {"nhs": "NHS rules", "nhs6": "NHS rules, runs of six", "limits": "outside the limits alone"}
    names |= {"anhoej": "longest run and crossings", "calibrated": "calibrated to 5% a year"}
    shares = 100 * found.rows["somewhere"].astype(float)
    at = np.arange(shares.size)
    return Plot(
        "How many charts of pure noise show a signal",
        told(
            "Each bar: of 1,000 simulated charts of 24 steady months with 12 events a month, the share with at least "
            "one signal, by set of rules. Nothing happens in any of them. Two years at 5% each come to about 10%.",
            found,
        ),
        (
            marks("cells", "four", np.zeros(at.size), at - 0.25, shares, at + 0.25),
            marks("words", "main", shares, at, text=[f"{share:.0f}%" for share in shares], align="left"),
        ),
        axis(0, max(shares) * 1.12, "Charts with a false alarm", suffix="%", tight=True),
        names=tuple(names.get(name, name) for name in found.rows["rules"]),
    )


PICTURES = {
    "xmr": xmr,
    "control-chart": control,
    "chart-choice": choice,
    "xbar-s": xbar_s,
    "false-alarms": false_alarms,
}
