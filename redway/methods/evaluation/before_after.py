"""Before and after with a comparison: by what percent events changed beyond the comparison's own change.

With counts a to b where something was done, c to d in the comparison, over periods whose lengths cancel,

    log R = log(b/a) - log(d/c)        SE = sqrt(phi (1/a + 1/b + 1/c + 1/d))        effect: 100 (R - 1)%

which is the relative effect size of the field's reviews, 1/R there (Farrington and others 2007, *J. Exp. Criminol.*
3; Braga and Weisburd 2020, *J. Exp. Criminol.* 18). phi is as in `wdd`, from earlier periods of the same areas.

Assumes that both areas would have changed by the same percent. Areas chosen because they were at their worst go down
by themselves (regression to the mean), and the comparison does not show it. A count of nought has no logarithm.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from redway.methods.evaluation.result import Assumption, Effect, large_enough, untold
from redway.methods.evaluation.wdd import _pair, dispersion_of
from redway.methods.inputs import number, probability

VERSION = 1

MEASURES = "The change beyond the comparison's"


def before_after(
    treated: npt.ArrayLike,
    control: npt.ArrayLike,
    *,
    phi: float = 1.0,
    history: npt.ArrayLike | None = None,
    conf_level: float = 0.95,
) -> Effect:
    """The percent change, from counts (before, after) of each area.

    phi      over-dispersion, at least 1; measured instead where `history` (periods, areas) is given

    Raises Unfit for counts that are not.
    """
    level = probability(conf_level, "conf_level")
    (a, b), (c, d) = _pair(treated, "treated"), _pair(control, "control")
    phi, df = dispersion_of(history) if history is not None else (number(phi, "phi", least=1), np.inf)
    if min(a, b, c, d) == 0:
        return untold("a count of nought has no percentage; ask for wdd", MEASURES, "%", 3, level)
    log_ratio = float(np.log(b / a * c / d))
    error = float(np.sqrt(phi * (1 / a + 1 / b + 1 / c + 1 / d)))
    exact = np.isinf(df)
    reach = float(ndtri((1 + level) / 2) if exact else stdtrit(df, (1 + level) / 2)) * error
    p = float(2 * (ndtr(-abs(log_ratio) / error) if exact else stdtr(df, -abs(log_ratio) / error)))
    value, low, high = (float(v) for v in 100 * np.expm1([log_ratio, log_ratio - reach, log_ratio + reach]))
    prevented = float(a * d / c - b)
    figures = {"log_ratio": log_ratio, "se": error, "phi": phi, "relative_effect_size": float(np.exp(-log_ratio)),
               "prevented": prevented}  # fmt: skip
    assumed = (
        large_enough(a, b, c, d),
        Assumption("both areas would have changed by the same percent", None),
        Assumption("the area was not chosen for one bad period", None),
        Assumption("counts vary as independent events do, or how much more is allowed for",
                   True if history is not None or phi > 1 else None),
    )  # fmt: skip
    return Effect(value, low, high, p, MEASURES, "%", 3, level, assumed, figures)
