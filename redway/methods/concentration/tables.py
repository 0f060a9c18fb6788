"""Concentration by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods.catalogue import Also, Answer, Array, Column, Method, Parameter
from redway.methods.concentration.concentration import concentration
from redway.methods.concentration.stability import stability

SHARE = Parameter("share", 0.05, "share of places that are the top", float)


def _concentration(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = concentration(columns["value"], rng, **given)
    names = ("gini", "low", "high", "corrected", "rate_gini", "chance_gini", "top", "top_low", "top_high", "chance_top")
    return Answer(found.sentence, {name: np.array([getattr(found, name)]) for name in names})


def _stability(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = stability(columns["first"], columns["second"], rng, **given)
    names = ("again", "held", "first_held", "correlation", "stable_again", "stable_held", "stable_correlation", "p")
    return Answer(found.sentence, {name: np.array([getattr(found, name)]) for name in names})


METHODS = (
    Method(
        "concentration",
        "How few places hold how much: Gini, and the share of the top",
        (Column("value", "events or harm of each place, places with none among them"),),
        _concentration,
        (SHARE, Parameter("nsim", 999, "draws of the bootstrap", int, also=(Also("R"),))),
        random=True,
    ),
    Method(
        "stability",
        "Do the same places stay on top from one year to the next?",
        (Column("first", "events of each place, one year"), Column("second", "events of each place, the next")),
        _stability,
        (SHARE, Parameter("nsim", 199, "splits at random", int)),
        random=True,
    ),
)
