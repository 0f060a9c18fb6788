"""Boundaries of LSOAs as the Open Geography portal writes them: GeoJSON with LSOA21CD or LSOA11CD."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from redway.errors import FileRefused, Place
from redway.sources.dataset import Context, Loaded, Refusals, dataset
from redway.sources.fields import LSOA, LSOA_EXAMPLE
from redway.sources.table_checks import refuse_too_many
from redway.sources.tabular import loaded

VINTAGES = {"LSOA21CD": ("2021", "LSOA21NM"), "LSOA11CD": ("2011", "LSOA11NM")}
# England, Wales and the sea around them: nothing outside can be one of their areas.
WEST, SOUTH, EAST, NORTH = -9.0, 48.0, 3.5, 61.0
DIGITS = 7  # of a degree: about a centimetre


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One submission for each district in the file; its period is the vintage, 2011 or 2021."""
    features = _features(path, file_name)
    code_key, (vintage, name_key) = _vintage(features, file_name)
    definition = dataset("lsoa-boundaries")
    rows, refused = _rows(features, code_key, name_key, file_name)
    refuse_too_many(refused, len(features), definition)
    districts: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in sorted(rows):
        districts[row[1].rpartition(" ")[0]].append(row)
    made = []
    for district, inside in sorted(districts.items()):
        columns = zip(*inside, strict=True)
        table = pa.table(dict(zip(("lsoa_code", "lsoa_name", "geometry"), map(list, columns), strict=True)))
        made.append(
            loaded(
                table,
                definition,
                into=into,
                rows_read=len(inside) + sum(r.count for r in refused),
                refused=tuple(refused),
                provider=f"{definition.provider}: {district}",
                period=vintage,
            )
        )
        refused = []  # told once, with the file's first district
    return made


def _features(path: Path, file_name: str) -> list[dict[str, Any]]:
    place = Place(file_name)
    try:
        collection = json.loads(path.read_bytes())
    except UnicodeDecodeError:
        raise FileRefused(
            "text in UTF-8", came="bytes that are not", cause="a shapefile or another kind of file.", place=place
        ) from None
    except json.JSONDecodeError as fault:
        empty = not path.stat().st_size
        raise FileRefused(
            "a whole GeoJSON file",
            came="an empty file" if empty else f"text that breaks at line {fault.lineno:,}",
            cause="a download that broke off; fetch it again.",
            place=place,
        ) from None
    except (RecursionError, ValueError):
        raise _endless(place) from None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not features or not all(isinstance(f, dict) and isinstance(f.get("properties"), dict) for f in features):
        raise FileRefused(
            "a GeoJSON collection of areas",
            came="no areas" if features == [] else "JSON of another kind",
            cause="an empty or another file.",
            place=place,
        )
    return list(features)


def _endless(place: Place) -> FileRefused:
    return FileRefused(
        "a GeoJSON collection of areas",
        came="brackets within brackets without end, or a number of thousands of digits",
        cause="a damaged file, or one that was made to do harm. Get it from the portal.",
        place=place,
    )


def _vintage(features: list[dict[str, Any]], file_name: str) -> tuple[str, tuple[str, str]]:
    """Which property holds the code, the vintage that tells, and which property holds the name."""
    properties = features[0]["properties"]
    for key, (vintage, name) in VINTAGES.items():
        if key in properties and name in properties:
            return key, (vintage, name)
    raise FileRefused(
        "areas with LSOA21CD and LSOA21NM, or LSOA11CD and LSOA11NM",
        came=f"areas with {', '.join(list(properties)[:8]) or 'no properties'}",
        cause="boundaries of another kind of area (MSOA, ward).",
        place=Place(file_name),
    )


def _rows(
    features: list[dict[str, Any]], code_key: str, name_key: str, file_name: str
) -> tuple[list[tuple[str, str, str]], list[Refusals]]:
    """Code, name and outline of every area that can be taken; the others by reason."""
    try:
        texts = [json.dumps(f.get("geometry")) for f in features]
    except RecursionError:
        raise _endless(Place(file_name)) from None
    shapes = shapely.from_geojson(texts, on_invalid="ignore")
    _refuse_wrong_coordinates(shapes, file_name)
    shapes = shapely.transform(shapely.force_2d(shapes), lambda points: np.round(points, DIGITS))
    outlines = shapely.to_geojson(shapes)
    rows: dict[str, tuple[str, str, str]] = {}
    faults: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for number, (feature, shape, outline) in enumerate(zip(features, shapes, outlines, strict=True), 1):
        code, name = str(feature["properties"].get(code_key) or ""), str(feature["properties"].get(name_key) or "")
        if not re.fullmatch(LSOA, code):
            faults[f"malformed {code_key}"].append((number, code, LSOA_EXAMPLE))
        elif " " not in name:
            faults[f"malformed {name_key}"].append((number, name, "a name such as Milton Keynes 014B"))
        elif shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
            faults["no outline"].append((number, code, "a Polygon or MultiPolygon"))
        elif code in rows:
            faults[f"{code_key} came before"].append((number, code, "each once"))
        else:
            rows[code] = (code, name, outline)
    refused = [
        Refusals(reason, len(found), Place(file_name, found[0][0], item="area"), found[0][1], found[0][2])
        for reason, found in faults.items()
    ]
    return list(rows.values()), refused


def _refuse_wrong_coordinates(shapes: Any, file_name: str) -> None:
    """Raise FileRefused for metres, swapped axes, or areas far from England and Wales."""
    west, south, east, north = shapely.bounds(shapes).T
    wrong = (west < WEST) | (south < SOUTH) | (east > EAST) | (north > NORTH)  # false for no shape (NaN)
    if not wrong.any():
        return
    first = int(np.argmax(wrong))
    x, y = float(west[first]), float(south[first])
    if abs(x) > 180 or abs(y) > 90:
        cause = "coordinates in metres (British National Grid). Choose WGS 84 (EPSG:4326) at the portal."
    elif SOUTH <= x <= NORTH and WEST <= y <= EAST:
        cause = "latitude and longitude are swapped."
    else:
        cause = "boundaries of another country."
    raise FileRefused(
        "longitudes and latitudes in England and Wales",
        came=f"{x:g}, {y:g}",
        cause=cause,
        place=Place(file_name, first + 1, item="area"),
        count=int(wrong.sum()),
    )
