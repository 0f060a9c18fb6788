"""Pictures that are a list: a name, a dot and the interval about it in each row."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from redway.products.charts.plot import Axis, Marks, Plot, marks

BESIDE = 0.16  # how far above and below a row's middle two that belong together lie


def intervals(
    values: Sequence[float] | Any,
    low: Sequence[float] | Any,
    high: Sequence[float] | Any,
    *,
    look: str = "main",
    name: str = "",
    line: str = "",
    shift: float = 0.0,
    sure: Sequence[bool] | Any = (),
) -> list[Marks]:
    """Dots with lines through them; those that are `sure` are diamonds."""
    at = np.arange(len(values)) + shift
    stands = np.asarray(sure, dtype=bool) if len(sure) else np.zeros(len(values), dtype=bool)
    v, a, b = (np.asarray(one, dtype=float) for one in (values, low, high))
    found = [marks("spans", "whisker", a, at, b, at, name=line)]
    for part, dots, told in ((~stands, look, name), (stands, "signal", "statistically different")):
        if part.any():
            found.append(marks("dots", dots, v[part], at[part], name=told))
    return found


def listed(
    title: str,
    description: str,
    names: Sequence[str],
    layers: Sequence[Marks],
    x: Axis,
    *,
    against: float | None = None,
    against_name: str = "",
) -> Plot:
    """A list of rows with what they are set against as an upright line."""
    line = (
        [marks("spans", "limit", [against], [-0.5], [against], [len(names) - 0.5], name=against_name)]
        if (against is not None)
        else []
    )
    return Plot(title, description, (*line, *layers), x, names=tuple(names))
