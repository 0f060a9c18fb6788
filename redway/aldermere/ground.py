"""How the map is drawn: smooth outlines, land on both banks, small cells, and groups of cells.

Kilometres east and north of the middle of the town bridge, laid on the globe last.
"""

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BRIDGE = (-4.62, 53.78)  # longitude and latitude: open sea between Anglesey and the Isle of Man
KM_PER_DEGREE = (111.32 * np.cos(np.radians(BRIDGE[1])), 111.2)

OUTLINE = [
    *((-5.4, 0.5), (-5.0, 2.1), (-3.7, 2.7), (-3.3, 4.1), (-1.6, 4.0), (-0.4, 4.9), (1.3, 4.2), (2.6, 4.4)),
    *((3.4, 3.0), (4.9, 2.6), (5.0, 1.2), (5.7, 0.1), (5.2, -1.9), (4.0, -2.4), (3.7, -3.7), (1.9, -4.0)),
    *((0.9, -4.8), (-0.9, -4.3), (-2.6, -4.4), (-3.4, -3.2), (-4.8, -2.6), (-4.6, -1.0)),
]
RIVER = [(-7, 1.3), (-4.6, 0.9), (-3.0, 0.6), (-1.2, 0.9), (0, 0), (1.5, -0.6), (3.2, -0.2), (5.0, -1.0), (7, -0.8)]
MERE = [(-4.0, 0.6), (-3.4, 1.4), (-2.3, 1.3), (-1.9, 0.7), (-2.4, 0.0), (-3.5, -0.1)]


def smooth(corners: list[tuple[float, float]], *, closed: bool, times: int = 3) -> Floats:
    """Corner cutting (Chaikin 1974): each edge keeps its middle half."""
    line = np.array(corners, dtype=float)
    for _ in range(times):
        ends = np.vstack([line, line[:1]]) if closed else line
        a, b = ends[:-1], ends[1:]
        line = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
    return line


def on_globe(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """From kilometres about the bridge to longitude and latitude, to the publisher's six decimals (10 cm).

    All edges are rounded together, so that neighbours keep sharing them: rounded one by one, cells on the two
    banks of the river would overlap here and leave cracks there.
    """
    moved = shapely.transform(np.array(shapes), lambda xy: np.array(BRIDGE) + xy / np.array(KM_PER_DEGREE))
    edges = shapely.union_all(shapely.boundary(moved), grid_size=1e-6)
    faces = shapely.get_parts(shapely.polygonize([edges]))
    face, cell = shapely.STRtree(moved).query(shapely.point_on_surface(faces), predicate="within")
    return [shapely.union_all(faces[face[cell == n]]) for n in range(len(moved))]


def banks() -> list[Polygon]:
    """The land north and south of the river, the mere left out."""
    land = split(Polygon(smooth(OUTLINE, closed=True)), LineString(smooth(RIVER, closed=False))).geoms
    water = Polygon(smooth(MERE, closed=True))
    return [
        max(getattr(dry, "geoms", [dry]), key=lambda g: g.area) for dry in (part.difference(water) for part in land)
    ]


def groups(points: Floats, k: int, rng: np.random.Generator) -> Ints:
    """k compact groups of points (Lloyd's k-means), for areas that look drawn by hand."""
    centres = points[rng.choice(len(points), k, replace=False)]
    for _ in range(25):
        nearest = ((points[:, None] - centres) ** 2).sum(2).argmin(1)
        centres = np.array([points[nearest == g].mean(0) if (nearest == g).any() else centres[g] for g in range(k)])
    order = np.lexsort((centres[:, 0], -centres[:, 1]))  # from the north, as the census numbers them
    return np.argsort(order)[nearest]


def cells(land: Polygon, rng: np.random.Generator) -> tuple[Floats, list[BaseGeometry]]:
    """Small cells that cover the land (Voronoi), and the point of each; closer together towards the bridge."""
    west, south, east, north = land.bounds
    tried = rng.uniform((west, south), (east, north), (9000, 2))
    kept = tried[rng.random(len(tried)) < 0.07 + 0.25 * np.exp(-np.hypot(*tried.T) / 2)]
    kept = kept[shapely.contains_xy(land, kept)]
    drawn = shapely.voronoi_polygons(MultiPoint(kept), extend_to=land, ordered=True).geoms
    return kept, [cell.intersection(land) for cell in drawn]
