"""Patrols by name, for tables of anybody's own."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.inputs import Unfit
from redway.methods.patrols.hold_back import Authorisation, hold_back
from redway.methods.patrols.plan import plan
from redway.methods.wording import several


def _authority(given: Mapping[str, Any]) -> Authorisation:
    if not (given["authorised_by"].strip() and given["authorised_on"] and given["reason"].strip()):
        raise Unfit(
            "an authorisation to hold places back: authorised_by, authorised_on and reason",
            came=", ".join(f"{name} “{given[name]}”" for name in ("authorised_by", "authorised_on", "reason")),
            cause="holding patrol back is a decision that a person with the authority for it must have recorded.",
        )
    try:
        day = date.fromisoformat(given["authorised_on"])
    except ValueError:
        raise Unfit(
            "authorised_on: a day such as 2025-11-30",
            came=f"“{given['authorised_on']}”",
            cause="a day written as 30/11/2025, or none given.",
        ) from None
    if day > date.today():  # noqa: DTZ011 - a day as the people here write it
        raise Unfit(
            "authorised_on: a day that has been",
            came=f"{day.isoformat()}, which is still to come",
            cause="a mistyped year, or a decision that nobody has made yet.",
        )
    return Authorisation(given["authorised_by"], day, given["reason"])


def _plan(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    x, y, harm, area = columns["x"], columns["y"], columns["harm"], columns.get("area")
    pairs: Array = np.zeros((0, 2), dtype=np.int64)
    notes: tuple[str, ...] = ()
    if asked := given["hold_back"]:
        held = hold_back(harm, rng, authority=_authority(given), area=area, most=asked)
        pairs, notes = held.pairs, (held.sentence,)
        if len(pairs) < asked:
            notes += (f"{several(asked, 'place')} were asked for: no more pairs of like places could be made.",)
    names = ("units", "shift", "visit", "speed", "residual", "max_visits", "fair", "slack")
    found = plan(x, y, harm, rng, area=area, held_back=np.sort(pairs[:, 1]), **{name: given[name] for name in names})
    rows = [(unit + 1, turn + 1, row) for unit, r in enumerate(found.rounds) for turn, row in enumerate(r)]
    unit, turn, row = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    told = {"unit": unit, "visit": turn, "row": row + 1, "x": np.asarray(x)[row], "y": np.asarray(y)[row]}
    if len(pairs):
        told = _with_pairs(told, pairs, np.asarray(x), np.asarray(y))
    shares = tuple(f"Area {k}: {v:.0%} of visits, {h:.0%} of expected harm." for k, (v, h) in found.by_area.items())
    return Answer(found.sentence, told, notes + (shares if area is not None else ()))


def _with_pairs(visits: Mapping[str, Array], pairs: Array, x: Array, y: Array) -> dict[str, Array]:
    """The visits, and after them every place of a pair that has none: what became of the two is compared later."""
    pair, held = np.full(x.size, np.nan), np.zeros(x.size, dtype=bool)
    pair[pairs.ravel()] = np.repeat(np.arange(len(pairs)) + 1, 2)
    held[pairs[:, 1]] = True
    row = visits["row"] - 1
    left = np.setdiff1d(pairs.ravel(), row)
    none = np.full(left.size, np.nan)
    told = {
        "unit": np.append(visits["unit"], none),
        "visit": np.append(visits["visit"], none),
        "row": np.append(row, left) + 1,
        "x": np.append(visits["x"], x[left]),
        "y": np.append(visits["y"], y[left]),
    }
    at = told["row"] - 1
    return told | {"pair": pair[at], "held_back": held[at]}


METHODS = (
    Method(
        "patrol-plan",
        "Short visits to hot spots that cover the most expected harm, fairly and in random order",
        (
            Column("x", "metres east"),
            Column("y", "metres north"),
            Column("harm", "expected in the shift"),
            Column("area", "area the place lies in", "text", required=False),
        ),
        _plan,
        (
            Parameter("units", 1, "how many units there are", int),
            Parameter("shift", 480.0, "minutes of a shift", float),
            Parameter("visit", 15.0, "minutes of a visit, 10 to 20", float),
            Parameter("speed", 400.0, "metres a minute between places", float),
            Parameter("residual", 0.0, "minutes after a visit in which presence is felt, if that is known", float),
            Parameter("max_visits", 4, "visits to one place in a shift, at most", int),
            Parameter("fair", 0.5, "least share of visits of an area, as a part of its share of harm", float),
            Parameter("slack", 0.05, "part of the shift kept for ways about, so that orders vary", float),
            Parameter("hold_back", 0, "how many places to hold back for comparison; needs an authorisation", int),
            Parameter("authorised_by", "", "who authorised that"),
            Parameter("authorised_on", "", "on what day, e.g. 2025-11-30", day=True),
            Parameter("reason", "", "and why"),
        ),
        random=True,
    ),
)
