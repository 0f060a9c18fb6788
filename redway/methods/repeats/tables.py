"""Repeats by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.errors import Place
from redway.methods.catalogue import Also, Answer, Array, Column, Method, Parameter
from redway.methods.hot_spots.locations import located
from redway.methods.hot_spots.snapped import MOVED, NotFine, as_told, fit_for, refuse_places, refuse_streets
from redway.methods.inputs import Floats, Unfit
from redway.methods.repeats import knox, near_repeats, repeat_places, victims
from redway.methods.repeats.pairs import METHODS as DISTANCES
from redway.methods.repeats.pairs import globe

X, Y = Column("x", "metres east (degrees, for great-circle)"), Column("y", "metres north (degrees, for great-circle)")
DATE = Column("date", "day of the event", "date")
PLACES = (
    Column("victim", "the label of a place (or victim), as the events have it", "text"),
    Column("exposure", "what there is to be hit there, such as homes"),
)
POINTS_MOVED = Parameter(
    "moved", "judge", "whether points were moved to shared ones, as data.police.uk's", choices=MOVED
)
SDS = "0,0.1,100,200,400"
WIDER = "give wider ones: --sds 0,300,600,1200"
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
        raise Unfit(
            f"{what}: a day such as 2025-11-30", came=f"“{given}”", cause="a day written as 30/11/2025."
        ) from None


def numbers(given: Any) -> list[float]:
    """Numbers written with commas, or a list of them."""
    try:
        return [float(part) for part in (given.split(",") if isinstance(given, str) else given)]
    except ValueError:
        raise Unfit(
            "numbers with commas between", came=f"“{given}”", cause="spaces or semicolons between them."
        ) from None


def moved(columns: Mapping[str, Array], given: Mapping[str, Any], nearest: float, what: str) -> tuple[str, ...]:
    """What is to be known of points that were moved. Raises Unfit where near then means the same point of a list."""
    degrees = given["method"] == "great-circle"
    x, y = (globe if degrees else located)(columns["x"], columns["y"])
    found = as_told(x, y, given["moved"], degrees=degrees)
    fit_for(found, nearest, what)
    return (found.sentence,) if found.moved else ()


def _knox(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    when = days(columns["date"])
    strata = columns.get("area")
    if given["season"]:
        season = knox.seasons(when, given["season"]).astype(str)
        strata = season if strata is None else np.char.add(np.char.add(strata.astype(str), " "), season)
    edges = numbers(given["sds"])
    nearest = min((edge for edge in edges if edge > 0), default=0.0)
    try:
        notes = moved(columns, given, nearest, "bands of distance")
    except NotFine as fault:
        usual = "the usual ones" if given["sds"] == SDS else "some"
        raise Unfit(
            fault.expected, came=f"{usual}, the narrowest of {nearest:g} m", cause=f"{fault.cause} Or {WIDER}."
        ) from None
    found = knox.knox(
        columns["x"], columns["y"], when, rng, sds=edges, tds=numbers(given["tds"]),
        method=given["method"], nrep=given["nrep"], strata=strata,
    )  # fmt: skip
    s, t = (a.ravel() for a in np.indices(found.p.shape))
    sds, tds = np.array(found.sds), np.array(found.tds)
    rows = {"s_from": sds[s], "s_under": sds[s + 1], "t_from": tds[t], "t_under": tds[t + 1]}
    fields = ("observed", "ratio", "p", "sim_mean", "sim_sd", "sim_median", "expected", "sd")
    return Answer(found.sentence, rows | {name: getattr(found, name).ravel() for name in fields}, notes)


def _near(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    notes = moved(columns, given, given["distance"], "a distance")
    when, now = days(columns["date"]), day(given["now"], "now")
    found = near_repeats.near_repeats(
        columns["x"], columns["y"], when, distance=given["distance"], days=given["days"], now=now,
        method=given["method"],
    )  # fmt: skip
    if now is not None and (later := int((when > now).sum())):
        of = "All" if later == len(when) else f"{later:,} of"
        notes += (f"{of} {len(when):,} events came after {given['now']}: they count as repeats, and open no window.",)
    rows = {"row": np.arange(1, len(found.repeat) + 1), "repeat": found.repeat, "chain": found.chain}
    return Answer(found.sentence, rows | {"open_days": found.open_days}, notes)


def _victims(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
    who = _who(columns, given)
    held, at_risk = _exposure(who, columns, given), given["at_risk"] or None
    if given["by"] == "place":
        places = repeat_places.repeat_places(who, held, at_risk=at_risk)
        names = ("place", "events", "expected", "pvalue", "adjusted")
        rows = {name: getattr(places, name) for name in names} | {"listed": places.listed()}
        return Answer(places.sentence, rows)
    known = None
    if held is not None:  # what is at risk and has no label is of places of 1 each
        more = max(0, round((at_risk or 0.0) - sum(held.values())))
        known = np.concatenate([np.array(list(held.values())), np.ones(more)])
    when, until = days(columns["date"]), day(given["until"], "until")
    if until is not None and (late := np.flatnonzero(when > until)).size:
        raise Unfit(
            "until: no day before that of an event",
            came=f"{given['until']}, and an event on {columns['date'][late[0]]}",
            cause="a mistyped date, or a window that ends too early.",
            place=Place(row=int(late[0]) + 1, column="date"),
            count=late.size,
        )
    found = victims.repeat_victims(who, when, at_risk=at_risk, exposure=known, until=until)
    rows = {"within_days": found.within, "followed": found.followed, "low": found.low, "high": found.high}
    return Answer(found.sentence, rows)


def _who(columns: Mapping[str, Array], given: Mapping[str, Any]) -> Array:
    """The label of each event's victim or place: its own, or its coordinates. Raises Unfit for shared points."""
    if "victim" in columns:
        if given["moved"] != "no":
            refuse_streets(columns["victim"], "victims or places")
        return columns["victim"]
    if "x" not in columns or "y" not in columns:
        raise Unfit("a column “victim”, or “x” and “y”", came="neither", cause="a column under another name.")
    x, y = located(columns["x"], columns["y"])
    refuse_places(as_told(x, y, given["moved"]))
    return np.char.add(np.char.add(x.astype(str), " "), y.astype(str))


def _exposure(who: Array, columns: Mapping[str, Array], given: Mapping[str, Any]) -> Mapping[str, float] | None:
    """What there is to be hit of each place: by the list of places, else by the events' own column."""
    if given["places"] is not None:
        listed = given["places"]
        return repeat_places.exposures(listed["victim"], listed["exposure"], "places.exposure")
    if "exposure" not in columns:
        return None
    if not given["at_risk"]:
        raise Unfit(
            "how much there is to be hit in all (at_risk), or a list of all places (places)",
            came="the exposure of places that were hit alone",
            cause="places without an event are at risk too.",
        )
    named = ~victims.blank(who)
    return repeat_places.exposures(who[named], columns["exposure"][named])


METHODS = (
    Method(
        "knox",
        "Do events come close in space and time more often than chance has it?",
        (X, Y, DATE, Column("area", "area within which times are dealt out", "text", required=False)),
        _knox,
        (
            Parameter("sds", SDS, "edges of distance bands, metres"),
            Parameter("tds", "0,1,8,15,29", "edges of time bands, days"),
            METHOD,
            POINTS_MOVED,
            Parameter("nrep", 999, "shuffles", int, also=(Also("B"), Also("permutations"))),
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
            POINTS_MOVED,
        ),
        by_row=True,
    ),
    Method(
        "repeat-victims",
        "How much falls on the same victims or places again, and how soon",
        (
            Column("victim", "who or where, any label; without it, x and y", "text", required=False),
            DATE,
            Column("x", "metres east of the place", required=False),
            Column("y", "metres north of the place", required=False),
            Column("exposure", "what there is to be hit of that victim or place, such as homes", required=False),
        ),
        _victims,
        (
            Parameter(
                "by", "days", "how soon events follow, or which places are hit too often", choices=("days", "place")
            ),
            Parameter("until", "", "the last day that was watched; empty for the newest event's", day=True),
            Parameter("at_risk", 0.0, "how many victims there could be, or all exposure; 0 if not known", float),
            Parameter("places", None, "all places at risk, those without an event too", table=PLACES),
            POINTS_MOVED,
        ),
    ),
)
