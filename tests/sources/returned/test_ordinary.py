"""Ordinary cells are told by a shorter way, which gives what the longer one gives."""

import pytest

from redway.sources.returned import ordinary

CODES = [
    "M;F",
    "F;M",
    "F;F",
    "F;M;F",
    "F;;M",
    ";F",
    "F;",
    "F;x",
    "F; M",
    ";",
    ";;",
    "M",
    "F",
    "m",
    " M",
    "M ",
    "Male",
    " male ",
    "M;F",
    "F;M",
    "f; m",
    "M;",
    "M;none such",
    "no code",
]
DATES = [
    "2025-11-30", "2025-11-03", " 2025-11-3", "2025-11-3 ", "2025-11-3\u00a0", "2025-1-03 ", " 025-11-03", "2025-1-3",
    "30/11/2025", "2025-02-30", "2025-11-30 00:00", "2999-01-01", "1899-12-30", "-025-11-03", "2025--1-03", "infinity",
    "2025-11-30 22:15", "2025-11-30T22:15:01", "2025-11-3  1:05", "2025-11-30 2:15 ", " 2025-11-30 22:15 ", "24:00",
    "2025-11-30 24:00", "30/11/2025 22:15", "2025-11", "2025-13", " 2025-11 ", "November 2025", "\t2025-11-30",
    "2025-11-3+", "2025-11-3/", "2025-11-3\t", "2025-11-3-", "2025-1+-03",
]  # fmt: skip
NUMBERS = [
    "46",
    "-3",
    "007",
    " 46",
    "46 ",
    "46.0",
    "46.5",
    ".5",
    "5.",
    "1,474",
    "1e3",
    "1_000",
    "0x10",
    "٣",
    "--3",
    "9" * 16,
]
WORDS = [
    "yes",
    "no",
    "Yes",
    " yes",
    "NO ",
    "y",
    "1",
    "true",
    "maybe",
    "a" * 32,
    "A" * 32,
    "a" * 64,
    " " + "a" * 32,
    "g" * 32,
]
AREAS = ["E01016711", "e01035001", " E01016711", "E01016711\u2003", "E01999999", "W01000001", "Milton Keynes 001A"]
CELLS = ["", " ", "\u00a0", "é", *CODES, *DATES, *NUMBERS, *WORDS, *AREAS]


@pytest.mark.parametrize(
    "column",
    [
        *(
            {"type": kind}
            for kind in ("date", "date-time", "month", "integer", "number", "yes-no", "pseudonym", "area")
        ),
        {"type": "code", "codes": "sex"},
        {"type": "code", "codes": "sex", "many": True},
        {"type": "date", "required": True},
    ],
)
def test_the_longer_way_gives_the_same_values_and_the_same_faults(cells, column, monkeypatch):
    shorter = cells(column, *CELLS)
    monkeypatch.setattr(
        ordinary, "form", lambda column, cell, **_: f"CASE WHEN false THEN {form(column, cell, **_)} END"
    )
    longer = cells(column, *CELLS)
    assert shorter.refused == longer.refused
    assert shorter.rows == longer.rows
    assert shorter.rows or shorter.refused


form = ordinary.form


def test_blanks_around_a_cell_are_cut_wherever_they_come_from(cells):
    written = ["", " ", "a", " a", "a ", "\u00a0a\u2003", "é", " é ", "a  b", "\u3000"]
    sent = cells({"type": "text"}, *written)
    assert [row["cell"] for row in sent.rows] == [None, None, "a", "a", "a", "a", "é", "é", "a  b", None]
