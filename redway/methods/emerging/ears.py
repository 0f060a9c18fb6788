"""EARS C1, C2 and C3: is today far above the last few days? For short pasts: seven days are enough.

With mean and s those of a baseline of 7 periods, z the normal quantile of 1 - alpha:

    C1   bound = mean + z s, baseline the 7 periods just before                       alpha 0.001
    C2   the same, baseline 2 periods earlier, so that a rise does not hide itself    alpha 0.001
    C3   three C2 scores taken together: bound = y + s (z - max(0, C2(-1) - 1) - max(0, C2(-2) - 1)), at least 0
                                                                                      alpha 0.025

where C2(-1) and C2(-2) are (y - mean) / s of the two periods before. An alarm is a count over the bound. Of seven
values s is a poor guess, so alarms come more often than alpha says, about 15 times at 0.001 (handbook/ears.md).
`pvalue` allows for it: (y - mean) / (s sqrt(1 + 1/7)) has Student's t with 6 degrees of freedom, for values near to
normal. Over a flat baseline s is nought, and the chance is that of a count: of y and the baseline's sum S together, at
least y in one period of 8, all as likely. It is given for C1 and C2; C3 has none.

Assumes no season and no day of the week within the baseline. Sources: Hutwagner, Thompson, Seeman and Treadwell
(2003), *J. Urban Health* 80, i89-i96; Fricker, Hegler and Dunfee (2008), *Statistics in Medicine* 27, 3407-3429.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtri, stdtr

from redway.methods import inputs
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import several

VERSION = 1

METHODS = ("C1", "C2", "C3")
ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}


@dataclass(frozen=True)
class Ears:
    """Arrays (series, periods), those before enough past NaN and no alarm; `first` is the first one judged."""

    observed: Floats
    upperbound: Floats
    pvalue: Floats
    alarm: npt.NDArray[np.bool_]
    method: str
    alpha: float
    first: int

    @property
    def cannot_tell(self) -> str:
        few = f"{self.method} needs {self.first} periods before the first it can judge, each with a count."
        return "" if np.isfinite(self.upperbound).any() else few

    def discoveries(self, q: float = 0.1) -> FalseDiscovery:
        """What stands out of all that C1 or C2 looked at, series by series and period by period, by `pvalue`.

        Raises Unfit for a q that is none, and for C3, which has no p-value.
        """
        inputs.probability(q, "q")
        if self.method == "C3":
            raise Unfit(
                "C1 or C2, to hold false discovery",
                came="C3, which has no p-value",
                cause="C3 adds up three periods, for which nobody has a distribution.",
            )
        return benjamini_hochberg(self.pvalue[np.isfinite(self.pvalue)], q)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        looked, found = int(np.isfinite(self.upperbound).sum()), int(self.alarm.sum())
        return (
            f"{found:,} of {several(looked, 'count')} {'is' if found == 1 else 'are'} above the EARS "
            f"{self.method} bound of the periods just before; "
            f"a baseline this short raises more false alarms than its stated {self.alpha:g}."
        )


def ears(
    counts: npt.ArrayLike, method: str = "C1", *, baseline: int = 7, alpha: float | None = None, min_sigma: float = 0.0
) -> Ears:
    """Judge every period of many series that has enough past.

    counts     (series, periods) or (periods,), NaN where nothing is known
    alpha      0.001 for C1 and C2, 0.025 for C3 if not given
    min_sigma  s is taken as at least this, so that a flat baseline does not make any event an alarm

    Raises Unfit for counts that are negative, and a baseline of fewer than 3 periods.
    """
    inputs.chosen(method, "method", METHODS)
    inputs.whole(baseline, "baseline", least=3)
    chance = inputs.probability(ALPHA[method] if alpha is None else alpha, "alpha")
    least = inputs.number(min_sigma, "min_sigma", least=0)
    y = inputs.counts(np.atleast_2d(np.asarray(counts, dtype=float)), "counts", dimensions=2, missing=True)
    lag = 0 if method == "C1" else 2
    first = baseline + {"C1": 0, "C2": 2, "C3": 4}[method]
    mean, spread = _baselines(y, baseline, lag)
    spread = np.maximum(spread, least)
    z = float(ndtri(1 - chance))
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (y - mean) / spread
        bound = mean + z * spread
        if method == "C3":
            bound = _three(y, score, spread, z)
        t = score / np.sqrt(1 + 1 / baseline)
        p = np.where(spread > 0, stdtr(baseline - 1, -t), _of_counts(y, mean, baseline))
        p = np.full(y.shape, np.nan) if method == "C3" else p
    return Ears(y, bound, p, y > bound, method, chance, first)


def _of_counts(y: Floats, mean: Floats, baseline: int) -> Floats:
    """Chance of at least y of the events of a period and its baseline in that period, as likely as any of them."""
    some = betainc(np.maximum(y, 1), np.round(baseline * mean) + 1, 1 / (baseline + 1))
    return np.where(y > 0, some, np.where(np.isnan(y + mean), np.nan, 1.0))


def _baselines(y: Floats, baseline: int, lag: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the baseline of each period, NaN where it is not whole."""
    mean, spread = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    whole = y.shape[1] - baseline - lag
    if whole > 0:
        windows = np.lib.stride_tricks.sliding_window_view(y, baseline, axis=1)[:, :whole]
        mean[:, baseline + lag :] = windows.mean(axis=2)
        spread[:, baseline + lag :] = windows.std(axis=2, ddof=1)
    return mean, spread


def _three(y: Floats, score: Floats, spread: Floats, z: float) -> Floats:
    bound = np.full(y.shape, np.nan)
    past = np.maximum(score - 1, 0.0)
    bound[:, 2:] = np.maximum(0.0, y[:, 2:] + spread[:, 2:] * (z - past[:, 1:-1] - past[:, :-2]))
    return bound
