"""Pictures of repeats and near repeats: does one lead to the next?"""

import numpy as np

from redway.products.charts.plot import SHADES, Axis, Plot, axis, marks
from redway.products.handbook.asking import Values, ask, told


def _burglaries(seed: int, count: int, followed: int) -> tuple[Values, Values, Values]:
    """Burglaries all over a town and a year, some of them followed by one near and soon."""
    rng = np.random.default_rng(seed)
    x, y, day = rng.uniform(0, 4000, count), rng.uniform(0, 4000, count), rng.integers(0, 365, count)
    x = np.r_[x, x[:followed] + rng.normal(0, 60, followed)]
    y = np.r_[y, y[:followed] + rng.normal(0, 60, followed)]
    return x, y, np.datetime64("2025-01-01") + np.r_[day, day[:followed] + rng.integers(1, 14, followed)]


def knox() -> Plot:
    x, y, dates = _burglaries(1, 500, 70)
    found = ask("knox", {"x": x, "y": y, "date": dates}, sds="0,100,200,400,800", nrep=199)
    rows = found.rows
    far, long = (np.unique(rows[name].astype(float)) for name in ("s_from", "t_from"))
    across, down = (np.searchsorted(values, rows[name]) for values, name in ((long, "t_from"), (far, "s_from")))
    ratio, p = rows["ratio"].astype(float), rows["pvalue"].astype(float)
    shade = np.searchsorted([1.2, 1.5, 2.5, 5], ratio, side="right")
    layers = []
    for k in range(len(SHADES)):
        part = shade == k
        sure = ["*" if value <= 0.01 else "" for value in p[part]]
        words = [f"{value:.1f}{star}" for value, star in zip(ratio[part], sure, strict=True)]
        at, up = across[part].astype(float), down[part].astype(float)
        layers.append(marks("cells", SHADES[k], at, up, at + 1, up + 1))
        layers.append(marks("words", SHADES[k], at + 0.5, up + 0.5, text=words))
    ends = (np.unique(rows[name].astype(float)) - 1 for name in ("t_under", "s_under"))
    apart, metres = (
        [f"{a:.0f}–{b:.0f}" for a, b in zip(starts, last, strict=True)]
        for starts, last in zip((long, far), ends, strict=True)
    )
    apart[0] = "0"
    return Plot(
        "Near and soon: several times as many pairs as chance gives",
        told(
            "Pairs of burglaries by how far and how many days they are apart: how many times as many as when the same "
            "days are dealt out at random. Darker is more; a star marks p of at most 0.01.",
            found,
        ),
        tuple(layers),
        Axis(0, long.size, tuple((at + 0.5, name) for at, name in enumerate(apart)), "Days apart"),
        Axis(0, far.size, tuple((at + 0.5, name) for at, name in enumerate(metres)), "Metres apart"),
        height=220,
    )


def near_repeats() -> Plot:
    x, y, dates = _burglaries(3, 90, 16)
    recent = np.r_[-1, np.arange(6)]
    dates[recent] = np.datetime64("2025-12-28") - np.arange(recent.size)
    keep = dates <= np.datetime64("2025-12-31")
    x, y, dates = x[keep], y[keep], dates[keep]
    found = ask("near-repeats", {"x": x, "y": y, "date": dates}, now="2025-12-31")
    repeat, open_now = found.rows["repeat"].astype(bool), found.rows["open_days"].astype(float) > 0
    turn = np.append(np.linspace(0, 2 * np.pi, 25), np.nan)[:-1]
    rings = [(x[i] + 200 * np.cos(turn), y[i] + 200 * np.sin(turn), i) for i in np.flatnonzero(open_now)]
    ring_x, ring_y = (np.concatenate([ring[k] for ring in rings]) for k in (0, 1))
    which = np.repeat([float(ring[2]) for ring in rings], turn.size)
    return Plot(
        "Where a repeat is likeliest now",
        told(
            "A year of burglaries. Diamonds came within 200 metres and 14 days after another. Circles of 200 metres "
            "are drawn about those of the last 14 days: there the window is still open.",
            found,
        ),
        (
            marks("line", "main", ring_x, ring_y, which, name="window open now"),
            marks("dots", "plain", x[~repeat], y[~repeat], name="burglary"),
            marks("dots", "signal", x[repeat], y[repeat], name="near repeat"),
        ),
        Axis(-250, 4250, ()),
        Axis(-250, 4250, ()),
        shape=1.0,
    )


def repeat_victims() -> Plot:
    rng = np.random.default_rng(5)
    first = rng.integers(0, 540, 400)
    victim, day = np.arange(400), first
    again = rng.random(400) < 0.35
    wait = np.ceil(rng.exponential(45, 400))
    victim, day = np.r_[victim, victim[again]], np.r_[day, (first + wait)[again]]
    inside = day < 730
    dates = np.datetime64("2024-01-01") + day[inside].astype(int)
    columns = {"victim": victim[inside].astype(str), "date": dates}
    found = ask("repeat-victims", columns, until="2025-12-30")
    rows = {name: values.astype(float) for name, values in found.rows.items()}
    within = rows["within_days"]
    return Plot(
        "Most repeats come soon",
        told(
            "How many of those who were hit were hit again within so many days, with 95% intervals. It rises fast at "
            "first: help has to come soon. Those watched for a short time only are allowed for.",
            found,
        ),
        (
            marks("spans", "whisker", within, 100 * rows["low"], within, 100 * rows["high"], name="95% interval"),
            marks("line", "main", np.r_[0, within], np.r_[0, 100 * rows["followed"]], name="hit again"),
            marks("dots", "main", within, 100 * rows["followed"]),
        ),
        axis(0, float(within.max()) * 1.02, "Days after", tight=True),
        axis(0, float(100 * rows["high"].max()), "Hit again", suffix="%"),
    )


PICTURES = {"knox": knox, "near-repeats": near_repeats, "repeat-victims": repeat_victims}
