"""Harm by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.comparison.tables import LEVEL
from redway.methods.harm.weighted_harm import Weights, harm
from redway.methods.inputs import Unfit

TABLE = (
    Column("offence", "its name or code, as the counts have it", "text"),
    Column("weight", "its weight"),
    Column("source", "whose weights they are, in every row", "text", False),
    Column("version", "of which edition or date, in every row", "text", False),
    Column("unit", "what a weight is in, in every row", "text", False),
)


def _harm(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    settings = dict(given)
    table, offences = settings.pop("weights"), columns["offence"]
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
    proactive = tuple(v.strip() for v in settings.pop("proactive").split(";") if v.strip())
    found = harm(columns["place"], offences, columns["count"], named, proactive=proactive, **settings)
    names = ("total", "low", "high", "count", "share_harm", "share_count", "largest")
    rows = {"place": found.places, **{name: getattr(found, name) for name in names}}
    return Answer(found.sentence, rows, (f"Weights: {found.cited}.",))


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


METHODS = (
    Method(
        "harm",
        "Counts weighted by how much each kind of offence hurts",
        (
            Column("place", "which area or period", "text"),
            Column("offence", "its name or code in the table of weights", "text"),
            Column("count", "how many"),
            Column("weight", "its weight in the table that “source” names; empty where it has none", required=False),
        ),
        _harm,
        (
            Parameter(
                "weights", None, "a table of weights, in place of the column; it may name its own source", table=TABLE
            ),
            Parameter("source", "", "whose weights they are, such as the Cambridge Crime Harm Index"),
            Parameter("version", "", "of which edition or date"),
            Parameter("unit", "days", "what a weight is in"),
            Parameter("missing", "refuse", "what becomes of offences without a weight", str, ("refuse", "leave-out")),
            Parameter("proactive", "", "offences found by police work, to leave out; with semicolons between"),
            Parameter("phi", 1.0, "over-dispersion to allow for, at least 1", float),
            LEVEL,
        ),
        "Cambridge Crime Harm Index, Crime Severity Score",
    ),
)
