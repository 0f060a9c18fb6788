"""From an indicator's definition to its series."""

from typing import Literal

import numpy as np

from redway.errors import NotSetUp, RedwayError
from redway.indicators.awaited import wanted
from redway.indicators.coverage import coverage, readable
from redway.indicators.cubes import cube
from redway.indicators.definitions import Indicator
from redway.indicators.peopled import households
from redway.indicators.places import Places, places
from redway.indicators.series import Area, Series
from redway.sources import dataset as datasets
from redway.store.profile import Partnership
from redway.store.snapshot import Snapshot

Level = Literal["partnership", "area"]


def series(indicator: Indicator, *, snapshot: Snapshot, partnership: Partnership, level: Level) -> Series:
    """Monthly counts of an indicator: of the partnership (one row), or of every comparable area.

    A month is known when everybody who should send the dataset has an accepted file for it (`coverage.py`): then no
    rows are a true zero. Otherwise it is late or not available, whatever others sent. Raises NotSetUp before the
    first such file, and RedwayError for an indicator that has no monthly count.
    """
    return series_of(indicator, snapshot, places(snapshot, partnership), partnership.police_force, level)


def series_of(indicator: Indicator, snapshot: Snapshot, where: Places, police_force: str, level: Level) -> Series:
    """The same, of places handed in."""
    count = indicator.count
    if count is None:
        raise awaiting(indicator)
    covered = coverage(snapshot, count.dataset, police_force)
    months = covered.months
    areas = where.areas if level == "area" else (where.partnership,)
    alternatives = count.alternatives()
    columns = sorted({column for one in alternatives for column in one})
    if level == "area":
        readable(snapshot, count.dataset, area_columns(count.dataset))
    placed, unplaced = cube(snapshot, count.dataset, where.area_of, columns).counts(
        alternatives, [a.code for a in where.areas], months
    )
    counted = placed if level == "area" else placed.sum(axis=0, keepdims=True) + unplaced
    known = np.array([m in covered.known for m in months])
    counted[:, ~known] = np.nan
    status = np.empty(counted.shape, object)
    for at, month in enumerate(months):
        status[:, at] = covered.status([month])
    denominators = np.array([denominator(indicator, area, snapshot) for area in areas])
    for values in (counted, status, denominators):
        values.setflags(write=False)
    return Series(indicator.id, areas, months, counted, status, denominators)


def area_columns(dataset: str) -> tuple[str, ...]:
    """The column that says where, of a dataset that has one."""
    return tuple(filter(None, [datasets.dataset(dataset).area_from]))


def by_area(indicator: Indicator) -> bool:
    """Whether its counts can be parted by area at all."""
    if indicator.count is None:
        return False
    kind = datasets.dataset(indicator.count.dataset)
    return bool(kind.area_from) or any(c.name == "lsoa_code" for c in kind.columns)


def denominator(indicator: Indicator, area: Area, snapshot: Snapshot) -> float:
    """The residents or households a rate is of; NaN where they are no fair base for this indicator or area, or not
    known.
    """
    if indicator.rate is None or area.level not in indicator.rate.levels:
        return float("nan")
    if indicator.rate.of == "households":
        return households(snapshot, area.code) or float("nan")
    return float(area.residents) if area.fair_base and area.residents else float("nan")


def awaiting(indicator: Indicator) -> RedwayError:
    """What an indicator that cannot be computed yet needs, and from whom."""
    needed = indicator.needs
    if needed is None:
        return RedwayError("an indicator that is counted month by month", came=f"“{indicator.id}”")
    return NotSetUp(
        wanted(needed),
        came=f"no such data yet, so “{indicator.title}” cannot be computed",
        cause=f"the data have not been brought in. Needed: {needed.what}",
    )
