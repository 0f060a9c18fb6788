"""Harm: counts weighted by how much each kind of offence hurts, from a table of weights that somebody published.

    harm of a place = sum(w x)        variance = phi sum(w^2 x)

with Fay and Feuer's interval for weighted sums of counts (1997, *Stat. Med.* 16, 791-801). One homicide weighs as
much as thousands of thefts, so totals hang on few events, and the interval says by how much. A ratio of two totals,
from their logarithms: SE = sqrt(v1 / y1^2 + v2 / y2^2).

No weight is made up here. A table of weights names its source and version and is handed in whole (the Cambridge Crime
Harm Index in days of imprisonment by its guideline starting points; the Crime Severity Score; a cost of crime); an
offence that it lacks is refused, or left out and counted, never guessed. Weights say what was recorded hurt, by
somebody's scale; not who was hurt, and not what went unrecorded. Offences found by police work (possession of drugs)
say more of the police than of harm, and the Cambridge index leaves them out: `proactive` does so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from redway.methods.comparison.rates import weighted_interval
from redway.methods.inputs import Unfit, counts, number, probability, same_length
from redway.methods.wording import chance, figure, interval, several, supposed

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """A table of weights: offence to weight, with where it comes from.

    Raises Unfit for a table without a source or version, and weights below nought or not finite.
    """

    source: str
    version: str
    unit: str
    of: Mapping[str, float]

    def __post_init__(self) -> None:
        if not self.source.strip() or not self.version.strip():
            raise Unfit(
                "weights with their source and version, as settings or as columns of the table of weights",
                came="a table without",
                cause="a copy of the weights alone; look where they came from.",
            )
        for offence, weight in self.of.items():
            number(weight, f"weight of “{offence}”", least=0, most=1e12)

    @property
    def cited(self) -> str:
        return f"{self.source}, {self.version}"


@dataclass(frozen=True)
class Harm:
    """Harm of places, arrays (n,).

    share_harm, share_count  of all places together
    largest                  the share of a place's harm that its heaviest kind of offence brings
    left_out                 how many events had no weight, or were left out as found by police work
    """

    places: npt.NDArray[Any]
    total: Floats
    low: Floats
    high: Floats
    variance: Floats
    count: Floats
    share_harm: Floats
    share_count: Floats
    largest: Floats
    left_out: float
    unit: str
    cited: str
    conf_level: float
    cannot_tell: str = ""
    phi: float = 1.0

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No harm can be told: {self.cannot_tell}."
        at = int(np.argmax(self.total))
        limits = interval(self.low[at], self.high[at], self.conf_level)
        where = (
            f"{self.places[at]} has the most harm of {several(self.total.size, 'place')}: "
            if self.total.size > 1
            else ""
        )
        out = f"; {several(int(self.left_out), 'event')} left out" if self.left_out else ""
        counted = " that were weighed" if self.left_out else ""
        share = (
            f", {figure(100 * self.share_harm[at])}% of all harm from {figure(100 * self.share_count[at])}% of events"
            f"{counted}"
            if self.total.size > 1
            else ""
        )
        return (
            f"{where}{figure(self.total[at])} {self.unit} ({limits}, {supposed(self.phi)}){share} "
            f"(weights: {self.cited}{out})."
        )


def harm(
    place: npt.ArrayLike,
    offence: npt.ArrayLike,
    count: npt.ArrayLike,
    weights: Weights,
    *,
    missing: str = "refuse",
    proactive: Collection[str] = (),
    phi: float = 1.0,
    conf_level: float = 0.95,
) -> Harm:
    """Harm by place, from rows (n,) of place, offence and count.

    missing    refuse or leave-out: what becomes of offences that the table lacks
    proactive  offences found by police work, left out
    phi        over-dispersion of events, at least 1

    Raises Unfit for counts that are not, and offences without a weight (unless they are to be left out).
    """
    where, what, x = np.asarray(place), np.asarray(offence), counts(count, "count")
    same_length(place=where, offence=what, count=x)
    level, phi = probability(conf_level, "conf_level"), number(phi, "phi", least=1)
    kinds, kind = np.unique(what, return_inverse=True)
    w, known = _looked_up(kinds, weights, frozenset(proactive), missing)
    left_out = float(x[~known[kind]].sum())
    places, at = np.unique(where, return_inverse=True)
    used = known[kind]
    at, kind, x = at[used], kind[used], x[used]
    size, each = places.size, w[kind]
    sums = [np.bincount(at, part * x, size) for part in (each, phi * each**2, np.ones(x.size))]
    total, variance, count_ = (np.asarray(part, dtype=np.float64) for part in sums)
    if not total.any():
        return _nothing(places, left_out, weights, level)
    low, high = weighted_interval(total, variance, np.full(size, phi * w[known].max()), conf_level=level)
    table = np.zeros((size, kinds.size))
    np.add.at(table, (at, kind), each * x)
    largest = np.divide(table.max(axis=1), total, out=np.zeros(size), where=total > 0)
    return Harm(
        places,
        total,
        low,
        high,
        variance,
        count_,
        total / total.sum(),
        count_ / count_.sum(),
        largest,
        left_out,
        weights.unit,
        weights.cited,
        level,
        phi=phi,
    )


def _looked_up(
    kinds: npt.NDArray[Any], weights: Weights, proactive: frozenset[str], missing: str
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The weight of each kind of offence, and whether it is used."""
    if missing not in ("refuse", "leave-out"):
        raise Unfit("missing: refuse or leave-out", came=missing, cause="another word for one of the two.")
    w = np.array([weights.of.get(str(k), np.nan) for k in kinds.tolist()], dtype=float)
    out = np.array([str(k) in proactive for k in kinds.tolist()], dtype=bool)
    lacking = np.isnan(w) & ~out
    if lacking.any() and missing == "refuse":
        raise Unfit(
            f"a weight for every offence in {weights.cited}",
            came=f"none for “{kinds[int(np.argmax(lacking))]}”",
            cause="another version of the offence codes; or ask for them to be left out.",
            count=int(lacking.sum()),
        )
    used = ~np.isnan(w) & ~out
    return np.where(used, w, 0.0), used


def _nothing(places: npt.NDArray[Any], left_out: float, weights: Weights, level: float) -> Harm:
    none = np.zeros(places.size)
    return Harm(
        places,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        left_out,
        weights.unit,
        weights.cited,
        level,
        "no event has a weight above nought",
    )


@dataclass(frozen=True)
class HarmRatio:
    """One total of harm as a multiple of another. NaN where `cannot_tell` says why."""

    value: float
    low: float
    high: float
    p: float
    conf_level: float
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No ratio of harm can be told: {self.cannot_tell}."
        told = "" if self.low > 1 or self.high < 1 else "; not statistically different"
        limits = interval(self.low, self.high, self.conf_level)
        return f"Harm is {figure(self.value)} times what it is set against ({limits}, {chance(self.p)}{told})."


def harm_ratio(
    total: float, variance: float, reference: float, reference_variance: float, *, conf_level: float = 0.95
) -> HarmRatio:
    """A total over another, as after over before, from totals and variances of `harm`.

    Not told where the doubt of either is over half of it: few events carry it, and a logarithm is then a poor scale.
    Raises Unfit for numbers below nought.
    """
    level = probability(conf_level, "conf_level")
    y1, v1 = number(total, "total", least=0), number(variance, "variance", least=0)
    y0, v0 = number(reference, "reference", least=0), number(reference_variance, "reference_variance", least=0)
    if not y1 or not y0 or max(v1 / max(y1, 1e-300) ** 2, v0 / max(y0, 1e-300) ** 2) > 0.25:
        return HarmRatio(np.nan, np.nan, np.nan, np.nan, level, "one of the totals is nought, or hangs on a few events")
    error = float(np.sqrt(v1 / y1**2 + v0 / y0**2))
    z = float(ndtri((1 + level) / 2))
    value = y1 / y0
    p = float(2 * ndtr(-abs(np.log(value)) / error)) if error else 1.0
    return HarmRatio(value, float(value * np.exp(-z * error)), float(value * np.exp(z * error)), p, level)
