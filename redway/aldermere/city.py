"""The map of Aldermere: always the same city. A seed changes what happens in it, never where things are.

It lies in the Irish Sea, where there is no land, so that no figure can be taken for a real place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from redway.aldermere import names
from redway.aldermere.ground import BRIDGE, KM_PER_DEGREE, Floats, Ints, banks, cells, groups, on_globe

MAP_SEED = 1086


@dataclass(frozen=True)
class Ward:
    """A ward, its middle in kilometres from the bridge, and how deprived it is (0 least, 1 most)."""

    name: str
    east: float
    north: float
    deprivation: float

    @property
    def code(self) -> str:
        return f"E05999{WARDS.index(self) + 1:03d}"


WARDS = [
    Ward("Larkspur Hythe", -0.6, 3.9, 0.15),
    Ward("Wexholme", 2.0, 3.5, 0.25),
    Ward("Maudling Green", -2.6, 2.9, 0.30),
    Ward("Tollhurst Cross", 0.6, 2.4, 0.45),
    Ward("Brackenhoe", 3.9, 1.8, 0.20),
    Ward("Quillgate", 1.9, 1.0, 0.60),
    Ward("Old Staithe", 0.1, 0.9, 0.55),
    Ward("Mereside Ings", -4.4, 1.7, 0.35),
    Ward("Gannet Wharf", 4.2, 0.3, 0.75),
    Ward("Saltmarrow", 0.7, -1.1, 0.70),
    Ward("Ostlers Reach", -1.5, -0.8, 0.50),
    Ward("Nettlecombe Rise", -3.7, -1.4, 0.25),
    Ward("Cinderholt", 2.5, -1.6, 0.95),
    Ward("Penmarrow", 4.3, -1.8, 0.40),
    Ward("Dunmarrow Fields", -1.6, -3.1, 0.20),
    Ward("Thorncastle Lea", 1.2, -3.2, 0.30),
]
AREAS_IN_WARD = 4
# (ward, area in it), counted from 0, of the areas that are more than homes ...
KINDS = {(6, 0): "old town", (6, 1): "old town", (8, 1): "retail park", (5, 2): "station"}
# ... and of those whose boundaries changed between the censuses of 2011 and 2021.
SPLIT = {(3, 1): 2, (4, 2): 3, (9, 1): 2, (12, 3): 2, (14, 0): 3}
MERGED = {(1, 3): 2, (11, 2): 2}


@dataclass(frozen=True)
class Lsoa:
    """One LSOA of one vintage; its shape is in longitude and latitude."""

    code: str
    name: str
    shape: BaseGeometry
    residents: int


@dataclass(frozen=True)
class Neighbourhood:
    """One comparable area: the smallest union that both vintages share, known by its lowest 2021 code."""

    ward: Ward
    kind: str  # homes, old town, retail park, station
    change: str  # U unchanged, S split, M merged: the publisher's codes
    lsoa11: tuple[Lsoa, ...]
    lsoa21: tuple[Lsoa, ...]

    @property
    def code(self) -> str:
        return self.lsoa21[0].code

    @property
    def name(self) -> str:
        return f"{self.lsoa21[0].name} ({self.ward.name})"

    @property
    def residents(self) -> int:
        return sum(one.residents for one in self.lsoa21)


@dataclass(frozen=True)
class SnapPoint:
    """A place where recorded crimes are shown, and its share of its area's crime."""

    area: int
    longitude: float
    latitude: float
    location: str
    share: float
    lsoa11: Lsoa
    lsoa21: Lsoa


@dataclass(frozen=True)
class City:
    areas: tuple[Neighbourhood, ...]
    points: tuple[SnapPoint, ...]

    def at(self, code: str) -> int:
        """The index of the area with this code. Raises ValueError for one that is not in the city."""
        return [a.code for a in self.areas].index(code)


@cache
def city() -> City:
    """The whole map: 64 neighbourhoods in 16 wards, with their LSOAs of both vintages and their snap points."""
    rng = np.random.default_rng(MAP_SEED)
    drawn = [cells(land, rng) for land in banks()]
    middles = np.vstack([points for points, _ in drawn])
    shapes = np.array(on_globe([shape for _, bank in drawn for shape in bank]))
    ward_of = nearest_ward(middles, np.repeat(np.arange(len(drawn)), [len(points) for points, _ in drawn]))

    areas: list[Neighbourhood] = []
    points: list[SnapPoint] = []
    old, new = iter(range(1, 100)), iter(range(101, 200))
    for w in range(len(WARDS)):
        inside = np.flatnonzero(ward_of == w)
        area_of = groups(middles[inside], AREAS_IN_WARD, rng)
        letters = iter("ABCDEFGHIJKLMN")
        for a in range(AREAS_IN_WARD):
            mine = inside[area_of == a]
            pieces = groups(middles[mine], SPLIT.get((w, a)) or MERGED.get((w, a), 1), rng)
            outlines = [shapely.union_all(shapes[mine[pieces == p]]) for p in range(pieces.max() + 1)]
            whole = shapely.union_all(shapes[mine])
            area = neighbourhood((w, a), outlines, whole, old=old, new=new, letters=letters, rng=rng)
            points += snap_points(len(areas), area, middles[mine], pieces, rng)
            areas.append(area)
    return City(tuple(areas), tuple(points))


def nearest_ward(middles: Floats, bank_of: Ints) -> Ints:
    """Each cell's ward: the nearest whose middle is on the same side of the river."""
    wards = np.array([(w.east, w.north) for w in WARDS])
    distance = ((middles[:, None] - wards) ** 2).sum(2)
    distance[bank_of[:, None] != bank_of[distance.argmin(0)]] = np.inf
    return distance.argmin(1)


def neighbourhood(
    where: tuple[int, int],
    outlines: list[BaseGeometry],
    whole: BaseGeometry,
    *,
    old: Iterator[int],
    new: Iterator[int],
    letters: Iterator[str],
    rng: np.random.Generator,
) -> Neighbourhood:
    """One area with its codes, which count on from `old` (2011) and `new` (2021), and its residents."""

    def lsoa(number: int, shape: BaseGeometry, residents: int) -> Lsoa:
        return Lsoa(f"E01999{number:03d}", f"{names.DISTRICT} {where[0] + 1:03d}{next(letters)}", shape, residents)

    ward, kind = WARDS[where[0]], KINDS.get(where, "homes")
    people = [int(rng.normal(1750, 190) * (0.55 if kind != "homes" else 1)) for _ in outlines]
    before = [int(n * 0.97) for n in people]  # fewer when the residents of 2020 were counted
    if where in SPLIT:  # it had grown too large for one
        one = lsoa(next(old), whole, sum(before) * 3 // 5)
        several = tuple(lsoa(next(new), shape, n) for shape, n in zip(outlines, people, strict=True))
        return Neighbourhood(ward, kind, "S", (one,), several)
    if where in MERGED:  # each had become too small
        several = tuple(lsoa(next(old), shape, n // 2) for shape, n in zip(outlines, before, strict=True))
        return Neighbourhood(ward, kind, "M", several, (lsoa(next(new), whole, sum(people) // 2),))
    same = lsoa(next(old), whole, people[0])
    return Neighbourhood(ward, kind, "U", (replace(same, residents=before[0]),), (same,))


def snap_points(
    area: int, of: Neighbourhood, middles: Floats, pieces: Ints, rng: np.random.Generator
) -> Iterator[SnapPoint]:
    """Up to 20 points of an area: a few carry most of its crime, as everywhere."""
    chosen = rng.choice(len(middles), min(20, len(middles)), replace=False)
    share = 1.0 / np.arange(1, len(chosen) + 1)
    share /= share.sum()
    special = names.PLACES[of.kind]
    for rank, cell in enumerate(chosen):
        longitude, latitude = np.round(np.array(BRIDGE) + middles[cell] / np.array(KM_PER_DEGREE), 6)
        street = f"{rng.choice(names.STREETS)} {rng.choice(names.STREET_KINDS)}"
        location = f"On or near {special[rank] if rank < len(special) else street}"
        piece = int(pieces[cell])
        yield SnapPoint(
            area,
            float(longitude),
            float(latitude),
            location,
            float(share[rank]),
            of.lsoa11[piece if len(of.lsoa11) > 1 else 0],
            of.lsoa21[piece if len(of.lsoa21) > 1 else 0],
        )
