"""Evaluation by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods.catalogue import Also, Answer, Array, Column, Method, Parameter
from redway.methods.comparison.tables import LEVEL
from redway.methods.evaluation import (
    areas,
    before_after,
    difference_in_differences,
    displacement,
    dosage,
    interrupted_time_series,
    power,
    power_from_history,
    predictors,
    structural,
    synthetic_control,
    wdd,
)
from redway.methods.evaluation.result import Effect
from redway.methods.inputs import Unfit

MOST_PLANS = 10_000

Columns = Mapping[str, Array]
Given = Mapping[str, Any]
HELD = {True: "holds", False: "does not hold", None: "not seen here"}


def told(effect: Effect) -> Answer:
    """An effect as one row, its assumptions as notes."""
    rows = {name: np.array([getattr(effect, name)]) for name in ("value", "low", "high", "p", "maryland")}
    if effect.cannot_tell:
        rows["maryland"] = np.array([np.nan])  # what tells nothing is no evidence
    rows |= {name: np.array([value]) for name, value in effect.figures.items()}
    notes = tuple(f"{a.what[0].upper()}{a.what[1:]}: {a.said or HELD[a.held]}." for a in effect.assumptions)
    return Answer(effect.sentence, rows, notes)


def _wdd(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    window, history = areas.apart(areas.spelt(columns, wdd.KINDS))
    pairs = areas.pairs(window, wdd.KINDS, 2)
    settings = dict(given)
    time, area = (numbers(settings.pop(name), name) for name in ("time_weights", "area_weights"))
    return told(
        wdd.wdd(*(pairs[k] for k in wdd.KINDS), history=history, time_weights=time, area_weights=area, **settings)
    )


def numbers(given: Any, what: str) -> tuple[float, ...]:
    """Numbers from "1,2" or a list. Raises Unfit."""
    try:
        return tuple(float(one) for one in (given.split(",") if isinstance(given, str) else given))
    except ValueError:
        raise Unfit(
            f"{what}: numbers with commas between", came=f"“{given}”", cause="spaces or semicolons between them."
        ) from None


def _before_after(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    window, history = areas.apart(areas.spelt(columns, ("treated", "control")))
    pairs = areas.pairs(window, ("treated", "control"), 2)
    return told(before_after.before_after(pairs["treated"], pairs["control"], history=history, **given))


def _displacement(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    kinds = ("treated", "buffer", "control")
    pairs = areas.pairs(areas.spelt(columns, kinds), kinds, 3)
    found = displacement.displacement(pairs["treated"], pairs["buffer"], pairs["control"], **given)
    parts = (found.direct, found.buffer, found.net)
    rows = {name: np.array([getattr(part, name) for part in parts]) for name in ("value", "low", "high", "p")}
    rows = {"where": np.array(["treated", "buffer", "net"]), **rows}
    rows |= {name: np.full(3, getattr(found, name)) for name in ("wdq", "wdq_low", "wdq_high")}
    return Answer(found.sentence, rows)


def _differences(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    y, area, time, treated, after = (columns[n] for n in ("y", "area", "time", "treated", "after"))
    exposure = columns.get("exposure")
    return told(difference_in_differences.difference_in_differences(y, area, time, treated, after, exposure, **given))


def _interrupted(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    start = _start(columns["after"])
    return told(
        interrupted_time_series.interrupted_time_series(
            columns["count"], start, columns.get("exposure"), columns.get("comparison"), **given
        )
    )


def _start(after: Array) -> int:
    """The first row that is after. Raises Unfit where before follows after."""
    start = int(np.argmax(after)) if after.any() else after.size
    if not after[start:].all():
        raise Unfit(
            "rows in order of time, all those after the start last",
            came="a row before it that follows one after",
            cause="a table sorted by something else, or several series in one.",
        )
    return start


def _wide(columns: Columns, add_up: bool) -> tuple[Array, Array, int]:
    """A long table of unit, time, y as the treated series and others (periods, units), and the first row after."""
    units, times = np.unique(columns["unit"]), np.unique(columns["time"])
    table = np.full((times.size, units.size), np.nan)
    table[np.searchsorted(times, columns["time"]), np.searchsorted(units, columns["unit"])] = columns["y"]
    if np.isnan(table).any() or columns["y"].size != table.size:
        raise Unfit(
            "one row for every unit at every time",
            came=f"{columns['y'].size:,} rows for {table.size:,}",
            cause="a unit that lacks a period, or has one twice: write a 0 where nothing was recorded.",
        )
    treated = np.isin(units, columns["unit"][columns["treated"]])
    if add_up:
        table, treated = _added_up(table, treated)
    if treated.sum() != 1:
        raise Unfit(
            "one treated unit",
            came=f"{int(treated.sum())}",
            cause="several treated units, which --add_up adds up to one, or a column without a yes.",
        )
    later = np.isin(times, columns["time"][columns["after"]])
    return table[:, treated][:, 0], table[:, ~treated], _start(later)


def _added_up(table: Array, treated: Array) -> tuple[Array, Array]:
    """The units (periods, units) with those treated as one, the first, their counts added up. None are none still."""
    if not treated.any():
        return table, treated
    whole = np.column_stack([table[:, treated].sum(axis=1), table[:, ~treated]])
    return whole, np.arange(whole.shape[1]) == 0


def _synthetic(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    treated, others, start = _wide(columns, given["add_up"])
    parts, like = given["special_predictors"], None
    if parts is not None:
        like = predictors.means_before(np.column_stack([treated, others]), start, parts)
    level = given["conf_level"]
    return told(synthetic_control.synthetic_control(treated, others, start, predictors=like, conf_level=level))


def _structural(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    settings = dict(given)
    return told(structural.structural(*_wide(columns, settings.pop("add_up")), **settings))


def _dosage(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    return told(dosage.log_dosage(columns["before"], columns["after"], columns["dose"], **given))


def _power(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    control = columns.get("control")
    if (plans := columns["treated"].size) > MOST_PLANS:
        raise Unfit(
            f"at most {MOST_PLANS:,} plans",
            came=f"{plans:,}",
            cause="a row for each event where one for each plan is meant.",
        )
    found = [
        power.power(float(a), None if control is None else float(control[i]), **given)
        for i, a in enumerate(columns["treated"])
    ]
    if not found:
        raise Unfit("a row for each plan", came="none", cause="a file with its heading line alone.")
    rows = {name: np.array([getattr(f, name) for f in found]) for name in ("effect", "power", "fall", "rise")}
    return Answer(found[0].sentence, rows)


def _power_from_history(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    unit = columns.get("unit", np.full(len(columns["time"]), ""))
    treated = columns.get("treated", np.ones(len(unit), dtype=bool))
    units, times = np.unique(unit), np.unique(columns["time"])
    table = np.full((times.size, units.size), np.nan)
    table[np.searchsorted(times, columns["time"]), np.searchsorted(units, unit)] = columns["y"]
    if np.isnan(table).any() or unit.size != table.size:
        raise Unfit(
            "one row for every unit at every time",
            came=f"{unit.size:,} rows for {table.size:,}",
            cause="a unit that lacks a period, or has one twice: write a 0 where nothing was recorded.",
        )
    settings, done = dict(given), np.isin(units, unit[treated])
    if settings.pop("add_up"):
        table, done = _added_up(table, done)
    found = power_from_history.power_from_history(table, done, rng, **settings)
    names = ("effect", "power", "error", "fall", "rise", "false_alarms", "untold")
    return Answer(found.sentence, {name: np.array([getattr(found, name)]) for name in names})


BEFORE, AFTER = Column("before", "events before"), Column("after", "events after")
WDD_KIND = Column("kind", "what the row is: treated, control, and if it is known disp_treated, disp_control", "text")
KIND = Column("kind", "what the row is: treated or control", "text")
AROUND_KIND = Column("kind", "what the row is: treated, buffer (around it) or control", "text")
PHI = Parameter("phi", 1.0, "over-dispersion to allow for, at least 1", float)
MEASURED = Parameter("phi", 1.0, f"{PHI.about}; measured instead where there are “earlier” rows", float)
EARLIER = (
    Column("area", "which area, where a kind has several", "text", False),
    Column(
        "earlier",
        "name of an earlier period in rows that only show how much counts vary (their count in “before”); else empty",
        "text",
        False,
    ),
)
ADD_UP = Parameter("add_up", False, "take all treated units as one, their counts added up", bool)
ALPHA = Parameter("alpha", 0.05, "how often no change may look like one", float, also=(Also("sig.level"),))
ASKED = Parameter("asked", 0.8, "the power that is wanted", float, also=(Also("power"),))
PANEL = (
    Column("unit", "which series", "text"),
    Column("time", "period"),
    Column("y", "what was measured"),
    Column("treated", "whether it was done there", "yes-no"),
    Column("after", "whether the period is after its start", "yes-no"),
)

METHODS = (
    Method(
        "wdd",
        "Events prevented, those displaced counted in",
        (WDD_KIND, BEFORE, AFTER, *EARLIER),
        _wdd,
        (
            MEASURED,
            Parameter("time_weights", "1,1", "lengths of the times before and after", float, several=True),
            Parameter(
                "area_weights",
                "1,1,1,1",
                "sizes of control, treated, disp_control and disp_treated",
                float,
                several=True,
            ),
            LEVEL,
        ),
        "ptools::wdd",
    ),
    Method(
        "before-after",
        "Percent change beyond a comparison's",
        (KIND, BEFORE, AFTER, *EARLIER),
        _before_after,
        (MEASURED, LEVEL),
        "metafor::escalc(measure = 'IRR')",
    ),
    Method(
        "difference-in-differences",
        "Several areas and periods, some treated from one time on",
        (
            Column("y", "events"),
            Column("area", "which area", "text"),
            Column("time", "period"),
            *PANEL[3:],
            Column("exposure", "people or days", "number", False),
        ),
        _differences,
        (Parameter("family", "poisson", "how counts vary", str, difference_in_differences.FAMILIES), LEVEL),
        "fixest::fepois, lm",
    ),
    Method(
        "interrupted-time-series",
        "Whether a series jumped or turned when something began",
        (
            Column("count", "events in each period, in order"),
            PANEL[4],
            Column("exposure", "people or days", "number", False),
            Column("comparison", "the same of a series that was not touched", "number", False),
        ),
        _interrupted,
        (
            Parameter("family", "quasipoisson", "how counts vary", str, interrupted_time_series.FAMILIES),
            Parameter("errors", "newey-west", "what intervals allow for", str, interrupted_time_series.ERRORS),
            Parameter("period", 12, "length of the season", int),
            Parameter("season", "harmonic", "how the season is drawn", str, interrupted_time_series.SEASONS),
            Parameter("harmonics", 2, "how many sines and cosines", int),
            Parameter("first", 1, "the place in the season of the first row", int),
            LEVEL,
        ),
        "glm, MASS::glm.nb, nlme::gls, sandwich::NeweyWest",
    ),
    Method(
        "synthetic-control",
        "An area against a mix of others that went as it did",
        PANEL,
        _synthetic,
        (
            Parameter(
                "special_predictors",
                None,
                "match the mean of the time before and of so many equal parts of it; every period if not given",
                int,
            ),
            ADD_UP,
            Parameter("conf_level", 0.9, LEVEL.about, float, also=LEVEL.also),
        ),
        "Synth::synth, pysyncon",
    ),
    Method(
        "structural",
        "A series against what others lead one to expect",
        PANEL,
        _structural,
        (
            Parameter(
                "prior_level_sd", 0.01, "how far the level is thought to drift", float, also=(Also("prior.level.sd"),)
            ),
            ADD_UP,
            Parameter("nseasons", 1, "periods until the season comes round: 12 for months; 1 for none", int),
            Parameter("prior", "measured", "what is thought of drift and noise before", str, structural.PRIORS),
            LEVEL,
        ),
        "CausalImpact::CausalImpact",
    ),
    Method(
        "log-dosage",
        "Whether more of it did more",
        (BEFORE, AFTER, Column("dose", "hours, visits or the like")),
        _dosage,
        (LEVEL,),
        "fixest::fepois",
    ),
    Method(
        "displacement",
        "Whether events moved next door",
        (AROUND_KIND, BEFORE, AFTER),
        _displacement,
        (PHI, LEVEL),
        "weighted displacement quotient",
    ),
    Method(
        "power",
        "How large a change would be seen, before it is tried",
        (
            Column("treated", "events expected before where it is to be done"),
            Column("control", "the same in the comparison", "number", False),
        ),
        _power,
        (
            Parameter("effect", -20.0, "the true change, in percent, or events for wdd", float),
            Parameter("ratio", 1.0, "length of the time after over that before", float),
            PHI,
            Parameter("kind", "before-after", "which method is to be used after", str, power.KINDS),
            ALPHA,
            ASKED,
        ),
        "pwr, ptools",
        by_row=True,
    ),
    Method(
        "power-from-history",
        "How large a change series would show, by these areas' own past, before it is tried",
        (
            Column("unit", "which series, where there are several", "text", False),
            Column("time", "period, all of them before the start"),
            Column("y", "what was counted"),
            Column("treated", "whether it is to be done there; everywhere if not given", "yes-no", False),
        ),
        _power_from_history,
        (
            Parameter(
                "kind", power_from_history.KINDS[0], "which method is to be used after", str, power_from_history.KINDS
            ),
            ADD_UP,
            Parameter("after", 12, "how many periods will follow", int),
            Parameter("effect", -20.0, "the true change, in percent", float),
            ALPHA,
            ASKED,
            Parameter("period", 12, "length of the season, of interrupted-time-series", int),
            Parameter("block", None, "periods drawn together; 1.5 times the cube root of all if not given", int),
            Parameter("nsim", 200, "futures to draw, with the effect and without", int, also=(Also("sims"),)),
        ),
        "DeclareDesign, simr",
        True,
    ),
)
