"""Pictures of what findings, indicators and data quality are made with, and the methods rest on."""

import numpy as np

from redway.methods.comparison import proportion, ratio
from redway.methods.comparison.change import changes
from redway.methods.comparison.dispersion import dispersion
from redway.methods.false_discovery import benjamini_hochberg
from redway.methods.process_control.outliers import compared
from redway.products.charts.plot import Plot, axis, marks
from redway.products.handbook.asking import months, timeline, told
from redway.products.handbook.rows import BESIDE, intervals, listed


def change() -> Plot:
    pairs = {"Shoplifting": (683, 840), "Burglary": (310, 262), "Robbery": (161, 184), "Arson": (48, 27)}
    before, after = (np.array([pair[at] for pair in pairs.values()]) for at in (0, 1))
    found = changes(before, after, phi=3.0, df=11)
    at = np.arange(4.0)
    return listed(
        "What looks sure if events were independent is often not",
        told(
            "The change of four counts, in percent. Thick lines: the 95% interval that allows for months varying three "
            "times as much as independent events would. Dotted: the plain Poisson interval, which does not.",
            found,
        ),
        [f"{name}: {one} to {two}" for name, (one, two) in pairs.items()],
        [
            marks(
                "spans", "third", found.poisson_low, at + BESIDE, found.poisson_high, at + BESIDE, name="if independent"
            ),
            *intervals(found.percent, found.low, found.high, name="change", line="as months vary"),
        ],
        axis(float(found.low.min()), float(found.high.max()), "Change", suffix="%"),
        against=0.0,
        against_name="no change",
    )


def over_dispersion() -> Plot:
    rng = np.random.default_rng(2)
    plain, bursts = rng.poisson(60, 24), rng.negative_binomial(12, 12 / 72, 24)
    when = np.arange(2024 * 12, 2024 * 12 + 24)
    found = dispersion(bursts.astype(float), when.tolist())
    at, edge = np.arange(24), 1.96 * 60**0.5
    return Plot(
        "Real crimes come in bursts",
        told(
            "Two series of 60 a month in which nothing changes. Grey: events independent of one another, of which "
            "19 months in 20 lie in the shaded band. Dark: events that come in bursts, as crimes do. Of these:",
            found,
        ),
        (
            marks("band", "range", at, [60 - edge] * 24, (), [60 + edge] * 24, name="where independent events lie"),
            marks("line", "plain", at, plain, name="independent"),
            marks("line", "main", at, bursts, name="in bursts"),
        ),
        timeline(months("2024-01", 24)),
        axis(0, 120, "In a month"),
    )


def false_discovery() -> Plot:
    rng = np.random.default_rng(4)
    p = np.sort(np.r_[rng.random(52), rng.random(8) * 0.004])
    found = benjamini_hochberg(p, 0.1)
    rank, shown = np.arange(1, 61), p < 0.2
    stands, last = found.listed, float(rank[shown].max() + 4)
    return Plot(
        "Of sixty series a few stand out, and the line says which",
        told(
            "The p-values of sixty series, smallest first, of which eight have truly changed. Those under the rising "
            "line are listed, about one in ten of them by chance. Each alone would be listed under the dashed one.",
            found,
        ),
        (
            marks("spans", "expected", [0], [0.05], [last], [0.05], name="5%, each alone"),
            marks("line", "other", [0, last], [0, 0.1 * last / 60], name="the ranking rule, 10%"),
            marks("dots", "plain", rank[shown & ~stands], p[shown & ~stands], name="not listed"),
            marks("dots", "signal", rank[stands], p[stands], name="listed"),
        ),
        axis(0, last, "Place in the order", tight=True),
        axis(0, 0.2, "p-value"),
    )


def outlier() -> Plot:
    past = np.random.default_rng(5).poisson(420, 18)
    found = compared(198, past.tolist())
    at = np.arange(18)
    spread = 3.5 * float(np.median(np.abs(past - np.median(past)))) / 0.6745
    middle = float(np.median(past))
    return Plot(
        "Half of the return may be missing",
        told("Rows of eighteen returns that were accepted, and of the new one.", found),
        (
            marks("band", "range", [0, 18], [middle - spread] * 2, (), [middle + spread] * 2, name="usual"),
            marks("spans", "expected", [0], [middle], [18], [middle], name="middle of those before"),
            marks("dots", "main", at, past, name="accepted before"),
            marks("dots", "signal", [18], [198], name="the new one"),
        ),
        axis(-0.5, 18.5, "Return", tight=True, count=4),
        axis(0, 600, "Rows"),
    )


def shares() -> Plot:
    pairs = ((2, 10), (20, 100), (200, 1000), (0, 30))
    found = [proportion.share(hits, base) for hits, base in pairs]
    between = proportion.difference(proportion.share(56, 80), proportion.share(48, 80))
    return listed(
        "The same share, and how sure it is",
        told(
            "Shares with Wilson's 95% intervals: a fifth of ten, of a hundred, of a thousand; and none of thirty, "
            "which is not surely none. Of 48 of 80 less 56 of 80:",
            between,
        ),
        [f"{hits} of {base:,}" for hits, base in pairs],
        intervals(
            *([100 * getattr(one, end) for one in found] for end in ("value", "low", "high")),
            name="share",
            line="95% interval",
        ),
        axis(0, 60, "Share", suffix="%"),
    )


def ratios() -> Plot:
    pairs = {"12 of 4,000": (12, 4000), "48 of 16,000": (48, 16000), "480 of 160,000": (480, 160000)}
    found = [ratio.rate_ratio(events, people, 2000, 1_000_000) for events, people in pairs.values()]
    known = [one for one in found if one]
    return listed(
        "Half as much again: a guess, likely, sure",
        told(
            "Rates as multiples of a reference of 2 for each 1,000, with 95% intervals. All three are 1.5 times as "
            "high; how many events they rest on makes the difference. Of the last:",
            known[-1],
        ),
        list(pairs),
        intervals(
            *([getattr(one, end) for one in known] for end in ("value", "low", "high")),
            name="ratio",
            line="95% interval",
            sure=[one.low > 1 for one in known],
        ),
        axis(0.5, 3, "Times as high"),
        against=1.0,
        against_name="as high",
    )


PICTURES = {
    "change": change,
    "dispersion": over_dispersion,
    "false-discovery": false_discovery,
    "outliers": outlier,
    "proportion": shares,
    "ratio": ratios,
}
