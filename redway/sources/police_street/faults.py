"""Why a street row can be refused: the reason as receipts name it, what was expected, and the likely cause."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    reason: str
    column: str
    expected: str
    cause: str


def _padded(column: str) -> Fault:
    return Fault(
        "a cell padded with spaces",
        column,
        "cells without spaces before or after them",
        "a program that writes columns of a fixed width, or a hand that added spaces.",
    )


FAULTS = {
    "heading": Fault(
        "a heading among the rows", "Month", "one heading, on the first line", "files were joined with their headings."
    ),
    "month": Fault("not a month", "Month", "a month such as 2025-01", "a spreadsheet turned months into dates."),
    "padded month": _padded("Month"),
    "padded crime type": _padded("Crime type"),
    "padded area": _padded("LSOA code"),
    "other month": Fault(
        "another month than the file's name says",
        "Month",
        "rows of the month in the file's name only",
        "the file was renamed, or months were joined under one month's name.",
    ),
    "impossible month": Fault(
        "a month that cannot be", "Month", "a month from December 2010 to this one", "a mistyped year."
    ),
    "force": Fault("no force", "Reported by", "the force that reported it", "a column that was emptied or damaged."),
    "crime type": Fault(
        "not one of the 14 crime types",
        "Crime type",
        "one of the publisher's 14 crime types",
        "a spelling changed by hand, a comma in an earlier cell that is not within quotation marks, or a new type "
        "that Redway does not know yet.",
    ),
    "unknown area": Fault(
        "an area of neither 2011 nor 2021",
        "LSOA code",
        "the code of an area that existed in 2011 or 2021",
        "a code of another year, or a mistyped one.",
    ),
    "area code": Fault("not an area code", "LSOA code", "a code such as E01016710", "a column was moved or edited."),
    "swapped": Fault(
        "longitude and latitude swapped, and no area",
        "Longitude",
        "a longitude from -9 to 2.5 and a latitude from 49 to 61.5",
        "longitude and latitude are swapped.",
    ),
    "point": Fault(
        "a point outside the British Isles or half a point, and no area",
        "Longitude",
        "a longitude from -9 to 2.5 and a latitude from 49 to 61.5, or neither",
        "coordinates of another kind, such as metres, or cells damaged by a spreadsheet.",
    ),
}
SWAPPED, POINT = FAULTS["swapped"], FAULTS["point"]
