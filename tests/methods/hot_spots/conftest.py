"""What tests of hot spots share: the cells of the Memphis references, and places laid out plainly."""

import numpy as np
import pytest

from redway.methods.hot_spots.grids import Grid


def table(path):
    return np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8")


def plain(rows, columns, size=1.0, kind="square"):
    """A whole lattice whose first centre is at 0, 0."""
    return Grid(kind, size, 0.0, 0.0, rows, columns, np.arange(rows * columns))


@pytest.fixture
def square():
    return plain


@pytest.fixture
def peer(peer_outputs):
    """Reads a reference table by name."""
    return lambda name: table(peer_outputs / f"{name}.csv")


@pytest.fixture
def memphis(peer):
    """The 3,307 cells of 500 m that the references have, in their order, and the robberies' coordinates."""
    cells, events = peer("memphis_count500"), peer("memphis_robberies_utm16n_input")
    column = np.round((cells["cx"] - cells["cx"].min()) / 500).astype(np.int64)
    row = np.round((cells["cy"] - cells["cy"].min()) / 500).astype(np.int64)
    columns = int(column.max()) + 1
    at = row * columns + column
    assert (np.diff(at) > 0).all()
    grid = Grid("square", 500.0, cells["cx"].min(), cells["cy"].min(), int(row.max()) + 1, columns, at)
    return grid, events["x"], events["y"]
