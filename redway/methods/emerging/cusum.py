"""CUSUM: small rises that last, added up until they are too many.

    C(t) = max(0, C(t-1) + z(t) - k)        alarm where C(t) >= h

with z the count in standard form about its expectation m (`trans`):

    standard       (y - m) / sqrt(m)
    rossi          (y - 3m + 2 sqrt(y m)) / (2 sqrt(m))
    anscombe       1.5 (y^(2/3) - m^(2/3)) / m^(1/6)
    anscombe2nd    (y^(2/3) - (m^(2/3) - m^(-1/3)/9)) / (2/3 m^(1/6))
    pearsonNegBin  (y - m) / sqrt(m + alpha m^2)
    none           y

k = 1.04 and h = 2.26 stand if not given, as in surveillance::algo.cusum: for a rise by two standard deviations.
`upperbound` is the count that would have raised an alarm in that period, given the sum before it. By default the sum
is not set back after an alarm, as in R; `reset` sets it back to nought. How long until a false alarm, on average, is
worked out for independent Poisson counts by `average_run_length` (Brook and Evans 1972, *Biometrika* 59, 539-549), to
within some per cent; above a level of 4,000 such counts are taken as normal, which there they nearly are.

Assumes independent counts about a known level: season, trend and an m of few periods all raise false alarms.
Sources: Page (1954), *Biometrika* 41, 100-115; Rossi, Lampugnani and Marchi (1999), *Statistics in Medicine* 18,
2111-2122; Hoehle (2007), *Computational Statistics* 22, 571-582.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from redway.methods import inputs
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import figure

VERSION = 1

LARGE = 4000.0  # a level above which Poisson counts are taken as normal: work no longer grows with the counts
FAR, FINE = 12.0, 0.02  # standard deviations looked at, and the step between them where counts are normal
TRANSFORMS = ("standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "none")


@dataclass(frozen=True)
class Cusum:
    """Arrays (series, periods) of the periods judged; m (series, 1) or (series, periods).

    run_length  periods until a false alarm on average, by series: (series,), NaN where it is not worked out
    """

    observed: Floats
    cusum: Floats
    upperbound: Floats
    alarm: npt.NDArray[np.bool_]
    m: Floats
    run_length: Floats
    trans: str

    @property
    def cannot_tell(self) -> str:
        if not self.cusum.size:
            return "there is no period to judge."
        if self.trans != "none" and not (self.m > 0).any():
            return "no event came in the periods that say what to expect."
        return ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        found = int(self.alarm.any(axis=1).sum())
        many = "the series" if len(self.alarm) == 1 and found else f"{found:,} of {len(self.alarm):,} series"
        told = f"The sum of small rises passes its limit in {many}"
        usual = self.run_length[np.isfinite(self.run_length)]
        if not usual.size:
            return told + "; how often it would by chance was not worked out."
        every = figure(float(np.median(usual)))
        often = "every period" if every == "1" else f"every {every} periods"
        return told + f"; with independent counts and nothing changed it does so about {often}."


def cusum(
    counts: npt.ArrayLike,
    *,
    first: int,
    k: float = 1.04,
    h: float = 2.26,
    m: npt.ArrayLike | None = None,
    trans: str = "standard",
    alpha: float = 0.1,
    reset: bool = False,
) -> Cusum:
    """Judge periods from position `first` of many series, counts (series, periods) or (periods,), whole and there.

    m      what to expect: one number, one for each series, or (series, judged periods); if not given, the mean of
           the periods before `first` in each series
    alpha  of pearsonNegBin

    Raises Unfit for negative or missing counts, and where `first` leaves nothing to make m from.
    """
    inputs.chosen(trans, "trans", TRANSFORMS)
    for name, given in (("k", k), ("h", h), ("alpha", alpha)):
        inputs.number(given, name, least=0, most=inputs.LARGEST)
    y = inputs.counts(np.atleast_2d(np.asarray(counts, dtype=float)), "counts", dimensions=2)
    start = inputs.whole(first, "first", least=0 if m is not None else 1, most=y.shape[1])
    judged = y[:, start:]
    centre = y[:, :start].mean(axis=1, keepdims=True) if m is None else _expected(m, judged)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(centre > 0, _standard(judged, centre, trans, alpha), 0.0) if trans != "none" else judged
        sums = _sums(z - k, h) if reset else _running(z - k)
        before = np.hstack([np.zeros((y.shape[0], 1)), sums[:, :-1]])[:, : sums.shape[1]]
        if reset:
            before = np.where(before >= h, 0.0, before)
        bound = _bound(h + k - before, centre, trans, alpha)
    bound = np.where(centre > 0, bound, np.nan) if trans != "none" else bound
    lengths = np.full(y.shape[0], np.nan)
    if trans != "none" and centre.shape[1] == 1:
        known = {float(one): average_run_length(float(one), k=k, h=h, trans=trans, alpha=alpha) for one in _few(centre)}
        lengths = np.array([known.get(float(one), np.nan) for one in centre[:, 0]])
    return Cusum(judged, sums, bound, sums >= h, centre, lengths, trans)


def _expected(m: npt.ArrayLike, judged: Floats) -> Floats:
    given = inputs.above(np.atleast_1d(np.asarray(m, dtype=float)).ravel(), "m", 0).reshape(np.shape(m) or (1,))
    if given.ndim == 1:
        given = given[:, None] if given.size == len(judged) else given
    try:
        return np.broadcast_to(given, (len(judged), int(np.prod(given.shape[1:])) or 1)).astype(float)
    except ValueError:
        raise Unfit(
            "m: one number, one for each series, or one for each period",
            came=f"{given.shape}",
            cause="a level for each of other series, or of another spell of time.",
        ) from None


def _few(centre: Floats) -> Floats:
    """The levels whose run length is worked out: those of not more than ten series."""
    return centre[centre > 0] if len(centre) <= 10 else np.empty(0)


def _standard(y: Floats, m: Floats, trans: str, alpha: float) -> Floats:
    forms = {
        "standard": lambda: (y - m) / np.sqrt(m),
        "rossi": lambda: (y - 3 * m + 2 * np.sqrt(y * m)) / (2 * np.sqrt(m)),
        "anscombe": lambda: 1.5 * (y ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6),
        "anscombe2nd": lambda: (y ** (2 / 3) - (m ** (2 / 3) - m ** (-1 / 3) / 9)) / (2 / 3 * m ** (1 / 6)),
        "pearsonNegBin": lambda: (y - m) / np.sqrt(m + alpha * m**2),
        "none": lambda: y,
    }
    return np.asarray(forms[trans](), dtype=float)


def _running(steps: Floats) -> Floats:
    """max(0, C + step) for every period at once: the walk, less its lowest point so far."""
    walk = np.cumsum(steps, axis=1)
    return np.asarray(walk - np.minimum(np.minimum.accumulate(walk, axis=1), 0.0))


def _sums(steps: Floats, h: float) -> Floats:
    """The same, set back to nought after each alarm."""
    sums, now = np.empty_like(steps), np.zeros(len(steps))
    for t in range(steps.shape[1]):
        now = np.maximum(0.0, np.where(now >= h, 0.0, now) + steps[:, t])
        sums[:, t] = now
    return sums


def _bound(room: Floats, m: Floats, trans: str, alpha: float) -> Floats:
    """The count whose standard form is `room`, by the inverse of each form."""
    root = np.sqrt(m)
    if trans == "standard":
        # the smallest whole number; a hair under one is that one
        bound = np.ceil(root * room + m - 1e-9)
    elif trans == "rossi":
        # sqrt(y) solves y + 2 sqrt(m) sqrt(y) = 2 sqrt(m) room + 3m
        inside = 4 * m + 2 * root * room
        bound = np.where(inside >= 0, (np.sqrt(np.maximum(inside, 0)) - root) ** 2, 0.0)
    elif trans in ("anscombe", "anscombe2nd"):
        centre = m ** (2 / 3) - (m ** (-1 / 3) / 9 if trans == "anscombe2nd" else 0.0)
        bound = np.maximum(2 / 3 * m ** (1 / 6) * room + centre, 0.0) ** 1.5
    elif trans == "pearsonNegBin":
        bound = np.sqrt(m + alpha * m**2) * room + m
    else:
        bound = room
    return np.maximum(bound, 0.0)


def _likely(m: float) -> tuple[Floats, Floats]:
    """The counts that a Poisson of mean m may come to, and their chances; of a large m on a grid."""
    if m > LARGE:
        z = np.arange(-FAR, FAR + FINE, FINE)
        density = np.exp(-z * z / 2)
        return m + np.sqrt(m) * z, density / density.sum()
    y = np.arange(max(0.0, np.floor(m - FAR * np.sqrt(m) - 20)), np.ceil(m + FAR * np.sqrt(m) + 20))
    return y, np.exp(y * np.log(m) - m - gammaln(y + 1))


def average_run_length(
    m: float, *, k: float = 1.04, h: float = 2.26, trans: str = "standard", alpha: float = 0.1, cells: int = 800
) -> float:
    """Periods until the first alarm on average, of independent Poisson counts of mean m, from C = 0.

    By a Markov chain over so many cells of C between 0 and h; infinite where no count raises an alarm.
    """
    y, chance = _likely(m)
    step = _standard(y, np.array(m), trans, alpha) - k
    width = h / cells if h > 0 else 1.0
    at = np.concatenate([[0.0], (np.arange(cells) + 0.5) * width])
    to = np.maximum(at[:, None] + step, 0.0)
    cell = np.where(to <= 0, 0, np.minimum(to / width, cells + 1).astype(int) + 1)
    moves = np.zeros((cells + 1, cells + 1))
    inside = to < h
    rows = np.broadcast_to(np.arange(cells + 1)[:, None], to.shape)
    np.add.at(moves, (rows[inside], np.minimum(cell[inside], cells)), np.broadcast_to(chance, to.shape)[inside])
    left = np.eye(cells + 1) - moves
    with np.errstate(all="ignore"):
        try:
            length = float(np.linalg.solve(left, np.ones(cells + 1))[0])
        except np.linalg.LinAlgError:
            return float("inf")
    return length if 0 < length < 1e12 else float("inf")
