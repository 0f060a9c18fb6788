"""Shapes the pages about datasets: columns, codes, checks and the worked example, in words and tables."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from redway.products import tables
from redway.products.described import filled, holds, sent_as, spelt, template
from redway.products.tables import Table
from redway.products.templates import Template
from redway.sources.dataset import Column, Dataset, dataset, names
from redway.sources.returned.look_ups import look_ups
from redway.store.profile import Profile
from redway.web.figures.publisher import Said
from redway.web.gateways.presenter import nature_words
from redway.web.site.views import CADENCES

SPECIAL = {
    "health": gettext_lazy("Data about health: a special category in law."),
    "ethnicity": gettext_lazy("Data about ethnicity: a special category in law."),
    "sexual-orientation": gettext_lazy("Data about sexual orientation: a special category in law."),
    "religion": gettext_lazy("Data about religion: a special category in law."),
    "criminal": gettext_lazy("Data about offences: the law protects it like a special category."),
}


@dataclass(frozen=True)
class Listed:
    """The list of datasets: those that partners send, those that are open."""

    partners: tuple[Dataset, ...]
    open_data: tuple[Dataset, ...]


@dataclass(frozen=True)
class Described:
    """One dataset. `facts` are pairs of a label and its words; `checks` and `refusals` sentences.

    published  of open data: the columns under the headings of its publisher
    sent_as    how a filled-in template is handed in, where that is not as the workbook
    """

    definition: Dataset
    facts: tuple[tuple[str, str], ...]
    law: tuple[str, ...]
    published: Table | None
    sent_as: str
    columns: Table
    codes: tuple[Table, ...]
    rules: Table | None
    checks: tuple[str, ...]
    refusals: tuple[str, ...]
    example: Table | None
    said: tuple[Said, ...]

    @property
    def partners(self) -> bool:
        return self.definition.access == "partners"

    @property
    def template(self) -> bool:
        """Whether there is one: an outline has none."""
        return self.partners or self.published is not None


def listed() -> Listed:
    """Every dataset by its title."""
    every = sorted(map(dataset, names()), key=lambda definition: definition.title.casefold())
    return Listed(
        tuple(d for d in every if d.access == "partners"),
        tuple(d for d in every if d.access == "open"),
    )


def described(definition: Dataset, profile: Profile, said: tuple[Said, ...] = ()) -> Described:
    """All that a page says of a dataset, with the codes of the profile where it replaces a look-up, and with what its
    publisher said of the files that are held.
    """
    made = template(definition, profile)
    return Described(
        definition,
        tuple(_facts(definition)),
        tuple(_law(definition)),
        _published(made) if made and definition.access == "open" else None,
        sent_as(definition),
        _columns(definition),
        _codes(definition, profile),
        _rules(definition),
        tuple(_checks(definition)),
        tuple(_refusals(definition)),
        _example(made),
        said,
    )


def _facts(d: Dataset) -> list[tuple[str, str]]:
    facts = [
        (_("Who sends it"), d.provider),
        (_("How often"), str(CADENCES[d.cadence])),
        (_("As which files"), _("%(endings)s, or several of them in a zip") % {"endings": ", ".join(d.files)}),
        (_("Where it comes from"), d.where_from),
    ]
    if d.access == "partners":
        facts += [
            (
                _("When it is accepted"),
                _("Somebody other than its sender looks at the result of its checks, and accepts it.")
                if d.acceptance == "second-person"
                else _("When it has passed its checks and its warnings were acknowledged."),
            ),
            (
                _("Headings and no rows"),
                _("Such a file means that there was nothing to report.")
                if d.nothing_to_report
                else _("Such a file is refused: here it is a mistake."),
            ),
        ]
    if d.keep_months:
        kept = ngettext("%(n)s month", "%(n)s months", d.keep_months) % {"n": d.keep_months}
        facts.append((_("How long it is kept"), _("%(months)s, unless its gateway says otherwise") % {"months": kept}))
    if d.suppression == "counts":
        facts.append((_("What is shown of it"), _("Counts, the small ones hidden; never a row.")))
    if d.licence:
        facts.append((_("Licence"), d.licence))
    if d.without:
        facts.append((_("While it is missing"), d.without))
    return facts


def _law(d: Dataset) -> list[str]:
    """What a partners' dataset is in law, and what lets it in."""
    if d.access == "open":
        return []
    gateway = _(
        "It is taken only while a gateway in the register lets it in, and no column that the gateway leaves out."
    )
    return [gateway, *nature_words(d)]


def _published(made: Template) -> Table:
    """The columns of a publisher's table, as its template has them."""
    heads = (_("Heading"), _("What it is"), _("What a cell holds"), _("Has it to be filled?"))
    rows = tuple(
        tuple(map(tables.text, (c.heading or _("(no heading)"), c.about, c.expected, c.fill))) for c in made.columns
    )
    return Table(_("Columns as the publisher heads them"), tuple(map(tables.Column, heads)), rows)


def _columns(d: Dataset) -> Table:
    partners = d.access == "partners"
    heads = [_("Column"), _("What it is"), _("What a cell holds")]
    heads += [_("Has it to be filled?")] if partners else [_("Its name in Redway")]
    rows = []
    for column in d.columns:
        last = filled(column) if partners else column.name
        cells = [column.heading, " ".join([column.about.rstrip(".") + ".", *_kept(column)]), holds(column), last]
        rows.append(tuple(map(tables.text, cells)))
    return Table(_("Columns"), tuple(map(tables.Column, heads)), tuple(rows))


def _kept(column: Column) -> list[str]:
    """What becomes of a column that is not kept as it came, and what the law says of it."""
    said = [] if column.kept else [_("It is read and used, and never kept.")]
    if column.headings:
        said.append(_("Also taken under the headings: %(headings)s.") % {"headings": ", ".join(column.headings)})
    return [*said, str(SPECIAL[column.special])] if column.special else said


def _codes(d: Dataset, profile: Profile) -> tuple[Table, ...]:
    columns = (tables.Column(_("Code")), tables.Column(_("Meaning")), tables.Column(_("Also taken as this")))
    made = []
    for name, found in look_ups(d, profile).items():
        rows = tuple(
            (tables.text(e.code), tables.text(_meaning(e.label, e.unknown)), tables.text(", ".join(e.was)))
            for e in found.entries
        )
        made.append(Table(spelt(name).capitalize(), columns, rows))
    return tuple(made)


def _meaning(label: str, unknown: bool) -> str:
    return _("%(label)s (counted as not known)") % {"label": label} if unknown else label


def _rules(d: Dataset) -> Table | None:
    """The checks over several columns."""
    if not d.rules:
        return None
    columns = tuple(map(tables.Column, (_("A row is refused when"), _("What is expected"), _("How to mend it"))))
    rows = tuple((tables.text(r.reason), tables.text(r.expected), tables.text(r.mend)) for r in d.rules)
    return Table(_("Checks of a row as a whole"), columns, rows)


def _checks(d: Dataset) -> list[str]:
    """What is checked beyond the single cell, and why."""
    headings = {column.name: column.heading for column in d.columns}
    cells = _(
        "Every cell is checked for what its column holds. A row with a fault is refused and listed, with how to mend "
        "it; the others are taken."
    )
    unlike = _("%(columns)s: a row whose value came before is refused, so that nothing is counted twice.")
    period = _("“%(columns)s” says which period a row belongs to. A return for one period holds no other.")
    outside = _("Rows of areas outside the partnership (“%(columns)s”) are left out, and counted.")
    known = _("How often these are not known is measured, and compared with earlier returns: %(columns)s.")
    totals = _("These are added up, and compared with the last return: %(columns)s.")
    told = [
        (unlike, _listed([headings[name] for name in d.key])),
        (period, headings.get(d.period_from, "")),
        (outside, "" if d.keep_outside else headings.get(d.area_from, "")),
        (known, _listed([headings[name] for name in d.watched])),
        (totals, _listed([headings[name] for name in d.totals])),
    ]
    return [cells, *(sentence % {"columns": columns} for sentence, columns in told if columns)]


def _refusals(d: Dataset) -> list[str]:
    """What refuses the whole file."""
    share = f"{d.refuse_above:.1%}".replace(".0%", "%")
    many = _("More than %(share)s of the rows with a fault: then it is another file, or a damaged one.") % {
        "share": share
    }
    workbook = _(
        "A workbook with formulas, macros, hidden sheets, hidden rows or columns, comments, merged cells, pivot "
        "tables, links or a password: all that is sent has to be seen on its sheet."
    )
    people = _("Names, addresses, numbers of persons and whatever else points at one, in a cell or as a column.")
    said = [
        (True, many),
        (bool({".xlsx", ".ods"} & set(d.files)), workbook),
        (d.access == "partners", people),
        (d.access == "partners", _("A column that no gateway in force lets in.")),
    ]
    return [sentence for applies, sentence in said if applies]


def _example(made: Template | None) -> Table | None:
    if made is None or not made.example:
        return None
    rows = tuple(tuple(map(tables.text, row)) for row in made.example)
    return Table(
        _("Worked example: made-up rows that pass every check"),
        tuple(tables.Column(column.heading or _("(no heading)")) for column in made.columns),
        rows,
    )


def _listed(words: list[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return _("%(first)s and %(last)s") % {"first": ", ".join(quoted[:-1]), "last": quoted[-1]}
