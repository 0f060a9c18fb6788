"""The headings of a partner's file: which column stands where, and why a heading may refuse the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from redway.errors import FileRefused, Place
from redway.sources.dataset import Column, Context, Dataset, names
from redway.sources.dataset import dataset as dataset_of
from redway.sources.returned import identifiers
from redway.store.kinds import IN_A_SPREADSHEET

SHOWN = 8
MOST_BLANK = 100  # places without a heading; sheets leave a few, and each costs work for every row


@dataclass(frozen=True)
class Headings:
    """Where columns stand in a file.

    at       column -> its place among the file's headings
    spelt    column -> its heading as the file has it
    blank    places without a heading, whose cells must be empty
    """

    at: Mapping[str, int]
    spelt: Mapping[str, str]
    blank: tuple[int, ...]


def wanted_by(dataset: Dataset) -> dict[str, Column]:
    """Every heading that a dataset takes, folded -> its column."""
    found: dict[str, Column] = {}
    for column in dataset.columns:
        for heading in (column.name, column.heading, *column.headings):
            found.setdefault(folded(heading), column)
    return found


def folded(heading: str) -> str:
    """A heading without regard to case, blanks and underscores."""
    return " ".join(heading.replace("_", " ").split()).casefold()


def recognised(dataset: Dataset, headings: Sequence[str]) -> bool:
    """Whether these may be the headings of a dataset: how its sheet is told among others."""
    known = wanted_by(dataset)
    found = {known[folded(h)].name for h in headings if folded(h) in known}
    return all(c.name in found for c in dataset.columns if c.required and not c.optional) and bool(found)


def read(dataset: Dataset, headings: Sequence[str], context: Context, file_name: str) -> Headings:
    """Where each column stands. Raises FileRefused for one unknown, missing, there twice or not allowed."""
    known, place = wanted_by(dataset), Place(file_name)
    at: dict[str, int] = {}
    unknown, twice, blank = [], [], []
    for position, heading in enumerate(headings):
        column = known.get(folded(heading))
        if not heading.strip():
            blank.append(position)
        elif column is None:
            unknown.append(heading)
        elif column.name in at:
            twice.append(heading)
        else:
            at[column.name] = position
    missing = [c.heading for c in dataset.columns if c.name not in at and not c.optional]
    _refuse_semicolons(dataset, headings, place)
    if unknown and missing:
        _refuse_another_return(dataset, headings, place)
    _refuse_identifiers(dataset, unknown, place)
    if unknown or missing or twice:
        raise _other_columns(dataset, unknown, missing, twice, place, headed=bool(at))
    if len(blank) > MOST_BLANK:
        raise FileRefused(
            "a heading over every column",
            came=f"{len(blank):,} columns without one",
            cause="cells far to the right that once held something. Delete the empty columns, or use the template.",
            place=place,
        )
    spelt = {name: headings[position] for name, position in at.items()}
    _refuse_not_permitted(spelt, context, place)
    return Headings(at, spelt, tuple(blank))


def _refuse_semicolons(dataset: Dataset, headings: Sequence[str], place: Place) -> None:
    if len(headings) == 1 and len(dataset.columns) > 1 and any(mark in headings[0] for mark in ";\t|"):
        raise FileRefused(
            "cells parted by commas",
            came="a first line without a comma",
            cause=f"the file's cells are parted by semicolons or tabs. {IN_A_SPREADSHEET}",
            place=place,
        )


def _refuse_another_return(dataset: Dataset, headings: Sequence[str], place: Place) -> None:
    """Raise FileRefused for the headings of another return that partners send, every one of which it knows.

    Its sentences do not name it: whoever shows them names it to who may send it.
    """
    for other in map(dataset_of, names()):
        known = wanted_by(other)
        if other.access != "partners" or other.name == dataset.name or not recognised(other, headings):
            continue
        if all(folded(heading) in known for heading in headings if heading.strip()):
            fault = FileRefused(
                f"the columns of “{dataset.title}”",
                came="the columns of another return",
                cause="the file of another return was chosen. Who sends that one can send it as such; if you do not, "
                "ask the partnership’s analysts.",
                place=place,
            )
            fault.looks_like = other.name
            raise fault


def _refuse_identifiers(dataset: Dataset, unknown: Sequence[str], place: Place) -> None:
    found = {heading: what for heading in unknown if (what := identifiers.of_heading(heading))}
    if found:
        able = any(column.type == "pseudonym" for column in dataset.columns)
        pseudonymise = ", or run redway pseudonymise on your own machine" if able else ""
        raise FileRefused(
            "no column with direct identifiers",
            came=", ".join(
                f"“{heading[:60]}”, which looks like {what}" for heading, what in list(found.items())[:SHOWN]
            ),
            cause=f"a whole extract was sent. Take these columns out at their source{pseudonymise}. Nothing of what "
            "was sent was kept here.",
            place=place,
        )


def _other_columns(
    dataset: Dataset,
    unknown: Sequence[str],
    missing: Sequence[str],
    twice: Sequence[str],
    place: Place,
    *,
    headed: bool,
) -> FileRefused:
    """The fault of columns other than a dataset's.

    headed  whether any cell of the first line is a heading of the dataset. Where none is, nor nearly, the line may be
            somebody's row: it is not repeated
    """
    wanted = [column.heading for column in dataset.columns if not column.optional]
    renamed = [(m, near[0]) for m in missing if (near := get_close_matches(m, list(unknown), 1, 0.6))]
    if not headed and not renamed:
        return FileRefused(
            f"the columns {quoted(wanted)}",
            came="a first line without any of these headings, which is not repeated here",
            cause="the line of headings is missing, a title stands over it, or it is another file. Use the template "
            "of this return.",
            place=place,
        )
    came = [
        f"{words} {quoted(names)}"
        for words, names in (("no", missing), ("an unknown", unknown), ("more than one", twice))
        if names
    ]
    cause = "another file, or columns added, renamed or merged. Columns that were not asked for are not taken, as they "
    cause += "may hold what must not come. Use the template of this return."
    if renamed:
        cause = "renamed columns: " + ", ".join(f"“{was}” is now “{now[:60]}”" for was, now in renamed[:SHOWN]) + "."
    return FileRefused(f"the columns {quoted(wanted)}", came=" and ".join(came), cause=cause, place=place)


def _refuse_not_permitted(spelt: Mapping[str, str], context: Context, place: Place) -> None:
    if context.permitted is None:
        return
    if closed := [heading for name, heading in spelt.items() if name not in context.permitted]:
        raise FileRefused(
            "columns that a gateway in force lets in",
            came=f"{quoted(closed)}, which none does",
            cause="the information-sharing agreement does not name them. Leave them out of the file, or ask the "
            "partnership to have them added to the gateway before sending them.",
            place=place,
        )


def quoted(names: Sequence[str]) -> str:
    """Names in quotation marks, the first of many."""
    return listed([f"“{name[:60]}”" for name in names], SHOWN)


def listed(words: Sequence[str], most: int, *, more: str = "more") -> str:
    """Words in a row. Of many more than `most`, the first of them and how many there are besides: `and 17 more`."""
    if len(words) <= most + most // 2:
        return ", ".join(words)
    return f"{', '.join(words[:most])} and {len(words) - most:,} {more}"
