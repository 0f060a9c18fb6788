"""How people were drawn: weights, strata, clusters and finite populations, and the variance that follows from them.

A total of scores z (each already times its weight) over a sample of n_h clusters in stratum h, of N_h there:

    var = sum over h of (1 - n_h / N_h) n_h / (n_h - 1) sum over clusters of (z_c - mean of z_c in h)^2

z_c the sum of a cluster's scores (Binder 1983, *Int. Stat. Rev.* 51, 279-292: Taylor linearisation, as R's
`survey::svydesign`). Everything else is a score. Degrees of freedom: clusters less strata. After raking or
post-stratification, z is what the margins do not explain of it (Deville and Särndal 1992, *J. Am. Stat. Assoc.* 87).

Only the first stage of drawing enters, as though clusters had been drawn with replacement unless `fpc` is given. A
stratum with one cluster has no variance to measure: `lonely_psu` says what then (R: `survey.lonely.psu`).
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from redway.methods.inputs import Unfit, above, at_least, chosen, same_length

VERSION = 1

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
LONELY = ("fail", "adjust", "certainty")


@dataclass(frozen=True)
class Design:
    """A sample as it was drawn; made by `design`.

    weights   (n,) people each stands for
    psu       (n,) the cluster of each, from 0
    stratum   (clusters,) the stratum of each cluster, from 0
    size      (strata,) clusters of each stratum
    fraction  (strata,) share of the stratum's clusters that were drawn; 0 where not known
    margins   codes (n,) of each margin that weights were raked to, with the weights before
    """

    weights: Floats
    psu: Codes
    stratum: Codes
    size: Codes
    fraction: Floats
    lonely_psu: str = "fail"
    margins: tuple[Codes, ...] = ()
    before: Floats | None = None

    @property
    def df(self) -> int:
        """Degrees of freedom: clusters less strata."""
        return int(self.stratum.size - self.size.size)

    @property
    def base(self) -> int:
        """How many answered."""
        return int(self.weights.size)


def design(
    weights: npt.ArrayLike,
    *,
    ids: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    fpc: npt.ArrayLike | None = None,
    lonely_psu: str = "fail",
) -> Design:
    """A sample of n people.

    weights  (n,) above nought
    ids      (n,) cluster of each, alike only within its stratum; everybody their own without it
    strata   (n,) stratum of each; one for all without it
    fpc      (n,) how many clusters the stratum has, the same all through it; or the share that was drawn

    Raises Unfit for weights not above nought, columns of unlike lengths, fpc below what was drawn, and (lonely_psu
    fail) strata with one cluster.
    """
    w = above(weights, "weights", 0)
    if not w.size:
        raise Unfit(
            "somebody who answered", came="nobody", cause="a column of answers or weights that was not filled in."
        )
    chosen(lonely_psu, "lonely_psu", LONELY)
    of = codes(strata, w.size, "strata") if strata is not None else np.zeros(w.size, dtype=np.int64)
    many = int(of.max()) + 1
    if ids is None:
        psu, stratum = np.arange(w.size), of
    else:
        psu = codes(codes(ids, w.size, "ids") * many + of, w.size, "ids")
        stratum = np.zeros(int(psu.max()) + 1, dtype=np.int64)
        stratum[psu] = of
    size = np.bincount(stratum, minlength=many)
    fraction = _fractions(fpc, of, size) if fpc is not None else np.zeros(many)
    if lonely_psu == "fail" and ((size == 1) & (fraction < 1)).any():
        raise Unfit(
            "two clusters or more in every stratum",
            came="one",
            cause="a stratum of which little was drawn; put it with another, or choose lonely_psu adjust or certainty.",
            count=int((size == 1).sum()),
        )
    return Design(w, psu, stratum, size, fraction, lonely_psu)


def everybody_asked(sample: Design) -> bool:
    """Whether every cluster there is was drawn: then an estimate without variance is sure, and not for want of any."""
    return bool((sample.fraction >= 1).all())


def codes(values: npt.ArrayLike, n: int, what: str) -> Codes:
    """Numbers from 0 for the different values of a column (n,), in their order."""
    column = np.asarray(values)
    same_length(weights=np.empty(n), **{what: column})
    if column.dtype.kind in "iu" and column.size:
        low, high = int(column.min()), int(column.max())
        if high - low <= 4 * n:  # counting is quicker than sorting
            there = np.zeros(high - low + 1, dtype=np.int64)
            there[column - low] = 1
            return np.asarray((np.cumsum(there) - 1)[column - low])
    if column.dtype.kind == "f" and np.isnan(column).any():
        raise Unfit(f"{what}: a value for everybody", came="an empty one", cause="an empty cell.")
    return np.asarray(np.unique(column, return_inverse=True)[1].reshape(-1).astype(np.int64))


def _fractions(fpc: npt.ArrayLike, of: Codes, size: Codes) -> Floats:
    given = at_least(fpc, "fpc", 0)
    same_length(weights=of, fpc=given)
    low, high = np.full(size.size, np.inf), np.zeros(size.size)
    np.minimum.at(low, of, given)
    np.maximum.at(high, of, given)
    if not np.array_equal(low, high):
        raise Unfit(
            "one fpc all through a stratum",
            came=f"{low[low != high][0]:g} and {high[low != high][0]:g}",
            cause="numbers of people where those of clusters are meant, or strata that were put together.",
        )
    fraction = np.where(high <= 1, high, size / np.maximum(high, 1e-300))
    if (fraction > 1).any() or (fraction <= 0).any():
        raise Unfit(
            "no more clusters drawn than a stratum has",
            came=f"{size[fraction > 1]} of {high[fraction > 1]}",
            cause="a share in percent, or the number of people in place of clusters.",
        )
    return np.asarray(fraction)


def sums(sample: Design, scores: Floats) -> Floats:
    """Scores (n, m) summed by cluster, (clusters, m), once what margins explain is taken out."""
    z = unexplained(sample, scores) if sample.margins else scores
    many = sample.stratum.size
    return np.column_stack([np.bincount(sample.psu, column, many) for column in z.T])


def covariance(sample: Design, clusters: Floats) -> Floats:
    """The covariance (m, m) of totals, from cluster sums (clusters, m)."""
    centred, factor = _centred(sample, clusters)
    return np.asarray((centred * factor[:, None]).T @ centred)


def variances(sample: Design, clusters: Floats) -> Floats:
    """The variances (m,) alone."""
    centred, factor = _centred(sample, clusters)
    return np.asarray(factor @ centred**2)


def _centred(sample: Design, clusters: Floats) -> tuple[Floats, Floats]:
    """Cluster sums less their stratum's mean, and the factor of each cluster."""
    size = sample.size
    means = np.zeros((size.size, clusters.shape[1]))
    for column in range(clusters.shape[1]):
        means[:, column] = np.bincount(sample.stratum, clusters[:, column], size.size)
    means /= size[:, None]
    factor = np.where(size > 1, (1 - sample.fraction) * size / np.maximum(size - 1, 1), 0.0)
    if sample.lonely_psu == "adjust" and (size == 1).any():
        means[size == 1] = clusters.mean(axis=0)
        factor = np.where(size == 1, 1 - sample.fraction, factor)
    return clusters - means[sample.stratum], factor[sample.stratum]


def unexplained(sample: Design, scores: Floats) -> Floats:
    """Scores less what the margins explain of them, by regression with the weights there were before."""
    if sample.before is None:
        return scores
    each = scores / sample.weights[:, None]
    for _ in range(200):
        worst = 0.0
        for margin in sample.margins:
            total = np.bincount(margin, sample.before)
            for column in range(each.shape[1]):
                mean = np.bincount(margin, sample.before * each[:, column]) / total
                worst = max(worst, float(np.abs(mean).max()))
                each[:, column] -= mean[margin]
        if worst <= 1e-14 * max(float(np.abs(each).max()), 1e-300):
            break
    return np.asarray(each * sample.weights[:, None])


def reweighted(sample: Design, weights: Floats, margins: tuple[Codes, ...]) -> Design:
    """The same sample with weights that were raked to margins."""
    return replace(sample, weights=weights, margins=margins, before=sample.weights)
