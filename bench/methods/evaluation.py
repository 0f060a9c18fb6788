"""How long evaluation takes. pysyncon took 31 s for the placebos of 12 controls, and R's CausalImpact 0.41 s for 100
periods,
both on two cores of the kind this was written on; neither can be imported here."""

import numpy as np
from comparison import seconds

from redway.methods.evaluation.difference_in_differences import difference_in_differences
from redway.methods.evaluation.interrupted_time_series import interrupted_time_series
from redway.methods.evaluation.structural import structural
from redway.methods.evaluation.synthetic_control import synthetic_control

PYSYNCON, CAUSAL_IMPACT = 31.0, 0.41  # s


def rows():
    """Rows (what, n, seconds, peer's seconds or none)."""
    rng = np.random.default_rng(1)
    walk = 40 + rng.normal(0, 1, (60, 13)).cumsum(axis=0)
    took = seconds(lambda: synthetic_control(walk[:, 0], walk[:, 1:], 40))
    yield "synthetic control, 12 placebos", 60, took, PYSYNCON
    y, x = rng.normal(size=100), rng.normal(size=(100, 1))
    yield "structural", 100, seconds(lambda: structural(y, x, 70)), CAUSAL_IMPACT
    for n in (60, 120, 240, 480):
        counts = rng.poisson(50, n)
        yield "interrupted time series", n, seconds(lambda c=counts, n=n: interrupted_time_series(c, n // 2)), None
    for areas in (10, 20, 40, 80):
        area, time = (v.ravel() for v in np.meshgrid(np.arange(areas), np.arange(12), indexing="ij"))
        counts = rng.poisson(30, area.size)
        half = area < areas // 2
        took = seconds(lambda c=counts, a=area, t=time, h=half: difference_in_differences(c, a, t, h, t > 5))
        yield "difference in differences", areas * 12, took, None


if __name__ == "__main__":
    for what, n, took, peer in rows():
        print(f"{what:32} {n:>6,} {took:8.4f} s" + (f"   peer {peer:.2f} s, {peer / took:,.0f} times" if peer else ""))
