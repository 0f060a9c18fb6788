"""Errors that teach: what was expected, what came, and the likely cause."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def plain(text: str) -> str:
    """Text that is safe to show: characters that could steer a terminal, as files and names may hold, written out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == NO_BREAK_SPACE else c.encode("unicode_escape").decode() for c in text)


def nearest(given: str, known: Iterable[str]) -> str:
    """The known word that what was given is most like, case aside; empty when it is like none."""
    spelt = {word.casefold(): word for word in known}
    found = get_close_matches(given.casefold(), spelt, n=1, cutoff=0.6)
    return spelt[found[0]] if found else ""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The likely cause of a name that nothing has: `a spelling mistake. Did you mean “fire”?`"""
    found = nearest(given, known)
    return f"a spelling mistake. Did you mean “{found}”?" if found else "a spelling mistake."


def line_of(row: int) -> int:
    """The line of a spreadsheet that a row stands in: the heading is line 1, so the first row under it is line 2."""
    return row + 1


@dataclass(frozen=True)
class Place:
    """Where a fault was first seen: a file, its row and column.

    row    1 is the first row under the heading; people are shown the line that a spreadsheet shows beside it, where the
           heading is line 1
    item   what is counted, in a file that has no lines to look at
    """

    file: str = ""
    row: int | None = None
    column: str = ""
    item: str = ""

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(f"{self.item} {self.row:,}" if self.item else f"line {line_of(self.row):,}")
        if self.column:
            parts.append(f"column “{self.column}”")
        return plain(", ".join(parts))


class RedwayError(Exception):
    """Something a person can mend. The message is shown as it stands, so it names no internals.

    expected  what was needed
    came      what was there instead
    cause     the likely cause, and what to do
    place     where it was first seen
    count     how many rows or things have the same fault
    """

    def __init__(self, expected: str, *, came: str = "", cause: str = "", place: Place | None = None, count: int = 0):
        self.expected, self.came, self.cause = expected, came, cause
        self.place, self.count = place or Place(), count
        super().__init__(str(self))

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        sentences = [f"{where}expected {self.expected}."]
        if self.came:
            sentences.append(f"What came: {self.came}.")
        if self.count > 1:
            sentences.append(f"{self.count:,} rows have this fault.")
        if self.cause:
            sentences.append(f"Likely cause: {self.cause}")
        return plain(" ".join(sentences))


class FileRefused(RedwayError):
    """A whole file cannot be taken; nothing of it was kept.

    periods     labels of those that its rows say they are of, as far as that could be read
    looks_like  name of the dataset whose return it seems to be, where that is another than it was sent as
    """

    periods: tuple[str, ...] = ()
    looks_like: str = ""


class Damaged(RedwayError):
    """What was kept is missing or not what it was: a fault of disks or hands, and of nobody who asks for it."""


class NotSetUp(RedwayError):
    """The partnership, or data that it needs, is not there yet."""


class NotAllowed(RedwayError):
    """The state of things does not allow it, whoever asks. Its sentences are what the screen shows."""

    def __str__(self) -> str:
        return self.expected
