"""A return prepared in LibreOffice from the template and sent as an agency contact would, wrong first and then right.

LibreOffice itself opens and saves the files, and makes the mistakes that spreadsheets make: a code typed into a column
formatted as a number loses its leading zero, and another becomes a date.
"""

import csv
import shutil
import sqlite3
import subprocess
from contextlib import closing
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import yaml

from redway.aldermere.city import city
from redway.aldermere.partners import health
from redway.aldermere.partners.files import MONTHS
from redway.sources.dataset import dataset, folder
from redway.work.accounts.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.libreoffice]

PATIENCE = 60_000  # milliseconds, for a worker on a busy machine
TITLE = "Assaults seen in the emergency department (ISTV)"
SPREADSHEET = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}
COLUMNS = {column.name: letter for column, letter in zip(dataset("hospital-istv").columns, "ABCDEFGHIJ", strict=True)}
MACRO = Path(__file__).with_name("at_the_desk.bas")
MODULE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">\n'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Desk" script:language="StarBasic">'
    "{}</script:module>"
)
LIBRARY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">\n'
    '<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" '
    'library:readonly="false" library:passwordprotected="false">{}</library:library>'
)


@pytest.fixture
def libreoffice(tmp_path):
    """`libreoffice(orders)`: what a person does in it, as at_the_desk.bas reads it."""
    settings = tmp_path / "libreoffice"
    office = ["soffice", f"-env:UserInstallation={settings.as_uri()}", "--headless", "--norestore"]
    subprocess.run([*office, "--terminate_after_init"], check=True, capture_output=True, timeout=180)
    basic = settings / "user" / "basic" / "Standard"
    (basic / "Desk.xba").write_text(MODULE.format(escape(MACRO.read_text("utf-8"))), "utf-8")
    (basic / "script.xlb").write_text(LIBRARY.format('<library:element library:name="Desk"/>'), "utf-8")

    def work(orders):
        path = tmp_path / "orders"
        path.write_text("".join("\t".join(map(str, order)) + "\n" for order in orders), "utf-8")
        said = subprocess.run([*office, f'macro:///Standard.Desk.Work("{path}")'], capture_output=True, timeout=180)
        failed = tmp_path / "orders.failed"
        assert not failed.exists(), failed.read_text("utf-8")
        saved = Path(orders[-1][1])
        assert saved.is_file(), said
        return saved

    return work


@pytest.fixture
def hospital_with_numbers(demo_home, tmp_path):
    """A copy of the demo whose hospital names kinds of place by numbers and methods by the boxes of a form."""
    home = tmp_path / "home"
    shutil.copytree(demo_home, home, ignore=shutil.ignore_patterns("redway.sqlite3*"))
    with (
        closing(sqlite3.connect(demo_home / "redway.sqlite3")) as kept,
        closing(sqlite3.connect(home / "redway.sqlite3")) as copy,
    ):
        kept.backup(copy)
    codes = home / "profile" / "codes" / "hospital-istv"
    codes.mkdir(parents=True, exist_ok=True)
    for name, number in (("place-kind", "{:02}"), ("method", "3/{}")):
        shipped = yaml.safe_load((folder("hospital-istv") / "codes" / f"{name}.yaml").read_text("utf-8"))
        for at, entry in enumerate(shipped, 1):
            entry["was"] = [*entry["was"], number.format(at)]
        (codes / f"{name}.yaml").write_text(yaml.safe_dump(shipped), "utf-8")
    return home


def test_a_return_prepared_in_libreoffice_wrong_first_and_then_right(
    hospital_with_numbers, libreoffice, browsing_of, tmp_path
):
    with browsing_of(hospital_with_numbers) as browsing:
        page = browsing.page(Role.AGENCY_CONTACT)
        template = downloaded_template(browsing, page, tmp_path)
        wrong = libreoffice(filled_badly(template, tmp_path / "november.xlsx"))
        send(browsing, page, wrong)
        page.get_by_text("Accepted 67 of 70 rows. 3 were refused, for 3 reasons.").wait_for(timeout=PATIENCE)
        told = page.inner_text("main")
        for words in (
            "has lost its leading zeros",
            "is a date that Excel made of a code",
            "nife",
        ):
            assert words in told
        assert told.count("Format the column as Text") == 2
        assert "line 3 of november.xlsx, column “Assault location type”" in told
        assert browsing.violations(page) == []
        assert refused_rows(page, tmp_path) == {"3", "5", "7"}

        mended = libreoffice(mended_orders(wrong, tmp_path / "november, mended.ods"))
        send(browsing, page, mended)
        page.get_by_text("rows are as they should be").or_(page.get_by_text("Accepted ")).first.wait_for(
            timeout=PATIENCE
        )
        if page.get_by_role("button", name="I have looked into these").count():
            for box in page.get_by_role("checkbox").all():
                box.check()
            browsing.follow(page.get_by_role("button", name="I have looked into these"))
        page.get_by_text("Accepted 70 of 70 rows.").wait_for(timeout=PATIENCE)
        assert page.faults == []


@cache
def rows():
    """Rows of the infirmary's return for November 2025: as many as let three mistakes pass as warnings."""
    return [row for seed in (1, 2, 3) for row in health.assaults(city(), seed, MONTHS[-1:])][:70]


def downloaded_template(browsing, page, tmp_path):
    browsing.open(page, "/datasets/hospital-istv/")
    with page.expect_download() as template:
        page.get_by_role("link", name="Template for Excel and LibreOffice (xlsx)").click()
    template.value.save_as(tmp_path / "template.xlsx")
    return tmp_path / "template.xlsx"


def filled_badly(template, saved):
    """Three mistakes of different kinds, the first two by formatting columns as people's programs do."""
    typed = [("open", template, "Data")]
    typed += [
        ("type", f"{COLUMNS[name]}{at}", cell) for at, row in enumerate(rows(), 2) for name, cell in row.items() if cell
    ]
    kind, method = COLUMNS["place_kind"], COLUMNS["method"]
    typed += [("format as a number", kind), ("type", f"{kind}3", "01")]
    typed += [("format as a number", method), ("type", f"{method}5", "3/4"), ("type", f"{method}7", "nife")]
    return [*typed, ("save", saved, SPREADSHEET[saved.suffix])]


def mended_orders(sent, saved):
    kind, method = COLUMNS["place_kind"], COLUMNS["method"]
    return [
        ("open", sent, "Data"),
        ("format as text", kind),
        ("type", f"{kind}3", "01"),
        ("format as text", method),
        ("type", f"{method}5", "3/4"),
        ("type", f"{method}7", "knife"),
        ("save", saved, SPREADSHEET[saved.suffix]),
    ]


def send(browsing, page, path):
    browsing.open(page, "/returns/")
    browsing.follow(page.get_by_role("button", name="Send a return"))
    browsing.follow(page.get_by_role("link", name=TITLE, exact=True))
    page.set_input_files("[name=chosen]", path)
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/returns/*-*/")


def refused_rows(page, tmp_path):
    with page.expect_download() as told:
        page.get_by_role("link", name="Download every refused row").click()
    told.value.save_as(tmp_path / "refused.csv")
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["Line"] for row in csv.DictReader(file)}
