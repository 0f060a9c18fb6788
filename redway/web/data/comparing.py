"""Shapes the page of two data versions beside each other.

Of partners' data it says which files came and of which periods figures differ, and no number: rows are people or
incidents, and the difference of two counts may be a small one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.products import tables
from redway.products.tables import Cell, Column, Table
from redway.sources.dataset import dataset
from redway.web.addresses import address
from redway.web.figures.numbers import period_words
from redway.web.jinja import number
from redway.work.returns.comparing import Arrived, Changed, Comparison, Series
from redway.work.returns.senders import name_of_agency

NAMED = 8  # periods by name, where they are no months
SHOWN = 12  # figures of one indicator, the newest first; the command has all


@dataclass(frozen=True)
class Difference:
    """One indicator of which figures differ. `table` is None where no figure is shown, and `periods` says which."""

    title: str
    was: str
    now: str
    sentence: str
    periods: str
    table: Table | None
    more: str


@dataclass(frozen=True)
class ComparePage:
    answer: str
    files: Table | None
    reasons: tuple[str, ...]
    differences: tuple[Difference, ...]
    hidden: bool


def page(found: Comparison) -> ComparePage:
    """Everything on the page."""
    return ComparePage(
        answer(found),
        files(found),
        tuple(dict.fromkeys(one.reason for one in found.arrived if one.reason and _open(one.dataset))),
        tuple(_difference(one, found) for one in found.series),
        any(one.partners for one in found.series) or any(not _open(one.dataset) for one in found.arrived),
    )


def answer(found: Comparison) -> str:
    """How many files and figures there are to tell of."""
    if found.first == found.second:
        return _("This is the same version twice, so nothing differs.")
    files = ngettext(
        "%(n)s file came, took the place of another or was taken away",
        "%(n)s files came, took the place of others or were taken away",
        len(found.arrived),
    ) % {"n": f"{len(found.arrived):,}"}
    differ = ngettext("figures of %(n)s indicator differ", "figures of %(n)s indicators differ", len(found.series)) % {
        "n": f"{len(found.series):,}"
    }
    same = ngettext("%(n)s does not", "%(n)s do not", found.same) % {"n": f"{found.same:,}"}
    return _("%(files)s. Between the two versions %(differ)s; %(same)s.") % {
        "files": files,
        "differ": differ,
        "same": same,
    }


def files(found: Comparison) -> Table | None:
    """Files by dataset, sender and what became of them, with the periods they are of."""
    grouped: dict[tuple[str, str, str], list[Arrived]] = {}
    for one in found.arrived:
        grouped.setdefault((one.dataset, one.provider, one.how), []).append(one)
    if not grouped:
        return None
    how = {
        "came": _("new"),
        "superseded": _("took the place of an older copy"),
        "renoted": _("the same rows, with other notes of its publisher"),
        "withdrawn": _("withdrawn"),
        "removed": _("no longer held"),
    }
    rows = tuple(
        (
            tables.text(dataset(name).title),
            tables.text(name_of_agency(provider)),
            tables.text(_periods(one.period for one in those)),
            tables.text(how[what]),
            tables.number(len(those)),
            *(_rows(name, side) for side in ([o.before for o in those], [o.after for o in those])),
        )
        for (name, provider, what), those in grouped.items()
    )
    columns = (
        *map(Column, (_("What"), _("From"), _("Periods"), _("What became of it"))),
        Column(_("Files"), numeric=True),
        *(Column(_("Rows in version %(n)s") % {"n": n}, numeric=True) for n in (found.first, found.second)),
    )
    return Table(_("Files that differ"), columns, rows)


def _rows(name: str, side: list[int | None]) -> Cell:
    """Rows of open data; of partners' data none is told."""
    held = [rows for rows in side if rows is not None]
    if held and _open(name):
        return tables.number(sum(held))
    return Cell("–", numeric=True, spoken=_("not shown") if held else _("none"))


def _difference(one: Series, found: Comparison) -> Difference:
    labels = list(dict.fromkeys(c.period for c in one.changed))
    sentence = ngettext("%(n)s figure differs", "%(n)s figures differ", len(one.changed)) % {
        "n": f"{len(one.changed):,}"
    }
    shown = sorted(one.changed, key=lambda c: _ends(c.period), reverse=True)[:SHOWN]
    more = len(one.changed) - len(shown)
    told = ngettext(
        "%(n)s more is listed by redway compare %(first)s %(second)s.",
        "%(n)s more are listed by redway compare %(first)s %(second)s.",
        more,
    ) % {"n": f"{more:,}", "first": found.first, "second": found.second}
    return Difference(
        one.title,
        address("indicator", one.indicator, as_at=found.first),
        address("indicator", one.indicator, as_at=found.second),
        _("partners’ figures differ") if one.partners else sentence,
        _periods(labels) if one.partners else "",
        None if one.partners else _table(one, shown, found),
        told if more and not one.partners else "",
    )


def _table(one: Series, shown: list[Changed], found: Comparison) -> Table:
    grouped = any(c.group for c in shown)
    rows = tuple(
        (
            tables.text(period_words(c.period)),
            *([tables.text(c.group or _("All"))] if grouped else []),
            *(_number(value) for value in (c.before, c.after)),
            _number(c.difference, signed=True),
        )
        for c in shown
    )
    columns = [Column(_("Period")), *([Column(_("Group"))] if grouped else [])]
    columns += [Column(_("Version %(n)s") % {"n": n}, numeric=True) for n in (found.first, found.second)]
    columns.append(Column(_("Difference"), numeric=True))
    caption = _("%(title)s: figures that differ, newest first") % {"title": one.title}
    return Table(caption, tuple(columns), rows, tables.legend(rows))


def _number(value: float | None, *, signed: bool = False) -> Cell:
    if value is None:
        return tables.not_available()
    said = number(value, 0 if value == round(value) else 2)
    return Cell(f"+{said}" if signed and value > 0 else said, numeric=True)


def _periods(labels: Iterable[str]) -> str:
    """`January to March 2025`; other periods one by one, the newest of them where there are many."""
    known = sorted({one for one in labels if one}, key=_ends)
    if not known:
        return ""
    if all(periods.MONTH.fullmatch(one) for one in known):
        return periods.phrase([periods.month(one) for one in known])
    words = [period_words(one) for one in known[-NAMED:]]
    if more := len(known) - len(words):
        words.insert(0, ngettext("%(n)s earlier", "%(n)s earlier", more) % {"n": f"{more:,}"})
    return ", ".join(words)


def _ends(label: str) -> tuple[int, str]:
    try:
        return periods.months_of(label)[-1], label
    except ValueError:
        return 0, label


def _open(name: str) -> bool:
    return dataset(name).suppression == "open"
