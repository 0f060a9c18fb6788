"""The force's own extract: the crimes of the street files again, with what those leave out."""

import datetime as dt
from collections.abc import Iterator, Mapping

from redway.aldermere.city import City
from redway.aldermere.crime import COURT, LOCAL, NO_SUSPECT, OPEN, OTHER_BODY, UNABLE
from redway.aldermere.crime import Row as Recorded
from redway.aldermere.crime import rows as recorded
from redway.aldermere.partners import truths
from redway.aldermere.partners.drawing import ETHNICITY, Drawing, Row, spoken
from redway.aldermere.truths import FIRST_MONTH, KNIFE_CRIME, LAST_MONTH, LATE_PARTNER

CODES: Mapping[str, Mapping[str, float]] = {
    "Bicycle theft": {"44": 1},
    "Burglary": {"28E": 0.5, "28F": 0.1, "30C": 0.4},
    "Criminal damage and arson": {"58A": 0.3, "58B": 0.1, "58C": 0.5, "56B": 0.1},
    "Drugs": {"92A": 0.2, "92D": 0.15, "92E": 0.65},
    "Other crime": {"99": 0.6, "802": 0.1, "33A": 0.3},
    "Other theft": {"49": 0.8, "40": 0.2},
    "Possession of weapons": {"10D": 0.6, "10B": 0.1, "90": 0.3},
    "Public order": {"8L": 0.3, "9A": 0.6, "9B": 0.1},
    "Robbery": {"34B": 0.85, "34A": 0.15},
    "Shoplifting": {"46": 1},
    "Theft from the person": {"39": 1},
    "Vehicle crime": {"45": 0.6, "48": 0.3, "126": 0.1},
    "Violence and sexual offences": {
        **{"8N": 0.28, "5D": 0.03, "8P": 0.01, "105A": 0.30, "8L": 0.14, "8M": 0.02, "8R": 0.10},
        **{"19C": 0.03, "17A": 0.01, "20A": 0.04, "88A": 0.02, "5E": 0.02},
    },
}
INJURY = ("8N", "5D", "5E", "8P")
NO_VICTIM = ("Drugs", "Possession of weapons", "Shoplifting")
OUTCOMES = {NO_SUSPECT: "18", UNABLE: "16", COURT: "1", LOCAL: "8", OTHER_BODY: "20", OPEN: "open"}
METHODS = {"Robbery": {"bodily": 0.6, "threat": 0.3, "blunt": 0.1}, "Burglary": {"forced-entry": 0.6, "insecure": 0.4}}
AGES = {"10-17": 0.09, "18-24": 0.27, "25-34": 0.27, "35-54": 0.27, "55+": 0.09, "0-9": 0.01}
MALE = {"victim": 0.55, "suspect": 0.86}
CHARGED = 0.09  # of offences of domestic abuse; the street files name no charge for them
BROAD = {"W": "W", "B": "B", "A": "A", "M": "M", "O": "O"}


def crimes(city: City, seed: int, months: range) -> Iterator[Row]:
    """police-extract, month by month: crimes only, as anti-social behaviour is no crime."""
    draw = Drawing(city, seed, "police-extract")
    for month, found in recorded(city, seed=seed, months=range(FIRST_MONTH, LAST_MONTH + 1)):
        if month in months and month != LATE_PARTNER.first:
            seen: set[str] = set()
            for one in found:
                if one.crime_id and one.crime_id not in seen:
                    seen.add(one.crime_id)
                    yield crime(draw, month, one)


def crime(draw: Drawing, month: int, one: Recorded) -> Row:
    recorded_on = draw.day(month)
    began = dt.datetime.combine(recorded_on, dt.time(int(draw.rng.integers(24)), int(draw.rng.integers(60))))
    began -= dt.timedelta(days=int(draw.rng.geometric(0.5)))
    code = draw.pick(CODES[one.crime_type])
    violent = one.crime_type in ("Violence and sexual offences", "Robbery")
    knife = draw.yes(knife_share(one, draw))
    domestic = one.crime_type == "Violence and sexual offences" and draw.yes(0.35)
    return {
        "crime_reference": draw.reference(one.crime_id),
        "offence_code": code,
        "recorded_date": recorded_on,
        "committed_from": spoken(began),
        "committed_to": spoken(began + dt.timedelta(minutes=int(draw.rng.integers(5, 600)))),
        "lsoa_code": one.point.lsoa21.code if one.point else "",
        **(person(draw, month, "victim", violent) if one.crime_type not in NO_VICTIM else {}),
        **(person(draw, month, "suspect", violent) if one.outcome not in (NO_SUSPECT, OPEN) else {}),
        "knife": "yes" if knife else "no",
        "domestic_abuse": "yes" if domestic else "no",
        "hate_strands": hate(draw, one.crime_type),
        "alcohol": "yes" if draw.yes(0.25 if violent else 0.05) else "no",
        "child_exploitation": "yes" if one.crime_type == "Drugs" and draw.yes(0.04) else "no",
        "method": "knife"
        if knife and one.crime_type == "Robbery"
        else draw.pick(METHODS.get(one.crime_type, {"NK": 1})),
        "outcome": "1" if domestic and draw.yes(CHARGED) else OUTCOMES.get(one.outcome, "open"),
    }


def knife_share(one: Recorded, draw: Drawing) -> float:
    """How often a knife was used or threatened; possession of one is not knife crime."""
    if one.crime_type == "Robbery":
        by_the_docks = one.point and draw.city.areas[one.point.area].code in KNIFE_CRIME.areas
        return 0.6 if by_the_docks else 0.25
    return 0.02 if one.crime_type == "Violence and sexual offences" else 0.0


def person(draw: Drawing, month: int, role: str, violent: bool) -> Row:
    """Age, sex and ethnicity of a victim or a suspect."""
    share = dict(ETHNICITY)
    if violent and role == "victim":
        share |= {code: weight * truths.DISPARITY.after for code, weight in ETHNICITY.items() if code.startswith("B")}
    ethnicity = draw.pick(share)
    unknown = draw.yes(truths.UNKNOWN_ETHNICITY.level(month) if role == "victim" else 0.2)
    return {
        f"{role}_age_band": draw.pick(AGES),
        f"{role}_sex": draw.pick({"M": MALE[role], "F": 1 - MALE[role]}),
        f"{role}_ethnicity": "NS" if unknown else ethnicity,
        f"{role}_ethnicity_officer": BROAD[ethnicity[0]] if draw.yes(0.9) else "NS",
    }


def hate(draw: Drawing, kind: str) -> str:
    """The strands of hate recorded, parted by semicolons; racist hate is the commonest."""
    if kind not in ("Public order", "Violence and sexual offences", "Criminal damage and arson"):
        return ""
    shares = {"race": 0.03, "sexual-orientation": 0.008, "disability": 0.006, "religion": 0.005, "transgender": 0.002}
    return ";".join(strand for strand, share in shares.items() if draw.yes(share))
