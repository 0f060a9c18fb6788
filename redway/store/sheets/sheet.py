"""A sheet as a workbook lists it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from redway.errors import FileRefused
from redway.store.sheets.container import Container


class Visibility(StrEnum):
    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "very hidden"  # Excel does not even offer to show it


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, whether people see it, and where its XML lies (for ods, its number in the one part)."""

    name: str
    visible: Visibility
    part: str


def hidden_refusal(container: Container, sheet: Sheet, what: Literal["rows", "columns"]) -> FileRefused:
    """The refusal of a sheet of which something is out of sight."""
    cause = (
        "a filter, which hides rows and does not leave them out."
        if what == "rows"
        else "columns put out of sight, which are sent all the same."
    )
    return container.refusal(
        f"a sheet “{sheet.name}” on which all that is sent can be seen",
        f"hidden {what}",
        f"{cause} Clear the filter, select all and choose “Unhide”, delete what is not to be sent, and save.",
    )


def comment_refusal(container: Container, sheet: Sheet) -> FileRefused:
    """The refusal of a sheet with comments."""
    return container.refusal(
        f"a sheet “{sheet.name}” without comments or notes",
        "cells with them",
        "they may name people, and no check reads them. Delete them (Review, Delete all comments).",
    )


def formula_refusal(container: Container, sheet: Sheet, cell: str) -> FileRefused:
    """The refusal of a sheet with formulas; `cell` is where the first stands, empty where that is not known."""
    return container.refusal(
        f"a sheet “{sheet.name}” of values",
        f"a formula{f' in cell {cell}' if cell else ''}",
        "cells that are worked out from others. Select all, copy, and “paste special, values only”.",
    )


def merged_refusal(container: Container, sheet: Sheet, where: str) -> FileRefused:
    """The refusal of a sheet with merged cells."""
    return container.refusal(
        f"a sheet “{sheet.name}” without merged cells",
        f"merged cells{where}",
        "a heading or a value laid over several cells belongs to none of them for certain. "
        "Select all, choose “Unmerge cells”, and fill the empty cells.",
    )


def width_refusal(container: Container, sheet: Sheet, most: int, came: int) -> FileRefused:
    """The refusal of a sheet with too many columns."""
    return container.refusal(
        f"a sheet “{sheet.name}” of at most {most:,} columns",
        f"{came:,} or more",
        "rows and columns were swapped, or a stray value stands far to the right. Delete the columns not needed.",
    )
