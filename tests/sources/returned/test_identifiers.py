"""Direct identifiers in headings and in cells: found where they are, and few false alarms."""

import random

import duckdb
import pytest

from redway.sources.returned import identifiers


@pytest.fixture(scope="module")
def kinds():
    """What is found in each text: a function of many texts at once."""
    db = duckdb.connect()
    db.execute(identifiers.macros())

    def found(*texts, place=False):
        sql = f"SELECT {identifiers.kind('t', place=place)} FROM (SELECT unnest($1) AS t)"
        return [kind for (kind,) in db.execute(sql, [list(texts)]).fetchall()]

    return found


NAMES = [
    "victim is Jane Example",
    "SUSPECT DAVID EXAMPLE",
    "Mr Example came back",
    "told Mrs. O'Example twice",
    "seen by Dr Example-Smith",
    "Mohammed A. Example",
    "with Sarah Example near Victoria Park",
]
CLEAN = [
    "On or near Drift Road",
    "Outside John Lewis, Midsummer Place",
    "Stacey Bushes underpass by the redway",
    "St James Street car park",
    "George Street and Albert Square",
    "Elizabeth Fry House, front door forced",
    "Thomas Cook and Robert Dyas were broken into",
    "Charlotte Road junction",
    "the Prince George pub",
    "Sir Frank Markham Community School",
    "King Edward Street market",
    "Male in a grey hoodie took 3 bottles of spirits",
    "Mercedes Sprinter, front nearside window smashed",
    "Loss of £1,200.50 on 2025-11-03 at 22:15",
    "Reported on 03/11/2025 between 20:15 and 23:45",
    "Order 4012345 of 12 items",
    "2 males, 1 female, aged 17-20",
    "Unit 14, Kingston Centre",
    "near MK9 and MK14 grid squares",
    "H6 at V7 roundabout",
    "Incident 25-0012345",
    "Ref 1234567890",  # ten digits whose check digit is wrong
    "Paul Smith shop, window display",
    "Grace and Rose gardens",
    "Will report in May or June",
    "Dr visit needed",
    "A4 paper, B&Q car park, M1 J14",
    "Blue BMW 320d, 2019 plate",
    "",
]


def test_names_are_found(kinds):
    assert kinds(*NAMES) == ["a name"] * len(NAMES)


def test_plausible_clean_text_raises_no_alarm(kinds):
    assert [(text, kind) for text, kind in zip(CLEAN, kinds(*CLEAN), strict=True) if kind] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jane.example@example.org please", "an e-mail address"),
        ("call 07700 900123", "a telephone number"),
        ("tel 01632 960 001", "a telephone number"),
        ("+44 7700 900 123", "a telephone number"),
        ("(020) 7946 0018", "a telephone number"),
        ("NHS 943 476 5919", "an NHS number"),
        ("9434765919", "an NHS number"),
        ("QQ no, AB 12 34 56 C yes", "a National Insurance number"),
        ("UPN H801200001001", "a unique pupil number"),
        ("DOB 01/02/2008", "a date of birth"),
        ("born on 1 Feb 2008", "a date of birth"),
        ("lives in MK9 3HP", "a postcode"),
        ("sw1a1aa", "a postcode"),
        ("at 14 Example Street", "an address"),
        ("Flat 2, 117a Long Example Road", "an address"),
    ],
)
def test_numbers_and_addresses_are_found(kinds, text, kind):
    assert kinds(text) == [kind]


def test_places_may_stand_in_text_that_is_geocoded_and_names_may_not(kinds):
    assert kinds("14 Example Street, MK9 3HP", place=True) == [None]
    assert kinds("outside Jane Example's, 14 Example Street", place=True) == ["a name"]


def nhs_number(rng):
    """A number as the NHS gives them: the tenth digit makes the weighted sum a multiple of eleven."""
    while True:
        nine = [rng.randrange(10) for _ in range(9)]
        check = (11 - sum(d * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11) % 11
        if check < 10 and len(set(nine)) > 1:
            return "".join(map(str, [*nine, check]))


def test_every_nhs_number_is_found_and_one_digit_off_is_none(kinds):
    rng = random.Random(7)
    numbers = [nhs_number(rng) for _ in range(200)]
    assert set(kinds(*(f"x {n[:3]} {n[3:6]} {n[6:]}" for n in numbers))) == {"an NHS number"}
    off = [n[:-1] + str((int(n[-1]) + 1) % 10) for n in numbers]
    assert "an NHS number" not in kinds(*off)


def test_every_pnc_number_is_found(kinds):
    letters = "ZABCDEFGHJKLMNPQRTUVWXY"
    rng = random.Random(8)
    numbers = [(rng.randrange(100), rng.randrange(10**7)) for _ in range(100)]
    right = [f"{y:02}/{n:07}{letters[(y * 10**7 + n) % 23]}" for y, n in numbers]
    wrong = [f"{y:02}/{n:07}{letters[(y * 10**7 + n + 1) % 23]}" for y, n in numbers]
    assert set(kinds(*right)) == {"a PNC number"}
    assert "a PNC number" not in kinds(*wrong)


@pytest.mark.parametrize(
    "heading",
    ["Surname", "victim_surname", "Date of Birth", "DOB", "Post Code", "Home address", "NHS No", "UPN", "PNC ID",
     "NI number", "Mobile phone", "E-mail", "First Name", "name"],
)  # fmt: skip
def test_headings_of_direct_identifiers(heading):
    assert identifiers.of_heading(heading)


@pytest.mark.parametrize(
    "heading", ["Username count", "Ward name", "Street crime", "Offence", "Postal area group", "Outcome"]
)
def test_headings_of_other_things(heading):
    assert not identifiers.of_heading(heading)
