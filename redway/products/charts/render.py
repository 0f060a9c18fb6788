"""Vega-Lite definitions to clean SVG, kept on disk by a key of everything they were drawn from.

A page that was seen before never calls vl-convert. The key is the content of the chart, its size, the
language and this package's own code, so nothing ever needs invalidating.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from redway.products.charts.style import Size

SVG = "http://www.w3.org/2000/svg"
# vl-convert writes these for its own scripts; a still picture has no use for them, and a strict policy none for style
DROPPED = {"class", "style", "role", "aria-roledescription", "aria-hidden", "pointer-events", "version"}


class Chart(Protocol):
    """What can be drawn: a frozen value with its words, its sizes, and a Vega-Lite definition for each."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def sizes(self) -> tuple[Size, ...]: ...
    def spec(self, size: Size) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Picture:
    """A drawn chart: safe SVG by the name of its size, `wide` and `narrow`."""

    drawings: Mapping[str, SafeString]


def picture(chart: Chart, folder: Path) -> Picture:
    """The chart drawn at each of its sizes, from the folder of earlier drawings where it is there."""
    return Picture({size.name: _drawing(chart, size, folder) for size in chart.sizes})


def _drawing(chart: Chart, size: Size, folder: Path) -> SafeString:
    key = hashlib.sha256(repr((_code(), get_language(), size, chart)).encode()).hexdigest()[:24]
    kept = folder / key[:2] / f"{key}.svg"
    try:
        svg = kept.read_text("utf-8")
    except FileNotFoundError:
        svg = clean(draw(chart.spec(size)), key=key[:10], title=chart.title, description=chart.description)
        keep(svg, kept)
    return mark_safe(svg)  # noqa: S308 - made by `clean`, which escapes every text


def draw(spec: Mapping[str, Any]) -> str:
    """SVG of a Vega-Lite definition. Imported here: it starts an engine of its own, which a warm page never needs."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(dict(spec), vl_version="6.4", allowed_base_urls=[])
    return drawn


def clean(svg: str, *, key: str, title: str, description: str) -> str:
    """One image with one name for the ear, no style, and ids that no other drawing of the page shares."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own engine's output, not a file that came from outside
    for element in root.iter():
        # prefixes for writing are one table of the whole process, which any library may change: a browser draws
        # nothing of <svg:svg>, so the names are written plain and the root says whose they are
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
        for name in list(element.attrib):
            if name in DROPPED or name.startswith("aria-"):
                del element.attrib[name]
            elif name == "id":
                element.attrib[name] = f"{key}-{element.attrib[name]}"
            elif "url(#" in element.attrib[name]:
                element.attrib[name] = re.sub(r"url\(#", f"url(#{key}-", element.attrib[name])
    _drop_empty(root)
    root.attrib |= {
        "xmlns": SVG,
        "role": "img",
        "aria-labelledby": f"{key}-title {key}-description",
        "focusable": "false",
    }
    for tag, words in (("desc", description), ("title", title)):
        element = ElementTree.Element(tag, {"id": f"{key}-{'title' if tag == 'title' else 'description'}"})
        element.text = words
        root.insert(0, element)
    return ElementTree.tostring(root, encoding="unicode")


def _drop_empty(element: ElementTree.Element) -> None:
    """Remove what paints nothing: Vega leaves an empty path before and after every group."""
    for child in list(element):
        _drop_empty(child)
        nothing = child.get("display") == "none" or not (child.get("fill") or child.get("stroke"))
        if (child.tag == "path" and nothing) or (child.tag == "g" and not len(child)):
            element.remove(child)


def keep(text: str, path: Path) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, half = tempfile.mkstemp(dir=path.parent, suffix=".half")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


@cache
def _code() -> str:
    """The drawing code as it stands, so that a change of it redraws."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
