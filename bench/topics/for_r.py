"""Inputs of `peers.R`, as files."""

from pathlib import Path

import numpy as np

from topics.made import monthly, series, survey

SERIES = {"farrington": 200, "farrington_every_week": 2, "ears": 200}


def write(name: str, folder: Path) -> None:
    """The input of one peer, as input.csv: series are columns, as R has them."""
    if name == "survey":
        s = survey(1_000_000)
        table, head = np.column_stack(list(s.values())), ",".join(s)
    else:
        table = monthly(1_000).T if name == "stl" else series(SERIES[name]).T
        head = ",".join(f"s{k}" for k in range(table.shape[1]))
    np.savetxt(folder / "input.csv", table, delimiter=",", header=head, comments="", fmt="%.10g")
