"""What the infirmary and the ambulance service send."""

import datetime as dt
from collections.abc import Iterator

from redway.aldermere.city import City
from redway.aldermere.partners import truths
from redway.aldermere.partners.drawing import ETHNICITY, Drawing, Row, end, spoken, start
from redway.aldermere.truths import KNIFE_CRIME

SITE = "ZZ001"
METHODS = {
    **{"body-part": 0.66, "pushed": 0.11, "glass-or-bottle": 0.05, "other-sharp-object": 0.02},
    **{"blunt-object": 0.09, "sexual": 0.02, "other": 0.02, "not-known": 0.03},
}
PLACES = {
    **{"street": 0.34, "pub-or-club": 0.24, "home": 0.20, "takeaway-or-restaurant": 0.05, "park": 0.05},
    **{"transport": 0.04, "school-or-college": 0.04, "other": 0.01, "not-known": 0.03},
}
ADULTS_MOSTLY = {"0-9": 0.01, "10-17": 0.10, "18-24": 0.25, "25-34": 0.25, "35-54": 0.29, "55+": 0.10}
COMPLAINTS = {"assault": 0.74, "sexual-assault": 0.06, "stab-or-gunshot": 0.06, "domestic-abuse": 0.10}
COMPLAINTS |= {"other-violence": 0.04}
DISPOSITIONS = {"taken-to-emergency-department": 0.52, "treated-there": 0.31, "refused": 0.11, "nobody-found": 0.05}
DISPOSITIONS |= {"not-known": 0.01}
CAUSES = {"X99": 0.12, "Y00": 0.10, "Y04": 0.45, "X95": 0.01, "Y09": 0.06, "F10": 0.18, "F11": 0.05, "F14": 0.03}
OUTWARD = ["ZZ91", "ZZ92", "ZZ93", "ZZ94"]


def assaults(city: City, seed: int, months: range) -> Iterator[Row]:
    """hospital-istv, month by month."""
    draw = Drawing(city, seed, "hospital-istv")
    for month in months:
        for _ in range(draw.count(24)):
            yield assault(draw, month, draw.pick(METHODS), draw.pick(PLACES), where(draw))
        for _ in range(draw.count(truths.HOSPITAL_KNIFE.level(month))):
            by_the_docks = city.areas[city.at(draw.pick(KNIFE_CRIME.areas))]
            yield assault(draw, month, "knife", "street", street(draw, by_the_docks.code))
        for _ in range(draw.count(truths.UNREPORTED_VENUE.level(month))):
            yield assault(draw, month, draw.pick(METHODS), "pub-or-club", truths.VENUE)


def assault(draw: Drawing, month: int, method: str, kind: str, place: str) -> Row:
    arrived = draw.moment(month)
    since = dt.timedelta(minutes=int(draw.rng.gamma(2, 45)) + 5)
    if kind == "home" and draw.yes(0.5):
        place = ""  # told by few, and asked of nobody
    return {
        "reporting_from": start(month),
        "reporting_to": end(month),
        "site": SITE,
        "arrived_at": spoken(arrived),
        "assaulted_at": spoken(arrived - since),
        "method": method,
        "method_other": draw.pick(["a thrown chair", "a dog lead", "hot water"]) if method == "other" else "",
        "place_kind": kind,
        "place": place,
    }


def where(draw: Drawing) -> str:
    """A place as a patient would tell it: a street with its ward, a street alone, or a word that places nothing."""
    said = street(draw, draw.area(nights=True).code)
    return draw.pick({said: 0.86, "town somewhere": 0.06, "cannot remember": 0.04, "": 0.04})


def street(draw: Drawing, code: str) -> str:
    at = draw.city.at(code)
    location = draw.pick([p.location for p in draw.city.points if p.area == at]).removeprefix("On or near ")
    return f"{location}, {draw.city.areas[at].ward.name}"


def admissions(city: City, seed: int, months: range) -> Iterator[Row]:
    """hospital-admissions: whole quarters."""
    draw = Drawing(city, seed, "hospital-admissions")
    for month in months:
        for _ in range(draw.count(11)):
            cause, sex = draw.pick(CAUSES), draw.pick({"M": 0.7, "F": 0.3})
            yield {
                "admitted_on": draw.day(month),
                "cause": cause,
                "domestic_abuse": draw.pick({"no": 0.75, "yes": 0.35 if sex == "F" else 0.05, "NK": 0.1}),
                "age_band": draw.pick(ADULTS_MOSTLY),
                "sex": sex,
                "ethnicity": draw.pick(ETHNICITY | {"NS": 0.08}),
                "area": draw.lsoa(draw.area()),
                "outward_postcode": draw.pick(OUTWARD),
            }


def calls(city: City, seed: int, months: range) -> Iterator[Row]:
    """ambulance, month by month."""
    draw = Drawing(city, seed, "ambulance")
    for month in months:
        for _ in range(draw.count(32)):
            kind = draw.pick({"street": 0.45, "pub-or-club": 0.2, "home": 0.3, "not-known": 0.05})
            yield {
                "called_at": spoken(draw.moment(month)),
                "area": draw.lsoa(draw.area(nights=kind != "home")),
                "complaint": draw.pick(COMPLAINTS),
                "disposition": draw.pick(DISPOSITIONS),
                "place_kind": kind,
                "police_told": draw.pick({"yes": 0.62, "no": 0.30, "NK": 0.08}),
            }
