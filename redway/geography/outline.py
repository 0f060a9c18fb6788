"""Outlines of areas: GeoJSON geometries in, one dissolved GeoJSON geometry out."""

import json
from collections.abc import Iterable
from typing import Any

import shapely


def dissolve(shapes: Iterable[str]) -> dict[str, Any]:
    """One outline of shapes that lie side by side: their inner borders vanish.

    `shapes` are GeoJSON geometries as text (Polygon or MultiPolygon). The result is a GeoJSON Polygon or
    MultiPolygon in the same coordinates, of exactly one shape when one was given. Raises ValueError when
    there is none.
    """
    given = shapely.from_geojson(list(shapes))
    if not len(given):
        raise ValueError("expected at least one shape to dissolve")
    # Generalised outlines sometimes touch themselves, which a union of them would not survive.
    mended = shapely.make_valid(given, method="structure")
    whole = mended[0] if len(mended) == 1 else shapely.union_all(mended)
    outline: dict[str, Any] = json.loads(shapely.to_geojson(whole))
    return outline
