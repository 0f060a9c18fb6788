"""Series: labelled values by area and period, the one currency between indicators and everything above."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from redway import periods


class Status(StrEnum):
    """What a cell of a series is. Null is never zero."""

    KNOWN = "known"
    PROVISIONAL = "provisional"
    LATE = "late"
    NOT_YET = "not yet come"
    NOT_AVAILABLE = "not available"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True)
class Area:
    """A place a series is about: the partnership, or one of the comparable areas it is made of.

    `code` is the district's code for the partnership (level "partnership"); for a comparable area (level
    "area") it is its LSOA 2021 code, or the lowest of them where the smallest union that both vintages
    share holds several. `members` are all the LSOA codes of either vintage inside it.
    """

    code: str
    name: str
    level: str
    residents: int | None = None
    fair_base: bool = True
    unfair_because: str = ""
    members: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Series:
    """One indicator's monthly counts. Every month from the first to the last has a column.

    counts       float array, areas x months; NaN wherever status is not `known` or `provisional`
    status       object array of Status, same shape
    denominators float array, one fixed denominator per area; NaN where no fair base is to be had
    totals       of a series of one area as it may be shown: first and last month of a quarter or year -> its count,
                 added up before anything was rounded; no other may be added up. None where any may be
    rounded_to   what its counts were rounded to before they were shown; 1 for exact ones
    """

    indicator: str
    areas: tuple[Area, ...]
    months: range
    counts: npt.NDArray[np.float64]
    status: npt.NDArray[np.object_]
    denominators: npt.NDArray[np.float64]
    totals: Mapping[tuple[int, int], float] | None = None
    rounded_to: int = 1

    def row(self, code: str) -> "Series":
        """The series of one area. Raises KeyError for an area that is not in it."""
        at = next((i for i, a in enumerate(self.areas) if a.code == code or code in a.members), None)
        if at is None:
            raise KeyError(code)
        pick = slice(at, at + 1)
        return Series(
            self.indicator,
            self.areas[pick],
            self.months,
            self.counts[pick],
            self.status[pick],
            self.denominators[pick],
            self.totals,
            self.rounded_to,
        )

    def months_with(self, status: Status) -> list[int]:
        """The months that have this status, in the first area."""
        return [m for m, s in zip(self.months, self.status[0], strict=True) if s is status]

    @property
    def known(self) -> list[int]:
        """The months that have a value, in the first area."""
        return [m for m, c in zip(self.months, self.counts[0], strict=True) if not np.isnan(c)]

    @property
    def runs(self) -> list[range]:
        """Unbroken runs of months with a value, in the first area."""
        return periods.runs(self.known)
