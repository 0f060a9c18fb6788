"""Direct identifiers, which must never come: by the heading of a column, and inside cells of text.

Two questions are asked of a cell. `suspicious` is one pattern, quick, that every identifier matches; only where it
says yes are the slower ones asked, which check a check digit, or leave aside streets and shops that are named after
people. They know common given names, so they find most names and not all: they are a safety net beneath the sender's
own care, not in its place.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from redway.store.profile import read_yaml
from redway.store.query import text

MACROS = Path(__file__).with_name("identifiers.sql")
WORDS = Path(__file__).with_name("names.yaml")
# Headings of direct identifiers, folded; matched as whole words, so "username" and "place name" are not names.
IN_HEADINGS = {
    "a name": (
        "name", "full name", "forename", "forenames", "first name", "given name", "middle name", "surname", "last name",
        "family name", "maiden name", "alias", "initials", "victim name", "suspect name", "offender name", "child name",
        "pupil name", "patient name", "client name", "person name", "parent name", "nominal",
    ),
    "a date of birth": ("date of birth", "dob", "d o b", "birth date", "birthdate", "date birth"),
    "an address": ("address", "home address", "address line", "house number", "street", "uprn"),
    "a postcode": ("postcode", "post code", "postal code"),
    "an NHS number": ("nhs number", "nhs no", "nhs num", "nhsnumber"),
    "a unique pupil number": ("upn", "unique pupil number", "uln", "unique learner number"),
    "a PNC number": ("pnc", "pnc id", "pncid", "pnc number", "cro", "cro number"),
    "a National Insurance number": ("ni number", "nino", "national insurance", "national insurance number"),
    "a telephone number": ("phone", "telephone", "mobile", "tel", "contact number", "phone number"),
    "an e-mail address": ("email", "e mail", "email address"),
    "a vehicle's registration": ("vrm", "vehicle registration", "registration mark", "number plate"),
}  # fmt: skip
# What a cell can hold -> the macro in identifiers.sql that finds it. Addresses may stand in what is geocoded.
IN_CELLS = {
    "an e-mail address": "has_email",
    "an NHS number": "has_nhs_number",
    "a National Insurance number": "has_ni_number",
    "a unique pupil number": "has_upn",
    "a PNC number": "has_pnc",
    "a telephone number": "has_phone",
    "a date of birth": "has_birth_date",
    "a name": "has_name",
}
OF_PLACES = {"a postcode": "has_postcode", "an address": "has_address"}


def of_heading(heading: str) -> str:
    """Which direct identifier a heading speaks of, as “a postcode”; empty for none."""
    words = " ".join("".join(c if c.isalnum() else " " for c in heading.casefold()).split())
    padded = f" {words} "
    for what, headings in IN_HEADINGS.items():
        for known in headings:
            if words == known or (known not in ("name", "street", "cro", "tel", "alias") and f" {known} " in padded):
                return what
    return ""


def kind(cell: str, *, place: bool) -> str:
    """SQL for the kind of direct identifier that a cell holds, null for none; `place`: text that is to be geocoded."""
    looked_for = IN_CELLS if place else IN_CELLS | OF_PLACES
    cases = "".join(f" WHEN {macro}({cell}) THEN {text(what)}" for what, macro in looked_for.items())
    return f"(CASE WHEN suspicious({cell}) THEN CASE{cases} END END)"


@cache
def macros() -> str:
    """SQL that makes the macros that `kind` asks."""
    words = read_yaml(WORDS)
    patterns = {
        "$given": _either(f"{name}|{name.upper()}" for name in words["given"]),
        "$title": _either(words["titles"]),
        "$place": _either(f"{word}|{word.upper()}" for word in words["places"]),
        "$spared": _either(words["spared"]),
    }
    sql = MACROS.read_text("utf-8")
    for mark, pattern in patterns.items():
        sql = sql.replace(mark, pattern)
    return sql


def _either(words: Iterable[str]) -> str:
    return "|".join(word.replace(" ", " +").replace("'", "''") for word in words)
