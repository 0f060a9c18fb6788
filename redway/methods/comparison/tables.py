"""Comparison by name, for tables of anybody's own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods.catalogue import Also, Answer, Array, Column, Method, Parameter, complement
from redway.methods.comparison import funnel, rate_ratio, rates, standardise, trend
from redway.methods.inputs import Unfit, named
from redway.methods.wording import several

NAMES_OF_LEVEL = (Also("conf.level"), Also("confidence"), Also("level"))
LEVEL = Parameter(
    "conf_level",
    0.95,
    "how often such intervals hold the truth",
    float,
    also=(*NAMES_OF_LEVEL, Also("alpha", complement)),
)


def one(result: Any, names: tuple[str, ...]) -> Mapping[str, npt.NDArray[Any]]:
    """One row of a result's fields."""
    return {name: np.array([getattr(result, name)]) for name in names}


def of(columns: Mapping[str, Array], name: str) -> Array | None:
    """A column that need not be there."""
    return columns.get(name)


def _rates(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = rates.rates(columns["events"], columns["exposure"], of(columns, "area"), **given)
    rows = {"area": np.array(found.names, dtype=str), "rate": found.value, "low": found.low, "high": found.high}
    return Answer(found.sentence, rows, (found.cannot_tell,) if found.cannot_tell else ())


def _ratio(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    names = columns["group"]
    kinds = np.unique(names)
    first = given["first"] or (str(kinds[0]) if kinds.size else "")
    if kinds.size != 2:
        came = f"{', '.join(f'“{kind}”' for kind in kinds[:5])}" + (" …" if kinds.size > 5 else "")
        cause = "names spelt in two ways, or an empty cell." if kinds.size > 2 else "rows of one group only."
        raise Unfit("a column “group” of two groups", came=came or "no rows", cause=cause)
    named(first, "first", kinds)
    exposure = columns.get("exposure", np.ones(names.size))
    found = rate_ratio.rate_ratio(
        columns["events"], exposure, names == first, family=given["family"], conf_level=given["conf_level"]
    )
    found = replace(found, names=(f"“{first}”", f"“{kinds[kinds != first][0]}”"))
    return Answer(found.sentence, one(found, ("value", "low", "high", "p", "phi", "alpha")))


def _direct(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = standardise.direct(columns["count"], columns["pop"], columns["stdpop"], **given)
    return Answer(found.sentence, one(found, ("value", "low", "high", "crude", "events")))


def _indirect(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = standardise.indirect(columns["count"], columns["pop"], columns["stdrate"], **given)
    most = float(np.max(columns["stdrate"], initial=0))
    notes: tuple[str, ...] = ()
    if most > 1:
        notes = (f"The standard's rates go up to {most:g} events a person. Where they are per 1,000, divide them.",)
    return Answer(found.sentence, one(found, ("value", "low", "high", "events", "expected")), notes)


def _funnel(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    areas = of(columns, "area")
    found = funnel.funnel(columns["events"], columns["exposure"], of(columns, "group"), names=areas, **given)
    whose = {"row": np.arange(1, len(found.p) + 1)} if areas is None else {"area": np.array(found.names, dtype=str)}
    rows = whose | {name: columns[name] for name in ("events", "exposure")}
    names = ("expected", "ratio", "z", "p", "low95", "high95", "low998", "high998", "listed")
    return Answer(found.sentence, rows | {name: getattr(found, name) for name in names}, _repeated(areas))


def _repeated(areas: Array | None) -> tuple[str, ...]:
    """A note where an area has several rows, each of which counts as an area of its own."""
    if areas is None:
        return ()
    names, times = np.unique(areas.astype(str), return_counts=True)
    if not (many := int((times > 1).sum())):
        return ()
    first = names[int(np.argmax(times > 1))]
    have = "has" if many == 1 else "have"
    return (f"{several(many, 'area')} {have} several rows (“{first}”): each row is taken for an area of its own.",)


def _trend(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = trend.trend(columns["value"], of(columns, "exposure"), **given)
    return Answer(found.sentence, one(found, ("slope", "low", "high", "p", "points", "phi", "correlation")))


EVENTS, EXPOSURE = Column("events", "how many events"), Column("exposure", "people, days or the like they are of")
STRATA = (Column("count", "events of each age band"), Column("pop", "people of each age band"))

METHODS = (
    Method(
        "rates",
        "Rates with exact or Byar intervals",
        (EVENTS, EXPOSURE, Column("area", "whose rate it is", "text", False)),
        _rates,
        (
            Parameter("multiplier", 1000.0, "the rate is for so many", float),
            Parameter("method", "byar", "which interval", str, rates.METHODS),
            LEVEL,
            Parameter("phi", 1.0, "over-dispersion to allow for, at least 1", float),
        ),
        "PHEindicatormethods::phe_rate, epitools::pois.exact",
    ),
    Method(
        "rate-ratio",
        "One rate as a multiple of another",
        (
            EVENTS,
            Column("group", "which of two groups a row is of", "text"),
            Column("exposure", EXPOSURE.about, "number", False),
        ),
        _ratio,
        (
            Parameter("first", "", "the group whose rate is the multiple; without it, the first by name"),
            Parameter("family", "quasipoisson", "how counts vary", str, rate_ratio.FAMILIES),
            LEVEL,
        ),
        "poisson.test, glm, MASS::glm.nb",
    ),
    Method(
        "standardise-direct",
        "A rate as it would be with a standard's mix of ages",
        (*STRATA, Column("stdpop", "people of the standard")),
        _direct,
        (
            Parameter("multiplier", 100_000.0, "the rate is for so many", float),
            Parameter("method", "fay-feuer", "which interval", str, standardise.DIRECT),
            LEVEL,
        ),
        "epitools::ageadjust.direct, PHEindicatormethods::calculate_dsr",
    ),
    Method(
        "standardise-indirect",
        "Events over those expected at a standard's rates by age",
        (*STRATA, Column("stdrate", "events for each person of the standard")),
        _indirect,
        (Parameter("method", "byar", "which interval", str, standardise.INDIRECT), LEVEL),
        "PHEindicatormethods::calculate_ISRatio",
    ),
    Method(
        "funnel",
        "Areas that differ from similar ones by more than is usual",
        (
            EVENTS,
            EXPOSURE,
            Column("area", "whose it is", "text", False),
            Column("group", "which areas are alike", "text", False),
        ),
        _funnel,
        (
            Parameter("method", "negbin", "what areas differ by", str, funnel.METHODS),
            Parameter("q", 0.05, "the share of those listed that may be chance", float),
        ),
        "FunnelPlotR::funnel_plot",
        by_row=True,
    ),
    Method(
        "trend",
        "Whether a series rises or falls, from five points",
        (Column("value", "counts in order of time"), Column("exposure", EXPOSURE.about, "number", False)),
        _trend,
        (
            Parameter("method", "quasipoisson", "which test", str, trend.METHODS),
            Parameter("period", 1, "length of the season, 12 for months; 1 for none", int),
            Parameter("robust", False, "allow for periods that depend on those before", bool),
            LEVEL,
        ),
        "glm, Kendall::MannKendall, trend::sens.slope",
    ),
)
