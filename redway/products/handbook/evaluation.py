"""Pictures of evaluation: did it work?"""

from typing import Any

import numpy as np

from redway.methods.evaluation.interrupted_time_series import Interrupted, interrupted_time_series
from redway.methods.evaluation.structural import Structural, structural
from redway.methods.evaluation.synthetic_control import Synthetic, synthetic_control
from redway.products.charts.plot import Axis, Marks, Plot, axis, marks
from redway.products.handbook.asking import Values, ask, months, steady, timeline, told
from redway.products.handbook.rows import intervals, listed

KINDS = {
    "treated": "Where it was done",
    "disp_treated": "Next door to it",
    "buffer": "Next door to it",
    "control": "Where it was not done",
    "disp_control": "Next door to that",
}


def _pairs(before: dict[str, int], after: dict[str, int]) -> dict[str, Any]:
    return {"kind": list(before), "before": list(before.values()), "after": list(after.values())}


def _moved(columns: dict[str, Any]) -> tuple[list[str], list[Marks]]:
    """A row for each kind of area: from before to after."""
    at = np.arange(len(columns["kind"]), dtype=float)
    before, after = columns["before"], columns["after"]
    layers = [
        marks("spans", "whisker", before, at, after, at),
        marks("dots", "open", before, at, name="before"),
        marks("dots", "main", after, at, name="after"),
    ]
    return [KINDS[kind] for kind in columns["kind"]], layers


def _begins(at: float, low: float, high: float) -> Marks:
    return marks("spans", "event", [at], [low], [at], [high], name="it begins")


def wdd() -> Plot:
    columns = _pairs(
        {"treated": 420, "disp_treated": 120, "control": 380, "disp_control": 110},
        {"treated": 250, "disp_treated": 150, "control": 366, "disp_control": 106},
    )
    found = ask("wdd", columns)
    names, layers = _moved(columns)
    return listed(
        "It fell where it was done; a part of that moved next door",
        told(
            "Burglaries in a year before and a year after, where it was done and where it was not, and next door.",
            found,
        ),
        names,
        layers,
        axis(0, 450, "Events in a year"),
    )


def before_after() -> Plot:
    columns = _pairs({"treated": 480, "control": 620}, {"treated": 336, "control": 528})
    found = ask("before-after", columns)
    expected = 480 * 528 / 620
    at = [0.0, 1.0]
    return Plot(
        "Half of the fall came everywhere",
        told(
            "Events before and after. Dashed: where the treated area would be had it changed as the comparison did. "
            "Only what lies under the dashed line is beyond the comparison's change.",
            found,
        ),
        (
            marks("line", "expected", at, [480, expected], name="had it changed as the comparison did"),
            marks("line", "other", at, [620, 528], name="comparison"),
            marks("dots", "other", at, [620, 528]),
            marks("line", "main", at, [480, 336], name="where it was done"),
            marks("dots", "main", at, [480, 336]),
        ),
        Axis(-0.15, 1.15, ((0.0, "Before"), (1.0, "After"))),
        axis(0, 700, "Events"),
    )


def difference_in_differences() -> Plot:
    areas, periods, start = 12, 24, 14
    rng = np.random.default_rng(3)
    level = np.r_[rng.uniform(12, 18, 5), rng.uniform(20, 32, 7)]
    season = 1 + 0.15 * np.sin(np.arange(periods) / 2)
    treated = np.arange(areas) < 5
    after = np.arange(periods) >= start
    means = level[:, None] * season * np.where(treated[:, None] & after, 0.7, 1.0)
    y = rng.poisson(means)
    area, time = np.indices(y.shape)
    columns = {"y": y.ravel(), "area": area.ravel().astype(str), "time": time.ravel()}
    columns |= {"treated": np.repeat(treated, periods), "after": np.tile(after, areas)}
    found = ask("difference-in-differences", columns)
    first, second = (y[part].mean(axis=0) for part in (treated, ~treated))
    expected = second * first[:start].mean() / second[:start].mean()
    at = np.arange(periods)
    return Plot(
        "The two went side by side, until it began",
        told(
            "The mean of five areas where it was done and of seven where it was not. Dashed: the treated had they gone "
            "on as the others did.",
            found,
        ),
        (
            _begins(start - 0.5, 0, 40),
            marks("line", "other", at, second, name="others"),
            marks("line", "expected", at[start:], expected[start:], name="treated as the others went"),
            marks("line", "main", at, first, name="treated"),
        ),
        timeline(months("2024-01", periods)),
        axis(0, 35, "In a month, mean of areas"),
    )


def interrupted() -> Plot:
    month = np.arange(60)
    usual = (70 - 0.2 * month) * (1 + 0.2 * np.sin(2 * np.pi * month / 12))
    counts = steady(usual * np.where(month >= 40, 0.72, 1.0), 8)
    found = ask("interrupted-time-series", {"count": counts, "after": month >= 40})
    fit = interrupted_time_series(counts, 40)
    assert isinstance(fit, Interrupted)
    return Plot(
        "The level jumped down when it began",
        told(
            "Five years of months with their season and slow fall. Dashed: what would have come had it not begun, with "
            "the trend before going on. The line through the months is the fit.",
            found,
        ),
        (
            _begins(39.5, 0, 100),
            marks("dots", "plain", month, counts, name="each month"),
            marks("line", "main", month, fit.fitted, name="fit"),
            marks("line", "expected", month[40:], fit.without[40:], name="had it not begun"),
        ),
        timeline(months("2020-01", 60), every=12),
        axis(0, 100, "In a month"),
    )


def _panel(seed: int, drop: float) -> tuple[Values, Values, dict[str, Any]]:
    """One area that was treated from period 30 of 42, and ten that were not."""
    rng = np.random.default_rng(seed)
    common = np.cumsum(rng.normal(0, 1.5, (3, 42)), axis=1)
    others = 60 + rng.uniform(0.2, 1.2, (10, 3)) @ common + rng.normal(0, 1.5, (10, 42))
    treated = others[[1, 4, 7]].mean(axis=0) + rng.normal(0, 1.2, 42)
    treated[30:] -= drop
    y = np.vstack([treated, others])
    unit, time = np.indices(y.shape)
    columns = {"unit": unit.ravel().astype(str), "time": time.ravel(), "y": y.ravel()}
    return treated, others, columns | {"treated": unit.ravel() == 0, "after": time.ravel() >= 30}


def synthetic() -> Plot:
    treated, others, columns = _panel(5, 9.0)
    found = ask("synthetic-control", columns)
    made = synthetic_control(treated, others.T, 30)
    assert isinstance(made, Synthetic)
    at = np.arange(42)
    low, high = float(min(treated.min(), others.min())), float(max(treated.max(), others.max()))
    paths = np.repeat(np.arange(10.0), 42)
    ends = axis(low, high, "Events in a month")
    return Plot(
        "The area against a mix of others that went as it did",
        told(
            "Grey: ten other areas. Dashed: the mix of them that was nearest to the area before it began. Thick: the "
            "area itself.",
            found,
        ),
        (
            marks("line", "faint", np.tile(at, 10), others.ravel(), paths, name="other areas"),
            _begins(29.5, ends.low, ends.high),
            marks("line", "expected", at, made.without, name="mix of them"),
            marks("line", "main", at, treated, name="where it was done"),
        ),
        timeline(months("2022-07", 42)),
        ends,
    )


def structural_model() -> Plot:
    treated, others, columns = _panel(7, 8.0)
    three = np.isin(columns["unit"], ["0", "2", "5", "8"])
    found = ask("structural", {name: np.asarray(values)[three] for name, values in columns.items()})
    made = structural(treated, others[[1, 4, 7]].T, 30)
    assert isinstance(made, Structural)
    at = np.arange(42)
    shown = at >= 42 - made.expected.size
    low, high = float(min(made.expected_low.min(), treated.min())), float(max(made.expected_high.max(), treated.max()))
    ends = axis(low, high, "Events in a month")
    return Plot(
        "What the other series lead one to expect, and what came",
        told(
            "Dashed: what three series that were not touched lead one to expect of this one, with the 95% interval of "
            "each period, which widens with time.",
            found,
        ),
        (
            marks("band", "range", at[shown], made.expected_low, (), made.expected_high, name="95% interval"),
            _begins(29.5, ends.low, ends.high),
            marks("line", "expected", at[shown], made.expected, name="expected"),
            marks("line", "main", at, treated, name="where it was done"),
        ),
        timeline(months("2022-07", 42)),
        ends,
    )


def log_dosage() -> Plot:
    rng = np.random.default_rng(6)
    dose = np.round(rng.gamma(1.2, 30, 40)) * (rng.random(40) > 0.15)
    before = rng.poisson(rng.uniform(25, 60, 40))
    after = rng.poisson(before * (1 + dose) ** -0.09)
    found = ask("log-dosage", {"before": before, "after": after, "dose": dose})
    slope, start = float(found.rows["slope"][0]), float(found.rows["intercept"][0])
    x = np.log10(1 + dose)
    line = np.linspace(0, float(x.max()), 30)
    ticks = tuple((float(np.log10(1 + hours)), str(hours)) for hours in (0, 3, 10, 30, 100))
    change = 100 * (after / before - 1)
    return Plot(
        "Where more was done, it fell further",
        told(
            "Each mark is a place: hours of patrol across, each step about three times the last; the change of its "
            "events upwards. Places scatter, since their counts are small.",
            found,
        ),
        (
            marks("spans", "limit", [0], [0], [2.2], [0], name="no change"),
            marks("dots", "plain", x, change, name="place"),
            marks("line", "main", line, 100 * np.expm1(start + slope * np.log(10) * line), name="fit"),
        ),
        Axis(-0.08, 2.2, ticks, "Hours"),
        axis(float(change.min()), float(change.max()), "Change", suffix="%"),
    )


def displacement() -> Plot:
    columns = _pairs({"treated": 220, "buffer": 140, "control": 300}, {"treated": 130, "buffer": 118, "control": 290})
    found = ask("displacement", columns)
    value, low, high = (found.rows[name].astype(float) for name in ("value", "low", "high"))
    return listed(
        "Next door did not rise: nothing shows that it moved there",
        told(
            "The change beyond the comparison's, with 95% intervals: where it was done, in the ring about it, and both "
            "together. Had it moved, the ring would lie to the right of nought.",
            found,
        ),
        ("Where it was done", "In the ring about it", "Both together"),
        intervals(value, low, high, name="change", line="95% interval", sure=(low > 0) | (high < 0)),
        axis(float(low.min()), float(max(high.max(), 20)), "Events"),
        against=0.0,
        against_name="as the comparison",
    )


def power() -> Plot:
    effects = np.arange(-60.0, -1.0, 3.0)
    sizes = (40, 150, 600)
    chances = [
        [
            100 * float(ask("power", {"treated": [n], "control": [n]}, effect=effect).rows["power"][0])
            for effect in effects
        ]
        for n in sizes
    ]
    found = ask("power", {"treated": [150], "control": [150]})
    lines = [
        marks("line", look, effects, chance, name=f"{n} events before")
        for look, n, chance in zip(("third", "main", "other"), sizes, chances, strict=True)
    ]
    return Plot(
        "Small numbers can only show large changes",
        told(
            "How often a true change would be seen, by how large it is and how many events each of the two areas had "
            "before. Dashed: the chance that is usually asked for. For 150 events:",
            found,
        ),
        (marks("spans", "expected", [-60], [80], [0], [80], name="usually asked for"), *lines),
        axis(-60, 0, "True change", suffix="%"),
        axis(0, 100, "Seen in", suffix="%"),
    )


def power_from_history() -> Plot:
    rng = np.random.default_rng(4)
    months, areas = 36, 16
    expected = 12 * np.exp(rng.normal(0, 0.4, areas)) * np.exp(rng.normal(0, 0.15, (months, 1)))
    columns = {
        "unit": np.tile([f"area {at:02d}" for at in range(areas)], months),
        "time": np.repeat(np.arange(months), areas),
        "y": rng.poisson(expected).ravel(),
        "treated": np.tile(np.arange(areas) < 7, months),
    }
    effects = np.arange(-40.0, 1.0, 5.0)
    plans = (("third", 3), ("main", 12), ("other", 24))
    answers = {
        after: [ask("power-from-history", columns, effect=float(effect), after=after) for effect in effects]
        for _, after in plans
    }
    lines = [
        marks("line", look, effects, [100 * float(one.rows["power"][0]) for one in answers[after]],
              name=f"{after} months after")
        for look, after in plans
    ]  # fmt: skip
    return Plot(
        "The longer one can wait, the smaller the change that will show",
        told(
            "How often a true change in 7 of 16 areas would be seen by difference in differences, drawn from 36 months "
            "of their past. Dashed: the chance that is usually asked for. For a fall of a fifth and a year after:",
            answers[12][4],
        ),
        (marks("spans", "expected", [-40], [80], [0], [80], name="usually asked for"), *lines),
        axis(-40, 0, "True change", suffix="%"),
        axis(0, 100, "Seen in", suffix="%"),
    )


PICTURES = {
    "wdd": wdd,
    "before-after": before_after,
    "difference-in-differences": difference_in_differences,
    "interrupted-time-series": interrupted,
    "synthetic-control": synthetic,
    "structural": structural_model,
    "log-dosage": log_dosage,
    "displacement": displacement,
    "power": power,
    "power-from-history": power_from_history,
}
