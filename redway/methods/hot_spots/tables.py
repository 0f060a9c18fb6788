"""Hot spots by name, for tables of anybody's own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from redway.methods import inputs
from redway.methods.catalogue import Also, Answer, Array, Column, Method, Parameter
from redway.methods.false_discovery import benjamini_hochberg
from redway.methods.hot_spots import classify as classes
from redway.methods.hot_spots import kde as densities
from redway.methods.hot_spots.accuracy import accuracy, compared
from redway.methods.hot_spots.cell_change import cell_change
from redway.methods.hot_spots.columns import (
    MOST_VALUES,
    around,
    asked_width,
    boundary,
    by_period,
    centres,
    days,
    from_day,
    gridded,
    smooth_enough,
    too_few_places,
)
from redway.methods.hot_spots.dual_kde import METHODS as TOGETHER
from redway.methods.hot_spots.dual_kde import dual_kde
from redway.methods.hot_spots.gi import gi
from redway.methods.hot_spots.grids import Grid, points
from redway.methods.hot_spots.local_moran import QUADRANTS, local_moran
from redway.methods.hot_spots.local_permutation import exact_p, permuted_p
from redway.methods.hot_spots.locations import degrees, located
from redway.methods.hot_spots.own_map import OUTSIDE, cell_of, own_map
from redway.methods.hot_spots.periods import numbered
from redway.methods.hot_spots.poisson_cells import PoissonCells, poisson_cells
from redway.methods.hot_spots.settings import (
    ADJUST,
    BANDWIDTH,
    BOUNDARY,
    CELL_SIZE,
    CELLS,
    DATE,
    EXPOSED,
    GRID_TYPE,
    INCLUDE_SELF,
    KERNEL,
    NB_DIST,
    P_VALUES,
    POINTS_MOVED,
    REACH,
    WEIGHT,
    X,
    Y,
)
from redway.methods.hot_spots.snapped import LEAST_CELL, as_told, fit_for
from redway.methods.inputs import Floats, Unfit, whole


def _against(grid: Grid, n: Floats, found: PoissonCells, notes: tuple[str, ...]) -> Answer:
    """Cells, with their neighbours, against what their exposure leads one to expect."""
    listed = found.listed()
    rows = centres(grid, n=n, observed=found.observed, expected=found.expected, pvalue=found.greater)
    return Answer(found.sentence, rows | {"adjusted": listed.adjusted, "hot": listed.listed}, notes)


def _counted(grid: Grid, columns: Mapping[str, Array], given: Mapping[str, Any]) -> Floats:
    """Events of each cell, or what they weigh: parts of events only where p does not count them one by one."""
    weight = columns.get("weight")
    if weight is not None and given["p_value"] in ("exact", "poisson"):
        inputs.counts(weight, "weight")  # so that a fault has its line
    return grid.count(columns["x"], columns["y"], weight)


def _exposed(grid: Grid, given: Mapping[str, Array]) -> Floats:
    """What there is to befall in each cell, by a file of places."""
    x, y = located(given["x"], given["y"], of="exposure.")
    weight = inputs.at_least(given["exposure"], "exposure.exposure", 0)
    return grid.count(x, y, weight)


def _gi(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    if given["exposure"] is not None and given["p_value"] != "poisson":
        raise Unfit(
            "p_value poisson, to set events against exposure",
            came=str(given["p_value"]),
            cause="p_value left as it stands if it is not given: say --p_value poisson, or leave the exposure out.",
        )
    grid, notes = gridded(columns, given)
    n = _counted(grid, columns, given)
    near = around(grid, given)
    if why := too_few_places(columns):
        nothing, one = np.zeros(len(grid)), np.ones(len(grid))
        rows = centres(grid, n=n, gistar=nothing, pvalue=one, adjusted=one, hot=nothing > 0)
        return Answer(f"Cannot tell where hot spots are: {why}.", rows, notes)
    if given["exposure"] is not None:
        return _against(grid, n, poisson_cells(
            n, near, exposure=_exposed(grid, given["exposure"]), star=given["include_self"]
        ), notes)  # fmt: skip
    found = gi(n, near, star=given["include_self"])
    if given["p_value"] == "normal" or found.cannot_tell:
        p, sentence = found.p, found.sentence
    elif given["p_value"] == "poisson":
        tested = poisson_cells(n, near, star=given["include_self"])
        p, sentence = tested.greater, tested.sentence
    else:
        exact = given["p_value"] == "exact"
        tails = exact_p(n, near) if exact else permuted_p(n, near, rng, permutations=given["nsim"])
        p, sentence = tails.p(), tails.sentence
        floor = 2 / (whole(given["nsim"], "nsim") + 1)
        if not exact and (needed := int(np.ceil(floor * len(p) / 0.05))) > max(1, int((p <= floor).sum())):
            notes += (
                f"With {given['nsim']:,} shuffles no p is below {floor:.2g}, so that none of {len(p):,} cells can be "
                f"listed unless {needed:,} are as low as that. `exact` counts every shuffle there is.",
            )
    adjusted = benjamini_hochberg(p, 0.05).adjusted
    rows = centres(grid, n=n, gistar=found.z, pvalue=p, adjusted=adjusted, hot=(adjusted <= 0.05) & (found.z > 0))
    if given["like_sfhotspot"]:
        rows["as_sfhotspot"] = found.as_sfhotspot
    return Answer(sentence, rows, notes)


def _moran(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    grid, notes = gridded(columns, given)
    n = grid.count(columns["x"], columns["y"])
    drawn = whole(given["permutations"], "permutations")
    found = local_moran(n, around(grid, given), rng if drawn else None, permutations=max(1, drawn))
    if why := too_few_places(columns):
        found = replace(found, value=np.zeros(len(n)), p=np.ones(len(n)), cannot_tell=why)
    kinds = np.array(QUADRANTS)[found.quadrant - 1]
    rows = centres(grid, n=n, moran=found.value, quadrant=kinds, pvalue=found.p, adjusted=found.listed().adjusted)
    return Answer(found.sentence, rows, notes)


def _kde(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    grid, notes = gridded(columns, given)
    x, y = columns["x"], columns["y"]
    h = asked_width(given, x, y, like_sfhotspot=given["like_sfhotspot"])
    found = densities.kde(
        grid, x, y, bandwidth=smooth_enough(h, notes, x, y), kernel=given["kernel"],
        weights=columns.get("weight"), scale=given["scale"], decay=given["decay"], edge=given["edge"],
        adaptive=given["adaptive"],
    )  # fmt: skip
    return Answer(found.sentence, centres(grid, kde=found.values, inside=found.inside), notes)


def _dual(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    grid, notes = gridded(columns, given)
    base = columns["base"].astype(bool)
    weight = columns.get("weight", np.ones(len(base)))
    x, y = columns["x"][~base], columns["y"][~base]
    told = as_told(x, y, given["moved"])
    notes = (told.sentence,) if told.moved else notes
    h = smooth_enough(asked_width(given, x, y), notes, x, y) or densities.automatic_bandwidth(x, y) or None
    first, second = (
        densities.kde(
            grid, columns["x"][part], columns["y"][part], bandwidth=h, kernel=given["kernel"], weights=weight[part]
        )
        for part in (~base, base)
    )
    found = dual_kde(first, second, method=given["method"])
    rows = centres(grid, kde=found.values, known=found.known, events=first.values, base=second.values)
    return Answer(found.sentence, rows, notes)


def _change(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    grid, notes = gridded(columns, given)
    when, cut = days(columns["date"]), boundary(given["boundary"])
    first, last = when.min(), when.max() + 1
    if not first < cut < last:
        raise Unfit(
            "boundary: a day between the first event and the last",
            came=f"“{given['boundary']}”",
            cause="a mistyped year, or a table of other months than was meant.",
        )
    before, after = (grid.count(columns["x"][part], columns["y"][part]) for part in (when < cut, when >= cut))
    near = around(grid, given) if given["reach"] or given["nb_dist"] else None
    found = cell_change(
        before, after, around=near, lengths=(cut - first, last - cut), relative=given["relative"], phi=given["phi"]
    )
    adjusted = found.listed()
    rows = centres(grid, before=before, after=after, change=found.difference, ratio=found.ratio, pvalue=found.p)
    return Answer(found.sentence, rows | {"adjusted": adjusted.adjusted, "listed": adjusted.listed}, notes)


def _classify(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    columns, first = from_day(columns, given["start"])
    grid, notes = gridded(columns, given)
    period = numbered(columns["date"], first, given["period"], chosen=bool(given["start"]))
    if period.max() >= 1000:
        raise Unfit("at most 1,000 periods", came=f"{period.max() + 1:,}", cause="a period that is too short.")
    table = by_period(grid, columns, period, int(period.max()) + 1)
    names = ("hotspot_prop", "persistent_prop", "recent_prop", "critical_p", "include_self", "like_sfhotspot")
    found = classes.classify(table, around(grid, given), **{name: given[name] for name in names})
    if why := too_few_places(columns):
        none = np.zeros_like(found.hot)
        found = replace(found, category=np.full(len(grid), classes.NONE), hot=none, cold=none, cannot_tell=why)
    rows = centres(grid, n=table.sum(axis=0), hotspot_category=found.category, hot=found.hot.sum(axis=0))
    return Answer(found.sentence, rows, notes)


def _accuracy(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    if given["cells"] is not None:
        return _of_own_map(columns, given)
    if "x" not in columns or "y" not in columns:
        raise Unfit("columns “x” and “y”, to make a map of", came="neither", cause="a map of your own: --cells FILE.")
    grid, notes = gridded(columns, given)
    x, y, when, cut = columns["x"], columns["y"], days(columns["date"]), boundary(given["boundary"])
    past = when < cut
    if not past.any() or past.all():
        raise Unfit(
            "boundary: a day between the first event and the last",
            came=f"“{given['boundary']}”",
            cause="a mistyped year, or a table of other months than was meant.",
        )
    week = ((when - cut) // 7).astype(np.int64)
    weeks = int(week.max()) + 1
    later = by_period(grid, columns, week, weeks)
    if given["map"] == "count":
        score = grid.count(x[past], y[past])
    else:
        h = smooth_enough(given["bandwidth"], notes, x[past], y[past])
        score = densities.kde(grid, x[past], y[past], bandwidth=h).values
    found = accuracy(score, later, area_share=given["area_share"])
    rows = {"week": np.arange(1, weeks + 1), "events": found.totals, "caught": found.hits, "best": found.best}
    return Answer(found.sentence, rows, notes)


def _of_own_map(columns: Mapping[str, Array], given: Mapping[str, Any]) -> Answer:
    """A map that somebody made, on all events, or on those from `boundary` on."""
    held = given["cells"]
    cells = own_map(held["score"], area=held.get("area"), x=held.get("x"), y=held.get("y"), label=held.get("cell"))
    when, cut = days(columns["date"]), boundary(given["boundary"])
    later = when >= cut if np.isfinite(cut) else np.ones(len(when), dtype=bool)
    if not later.any():
        raise Unfit("events from the boundary on", came="none", cause="a mistyped day, or a file of earlier events.")
    places = {name: columns[name] for name in ("x", "y") if name in columns}
    notes: tuple[str, ...] = ()
    if len(places) == 2:
        found = as_told(columns["x"], columns["y"], given["moved"])
        fit_for(found, given["cell_size"] or cells.size or LEAST_CELL)
        notes = (found.sentence,) if found.moved else ()
    cell = cell_of(
        cells, label=columns.get("cell"), cell_size=given["cell_size"], grid_type=given["grid_type"], **places
    )
    week = ((when - (cut if np.isfinite(cut) else when.min())) // 7).astype(np.int64)[later]
    weeks, size = int(week.max()) + 1, len(cells.score)
    if weeks * size > MOST_VALUES:
        raise Unfit(
            f"at most {MOST_VALUES:,} cells times weeks",
            came=f"{size:,} cells, {weeks:,} weeks",
            cause="a finer map than is judged week by week, or a date with a wrong year.",
        )
    inside = cell[later] != OUTSIDE
    counts = np.bincount(week[inside] * size + cell[later][inside], minlength=weeks * size).reshape(weeks, size)
    settings = {
        "area_share": given["area_share"],
        "area": cells.area,
        "outside": np.bincount(week[~inside], minlength=weeks),
    }
    judged = accuracy(cells.score, counts, **settings)
    rows = {"week": np.arange(1, weeks + 1), "events": judged.totals, "caught": judged.hits, "best": judged.best}
    rows["outside"] = settings["outside"]
    if "score2" in held:
        other = accuracy(inputs.numbers(held["score2"], "cells.score2"), counts, **settings)
        rows["caught2"] = other.hits
        notes = (f"The second map (score2): {other.sentence}", compared(judged, other).sentence, *notes)
    return Answer(judged.sentence, rows, notes)


def _moved(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    x, y = points(columns["x"], columns["y"])
    turned = bool(degrees(x, y).any())
    found = as_told(x, y, "judge", degrees=turned)
    notes = ("The coordinates are degrees of longitude and latitude, and were put in metres for this.",)
    told = {None: "cannot tell", True: "yes", False: "no"}[found.moved]
    rows = {"moved": [told], "together": [found.together], "pairs": [found.pairs], "places": [found.places]}
    return Answer(found.sentence, {name: np.array(value) for name, value in rows.items()}, notes if turned else ())


METHODS = (
    Method(
        "hot-spots",
        "Cells that with their neighbours hold more events than chance gives (Gi*)",
        (X, Y, WEIGHT),
        _gi,
        (
            CELL_SIZE,
            GRID_TYPE,
            POINTS_MOVED,
            REACH,
            NB_DIST,
            INCLUDE_SELF,
            Parameter("p_value", "exact", "where p comes from", str, choices=P_VALUES),
            Parameter("exposure", None, "of poisson: what there is to befall, such as residents", table=EXPOSED),
            Parameter("nsim", 999, "shuffles, for permutation", int, also=(Also("permutations"),)),
            Parameter("like_sfhotspot", False, "give sfhotspot's adjusted p too, which adjusts each cell alone", bool),
        ),
        like="sfhotspot::hotspot_gistar, esda.G_Local",
        random=True,
    ),
    Method(
        "local-moran",
        "Cells that are like their neighbours, or unlike them (local Moran)",
        (X, Y),
        _moran,
        (
            CELL_SIZE,
            GRID_TYPE,
            POINTS_MOVED,
            REACH,
            NB_DIST,
            Parameter("permutations", 0, "shuffles; 0 to count every one", int, also=(Also("nsim"),)),
        ),
        like="esda.Moran_Local, spdep::localmoran_perm",
        random=True,
    ),
    Method(
        "kernel-density",
        "How thickly events lie, smoothed",
        (X, Y, WEIGHT),
        _kde,
        (
            CELL_SIZE,
            GRID_TYPE,
            POINTS_MOVED,
            BANDWIDTH,
            ADJUST,
            KERNEL,
            Parameter("scale", "density", "a density, a plain sum, or SpatialKDE's scaled", str, densities.SCALES),
            Parameter("decay", 0.0, "what the triangular kernel keeps at its end", float),
            Parameter("edge", False, "whether to mend the study area's edge", bool),
            Parameter("adaptive", False, "whether thin parts are smoothed more", bool),
            Parameter("like_sfhotspot", False, "whether the rule of thumb leaves y out, as sfhotspot's does", bool),
        ),
        like="sfhotspot::hotspot_kde, SpatialKDE::kde",
    ),
    Method(
        "dual-kernel-density",
        "Events against what they happen to, both smoothed alike",
        (X, Y, Column("base", "whether a row is of the base, and no event", "yes-no"), WEIGHT),
        _dual,
        (
            CELL_SIZE,
            GRID_TYPE,
            POINTS_MOVED,
            BANDWIDTH,
            ADJUST,
            KERNEL,
            Parameter("method", "ratio", "how the two are put together", str, TOGETHER),
        ),
        like="sfhotspot::hotspot_dual_kde",
    ),
    Method(
        "hot-spot-change",
        "Cells that changed between two periods by more than chance gives",
        (X, Y, DATE),
        _change,
        (
            BOUNDARY,
            CELL_SIZE,
            GRID_TYPE,
            POINTS_MOVED,
            Parameter("reach", 0, "steps to the furthest neighbour that is counted in; 0 for the cell alone", int),
            NB_DIST,
            Parameter("relative", False, "whether against the change of the whole", bool),
            Parameter("phi", 1.0, "over-dispersion to allow for, at least 1", float),
        ),
        like="sfhotspot::hotspot_change",
    ),
    Method(
        "hot-spot-classes",
        "Which hot spots last: persistent, emerging, intermittent, former",
        (X, Y, DATE),
        _classify,
        (
            Parameter("period", "28 days", "how long a period is: 28 days, 2 weeks, 1 month"),
            Parameter("start", "", "the first day of the first period; that of the first event if not given", day=True),
            CELL_SIZE,
            GRID_TYPE,
            POINTS_MOVED,
            REACH,
            NB_DIST,
            Parameter("hotspot_prop", 0.1, "share of periods to be a hot spot at all", float),
            Parameter("persistent_prop", 0.8, "share of periods to be persistent", float),
            Parameter("recent_prop", 0.2, "share of periods that are recent", float),
            Parameter("critical_p", 0.05, "false discovery over all cells in all periods", float),
            INCLUDE_SELF,
            Parameter("like_sfhotspot", False, "whether to copy sfhotspot's window and correction", bool),
        ),
        like="sfhotspot::hotspot_classify",
    ),
    Method(
        "hot-spot-accuracy",
        "What a map of earlier events, or one of your own, catches of later ones (hit rate, PAI)",
        (
            Column("x", "metres east", required=False),
            Column("y", "metres north", required=False),
            DATE,
            Column("cell", "in place of x and y, the label of the event's cell in a map of your own", "text", False),
        ),
        _accuracy,
        (
            BOUNDARY,
            Parameter("cells", None, "a map of your own: its cells and their scores", table=CELLS),
            Parameter("map", "kde", "what ranks cells", str, choices=("kde", "count")),
            Parameter("area_share", 0.02, "share of the area that is taken", float),
            CELL_SIZE,
            GRID_TYPE,
            POINTS_MOVED,
            BANDWIDTH,
        ),
    ),
    Method("moved-points", "Were these records moved to shared points, as data.police.uk does?", (X, Y), _moved),
)
