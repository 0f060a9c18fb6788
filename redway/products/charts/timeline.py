"""Where months lie along a chart. One month is one slot; long gaps are shortened, and say so.

Milton Keynes has 28 months spread over twelve years: drawn to scale, nine tenths of the picture would be
emptiness. So a gap longer than six months takes three slots, is shaded, and is labelled with what it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from redway import periods

LONG = 6  # months; a longer gap is shortened
SHORTENED = 3.0  # slots


@dataclass(frozen=True)
class Gap:
    """Months without a value: the first and last of them, and where the gap starts and ends, in slots."""

    first: int
    last: int
    start: float
    end: float
    shortened: bool


@dataclass(frozen=True)
class Timeline:
    """The axis that charts of one page share. `known` are the months with a value; there is at least one."""

    known: tuple[int, ...]

    @classmethod
    def of(cls, known: Iterable[int]) -> "Timeline":
        return cls(tuple(sorted(set(known))))

    @cached_property
    def runs(self) -> list[range]:
        return periods.runs(self.known)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        found, slot = [], 0.0
        for run, following in pairwise(self.runs):
            slot += len(run)
            missing = following.start - run.stop
            takes = SHORTENED if missing > LONG else float(missing)
            found.append(Gap(run.stop, following.start - 1, slot, slot + takes, missing > LONG))
            slot += takes
        return tuple(found)

    @cached_property
    def slots(self) -> float:
        """How many slots the axis is long."""
        return sum(len(run) for run in self.runs) + sum(gap.end - gap.start for gap in self.gaps)

    def at(self, month: int) -> float:
        """The middle of a month's slot. A month inside a shortened gap lies in proportion within it."""
        for gap in self.gaps:
            if gap.first <= month <= gap.last:
                share = (month - gap.first + 0.5) / (gap.last - gap.first + 1)
                return gap.start + share * (gap.end - gap.start)
        saved = sum((g.last - g.first + 1) - (g.end - g.start) for g in self.gaps if g.last < month)
        return month - self.known[0] + 0.5 - saved

    def ticks(self, apart: float, *, quarters: bool = True) -> list[tuple[float, str]]:
        """Labels at least `apart` slots from each other: the first month, then the first after each long gap (the
        latest ones before the earlier), then Januaries, then quarters where the axis is short.

        The first label after a gap says month and year, because there the axis has jumped.
        """
        firsts = [run.start for run in self.runs if run.start == self.known[0] or self._after_break(run.start)]
        januaries = [m for run in self.runs for m in run if m % 12 == 0]
        others = [m for run in self.runs for m in run if m % 3 == 0] if quarters and self.slots <= 48 else []
        chosen: list[int] = []
        for m in [firsts[0], *reversed(firsts[1:]), *reversed(januaries), *others]:
            if all(abs(self.at(m) - self.at(other)) >= apart for other in chosen):
                chosen.append(m)
        return [(self.at(m), self._label(m, m in firsts)) for m in sorted(chosen)]

    def _after_break(self, month: int) -> bool:
        return any(gap.shortened and gap.last + 1 == month for gap in self.gaps)

    def _label(self, month: int, first: bool) -> str:
        name, year = periods.NAMES[month % 12][:3], month // 12
        if first:
            return f"{name} {year}"
        return str(year) if month % 12 == 0 else name
