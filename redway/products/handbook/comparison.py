"""Pictures of comparison: more than elsewhere, or than before?"""

import numpy as np

from redway.methods.comparison.rate_ratio import FAMILIES
from redway.products.charts.plot import Plot, axis, marks
from redway.products.handbook.asking import ask, steady, told
from redway.products.handbook.rows import BESIDE, intervals, listed

WARDS = ("Ashfold", "Birchmere", "Coldwell", "Dunmoor", "Eastlea", "Fernhill")  # none of them exists


def rates() -> Plot:
    events = np.array([6, 30, 55, 90, 140, 12])
    people = np.array([1200, 6000, 9500, 21000, 24000, 4800])
    found = ask("rates", {"events": events, "exposure": people, "area": np.array(WARDS)})
    rows = found.rows
    names = [f"{name}: {n} of {p:,}" for name, n, p in zip(WARDS, events, people, strict=True)]
    return listed(
        "The same rate can be sure or a guess",
        told(
            "Burglaries for each 1,000 homes in six wards, with 95% intervals. The first two have the same rate; but "
            "one rests on 6 burglaries, and could well be half of that or twice as many.",
            found,
        ),
        names,
        intervals(rows["rate"], rows["low"], rows["high"], name="rate", line="95% interval"),
        axis(0, float(rows["high"].max()), "For each 1,000"),
    )


def rate_ratio() -> Plot:
    rng = np.random.default_rng(4)
    weeks = np.r_[rng.negative_binomial(5, 5 / 25, 20), rng.negative_binomial(5, 5 / 27, 20)]
    group = np.repeat(["before", "after"], 20)
    answers = [ask("rate-ratio", {"events": weeks, "group": group}, first="after", family=one) for one in FAMILIES]
    values, low, high = ([float(one.rows[name][0]) for one in answers] for name in ("value", "low", "high"))
    names = {"exact": "exact: events independent", "quasipoisson": "quasi-Poisson: as weeks vary"}
    names |= {"negbin": "negative binomial: as weeks vary"}
    return listed(
        "Sure, if events were independent; unsure as weeks really vary",
        told(
            "Twenty weeks after set against twenty before. The ratio is the same; the interval is not. Weeks here vary "
            "several times as much as independent events would, which the first row does not know.",
            answers[FAMILIES.index("quasipoisson")],
        ),
        [names[one] for one in FAMILIES],
        intervals(values, low, high, name="ratio", line="95% interval"),
        axis(0.7, max(high), "Times as many"),
        against=1.0,
        against_name="no difference",
    )


def standardise_direct() -> Plot:
    people = {
        "Student town": (9000, 14000, 6000, 3000),
        "Seaside town": (4000, 3000, 7000, 14000),
        "Old mill town": (7000, 7000, 8000, 7000),
    }
    risks = {"Student town": 0.9, "Seaside town": 1.35, "Old mill town": 1.0}
    by_age = np.array([0.004, 0.016, 0.007, 0.002])
    answers = [
        ask("standardise-direct", {"count": np.round(np.array(pop) * by_age * risks[name]), "pop": pop,
                                   "stdpop": [25000, 25000, 30000, 20000]}, multiplier=1000.0)
        for name, pop in people.items()
    ]  # fmt: skip
    crude, value, low, high = ([float(a.rows[n][0]) for a in answers] for n in ("crude", "value", "low", "high"))
    return listed(
        "Ages alike, the order turns round",
        told(
            "Violence for each 1,000 people. The student town has the highest plain rate, because it has many young "
            "people. With the same mix of ages everywhere the seaside town is highest. Of the student town:",
            answers[0],
        ),
        list(people),
        [
            marks("dots", "open", crude, np.arange(3.0) - BESIDE, name="plain rate"),
            *intervals(value, low, high, name="with a standard's ages", line="95% interval", shift=BESIDE),
        ],
        axis(4, max(*crude, *high), "For each 1,000"),
    )


def standardise_indirect() -> Plot:
    rng = np.random.default_rng(6)
    stdrate = np.array([0.004, 0.016, 0.007, 0.002])
    sizes = rng.integers(300, 5000, (6, 4))
    truth = np.array([1.0, 1.0, 1.6, 1.0, 0.6, 1.0])
    answers = [
        ask("standardise-indirect", {"count": rng.poisson(pop * stdrate * more), "pop": pop, "stdrate": stdrate})
        for pop, more in zip(sizes, truth, strict=True)
    ]
    value, low, high, events, expected = (
        np.array([float(a.rows[n][0]) for a in answers]) for n in ("value", "low", "high", "events", "expected")
    )
    names = [f"{w}: {n:.0f}, expected {e:.0f}" for w, n, e in zip(WARDS, events, expected, strict=True)]
    return listed(
        "Events over those expected for the ages that live there",
        told("What each ward has, over what it would have at a standard's rates by age. Of Coldwell:", answers[2]),
        names,
        intervals(value, low, high, name="ratio", line="95% interval", sure=(low > 1) | (high < 1)),
        axis(0, max(high), "Times as many as expected"),
        against=1.0,
        against_name="as expected",
    )


def funnel() -> Plot:
    rng = np.random.default_rng(8)
    homes = np.sort(rng.integers(400, 9000, 60))
    rate = 0.012 * rng.gamma(40, 1 / 40, 60)
    rate[[20, 50]] = [0.034, 0.022]
    events = rng.poisson(homes * rate)
    found = ask("funnel", {"events": events, "exposure": homes, "area": np.array([f"area {n}" for n in range(1, 61)])})
    rows, order = found.rows, np.argsort(found.rows["expected"].astype(float))
    x = rows["expected"].astype(float)
    out = rows["listed"].astype(bool)
    return Plot(
        "Few areas differ by more than areas of their size do",
        told(
            "Each mark is an area: across, how many events are expected of its size; upwards, how many times as many "
            "it has. Small areas scatter widely by chance alone. Diamonds are listed.",
            found,
        ),
        (
            marks("band", "cell", x[order], rows["low998"][order], (), rows["high998"][order], name="99.8 in 100"),
            marks("band", "range", x[order], rows["low95"][order], (), rows["high95"][order], name="95 in 100"),
            marks("spans", "expected", [0], [1], [float(x.max())], [1], name="as expected"),
            marks("dots", "plain", x[~out], rows["ratio"][~out], name="area"),
            marks("dots", "signal", x[out], rows["ratio"][out], name="listed"),
        ),
        axis(0, float(x.max()), "Events expected"),
        axis(0, 3.5, "Times as many as expected"),
    )


def trend() -> Plot:
    years = np.arange(9)
    counts = steady(210 * 0.955**years, 3)
    found = ask("trend", {"value": counts})
    slope, low, high = (1 + float(found.rows[name][0]) / 100 for name in ("slope", "low", "high"))
    middle, mean = years.mean(), counts.mean()
    line, one, other = (mean * part ** (years - middle) for part in (slope, low, high))
    return Plot(
        "It falls, by how much is less sure",
        told("Counts of nine years, the trend, and the steepest and flattest that the interval leaves open.", found),
        (
            marks("band", "range", years, np.minimum(one, other), (), np.maximum(one, other), name="95% interval"),
            marks("line", "expected", years, line, name="trend"),
            marks("line", "main", years, counts, name="each year"),
            marks("dots", "main", years, counts),
        ),
        axis(-0.3, 8.3, "Year", tight=True, count=9),
        axis(0, float(counts.max()) * 1.1, "In a year"),
    )


PICTURES = {
    "rates": rates,
    "rate-ratio": rate_ratio,
    "standardise-direct": standardise_direct,
    "standardise-indirect": standardise_indirect,
    "funnel": funnel,
    "trend": trend,
}
