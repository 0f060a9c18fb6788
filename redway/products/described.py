"""A dataset's definition in words that people fill files in by: for its template, its page and its worked example."""

from redway.products.templates import Code, CodeList, Template, TemplateColumn
from redway.sources.dataset import Column, Dataset
from redway.sources.fields import Field
from redway.sources.layouts import Layout, layout
from redway.sources.returned.look_ups import look_ups
from redway.store.profile import Profile

HOLDS = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "month": "a month, as 2025-11",
    "date": "a date, as 2025-11-30 or 30/11/2025",
    "date-time": "a date and time, as 2025-11-30 22:15 or 30/11/2025 22:15",
    "yes-no": "yes or no",
    "area": "the code of a small area (LSOA), as E01016710",
    "pseudonym": "a pseudonym that redway pseudonymise made",
    "geometry": "an outline, as GeoJSON",
}


PASSED_OVER = "As the publisher has it; Redway passes it over"


def template(dataset: Dataset, profile: Profile | None = None) -> Template | None:
    """What the template of a dataset shows: of open data the publisher's own headings, of a partners' dataset those of
    its definition, with the codes of the profile where it replaces a look-up. None for open data that is no table.
    """
    if dataset.access == "partners":
        return _of_partners(dataset, profile)
    found = layout(dataset.name)
    return _published(dataset, found) if found else None


def sent_as(dataset: Dataset) -> str:
    """How a filled-in template is handed in, where that is not as the workbook; empty where it is."""
    if ".xlsx" in dataset.files:
        return ""
    only = "Its publisher has it as CSV only: save the sheet Data as CSV (UTF-8)"
    return f"{only}, and name the file as the publisher does, {dataset.named}." if dataset.named else f"{only}."


def _published(dataset: Dataset, found: Layout) -> Template:
    """The template of a publisher's table."""
    columns = tuple(_column(dataset, heading, found.fields.get(place)) for place, heading in enumerate(found.headings))
    return Template(dataset.title, columns, (), found.rows)


def _column(dataset: Dataset, heading: str, field: Field | None) -> TemplateColumn:
    """One column of a publisher's table: what the loader reads of it, in words."""
    own = next((c for c in dataset.columns if c.publisher_name == heading or (field and c.name == field.name)), None)
    if field is None:
        if own is None:
            return TemplateColumn(heading, PASSED_OVER, "It may be left out or empty", "anything")
        return TemplateColumn(heading, own.about, filled(own), holds(own))
    about = own.about if own else field.about
    return TemplateColumn(
        heading, about, "The column may be left out" if field.optional else "In every row", field.needs
    )


def _of_partners(dataset: Dataset, profile: Profile | None) -> Template:
    columns = tuple(
        TemplateColumn(
            column.heading,
            column.about,
            filled(column),
            holds(column),
            spelt(column.codes) if column.codes else "",
            column.many,
        )
        for column in dataset.columns
    )
    lists = tuple(
        CodeList(spelt(name), tuple(Code(entry.code, entry.label) for entry in found.entries))
        for name, found in look_ups(dataset, profile).items()
    )
    example = tuple(tuple(row.get(column.name, "") for column in dataset.columns) for row in dataset.example)
    return Template(dataset.title, columns, lists, example)


def filled(column: Column) -> str:
    """Whether and when a column has to be filled."""
    if column.required:
        return "In every row"
    return "The column may be left out" if column.optional else "Where it is known"


def holds(column: Column) -> str:
    """What a cell of a column holds: `a whole number from 0 to 120`."""
    if column.codes:
        which = (
            f"codes of the list {spelt(column.codes)}, parted by semicolons" if column.many else "a code of the list "
        )
        return which if column.many else which + spelt(column.codes)
    words = column.expected or HOLDS[column.type]
    if column.least is None and column.most is None:
        return words
    if column.expected:
        return words
    low = "" if column.least is None else f" from {column.least:g}"
    return words + low + ("" if column.most is None else f" to {column.most:g}")


def spelt(name: str) -> str:
    """The name of a look-up as people read it: `yes-no-unknown` -> `yes no unknown`."""
    return name.replace("-", " ")
