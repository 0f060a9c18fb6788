"""Process control: XmR charts of 120 points with the NHS rules. The least is to read each number once."""

import numpy as np

from redway.methods.process_control.charts import control_chart
from redway.methods.process_control.xmr_many import xmr_many
from topics.work import Call, Peer, Work


def many(n: int) -> Call:
    values = np.random.default_rng(7).normal(50, 5, (n, 120))
    return lambda: xmr_many(values)


def one(n: int) -> Call:
    values = np.random.default_rng(7).poisson(30, n)
    return lambda: control_chart(values, kind="c")


WORKS = (
    Work(
        "XmR, NHS rules, 120 points",
        many,
        1_000,
        "series",
        10,
        lambda n: (8.0 * n * 120, 30.0 * n * 120),
        (250, 1_000, 4_000, 16_000),
        limit=0.01,
        peers=(Peer("NHSRplotthedots 0.2.2 (R)", 3.9),),
    ),
    Work(
        "one c chart",
        one,
        120,
        "points",
        24,
        lambda n: (8.0 * n, 30.0 * n),
        (60, 120, 240, 480),
        peers=(Peer("qicharts2 0.8.1 (R)", 0.073, "", "100 charts"),),
    ),
)
