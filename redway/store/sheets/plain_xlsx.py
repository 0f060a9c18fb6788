"""Rows of an Excel sheet in which nothing stands but ordinary cells, read without the reader library.

As in `plain_ods`: what surrounds a cell's value is nearly always one of a few strings, each of which is looked at once.
Rows with any other are left to be looked at one thing after another (`xlsx`): so in ordinary ones there is no formula
to look for, nor anything hidden, and every cell has its place.
"""

import re
from collections.abc import Sequence

from redway.store.sheets.plain import WHOLE, Other, plain_number, plain_text, unescaped
from redway.store.sheets.slices import MOST_CELLS, MOST_COLUMNS, Row

ROW_END, CELL_END = "</row>", "</c>"
ROW = re.compile(
    r'\s*<row r="([1-9][0-9]{0,6})"'
    r'(?: (?:(?:spans|s|customFormat|ht|customHeight|thickTop|thickBot|x14ac:dyDescent)="[^"<]*"'
    r'|(?:hidden|collapsed|outlineLevel)="(?:0|false)"))*>'
)
PLACE = re.compile(r'<c r="([A-Z]{1,3})')
BLANK = re.compile(r'(?:<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,5}")?/>)+')
KIND = re.compile(r'(?: s="([0-9]{1,5})")?(?: t="(n|s|str|b|e|inlineStr)")?>(<is>)?')
TEXT_END, VALUE_END = "</t></is>", "</v>"


def rows(content: bytes, *, strings: Sequence[str | None], numbers: frozenset[str]) -> list[Row]:
    """The rows of some XML that hold anything, as text.

    strings  what cells refer to by their number
    numbers  the formats, by their number, in which a number is no date or time
    Raises Other where anything but ordinary cells stands there, or more than memory should hold.
    """
    *given, rest = plain_text(content).split(ROW_END)
    if rest.strip():
        raise Other
    reading = _Reading(strings, numbers)
    found, held = [], 0
    for row in given:
        if not (tag := ROW.match(row)):
            raise Other
        cells = reading.cells(row[tag.end() :], f'{tag[1]}"')
        held += len(cells)
        if held > MOST_CELLS:
            raise Other
        if cells:
            found.append((int(tag[1]), cells))
    return found


class _Reading:
    """What was learned from the cells of some rows: which columns, kinds and values are written how."""

    def __init__(self, strings: Sequence[str | None], numbers: frozenset[str]):
        self._strings, self._numbers = strings, numbers
        self._columns: dict[str, int] = {}
        self._kinds: dict[str, str] = {}
        self._values: dict[tuple[str, str], str] = {}

    def cells(self, row: str, mark: str) -> list[str]:
        """The cells of one row; `mark` is how the place of each ends, the row's number and a quotation mark."""
        cells: list[str] = []
        *given, rest = row.split(CELL_END)
        if rest.strip() and not BLANK.fullmatch(rest):
            raise Other
        for piece in given:
            if "/><" in piece and (blank := BLANK.match(piece)):
                piece = piece[blank.end() :]
            place, _, cell = piece.partition(mark)
            at = self._columns.get(place) or self._column(place)
            if at != len(cells) + 1:
                if at <= len(cells):
                    raise Other
                cells += [""] * (at - 1 - len(cells))
            tags, inner, value = cell.partition("<v>")
            if inner:
                end = VALUE_END
            else:
                tags, inner, value = cell.partition("<t>")
                end = TEXT_END
            kind = self._kinds.get(tags) or self._kind(tags)
            if not value.endswith(end) or (kind == "inlineStr") != (end is TEXT_END):
                raise Other
            value = value[: -len(end)]
            known = self._values.get((kind, value))
            cells.append(known or self._text(kind, value))
        while cells and not cells[-1]:
            cells.pop()
        return cells

    def _text(self, kind: str, value: str) -> str:
        """A cell's value of some type as text."""
        if kind == "s":
            found = self._shared(value)
        elif kind == "n":
            found = plain_number(value)
        else:
            return _as_written(value)  # mostly another in every cell: not worth keeping
        self._values[kind, value] = found
        return found

    def _shared(self, value: str) -> str:
        if not WHOLE.fullmatch(value) or not 0 <= int(value) < len(self._strings):
            raise Other
        shared = self._strings[int(value)]
        if shared is None:
            raise Other
        return shared

    def _column(self, place: str) -> int:
        """The number of a cell's column, 1 for A. Raises Other for one too far to the right."""
        found = PLACE.fullmatch(place)
        if not found or (at := column(found[1].encode())) > MOST_COLUMNS:
            raise Other
        self._columns[place] = at
        return at

    def _kind(self, tags: str) -> str:
        """The type of a cell: s, str, inlineStr, e, or n for a number that is no date. Raises Other for others."""
        found = KIND.fullmatch(tags)
        if not found:
            raise Other
        style, kind, inline = found[1], found[2] or "n", found[3]
        if (
            bool(inline) != (kind == "inlineStr")
            or kind == "b"
            or (kind == "n" and style and style not in self._numbers)
        ):
            raise Other
        self._kinds[tags] = kind
        return kind


def _as_written(value: str) -> str:
    """A text as it stands in the XML. Raises Other where a reader would change it: blanks at its ends, tags,
    references by number, characters that Excel spells _x000D_.
    """
    if "<" in value or "_x" in value or (value and (value[0].isspace() or value[-1].isspace())):
        raise Other
    return unescaped(value) if "&" in value else value


def column(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
