"""What is recorded in Aldermere: expected counts, counts drawn about them, and the rows of each month."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from redway.aldermere.city import City, Neighbourhood, SnapPoint
from redway.aldermere.ground import Floats, Ints
from redway.aldermere.truths import NEW_CODES_FROM, TRUTHS, Truth


@dataclass(frozen=True)
class CrimeType:
    """A crime type in the publisher's words, and how it behaves.

    monthly   incidents a month in the whole city, before anything planted
    spread    variance as a multiple of the mean, at every scale: incidents come in clusters
    peak      month of the year (1 to 12) with the most, and `swing`, how far above the average that is
    draws     how much more of it the old town, the retail park and the station have than homes do
    """

    name: str
    monthly: float
    spread: float
    peak: int
    swing: float
    draws: dict[str, float]
    outcomes: tuple[str, ...]


NO_SUSPECT = "Investigation complete; no suspect identified"
UNABLE = "Unable to prosecute suspect"
COURT = "Court result unavailable"
LOCAL = "Local resolution"
OTHER_BODY = "Action to be taken by another organisation"
OPEN = "Under investigation"

SHOPS = {"old town": 18.0, "retail park": 25.0, "station": 4.0}
NIGHT = {"old town": 9.0, "retail park": 2.0, "station": 3.0}
CARS = {"old town": 3.0, "retail park": 4.0, "station": 1.0}
CROWDS = {"old town": 14.0, "retail park": 3.0, "station": 6.0}
EVEN = {"old town": 1.5, "retail park": 1.0, "station": 1.0}

CRIME_TYPES = (
    CrimeType("Anti-social behaviour", 130, 3.0, 7, 0.25, NIGHT, ()),
    CrimeType("Bicycle theft", 14, 2.0, 8, 0.30, CROWDS, (NO_SUSPECT, NO_SUSPECT, NO_SUSPECT, UNABLE)),
    CrimeType("Burglary", 38, 2.0, 12, 0.20, EVEN, (NO_SUSPECT, NO_SUSPECT, NO_SUSPECT, UNABLE, COURT)),
    CrimeType("Criminal damage and arson", 60, 2.0, 7, 0.08, NIGHT, (NO_SUSPECT, UNABLE, LOCAL)),
    CrimeType("Drugs", 26, 2.0, 6, 0.05, NIGHT, (LOCAL, LOCAL, NO_SUSPECT, COURT)),
    CrimeType("Other crime", 16, 2.0, 6, 0.0, EVEN, (UNABLE, NO_SUSPECT, COURT)),
    CrimeType("Other theft", 58, 2.0, 8, 0.05, CROWDS, (NO_SUSPECT, NO_SUSPECT, UNABLE)),
    CrimeType("Possession of weapons", 7, 2.0, 6, 0.0, NIGHT, (COURT, UNABLE, LOCAL)),
    CrimeType("Public order", 62, 2.5, 7, 0.12, NIGHT, (UNABLE, UNABLE, NO_SUSPECT, COURT)),
    CrimeType("Robbery", 10, 2.0, 11, 0.05, NIGHT, (NO_SUSPECT, UNABLE, COURT)),
    CrimeType("Shoplifting", 85, 2.5, 11, 0.08, SHOPS, (NO_SUSPECT, NO_SUSPECT, COURT, UNABLE, LOCAL)),
    CrimeType("Theft from the person", 9, 2.0, 12, 0.15, CROWDS, (NO_SUSPECT, NO_SUSPECT, UNABLE)),
    CrimeType("Vehicle crime", 42, 2.0, 12, 0.08, CARS, (NO_SUSPECT, NO_SUSPECT, NO_SUSPECT, UNABLE)),
    CrimeType(
        "Violence and sexual offences", 185, 2.5, 7, 0.08, NIGHT, (UNABLE, UNABLE, UNABLE, NO_SUSPECT, OTHER_BODY)
    ),
)
MAP_SEED = 1837  # how much of each type an area has is part of the city, not of what happens in it

UNLOCATED = 0.035  # share of rows without place
REPEATED = 4  # crime IDs a month that two rows share
STILL_OPEN = 3  # months before the end in which many rows are under investigation


def expected(city: City, months: range, planted: Sequence[Truth] = TRUTHS) -> Floats:
    """Incidents expected, by crime type, area and month: types x areas x months."""
    rng = np.random.default_rng(MAP_SEED)
    year = np.array([m % 12 + 1 for m in months])
    means = np.zeros((len(CRIME_TYPES), len(city.areas), len(months)))
    for t, kind in enumerate(CRIME_TYPES):
        pull = np.array([draw(kind, area) for area in city.areas]) * rng.lognormal(0, 0.25, len(city.areas))
        season = 1 + kind.swing * np.cos(2 * np.pi * (year - kind.peak) / 12)
        means[t] = kind.monthly * np.outer(pull / pull.sum(), season)
        for truth in planted:
            if kind.name in truth.crime_types:
                plant(truth, means[t], season, city, months)
    return means


def draw(kind: CrimeType, area: Neighbourhood) -> float:
    """How much of a type an area has, in proportion: its residents, its deprivation, what it is."""
    return area.residents * np.exp(0.9 * area.ward.deprivation) * kind.draws.get(area.kind, 1.0)


def plant(truth: Truth, means: Floats, season: Floats, city: City, months: range) -> None:
    """Change the means of one crime type (areas x months) as a truth says."""
    at = [city.at(code) for code in truth.areas] or list(range(len(city.areas)))
    acting = np.array([truth.first <= m <= truth.last for m in months])
    if truth.base is not None:
        means[at] = truth.base * season
    means[at] *= np.where(acting, truth.factor, 1.0)


def drawn(means: Floats, rng: np.random.Generator) -> Ints:
    """Counts about their means, with variance `spread` times the mean.

    Negative binomial of the first kind (Cameron and Trivedi 1998, 3.3: NB1), which keeps the same spread
    when months or areas are added up.
    """
    spread = np.array([kind.spread for kind in CRIME_TYPES])[:, None, None]
    return rng.negative_binomial(means / (spread - 1), 1 / spread)


@dataclass(frozen=True)
class Row:
    """One row of the publisher's street file; no point where it is not located."""

    crime_id: str
    crime_type: str
    outcome: str
    point: SnapPoint | None


def rows(city: City, *, seed: int, months: range) -> Iterator[tuple[int, list[Row]]]:
    """The force's rows month by month; None are left out here for being late."""
    rng = np.random.default_rng(seed)
    counts = drawn(expected(city, months), rng)
    points_of = [[p for p in city.points if p.area == a] for a in range(len(city.areas))]
    shares = [np.cumsum([p.share for p in points]) for points in points_of]
    for n, month in enumerate(months):
        found: list[tuple[int, SnapPoint]] = []
        for t, a in np.argwhere(counts[:, :, n]):
            at = np.searchsorted(shares[a], rng.random(counts[t, a, n]) * shares[a][-1])
            found += [(t, points_of[a][i]) for i in at]
        found += series(city, month)
        yield month, dressed(found, month, last=months[-1], seed=seed, rng=rng)


def series(city: City, month: int) -> Iterator[tuple[int, SnapPoint]]:
    """The rows of a planted series in a month: each month begins one house further along the same few points."""
    for truth in TRUTHS:
        step = month - truth.first
        if 0 <= step < len(truth.extra):
            points = [p for p in city.points if p.area == city.at(truth.areas[0])]
            near = sorted(
                points, key=lambda p: np.hypot(p.longitude - points[0].longitude, p.latitude - points[0].latitude)
            )
            kind = [k.name for k in CRIME_TYPES].index(truth.crime_types[0])
            yield from ((kind, near[(step + i) % 3]) for i in range(truth.extra[step]))


def dressed(
    found: list[tuple[int, SnapPoint]], month: int, *, last: int, seed: int, rng: np.random.Generator
) -> list[Row]:
    """Rows with their IDs and outcomes, some without place, in the publisher's order."""
    lost = rng.random(len(found)) < UNLOCATED
    chance = rng.random(len(found))
    still_open = rng.random(len(found)) < (0.45 if last - month < STILL_OPEN else 0.0)
    made = []
    for i, (t, point) in enumerate(found):
        outcomes = CRIME_TYPES[t].outcomes
        outcome = outcomes[int(chance[i] * len(outcomes))] if outcomes else ""
        made.append(
            Row(
                hashlib.sha256(f"{seed} {month} {i}".encode()).hexdigest() if outcomes else "",
                CRIME_TYPES[t].name,
                OPEN if outcomes and still_open[i] else outcome,
                None if lost[i] else point,
            )
        )
    with_id = [i for i, row in enumerate(made) if row.crime_id]
    for i, j in rng.choice(with_id, (REPEATED, 2), replace=False):
        made[j] = Row(made[i].crime_id, made[j].crime_type, made[j].outcome, made[j].point)
    return sorted(made, key=lambda row: (row.point is None, code(row.point, month), row.crime_id))


def code(point: SnapPoint | None, month: int) -> str:
    """The LSOA code that a row of a month carries; empty where it has no place."""
    if point is None:
        return ""
    return (point.lsoa21 if month >= NEW_CODES_FROM else point.lsoa11).code
