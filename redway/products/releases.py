"""Released tables as files. Nothing here takes counts: what leaves has been through disclosure control."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.indicators.counts import TOTAL, Mark
from redway.indicators.release import Cell, Released
from redway.products import csv


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
