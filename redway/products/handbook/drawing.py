"""Drawing the pictures beside the handbook's pages, and knowing whether one has to be drawn anew.

A page names its picture; the drawing and the words under it are made here. Each file says by a digest what it was
drawn from, so that a test can tell a stale one without drawing any.
"""

import hashlib
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from redway import methods
from redway.methods.catalogue import TOPICS
from redway.products.charts.plot import Plot
from redway.products.charts.render import clean, draw
from redway.products.charts.style import Size

PAGES = Path(methods.__file__).parent / "handbook"
FOLDER = PAGES / "pictures"
MADE_UP = "The figures are made up."
LONG = re.compile(r"\d+\.\d{3,}")


@cache
def pictures() -> Mapping[str, Callable[[], Plot]]:
    """What draws each page's picture, by its name."""
    found: dict[str, Callable[[], Plot]] = {}
    for topic in (*TOPICS, "foundations"):
        found |= import_module(f"redway.products.handbook.{topic}").PICTURES
    return found


def path(name: str, size: str) -> Path:
    """Where a picture of that size is: the wide one has the method's plain name, since Markdown points to it."""
    return FOLDER / (f"{name}.svg" if size == "wide" else f"{name}-{size}.svg")


def digest(plot: Plot, size: Size) -> str:
    """A name for everything that is drawn at that size, as far as an eye sees it: another processor's last figures
    make no picture stale."""
    whole = json.dumps([plot.title, plot.description, _coarse(plot.spec(size))], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _coarse(part: Any) -> Any:
    """The same with numbers to three figures."""
    if isinstance(part, float):
        return float(f"{part:.3g}")
    if isinstance(part, dict):
        return {name: _coarse(value) for name, value in part.items()}
    return [_coarse(value) for value in part] if isinstance(part, list) else part


def stale(name: str, plot: Plot) -> list[str]:
    """The sizes whose file is not there or was drawn from something else."""
    return [size.name for size in plot.sizes if _drawn_from(path(name, size.name)) != digest(plot, size)]


def _drawn_from(file: Path) -> str:
    if not file.is_file():
        return ""
    found = re.match(r'<svg data-of="([0-9a-f]+)"', file.read_text("utf-8"))
    return found[1] if found else ""


def draw_anew(names: Iterable[str]) -> list[str]:
    """Draw those that have to be, and put their words on the pages. Gives the names of those drawn."""
    drawn = []
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        plot = pictures()[name]()
        for size in plot.sizes:
            if size.name in stale(name, plot):
                path(name, size.name).write_text(_svg(name, plot, size), "utf-8")
                drawn.append(f"{name}, {size.name}")
        page = PAGES / f"{name}.md"
        text = page.read_text("utf-8")
        if text != (put := with_picture(text, name, plot)):
            page.write_text(put, "utf-8")
    return drawn


def _svg(name: str, plot: Plot, size: Size) -> str:
    key = f"{name}-{size.name}"
    drawn = clean(draw(plot.spec(size)), key=key, title=plot.title, description=words(plot))
    return LONG.sub(lambda found: f"{float(found[0]):.2f}", drawn).replace(
        "<svg", f'<svg data-of="{digest(plot, size)}"', 1
    )


def words(plot: Plot) -> str:
    """What stands under a picture."""
    return f"{plot.description} {MADE_UP}"


def block(name: str, plot: Plot) -> str:
    """The picture and its words in Markdown."""
    told = textwrap.fill(f"**In the picture.** {_plain(words(plot))}", 118, break_on_hyphens=False)
    return f"![{_plain(plot.title)}](pictures/{name}.svg)\n\n{told}\n"


def _plain(text: str) -> str:
    """Text that Markdown takes as it stands."""
    return re.sub(r"([\\*_`<>\[\]|])", r"\\\1", text)


def with_picture(text: str, name: str, plot: Plot) -> str:
    """The page with its picture after its first section, in place of one that was there."""
    there = re.compile(rf"!\[[^\n]*\]\(pictures/{name}\.svg\)\n\n\*\*In the picture\.\*\*.*?\n(?=\n)", re.DOTALL)
    if there.search(text):
        return there.sub(lambda _found: block(name, plot), text, count=1)
    start = text.index("**In plain words")
    end = text.index("\n\n", start) + 2
    return f"{text[:end]}{block(name, plot)}\n{text[end:]}"
