"""Shapes the data page: the answer, the month grids, the files, the versions, what each agency is waited for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.products import tables
from redway.products.tables import Cell, Column, Table
from redway.sources import dataset as datasets
from redway.store.snapshot import Part
from redway.web.addresses import address
from redway.web.figures import arrivals
from redway.web.figures.absence import Absence, Awaited, absences, awaited, months_held, months_missing
from redway.web.figures.basis import Basis
from redway.web.figures.numbers import period_words
from redway.work.returns.destruction import unmade
from redway.work.returns.models import DataVersion, Submission

FILES_A_PAGE = 20
VERSIONS = 20


@dataclass(frozen=True)
class Grid:
    """One dataset from one provider: a table of years by months."""

    title: str
    sentence: str
    table: Table


@dataclass(frozen=True)
class DataPage:
    answer: str
    partners: Table | None
    late: list[Absence]
    grids: list[Grid]
    others: Table | None
    reference: Table
    files: Table
    files_page: Page
    versions: Table
    awaited: list[Awaited]


def page(basis: Basis, *, only: str | None, today: date, page: int, figures: bool) -> DataPage:
    """Everything on the data page. Of partners' data, what one agency sent where `only` names it; None: all of it.

    Partners' files have their results on the pages of returns, so the files listed here are those of open data.
    `figures`: whether the reader may see the figures, and so those of older versions.
    """
    open_data = [name for name in datasets.names() if datasets.dataset(name).access == "open"]
    submissions = Submission.objects.filter(versions__number=basis.snapshot.number, dataset__in=open_data).order_by(
        "-received_at", "-period", "provider", "pk"
    )
    shown = Paginator(submissions, FILES_A_PAGE).get_page(page)
    return DataPage(
        answer(basis),
        partners(basis, only),
        absences(basis, basis.day(today)),
        grids(basis),
        others(basis),
        reference(basis),
        files(list(shown), basis.snapshot.number),
        shown,
        versions(_newest()[:VERSIONS], figures=figures, by=True),
        awaited(basis, (i for i in basis.indicators.values() if i.priority)),
    )


def answer(basis: Basis) -> str:
    """The first sentence: what is held, and what is missing from it."""
    held = months_held(basis)
    if not held:
        return _("No recorded crime has arrived yet.")
    holds = ngettext(
        "Redway holds %(count)s month of recorded crime from %(force)s; the newest is %(newest)s.",
        "Redway holds %(count)s months of recorded crime from %(force)s; the newest is %(newest)s.",
        len(held),
    ) % {"count": len(held), "force": basis.partnership.police_force, "newest": periods.words(held[-1])}
    missing = len(months_missing(held))
    if not missing:
        return holds + " " + _("None is missing between the first and the last.")
    return (
        holds
        + " "
        + ngettext(
            "%(count)s month between the first and the last is missing.",
            "%(count)s months between the first and the last are missing.",
            missing,
        )
        % {"count": missing}
    )


def partners(basis: Basis, only: str | None) -> Table | None:
    """What partners' returns are held: which, from whom, of which periods; None while there are none."""
    names = {agency.id: agency.name for agency in basis.strategy.agencies}
    held: dict[tuple[str, str], list[str]] = {}
    for part in basis.snapshot.parts:
        if datasets.dataset(part.dataset).access == "partners" and only in (None, part.provider):
            held.setdefault((part.dataset, part.provider), []).append(part.period)
    if not held:
        return None
    rows = []
    for (name, provider), found in sorted(held.items()):
        ordered = sorted(filter(None, found), key=lambda label: periods.months_of(label)[0])
        cells = [datasets.dataset(name).title, names.get(provider, provider)]
        cells += [periods.in_words(ordered[0]), periods.in_words(ordered[-1])] if ordered else ["", ""]
        rows.append((*map(tables.text, cells), tables.number(len(found))))
    columns = (Column(_("Return")), Column(_("From")), Column(_("First period")), Column(_("Newest period")))
    return Table(_("Partners' returns"), (*columns, Column(_("Returns"), numeric=True)), tuple(rows), ())


def grids(basis: Basis) -> list[Grid]:
    """A grid of months for each monthly dataset, from the partnership's own police force."""
    force = basis.partnership.police_force
    found = []
    for name in datasets.names():
        kind = datasets.dataset(name)
        parts = [p for p in basis.snapshot.of(name) if p.provider == force]
        if kind.cadence == "monthly" and kind.access == "open" and parts:
            sentence = _("Rows accepted in each month's file, the whole force area included.")
            found.append(Grid(f"{kind.title}, {force}", sentence, month_grid(f"{kind.title}, {force}", parts)))
    return found


def month_grid(caption: str, parts: list[Part]) -> Table:
    """Years down, months across; each cell the rows accepted, [x] where nothing was received."""
    rows_of = {periods.month(p.period): p.rows for p in parts}
    held = sorted(rows_of)
    rows = []
    for year in range(held[0] // 12, held[-1] // 12 + 1):
        cells = [tables.text(str(year))]
        for m in range(12 * year, 12 * year + 12):
            outside = m < held[0] or m > held[-1]
            cells.append(Cell("", numeric=True, spoken="") if outside else tables.number(rows_of.get(m)))
        rows.append(tuple(cells))
    columns = (Column(_("Year")), *(Column(name[:3], numeric=True) for name in periods.NAMES))
    shown = tuple(row for row in rows if any(c.text not in ("", tables.NOT_AVAILABLE) for c in row[1:]))
    left_out = [row[0].text for row in rows if row not in shown]
    note = _("Nothing was received for any month of %(years)s.") % {"years": _years(left_out)} if left_out else ""
    return Table(caption, columns, shown, tuple(filter(None, (note, *tables.legend(shown)))))


def _years(years: list[str]) -> str:
    runs = periods.runs(int(y) for y in years)
    return ", ".join(str(r[0]) if len(r) == 1 else _("%(a)s to %(b)s") % {"a": r[0], "b": r[-1]} for r in runs)


def others(basis: Basis) -> Table | None:
    """Files of neighbouring forces: their rows inside the partnership are counted in; their absence is no gap."""
    force = basis.partnership.police_force
    by: dict[str, list[Part]] = {}
    for part in basis.snapshot.of("police-street"):
        if part.provider != force:
            by.setdefault(part.provider, []).append(part)
    if not by:
        return None
    rows = tuple(
        (
            tables.text(name),
            tables.number(len(parts)),
            tables.text(periods.phrase(sorted(periods.month(p.period) for p in parts))),
        )
        for name, parts in sorted(by.items())
    )
    columns = (Column(_("Police force")), Column(_("Months"), numeric=True), Column(_("Which")))
    return Table(_("Other police forces, whose rows in the area are counted in"), columns, rows)


def reference(basis: Basis) -> Table:
    """Areas, boundaries, populations and the like: what is here and what is not."""
    rows = []
    for kind in map(datasets.dataset, datasets.names()):
        if kind.cadence == "monthly" or kind.access == "partners":
            continue
        parts = basis.snapshot.of(kind.name)
        held = tables.number(sum(p.rows for p in parts)) if parts else tables.not_available()
        rows.append((tables.text(kind.title), tables.text(kind.provider), held))
    columns = (Column(_("Dataset")), Column(_("From")), Column(_("Rows"), numeric=True))
    return Table(_("Areas, populations and other reference data"), columns, tuple(rows), tables.legend(rows))


def files(submissions: list[Submission], version: int) -> Table:
    """The files of a data version, newest first, and how clean each was."""
    columns = (
        Column(_("What")),
        Column(_("File")),
        Column(_("Rows read"), numeric=True),
        Column(_("Accepted"), numeric=True),
        Column(_("Refused"), numeric=True),
        Column(_("Kept, but noted")),
        Column(_("Received")),
    )
    rows = tuple(
        (
            tables.text(", ".join(filter(None, [period_words(s.period), s.provider]))),
            _file(s.file_name),
            tables.number(s.rows_read),
            tables.number(s.rows_accepted),
            Cell(f"{sum(s.refused.values()):,}", numeric=True, note=_reasons(s.refused)),
            tables.text(_reasons(s.notes)),
            tables.text(date_format(timezone.localtime(s.received_at), "j M Y")),
        )
        for s in submissions
    )
    return Table(_("Files of data version %(n)s, newest first") % {"n": version}, columns, rows)


def _file(sent: str) -> Cell:
    """A file's name; the zip or folder it lay in beneath it."""
    folder, _slash, name = sent.rpartition("/")
    return tables.text(name, note=_("in %(folder)s") % {"folder": folder} if folder else "")


def _reasons(counts: dict[str, int]) -> str:
    return "; ".join(f"{reason}: {count:,}" for reason, count in counts.items() if count)


def versions(shown: Iterable[DataVersion], *, figures: bool, by: bool) -> Table:
    """Data versions and what made each; `figures`: with what leads to the figures as they stood, `by`: and who."""
    columns = [Column(_("Version")), *([Column(_("Figures"))] if figures else []), Column(_("What came"))]
    columns += [Column(_("Made")), *([Column(_("By"))] if by else [])]
    came = arrivals.sentences()
    listed = list(shown)
    lost = unmade([v.number for v in listed])
    rows = tuple(
        (
            tables.text(str(v.number)),
            *([_figures(v.number)] if figures else []),
            tables.text(came.get(v.number, _("Nothing new.")), note=lost.get(v.number, "")),
            tables.text(date_format(timezone.localtime(v.made_at), "j M Y, H:i")),
            *([tables.text(v.made_by)] if by else []),
        )
        for v in listed
    )
    return Table(_("Data versions, newest first"), tuple(columns), rows)


def _figures(number: int) -> Cell:
    words = _("See the figures as at version %(n)s") % {"n": number}
    return tables.text(words, link=address("home", as_at=number))


def _newest() -> QuerySet[DataVersion]:
    return DataVersion.objects.order_by("-number")


def versions_page(page: int) -> tuple[Table, Page]:
    """A page of all data versions, for whoever sees the figures."""
    shown = Paginator(_newest(), VERSIONS).get_page(page)
    return versions(shown, figures=True, by=False), shown
