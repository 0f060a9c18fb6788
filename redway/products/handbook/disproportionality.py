"""Pictures of disproportionality: are groups treated alike?"""

import numpy as np

from redway.products.charts.plot import Plot, axis, marks
from redway.products.handbook.asking import ask, told
from redway.products.handbook.rows import intervals, listed


def disparity() -> Plot:
    groups = ["Group A", "Group B", "Group C", "Group D"]
    columns = {"group": groups, "events": [420, 160, 44, 12], "base": [90000, 14000, 5200, 2600]}
    found = ask("disparity", columns, reference="Group A", unknown=70.0)
    rows, others = found.rows, slice(1, None)
    ratio, low, high, least, most = (
        rows[name].astype(float)[others] for name in ("ratio", "low", "high", "least", "most")
    )
    at = np.arange(3.0)
    return listed(
        "Times as often as Group A, and what the unknown could make of it",
        told(
            "Stops for each resident, set against Group A. Dots with lines: the ratio and its 95% interval. Bars: "
            "where it could lie if the 70 stops without a recorded group were all of one group or of none.",
            found,
        ),
        groups[1:],
        [
            marks("cells", "one", least, at - 0.3, most, at + 0.3, name="bounds over unknowns"),
            *intervals(ratio, low, high, name="ratio", line="95% interval", sure=(low > 1) | (high < 1)),
        ],
        axis(0, float(max(high.max(), most.max())), "Times as often"),
        against=1.0,
        against_name="as often",
    )


def stages() -> Plot:
    names = ["residents", "stopped", "searched", "arrested", "charged"]
    columns = {"stage": names, "group": [20000, 400, 330, 80, 40], "reference": [90000, 700, 510, 120, 62]}
    found = ask("stages", columns)
    rows = found.rows
    ratio, low, high, share = (rows[name].astype(float) for name in ("ratio", "low", "high", "share"))
    shown = [f"{stage} ({part:.0%})" for stage, part in zip(rows["stage"].astype(str), share, strict=True)]
    return listed(
        "The difference arises at the first decision",
        told(
            "At each decision: how many times as often it falls on the group, of those who came so far. In brackets: "
            "the part of the whole disparity that arises there.",
            found,
        ),
        shown,
        intervals(ratio, low, high, name="ratio", line="95% interval", sure=(low > 1) | (high < 1)),
        axis(0.5, float(high.max()), "Times as often"),
        against=1.0,
        against_name="as often",
    )


def decision_point() -> Plot:
    strata = {"first offence": ((20, 100), (60, 400)), "some before": ((45, 90), (60, 125)), "many before":
              ((130, 160), (48, 60))}  # fmt: skip
    group, hit, stratum = [], [], []
    for name, pairs in strata.items():
        for who, (hits, cases) in zip(("Group B", "Group A"), pairs, strict=True):
            group += [who] * cases
            hit += [True] * hits + [False] * (cases - hits)
            stratum += [name] * cases
    columns = {"group": group, "hit": hit, "stratum": stratum}
    found = ask("decision-point", columns, first="Group B", reference="Group A")
    row = {name: float(found.rows[name][0]) for name in ("ratio", "low", "high", "crude")}
    shares = [[100 * hits / cases for hits, cases in (pair[at] for pair in strata.values())] for at in (0, 1)]
    whole = [100 * sum(p[k][0] for p in strata.values()) / sum(p[k][1] for p in strata.values()) for k in (0, 1)]
    at = np.arange(4.0)
    b, a = ([whole[k], *shares[k]] for k in (0, 1))
    return listed(
        "Much of the plain difference goes when like is compared with like",
        told(
            f"The share charged of each group, altogether and among like cases. Altogether {row['crude']:.2f} times as "
            f"often; like with like {row['ratio']:.2f} times.",
            found,
        ),
        ["All cases", *(name.capitalize() for name in strata)],
        [
            marks("spans", "whisker", a, at, b, at),
            marks("dots", "main", a, at, name="Group A"),
            marks("dots", "signal", b, at, name="Group B"),
        ],
        axis(0, 100, "Charged", suffix="%"),
    )


PICTURES = {"disparity": disparity, "stages": stages, "decision-point": decision_point}
