"""Repeat victims and repeat places: how much falls on those it fell on before, and how soon.

Counting repeats in a window of a year misses those that come after it: a victim of December has had a month to be
one again, a victim of January twelve. So each event opens a spell that ends with the next event of the same victim or
place, or, unended, with the window. The share that is followed within h days comes from all spells as far as each
could be watched (Kaplan and Meier 1958, *JASA* 53, 457-481; interval by Greenwood's variance on log(-log)).

With `at_risk` possible victims (homes, shops), chance alone gives repeats too:

    expected different victims = N (1 - (1 - 1/N)^E)      of E events among N alike

so that "repeats" are set over what chance gives. Where places differ in what there is to be hit (homes at an address,
hours open), each has its `exposure`, and with q(i) its share of all of it

    expected different victims = sum 1 - (1 - q(i))^E

which `repeat_places` takes place by place. Real victims are not alike: more than expected shows that risk
differs or that one event makes the next likelier, and not which.

Source: Farrell and Pease 1993, *Once Bitten, Twice Bitten*; Johnson, Bowers and Hirschfield 1997, *British Journal of
Criminology* 37, 224-241, for the window.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import figure, several

VERSION = 1

Z = 1.959963984540054
HORIZONS = (7.0, 30.0, 90.0, 180.0, 365.0)


@dataclass(frozen=True)
class RepeatVictims:
    """Repeats of victims, or of places.

    events, victims    how many events, on how many different victims
    repeats            events less victims
    times              int array: how many victims had 1, 2, 3 ... events
    within             float array (horizons,): days
    followed, low, high  float arrays (horizons,): share of events followed by another within so many days, and
                       its 95% interval; NaN beyond what any spell was watched for
    expected           repeats that chance alone would give among `at_risk` alike; NaN if not given
    unnamed            events without a label, which were left out
    """

    events: int
    victims: int
    repeats: int
    times: Floats
    within: Floats
    followed: Floats
    low: Floats
    high: Floats
    expected: float
    unnamed: int = 0
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        left_out = ""
        if self.unnamed:
            left_out = f"; {several(self.unnamed, 'event')} without a victim's name left out, repeats among them unseen"
        if self.cannot_tell:
            return f"Cannot tell how often events come again: {self.cannot_tell}{left_out}."
        share = 100 * self.repeats / self.events
        chance = f" ({figure(self.expected, 2)} if chance dealt them out)" if np.isfinite(self.expected) else ""
        watched = np.flatnonzero(np.isfinite(self.followed))
        if not len(watched):
            soon = "no spell was watched long enough to say how soon"
        else:
            k = int(watched[min(2, len(watched) - 1)])
            soon = (
                f"{figure(100 * self.followed[k], 2)}% (95% interval {figure(100 * self.low[k], 2)}% to "
                f"{figure(100 * self.high[k], 2)}%) were followed by another within {figure(self.within[k])} days, "
                "the window's end allowed for"
            )
        return (
            f"{several(self.repeats, 'repeat')}{chance} among {several(self.events, 'recorded event')} on "
            f"{several(self.victims, 'victim')} ({figure(share, 2)}%); {soon}{left_out}."
        )


def repeat_victims(
    victim: Any,
    time: Any,
    *,
    until: float | None = None,
    at_risk: float | None = None,
    exposure: Any = None,
    within: tuple[float, ...] = HORIZONS,
) -> RepeatVictims:
    """Repeats of victims (or places).

    victim: labels (events,); those that are blank (empty, spaces, NaN, None) are neither one victim nor each another,
    so their events are left out and counted. time: float array (events,), days; until: the window's end, None for the
    newest event's; at_risk: how many victims there could be; exposure: in its place, float array (victims at risk,),
    what there is to be hit of each, of those without an event too. Raises Unfit for times after the end, and fewer at
    risk than were hit.
    """
    who, when = np.asarray(victim), inputs.numbers(time, "time")
    if who.ndim != 1:
        raise Unfit(
            "one victim for each event",
            came=f"an array of shape {who.shape}",
            cause="a table where a column was meant.",
        )
    inputs.same_length(victim=who, time=when)
    horizons = inputs.above(within, "within", 0)
    end = float(when.max(initial=-np.inf)) if until is None else inputs.number(until, "until")
    if len(when) and when.max() > end:
        raise Unfit(
            "events up to the window's end",
            came=f"one at {when.max():g} after {end:g}",
            cause="a mistyped date, or a window that ends too early.",
        )
    nobody = blank(who)
    unnamed = int(nobody.sum())
    who, when = who[~nobody], when[~nobody]
    _, number, many = np.unique(who, return_inverse=True, return_counts=True)
    victims = len(many)
    expected = np.nan
    if exposure is not None:
        of = inputs.above(exposure, "exposure", 0)
        inputs.number(len(of), "places with an exposure", least=max(1, victims))
        expected = expected_repeats(len(when), of / of.sum())
    elif at_risk is not None:
        n = inputs.number(at_risk, "at_risk", least=max(1, victims))
        expected = len(when) - n * -np.expm1(len(when) * np.log1p(-1 / n)) if n > 1 else float(len(when) - 1)
    times = np.bincount(many)[1:].astype(float) if victims else np.zeros(0)
    nothing = np.full(len(horizons), np.nan)
    if len(when) < 2:
        cannot = f"there {'is' if len(when) == 1 else 'are'} only {several(len(when), 'event')}"
        return RepeatVictims(
            len(when), victims, 0, times, horizons, nothing, nothing, nothing, expected, unnamed, cannot
        )
    spell, ended = _spells(number, when, end)
    curve = _followed(spell, ended, horizons)
    return RepeatVictims(len(when), victims, len(when) - victims, times, horizons, *curve, float(expected), unnamed)


def expected_repeats(events: int, share: Floats) -> float:
    """Repeats that chance gives of so many events, each falling on a victim with its share (victims at risk,)."""
    if not events:
        return 0.0
    with np.errstate(divide="ignore"):
        return float(events + np.expm1(events * np.log1p(-np.minimum(share, 1.0))).sum())


def blank(who: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which labels say nothing."""
    if who.dtype.kind == "U":
        return np.asarray(np.char.strip(who) == "")
    if who.dtype.kind == "f":
        return np.asarray(np.isnan(who))
    if who.dtype.kind != "O":
        return np.zeros(len(who), dtype=bool)
    return np.array([label is None or label != label or not str(label).strip() for label in who], dtype=bool)


def _spells(number: Any, when: Floats, end: float) -> tuple[Floats, Any]:
    """Days from each event to the next of the same victim, or to the end; and whether there was a next."""
    order = np.lexsort((when, number))
    same = np.append(number[order][1:] == number[order][:-1], False)
    following = np.append(when[order][1:], end)
    return np.where(same, following, end) - when[order], same


def _followed(spell: Floats, ended: Any, horizons: Floats) -> tuple[Floats, Floats, Floats]:
    """1 - Kaplan-Meier at each horizon, with its interval."""
    days = np.unique(spell[ended])
    watched = len(spell) - np.searchsorted(np.sort(spell), days, side="left")
    events = np.searchsorted(np.sort(spell[ended]), days, side="right")
    events = np.diff(events, prepend=0)
    stays = np.cumprod(1 - events / watched) if len(days) else np.zeros(0)
    terms = np.divide(events, watched * (watched - events), out=np.full(len(days), np.inf), where=watched > events)
    upto = np.searchsorted(days, horizons, side="right") - 1
    survival = np.where(upto >= 0, np.append(stays, 1.0)[upto], 1.0)
    variance = np.where(upto >= 0, np.append(np.cumsum(terms), 0.0)[upto], 0.0)
    inner = (survival > 0) & (survival < 1)
    log = np.log(np.where(inner, survival, 0.5))
    wide = Z * np.sqrt(np.where(inner, variance, 0.0)) / np.abs(log)
    low = np.where(inner, 1 - np.where(inner, survival, 0.5) ** np.exp(-wide), 1 - survival)
    high = np.where(inner, 1 - np.where(inner, survival, 0.5) ** np.exp(wide), 1 - survival)
    none = survival == 1
    high = np.where(none, 1 - 0.025 ** (1 / len(spell)), high)  # nothing seen: what so many spells still allow
    unseen = horizons > spell.max()
    return tuple(np.where(unseen, np.nan, values) for values in (1 - survival, low, high))  # type: ignore[return-value]
