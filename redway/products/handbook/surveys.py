"""Pictures of surveys: what does everybody say?"""

from typing import Any

import numpy as np

from redway.methods.surveys.proportions import METHODS
from redway.methods.surveys.replicates import KINDS
from redway.products.charts.plot import Plot, axis, marks
from redway.products.handbook.asking import ask, told
from redway.products.handbook.rows import intervals, listed

AGES = ("16 to 24", "25 to 44", "45 to 64", "65 and over")
SAFE = np.array([0.48, 0.66, 0.71, 0.6])


def _answers(seed: int, count: int = 900, more: float = 0.0) -> dict[str, Any]:
    """Who feels safe after dark: drawn street by street, the young too seldom, and weighted for it."""
    rng = np.random.default_rng(seed)
    age = rng.choice(4, count, p=[0.08, 0.27, 0.33, 0.32])
    weight = np.array([2.2, 1.25, 0.85, 0.65])[age] * rng.uniform(0.8, 1.2, count)
    street = rng.integers(0, 60, count)
    lean = rng.normal(0, 0.12, 60)[street]
    said = rng.random(count) < np.clip(SAFE[age] + lean + more * (age == 0), 0.02, 0.98)
    columns = {"y": said.astype(float), "weight": weight, "psu": np.char.add("street ", street.astype(str))}
    return columns | {"by": np.array(AGES)[age]}


def survey_means() -> Plot:
    columns = _answers(1)
    found = ask("survey-means", columns)
    rows = found.rows
    value, low, high = (100 * rows[name].astype(float) for name in ("value", "low", "high"))
    return listed(
        "How many feel safe after dark, by age",
        told(
            "Weighted shares with 95% intervals that allow for the design: people of one street answer alike, so each "
            "answer tells less than its number says.",
            found,
        ),
        [f"{name}: {base:.0f} answers" for name, base in zip(rows["by"], rows["base"], strict=True)],
        intervals(value, low, high, name="weighted share", line="95% interval"),
        axis(30, 90, "Feel safe", suffix="%"),
    )


def survey_proportion() -> Plot:
    rng = np.random.default_rng(3)
    columns = {"said": np.r_[np.ones(3), np.zeros(147)], "weight": rng.uniform(0.5, 1.5, 150)}
    answers = [ask("survey-proportion", columns, method=one) for one in METHODS]
    value, low, high = ([100 * float(one.rows[name][0]) for one in answers] for name in ("value", "low", "high"))
    names = {"logit": "logit", "likelihood": "likelihood", "beta": "beta", "mean": "plain: goes under nought"}
    return listed(
        "A rare answer: the plain interval goes under nought",
        told("Three of 150 people said so: the share and its 95% interval, made in four ways.", answers[0]),
        [names[one] for one in METHODS],
        intervals(value, low, high, name="share", line="95% interval"),
        axis(min(low), max(high), "Said so", suffix="%"),
        against=0.0,
        against_name="nobody",
    )


def survey_differences() -> Plot:
    found = ask("survey-differences", _answers(1))
    rows = found.rows
    value, low, high = (100 * rows[name].astype(float) for name in ("value", "low", "high"))
    names = [f"{b} less {a}" for a, b in zip(rows["first"].astype(str), rows["second"].astype(str), strict=True)]
    return listed(
        "Every pair of ages, and which of them differ",
        told(
            "Differences in the share who feel safe, in points, with 95% intervals of each alone. Diamonds: "
            "statistically different also when all pairs looked at are allowed for.",
            found,
        ),
        names,
        intervals(value, low, high, name="difference", line="95% interval", sure=rows["adjusted"].astype(float) < 0.05),
        axis(float(low.min()), float(high.max()), "Points"),
        against=0.0,
        against_name="no difference",
    )


def survey_waves() -> Plot:
    first, second = _answers(5, 1100), _answers(6, 1100, more=0.22)
    columns = {name: np.r_[first[name], second[name]] for name in first}
    columns["wave"] = np.repeat(["2024", "2025"], 1100)
    found = ask("survey-waves", columns)
    rows = found.rows
    value, low, high = (100 * rows[name].astype(float) for name in ("value", "low", "high"))
    return listed(
        "What changed from one wave to the next",
        told("The share who feel safe: 2025 less 2024, in points, by age, with 95% intervals.", found),
        [str(name) for name in rows["by"]],
        intervals(value, low, high, name="change", line="95% interval", sure=rows["adjusted"].astype(float) < 0.05),
        axis(float(low.min()), float(high.max()), "Points"),
        against=0.0,
        against_name="no change",
    )


def survey_quantile() -> Plot:
    rng = np.random.default_rng(7)
    minutes = np.round(rng.lognormal(2.8, 0.6, 240))
    weight = rng.uniform(0.5, 2, 240)
    found = ask("survey-quantile", {"y": minutes, "weight": weight})
    order, most = np.argsort(minutes), float(np.quantile(minutes, 0.97))
    share = (100 * np.cumsum(weight[order]) / weight.sum())[minutes[order] <= most]
    value, low, high = (float(found.rows[name][0]) for name in ("value", "low", "high"))
    some = slice(0, None, 3)
    return Plot(
        "Half of everybody waited so long or less",
        told(
            "The share of everybody who waited so many minutes or less. The shaded stretch is the 95% interval of the "
            "middle one. A few who waited very long would move the mean, and not this.",
            found,
        ),
        (
            marks("cells", "range", [low], [0], [high], [100], name="95% interval"),
            marks("spans", "event", [value], [0], [value], [50], name="half of everybody"),
            marks("line", "main", minutes[order][: share.size][some], share[some], name="waited so long or less"),
        ),
        axis(0, most, "Minutes", tight=True),
        axis(0, 100, "Of everybody", suffix="%"),
    )


def survey_rake() -> Plot:
    rng = np.random.default_rng(8)
    age = rng.choice(4, 500, p=[0.08, 0.27, 0.33, 0.32])
    area = rng.choice(2, 500, p=[0.7, 0.3])
    true_age, true_area = np.array([18000, 36000, 27000, 19000]), np.array([52000, 48000])
    areas = np.array(["North side", "South side"])
    columns = {"weight": np.full(500, 200.0), "margin": np.array(AGES)[age], "total": true_age[age]}
    columns |= {"margin2": areas[area], "total2": true_area[area]}
    found = ask("survey-rake", columns)
    after = found.rows["weight"].astype(float)
    parts = [age == k for k in range(4)] + [area == k for k in range(2)]
    was, now = ([float(100 * w[part].sum() / w.sum()) for part in parts] for w in (columns["weight"], after))
    wanted = np.r_[true_age, true_area] / 1000
    at = np.arange(6.0)
    return listed(
        "The young answered too seldom; weights put that right",
        told(
            "Shares of those who answered, before weights and after them, and of everybody. After raking, every margin "
            "is that of everybody: how the margins go together is not.",
            found,
        ),
        [*AGES, *areas],
        [
            marks("spans", "whisker", was, at, now, at),
            marks("dots", "open", was, at, name="before"),
            marks("dots", "signal", wanted, at, name="everybody"),
            marks("dots", "main", now, at, name="after"),
        ],
        axis(0, 75, "Of all", suffix="%"),
    )


def survey_replicates() -> Plot:
    columns = _answers(9, 700)
    del columns["by"]
    kinds = {"JK1": "jackknife, no strata", "JKn": "jackknife by stratum", "bootstrap": "bootstrap"}
    answers = [ask("survey-replicates", columns, kind=kind, replicates=200) for kind in KINDS]
    whole = ask("survey-means", columns)
    alone = ask("survey-means", {"y": columns["y"], "weight": columns["weight"]})
    rows = [*(one.rows for one in answers), whole.rows, alone.rows]
    value, low, high = ([100 * float(one[name][0]) for one in rows] for name in ("value", "low", "high"))
    names = [*(kinds[kind] for kind in KINDS), "by formula, with the streets", "by formula, as if drawn one by one"]
    return listed(
        "By replicates or by formula: the same doubt",
        told(
            "The share who feel safe, with its 95% interval. Replicates and the formula agree; the last row leaves out "
            "that people were drawn street by street, and seems surer than it is.",
            answers[1],
        ),
        names,
        intervals(value, low, high, name="share", line="95% interval"),
        axis(min(low) - 1, max(high) + 1, "Feel safe", suffix="%", count=4),
    )


PICTURES = {
    "survey-means": survey_means,
    "survey-proportion": survey_proportion,
    "survey-differences": survey_differences,
    "survey-waves": survey_waves,
    "survey-quantile": survey_quantile,
    "survey-rake": survey_rake,
    "survey-replicates": survey_replicates,
}
