"""Seasonality by name, for tables of anybody's own."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from redway.methods.by_series import DATE, SERIES, BySeries, by_series, periods_ahead
from redway.methods.catalogue import Answer, Array, Column, Method, Parameter
from redway.methods.inputs import Unfit, whole
from redway.methods.seasonality import calendar_effects, forecast, stl
from redway.methods.wording import chance, several

FREQUENCY = Parameter("frequency", 12, "periods a year: 12 months, 52 weeks, 365 days, 4 quarters, 1 year", int)
PERIOD = Parameter("period", None, "periods until the season comes round; as frequency if not given", int)
VALUE = Column("value", "a count or a measurement; every period needs one")
HARMONICS = Parameter("harmonics", 2, "waves of the year in the regression", int)
Columns = Mapping[str, Array]
Given = Mapping[str, Any]


def _stl(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("value",), given["frequency"], whole=("value",))
    window = given["s.window"]
    found = stl.stl(
        table.values["value"],
        given["period"] or given["frequency"],
        s_window=window if window == "periodic" else _whole(window),
        s_degree=given["s.degree"],
        t_window=given["t.window"],
        t_degree=given["t.degree"],
        l_window=given["l.window"],
        l_degree=given["l.degree"],
        s_jump=given["s.jump"],
        t_jump=given["t.jump"],
        l_jump=given["l.jump"],
        robust=given["robust"],
        inner=given["inner"],
        outer=given["outer"],
        like_r=given["like.r"],
    )
    rows = {name: getattr(found, name) for name in ("seasonal", "trend", "remainder", "weights")}
    return Answer(found.sentence, table.rows({"value": table.values["value"]} | rows))


def _whole(text: str) -> int:
    try:
        return whole(int(text), "s.window", most=1_000_000)
    except ValueError:
        raise Unfit(
            "s.window: “periodic” or a whole number",
            came=f"“{text}”",
            cause="a word other than periodic, or a number with a point.",
        ) from None


def _forecast(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("value",), given["frequency"], whole=("value",))
    period, ahead = given["period"] or given["frequency"], given["h"]
    made = [
        forecast.forecast(
            values, period, h=ahead, method=given["method"], level=given["level"], harmonics=given["harmonics"]
        )
        for values in table.values["value"]
    ]
    dates = periods_ahead(table.starts[-1], ahead, given["frequency"])
    rows: dict[str, Array] = {"series": np.repeat(table.names, ahead)} if "series" in columns else {}
    rows |= {"date": np.tile(dates, len(made))}
    rows |= {name: np.concatenate([getattr(one, name) for one in made]) for name in ("mean", "low", "high")}
    return Answer(made[0].sentence if len(made) == 1 else _of_many(made, ahead), rows, _far_off(table))


def _far_off(table: BySeries) -> tuple[str, ...]:
    """A note on values that are likely typing errors; nothing is left out for it."""
    values = table.values["value"]
    if not (found := np.argwhere(forecast.far_off(values))).size:
        return ()
    series, at = found[0]
    of = f" of “{table.names[series]}”" if table.names.size > 1 else ""
    others = f", and {several(len(found) - 1, 'other value')}" if len(found) > 1 else ""
    return (
        f"Look at {values[series, at]:,.15g} on {table.starts[at]}{of}{others}: more than {forecast.FAR} times as far "
        "from the median of the series as values usually are. If that is a typing error, what is told here may be of "
        "no use. Nothing was left out.",
    )


def _of_many(made: Sequence[forecast.Forecast], ahead: int) -> str:
    told, why = [one for one in made if not one.cannot_tell], [one.cannot_tell for one in made if one.cannot_tell]
    if not told:
        return f"Cannot tell, of any of {len(made):,} series: {why[0]}"
    rest = f" Of {len(why):,} others it cannot be told: {why[0]}" if why else ""
    return f"{len(told):,} series forecast, {ahead} periods ahead each.{rest}"


def _score(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    table = by_series(columns, ("value",), given["frequency"], whole=("value",))
    if table.names.size > 1:
        raise Unfit("one series", came=f"{table.names.size:,}", cause="run it for each.")
    found = forecast.score(
        table.values["value"][0],
        given["period"] or given["frequency"],
        h=given["h"],
        holdout=given["holdout"],
        level=given["level"],
        harmonics=given["harmonics"],
    )
    names = ("method", "mase", "covered", "interval_score", "forecasts")
    rows = {name: np.array([getattr(one, name) for one in found.scores]) for name in names}
    return Answer(found.sentence, rows, _far_off(table))


def _calendar(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    dates = columns["date"].astype("datetime64[D]")
    order = np.argsort(dates, kind="stable")
    days = {}
    for name in ("school-holiday", "bank-holiday", "other"):
        if name in columns:
            days[name.replace("-", " ")] = columns[name][order].astype(float)
    found = calendar_effects.calendar_effects(
        columns["count"][order],
        dates[order],
        days,
        weekday=given["weekday"],
        harmonics=given["harmonics"],
        trend=given["trend"],
        level=given["level"],
    )
    names = ("ratio", "low", "high", "pvalue")
    rows = {"effect": np.array(found.names, dtype=str)} | {name: getattr(found, name) for name in names}
    note = f"Of no difference between weekdays: {chance(found.weekdays)}." if np.isfinite(found.weekdays) else ""
    return Answer(found.sentence, rows, (note,) if note else ())


METHODS = (
    Method(
        "stl",
        "Take series apart into trend, season and what is left",
        (SERIES, DATE, VALUE),
        _stl,
        (
            FREQUENCY,
            PERIOD,
            Parameter("s.window", "periodic", "years of one month smoothed together, odd; or periodic"),
            Parameter("s.degree", 0, "0 or 1: level or line, of the season", int),
            Parameter("t.window", None, "periods of the trend's window; as R works it out if not given", int),
            Parameter("t.degree", 1, "0 or 1, of the trend", int),
            Parameter("l.window", None, "periods of the low-pass window; the period if not given", int),
            Parameter("l.degree", None, "0 or 1, of the low-pass; that of the trend if not given", int),
            Parameter("s.jump", None, "smooth at every so many-th place; a tenth of the window if not given", int),
            Parameter("t.jump", None, "the same of the trend", int),
            Parameter("l.jump", None, "the same of the low-pass", int),
            Parameter("robust", False, "let far points count less", bool),
            Parameter("inner", None, "inner rounds; 2, or 1 when robust", int),
            Parameter("outer", None, "outer rounds; 0, or 15 when robust", int),
            Parameter("like.r", False, "when robust, take R's middle of what is left, even where it is not it", bool),
        ),
        like="stats::stl",
    ),
    Method(
        "forecast",
        "What the next periods will bring if things go on, with intervals tried on the past",
        (SERIES, DATE, VALUE),
        _forecast,
        (
            FREQUENCY,
            PERIOD,
            Parameter("h", 6, "periods ahead", int),
            Parameter("method", "smoothed", "how it is made", choices=forecast.METHODS),
            Parameter("level", 0.8, "how often the interval holds what comes", float),
            HARMONICS,
        ),
        like="forecast::ets, snaive, naive",
    ),
    Method(
        "forecast-score",
        "Which way of forecasting was nearest on months held back, against naive ones",
        (DATE, VALUE),
        _score,
        (
            FREQUENCY,
            PERIOD,
            Parameter("h", 3, "periods ahead", int),
            Parameter("holdout", 12, "newest periods that are held back", int),
            Parameter("level", 0.8, "of the intervals", float),
            HARMONICS,
        ),
        like="forecast::accuracy, tsCV",
    ),
    Method(
        "calendar-effects",
        "Weekdays, school holidays and other days: how many times as many events?",
        (
            DATE,
            Column("count", "events on that day"),
            Column("school-holiday", "whether it is in a school holiday of the area", "yes-no", required=False),
            Column("bank-holiday", "whether it is one", "yes-no", required=False),
            Column("other", "any other kind of day: matches, markets, paydays", "yes-no", required=False),
        ),
        _calendar,
        (
            Parameter("weekday", True, "look at weekdays; for weeks and months say no", bool),
            HARMONICS,
            Parameter("trend", True, "allow for a trend", bool),
            Parameter("level", 0.95, "how often the intervals hold the truth", float),
        ),
    ),
)
