"""Harm by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.comparison.tables import LEVEL
from redway.methods.harm.weighted_harm import Weights, harm
from redway.methods.inputs import Unfit


def _harm(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    offences, weights = columns["offence"], columns["weight"]
    table: dict[str, float] = {}
    for offence, weight in dict.fromkeys(zip(offences.tolist(), weights.tolist(), strict=True)):
        if weight == weight and table.setdefault(str(offence), weight) != weight:
            raise Unfit("one weight for an offence", came=f"two for “{offence}”", cause="two tables of weights in one.")
    settings = dict(given)
    named = Weights(settings.pop("source"), settings.pop("version"), settings.pop("unit"), table)
    proactive = tuple(v.strip() for v in settings.pop("proactive").split(";") if v.strip())
    found = harm(columns["place"], offences, columns["count"], named, proactive=proactive, **settings)
    names = ("total", "low", "high", "count", "share_harm", "share_count", "largest")
    rows = {"place": found.places, **{name: getattr(found, name) for name in names}}
    return Answer(found.sentence, rows, (f"Weights: {found.cited}.",))


METHODS = (
    Method(
        "harm",
        "Counts weighted by how much each kind of offence hurts",
        (
            Column("place", "which area or period", "text"),
            Column("offence", "its name or code in the table of weights", "text"),
            Column("count", "how many"),
            Column("weight", "its weight in the table that “source” names; empty where it has none"),
        ),
        _harm,
        (
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
