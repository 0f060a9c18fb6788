"""Inputs of the benchmarks, from fixed seeds. Only numpy: the peers read them too, in an environment of their own."""

import numpy as np


def series(number: int, weeks: int = 520, low: float = 3, high: float = 60, seed: int = 7) -> np.ndarray:
    """Negative-binomial counts with a season (number, weeks)."""
    rng = np.random.default_rng(seed)
    t = np.arange(weeks)
    level = np.exp(rng.uniform(np.log(low), np.log(high), (number, 1)))
    season = rng.uniform(0, 0.4, (number, 1)) * np.sin(2 * np.pi * t / 52 + rng.uniform(0, 2 * np.pi, (number, 1)))
    mean = level * np.exp(season + rng.normal(0, 0.05, (number, 1)) / 52 * (t - weeks / 2))
    phi = rng.uniform(1.05, 3, (number, 1))
    return np.minimum(rng.negative_binomial(mean / (phi - 1), 1 / phi), 60_000).astype(np.uint16)


def monthly(number: int) -> np.ndarray:
    """Counts of ten years of months (number, 120)."""
    return np.random.default_rng(7).poisson(30, (number, 120)).astype(float)


def scattered(n: int, seed: int = 1) -> np.ndarray:
    """Points anywhere in 20 x 20 km, (2, n)."""
    return np.random.default_rng(seed).uniform(0, 20_000, (2, n))


def events(n: int, seed: int = 42) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y and day of three years: four in ten anywhere in 20 x 20 km, the others around 40 centres; a tenth follow
    another within 80 m or so and a week."""
    r, side = np.random.default_rng(seed), 20_000.0
    centre, sd, weight = r.uniform(0, side, (40, 2)), r.uniform(150, 600, 40), r.dirichlet(np.ones(40) * 2)
    alone = r.random(n) < 0.4
    which = r.choice(40, size=n, p=weight)
    uniform = r.uniform(0, side, (n, 2))
    at = np.abs(np.where(alone[:, None], uniform, centre[which] + r.normal(size=(n, 2)) * sd[which][:, None]))
    at = np.clip(np.where(at >= side, 2 * side - at - 1e-6, at), 0, side - 0.01)
    day = r.integers(0, 1095, n)
    again = np.flatnonzero(r.random(n) < 0.10)
    again = again[again > 0]
    parent = (r.random(len(again)) * again).astype(int)
    at[again] = np.clip(at[parent] + r.normal(size=(len(again), 2)) * 80, 0, side - 0.01)
    day[again] = np.clip(day[parent] + r.integers(1, 8, len(again)), 0, 1094)
    return np.round(420_000 + at[:, 0], 2), np.round(424_000 + at[:, 1], 2), day


def survey(n: int) -> dict[str, np.ndarray]:
    """Rows of a survey: weight, y, 2,000 clusters in 50 strata, ten subgroups."""
    rng = np.random.default_rng(1)
    w, y = rng.uniform(1, 3, n), rng.normal(size=n)
    cluster = rng.integers(0, 2000, n)
    return {
        "w": w,
        "y": y,
        "stratum": cluster // 40,
        "cluster": cluster,
        "by": rng.integers(0, 10, n),
    }


def walks(periods: int = 60, units: int = 13) -> np.ndarray:
    """Levels that wander, the treated one first, (periods, units)."""
    return 40 + np.random.default_rng(1).normal(0, 1, (periods, units)).cumsum(axis=0)
