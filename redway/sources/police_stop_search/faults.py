"""Why a row of stop and search can be refused, or is odd: what was expected, and the likely cause."""

from redway.sources.police_uk.rows import Fault

REWRITTEN = "a spreadsheet rewrote dates when it saved the file."
NEW_WORDS = "cells moved or edited by hand, or new words of the publisher's that Redway does not know yet."
YES_NO = {
    "operation": "Part of a policing operation",
    "linked": "Outcome linked to object of search",
    "clothing": "Removal of more than just outer clothing",
}
FAULTS = {
    "heading": Fault(
        "a heading among the rows", "Date", "one heading, on the first line", "files were joined with their headings."
    ),
    "date": Fault(
        "not a date and time with its distance from UTC",
        "Date",
        "a date and time such as 2021-08-31T22:15:00+00:00",
        REWRITTEN,
    ),
    "other month": Fault(
        "another month than the file's name says",
        "Date",
        "searches of the month in the file's name only, by clocks in the United Kingdom",
        "the file was renamed, or months were joined under one month's name.",
    ),
    "impossible date": Fault(
        "a date that cannot be", "Date", "a date from December 2010 to this month", "the file was renamed."
    ),
    "type": Fault("not a type of search", "Type", "a person search, a vehicle search or one of both", NEW_WORDS),
    **{
        key: Fault("neither True nor False", column, "True, False or an empty cell", NEW_WORDS)
        for key, column in YES_NO.items()
    },
    "gender": Fault("gender in unknown words", "Gender", "Male, Female, Other or an empty cell", NEW_WORDS),
    "age range": Fault(
        "an age range in unknown words",
        "Age range",
        "under 10, 10-17, 18-24, 25-34, over 34 or an empty cell",
        "a spreadsheet turned 10-17 into a date, cells were moved, or the publisher's age ranges are new.",
    ),
    "self-defined": Fault(
        "self-defined ethnicity in unknown words",
        "Self-defined ethnicity",
        "one of the publisher's words for ethnicity, or an empty cell",
        NEW_WORDS,
    ),
    "officer-defined": Fault(
        "officer-defined ethnicity in unknown words",
        "Officer-defined ethnicity",
        "White, Mixed, Asian, Black, Other or an empty cell",
        NEW_WORDS,
    ),
    "swapped": Fault(
        "longitude and latitude swapped",
        "Longitude",
        "a longitude from -9 to 2.5 and a latitude from 49 to 61.5",
        "longitude and latitude are swapped.",
    ),
    "point": Fault(
        "a point outside the British Isles, or half a point",
        "Longitude",
        "a longitude from -9 to 2.5 and a latitude from 49 to 61.5, or neither",
        "coordinates of another kind, such as metres, or cells damaged by a spreadsheet.",
    ),
}
