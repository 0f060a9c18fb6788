"""Pictures of suppression: what may be shown?"""

import numpy as np

from redway.methods.suppression.cell_key import noise_table
from redway.products.charts.plot import Axis, Plot, marks
from redway.products.handbook.asking import ask, told

WARDS = ("Ashfold", "Birchmere", "Coldwell", "Dunmoor")  # none of them exists
KINDS = ("Arson", "Theft", "Fraud", "Drugs")
COUNTS = np.array([[3, 21, 40, 18], [12, 33, 61, 25], [9, 14, 28, 2], [15, 40, 77, 30]])


def complementary() -> Plot:
    down, across = (part.ravel() for part in np.indices(COUNTS.shape))
    columns = {"down": np.array(WARDS)[down], "across": np.array(KINDS)[across], "count": COUNTS.ravel()}
    found = ask("complementary-suppression", columns, hide_to=4)
    rows, order, heads = found.rows, (*WARDS, "Total"), (*KINDS, "Total")
    right = np.array([heads.index(one) for one in rows["across"]], dtype=float)
    up = np.array([len(order) - 1 - order.index(one) for one in rows["down"]], dtype=float)
    status = rows["status"].astype(str)
    layers = []
    for kind, look, name in (
        ("shown", "cell", ""),
        ("primary", "hot", "hidden because it is small"),
        ("secondary", "warm", "hidden so that it cannot be worked out"),
    ):
        part = status == kind
        layers.append(marks("cells", look, right[part], up[part], right[part] + 1, up[part] + 1, name=name))
        words = (
            [f"{value:.0f}" for value in rows["value"][part]]
            if kind == "shown"
            else ["✕" if kind == "primary" else "–"] * int(part.sum())
        )
        layers.append(marks("words", look, right[part] + 0.5, up[part] + 0.5, text=words))
    return Plot(
        "Two small counts need others hidden with them",
        told(
            "Counts under five are hidden (crosses). Alone that would not do: row and column sums would give them "
            "away. So others are hidden besides (dashes), as few and as small as can be.",
            found,
        ),
        tuple(layers),
        Axis(0, 5, tuple((at + 0.5, name) for at, name in enumerate(heads))),
        Axis(0, 5, tuple((len(order) - at - 0.5, name) for at, name in enumerate(order)), ""),
        height=230,
    )


def cell_key() -> Plot:
    rng = np.random.default_rng(2)
    table = noise_table()
    records = rng.poisson([6, 3, 11, 1, 8, 5])
    groups = [f"group {at}" for at in range(6)]
    place = np.repeat(np.arange(6), records)
    columns = {"down": np.array(groups)[place], "across": np.full(place.size, "all"), "key": rng.random(place.size)}
    found = ask("cell-key", columns)
    counts = np.arange(11)
    rows = np.array([table.probability[min(n, table.probability.shape[0] - 1)] for n in counts])
    noise = np.arange(-5, 6)
    layers = []
    for edges, look, name in (
        ((0.005, 0.1), "one", "under 1 in 10"),
        ((0.1, 0.2), "two", "1 to 2 in 10"),
        ((0.2, 0.4), "three", "2 to 4 in 10"),
        ((0.4, 1.1), "four", "more often"),
    ):
        n, v = np.nonzero((rows >= edges[0]) & (rows < edges[1]))
        shown = counts[n] + noise[v]
        layers.append(marks("cells", look, n - 0.5, shown - 0.5, n + 0.5, shown + 0.5, name=name))
    return Plot(
        "What a count may come out as",
        told(
            "Across: a true count; upwards: what may be shown for it, the darker the oftener. Nought stays nought, one "
            "and two never come out, and the mean is the true count. Of six small groups:",
            found,
        ),
        (marks("line", "expected", [0, 10], [0, 10], name="the true count"), *layers,
         marks("line", "expected", [0, 10], [0, 10])),
        Axis(-0.5, 10.5, tuple((float(n), str(n)) for n in counts), "True count"),
        Axis(-0.5, 15.5, tuple((float(n), str(n)) for n in (0, 5, 10, 15)), "Shown"),
    )  # fmt: skip


def audited() -> Plot:
    """A table whose small counts alone were hidden, and what its totals say of them."""
    order, heads = (*WARDS, "Total"), (*KINDS, "Total")
    counts = np.vstack([COUNTS, COUNTS.sum(axis=0)])
    counts = np.column_stack([counts, counts.sum(axis=1)])
    down, across = (part.ravel() for part in np.indices(counts.shape))
    hidden = {(0, 0), (2, 3), (1, 1), (1, 2), (3, 1), (3, 2)}  # two alone in their row, and four that shield each other
    veiled = np.array([one in hidden for one in zip(down.tolist(), across.tolist(), strict=True)])
    value = np.where(veiled, "*", counts.ravel().astype(str))
    found = ask("suppression-audit", {"down": np.array(order)[down], "across": np.array(heads)[across], "value": value})
    up, verdict = len(order) - 1.0 - down, found.rows["verdict"].astype(str)
    layers = []
    for kind, look, name in (
        ("shown", "cell", ""),
        ("exactly", "hot", "hidden, and known exactly"),
        ("safe", "warm", "hidden, and known within a range"),
    ):
        part = verdict == kind
        layers.append(marks("cells", look, across[part], up[part], across[part] + 1, up[part] + 1, name=name))
        ends = [found.rows[end][part] for end in ("low", "high")]
        words = [f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}" for low, high in zip(*ends, strict=True)]
        layers.append(marks("words", look, across[part] + 0.5, up[part] + 0.5, text=words))
    return Plot(
        "Hidden is not unknown: what stands behind each mark",
        told(
            "Where a cell is coloured the table shows a mark. What is written there is what anybody can work out from "
            "the rest of the table.",
            found,
        ),
        tuple(layers),
        Axis(0, 5, tuple((at + 0.5, name) for at, name in enumerate(heads))),
        Axis(0, 5, tuple((len(order) - at - 0.5, name) for at, name in enumerate(order)), ""),
        height=230,
    )


PICTURES = {"complementary-suppression": complementary, "cell-key": cell_key, "suppression-audit": audited}
