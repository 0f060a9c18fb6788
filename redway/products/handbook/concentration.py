"""Pictures of concentration: how few places hold how much?"""

import numpy as np

from redway.products.charts.plot import Plot, axis, marks
from redway.products.handbook.asking import Values, ask, told


def _curve(values: Values) -> tuple[Values, Values]:
    """Lorenz's curve from the fullest places: share of places, share of events."""
    most = np.sort(values)[::-1]
    return np.r_[0, np.arange(1, most.size + 1) / most.size], np.r_[0, np.cumsum(most) / most.sum()]


def concentration() -> Plot:
    rng = np.random.default_rng(2)
    counts = rng.poisson(rng.gamma(0.6, 2.5 / 0.6, 200))
    chance = rng.poisson(np.full(200, counts.mean()))
    found = ask("concentration", {"value": counts}, nsim=199)
    (x, y), (_, plain) = _curve(counts), _curve(chance)
    some = slice(0, None, 4)
    return Plot(
        "A few streets hold much of it, and part of that is chance",
        told(
            "Across: streets, the fullest first; upwards: the share of events on them. If every street had as many, "
            "the line would be straight. But with few events a street chance alone bends it: that is the middle line.",
            found,
        ),
        (
            marks("line", "limit", [0, 100], [0, 100], name="all alike"),
            marks("line", "other", 100 * x[some], 100 * plain[some], name="chance alone"),
            marks("line", "main", 100 * x[some], 100 * y[some], name="these streets"),
        ),
        axis(0, 101, "Of streets, fullest first", suffix="%", tight=True),
        axis(0, 100, "Of events", suffix="%"),
    )


def stability() -> Plot:
    rng = np.random.default_rng(4)
    usual = rng.gamma(3.0, 4 / 3.0, 150)
    first, second = rng.poisson(usual), rng.poisson(usual)
    found = ask("stability", {"first": first, "second": second}, share=0.1)
    top = np.argsort(-first, kind="stable")[:15]
    others = np.setdiff1d(np.arange(150), top)
    most = int(max(first.max(), second.max()))
    return Plot(
        "The top of one year is lower in the next, though nothing changed",
        told(
            "Each mark is a street: events of one year across, of the next upwards. Orange: the top tenth of the first "
            "year. Most lie under the line of equal counts, because part of what put them on top was chance.",
            found,
        ),
        (
            marks("line", "expected", [0, most], [0, most], name="as many as before"),
            marks("dots", "plain", first[others], second[others], name="street"),
            marks("dots", "signal", first[top], second[top], name="top of the first year"),
        ),
        axis(0, most, "First year"),
        axis(0, most, "Next year"),
    )


PICTURES = {"concentration": concentration, "stability": stability}
