"""Released tables as files, pages and text. Nothing that leaves is made of counts: only of a released table.

`beside_counts` alone takes an edition with its counts. It is for members who may see them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.indicators.counts import TOTAL, Label, Mark
from redway.indicators.release import Cell, Edition, Released
from redway.products import csv, tables


def document(released: Released, *, rows: str, columns: str, about: Mapping[str, csv.Value]) -> str:
    """A CSV file with one line for each figure: its row, its column, its value and its marks, below the notes.

    `rows` and `columns` are what those of the table are called: Ward, Age. Raises TypeError for a table that has
    not been released.
    """
    if not isinstance(released, Released):
        raise TypeError(f"only a released table may leave, not a {type(released).__name__}")
    named = {f"{_('Note')} {number}": note for number, note in enumerate(notes(released), 1)}
    total = _("Total")
    lines = (
        (total if row is TOTAL else row, total if column is TOTAL else column, cell.value, " ".join(cell.marks))
        for row, line in zip((*released.rows, TOTAL), released.cells, strict=True)
        for column, cell in zip((*released.columns, TOTAL), line, strict=True)
        if cell != Cell()
    )
    return csv.document((rows, columns, released.unit, _("Mark")), lines, {**about, **named})


def published(released: Released, public: Mapping[str, Any], *, edition: int, on: date, place: str) -> str:
    """The CSV file of an edition that left, with all that was said of it when it did."""
    about: dict[str, csv.Value] = {
        _("Partnership"): place,
        _("Table"): public["title"],
        _("What is counted"): public["what"],
        _("Period"): periods.in_words(public["period"]),
        _("Edition"): edition,
        _("Released on"): on.isoformat(),
        _("Data"): f"{public['dataset']}, {public['provider']}",
        _("Data version"): public["data_version"],
        _("Policy"): released.policy.name,
    }
    if public["licence"]:
        about[_("Licence")] = public["licence"]
    for number, note in enumerate(public["notes"], 1):
        about[f"{_('About the table')} {number}"] = note
    return document(released, rows=public["rows"], columns=public["columns"], about=about)


def notes(released: Released) -> tuple[str, ...]:
    """What was done to the table, what it lost, and what each mark in it means, in sentences."""
    policy, loss = released.policy, released.loss
    said = []
    if policy.hide_to >= policy.hide_from:
        said.append(
            _("Counts from %(low)s to %(high)s are hidden, and others where they would give one of those away.")
            % {"low": policy.hide_from, "high": policy.hide_to}
        )
        said.append(
            ngettext(
                "%(hidden)s of %(figures)s figure is hidden, %(totals)s of them totals.",
                "%(hidden)s of %(figures)s figures are hidden, %(totals)s of them totals.",
                loss.figures,
            )
            % {"hidden": loss.hidden, "figures": loss.figures, "totals": loss.totals_hidden}
        )
    if policy.round_to > 1:
        said.append(
            _("Counts are rounded to the nearest %(to)s, each by itself: totals may not be the sum of what is shown.")
            % {"to": policy.round_to}
        )
    if released.unit != "count":
        said.append(_("Percentages and rates are worked out of the counts as shown."))
    used = {mark for line in released.cells for cell in line for mark in cell.marks}
    return (*said, *(words for mark, words in _meanings().items() if mark in used))


def _meanings() -> dict[Mark, str]:
    return {
        Mark.CONFIDENTIAL: _("[c] withheld to protect people. It is not a zero."),
        Mark.NOT_AVAILABLE: _("[x] not available: nothing was received for it. It is not a zero."),
        Mark.NOT_APPLICABLE: _("[z] does not apply."),
        Mark.LOW: _("[low] rounds to zero, and is not a zero."),
        Mark.PROVISIONAL: _("[p] provisional: may still change."),
        Mark.REVISED: _("[r] revised: it was shown otherwise before."),
    }


# ------------------------------------------------------------------ On a page


def as_table(released: Released, *, caption: str, rows: str, parts: Sequence[str] = ("", "")) -> tables.Table:
    """A released table for a page. `parts` says what rows and columns part by: months are written in words."""
    return _drawn(released, lambda i, j: _on_page(released.cells[i][j]), caption, rows, parts)


def beside_counts(edition: Edition, *, caption: str, rows: str, parts: Sequence[str] = ("", "")) -> tables.Table:
    """Exact counts, each with what becomes of it and why. Only for who may see small counts; it never leaves."""
    released, (figures, _marks) = edition.released, edition.table.figures()
    policy = released.policy

    def cell(i: int, j: int) -> tables.Cell:
        shown, count = released.cells[i][j], figures[i, j]
        if count != count:
            return _on_page(shown)
        if shown.hidden:
            why = _("hidden: small") if policy.hides(count) else _("hidden to protect others")
        elif shown.value == count:
            why = ""
        else:
            why = _("as %(shown)s") % {"shown": "[low]" if shown.value is None else f"{shown.value:,.0f}"}
        return tables.Cell(f"{count:,.0f}", numeric=True, note=why)

    return _drawn(released, cell, caption, rows, parts)


def as_text(released: Released, *, rows: str) -> str:
    """A released table for a terminal."""
    drawn = as_table(released, caption="", rows=rows)
    lines = [[column.title for column in drawn.columns]]
    lines += [[f"{c.text} {c.note}".strip() for c in row] for row in drawn.rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "".join(
        "  ".join(
            text.rjust(w) if at else text.ljust(w) for at, (text, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        + "\n"
        for line in lines
    )


def _drawn(
    released: Released, cell: Callable[[int, int], tables.Cell], caption: str, rows: str, parts: Sequence[str]
) -> tables.Table:
    """Rows and columns that are there: totals that were not asked for are left out."""
    row_labels, column_labels = (*released.rows, TOTAL), (*released.columns, TOTAL)
    there = [i for i, line in enumerate(released.cells) if any(c != Cell() for c in line)]
    across = [j for j in range(len(column_labels)) if any(line[j] != Cell() for line in released.cells)]
    lines = [(tables.text(_label(row_labels[i], parts[0])), *(cell(i, j) for j in across)) for i in there]
    heads = [tables.Column(_label(column_labels[j], parts[1]), numeric=True) for j in across]
    return tables.Table(caption, (tables.Column(rows), *heads), tuple(lines))


def _label(label: Label, part: str) -> str:
    if label is TOTAL:
        return _("Total")
    return periods.in_words(label) if part in ("month", "quarter") else label


def _on_page(cell: Cell) -> tables.Cell:
    if cell == Cell():
        return tables.Cell("")
    if cell.value is not None:
        return tables.Cell(f"{cell.value:,.0f}", numeric=True, note=" ".join(cell.marks))
    for mark, drawn in (
        (Mark.CONFIDENTIAL, tables.suppressed()),
        (Mark.NOT_APPLICABLE, tables.not_applicable()),
        (Mark.LOW, tables.Cell(Mark.LOW, numeric=True, spoken=_("low, rounds to zero"))),
    ):
        if mark in cell.marks:
            return drawn
    return tables.not_available()
