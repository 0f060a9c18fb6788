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


def document(
    released: Released, *, rows: str, columns: str, about: Mapping[str, csv.Value], derived: Sequence[Released] = ()
) -> str:
    """A CSV file with one line for each figure: its row, its column, its value and its marks, below the notes.

    `rows` and `columns` are what those of the table are called: Ward, Age. `derived` are percentages and rates of the
    same table, two columns each. Raises TypeError for a table that has not been released.
    """
    for one in (released, *derived):
        if not isinstance(one, Released):
            raise TypeError(f"only a released table may leave, not a {type(one).__name__}")
    said = (*notes(released), *derived_notes(derived))
    named = {f"{_('Note')} {number}": note for number, note in enumerate(said, 1)}
    total, mark = _("Total"), _("Mark")
    lines = (
        (
            total if row is TOTAL else row,
            total if column is TOTAL else column,
            *(said for one in (released, *derived) for said in _said(one.cells[i][j])),
        )
        for i, row in enumerate((*released.rows, TOTAL))
        for j, column in enumerate((*released.columns, TOTAL))
        if released.cells[i][j] != Cell()
    )
    heads = [head for one in derived for head in (called(one), f"{mark}: {called(one)}")]
    return csv.document((rows, columns, released.unit, mark, *heads), lines, {**about, **named})


def _said(cell: Cell) -> tuple[csv.Value, csv.Value]:
    return cell.value, " ".join(cell.marks)


def derived(released: Released, public: Mapping[str, Any]) -> tuple[Released, ...]:
    """The percentages and rates that an edition shows beside its counts: worked out of what it shows, and of residents
    that anybody can look up.
    """
    shares, rate = public.get("shares"), public.get("rate")
    made = [released.percentages(shares)] if shares else []
    return (*made, *([released.rates(rate["people"], rate["per"])] if rate else []))


def called(released: Released) -> str:
    """What a table of percentages or rates is called."""
    words = {
        "percentage of the row": _("Percentage of the row"),
        "percentage of the column": _("Percentage of the column"),
        "percentage of the table": _("Percentage of the whole table"),
    }
    per = released.unit.removeprefix("rate per ")
    return words.get(released.unit) or _("For every %(per)s residents") % {"per": per}


def derived_notes(derived: Sequence[Released]) -> tuple[str, ...]:
    """What a reader has to know of percentages and rates."""
    if not derived:
        return ()
    said = [
        _("Percentages and rates are worked out of the counts as shown, rounding and all, and are withheld with them.")
    ]
    if any(one.unit.startswith("rate") for one in derived):
        said.append(
            _(
                "Rates are for the usual residents of Census 2021. There is none, [x], where residents are not known "
                "or say little of who is in a place."
            )
        )
    return tuple(said)


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
    return document(
        released, rows=public["rows"], columns=public["columns"], about=about, derived=derived(released, public)
    )


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
    decimals = 0 if released.unit == "count" else 1
    return _drawn(released, lambda i, j: _on_page(released.cells[i][j], decimals), caption, rows, parts)


def as_tables(
    released: Released, public: Mapping[str, Any], *, caption: str, rows: str, parts: Sequence[str] = ("", "")
) -> list[tables.Table]:
    """The counts for a page, then the percentages and rates that are shown beside them, each with what it is called."""
    made = [as_table(released, caption=caption, rows=rows, parts=parts)]
    return made + [as_table(one, caption=called(one), rows=rows, parts=parts) for one in derived(released, public)]


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


def as_text(released: Released, public: Mapping[str, Any]) -> str:
    """A released table for a terminal, with the percentages and rates beside it."""
    counts, *others = as_tables(released, public, caption="", rows=public["rows"])
    return _in_lines(counts) + "".join(f"\n{one.caption}\n{_in_lines(one)}" for one in others)


def _in_lines(drawn: tables.Table) -> str:
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


def _on_page(cell: Cell, decimals: int = 0) -> tables.Cell:
    if cell == Cell():
        return tables.Cell("")
    if cell.value is not None:
        return tables.Cell(f"{cell.value:,.{decimals}f}", numeric=True, note=" ".join(cell.marks))
    for mark, drawn in (
        (Mark.CONFIDENTIAL, tables.suppressed()),
        (Mark.NOT_APPLICABLE, tables.not_applicable()),
        (Mark.LOW, tables.Cell(Mark.LOW, numeric=True, spoken=_("low, rounds to zero"))),
    ):
        if mark in cell.marks:
            return drawn
    return tables.not_available()
