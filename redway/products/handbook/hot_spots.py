"""Pictures of hot spots: where?"""

from collections.abc import Sequence

import numpy as np

from redway.methods.catalogue import Answer
from redway.products.charts.plot import SHADES, Axis, Marks, Plot, axis, marks
from redway.products.handbook.asking import Values, ask, days, told

WIDE, HIGH, CELL = 4000.0, 2400.0, 200.0
MADE_OF = ((900.0, 700.0), (2900.0, 1500.0))  # the middles of two hot spots


def _town(seed: int, thick: Sequence[int] = (60, 45), spread: int = 220) -> tuple[Values, Values]:
    """Events all over a small town, and thicker about two places."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, WIDE, spread), rng.uniform(0, HIGH, spread)
    for (east, north), events in zip(MADE_OF, thick, strict=True):
        x = np.r_[x, rng.normal(east, 160, events)]
        y = np.r_[y, rng.normal(north, 160, events)]
    inside = (x > 0) & (x < WIDE) & (y > 0) & (y < HIGH)
    corners = ([1, WIDE - 1], [1, HIGH - 1])  # so that the grid is always the same
    return np.r_[x[inside], corners[0]], np.r_[y[inside], corners[1]]


def _cells(found: Answer, chosen: Values, look: str, name: str = "") -> Marks:
    x, y = found.rows["x"][chosen], found.rows["y"][chosen]
    half = CELL / 2
    return marks("cells", look, x - half, y - half, x + half, y + half, name=name)


def _shaded(found: Answer, values: Values, edges: Sequence[float], names: Sequence[str]) -> list[Marks]:
    """Cells by how much is in them, the darker the more."""
    at = np.searchsorted(edges, np.nan_to_num(values.astype(float)), side="right")
    return [_cells(found, at == k, SHADES[k], name) for k, name in enumerate(names)]


def _map(title: str, about: str, found: Answer, layers: Sequence[Marks]) -> Plot:
    x, y = found.rows["x"], found.rows["y"]
    low, high, south, north = (x.min() - CELL / 2, x.max() + CELL / 2, y.min() - CELL / 2, y.max() + CELL / 2)
    ground = marks("cells", "cell", [low], [south], [high], [north])
    across = Axis(low, high, (), "Cells of 200 m")
    shape = (north - south) / (high - low)
    return Plot(title, told(about, found), (ground, *layers), across, Axis(south, north, ()), shape=shape)


def _counts(found: Answer) -> list[Marks]:
    return _shaded(found, found.rows["n"], (1, 2, 4, 8), ("", "1 event", "2 or 3", "4 to 7", "8 or more"))


def _dots(found: Answer, chosen: Values, look: str, name: str) -> Marks:
    return marks("dots", look, found.rows["x"][chosen], found.rows["y"][chosen], name=name)


def hot_spots() -> Plot:
    x, y = _town(1)
    found = ask("hot-spots", {"x": x, "y": y}, cell_size=CELL)
    hot = found.rows["hot"].astype(bool)
    return _map(
        "Two places hold more than chance gives; full cells alone do not",
        "Darker cells have more events. A diamond marks cells that, with their neighbours, have more than chance "
        "gives, all cells looked at together allowed for. Full cells among empty ones are not marked.",
        found,
        [*_counts(found), _dots(found, hot, "signal", "hot spot (Gi*)")],
    )


def local_moran() -> Plot:
    x, y = _town(2)
    x, y = np.r_[x, np.full(14, 3300.0) + np.arange(14)], np.r_[y, np.full(14, 500.0)]
    found = ask("local-moran", {"x": x, "y": y}, cell_size=CELL)
    listed = found.rows["adjusted"].astype(float) <= 0.05
    kinds = found.rows["quadrant"].astype(str)
    shown = [
        (kind, look)
        for kind, look in zip(sorted(set(kinds[listed])), ("signal", "open", "third", "other"), strict=False)
    ]
    return _map(
        "Cells like their neighbours, or unlike them, beyond chance",
        "Darker cells have more events. Marks show cells that are like or unlike their neighbours by more than chance "
        "gives. The lone full cell in the south-east has none: what lies about it is ordinary, so it is no hot spot.",
        found,
        [*_counts(found), *(_dots(found, listed & (kinds == kind), look, kind) for kind, look in shown)],
    )


def kernel_density() -> Plot:
    x, y = _town(3, thick=(30, 22), spread=100)
    found = ask("kernel-density", {"x": x, "y": y}, cell_size=CELL, bandwidth=500.0)
    values = found.rows["kde"].astype(float)
    edges = [float(values.max() * share) for share in (0.1, 0.25, 0.45, 0.7)]
    names = ("under a tenth of the densest", "to a quarter", "to 45%", "to 70%", "densest")
    return _map(
        "The same events, smoothed",
        "Dots are events; cells are darker where events lie more thickly within 500 m. Smoothing always makes shapes, "
        "of chance too: it says nothing of whether they are more than chance.",
        found,
        [*_shaded(found, values, edges, names), marks("dots", "event", x, y, name="event")],
    )


def dual_kernel_density() -> Plot:
    x, y = _town(4, thick=(45, 26), spread=70)
    rng = np.random.default_rng(5)
    people = (np.clip(rng.normal(900, 250, 500), 1, WIDE), np.clip(rng.normal(700, 250, 500), 1, HIGH))
    more = (rng.uniform(0, WIDE, 600), rng.uniform(0, HIGH, 600))
    base = np.repeat([False, True], [x.size, 1100])
    columns = {"x": np.r_[x, people[0], more[0]], "y": np.r_[y, people[1], more[1]], "base": base}
    found = ask("dual-kernel-density", columns, cell_size=CELL, bandwidth=600.0)
    values = np.where(found.rows["known"], found.rows["kde"], np.nan).astype(float)
    edges = [0.06, 0.12, 0.2, 0.3]
    names = ("under 0.06 events for each of the base", "to 0.12", "to 0.2", "to 0.3", "more")
    return _map(
        "Where events are many for how many there are to befall",
        "Dots are events, thickest in the south-west, where most people are. Cells are darker where there are many "
        "events for the people there: that is in the other place. Where few people are, a few events make a dark cell.",
        found,
        [*_shaded(found, values, edges, names), marks("dots", "event", x, y, name="event")],
    )


def hot_spot_change() -> Plot:
    before, after = _town(6, thick=(60, 45)), _town(7, thick=(12, 110))
    dates = np.r_[days("2024-01-01", before[0].size), days("2024-01-01", after[0].size)]
    dates = np.r_[np.resize(days("2024-01-01", 366), before[0].size), np.resize(days("2025-01-01", 365), after[0].size)]
    columns = {"x": np.r_[before[0], after[0]], "y": np.r_[before[1], after[1]], "date": dates}
    found = ask("hot-spot-change", columns, cell_size=CELL, boundary="2025-01-01", reach=1)
    change, listed = found.rows["change"].astype(float), found.rows["listed"].astype(bool)
    parts = (
        ("cool", "fewer", change < 0),
        ("warm", "more", change > 0),
    )
    return _map(
        "One hot spot fell, another rose",
        "Shades show cells with fewer or more events in the later year. Only marked cells, with their neighbours, "
        "changed by more than chance gives: most shades are chance.",
        found,
        [
            *(_cells(found, part, look, name) for look, name, part in parts),
            _dots(found, listed & (change > 0), "signal", "more than chance gives"),
            _dots(found, listed & (change < 0), "other", "fewer than chance gives"),
        ],
    )


def hot_spot_classes() -> Plot:
    rng = np.random.default_rng(8)
    x, y = rng.uniform(0, WIDE, 350), rng.uniform(0, HIGH, 350)
    when = rng.integers(0, 336, 350)
    for (east, north), (first, last), events in (
        ((900, 700), (0, 336), 260),
        ((2900, 1500), (275, 336), 110),
        ((3300, 400), (0, 120), 110),
    ):
        x = np.r_[x, rng.normal(east, 130, events)]
        y = np.r_[y, rng.normal(north, 130, events)]
        when = np.r_[when, rng.integers(first, last, events)]
    x, y = np.r_[np.clip(x, 1, WIDE - 1), 1, WIDE - 1], np.r_[np.clip(y, 1, HIGH - 1), 1, HIGH - 1]
    dates = np.datetime64("2025-01-06") + np.r_[when, 0, 335]
    found = ask("hot-spot-classes", {"x": x, "y": y, "date": dates}, cell_size=CELL)
    kinds = found.rows["hotspot_category"].astype(str)
    parts = (
        ("persistent", "four", "P"),
        ("emerging", "hot", "E"),
        ("intermittent", "warm", "I"),
        ("former", "cool", "F"),
    )
    layers = []
    for kind, look, letter in parts:
        part = np.char.startswith(kinds, kind)
        if part.any():
            layers.append(_cells(found, part, look, f"{letter} {kind}"))
            words = [letter] * int(part.sum())
            layers.append(marks("words", look, found.rows["x"][part], found.rows["y"][part], text=words))
    return _map(
        "A hot spot that lasts, one that is new, one that has gone",
        "Twelve periods of four weeks. P: a hot spot in most of them; E: only in the newest; I: now and then; F: no "
        "longer.",
        found,
        layers,
    )


def hot_spot_accuracy() -> Plot:
    rng = np.random.default_rng(10)
    x, y = _town(11, thick=(160, 120), spread=700)
    dates = np.datetime64("2025-01-06") + rng.integers(0, 280, x.size)
    columns = {"x": x, "y": y, "date": dates}
    shares = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)
    answers = {}
    for kind in ("kde", "count"):
        answers[kind] = [
            ask("hot-spot-accuracy", columns, boundary="2025-07-21", cell_size=CELL, map=kind, area_share=share)
            for share in shares
        ]
    caught = {
        kind: [100 * one.rows["caught"].sum() / one.rows["events"].sum() for one in found]
        for kind, found in answers.items()
    }
    at = [100 * share for share in shares]
    return Plot(
        "What a map of half a year catches of the weeks that follow",
        told(
            "Across: the share of the area taken, densest cells first. Upwards: the share of later events that fell in "
            "it. By chance both are alike. The smoothed map and plain counts are scored on the same weeks. At 2%:",
            answers["kde"][1],
        ),
        (
            marks("line", "expected", [0, 20], [0, 20], name="by chance"),
            marks("line", "other", at, caught["count"], name="plain counts"),
            marks("dots", "other", at, caught["count"]),
            marks("line", "main", at, caught["kde"], name="smoothed map"),
            marks("dots", "main", at, caught["kde"]),
        ),
        axis(0, 20.4, "Of the area", suffix="%", tight=True),
        axis(0, 50, "Of later events", suffix="%"),
    )


def moved_points() -> Plot:
    rng = np.random.default_rng(12)
    x, y = rng.uniform(0, WIDE, 320), rng.uniform(0, HIGH, 320)
    shared = rng.uniform(0, WIDE, 40), rng.uniform(0, HIGH, 40)
    near = np.hypot(x[:, None] - shared[0], y[:, None] - shared[1]).argmin(axis=1)
    found = ask("moved-points", {"x": shared[0][near], "y": shared[1][near]})
    return Plot(
        "Records moved to shared points",
        told(
            "Grey dots: where 320 events happened. Squares: the 40 points that they were moved to before they were "
            "published. A map of the squares shows streets that stand for their neighbourhood.",
            found,
        ),
        (
            marks("dots", "faint", x, y, name="where they happened"),
            marks("dots", "other", *shared, name="where the record says"),
        ),
        Axis(-60, WIDE + 60, ()),
        Axis(-60, HIGH + 60, ()),
        shape=0.6,
    )


PICTURES = {
    "hot-spots": hot_spots,
    "local-moran": local_moran,
    "kernel-density": kernel_density,
    "dual-kernel-density": dual_kernel_density,
    "hot-spot-change": hot_spot_change,
    "hot-spot-classes": hot_spot_classes,
    "hot-spot-accuracy": hot_spot_accuracy,
    "moved-points": moved_points,
}
