"""The picture of harm: how much do offences weigh?"""

from typing import Any

import numpy as np

from redway.products.charts.plot import Plot, axis, marks
from redway.products.handbook.asking import ask, told
from redway.products.handbook.rows import intervals, listed

OFFENCES = {"robbery": 300.0, "burglary": 20.0, "shoplifting": 1.0}  # weights made up for the picture
COUNTS = {
    "Shopping centre": (2, 4, 160),
    "Old town": (14, 12, 40),
    "Riverside": (3, 30, 12),
    "Garden suburb": (1, 9, 6),
}


def harm() -> Plot:
    rows = [
        (place, offence, n) for place, counts in COUNTS.items() for offence, n in zip(OFFENCES, counts, strict=True)
    ]
    place, offence, count = zip(*rows, strict=True)
    columns = {"place": place, "offence": offence, "count": count, "weight": [OFFENCES[one] for one in offence]}
    found = ask("harm", columns, source="weights made up for this picture", version="1")
    told_of = {str(name): at for at, name in enumerate(found.rows["place"])}
    at = [told_of[name] for name in COUNTS]
    by_count, by_harm = (100 * found.rows[name].astype(float)[at] for name in ("share_count", "share_harm"))
    up = np.arange(4.0)
    return listed(
        "Most offences are in one place, most harm in another",
        told(
            "Each place's share of all offences, and of all harm. The weights are made up: those of a published index "
            "have to be given, and are cited.",
            found,
        ),
        list(COUNTS),
        [
            marks("spans", "whisker", by_count, up, by_harm, up),
            marks("dots", "open", by_count, up, name="of offences"),
            marks("dots", "signal", by_harm, up, name="of harm"),
        ],
        axis(0, 80, "Share", suffix="%"),
    )


BEFORE = {
    "Shopping centre": (30, 44, 960),
    "Old town": (88, 72, 340),
    "Riverside": (33, 130, 112),
    "Garden suburb": (3, 59, 66),
}
AFTER = {
    "Shopping centre": (34, 40, 900),
    "Old town": (51, 66, 350),
    "Riverside": (29, 118, 120),
    "Garden suburb": (2, 61, 70),
}


def harm_ratio() -> Plot:
    rows = [
        (group, place, offence, n)
        for group, counts in (("before", BEFORE), ("after", AFTER))
        for place, of_kind in counts.items()
        for offence, n in zip(OFFENCES, of_kind, strict=True)
    ]
    names = ("group", "place", "offence", "count")
    columns: dict[str, Any] = dict(zip(names, zip(*rows, strict=True), strict=True))
    columns["weight"] = [OFFENCES[one] for one in columns["offence"]]
    found = ask("harm-ratio", columns, source="weights made up for this picture", version="1", reference="before")
    known = [at for at, value in enumerate(found.rows["value"].astype(float)) if np.isfinite(value)]
    value, low, high = (found.rows[name].astype(float)[known] for name in ("value", "low", "high"))
    return listed(
        "Harm fell in one place; of another it cannot be told",
        told(
            "Dots: harm after as a multiple of harm before, with 95% intervals. Of the garden suburb, whose harm hangs "
            "on a few robberies, nothing is told; the sentence is of all places together. The weights are made up.",
            found,
        ),
        [str(found.rows["place"][at]) for at in known],
        intervals(value, low, high, line="95% interval", sure=found.rows["listed"][known]),
        axis(0, 2, "Times as much"),
        against=1.0,
        against_name="as much",
    )


PICTURES = {"harm": harm, "harm-ratio": harm_ratio}
