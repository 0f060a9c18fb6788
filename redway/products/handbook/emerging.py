"""Pictures of emerging change: is something new happening?"""

import numpy as np

from redway.products.charts.plot import Axis, Plot, axis, marks
from redway.products.handbook.asking import ask, days, steady, timeline, told


def farrington() -> Plot:
    week = np.arange(52 * 7)
    usual = 20 + 7 * np.sin(2 * np.pi * (week - 20) / 52)
    counts = steady(usual, 2)
    counts[-3:] += [16, 22, 25]
    counts[52 * 5 + 30] += 26
    dates = days("2019-01-07", week.size, 7)
    found = ask("farrington", {"date": dates, "count": counts}, range=78)
    rows, at = found.rows, np.arange(78)
    alarm = rows["alarm"].astype(bool)
    return Plot(
        "The newest weeks are above what the season leads one to expect",
        told(
            "Weekly counts of a year and a half. What is expected, and the bound, come from the same weeks of five "
            "years before: so the summer's peak is no alarm. Diamonds are weeks above the bound.",
            found,
        ),
        (
            marks("band", "range", at, np.zeros(78), (), rows["upperbound"], name="up to the bound"),
            marks("line", "expected", at, rows["expected"], name="expected"),
            marks("line", "main", at, rows["observed"], name="counted"),
            marks("dots", "signal", at[alarm], rows["observed"][alarm], name="alarm"),
        ),
        timeline(dates[-78:], every=13),
        axis(0, 60, "In a week"),
    )


def ears() -> Plot:
    counts = steady(np.full(70, 6.0), 12)
    counts[52:55] = [14, 19, 16]
    counts[60:] += 3
    dates = days("2025-03-03", 70)
    found = ask("ears", {"date": dates, "count": counts}, frequency=365)
    rows, at = found.rows, np.arange(70)
    alarm, known = rows["alarm"].astype(bool), np.isfinite(rows["upperbound"].astype(float))
    return Plot(
        "Far above the last seven days",
        told(
            "Counts of each day, and the bound that the seven days before it set. The first days of a spate are "
            "alarms. They raise the bound: a third day as high is none, and the higher level after it goes unseen.",
            found,
        ),
        (
            marks("line", "expected", at[known], rows["upperbound"][known], name="bound"),
            marks("line", "main", at, rows["observed"], name="counted"),
            marks("dots", "signal", at[alarm], rows["observed"][alarm], name="alarm"),
        ),
        timeline(dates, every=14),
        axis(0, max(30, float(np.nanmax(rows["upperbound"]))), "In a day"),
    )


def cusum() -> Plot:
    counts = steady(np.r_[np.full(52, 10.0), np.full(26, 10.0), np.full(26, 13.5)], 5)
    dates = days("2023-01-02", 104, 7)
    found = ask("cusum", {"date": dates, "count": counts}, first=52, k=0.5, h=4.0)
    rows, at = found.rows, np.arange(52)
    alarm = rows["alarm"].astype(bool)
    total = rows["cusum"].astype(float)
    return Plot(
        "Small rises that add up",
        told(
            "From the middle of the year there are a third more, too little to see in any week. The line is the sum of "
            "what was more than expected, less an allowance each week; over the dashed line there is an alarm.",
            found,
        ),
        (
            marks("spans", "expected", [-0.5], [4], [51.5], [4], name="alarm above this"),
            marks("spans", "event", [26], [0], [26], [total.max() * 1.1], name="the rise begins"),
            marks("line", "main", at, total, name="sum"),
            marks("dots", "signal", at[alarm], total[alarm], name="alarm"),
        ),
        timeline(dates[52:], every=8),
        axis(0, total.max() * 1.1, "Sum, in standard deviations"),
    )


def count_scan() -> Plot:
    counts = steady(np.full(90, 0.25), 8)
    counts[57:62] = [1, 2, 0, 2, 2]
    dates = days("2025-01-06", 90)
    found = ask("count-scan", {"date": dates, "count": counts})
    start = int((found.rows["date"][0] - dates[0]).astype(int))
    at = np.flatnonzero(counts)
    inside = (at >= start) & (at < start + 7)
    parts = (("main", "a day with events", ~inside), ("hot", "inside the densest seven days", inside))
    return Plot(
        "Seven days with more than chance gives",
        told("Events of each day in three months; few days have any. Shaded: the seven days with the most.", found),
        (
            marks("cells", "range", [start - 0.5], [0], [start + 6.5], [4]),
            *(
                marks("cells", look if look == "hot" else "four", at[part] - 0.4, 0 * at[part], at[part] + 0.4,
                      counts[at[part]], name=name)
                for look, name, part in parts
            ),
        ),
        timeline(dates, every=14),
        axis(0, 4, "In a day", count=4),
        height=220,
    )  # fmt: skip


def reporting_delay() -> Plot:
    rng = np.random.default_rng(6)
    happened = np.repeat(np.arange(40 * 7), steady(np.full(280, 7.0), 6))
    reported = happened + rng.geometric(0.07, happened.size) - 1
    known = reported < 280
    first = np.datetime64("2025-01-06")
    found = ask("reporting-delay", {"happened": first + happened[known], "reported": first + reported[known]})
    rows, last = found.rows, 14
    at = np.arange(last)
    came, will, low, high = (rows[name].astype(float)[-last:] for name in ("reported", "forecast", "low", "high"))
    return Plot(
        "The fall of the newest weeks is no fall: reports have yet to come",
        told(
            "Bars: events of each week that were reported so far. Dots with lines: what they will come to, with the "
            "interval, as reports of earlier weeks came in.",
            found,
        ),
        (
            marks("cells", "two", at - 0.35, np.zeros(last), at + 0.35, came, name="reported so far"),
            marks("spans", "whisker", at, low, at, high, name="95% interval"),
            marks("dots", "main", at, will, name="will come to"),
        ),
        timeline(rows["date"][-last:].astype("datetime64[D]"), every=2),
        axis(0, float(high.max()), "Of a week"),
    )


def space_time_scan() -> Plot:
    rng = np.random.default_rng(9)
    side = 9
    x, y = (1000.0 * part.ravel() + rng.uniform(-250, 250, side * side) for part in np.meshgrid(*[np.arange(side)] * 2))
    counts = steady(np.full((side * side, 12), 2.0), 9)
    near = np.hypot(x - 6000, y - 5500) < 1500
    counts[near, -3:] += steady(np.full((int(near.sum()), 3), 3.0), 10)
    names = np.array([f"{at:02d}" for at in range(side * side)])
    dates = np.tile(days("2025-06-02", 12, 7), side * side)
    columns = {"series": np.repeat(names, 12), "date": dates, "count": counts.ravel()}
    found = ask("space-time-scan", columns | {"x": np.repeat(x, 12), "y": np.repeat(y, 12)}, nsim=199)
    inside = np.isin(names, found.rows["areas"][0].split())
    newest = counts[:, -3:].sum(axis=1)
    layers = [
        marks("dots", "signal", x[inside], y[inside], name="in the circle"),
        marks("dots", "faint", x[~inside], y[~inside], name="other areas"),
        marks("words", "main", x, y, text=[str(n) for n in newest], align="under"),
    ]
    return Plot(
        "A circle of areas with more than expected in the newest weeks",
        told(
            "Each mark is the middle of an area; the number under it is its events in the newest three weeks. Of all "
            "circles and runs of weeks the marked one is the most unlikely.",
            found,
        ),
        tuple(layers),
        Axis(-700, 8700, ()),
        Axis(-800, 8700, ()),
        shape=0.85,
    )


PICTURES = {
    "farrington": farrington,
    "ears": ears,
    "cusum": cusum,
    "count-scan": count_scan,
    "reporting-delay": reporting_delay,
    "space-time-scan": space_time_scan,
}
