"""The picture of patrols: where to be, and when?"""

import numpy as np

from redway.products.charts.plot import Axis, Plot, marks
from redway.products.handbook.asking import ask, told


def patrol_plan() -> Plot:
    rng = np.random.default_rng(4)
    across, up = (part.ravel() for part in np.meshgrid(np.arange(6), np.arange(4)))
    x, y = 850.0 * across + rng.uniform(0, 500, 24), 850.0 * up + rng.uniform(0, 400, 24)
    harm = np.round(rng.gamma(1.2, 5, 24), 1)
    area = np.where(x < 2500, "West", "East")
    found = ask("patrol-plan", {"x": x, "y": y, "harm": harm, "area": area}, units=2, shift=240.0)
    rows = found.rows
    rounds = [rows["unit"] == unit for unit in (1, 2)]
    visited = np.isin(np.arange(1, 25), rows["row"])
    layers = [
        marks("line", look, rows["x"][part], rows["y"][part], rows["visit"][part] * 0, name=f"unit {unit}")
        for unit, (look, part) in enumerate(zip(("main", "other"), rounds, strict=True), 1)
    ]
    return Plot(
        "Two units, one shift: short visits in random order",
        told(
            "Places with the harm expected at each. Lines: the rounds of two units. Not every place is visited; those "
            "with most harm are, and both areas have their part.",
            found,
        ),
        (
            *layers,
            marks("dots", "signal", x[visited], y[visited], name="visited"),
            marks("dots", "open", x[~visited], y[~visited], name="not visited"),
            marks("words", "cell", x, y, text=[f"{one:.0f}" for one in harm], align="under"),
        ),
        Axis(-150, 4950, ()),
        Axis(-280, 3100, ()),
        shape=0.64,
    )


PICTURES = {"patrol-plan": patrol_plan}
