"""Where and since when: the circle of areas and run of weeks that holds most more events than expected.

Around each area its nearest areas are taken in one by one, up to `most_expected` of all that is expected, and for each
such circle the newest 1, 2, ... `longest` weeks (or, with `prospective=False`, any run of up to so many weeks). With c
events in a cylinder, e expected there and C in all, expected scaled to C too,

    likelihood ratio = (c/e)^c ((C - c)/(C - e))^(C - c)  where c > e, else 1

The largest is the likeliest cluster. Its p-value is its rank among the largest of `nsim` simulated tables, so it
allows for all places, sizes and lengths that were looked at. Others that share no area with it are told beside it.

expected   given (area x week, by population or by the past): events are thrown anew in proportion to it (Kulldorff
           1997, *Communications in Statistics* 26, 1481-1496; of newest weeks: 2001, *J. R. Stat. Soc. A* 164, 61-72)
not given  area total x week total / all; events keep their areas and weeks, and which week goes with which area is
           shuffled (Kulldorff, Heffernan, Hartman, Assuncao and Mostashari 2005, *PLoS Medicine* 2, e59)

Assumes independent events: if they are over-dispersed, or one victim brings several, p is too small.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from redway.methods import inputs
from redway.methods.hot_spots.locations import located
from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.wording import figure

VERSION = 1

TOLD = 10  # clusters told at most
BLOCK = 4_000_000  # numbers worked on at once
ONE_BY_ONE = 20_000  # events, up to which each is shuffled by itself
MOST = 900_000_000  # events, up to which numpy draws tables of given margins


@dataclass(frozen=True)
class Cluster:
    """areas: positions, the centre first. Weeks first to last, both in it."""

    areas: tuple[int, ...]
    first: int
    last: int
    events: float
    expected: float
    log_ratio: float
    pvalue: float


@dataclass(frozen=True)
class SpaceTimeScan:
    """Clusters that share no area, the likeliest first; `looked` says how many cylinders were looked at."""

    clusters: tuple[Cluster, ...]
    total: float
    looked: int
    nsim: int
    cannot_tell: str

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        top = self.clusters[0]
        if top.log_ratio <= 0:
            return f"None of {self.looked:,} places and times looked at has more events than expected."
        verdict = "unlikely by chance" if top.pvalue <= 0.05 else "not more than chance may give somewhere"
        areas = "1 area" if len(top.areas) == 1 else f"{len(top.areas):,} areas"
        weeks = top.last - top.first + 1
        return (
            f"The likeliest cluster has {top.events:,.0f} events where {figure(top.expected)} were expected, in "
            f"{areas} over {weeks} week{'s' if weeks > 1 else ''}: {verdict} (p = {top.pvalue:.2g}, of {self.looked:,} "
            f"places and times looked at)."
        )


def space_time_scan(
    counts: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    expected: npt.ArrayLike | None = None,
    longest: int = 4,
    most_expected: float = 0.5,
    prospective: bool = True,
    nsim: int = 999,
) -> SpaceTimeScan:
    """Scan counts (areas, weeks), newest week last, of areas at x, y in metres (areas,).

    Raises Unfit for negative or missing counts, areas whose middle is no place (`located`), for events where none are
    expected, and for more events in all than can be shuffled.
    """
    table = inputs.counts(counts, "counts", dimensions=2)
    at = np.column_stack(located(x, y))
    inputs.same_length(counts=table, x=at)
    weeks = table.shape[1]
    length = min(inputs.whole(longest, "longest", least=1), weeks)
    share = inputs.number(most_expected, "most_expected", least=0, most=1)
    draws = inputs.whole(nsim, "nsim", least=1)
    total = table.sum()
    if total < 2 or table.size < 2 or (expected is None and min(table.shape) < 2):
        few = "fewer than two events." if total < 2 else "one area or one week, which leaves nothing to compare with."
        return SpaceTimeScan((), float(total), 0, draws, few)
    if len(at) > 1 and not np.ptp(at, axis=0).any():
        return SpaceTimeScan((), float(total), 0, draws, f"all {len(at):,} areas are at one point.")
    if expected is None and total > MOST:
        raise Unfit(f"at most {MOST:,} events in all", came=f"{total:,.0f}", cause="sums or people, not events.")
    usual = _usual(table, expected)
    runs = _runs(weeks, length, prospective)
    order, sizes = _circles(at, usual, share)
    log_ratio, events, means = _scan(table, usual, order, sizes, runs)
    simulated = _simulated(table, usual, expected is None, order, sizes, runs, draws, rng)
    looked = int(sizes.sum()) * len(runs)
    return SpaceTimeScan(_clusters(log_ratio, events, means, order, runs, simulated), float(total), looked, draws, "")


def _usual(table: Floats, expected: npt.ArrayLike | None) -> Floats:
    if expected is None:
        return np.asarray(table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum())
    given = inputs.at_least(expected, "expected", 0, dimensions=2)
    if given.shape == table.shape and given.sum() <= 0:
        raise Unfit(
            "expected: numbers above 0 somewhere", came="0 everywhere", cause="a column that was never filled in."
        )
    if given.shape != table.shape:
        raise Unfit(
            "an expected number for every count",
            came=f"{given.shape} for {table.shape}",
            cause="expected numbers of other areas or weeks than the counts.",
        )
    if (table[given == 0] > 0).any():
        raise Unfit(
            "no events where none are expected",
            came=f"{int(table[given == 0].sum()):,} of them",
            cause="a population of nought where people live, or events put down in the wrong area.",
        )
    return np.asarray(given * (table.sum() / given.sum()))


def _runs(weeks: int, longest: int, prospective: bool) -> Integers:
    """First and last week of each run, (runs, 2)."""
    lasts = [weeks - 1] if prospective else range(weeks)
    return np.array([(last - n, last) for last in lasts for n in range(min(longest, last + 1))])


def _circles(at: Floats, usual: Floats, share: float) -> tuple[Integers, Integers]:
    """For each area the nearest ones in order (areas, most), itself first, and how many circles grow there."""
    apart = ((at[:, None] - at) ** 2).sum(axis=2)
    np.fill_diagonal(apart, -1.0)
    order = np.argsort(apart, axis=1, kind="stable")
    inside = np.cumsum(usual.sum(axis=1)[order], axis=1) <= share * usual.sum() * (1 + 1e-12)
    sizes = np.maximum(1, inside.sum(axis=1))
    return order[:, : int(sizes.max())], sizes


def _in_runs(tables: Floats, runs: Integers) -> Floats:
    """Sums over each run of weeks: (..., areas, weeks) to (..., areas, runs)."""
    walk = np.concatenate([np.zeros((*tables.shape[:-1], 1)), np.cumsum(tables, axis=-1)], axis=-1)
    return np.asarray(walk[..., runs[:, 1] + 1] - walk[..., runs[:, 0]])


def _scan(
    table: Floats, usual: Floats, order: Integers, sizes: Integers, runs: Integers
) -> tuple[Floats, Floats, Floats]:
    """Log ratio, events and expected of every cylinder, (areas, sizes, runs); -inf beyond an area's circles."""
    events = np.cumsum(_in_runs(table, runs)[order], axis=1)
    means = np.cumsum(_in_runs(usual, runs)[order], axis=1)
    ratio = _log_ratio(events, means, table.sum())
    ratio[np.arange(order.shape[1]) >= sizes[:, None]] = -np.inf
    return ratio, events, means


def _log_ratio(events: Floats, means: Floats, total: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        rest, rest_means = np.maximum(total - events, 0.0), np.maximum(total - means, 0.0)
        inside = xlogy(events, events / means)
        outside = np.where(rest_means > 1e-9 * total, xlogy(rest, rest / rest_means), 0.0)
        return np.where((events > means) & (means > 0), inside + outside, 0.0)


def _simulated(
    table: Floats,
    usual: Floats,
    shuffle: bool,
    order: Integers,
    sizes: Integers,
    runs: Integers,
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """The largest log ratio of each simulated table, (draws,)."""
    total = int(table.sum())
    means = np.cumsum(_in_runs(usual, runs)[order], axis=1)
    beyond = np.arange(order.shape[1]) >= sizes[:, None]
    shuffled = _shuffler(table) if shuffle else None
    # only counts over what a cylinder expects can win: others are nought
    best = np.zeros(draws)
    size = max(1, BLOCK // means.size)
    for start in range(0, draws, size):
        some = min(size, draws - start)
        if shuffled is not None:
            drawn = np.array([shuffled(rng) for _ in range(some)])
        else:
            drawn = rng.multinomial(total, (usual / usual.sum()).ravel(), size=some).reshape(some, *table.shape)
        events = np.cumsum(_in_runs(drawn.astype(float), runs)[:, order], axis=2)
        ratio = _log_ratio(events, means, total)
        ratio[:, beyond] = 0.0
        best[start : start + some] = ratio.reshape(some, -1).max(axis=1)
    return best


def _shuffler(table: Floats) -> Callable[[np.random.Generator], Floats]:
    """Draws a table of the same areas and weeks, with which week goes with which area shuffled."""
    if table.sum() > ONE_BY_ONE:
        return partial(_by_margins, table.sum(axis=1).astype(int), table.sum(axis=0).astype(int))
    at_area, at_week = np.nonzero(table)
    times = table[at_area, at_week].astype(int)
    return partial(_one_by_one, np.repeat(at_area, times), np.repeat(at_week, times), table.shape)


def _one_by_one(area: Integers, week: Integers, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    drawn = np.zeros(shape)
    np.add.at(drawn, (area, rng.permutation(week)), 1.0)
    return drawn


def _by_margins(areas: Integers, weeks: Integers, rng: np.random.Generator) -> Floats:
    """The same law, area after area from the weeks that are left: its cost does not grow with the events."""
    drawn, left = np.zeros((areas.size, weeks.size)), weeks.copy()
    for at, events in enumerate(areas):
        taken = rng.multivariate_hypergeometric(left, events, method="marginals")
        drawn[at] = taken
        left -= taken
    return drawn


def _clusters(
    ratio: Floats, events: Floats, means: Floats, order: Integers, runs: Integers, simulated: Floats
) -> tuple[Cluster, ...]:
    found: list[Cluster] = []
    taken = np.zeros(len(order), dtype=bool)
    ratio = ratio.copy()
    while len(found) < TOLD:
        centre, size, run = np.unravel_index(int(ratio.argmax()), ratio.shape)
        value = float(ratio[centre, size, run])
        if value <= 0 and found:
            break
        areas = order[centre, : size + 1]
        # a hair of rounding must not turn an equal into a smaller one
        p = (1 + int((simulated >= value - 1e-9).sum())) / (1 + simulated.size)
        found.append(
            Cluster(
                tuple(int(a) for a in areas),
                int(runs[run, 0]),
                int(runs[run, 1]),
                float(events[centre, size, run]),
                float(means[centre, size, run]),
                value,
                p,
            )
        )
        taken[areas] = True
        ratio[np.maximum.accumulate(taken[order], axis=1)] = -np.inf
        if not np.isfinite(ratio).any():
            break
    return tuple(found)
