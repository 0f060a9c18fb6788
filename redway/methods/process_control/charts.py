"""Control charts of one series: phases, frozen limits, targets, signals, and how often they would be false.

The kinds and their limits are in `limits`, the rules in `rules`. A chart may be cut into phases (`breaks`, a rebase),
and in each phase the limits may be made from its first points only and held for the rest (`freeze`), both together if
need be. No rule reaches over a break.

Assumes that points are independent. Where each leans on the one before, limits are too narrow: `autocorrelation` is
measured on what is left after the centre of each phase, and `leaning` says whether that is more than chance gives
(twice 1/sqrt(points), corrected for its bias of -1/points).
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.inputs import Floats, Unfit
from redway.methods.process_control.false_alarms import MOST_SPREAD
from redway.methods.process_control.leaning import lag_one
from redway.methods.process_control.limits import EXACT, KINDS, SIZED, limits, unlimited
from redway.methods.process_control.rules import NHS, Codes, Rules, Runs, runs, signals
from redway.methods.wording import several

VERSION = 1

FEWEST, TRIAL = 5, 12
BETTER = ("lower", "higher", "neutral")
ASSURANCE = ("consistently passing", "consistently failing", "hit and miss")
NHS_WORDS = (("decrease", "lower"), ("increase", "higher"))  # NHSRplotthedots's
GOOD = {"lower": -1, "higher": 1, "neutral": 0}
MEANING = ("neutral", "improvement", "concern")  # by GOOD times the way of a signal: 0, 1, -1
CHECK: dict[str, Callable[..., Floats]] = {
    "c": inputs.counts,
    "g": inputs.counts,
    "p": inputs.counts,
    "pp": inputs.counts,
}
CHECK |= dict.fromkeys(("u", "up", "t"), lambda values, what, **options: inputs.at_least(values, what, 0, **options))


@dataclass(frozen=True)
class Chart:
    """A control chart; arrays (points,).

    drawn      what is drawn: y, or y/n
    rule, way  number of the first rule met, 0 for none (`rules.words` says it); 1 high or rising, -1 low or falling
    phase      number of its phase, from 0
    autocorrelation, leaning
    """

    kind: str
    drawn: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    rule: Codes
    way: Codes
    phase: npt.NDArray[np.int64]
    rules: Rules
    better: str
    autocorrelation: float
    leaning: bool
    trial: bool
    cannot_tell: str

    @property
    def meaning(self) -> list[str]:
        """improvement, concern or neutral for each signal; "" where there is none."""
        good = GOOD[self.better]
        return [MEANING[good * int(way)] if rule else "" for rule, way in zip(self.rule, self.way, strict=True)]

    @property
    def run_analysis(self) -> Runs:
        """Longest run and crossings of the newest phase."""
        here = self.phase == self.phase[-1]
        return runs(np.sign(np.nan_to_num(self.drawn[here] - self.centre[here]))[None].astype(np.int8))

    def assurance(self, target: float) -> str:
        """Whether the newest phase meets a target always, never, or now and then; "" where it cannot be told."""
        if self.cannot_tell or self.better == "neutral" or np.isnan(self.upper[-1]):
            return ""
        if self.lower[-1] <= target <= self.upper[-1]:
            return ASSURANCE[2]
        return ASSURANCE[int((target > self.upper[-1]) != (self.better == "lower"))]

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        if self.rules.anhoej:
            return self._of_runs + self._doubts
        number = int((self.rule > 0).sum())
        newest = self.rule[-1]
        told = f"{number:,} of {self.rule.size:,} points {'is' if number == 1 else 'are'} unusual"
        if newest:
            told += f"; the newest is {self.rules.words(int(newest))}, {'high' if self.way[-1] > 0 else 'low'}"
        return told + self._doubts

    @property
    def _of_runs(self) -> str:
        """What longest run and crossings say of the newest phase as a whole."""
        found = self.run_analysis
        (longest, allowed, crossings, needed) = (
            int(one[0]) for one in (found.longest, found.allowed, found.crossings, found.needed)
        )
        told = "varies by more than chance" if self.rule[-1] else "varies as chance has it"
        return (
            f"The chart as a whole {told}: its longest run on one side of the centre has {several(longest, 'point')} "
            f"(up to {allowed:,} are usual), and it crosses it {crossings:,} times ({needed:,} or more are usual)"
        )

    @property
    def _doubts(self) -> str:
        told = ""
        if self.trial:
            told += f". The limits are trial limits: fewer than {TRIAL} points made them"
        if self.leaning:
            told += (
                f". Points lean on the one before (autocorrelation {self.autocorrelation:.2f}), "
                "so some of this may not be what it seems"
            )
        return told + "."


def control_chart(
    values: npt.ArrayLike,
    sizes: npt.ArrayLike | None = None,
    *,
    kind: str = "xmr",
    better: str = "neutral",
    breaks: Sequence[int] = (),
    freeze: int | None = None,
    rules: Rules = NHS,
    exact: bool = False,
    phi: float = 1.0,
    screen: bool = True,
) -> Chart:
    """The chart of one unbroken run of values, in order of time.

    values  (points,): measurements; counts; occasions or time between events
    sizes   (points,) above 0 for u, p, u' and p': the exposure, or the number that so many were out of
    breaks  positions at which a new phase begins
    freeze  how many first points of each phase make its limits (all of a phase that has fewer); all if not given
    exact   limits of c, u, p, g and t where chance puts them; with `phi` over 1, for counts that vary that much more

    A phase of fewer than five points has no limits; where it is the newest, the chart cannot tell.

    Raises Unfit for gaps, counts that are none, breaks out of order, and where no phase has as many points as `freeze`.
    """
    inputs.chosen(kind, "kind", KINDS)
    inputs.chosen(better, "better", BETTER)
    y, n = looked_at(kind, values, sizes)
    inputs.number(phi, "phi", least=1, most=MOST_SPREAD)
    if exact and kind not in EXACT:
        raise Unfit(
            f"a kind with exact limits: {', '.join(EXACT)}",
            came=kind,
            cause="exact limits are of counts and waits; of measurements nobody knows the distribution.",
        )
    edges = phases(y.size, breaks)
    if freeze is not None:
        inputs.whole(freeze, "freeze", least=2)
        held([stop - start for start, stop in edges], freeze, "freeze")
    many = [stop - start if freeze is None else min(freeze, stop - start) for start, stop in edges]
    phase = np.repeat(np.arange(len(edges)), [stop - start for start, stop in edges])
    if y.size == 0 or max(many) < FEWEST:
        return _refused(kind, y, n, phase, rules, better, f"fewer than {FEWEST} points to make limits from.")
    if kind in ("c", "u", "up", "g", "t") and any(
        y[start : start + m].sum() == 0 for (start, _), m in zip(edges, many, strict=True) if m >= FEWEST
    ):
        return _refused(kind, y, n, phase, rules, better, "nothing but noughts where the limits are made.")
    if kind == "mr":  # ranges share points, so runs of them say little
        rules = replace(rules, anhoej=False)
    parts = [
        limits(
            kind, y[None, start:stop], n[None, start:stop], base, width=rules.width, exact=exact, phi=phi, screen=screen
        )
        if base >= FEWEST
        else unlimited(kind, y[None, start:stop], n[None, start:stop])
        for (start, stop), base in zip(edges, many, strict=True)
    ]
    found = [signals(part, rules) for part in parts]
    drawn, centre, lower, upper = (
        np.concatenate([getattr(part, name)[0] for part in parts]) for name in ("drawn", "centre", "lower", "upper")
    )
    lag, leaning = _autocorrelation(drawn, centre, phase)
    return Chart(
        kind,
        drawn,
        centre,
        lower,
        upper,
        np.concatenate([one.rule[0] for one in found]),
        np.concatenate([one.way[0] for one in found]),
        phase,
        rules,
        better,
        lag,
        leaning,
        many[-1] < TRIAL,
        "" if many[-1] >= FEWEST else f"fewer than {FEWEST} points of the newest phase to make limits from.",
    )


def looked_at(kind: str, values: npt.ArrayLike, sizes: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Values and sizes as the kind needs them, or Unfit."""
    y = CHECK.get(kind, inputs.numbers)(values, "values")
    if kind not in SIZED:
        return y, np.ones(y.size)
    if sizes is None:
        raise Unfit(
            f"sizes, for a chart of kind {kind}",
            came="none",
            cause="a column “size” that is not in the table, or another chart (c or xmr) meant.",
        )
    n = inputs.above(sizes, "sizes", 0)
    inputs.same_length(values=y, sizes=n)
    with np.errstate(over="ignore"):
        inputs.numbers(y / n, "values over sizes")
    if kind in ("p", "pp") and (y > n).any():
        raise Unfit(
            "no more than there are (sizes)",
            came=f"{int((y > n).sum()):,} values above their size",
            cause="columns that are the other way round, or events over an exposure, which kind u or up is for.",
        )
    return y, n


def held(points: Sequence[int], freeze: int, what: str) -> int:
    """How many phases (or runs) have fewer points than are to make their limits, and so all of them make these.

    points  of each phase. Raises Unfit where that is so of every one: the limits would not be held at all.
    """
    short = sum(size < freeze for size in points)
    if points and short == len(points):
        most = f"{max(points):,}{' in the longest run' if len(points) > 1 else ''}"
        raise Unfit(
            f"{what}: no more than there are points ({most})",
            came=f"{freeze:,}",
            cause="a number meant for a longer series; a gap or a new phase begins a new run, with limits of its own.",
        )
    return short


def phases(points: int, breaks: Sequence[int]) -> list[tuple[int, int]]:
    """First and one past the last point of each phase."""
    edges = [0, *(inputs.whole(one, "breaks", least=1) for one in breaks), points]
    if any(later <= earlier for earlier, later in itertools.pairwise(edges)) and points:
        raise Unfit(
            f"breaks in order and inside the run of {points} points",
            came=str(list(breaks)),
            cause="a break counted from 1, at the very end, or twice there.",
        )
    return list(itertools.pairwise(edges))


def _refused(
    kind: str, y: Floats, n: Floats, phase: npt.NDArray[np.int64], rules: Rules, better: str, why: str
) -> Chart:
    none, no = np.full(y.size, np.nan), np.zeros(y.size, dtype=np.int8)
    drawn = y / n if kind in SIZED else y
    return Chart(kind, drawn, none, none, none, no, no, phase, rules, better, np.nan, False, y.size < TRIAL, why)


def _autocorrelation(drawn: Floats, centre: Floats, phase: npt.NDArray[np.int64]) -> tuple[float, bool]:
    """Of lag 1 within phases, about each phase's mean, and whether it is more than chance gives."""
    off = (drawn - centre)[np.isfinite(drawn - centre)]
    of = phase[np.isfinite(drawn - centre)]
    if off.size < TRIAL:
        return np.nan, False
    apart = np.insert(off, np.flatnonzero(np.diff(of)) + 1, np.nan)  # no step reaches over a break
    lag, leans = lag_one(apart[None], TRIAL)
    return float(lag[0]), bool(leans[0])
