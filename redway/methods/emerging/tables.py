"""Emerging change by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.errors import Place
from redway.methods import inputs
from redway.methods.by_series import COUNT, DATE, SERIES, BySeries, by_series
from redway.methods.catalogue import Also, Answer, Array, Column, Method, Parameter, complement
from redway.methods.emerging import (
    count_scan,
    cusum,
    ears,
    farrington,
    histories,
    late_weeks,
    reporting_delay,
    space_time_scan,
)
from redway.methods.false_discovery import FalseDiscovery
from redway.methods.hot_spots.locations import located
from redway.methods.hot_spots.snapped import MOVED, fit_for, refuse_streets, snapped
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import several

FREQUENCY = Parameter("frequency", 52, "periods a year: 52 weeks, 12 months, 365 days, 4 quarters, 1 year", int)
SAME = 1.0  # metres: an area's middle, rounded differently
Columns = Mapping[str, Array]
Given = Mapping[str, Any]
Q = Parameter("q", 0.1, "false discovery rate over everything looked at", float)
LONGEST = Parameter("longest", 8, "longest delay of a report, in weeks, that is looked at", int, also=(Also("D"),))
REPORTS = (
    Column("series", "what the event belongs to, where there are several series", "text", required=False),
    Column("happened", "the day of the event, or the first day of its week", "date"),
    Column("reported", "the day it was reported or first sent; or the day of a submission", "date"),
    Column("count", "events of a row; one if not given", required=False),
    Column("so_far", "in place of it: events of that week that the submission of that day knew of", required=False),
)


def _farrington(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    inputs.probability(given["q"], "q")
    table = by_series(columns, ("count", "population"), given["frequency"])
    use = farrington.Settings(
        frequency=given["frequency"],
        b=given["b"],
        w=given["w"],
        reweight=given["reweight"],
        weights_threshold=given["weightsThreshold"],
        alpha=given["alpha"],
        trend=given["trend"],
        p_threshold_trend=given["pThresholdTrend"],
        limit54=_pair(given["limit54"]),
        powertrans=given["powertrans"],
        no_periods=given["noPeriods"],
        past_weeks_not_included=given["pastWeeksNotIncluded"],
        threshold_method=given["thresholdMethod"],
        variant=given["variant"],
    )
    periods = table.starts.size
    judge = np.arange(max(0, periods - given["range"]), periods)
    settings: dict[str, Any] = {
        "population": table.values.get("population"),
        "starts": table.starts if given["frequency"] == 52 and given["epochAsDate"] else None,
        "settings": use,
    }
    in_by_now: dict[str, Array] = {}
    notes: list[str] = []
    if given["delay"] is None:
        found = farrington.farrington_flexible(table.values["count"], judge, **settings)
    else:
        share, error, delays = _completeness(table, given, rng)
        found = late_weeks.late_farrington(
            table.values["count"], share, judge, error=error, late=given["late"], complete=given["complete"], **settings
        )
        in_by_now = {"completeness": share[:, judge]}
        changed = int(delays.discoveries(given["q"]).listed.sum())
        if changed:
            notes.append(f"Reports of {several(changed, 'series', 'series')} come at another pace lately.")
    adjusted = np.full(found.pvalue.shape, np.nan)
    adjusted[np.isfinite(found.pvalue)] = found.discoveries(given["q"]).adjusted
    names = ("observed", "expected", "upperbound", "pvalue", "tail", "score", "phi", "slope", "alarm")
    rows = {name: getattr(found, name) for name in names} | {"adjusted": adjusted, "listed": adjusted <= given["q"]}
    over_all = (_over_all(found.discoveries(given["q"])),) if np.isfinite(adjusted).any() else ()
    return Answer(found.sentence, table.rows(rows | in_by_now, judge), (*over_all, *notes))


def _completeness(
    table: BySeries, given: Given, rng: np.random.Generator
) -> tuple[Floats, Floats, reporting_delay.ManyDelays]:
    """Of each week, what share should be in by now."""
    if given["frequency"] != 52:
        raise Unfit(
            "weeks (frequency 52), to allow for late reports",
            came=f"frequency {given['frequency']}",
            cause="days or months, whose late reports this does not know how to add up.",
        )
    said = given["delay"]
    more: dict[str, Any] = {name: said[name] for name in ("series", "count", "so_far") if name in said}
    known = histories.history(
        said["happened"], said["reported"], longest=given["longest"], begin=table.starts[0], until=table.starts[-1],
        **more,
    )  # fmt: skip
    return late_weeks.completeness(known, table.names, table.starts, rng)


def _pair(given: Any) -> tuple[int, int]:
    """Events and weeks, from "5,4" or a list."""
    both = given.split(",") if isinstance(given, str) else given
    try:
        events, weeks = (int(one) for one in both)
    except ValueError:
        raise Unfit(
            "limit54: two whole numbers",
            came=str(given),
            cause="one number alone; 5,4 is usual: five events in the newest four weeks.",
        ) from None
    return events, weeks


def _ears(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("count",), given["frequency"])
    found = ears.ears(
        table.values["count"],
        given["method"],
        baseline=given["baseline"],
        alpha=given["alpha"],
        min_sigma=given["minSigma"],
    )
    rows = {name: getattr(found, name) for name in ("observed", "upperbound", "pvalue", "alarm")}
    if given["method"] == "C3":
        note = "C3 has no p-value, so false discovery cannot be held over all that was looked at: use C1 or C2."
        return Answer(found.sentence, table.rows(rows), (note,))
    listed = found.discoveries(given["q"])
    known = np.isfinite(found.pvalue)
    rows |= {"adjusted": np.full(known.shape, np.nan), "listed": np.zeros(known.shape, dtype=bool)}
    rows["adjusted"][known], rows["listed"][known] = listed.adjusted, listed.listed
    return Answer(found.sentence, table.rows(rows), (_over_all(listed),) if known.any() else ())


def _over_all(listed: FalseDiscovery) -> str:
    return f"Over everything that was looked at: {listed.sentence[0].lower()}{listed.sentence[1:]}"


def _cusum(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("count",), given["frequency"], whole=("count",))
    first = given["first"] or max(1, table.starts.size // 2)
    found = cusum.cusum(
        table.values["count"],
        first=first,
        k=given["k"],
        h=given["h"],
        m=given["m"],
        trans=given["trans"],
        alpha=given["alpha"],
        reset=given["reset"],
    )
    rows = {name: getattr(found, name) for name in ("observed", "cusum", "upperbound", "alarm")}
    return Answer(found.sentence, table.rows(rows, slice(first, None)))


def _count_scan(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("count", "weight"), given["frequency"], whole=("count", "weight"))
    found = count_scan.count_scans(table.values["count"], given["window"], weights=table.values.get("weight"), rng=rng)
    listed = found.discoveries(given["q"])
    known = np.isfinite(found.pvalue)
    rows: dict[str, Array] = {"series": table.names} if table.names.size > 1 or table.names[0] else {}
    rows |= {"date": table.starts[found.start]}
    rows |= {name: getattr(found, name) for name in ("most", "expected", "pvalue", "total", "exact", "bounded")}
    rows |= {"adjusted": np.full(known.shape, np.nan), "listed": np.zeros(known.shape, dtype=bool)}
    rows["adjusted"][known], rows["listed"][known] = listed.adjusted, listed.listed
    return Answer(found.said(given["q"]), rows, (_over_all(listed),) if known.size > 1 else ())


def _delay(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    more: dict[str, Any] = {name: columns[name] for name in ("series", "count", "so_far") if name in columns}
    begin = histories.week_of(columns["happened"], given["week_starts"]) if given["week_starts"] else None
    known = histories.history(columns["happened"], columns["reported"], longest=given["longest"], begin=begin, **more)
    found = reporting_delay.reporting_delays(
        known.tables, rng, history=given["history"], level=given["level"], pooled=given["pooled"]
    )
    listed = found.discoveries(given["q"])
    changed = np.zeros(len(known.names), dtype=bool)
    changed[np.isfinite(found.steady)] = listed.listed
    weeks = found.reported.shape[1]
    names = ("reported", "completeness", "forecast", "low", "high")
    rows: dict[str, Array] = {"series": np.repeat(known.names, weeks)} if "series" in columns else {}
    rows |= {"date": np.tile(known.begin + 7 * np.arange(weeks), len(known.names))}
    rows |= {name: getattr(found, name).ravel() for name in names}
    rows |= {"steady": np.repeat(found.steady, weeks), "changed": np.repeat(changed, weeks)}
    return Answer(found.said(given["q"]), rows, (_over_all(listed),) if len(known.names) > 1 else ())


def _scan(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("count", "x", "y", "expected"), given["frequency"])
    if not np.isnan(columns["x"]).any() and not np.isnan(columns["y"]).any():
        located(columns["x"], columns["y"])  # so that a fault has its line
    _one_middle(columns)
    place = {name: np.fmax.reduce(table.values[name], axis=1) for name in ("x", "y")}
    shared = len(table.names) - len(np.unique(np.column_stack([place["x"], place["y"]]), axis=0))
    if given["moved"] != "no":
        refuse_streets(table.names, "names of areas")
    if given["moved"] == "yes" and len(table.names) > 1:
        fit_for(snapped(place["x"], place["y"], known=True), _apart(place["x"], place["y"]), "areas with neighbours")
    found = space_time_scan.space_time_scan(
        np.where(np.isnan(table.values["count"]), 0.0, table.values["count"]),
        place["x"],
        place["y"],
        rng,
        expected=table.values.get("expected"),
        longest=given["longest"],
        most_expected=given["maxpop"],
        prospective=given["prospective"],
        nsim=given["nsim"],
    )
    clusters = found.clusters
    rows = {
        "areas": np.array([" ".join(table.names[list(c.areas)]) for c in clusters], dtype=str),
        "first": np.array([table.starts[c.first] for c in clusters], dtype="datetime64[D]"),
        "last": np.array([table.starts[c.last] for c in clusters], dtype="datetime64[D]"),
        "events": np.array([c.events for c in clusters]),
        "expected": np.array([c.expected for c in clusters]),
        "log_ratio": np.array([c.log_ratio for c in clusters]),
        "pvalue": np.array([c.pvalue for c in clusters]),
    }
    notes = ["A row that is not there is taken as no events, since clusters are of all areas and weeks."]
    if shared and not found.cannot_tell:
        notes.append(
            f"{several(shared, 'area')} of {len(table.names):,} {'has' if shared == 1 else 'have'} the very middle of "
            "another: which of those a cluster names is no finding."
        )
    return Answer(found.sentence, rows, tuple(notes))


def _one_middle(columns: Columns) -> None:
    """Raise Unfit where an area has two middles."""
    _, first, which = np.unique(columns["series"].astype(str), return_index=True, return_inverse=True)
    for name in ("x", "y"):
        values = columns[name]
        other = np.flatnonzero(np.abs(values - values[first[which]]) > SAME)
        if other.size:
            row = int(other[0])
            raise Unfit(
                "one middle for each area",
                came=f"{name} {values[row]:.10g} of “{columns['series'][row]}”, and {values[first[which[row]]]:.10g}",
                cause="the places of events where the area's middle is meant, or two areas of one name.",
                place=Place(row=row + 1, column=name),
                count=other.size,
            )


def _apart(x: Floats, y: Floats) -> float:
    """How far the middle area is from its nearest neighbour, metres."""
    from scipy.spatial import cKDTree  # dear to import

    at = np.column_stack([x, y])
    return float(np.median(cKDTree(at).query(at, k=2)[0][:, 1]))


METHODS = (
    Method(
        "farrington",
        "Is this week's count above what the same weeks of past years lead one to expect?",
        (SERIES, DATE, COUNT, Column("population", "people at risk, where rates are compared", required=False)),
        _farrington,
        (
            FREQUENCY,
            Parameter("range", 1, "how many of the newest periods to judge", int),
            Parameter("b", 5, "years to look back", int),
            Parameter("w", 3, "weeks either side of the same week of each year", int),
            Parameter("reweight", True, "weigh past outbreaks down", bool),
            Parameter("weightsThreshold", 2.58, "residual above which a week is weighed down", float),
            Parameter("alpha", 0.05, "how often a count may be above the bound by chance", float),
            Parameter("trend", True, "allow for a trend", bool),
            Parameter("pThresholdTrend", 0.05, "p-value under which a trend is kept; 1 keeps it always", float),
            Parameter(
                "limit54", "5,4", "events, weeks: fewer in so many newest weeks raise no alarm", int, several=True
            ),
            Parameter("powertrans", "2/3", "scale on which delta is normal", choices=("2/3", "1/2", "none")),
            Parameter("noPeriods", 1, "seasons of the year; 1 takes only weeks near the same week", int),
            Parameter("pastWeeksNotIncluded", None, "newest weeks that do not teach it; w if not given", int),
            Parameter(
                "epochAsDate", True, "a year back is the week nearest to the same date; if not, so many weeks", bool
            ),
            Parameter("thresholdMethod", "delta", "how the bound is made", choices=farrington.THRESHOLDS),
            Parameter("variant", "corrected", "surveillance repeats R's standard errors", choices=farrington.VARIANTS),
            Q,
            Parameter("delay", None, "what was reported when: the newest weeks are then allowed for", table=REPORTS),
            Parameter("late", "correct", "what becomes of weeks that are not whole", choices=late_weeks.LATE),
            Parameter("complete", None, "least share in, to be judged: 0.5, or 0.95 to leave out", float),
            LONGEST,
        ),
        like="surveillance::farringtonFlexible",
        random=True,
    ),
    Method(
        "ears",
        "Is this period far above the last few? EARS C1, C2 and C3",
        (SERIES, DATE, COUNT),
        _ears,
        (
            FREQUENCY,
            Parameter("method", "C1", "C1, C2 or C3", choices=ears.METHODS),
            Parameter("baseline", 7, "periods in the baseline", int),
            Parameter("alpha", None, "0.001 for C1 and C2, 0.025 for C3 if not given", float),
            Parameter("minSigma", 0.0, "least standard deviation of the baseline", float),
            Q,
        ),
        like="surveillance::earsC",
    ),
    Method(
        "cusum",
        "Do small rises add up to more than chance gives?",
        (SERIES, DATE, COUNT),
        _cusum,
        (
            FREQUENCY,
            Parameter("first", None, "periods from which to learn what to expect; half of them if not given", int),
            Parameter("k", 1.04, "what is taken off each period", float),
            Parameter("h", 2.26, "sum at which there is an alarm", float),
            Parameter("m", None, "what to expect in a period; the mean of the first ones if not given", float),
            Parameter("trans", "standard", "how a count is put in standard form", choices=cusum.TRANSFORMS),
            Parameter("alpha", 0.1, "of pearsonNegBin", float),
            Parameter("reset", False, "set the sum back after an alarm", bool),
        ),
        like="surveillance::algo.cusum",
    ),
    Method(
        "count-scan",
        "Is there a cluster in time in a series of small counts? Exact",
        (SERIES, DATE, COUNT, Column("weight", "how likely an event is to fall there, any scale", required=False)),
        _count_scan,
        (
            Parameter("frequency", 365, "periods a year: 365 days, 52 weeks, 12 months", int),
            Parameter("window", 7, "periods taken together", int),
            Q,
        ),
        random=True,
    ),
    Method(
        "reporting-delay",
        "How complete are the newest weeks, and what will they come to?",
        REPORTS,
        _delay,
        (
            LONGEST,
            Parameter(
                "week_starts",
                "",
                "the day on which weeks begin; that of the first event if not given",
                choices=("", *histories.WEEKDAYS),
            ),
            Parameter("history", 26, "weeks to learn delays from", int, also=(Also("m"),)),
            Parameter(
                "level", 0.95, "how often the interval holds what comes", float, also=(Also("alpha", complement),)
            ),
            Parameter("pooled", False, "learn delays from all series together", bool),
            Q,
        ),
        like="surveillance::nowcast",
        random=True,
    ),
    Method(
        "space-time-scan",
        "Where and since when are there more events than expected? Circles of areas and runs of weeks",
        (
            Column("series", "the area", "text"),
            DATE,
            COUNT,
            Column("x", "of the area's middle, in metres"),
            Column("y", "of the area's middle, in metres"),
            Column(
                "expected", "events expected there and then, any scale; if not given, from the totals", required=False
            ),
        ),
        _scan,
        (
            FREQUENCY,
            Parameter("longest", 4, "longest run of periods", int, also=(Also("MaxTemporalSize"),)),
            Parameter(
                "maxpop",
                0.5,
                "most of all that is expected in one circle",
                float,
                also=(Also("ubpop"), Also("pop.upper.bound")),
            ),
            Parameter("moved", "judge", "whether areas are points of data.police.uk, or the like", choices=MOVED),
            Parameter("prospective", True, "only runs that end in the newest period", bool),
            Parameter(
                "nsim",
                999,
                "simulated tables",
                int,
                also=(Also("n_mcsim"), Also("n.simulations"), Also("MonteCarloReps")),
            ),
        ),
        like="SaTScan, scanstatistics",
        random=True,
    ),
)
