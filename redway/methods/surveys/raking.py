"""Raking: weights that make a sample's margins those of everybody, changed as little as that allows, and trimmed.

Each margin in turn, weights of each of its kinds are scaled to the known total, until none changes any more (Deming and
Stephan 1940, *Ann. Math. Stat.* 11, 427-444; as `survey::rake`, whose `control` is maxit and epsilon). With one
margin this is post-stratification. Trimming (`survey::trimWeights`): weights outside `lower` to `upper` times the
mean weight are brought in to those ends, and raking goes on over the rest, so that the margins still hold.

A kind that nobody in the sample is of cannot be raked; margins whose totals differ contradict each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods.inputs import Unfit, above, number, whole
from redway.methods.surveys.design import Codes, Design, codes, reweighted
from redway.methods.wording import figure, several

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Raked:
    """A sample with raked weights.

    change    largest change of a total in the last round
    effect    how many times less the weights make the sample tell than a plain one: Kish's 1 + variance of weights
    trimmed   how many weights stand at an end
    """

    design: Design
    rounds: int
    change: float
    effect: float
    trimmed: int
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"The weights do not reach the margins: {self.cannot_tell}."
        trimmed = f", {several(self.trimmed, 'weight')} trimmed" if self.trimmed else ""
        worth = self.design.base / self.effect
        return (
            f"The weights reach every margin after {several(self.rounds, 'round')}{trimmed}; for their unevenness, "
            f"{several(self.design.base, 'answer')} are worth {figure(worth)} plain ones."
        )


def rake(
    sample: Design,
    margins: Sequence[tuple[npt.ArrayLike, dict[str, float]]],
    *,
    lower: float = 0.0,
    upper: float = np.inf,
    maxit: int = 1000,
    epsilon: float = 1e-10,
) -> Raked:
    """Rake to margins, each a column (n,) and how many there are of each of its kinds.

    lower, upper  ends of weights, times the mean weight
    epsilon       stop when no cell's total changes by more; below 1, of all people (as R)

    Raises Unfit for kinds without a total, totals without anybody, and margins that contradict each other.
    """
    low, high = number(lower, "lower", least=0, most=1), number(upper, "upper", least=1)
    rounds, close = whole(maxit, "maxit", least=1), number(epsilon, "epsilon", least=0)
    if not margins:
        raise Unfit("a margin", came="none", cause="a list that was left empty.")
    columns, totals = zip(*(_margin(np.asarray(c), t, sample.base) for c, t in margins), strict=True)
    everybody = float(totals[0].sum())
    if any(abs(t.sum() - everybody) > 1e-6 * everybody for t in totals):
        raise Unfit(
            "margins of the same people",
            came=", ".join(figure(float(t.sum()), 9) for t in totals),
            cause="totals of different years, or of households beside people.",
        )
    close = close * everybody if close < 1 else close
    ends = low * everybody / sample.base, high * everybody / sample.base
    cross = codes(_crossed(columns), sample.base, "margins")
    w, done, change = sample.weights.copy(), 0, np.inf
    table = np.bincount(cross, w)
    while done < rounds and not change < close:
        for column, wanted in zip(columns, totals, strict=True):
            w = _scaled(w, column, wanted, ends)
        before, table = table, np.bincount(cross, w)
        change, done = float(np.abs(table - before).max()), done + 1
    missed = max(float(np.abs(np.bincount(c, w) - t).max()) for c, t in zip(columns, totals, strict=True))
    trimmed = int(((w <= ends[0] * (1 + 1e-12)) & (low > 0)).sum() + (w >= ends[1] * (1 - 1e-12)).sum())
    why = "" if missed <= max(1e-6 * everybody, close) else f"after {done} rounds one is out by {figure(missed)}"
    effect = float(w.size * (w**2).sum() / w.sum() ** 2)
    return Raked(reweighted(sample, w, tuple(columns)), done, change, effect, trimmed, why)


def _margin(column: npt.NDArray[np.str_], totals: dict[str, float], n: int) -> tuple[Codes, Floats]:
    """Codes of a column and the totals in their order."""
    found = codes(column, n, "margin")
    kinds = [str(kind) for kind in np.unique(column).tolist()]
    given = {str(kind): value for kind, value in totals.items()}
    if lacking := [kind for kind in kinds if kind not in given]:
        raise Unfit(
            "a total for every kind in the sample",
            came=f"none for “{lacking[0]}”",
            count=len(lacking),
            cause="a name that is spelt in two ways, or an answer that the totals leave out.",
        )
    if empty := [kind for kind, value in given.items() if kind not in kinds and value]:
        raise Unfit(
            "somebody in the sample of every kind",
            came=f"nobody of “{empty[0]}”",
            cause="a kind to put together with another.",
            count=len(empty),
        )
    return found, above([given[kind] for kind in kinds], "totals", 0)


def _crossed(columns: tuple[Codes, ...]) -> Codes:
    cell = columns[0]
    for column in columns[1:]:
        cell = cell * (int(column.max()) + 1) + column
    return cell


def _scaled(w: Floats, column: Codes, wanted: Floats, ends: tuple[float, float]) -> Floats:
    """Weights scaled to one margin; those that pass an end are held there and the rest scaled again."""
    w = w * (wanted / np.bincount(column, w))[column]
    if ends[0] <= 0 and not np.isfinite(ends[1]):
        return w
    for _ in range(100):
        w = np.clip(w, *ends)
        held = (w <= ends[0]) | (w >= ends[1])
        fixed, free = np.bincount(column, w * held), np.bincount(column, w * ~held)
        left = wanted - fixed
        factor = np.where((free > 0) & (left > 0), left / np.where(free > 0, free, 1), 1.0)
        if np.abs(factor - 1).max() < 1e-13:
            break
        w = np.where(held, w, w * factor[column])
    return w
