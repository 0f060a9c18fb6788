"""Repeats by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.inputs import Floats, Unfit
from redway.methods.repeats import knox, near_repeats, victims
from redway.methods.repeats.pairs import METHODS as DISTANCES

X, Y = Column("x", "metres east (degrees, for great-circle)"), Column("y", "metres north (degrees, for great-circle)")
DATE = Column("date", "day of the event", "date")
METHOD = Parameter("method", "euclidean", "how distance is measured", str, choices=DISTANCES)


def days(dates: Array) -> Floats:
    """Days since 1970. Raises Unfit where a date is missing."""
    if np.isnat(dates).any():
        raise Unfit(
            "a date for every event",
            came="rows without one",
            count=int(np.isnat(dates).sum()),
            cause="events whose day is not known: leave their rows out.",
        )
    return dates.astype("datetime64[D]").astype(np.float64)


def day(given: str, what: str) -> float | None:
    """A day that was written, as days since 1970; None where nothing was. Raises Unfit."""
    try:
        return float(np.datetime64(given, "D").astype(np.int64)) if given else None
    except ValueError:
        raise Unfit(f"{what}: a day such as 2025-11-30", came=f"“{given}”") from None


def numbers(given: Any) -> list[float]:
    """Numbers written with commas, or a list of them."""
    try:
        return [float(part) for part in (given.split(",") if isinstance(given, str) else given)]
    except ValueError:
        raise Unfit("numbers with commas between", came=f"“{given}”") from None


def _knox(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    when = days(columns["date"])
    strata = columns.get("area")
    if given["season"]:
        season = knox.seasons(when, given["season"]).astype(str)
        strata = season if strata is None else np.char.add(np.char.add(strata.astype(str), " "), season)
    found = knox.knox(
        columns["x"], columns["y"], when, rng, sds=numbers(given["sds"]), tds=numbers(given["tds"]),
        method=given["method"], nrep=given["nrep"], strata=strata,
    )  # fmt: skip
    s, t = (a.ravel() for a in np.indices(found.p.shape))
    sds, tds = np.array(found.sds), np.array(found.tds)
    rows = {"s_from": sds[s], "s_under": sds[s + 1], "t_from": tds[t], "t_under": tds[t + 1]}
    fields = ("observed", "ratio", "p", "sim_mean", "sim_sd", "sim_median", "expected", "sd")
    return Answer(found.sentence, rows | {name: getattr(found, name).ravel() for name in fields})


def _near(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = near_repeats.near_repeats(
        columns["x"], columns["y"], days(columns["date"]), distance=given["distance"], days=given["days"],
        now=day(given["now"], "now"), method=given["method"],
    )  # fmt: skip
    rows = {"row": np.arange(1, len(found.repeat) + 1), "repeat": found.repeat, "chain": found.chain}
    return Answer(found.sentence, rows | {"open_days": found.open_days})


def _victims(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    found = victims.repeat_victims(
        columns["victim"], days(columns["date"]), at_risk=given["at_risk"] or None,
        until=day(given["until"], "until"),
    )  # fmt: skip
    rows = {"within_days": found.within, "followed": found.followed, "low": found.low, "high": found.high}
    return Answer(found.sentence, rows)


METHODS = (
    Method(
        "knox",
        "Do events come close in space and time more often than chance has it?",
        (X, Y, DATE, Column("area", "area within which times are dealt out", "text", required=False)),
        _knox,
        (
            Parameter("sds", "0,0.1,100,200,400", "edges of distance bands, metres"),
            Parameter("tds", "0,1,8,15,29", "edges of time bands, days"),
            METHOD,
            Parameter("nrep", 999, "shuffles", int),
            Parameter("season", 0.0, "deal out times within stretches of so many days; 0 for no stretches", float),
        ),
        like="NearRepeat::NearRepeat",
        random=True,
    ),
    Method(
        "near-repeats",
        "Which events are near repeats, and around which the window is open now",
        (X, Y, DATE),
        _near,
        (
            Parameter("distance", 200.0, "metres that count as near", float),
            Parameter("days", 14.0, "days that count as soon", float),
            Parameter("now", "", "the day on which to look, e.g. 2025-11-30; empty for the newest event's", day=True),
            METHOD,
        ),
    ),
    Method(
        "repeat-victims",
        "How much falls on the same victims or places again, and how soon",
        (Column("victim", "who or where, any label", "text"), DATE),
        _victims,
        (
            Parameter("until", "", "the last day that was watched; empty for the newest event's", day=True),
            Parameter("at_risk", 0.0, "how many victims there could be; 0 if not known", float),
        ),
    ),
)
