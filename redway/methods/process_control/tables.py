"""Process control by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.by_series import DATE, SERIES, by_series, year_of
from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.inputs import Unfit
from redway.methods.process_control import charts, choice, false_alarms, promised, subgroups, xmr_many
from redway.methods.process_control.false_alarms import MOST_SPREAD
from redway.methods.process_control.leaning import MOST
from redway.methods.process_control.limits import D2, KINDS, SCREEN, SCREEN_NHS, SIZED, moving_range
from redway.methods.process_control.rules import SETS, Rules
from redway.methods.wording import several

FREQUENCY = Parameter("frequency", 12, "periods a year: 12 months, 52 weeks, 365 days, 4 quarters, 1 year", int)
BETTER = Parameter(
    "improvement_direction", "neutral", "which way is better", choices=charts.BETTER, words=charts.NHS_WORDS
)
RULES = Parameter(
    "rules",
    "nhs",
    "what makes a signal; nhs6 has runs of six, calibrated holds the rate",
    choices=(*SETS, "calibrated"),
)
RATE = Parameter("rate", 0.05, "of calibrated: share of steady charts that may alarm in a year", float)
VALUE = Column("value", "what is charted: a measurement, a count, or what lies between events")
SIZE = Column("size", "what a count is out of, or its exposure, for u, p, up and pp", required=False)
Columns = Mapping[str, Array]
Given = Mapping[str, Any]


def _chart(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    kind = given["chart"]
    if kind in ("g", "t"):  # one row for each event, however far apart
        order = np.argsort(columns["date"], kind="stable")
        dates, values = columns["date"][order], columns["value"][order]
        sizes = None
    else:
        charts.CHECK.get(kind, inputs.numbers)(columns["value"], "value", missing=True)
        if kind in SIZED and "size" in columns:
            inputs.above(columns["size"], "size", 0, missing=True)
        table = by_series(
            columns, ("value", "size"), given["frequency"], whole=("value", "size")[: 1 + (kind in SIZED)]
        )
        if table.names.size > 1:
            raise Unfit("one series", came=f"{table.names.size:,}", cause="use xmr, or one table for each.")
        dates, values = table.starts, table.values["value"][0]
        sizes = table.values["size"][0] if kind in SIZED and "size" in table.values else None
    y, n = charts.looked_at(kind, values, sizes)
    settings = {
        "kind": kind,
        "better": given["improvement_direction"],
        "breaks": _whole_numbers(given["part"]),
        "freeze": given["freeze"],
        "exact": given["exact"],
        "phi": given["phi"],
        "screen": given["screen_outliers"],
    }
    found = charts.control_chart(y, n if kind in SIZED else None, rules=SETS["limits"], **settings)
    steady = _like(kind, found, y, n, given)
    use = _rules(given, kind, steady, rng)
    found = charts.control_chart(y, n if kind in SIZED else None, rules=use, **settings)
    names = ("drawn", "centre", "lower", "upper", "phase")
    rows = {"date": dates} | {name: getattr(found, name) for name in names}
    rows |= {"signal": np.array([use.words(int(rule)) for rule in found.rule]), "meaning": np.array(found.meaning)}
    notes = [_measured(steady, use, kind, given, rng)] if not found.cannot_tell else []
    notes += _all_held(np.unique(found.phase, return_counts=True)[1], given["freeze"], "phase", "freeze")
    if steady.leaning and not found.cannot_tell:
        notes.append(f"That points lean on the one before (autocorrelation {steady.leaning:.2f}) is allowed for in it.")
    if given["target"] is not None:
        _judged(given["improvement_direction"])
    if given["target"] is not None and (assured := found.assurance(given["target"])):
        notes.append(f"Against the target of {given['target']:g}: {assured}.")
    return Answer(found.sentence, rows, tuple(notes))


def _whole_numbers(given: Any) -> list[int]:
    """From "12,30" or a list; none from None."""
    if given in (None, "", ()):
        return []
    try:
        return [int(one) for one in (given.split(",") if isinstance(given, str) else given)]
    except ValueError:
        raise Unfit(
            "part: positions, with commas", came=str(given), cause="days in place of positions: those go into “rebase”."
        ) from None


LAWS = {"g": "geometric", "t": "exponential"} | dict.fromkeys(("p", "pp"), "binomial")
LAWS |= dict.fromkeys(("c", "u", "up"), "negbin")


def _like(kind: str, found: charts.Chart, y: Array, n: Array, given: Given) -> false_alarms.Steady:
    """The steady process that a chart's newest phase would be drawn of if nothing happened."""
    newest = found.phase == found.phase[-1] if y.size else np.zeros(0, dtype=bool)
    base = np.flatnonzero(newest)[: given["freeze"]]
    family = LAWS.get(kind, "normal")
    total = float(n[base].sum())
    mean = float(y[base].sum()) / total if total else 0.0
    phi, freeze = given["phi"], given["freeze"]
    counted = base.size > 1 and bool((y[base] >= 0).all() and (y[base] == np.floor(y[base])).all()) and mean > 0
    if family == "normal" and counted:  # limits take their width from the steps, so the law does as well
        spread = (float(moving_range(y[None, base], SCREEN_NHS)[0, 0]) / D2) ** 2 / mean
        if spread <= MOST_SPREAD:  # beyond it counts are so vast that the normal law is theirs
            family, phi = "negbin", spread
    elif kind in ("up", "pp") and base.size > 1 and 0 < mean < (1 if kind == "pp" else np.inf):
        error = np.sqrt(mean * (1 - mean if kind == "pp" else 1.0) / n[base])
        z = (y[base] / n[base] - mean) / error
        phi = min(MOST_SPREAD, (float(moving_range(z[None], SCREEN)[0, 0]) / D2) ** 2)
    leaning = min(found.autocorrelation, MOST) if found.leaning else 0.0
    sizes = n[newest] if kind in SIZED else None
    points = max(1, int(newest.sum()))
    mean = mean if family != "normal" else 0.0
    year = min(year_of(given["frequency"]), points)
    return false_alarms.Steady(points, family, mean, max(1.0, phi), leaning, year, freeze, sizes)


def _check_rate(given: Given) -> None:
    """Raises Unfit for a rate that is none, or that nothing would hold to."""
    inputs.probability(given["rate"], "rate")
    if given["rules"] != "calibrated" and given["rate"] != RATE.default:
        raise Unfit(
            "rate beside the rules “calibrated”",
            came=f"{given['rate']:g} with “{given['rules']}”",
            cause="other rules have the rate that they have, which is measured and printed.",
        )


def _rules(given: Given, kind: str, steady: false_alarms.Steady, rng: np.random.Generator) -> Rules:
    """The set that was named, or one that holds its rate in charts of that kind."""
    _check_rate(given)
    if given["rules"] != "calibrated":
        return SETS[given["rules"]]
    return false_alarms.calibrated(
        steady, rng, rate=given["rate"], kind=kind, exact=given["exact"], screen=given["screen_outliers"]
    )


def _measured(steady: false_alarms.Steady, use: Rules, kind: str, given: Given, rng: np.random.Generator) -> str:
    return false_alarms.false_alarms(
        steady, use, rng, kind=kind, exact=given["exact"], screen=given["screen_outliers"]
    ).sentence


def _choose(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    found = choice.choose(columns["value"], columns.get("size"), what=given["what"])
    rows = {"chart": np.array([found.kind]), "exact": np.array([found.exact]), "phi": np.array([found.phi])}
    return Answer(found.sentence, rows)


def _groups(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    found = subgroups.xbar_s(columns["value"], columns["group"])
    rows: dict[str, Array] = {"group": found.names, "size": found.sizes}
    for name, lines, met in (("mean", found.means, found.of_means), ("s", found.spreads, found.of_spreads)):
        rows |= {name: lines.drawn[0], f"{name}_lower": lines.lower[0], f"{name}_upper": lines.upper[0]}
        rows |= {f"{name}_signal": np.array([SETS["nhs"].words(int(rule)) for rule in met.rule[0]])}
    return Answer(found.sentence, rows)


def _many(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("value",), given["frequency"])
    values = table.values["value"]
    _check_rate(given)
    settings = {
        "breaks": _positions(given["rebase"], table.starts),
        "counts": given["counts"],
        "baseline": given["fix_after_n_points"],
        "screen": given["screen_outliers"],
    }
    hold = given["rules"] == "calibrated"
    use = SETS["limits" if hold else given["rules"]]
    found = xmr_many.xmr_runs(values, rules=use, **settings)
    short = _all_held(found.lengths, given["fix_after_n_points"], "unbroken run", "fix_after_n_points")
    measured = promised.promised(
        values, found, rng, rules=use, rate=given["rate"] if hold else None, freeze=given["fix_after_n_points"],
        screen=given["screen_outliers"], year=year_of(given["frequency"]),
    )  # fmt: skip
    if hold:
        found = promised.by_rules(values, measured.rules, **settings)
    rows: dict[str, Array] = {"value": values, "mean": found.centre, "lpl": found.lower, "upl": found.upper}
    words = [[rules.words(int(rule)) for rule in one] for rules, one in zip(measured.rules, found.rule, strict=True)]
    rows |= {"signal": np.array(words, dtype=str), "way": found.way}
    good = charts.GOOD[given["improvement_direction"]]
    rows["meaning"] = np.where(found.rule > 0, np.array(charts.MEANING)[good * found.way], "")
    if given["target"] is not None:
        rows["assurance"] = _assured(found, given["improvement_direction"], given["target"])
    rows["false_alarms"] = np.broadcast_to(measured.in_a_year[:, None], values.shape)
    rows["autocorrelation"] = np.broadcast_to(measured.lag[:, None], values.shape)
    notes = [*([] if measured.cannot_tell else [measured.sentence]), *short]
    if given["target"] is not None and found.drawn.any():
        notes.append(_against(rows["assurance"][np.arange(len(values)), found.newest], given["target"]))
    if (found.known & ~found.drawn & ~np.isnan(found.centre)).any():
        notes.append(SMALL_COUNTS)
    if gaps := int((~found.known).sum()):
        notes.append(
            f"{several(gaps, 'period')} without a value: each unbroken run ({found.runs:,}) has its own limits."
        )
    sentence = found.sentence
    if not found.newest_cannot_tell and not measured.cannot_tell:
        sentence = f"{found.told}; {measured.by_chance}."
    return Answer(sentence, table.rows(rows), tuple(notes))


SMALL_COUNTS = (
    "Small counts are charted by control-chart with --chart c --exact, or over longer periods; measurements that "
    "happen to be whole by --no-counts."
)


def _against(assured: Array, target: float) -> str:
    """Whether the newest limits meet a target."""
    held = assured[assured != ""]
    if held.size == 1:
        return f"Against the target of {target:g}: {held[0]}."
    each = ", ".join(f"{int((held == kind).sum()):,} {kind}" for kind in charts.ASSURANCE)
    return f"Against the target of {target:g}, of {several(held.size, 'chart')}: {each}."


def _all_held(points: Array, freeze: int | None, what: str, setting: str) -> list[str]:
    """What to know of phases with too few points to hold limits from the first so many. Raises Unfit if all are so."""
    short = 0 if freeze is None else charts.held(points.tolist(), freeze, setting)
    if not short:
        return []
    fewer = f"{'has' if short == 1 else 'have'} fewer than {freeze:,} points"
    return [f"{several(short, what)} of {points.size:,} {fewer}: there all of them make the limits."]


def _assured(found: xmr_many.RunsXmR, better: str, target: float) -> Array:
    """Whether each point's limits meet a target always, never or now and then; "" where that cannot be told."""
    one, of = inputs.number(target, "target"), charts.ASSURANCE
    _judged(better)
    above, below = (of[0], of[1]) if better == "lower" else (of[1], of[0])
    cases = [~found.drawn, one > found.upper, one < found.lower]
    return np.select(cases, ["", above, below], of[2])


def _judged(better: str) -> None:
    """Raises Unfit where no way is better, and so no target can be met."""
    if better == "neutral":
        raise Unfit(
            "improvement_direction: lower or higher, to judge a target by",
            came="neutral",
            cause="a target alone does not say which side of it is the good one.",
        )


def _positions(given: Any, starts: npt.NDArray[np.datetime64]) -> list[int]:
    """The positions of the periods that hold these days."""
    days = [given] if isinstance(given, str) else list(given or ())
    try:
        on = np.array(days, dtype="datetime64[D]")
    except ValueError:
        raise Unfit(
            "rebase: days such as 2025-11-30", came=", ".join(days), cause="days written as 30/11/2025."
        ) from None
    at = np.searchsorted(starts, on, side="right") - 1
    if starts.size > 1 and (on >= starts[-1] + np.diff(starts).max()).any():
        raise Unfit(
            f"rebase: days up to the last period ({starts[-1]})",
            came=", ".join(days),
            cause="a mistyped year. Limits would be made anew of the last period alone.",
        )
    if (at < 1).any() or np.unique(at).size < at.size:
        raise Unfit(
            f"rebase: days of different periods, after the first ({starts[0]})",
            came=", ".join(days),
            cause="a mistyped date, or two days of one period. The first period begins limits anyhow.",
        )
    return sorted(at.tolist())


def _alarms(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    counts = given["family"] != "normal"
    y = inputs.at_least(columns["value"], "value", 0) if counts else inputs.numbers(columns["value"], "value")
    steady = false_alarms.Steady(
        max(1, y.size),
        given["family"],
        float(y.mean()) if counts and y.size else 0.0,
        given["phi"],
        given["autocorrelation"],
        inputs.whole(given["frequency"], "frequency", least=1),
    )
    names = [*SETS, "calibrated"]
    if y.size < charts.FEWEST or (counts and not y.any()):
        why = "nothing was counted" if y.size >= charts.FEWEST else f"fewer than {charts.FEWEST} values"
        none = dict.fromkeys(("width", "somewhere", "in_a_year", "points"), np.full(len(names), np.nan))
        return Answer(f"Cannot tell how often such charts cry wolf: {why}.", {"rules": np.array(names)} | none)
    sets = [*SETS.values(), false_alarms.calibrated(steady, rng, rate=given["rate"])]
    found = [
        false_alarms.false_alarms(steady, use, rng, kind="run" if use.anhoej else "xmr", charts=given["nsim"])
        for use in sets
    ]
    rows = {
        "rules": np.array(names),
        "width": np.array([use.width for use in sets]),
        "somewhere": np.array([one.somewhere for one in found]),
        "in_a_year": np.array([one.in_a_year for one in found]),
        "points": np.array([one.points for one in found]),
    }
    return Answer(f"By the NHS rules, o{found[0].sentence[1:]}", rows)


METHODS = (
    Method(
        "xmr",
        "XmR charts of any number of series: is this month unusual against its own past?",
        (SERIES, DATE, VALUE),
        _many,
        (
            FREQUENCY,
            Parameter("fix_after_n_points", None, "make the limits from so many first points", int),
            Parameter("screen_outliers", True, "leave out large steps once", bool),
            Parameter("counts", True, "refuse small counts", bool),
            RULES,
            RATE,
            Parameter("rebase", None, "days in whose periods new limits begin", several=True, day=True),
            BETTER,
            Parameter("target", None, "to be met always, never or now and then", float),
        ),
        like="NHSRplotthedots::ptd_spc",
        random=True,
    ),
    Method(
        "control-chart",
        "A control chart of any kind, with phases, frozen limits, a target and its false-alarm rate",
        (DATE, VALUE, SIZE),
        _chart,
        (
            Parameter("chart", "xmr", "the kind; chart-choice says which fits", choices=KINDS),
            FREQUENCY,
            BETTER,
            RULES,
            RATE,
            Parameter("part", None, "how many points stand before each new phase", int, several=True),
            Parameter("freeze", None, "how many first points of each phase make its limits", int),
            Parameter("target", None, "to be met always, never or now and then", float),
            Parameter("exact", False, "limits where chance puts them, for small counts and rare events", bool),
            Parameter("phi", 1.0, "how many times more than independent events counts vary", float),
            Parameter("screen_outliers", True, "leave out large steps once", bool),
        ),
        like="qicharts2::qic",
        random=True,
    ),
    Method(
        "chart-choice",
        "Which control chart fits these values, and why",
        (VALUE, SIZE),
        _choose,
        (Parameter("what", "count", "what the values are", choices=choice.WHAT),),
    ),
    Method(
        "xbar-s",
        "Means and spreads of groups of measurements: Xbar and s charts",
        (VALUE, Column("group", "the period or batch that a measurement is of, in order of name", "text")),
        _groups,
        like="qicharts2::qic, chart xbar and s",
    ),
    Method(
        "false-alarms",
        "How often charts like this one cry wolf, by each set of rules",
        (VALUE,),
        _alarms,
        (
            FREQUENCY,
            Parameter("family", "poisson", "how steady values would vary", choices=false_alarms.FAMILIES),
            Parameter("phi", 1.0, "of negbin: variance over mean", float),
            Parameter("autocorrelation", 0.0, "of values with the one before", float),
            RATE,
            Parameter("nsim", 4000, "charts to simulate", int),
        ),
        random=True,
    ),
)
