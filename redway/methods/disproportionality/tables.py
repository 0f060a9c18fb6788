"""Disproportionality by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.comparison.tables import LEVEL, one
from redway.methods.disproportionality import decision_point, disparity, stages
from redway.methods.inputs import Unfit, named
from redway.methods.wording import several


def _disparity(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = disparity.disparity(columns["events"], columns["base"], columns["group"], **given)
    names = ("value", "ratio", "low", "high", "least", "most", "different", "stands")
    return Answer(found.sentence, {"group": columns["group"], **{name: getattr(found, name) for name in names}})


def _stages(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = stages.stages(columns["group"], columns["reference"], columns["stage"], **given)
    rows = {"stage": np.array(found.stages), **{n: getattr(found, n) for n in ("ratio", "low", "high", "share")}}
    return Answer(found.sentence, rows)


def _alike(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    first, reference = given["first"], given["reference"]
    groups = columns["group"]
    known = (groups == first) | (groups == reference)
    for name in ("first", "reference"):
        named(given[name], name, groups)
    if first == reference:
        raise Unfit(
            "first and reference: two groups",
            came=f"“{first}” for both",
            cause="the same name twice; a group set beside itself is always the same.",
        )
    counted = decision_point.tally(groups[known] == first, columns["hit"][known], columns["stratum"][known])
    found = decision_point.decision_point(
        *counted, minimum=given["minimum"], conf_level=given["conf_level"], names=(f"“{first}”", f"“{reference}”")
    )
    names = ("ratio", "low", "high", "p", "crude", "q_p", "e_value", "strata", "one_sided")
    left = int((~known).sum())
    return Answer(
        found.sentence,
        one(found, names),
        (f"{several(left, 'row')} of other groups {'was' if left == 1 else 'were'} left out.",) if left else (),
    )


MINIMUM = Parameter("minimum", 10, "fewest events for a ratio", int)

METHODS = (
    Method(
        "disparity",
        "Each group's rate as a multiple of a reference's, with bounds over unknowns",
        (
            Column("group", "which group", "text"),
            Column("events", "how many"),
            Column("base", "residents, or those there"),
        ),
        _disparity,
        (
            Parameter("reference", "", "the group others are set against"),
            Parameter("measure", "rate", "rate of residents, or share of those there", str, disparity.MEASURES),
            Parameter("unknown", 0.0, "events whose group is not known", float),
            Parameter("phi", 1.0, "over-dispersion to allow for, at least 1", float),
            MINIMUM,
            LEVEL,
        ),
        "epitools::rateratio, epitools::riskratio",
    ),
    Method(
        "stages",
        "At which decision a disparity arises",
        (
            Column("stage", "its name, in order", "text"),
            Column("group", "how many of the group"),
            Column("reference", "how many of the reference"),
        ),
        _stages,
        (MINIMUM, LEVEL),
        "relative rate index",
    ),
    Method(
        "decision-point",
        "Like compared with like at the same decision",
        (
            Column("group", "which group", "text"),
            Column("hit", "whether treated so", "yes-no"),
            Column("stratum", "which cases are alike", "text"),
        ),
        _alike,
        (
            Parameter("first", "", "the group whose share is the multiple"),
            Parameter("reference", "", "the group it is set against"),
            MINIMUM,
            LEVEL,
        ),
        "epiR::epi.2by2, metafor::rma.mh",
    ),
)
