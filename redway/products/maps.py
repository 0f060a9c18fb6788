"""A still map of areas shaded by their change against their own past: SVG made here, no tiles, no script.

Direction is told by pattern as well as by colour: more is ruled lines upwards to the right, less is dots,
not statistically different is plain grey, too few to say is thin lines downwards on white.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from math import cos, radians
from typing import Any

from django.utils.safestring import SafeString, mark_safe

MORE, LESS, SAME, FEW = "more", "less", "same", "few"
FILLS = {MORE: "#e46c0a", LESS: "#8cc8e8", SAME: "#d5d7d9", FEW: "#ffffff"}
INK = "#0b0c0c"
BORDER = "#6f777b"


@dataclass(frozen=True)
class Place:
    """One area of the map: its outline (GeoJSON geometry, degrees), its shade, and its words for the ear.

    `heavy` draws its outline thick: it stands out among all that were examined.
    """

    code: str
    name: str
    outline: Mapping[str, Any]
    shade: str
    words: str
    link: str = ""
    heavy: bool = False


def draw(places: Iterable[Place], *, title: str, description: str, key: str, width: int = 640) -> SafeString:
    """The map as one SVG. `key` keeps its ids apart from other drawings of the page."""
    shown = list(places)
    project, height = _projection([p.outline for p in shown], width)
    # Areas that differ are drawn last, so that their dark outlines are whole.
    ordered = sorted(shown, key=lambda p: (p.heavy, p.shade in (MORE, LESS), p.code))
    shapes = "".join(_shape(p, project, key) for p in ordered)
    role = "group" if any(p.link for p in shown) else "img"  # what is inside an image cannot be pressed
    return mark_safe(  # noqa: S308 - every text and attribute is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="{role}" aria-labelledby="{key}-title {key}-description" focusable="false">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-description">{escape(description)}</desc>'
        f"<defs>{_patterns(key)}</defs>{shapes}</svg>"
    )


def swatch(shade: str, key: str) -> SafeString:
    """One square of the legend; its words stand beside it, so it has none of its own."""
    return mark_safe(  # noqa: S308 - made of constants and an escaped key
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 20" width="28" height="20" aria-hidden="true"'
        f' focusable="false"><defs>{_patterns(escape(key), (shade,))}</defs>'
        f'<rect x="1" y="1" width="26" height="18" fill="url(#{escape(key)}-{shade})" stroke="{INK}"/></svg>'
    )


def _patterns(key: str, shades: tuple[str, ...] = (MORE, LESS, SAME, FEW)) -> str:
    marks = {
        MORE: '<path d="M-1,7L7,-1M-1,1L1,-1M5,7L7,5" stroke="#0b0c0c" stroke-width="1.1"/>',
        LESS: '<circle cx="3" cy="3" r="1.1" fill="#0b0c0c"/>',
        SAME: "",
        FEW: '<path d="M-1,-1L7,7M-1,5L1,7M5,-1L7,1" stroke="#b5babd" stroke-width="0.7"/>',
    }
    return "".join(
        f'<pattern id="{key}-{shade}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{FILLS[shade]}"/>{marks[shade]}</pattern>'
        for shade in shades
    )


def _shape(place: Place, project: Any, key: str) -> str:
    strong = place.shade in (MORE, LESS)
    rings = "".join(f"M{'L'.join(_points(ring, project))}Z" for ring in _rings(place.outline))
    path = (
        f'<path d="{rings}" fill="url(#{key}-{place.shade})" fill-rule="evenodd" stroke="{INK if strong else BORDER}"'
        f' stroke-width="{3 if place.heavy else 1.2 if strong else 0.5}" stroke-linejoin="round">'
        f"<title>{escape(place.words)}</title></path>"
    )
    return f'<a href="{escape(place.link, quote=True)}" tabindex="-1">{path}</a>' if place.link else path


def _rings(outline: Mapping[str, Any]) -> list[Any]:
    """Every ring of a Polygon or MultiPolygon."""
    if outline["type"] == "Polygon":
        return list(outline["coordinates"])
    return [ring for polygon in outline["coordinates"] for ring in polygon]


def _points(ring: Any, project: Any) -> list[str]:
    """Points at a tenth of a pixel; those that fall together are drawn once."""
    points: list[str] = []
    for longitude, latitude, *_height in ring:
        x, y = project(longitude, latitude)
        point = f"{x:.1f},{y:.1f}"
        if not points or points[-1] != point:
            points.append(point)
    return points


def _projection(outlines: list[Mapping[str, Any]], width: int) -> tuple[Any, int]:
    """Degrees to pixels, equirectangular about the middle latitude: true enough for one city."""
    points = [point for outline in outlines for ring in _rings(outline) for point in ring]
    if not points:
        return (lambda longitude, latitude: (0.0, 0.0)), 1
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shrink = cos(radians((south + north) / 2))
    margin = 4
    scale = (width - 2 * margin) / max((east - west) * shrink, 1e-9)
    height = round((north - south) * scale) + 2 * margin

    def project(longitude: float, latitude: float) -> tuple[float, float]:
        return margin + (longitude - west) * shrink * scale, margin + (north - latitude) * scale

    return project, height
