"""Surveys by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.errors import Place
from redway.methods.catalogue import Also, Answer, Array, Column, Method, Parameter
from redway.methods.comparison.tables import LEVEL, one
from redway.methods.inputs import Unfit
from redway.methods.surveys import means, proportions, quantiles, raking, replicates
from redway.methods.surveys.design import LONELY, Design, design

Columns = Mapping[str, Array]
Given = Mapping[str, Any]


def _drawn(columns: Columns, settings: dict[str, Any]) -> Design:
    return design(
        columns["weight"],
        ids=columns.get("psu"),
        strata=columns.get("stratum"),
        fpc=columns.get("fpc"),
        lonely_psu=settings.pop("lonely_psu"),
    )


def _means(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    settings = dict(given)
    kind, sample = settings.pop("kind"), _drawn(columns, settings)
    found = (means.mean if kind == "mean" else means.total)(sample, columns["y"], columns.get("by"), **settings)
    names = ("value", "se", "low", "high", "base", "deff")
    return Answer(found.sentence, {"by": np.array(found.names), **{n: getattr(found, n) for n in names}})


def _differences(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    settings = dict(given)
    adjust, sample = settings.pop("adjust"), _drawn(columns, settings)
    found = means.subgroup_differences(means.mean(sample, columns["y"], columns["by"], **settings), adjust=adjust)
    names = ("value", "se", "low", "high", "p", "adjusted")
    rows = {"first": np.array(found.first, dtype=str), "second": np.array(found.second, dtype=str)}
    notes = ("value is the second less the first.",) if len(rows["first"]) else ()
    return Answer(found.sentence, rows | {n: getattr(found, n) for n in names}, notes)


def _waves(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    waves = np.unique(columns["wave"])
    if waves.size != 2:
        raise Unfit(
            "a column “wave” of two waves",
            came=f"{waves.size}",
            cause="a wave that is spelt in two ways, or more waves than the two that are to be compared.",
        )
    settings = dict(given)
    adjust, lonely = settings.pop("adjust"), settings.pop("lonely_psu")
    found = []
    for wave in waves:
        rows = {name: column[columns["wave"] == wave] for name, column in columns.items()}
        sample = _drawn(rows, {"lonely_psu": lonely})
        found.append(means.mean(sample, rows["y"], rows.get("by"), **settings))
    told = means.wave_differences(found[0], found[1], adjust=adjust)
    names = ("value", "se", "low", "high", "p", "adjusted", "df")
    answer = {"by": np.array([n.removesuffix(" after") for n in told.second], dtype=str)}
    return Answer(told.sentence, answer | {n: getattr(told, n) for n in names}, (f"“{waves[1]}” less “{waves[0]}”.",))


def _proportion(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    settings = dict(given)
    sample = _drawn(columns, settings)
    found = proportions.proportion(sample, columns["said"].astype(float), **settings)
    return Answer(found.sentence, one(found, ("value", "se", "low", "high", "base", "deff", "df")))


def _quantile(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    settings = dict(given)
    sample = _drawn(columns, settings)
    found = quantiles.quantile(sample, columns["y"], **settings)
    return Answer(found.sentence, one(found, ("share", "value", "se", "low", "high", "base")))


MOST_MARGINS = 9
NAMES = ("", *(str(number) for number in range(2, MOST_MARGINS + 1)))  # margin and total, margin2 and total2 ...
POPULATION = (
    Column("margin", "which margin: 1 for the column margin, 2 for margin2 and so on", "text"),
    Column("kind", "a kind of that margin, as the answers have it", "text"),
    Column("total", "how many there are of that kind"),
)


def _rake(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    """Margins from columns margin, margin2 ..., their totals from columns beside them or a file of everybody's."""
    settings = dict(given)
    everybody = _population(settings.pop("population"))
    margins = []
    for number in NAMES:
        kinds, own = columns.get(f"margin{number}"), columns.get(f"total{number}")
        listed = everybody.pop(number or "1", None)
        if kinds is None:
            if own is not None or listed is not None:
                raise Unfit(
                    f"a column “margin{number}” beside its totals",
                    came="none",
                    cause="a total left over from another survey, or a margin under another name.",
                )
            continue
        if listed is None and own is None:
            raise Unfit(
                f"totals of “margin{number}”, in a column “total{number}” or the file of population",
                came="none",
                cause="a margin without a count of everybody: leave it out, or find its totals.",
            )
        margins.append((kinds, _totals(kinds, own) if listed is None and own is not None else listed or {}))
    found = raking.rake(design(columns["weight"]), margins, **settings)
    return Answer(found.sentence, {"row": np.arange(1, found.design.base + 1), "weight": found.design.weights})


def _population(given: Mapping[str, Array] | None) -> dict[str, dict[str, float]]:
    """Totals by kind, by the number of their margin."""
    found: dict[str, dict[str, float]] = {}
    if given is None:
        return found
    rows = zip(given["margin"].tolist(), given["kind"].tolist(), given["total"].tolist(), strict=True)
    for row, (margin, kind, total) in enumerate(rows, 1):
        kinds = found.setdefault(str(margin).strip().removeprefix("margin") or "1", {})
        if str(kind) in kinds:
            place = Place(row=row, column="population.kind")
            raise Unfit(
                "one total for a kind of a margin",
                came=f"two for “{kind}”",
                place=place,
                cause="a kind that is spelt in two ways, or a total for each year.",
            )
        kinds[str(kind)] = total
    if unknown := [name for name in found if name not in {number or "1" for number in NAMES}]:
        raise Unfit(
            f"population.margin: a number from 1 to {MOST_MARGINS}",
            came=f"“{unknown[0]}”",
            cause="the name of a margin where its number is meant.",
        )
    return found


def _totals(kinds: Array, totals: Array) -> dict[str, float]:
    found: dict[str, float] = {}
    for kind, value in zip(kinds.tolist(), totals.tolist(), strict=True):
        if found.setdefault(str(kind), value) != value:
            raise Unfit(
                "one total for a kind",
                came=f"two for “{kind}”",
                cause="the same total has to stand in every row of its kind.",
            )
    return found


def _replicates(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    settings = dict(given)
    found = replicates.replicated_mean(_drawn(columns, settings), columns["y"], rng=rng, **settings)
    return Answer(found.sentence, one(found, ("value", "se", "low", "high", "replicates", "df")))


DRAWN = (
    Column("weight", "people each stands for", also=("weights",)),
    Column("psu", "which cluster", "text", False, ("ids",)),
    Column("stratum", "which stratum", "text", False, ("strata",)),
    Column("fpc", "clusters the stratum has, or the share drawn", "number", False),
)
Y = Column("y", "what was measured, or 0 and 1")
BY = Column("by", "which subgroup", "text", False)
MINIMUM = Parameter("minimum", means.MINIMUM, "fewest answers of a subgroup", int)
LONE = Parameter(
    "lonely_psu", "fail", "what becomes of strata with one cluster", str, LONELY, also=(Also("survey.lonely.psu"),)
)
ADJUST = Parameter(
    "adjust",
    "holm",
    "how p allows for many differences",
    str,
    means.ADJUST,
    words=(("BH", "fdr"),),
    also=(Also("p.adjust.method"),),
)

METHODS = (
    Method(
        "survey-means",
        "Means, shares or totals with their design, by subgroup",
        (Y, *DRAWN, BY),
        _means,
        (Parameter("kind", "mean", "mean or total", str, ("mean", "total")), MINIMUM, LONE, LEVEL),
        "survey::svymean, svytotal, svyby",
    ),
    Method(
        "survey-proportion",
        "A share with an interval inside 0 and 1",
        (Column("said", "whether they said so", "yes-no"), *DRAWN),
        _proportion,
        (Parameter("method", "logit", "which interval", str, proportions.METHODS), MINIMUM, LONE, LEVEL),
        "survey::svyciprop",
    ),
    Method(
        "survey-differences",
        "Every pair of subgroups of one survey",
        (Y, *DRAWN, Column("by", "which subgroup", "text")),
        _differences,
        (ADJUST, MINIMUM, LONE, LEVEL),
        "survey::svycontrast, p.adjust",
    ),
    Method(
        "survey-waves",
        "What changed from one wave to the next",
        (Y, *DRAWN, BY, Column("wave", "which of two waves", "text")),
        _waves,
        (ADJUST, MINIMUM, LONE, LEVEL),
        "survey::svyttest",
    ),
    Method(
        "survey-quantile",
        "The value at or below which a share of everybody is",
        (Y, *DRAWN),
        _quantile,
        (Parameter("share", 0.5, "which share", float, also=(Also("quantiles"),)), MINIMUM, LONE, LEVEL),
        "survey::svyquantile",
    ),
    Method(
        "survey-rake",
        "Weights that make margins those of everybody",
        (
            Column("weight", "weight before", also=("weights",)),
            Column("margin", "a kind of people", "text"),
            Column("total", "how many there are of that kind; not where population says it", "number", False),
            *(
                column
                for number in NAMES[1:]
                for column in (
                    Column(f"margin{number}", "another kind", "text", False),
                    Column(f"total{number}", "how many of that", "number", False),
                )
            ),
        ),
        _rake,
        (
            Parameter(
                "population",
                None,
                "how many there are of every kind of every margin",
                table=POPULATION,
                also=(Also("population.margins"),),
            ),
            Parameter("lower", 0.0, "least weight, times the mean", float),
            Parameter("upper", float("inf"), "largest weight, times the mean", float),
            Parameter("maxit", 1000, "most rounds", int),
            Parameter("epsilon", 1e-10, "when to stop", float),
        ),
        "survey::rake, postStratify, trimWeights",
        by_row=True,
    ),
    Method(
        "survey-replicates",
        "A mean with its variance by replicates",
        (Y, *DRAWN),
        _replicates,
        (
            Parameter("kind", "JKn", "which replicates", str, replicates.KINDS, also=(Also("type"),)),
            Parameter("replicates", 500, "how many, of the bootstrap", int),
            Parameter("mse", False, "squares about the estimate itself", bool),
            LONE,
            LEVEL,
        ),
        "survey::as.svrepdesign",
        True,
    ),
)
