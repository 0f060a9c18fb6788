"""Pictures of seasons and forecasts: what is to be expected?"""

import numpy as np

from redway.products.charts.plot import Plot, axis, marks
from redway.products.handbook.asking import Values, ask, days, months, steady, timeline, told
from redway.products.handbook.rows import intervals, listed

WAYS = {
    "naive": "as the last month",
    "seasonal-naive": "as the same month a year ago",
    "smoothed": "smoothed level and season",
    "harmonic": "regression on waves of the year",
}


def _seasonal(count: int, seed: int, fall: float = 0.0) -> Values:
    month = np.arange(count)
    return steady(90 * np.exp(-fall * month) * (1 + 0.3 * np.sin(2 * np.pi * (month - 3) / 12)), seed)


def stl() -> Plot:
    counts, dates = _seasonal(60, 2, 0.005), months("2020-01", 60)
    found = ask("stl", {"date": dates, "value": counts})
    rows, at = found.rows, np.arange(60)
    trend, season = rows["trend"].astype(float), rows["seasonal"].astype(float)
    return Plot(
        "Behind the season it falls",
        told("Five years of months, the trend, and trend and season together. What is left is chance, or news.", found),
        (
            marks("line", "plain", at, counts, name="each month"),
            marks("line", "other", at, trend + season, name="trend and season"),
            marks("line", "main", at, trend, name="trend"),
        ),
        timeline(dates, every=12),
        axis(0, float(counts.max()), "In a month"),
    )


def forecast() -> Plot:
    counts = _seasonal(66, 5)
    dates = months("2020-01", 72)
    found = ask("forecast", {"date": dates[:60], "value": counts[:60]}, h=12)
    rows, shown = found.rows, slice(24, 60)
    ahead, at = np.arange(60, 72), np.arange(72)
    return Plot(
        "What the next year will bring if things go on",
        told(
            "Three years of five, then the forecast with its interval, which holds four months in five. Diamonds: what "
            "came in the first six months, which the forecast did not know. What nobody has seen yet it cannot know.",
            found,
        ),
        (
            marks("band", "range", ahead - 24, rows["low"], (), rows["high"], name="80% interval"),
            marks("line", "main", at[shown] - 24, counts[shown], name="each month"),
            marks("line", "expected", ahead - 24, rows["mean"], name="forecast"),
            marks("dots", "signal", at[60:66] - 24, counts[60:66], name="what came"),
        ),
        timeline(dates[24:], every=12),
        axis(0, 160, "In a month"),
    )


def forecast_score() -> Plot:
    counts = _seasonal(72, 9)
    found = ask("forecast-score", {"date": months("2019-01", 72), "value": counts})
    mase = found.rows["mase"].astype(float)
    at = np.arange(mase.size, dtype=float)
    names = [WAYS[name] for name in found.rows["method"].astype(str)]
    return listed(
        "Scored on months held back",
        told(
            "How far each way of forecasting was off on months it had not seen, as a multiple of what is usual from "
            "one year's month to the next year's. Shorter is better.",
            found,
        ),
        names,
        [
            marks("cells", "four", np.zeros(at.size), at - 0.22, mase, at + 0.22),
            marks("words", "main", mase, at, text=[f"{one:.2f}" for one in mase], align="left"),
        ],
        axis(0, float(mase.max()) * 1.1, "Error", tight=True),
        against=1.0,
        against_name="as the same month a year ago usually is",
    )


def calendar_effects() -> Plot:
    dates = days("2024-01-01", 730)
    weekday = (dates.astype(int) + 3) % 7
    month = dates.astype("datetime64[M]").astype(int) % 12
    holiday = np.isin(month, (7,)) | ((month == 11) & (weekday < 9) & (np.arange(730) % 365 > 354))
    usual = 9 * np.array([0.9, 0.9, 0.95, 1.0, 1.25, 1.4, 1.1])[weekday] * np.where(holiday, 0.75, 1.0)
    found = ask("calendar-effects", {"date": dates, "count": steady(usual, 4), "school-holiday": holiday})
    rows = found.rows
    ratio, low, high = (rows[name].astype(float) for name in ("ratio", "low", "high"))
    return listed(
        "Fridays and Saturdays have more, school holidays fewer",
        told("How many times as many events, with 95% intervals, everything else of the calendar alike.", found),
        [str(name).capitalize() for name in rows["effect"]],
        intervals(ratio, low, high, name="ratio", line="95% interval", sure=(low > 1) | (high < 1)),
        axis(0.5, float(high.max()), "Times as many"),
        against=1.0,
        against_name="no difference",
    )


PICTURES = {
    "stl": stl,
    "forecast": forecast,
    "forecast-score": forecast_score,
    "calendar-effects": calendar_effects,
}
