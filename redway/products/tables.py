"""Tables as values: a caption, columns, rows of cells that say what they are. A macro draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

# The shorthand of official statistics; each is also said in words for the ear.
NOT_AVAILABLE, SUPPRESSED, NOT_APPLICABLE, PROVISIONAL = "[x]", "[c]", "[z]", "[p]"
LATE, NOT_YET = "[late]", "[not yet]"


@dataclass(frozen=True)
class Column:
    """A heading. `sort` is the address that sorts by it, where it can be; `order` is how it is sorted now."""

    title: str
    numeric: bool = False
    sort: str = ""
    order: str = "none"


@dataclass(frozen=True)
class Cell:
    """What one cell shows. `spoken` is said instead of a shorthand such as [x]; `link` makes it a link.

    `missing` marks words that say something is not there: a commitment without an owner.
    """

    text: str
    numeric: bool = False
    spoken: str = ""
    link: str = ""
    note: str = ""
    missing: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns; the first cell of each row is its heading."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    legend: tuple[str, ...] = field(default=())


def number(value: float | None, decimals: int = 0) -> Cell:
    """A right-aligned number with its thousands separated; [x] where it is not known, never a zero."""
    if value is None or value != value:
        return not_available()
    return Cell(f"{value:,.{decimals}f}", numeric=True)


def text(words: str, *, link: str = "", note: str = "") -> Cell:
    return Cell(words, link=link, note=note)


def not_available() -> Cell:
    return Cell(NOT_AVAILABLE, numeric=True, spoken=_("not available"))


def suppressed() -> Cell:
    return Cell(SUPPRESSED, numeric=True, spoken=_("withheld to protect people"))


def late() -> Cell:
    return Cell(LATE, numeric=True, spoken=_("late"))


def not_yet() -> Cell:
    return Cell(NOT_YET, numeric=True, spoken=_("not yet come"))


def not_applicable() -> Cell:
    return Cell(NOT_APPLICABLE, numeric=True, spoken=_("does not apply"))


def legend(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """What each shorthand that the rows use means, in words."""
    meanings = {
        NOT_AVAILABLE: _("[x] not available: nothing was received for it. It is not a zero."),
        SUPPRESSED: _("[c] withheld to protect people. It is not a zero."),
        NOT_APPLICABLE: _("[z] does not apply."),
        PROVISIONAL: _("[p] provisional: may still change."),
        LATE: _("[late] due, and not received yet. It is not a zero."),
        NOT_YET: _("[not yet] its last months have not come yet."),
    }
    used = {cell.text for row in rows for cell in row}
    return tuple(words for mark, words in meanings.items() if mark in used)
