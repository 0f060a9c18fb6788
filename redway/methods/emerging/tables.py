"""Emerging change by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods import inputs
from redway.methods.by_series import COUNT, DATE, LONGEST, SERIES, by_series
from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.emerging import count_scan, cusum, ears, farrington, reporting_delay, space_time_scan
from redway.methods.inputs import Unfit

FREQUENCY = Parameter("frequency", 52, "periods a year: 52 weeks, 12 months, 365 days", int)
Columns = Mapping[str, Array]
Given = Mapping[str, Any]
WRONG_YEAR = "a date with a wrong year."


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
    found = farrington.farrington_flexible(
        table.values["count"],
        judge,
        population=table.values.get("population"),
        starts=table.starts if given["frequency"] == 52 else None,
        settings=use,
    )
    adjusted = np.full(found.pvalue.shape, np.nan)
    adjusted[np.isfinite(found.pvalue)] = found.discoveries(given["q"]).adjusted
    names = ("observed", "expected", "upperbound", "pvalue", "tail", "score", "phi", "slope", "alarm")
    rows = {name: getattr(found, name) for name in names} | {"adjusted": adjusted, "listed": adjusted <= given["q"]}
    listed = int((adjusted <= given["q"]).sum())
    note = f"Of all {np.isfinite(adjusted).sum():,}, {listed:,} stand out at a false discovery rate of {given['q']:g}."
    return Answer(found.sentence, table.rows(rows, judge), (note,))


def _pair(given: Any) -> tuple[int, int]:
    """Events and weeks, from "5,4" or a list."""
    both = given.split(",") if isinstance(given, str) else given
    try:
        events, weeks = (int(one) for one in both)
    except ValueError:
        raise Unfit("limit54: two whole numbers", came=str(given)) from None
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
    return Answer(found.sentence, table.rows(rows))


def _cusum(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("count",), given["frequency"], whole=("count",))
    first = given["first"] or table.starts.size // 2
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
    if table.names.size > 1:
        raise Unfit(
            "one series", came=f"{table.names.size:,}", cause="run it for each, or leave out the column “series”."
        )
    weights = table.values.get("weight")
    found = count_scan.count_scan(
        table.values["count"][0], given["window"], weights=None if weights is None else weights[0], rng=rng
    )
    start = table.starts[found.start : found.start + 1]
    names = ("most", "expected", "pvalue", "total", "exact")
    return Answer(found.sentence, {"date": start} | {name: np.array([getattr(found, name)]) for name in names})


def _delay(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    happened, reported = (columns[name].astype("datetime64[D]") for name in ("happened", "reported"))
    if not happened.size or np.isnat(happened).any() or np.isnat(reported).any():
        raise Unfit("both dates in every row", came="none in some rows")
    begin = happened.min()
    now = int((reported.max() - begin).astype(int)) // 7
    if now >= LONGEST // 7:
        raise Unfit(f"dates within {LONGEST // 7:,} weeks", came=f"{begin} to {reported.max()}", cause=WRONG_YEAR)
    table = reporting_delay.triangle(
        (happened - begin).astype(int) // 7, (reported - begin).astype(int) // 7, now=now, longest=given["longest"]
    )
    found = reporting_delay.reporting_delay(table, rng, history=given["history"], level=given["level"])
    names = ("reported", "completeness", "forecast", "low", "high")
    rows = {"date": begin + 7 * np.arange(now + 1)} | {name: getattr(found, name) for name in names}
    return Answer(found.sentence, rows)


def _scan(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("count", "x", "y", "expected"), given["frequency"])
    place = {name: np.nanmax(table.values[name], axis=1) for name in ("x", "y")}
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
    note = "A row that is not there is taken as no events, since clusters are of all areas and weeks."
    return Answer(found.sentence, rows, (note,))


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
            Parameter("thresholdMethod", "delta", "how the bound is made", choices=farrington.THRESHOLDS),
            Parameter("variant", "corrected", "surveillance repeats R's standard errors", choices=farrington.VARIANTS),
            Parameter("q", 0.1, "false discovery rate over everything looked at", float),
        ),
        like="surveillance::farringtonFlexible",
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
        (DATE, COUNT, Column("weight", "how likely an event is to fall there, any scale", required=False)),
        _count_scan,
        (
            Parameter("frequency", 365, "periods a year: 365 days, 52 weeks, 12 months", int),
            Parameter("window", 7, "periods taken together", int),
        ),
        random=True,
    ),
    Method(
        "reporting-delay",
        "How complete are the newest weeks, and what will they come to?",
        (
            Column("happened", "the day of the event", "date"),
            Column("reported", "the day it was reported or first sent", "date"),
        ),
        _delay,
        (
            Parameter("longest", 8, "longest delay, in weeks, that is looked at", int),
            Parameter("history", 26, "weeks to learn delays from", int),
            Parameter("level", 0.95, "how often the interval holds what comes", float),
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
            Parameter("longest", 4, "longest run of periods", int),
            Parameter("maxpop", 0.5, "most of all that is expected in one circle", float),
            Parameter("prospective", True, "only runs that end in the newest period", bool),
            Parameter("nsim", 999, "simulated tables", int),
        ),
        like="SaTScan, scanstatistics",
        random=True,
    ),
)
