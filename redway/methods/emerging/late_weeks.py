"""Farrington's method on weeks that are still being reported: judged by what is in so far, or left out.

The share F of a week's events that is in is taken from the history of reports (`reporting_delay`), and stands as the
week's exposure: with m what past weeks lead one to expect,

    expected so far = m F        Var(log) = Var(log m) + (SE(F) / F)^2

so that a count is set beside what should be in by now, doubt of F included. The bound is then one for events so far.
A week of which less than `complete` is in is left out, and so is one of which nothing can be told; with
`late="leave-out"` weeks are only judged once they are (nearly) whole. Weeks of the past are mended alike.

Assumes that reports come as they came, and that what comes late is like what comes soon. Sources: as of
`reporting_delay` and `farrington`; Salmon, Schumacher, Stark and Hoehle (2015), *Biometrical Journal* 57, 1051-1067.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.emerging.farrington import Farrington, Settings, farrington_flexible
from redway.methods.emerging.histories import History
from redway.methods.emerging.reporting_delay import ManyDelays, reporting_delays
from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.wording import several

VERSION = 1

LATE = ("correct", "leave-out")
COMPLETE = {"correct": 0.5, "leave-out": 0.95}  # share that has to be in, if not said otherwise


def late_farrington(
    counts: npt.ArrayLike,
    completeness: npt.ArrayLike,
    weeks: Sequence[int] | Integers | None = None,
    *,
    error: npt.ArrayLike | None = None,
    late: str = "correct",
    complete: float | None = None,
    population: npt.ArrayLike | None = None,
    starts: npt.ArrayLike | None = None,
    settings: Settings | None = None,
) -> Farrington:
    """Judge weeks of many series of which the newest are not whole.

    counts        (series, weeks), events so far
    completeness  (series, weeks), share of each that is in, above 0 to 1, NaN where it is not known
    error         (series, weeks), its standard error; 0 if not given
    late          correct or leave-out
    complete      least share that has to be in; 0.5, or 0.95 to leave out

    Others as of `farrington_flexible`. Raises Unfit as it does, and for shares beyond 0 to 1.
    """
    use = inputs.chosen(late, "late", LATE)
    y = inputs.counts(np.atleast_2d(np.asarray(counts, dtype=float)), "counts", dimensions=2, missing=True)
    share = inputs.at_least(completeness, "completeness", 0, dimensions=2, missing=True)
    doubt = np.zeros_like(share) if error is None else inputs.at_least(error, "error", 0, dimensions=2, missing=True)
    if share.shape != y.shape or doubt.shape != y.shape or (share > 1 + 1e-9).any():
        raise Unfit(
            "completeness: a share from 0 to 1 for every count",
            came=f"{share.shape} for {y.shape}",
            cause="shares of another spell of time than the counts.",
        )
    least = inputs.number(COMPLETE[use] if complete is None else complete, "complete", least=0.01, most=1)
    out = ~(share >= least)
    exposure = np.where(out | (use == "leave-out"), 1.0, share)
    people = exposure if population is None else exposure * np.asarray(population, dtype=float)
    relative = np.where(out | (use == "leave-out"), 0.0, np.nan_to_num(doubt) / exposure)
    found = farrington_flexible(
        np.where(out, np.nan, y), weeks, population=people, starts=starts, settings=settings, doubt=relative
    )
    judged, left = exposure[:, found.weeks], out[:, found.weeks]
    return replace(found, late=_told(judged[~left & ~np.isnan(y[:, found.weeks])], int(left.sum()), least))


def _told(share: Floats, left: int, least: float) -> str:
    """What was done with weeks that are not whole, in words."""
    some = share[share < 1 - 1e-9]
    said = []
    if some.size:
        ends = dict.fromkeys(f"{100 * end:.0f}%" for end in (some.min(), some.max()))
        are = f"{several(some.size, 'count')} {'is' if some.size == 1 else 'are'} of weeks still being reported"
        said.append(f"{are}, and judged by the {' to '.join(ends)} due by now")
    if left:
        said.append(f"{several(left, 'newer count')} left out, less than {100 * least:.0f}% being in or known")
    return "; ".join(said) or "all of weeks that are whole, as reports came"


def completeness(
    history: History, names: npt.NDArray[np.str_], starts: npt.NDArray[np.datetime64], rng: np.random.Generator
) -> tuple[Floats, Floats, ManyDelays]:
    """Share in and its standard error, (series, weeks), of series and weeks of one's own, by what a history says.

    A series that the history does not name, or of which it says too little, has the delays of all series together;
    where those are too few as well, NaN. Weeks older than the history are whole, weeks newer than it not known.

    Raises Unfit for weeks that begin on another weekday.
    """
    begin = (starts.astype("datetime64[D]") - history.begin).astype(int)
    if (begin % 7).any():
        raise Unfit(
            "weeks that begin on one weekday in both files",
            came=f"{int(begin[0] % 7)} days off",
            cause="one file with weeks from Monday, the other from Sunday.",
        )
    weeks, delays = history.tables.shape[1:]
    own = reporting_delays(history.tables, rng, pooled=None)
    every = reporting_delays(history.tables.sum(axis=0)[None], rng)
    known = {str(name): at for at, name in enumerate(history.names)}
    row = np.array([known.get(str(name), len(known)) for name in names], dtype=int)
    age = weeks - 1 - begin // 7
    inside = np.clip(begin // 7, 0, weeks - 1)
    share, error = (
        np.concatenate([getattr(own, name), getattr(every, name)])[row][:, inside] for name in ("completeness", "error")
    )
    told = np.isfinite(np.concatenate([own.dispersion, every.dispersion]))[row]
    old = (age >= delays - 1) & told[:, None]
    share = np.where(age < 0, np.nan, np.where(old, 1.0, share))
    return share, np.where(old, 0.0, error), own
