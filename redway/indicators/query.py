"""From an indicator's definition to its series."""

from typing import Literal

import numpy as np

from redway import periods
from redway.errors import NotSetUp, RedwayError
from redway.indicators.awaited import wanted
from redway.indicators.cubes import cube
from redway.indicators.definitions import Indicator
from redway.indicators.places import Places, places
from redway.indicators.series import Area, Series, Status
from redway.store.profile import Partnership
from redway.store.snapshot import Snapshot

Level = Literal["partnership", "area"]


def series(indicator: Indicator, *, snapshot: Snapshot, partnership: Partnership, level: Level) -> Series:
    """Monthly counts of an indicator: of the partnership (one row), or of every comparable area.

    A month is known when the partnership's own police force has an accepted file for it: then no rows
    are a true zero. Otherwise it is not available, whatever other forces sent. Raises NotSetUp before the
    first such file, and RedwayError for an indicator that awaits data.
    """
    return series_of(indicator, snapshot, places(snapshot, partnership), partnership.police_force, level)


def series_of(indicator: Indicator, snapshot: Snapshot, where: Places, police_force: str, level: Level) -> Series:
    """The same, of places handed in."""
    count = indicator.count
    if count is None:
        raise awaiting(indicator)
    covered = months_covered(snapshot, count.dataset, police_force)
    months = periods.span(covered)
    areas = where.areas if level == "area" else (where.partnership,)
    counted = cube(snapshot, count.dataset, where.area_of, list(count.where)).counts(
        count.where, [a.code for a in where.areas], months
    )
    if level == "partnership":
        counted = counted.sum(axis=0, keepdims=True)
    known = np.array([m in covered for m in months])
    counted[:, ~known] = np.nan
    status = np.empty(counted.shape, object)
    status.fill(Status.NOT_AVAILABLE)
    status[:, known] = Status.KNOWN
    denominators = np.array([denominator(indicator, area) for area in areas])
    for values in (counted, status, denominators):
        values.setflags(write=False)
    return Series(indicator.id, areas, months, counted, status, denominators)


def denominator(indicator: Indicator, area: Area) -> float:
    """The residents a rate is of; NaN where they are no fair base for this indicator or area, or not known."""
    fair = indicator.rate is not None and area.level in indicator.rate.levels and area.fair_base
    return float(area.residents) if fair and area.residents else float("nan")


def months_covered(snapshot: Snapshot, dataset: str, police_force: str) -> frozenset[int]:
    """The months for which the partnership's own police force has an accepted file. Raises NotSetUp for none."""
    own = (p.period for p in snapshot.parts if p.dataset == dataset and p.provider == police_force)
    found = frozenset(map(periods.month, own))
    if not found:
        others = sorted({p.provider for p in snapshot.of(dataset)})
        raise NotSetUp(
            f"{dataset} files of {police_force}",
            came=f"files of {', '.join(others)} only" if others else f"none in data version {snapshot.number}",
            cause=f"they have not been imported. Run: redway import {dataset} PATH",
        )
    return found


def awaiting(indicator: Indicator) -> RedwayError:
    """What an indicator that cannot be computed yet needs, and from whom."""
    needed = indicator.awaiting
    if needed is None:
        return RedwayError("an indicator that counts something or says what it awaits", came=f"“{indicator.id}”")
    return NotSetUp(
        wanted(needed),
        came=f"no such data yet, so “{indicator.title}” cannot be computed",
        cause=f"the data have not been brought in. Needed: {needed.needs}",
    )
