"""Fenmarch, the district next door: its force's files hold a few rows that lie in Aldermere, and many that do not."""

import hashlib
from collections.abc import Iterator

import numpy as np
from shapely.geometry import Point

from redway.aldermere.city import City, Lsoa, SnapPoint
from redway.aldermere.crime import CRIME_TYPES, Row
from redway.aldermere.ground import BRIDGE

WARD, WARD_CODE = "Fenmarch Staunches", "E05999901"
EAST = 0.2  # degrees of longitude from Aldermere's bridge
LSOAS = tuple(
    Lsoa(f"E01999{200 + n}", f"Fenmarch 001{letter}", Point(BRIDGE[0] + EAST, BRIDGE[1]), 1500)
    for n, letter in enumerate("ABCDEF", start=1)
)
OWN, ACROSS = 18, 3  # rows a month expected in Fenmarch, and over the boundary in Aldermere


def rows(city: City, *, seed: int, months: range) -> Iterator[tuple[int, list[Row]]]:
    """The neighbouring force's rows, month by month."""
    rng = np.random.default_rng((seed, 2))
    own = [
        SnapPoint(
            -1, round(lsoa.shape.x + 0.003 * n, 6), round(lsoa.shape.y, 6), "On or near Staunch Lane", 1, lsoa, lsoa
        )
        for n, lsoa in enumerate(LSOAS)
    ]
    easternmost = sorted(city.points, key=lambda p: -p.longitude)[:60]
    for month in months:
        at = [own[i] for i in rng.integers(len(own), size=rng.poisson(OWN))]
        at += [easternmost[i] for i in rng.integers(len(easternmost), size=rng.poisson(ACROSS))]
        kinds = [CRIME_TYPES[t] for t in rng.integers(len(CRIME_TYPES), size=len(at))]
        yield (
            month,
            [
                Row(
                    hashlib.sha256(f"{seed} neighbour {month} {i}".encode()).hexdigest() if kind.outcomes else "",
                    kind.name,
                    kind.outcomes[0] if kind.outcomes else "",
                    point,
                )
                for i, (kind, point) in enumerate(zip(kinds, at, strict=True))
            ],
        )
