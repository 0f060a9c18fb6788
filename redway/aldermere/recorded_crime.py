"""The Home Office's table of recorded crime by partnership, as a workbook in its layout: notes, then a sheet a year.

The offences and their codes are real, a part of the whole list; every count is drawn. Workbooks of any size are
written row by row, in little memory.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

import numpy as np

HEADINGS = (
    "Financial Year",
    "Financial Quarter",
    "Police Force",
    "CSP Name",
    "Offence Description",
    "Offence Group",
    "Offence Subgroup",
    "Offence Code",
    "Offence Count",
)
OLD_HEADINGS = tuple(
    {"Police Force": "Force Name", "Offence Count": "Number of Offences"}.get(name, name) for name in HEADINGS
)
Row = tuple[str, int, str, str, str, str, str, str, int]
NOTES = (
    "Updated: 24 October 2025",
    "Force Notes",
    "Counts of every force are drawn; none is real.",
    "Additional Notes",
)


@dataclass(frozen=True)
class Offence:
    """One line of the tree of offences; `quarterly` is how many a partnership of 100,000 people has in a quarter."""

    code: str
    description: str
    group: str
    subgroup: str
    quarterly: float


VIOLENCE, SEXUAL, THEFT = "Violence against the person", "Sexual offences", "Theft offences"
DAMAGE, DRUGS, WEAPONS = "Criminal damage and arson", "Drug offences", "Possession of weapons offences"
OFFENCES = (
    Offence("1/4.1/4.10/4.2", "Homicide", VIOLENCE, "Homicide", 0.3),
    Offence("2", "Attempted murder", VIOLENCE, "Violence with injury", 0.4),
    Offence("5D", "Assault with intent to cause serious harm", VIOLENCE, "Violence with injury", 8),
    Offence("8N", "Assault with injury", VIOLENCE, "Violence with injury", 190),
    Offence("8P", "Racially or religiously aggravated assault with injury", VIOLENCE, "Violence with injury", 2),
    Offence("8S", "Assault with injury on a constable", VIOLENCE, "Violence with injury", 6),
    Offence("105A", "Assault without injury", VIOLENCE, "Violence without injury", 270),
    Offence("8L", "Harassment", VIOLENCE, "Stalking and harassment", 120),
    Offence("8Q", "Stalking", VIOLENCE, "Stalking and harassment", 50),
    Offence("19C", "Rape of a female aged 16 and over", SEXUAL, "Rape", 18),
    Offence("19D", "Rape of a female child under 16", SEXUAL, "Rape", 6),
    Offence("20A", "Sexual assault on a female aged 13 and over", SEXUAL, "Other sexual offences", 15),
    Offence("88A", "Sexual grooming", SEXUAL, "Other sexual offences", 4),
    Offence("34A", "Robbery of business property", "Robbery", "Robbery of business property", 3),
    Offence("34B", "Robbery of personal property", "Robbery", "Robbery of personal property", 25),
    Offence("28E", "Burglary Residential", THEFT, "Domestic burglary", 70),
    Offence("30C", "Burglary Business and Community", THEFT, "Non-domestic burglary", 30),
    Offence("39", "Theft from the person", THEFT, "Theft from the person", 30),
    Offence("45", "Theft from a vehicle", THEFT, "Vehicle offences", 80),
    Offence("48", "Theft or unauthorised taking of a motor vehicle", THEFT, "Vehicle offences", 45),
    Offence("46", "Shoplifting", THEFT, "Shoplifting", 180),
    Offence("44", "Theft or unauthorised taking of a pedal cycle", THEFT, "Bicycle theft", 28),
    Offence("49", "Other theft", THEFT, "All other theft offences", 130),
    Offence("56A", "Arson endangering life", DAMAGE, "Arson", 2),
    Offence("58C", "Criminal damage to a vehicle", DAMAGE, "Criminal damage", 75),
    Offence("58D", "Other criminal damage", DAMAGE, "Criminal damage", 60),
    Offence("92A", "Trafficking in controlled drugs", DRUGS, "Trafficking of drugs", 22),
    Offence("92D", "Possession of controlled drugs (excl. Cannabis)", DRUGS, "Possession of drugs", 15),
    Offence("92E", "Possession of controlled drugs (Cannabis)", DRUGS, "Possession of drugs", 45),
    Offence("10D", "Possession of article with blade or point", WEAPONS, "Possession of weapons", 14),
    Offence("81", "Possession of firearms offences", WEAPONS, "Possession of weapons", 2),
    Offence("9A", "Public fear, alarm or distress", "Public order offences", "Public order offences", 130),
    Offence("80", "Absconding from lawful custody", "Miscellaneous crimes", "Miscellaneous crimes", 1),
)


@dataclass(frozen=True)
class Partnership:
    """A partnership under the names that the Home Office uses; `people` in hundred thousands."""

    force: str
    name: str
    people: float


def rows(
    year: int, partnerships: Sequence[Partnership], *, seed: int, quarters: Sequence[int] = (1, 2, 3, 4)
) -> Iterator[Row]:
    """The rows of the financial year that begins in `year`. The same seed gives the same rows.

    A count below zero stands now and then where a count is small: earlier records that were cancelled.
    """
    label = f"{year}/{(year + 1) % 100:02d}"
    drawn = np.random.default_rng([seed, year])
    for quarter in quarters:
        for place in partnerships:
            counts = drawn.poisson([offence.quarterly * place.people for offence in OFFENCES])
            revised = drawn.random(len(OFFENCES)) < 0.002
            for offence, count, less in zip(OFFENCES, counts, revised, strict=True):
                given = -1 if less and offence.quarterly < 5 else int(count)
                yield (
                    *(label, quarter, place.force, place.name),
                    *(offence.description, offence.group, offence.subgroup, offence.code, given),
                )


def write(path: Path, years: Mapping[str, Iterable[Row]], *, headings: Sequence[str] = HEADINGS) -> Path:
    """A workbook of the kind that the path's ending says (.ods, .xlsx): the notes, and one sheet for each of `years`,
    by its name (2024_25; 2013-14 in older ones).
    """
    (_write_ods if path.suffix == ".ods" else _write_xlsx)(path, years, headings)
    return path


def _write_xlsx(path: Path, years: Mapping[str, Iterable[Row]], headings: Sequence[str]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
    notes = book.add_worksheet("Notes")
    for number, line in enumerate(NOTES):
        notes.write_string(number, 0, line)
    for name, given in years.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, headings)
        for number, row in enumerate(given, 1):
            sheet.write_row(number, 0, row)
    book.close()


ODS_KIND = "application/vnd.oasis.opendocument.spreadsheet"
NAMESPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
FILL = (
    '<table:table-row table:number-rows-repeated="{rows}"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row></table:table>"
)


def _write_ods(path: Path, years: Mapping[str, Iterable[Row]], headings: Sequence[str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), ODS_KIND)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_KIND}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
        with archive.open("content.xml", "w", force_zip64=True) as out:
            out.write(
                f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content{NAMESPACES} office:version="1.3">'
                "<office:body><office:spreadsheet>".encode()
            )
            _write_table(out, "Notes", ((line,) for line in NOTES))
            for name, given in years.items():
                _write_table(out, name, chain([headings], given))
            out.write(b"</office:spreadsheet></office:body></office:document-content>")


def _write_table(out: IO[bytes], name: str, rows_: Iterable[Sequence[str | int]]) -> None:
    out.write(f'<table:table table:name="{escape(name)}"><table:table-column/>'.encode())
    height = 0
    for row in rows_:
        height += 1
        out.write(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>".encode())
    out.write(FILL.format(rows=1_048_576 - height).encode())


def _ods_cell(value: str | int) -> str:
    kind = "string" if isinstance(value, str) else f'float" office:value="{value}'
    text = escape(str(value))
    return f'<table:table-cell office:value-type="{kind}"><text:p>{text}</text:p></table:table-cell>'
