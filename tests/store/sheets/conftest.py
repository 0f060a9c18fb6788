"""Workbooks made for tests: Excel's by xlsxwriter, LibreOffice's by hand, and either with a part changed."""

import datetime as dt
import zipfile
from html import escape

import pytest
import xlsxwriter

from redway.store.sheets import as_csv, workbook

NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
FILL = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>'
FILL += "</table:table-row>"  # how every sheet that LibreOffice saves ends


def xlsx(path, sheets, **options):
    """An Excel workbook. A value is written as what it is; `sheets` is name -> rows."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, **options})
    formats = {
        dt.datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        dt.date: book.add_format({"num_format": "d mmm yyyy"}),
        dt.time: book.add_format({"num_format": "hh:mm:ss"}),
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if type(value) in formats:
                    sheet.write_datetime(r, c, value, formats[type(value)])
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value)
    book.close()
    return path


def ods_cell(value, more=""):
    """One cell as LibreOffice writes it."""
    kinds = {
        bool: ("boolean", f'office:boolean-value="{str(value).lower()}"'),
        dt.datetime: ("date", f'office:date-value="{value.isoformat()}"' if isinstance(value, dt.date) else ""),
        dt.date: ("date", f'office:date-value="{value}"'),
        dt.time: ("time", f'office:time-value="{value:PT%HH%MM%SS}"' if isinstance(value, dt.time) else ""),
    }
    if value is None:
        return f"<table:table-cell{more}/>"
    if isinstance(value, str):
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
        return f'<table:table-cell office:value-type="string"{more}>{lines}</table:table-cell>'
    kind, given = kinds.get(type(value), ("float", f'office:value="{value!r}"'))
    shown = {dt.datetime: "%d/%m/%Y %H:%M", dt.date: "%d %b %Y"}.get(type(value))
    told = value.strftime(shown) if shown else "as shown"
    return f'<table:table-cell office:value-type="{kind}" {given}{more}><text:p>{told}</text:p></table:table-cell>'


def ods_rows(rows):
    return "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)


def ods(path, sheets, *, styles="", body="", more=None):
    """An OpenDocument workbook; `sheets` is name -> rows, or the XML of rows."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}" table:style-name="ta-{i}"><table:table-column/>'
        f"{rows if isinstance(rows, str) else ods_rows(rows) + FILL}</table:table>"
        for i, (name, rows) in enumerate(sheets.items())
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {NAMESPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}{body}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr("META-INF/manifest.xml", "<manifest/>")
        out.writestr("content.xml", content)
        for name, part in (more or {}).items():
            out.writestr(name, part)
    return path


def changed(path, part, change=None, *, add=None):
    """The workbook with one part changed (bytes -> bytes), or parts added."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if change:
        before = parts[part]
        parts[part] = change(before)
        assert parts[part] != before
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in (parts | (add or {})).items():
            out.writestr(name, content)
    return path


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def read(work):
    """The rows of a workbook's first sheet, with their numbers."""

    def rows(path):
        with workbook(path, name=path.name, work=work) as book:
            return list(book.rows(book.sheets[0]))

    return rows


@pytest.fixture
def converted(work):
    """The text that `as_csv` makes of a workbook."""

    def text(path, wanted=lambda headings: True):
        return as_csv(path, name=path.name, work=work, wanted=wanted).read_text("utf-8")

    return text
