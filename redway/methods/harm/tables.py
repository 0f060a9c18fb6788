"""Harm by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods import inputs
from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.comparison.tables import LEVEL
from redway.methods.false_discovery import benjamini_hochberg
from redway.methods.harm.weighted_harm import HarmRatio, Weights, harm, harm_ratio
from redway.methods.inputs import Unfit, probability

TABLE = (
    Column("offence", "its name or code, as the counts have it", "text"),
    Column("weight", "its weight"),
    Column("source", "whose weights they are, in every row", "text", False),
    Column("version", "of which edition or date, in every row", "text", False),
    Column("unit", "what a weight is in, in every row", "text", False),
)


def _harm(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    settings = dict(given)
    named, proactive = _cited(columns, settings)
    found = harm(columns["place"], columns["offence"], columns["count"], named, proactive=proactive, **settings)
    names = ("total", "low", "high", "count", "share_harm", "share_count", "largest")
    rows = {"place": found.places, **{name: getattr(found, name) for name in names}}
    return Answer(found.sentence, rows, (f"Weights: {found.cited}.",))


def _ratio(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    """Of all places together, and of each where there are several, false discovery held over them."""
    settings = dict(given)
    named, proactive = _cited(columns, settings)
    groups, level, q = columns["group"], settings.pop("conf_level"), probability(settings.pop("q"), "q")
    reference = inputs.named(settings.pop("reference"), "reference", groups)
    kinds = np.unique(groups)
    if kinds.size != 2:
        raise Unfit(
            "a column “group” of two groups", came=f"{kinds.size}", cause="names spelt in two ways, or one only."
        )
    other = str(kinds[kinds != reference][0])
    later = (groups != reference).astype(np.int64)
    every = _over(later, columns, named, proactive, settings, level)[0]
    rows: dict[str, Array] = {}
    ratios = [every]
    if "place" in columns:
        names, at = np.unique(columns["place"], return_inverse=True)
        ratios = _over(2 * at + later, columns, named, proactive, settings, level)
        rows["place"] = names
    rows |= {name: np.array([getattr(one, name) for one in ratios]) for name in ("value", "low", "high", "p")}
    known = np.isfinite(rows["p"])
    listed = benjamini_hochberg(rows["p"][known], q)
    rows["listed"] = np.zeros(known.size, dtype=bool)
    rows["listed"][known] = listed.listed
    told = (f"By place: {listed.sentence[0].lower()}{listed.sentence[1:]}",) if "place" in columns else ()
    return Answer(every.sentence, rows, (f"“{other}” is set against “{reference}”.", *told, f"Weights: {named.cited}."))


def _over(
    which: Array,
    columns: Mapping[str, Array],
    named: Weights,
    proactive: tuple[str, ...],
    settings: Mapping[str, Any],
    level: float,
) -> list[HarmRatio]:
    """Ratios from rows numbered twice their place's number, and one more where they are what is set against others."""
    found = harm(which, columns["offence"], columns["count"], named, proactive=proactive, **settings)
    size = 2 * (int(which.max(initial=0)) // 2 + 1)
    sums = np.zeros((2, size))
    sums[:, found.places.astype(int)] = found.total, found.variance
    pairs = sums.reshape(2, -1, 2).tolist()
    return [
        harm_ratio(totals[1], variances[1], totals[0], variances[0], conf_level=level)
        for totals, variances in zip(*pairs, strict=True)
    ]


def _cited(columns: Mapping[str, Array], settings: dict[str, Any]) -> tuple[Weights, tuple[str, ...]]:
    """The weights, by column or by file, and offences that are left out; what says so is taken from the settings."""
    table = settings.pop("weights")
    if (table is None) == ("weight" not in columns):
        both = "both" if table is not None else "neither"
        raise Unfit(
            "weights, in a column “weight” or in a file of weights (weights)",
            came=both,
            cause="a column left out, or a file of weights given beside one.",
        )
    weighed = columns if table is None else table
    cited = {name: _said(weighed, settings.pop(name), name) for name in ("source", "version", "unit")}
    named = Weights(**cited, of=_weights(weighed["offence"], weighed["weight"]))
    return named, tuple(v.strip() for v in settings.pop("proactive").split(";") if v.strip())


def _weights(offences: Array, weights: Array) -> dict[str, float]:
    """By offence; those without one are left out. Raises Unfit for an offence with two."""
    table: dict[str, float] = {}
    for offence, weight in dict.fromkeys(zip(offences.tolist(), weights.tolist(), strict=True)):
        if weight == weight and table.setdefault(str(offence), weight) != weight:
            raise Unfit("one weight for an offence", came=f"two for “{offence}”", cause="two tables of weights in one.")
    return table


def _said(table: Mapping[str, Array], given: str, name: str) -> str:
    """What a table of weights says of itself, the same in every row; else the setting."""
    if name not in table:
        return given
    said = [one for one in dict.fromkeys(map(str, table[name].tolist())) if one.strip()]
    if len(said) > 1:
        raise Unfit(f"one {name} of all weights", came=f"“{said[0]}” and “{said[1]}”", cause="two tables in one.")
    return said[0] if said else given


OFFENCE = (
    Column("offence", "its name or code in the table of weights", "text"),
    Column("count", "how many"),
    Column("weight", "its weight in the table that “source” names; empty where it has none", required=False),
)
WEIGHED = (
    Parameter("weights", None, "a table of weights, in place of the column; it may name its own source", table=TABLE),
    Parameter("source", "", "whose weights they are, such as the Cambridge Crime Harm Index"),
    Parameter("version", "", "of which edition or date"),
    Parameter("unit", "days", "what a weight is in"),
    Parameter("missing", "refuse", "what becomes of offences without a weight", str, ("refuse", "leave-out")),
    Parameter("proactive", "", "offences found by police work, to leave out; with semicolons between"),
    Parameter("phi", 1.0, "over-dispersion to allow for, at least 1", float),
    LEVEL,
)

METHODS = (
    Method(
        "harm",
        "Counts weighted by how much each kind of offence hurts",
        (Column("place", "which area or period", "text"), *OFFENCE),
        _harm,
        WEIGHED,
        "Cambridge Crime Harm Index, Crime Severity Score",
    ),
    Method(
        "harm-ratio",
        "Harm as a multiple of what it is set against: after and before, or one area and another",
        (
            Column("group", "which of the two: after and before, or the names of two areas", "text"),
            Column("place", "which area, where each is to be told of", "text", False),
            *OFFENCE,
        ),
        _ratio,
        (
            Parameter("reference", "", "the group that the other is set against"),
            *WEIGHED,
            Parameter("q", 0.05, "false discovery rate over all places", float),
        ),
    ),
)
