"""What a reader knows of a table, and of its earlier releases, put as figures that add up.

We assume a reader who knows more than most, because what is safe from them is safe from others:

- they know the policy and how tables are made, and of each hidden count in the body whether it is a small one;
- they know of each count whether it changed between two releases: one that did not is the same unknown in both.

Of a hidden total they know only what its parts tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from redway.indicators.counts import TOTAL, Floats, Label, Parts, totals
from redway.methods.suppression.subtraction import Figures

# A row and a column, what rows and columns it is a total of if it is one, and the count.
Unknown = tuple[Label, Label, tuple[tuple[str, ...], tuple[str, ...]], float]


@dataclass(frozen=True)
class Shown:
    """One release of a table: what it is, and what is known from it. The last row and column are totals.

    counts   (rows + 1, columns + 1), NaN where there is none
    hidden   bool, same shape
    behind   same shape and 2: the lowest and highest count that would be shown so, where it is not hidden
    hide_from, hide_to  the counts that its policy hides; none if the second is below the first
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Floats
    hidden: npt.NDArray[np.bool_]
    behind: Floats
    hide_from: int
    hide_to: int

    @property
    def small(self) -> npt.NDArray[np.bool_]:
        return (self.counts >= self.hide_from) & (self.counts <= self.hide_to)

    @property
    def veiled(self) -> Floats:
        """The range that each is known to lie in once hidden. A zero that the policy shows cannot be hidden."""
        lowest = np.where(self.small, self.hide_from, self.hide_to + 1.0)
        highest = np.where(self.small, self.hide_to, np.inf)
        lowest[-1, :] = lowest[:, -1] = self.hide_from
        highest[-1, :] = highest[:, -1] = np.inf
        veiled = np.stack([lowest, highest], axis=2)
        veiled[(self.counts == 0) & ~self.small] = 0
        return veiled

    @property
    def wanted(self) -> Floats:
        """The range that must stay possible for each, if hidden: a small one's is the policy's own.

        That of another is one as wide around it, which stands for any that is as wide.
        """
        width = self.hide_to - self.hide_from
        lowest = np.where(self.small, self.hide_from, np.maximum(self.hide_to + 1, self.counts - width // 2))
        wanted = np.stack([lowest, lowest + width], axis=2)
        for at, parts in self.totals():
            # no hiding makes a total less than its parts are known to come to, or more
            least, most = self.veiled[parts][~np.isnan(self.counts[parts])].sum(axis=0)
            wanted[at] = max(wanted[at][0], least), min(wanted[at][1], most)
        return wanted

    def totals(self) -> Iterator[tuple[tuple[int, int], Parts]]:
        """Where each total that is there lies, and where its parts."""
        every = totals(len(self.rows), len(self.columns))
        return ((at, parts) for at, parts in every if not np.isnan(self.counts[at]))


@dataclass(frozen=True)
class Together:
    """Releases of one table as one set of figures.

    names   of each figure: its row and column, None for a total
    latest  (rows + 1, columns + 1): which figure each cell of the latest release is; 0 where there is none
    """

    figures: Figures
    names: tuple[tuple[Label, Label], ...]
    latest: npt.NDArray[np.int64]


def figures(releases: Sequence[Shown], *, hide_more: bool) -> Together:
    """All that releases of one table, the latest last, tell together. More of the latest may be hidden, or not.

    Cells of the same row, column and count are one figure; totals only if they are of the same rows and columns.
    """
    numbers: dict[Unknown, int] = {}
    grids = [_numbered(release, numbers) for release in releases]
    size = len(numbers)
    truth = np.array([count for *_, count in numbers], dtype=float)
    known = np.tile([0.0, np.inf], (size, 1))
    wanted = np.column_stack([truth, truth])
    anywhere = np.ones(size, dtype=bool)
    for release, grid in zip(releases, grids, strict=True):
        there = ~np.isnan(release.counts)
        at = grid[there]
        ranges = np.where(release.hidden[..., None], release.veiled, release.behind)[there]
        if release is releases[-1]:
            before = known.copy()
        known[at] = _both(known[at], ranges)
        anywhere[grid[release.small]] = False
        hidden = there & release.hidden
        wanted[grid[hidden]] = _either(wanted[grid[hidden]], release.wanted[hidden])
    veiled, once_hidden = known.copy(), np.column_stack([truth, truth])
    if hide_more:
        latest = releases[-1]
        there = ~np.isnan(latest.counts)
        at = grids[-1][there]
        veiled[at] = _both(before[at], latest.veiled[there])
        once_hidden[at] = latest.wanted[there]
    return Together(
        Figures(
            _sums(releases, grids, size), truth, known, veiled, wanted, once_hidden, anywhere, np.maximum(truth, 1)
        ),
        tuple((row, column) for row, column, *_ in numbers),
        np.maximum(grids[-1], 0),
    )


def _both(one: Floats, other: Floats) -> Floats:
    """The range that two ranges share."""
    return np.column_stack([np.maximum(one[:, 0], other[:, 0]), np.minimum(one[:, 1], other[:, 1])])


def _either(one: Floats, other: Floats) -> Floats:
    """The range that holds two ranges."""
    return np.column_stack([np.minimum(one[:, 0], other[:, 0]), np.maximum(one[:, 1], other[:, 1])])


def _numbered(release: Shown, numbers: dict[Unknown, int]) -> npt.NDArray[np.int64]:
    """The number of each cell's figure, -1 where there is no count; new ones are added to `numbers`."""
    grid = np.full(release.counts.shape, -1)
    for i, row in enumerate((*release.rows, TOTAL)):
        for j, column in enumerate((*release.columns, TOTAL)):
            count = float(release.counts[i, j])
            of = (release.rows if row is TOTAL else (), release.columns if column is TOTAL else ())
            if not np.isnan(count):
                grid[i, j] = numbers.setdefault((row, column, of, count), len(numbers))
    return grid


def _sums(releases: Sequence[Shown], grids: Sequence[npt.NDArray[np.int64]], size: int) -> csr_array:
    """One equation for each total: its parts less itself come to nought."""
    equations = {
        (tuple(sorted(parts[parts >= 0])), int(grid[at]))
        for release, grid in zip(releases, grids, strict=True)
        for at, where in release.totals()
        for parts in [grid[where].ravel()]
    }
    rows, columns, values = [], [], []
    for number, (parts, total) in enumerate(sorted(equations)):
        rows += [number] * (len(parts) + 1)
        columns += [*parts, total]
        values += [1.0] * len(parts) + [-1.0]
    return csr_array((values, (rows, columns)), shape=(len(equations), size))
