"""The picture of harm: how much do offences weigh?"""

import numpy as np

from redway.products.charts.plot import Plot, axis, marks
from redway.products.handbook.asking import ask, told
from redway.products.handbook.rows import listed

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


PICTURES = {"harm": harm}
