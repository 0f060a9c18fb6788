"""What is wanted of a reference table: its columns, what their cells are, and rules over several of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

NUMBER = r"-?[0-9]{1,15}(\.[0-9]{0,30})?([eE][-+]?[0-9]{1,2})?"  # never so large that a float cannot hold it
LSOA = r"[A-Z]01[0-9]{6}"
LSOA_EXAMPLE = "an LSOA code such as E01016710"
DISTRICT = r"[A-Z]0[6-9][0-9]{6}"
DISTRICT_EXAMPLE = "a local authority district code such as E06000042"


@dataclass(frozen=True)
class Field:
    """One column that is wanted: its canonical name, the headings it may stand under, and what its cells are.

    like      pattern that the whole of a text cell matches; `example` says it in words for the refusal
    least     smallest number taken; `most`, the largest
    optional  the column may be absent, and its cells empty (null then)
    nth       of `headings`, which of several that are alike, counted from 1
    about     what it is, where no column of the dataset has its name
    """

    name: str
    headings: tuple[str, ...] = ()
    kind: Literal["text", "integer", "number"] = "text"
    like: str = ""
    example: str = ""
    least: float | None = None
    most: float | None = None
    optional: bool = False
    nth: int = 1
    about: str = ""

    @property
    def needs(self) -> str:
        """What a cell should be, in words."""
        if self.example or self.kind == "text":
            return self.example or "a text"
        number = "a whole number" if self.kind == "integer" else "a number"
        lowest = "" if self.least is None else f" from {self.least:g}"
        return number + lowest + ("" if self.most is None else f" to {self.most:g}")


@dataclass(frozen=True)
class RowCheck:
    """A rule over several columns: `wrong` is true, in the typed table, for each row to be refused."""

    reason: str
    wrong: Callable[[pa.Table], Any]
    column: str
    expected: str
