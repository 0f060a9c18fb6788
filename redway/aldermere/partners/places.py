"""What the fire service, the council and businesses send of places."""

import datetime as dt
from collections.abc import Iterator

from redway.aldermere.city import City
from redway.aldermere.partners import truths
from redway.aldermere.partners.drawing import DAYTIME, Drawing, Row, spoken

SMALL_FIRES = {"refuse": 0.5, "grass-or-trees": 0.3, "empty-building": 0.05, "other-outdoors": 0.15}
LARGE_FIRES = {"house": 0.3, "flat": 0.2, "car": 0.3, "shop": 0.05, "other-building": 0.1, "motorcycle": 0.05}
INCIDENTS = {"secondary-fire": 0.38, "primary-fire": 0.32, "malicious-call": 0.08, "special-service": 0.22}
DWELLINGS = ("house", "flat")
BEHAVIOUR = {"rowdy": 0.22, "neighbour": 0.15, "noise": 0.13, "vehicle": 0.12, "begging": 0.06, "drugs": 0.08}
BEHAVIOUR |= {"litter": 0.05, "fly-tipping": 0.10, "graffiti": 0.04, "street-drinking": 0.05}
ENVIRONMENTAL, PERSONAL = ("litter", "fly-tipping", "graffiti"), ("neighbour", "noise")
SHOP_TYPES = {"grocery": 0.4, "fashion": 0.15, "health-and-beauty": 0.15, "pub-or-club": 0.15, "food-and-drink": 0.15}
LOSSES = {"under-50": 0.5, "50-199": 0.35, "200-499": 0.1, "500-and-over": 0.05}
FIRE_AREA = "E01999036"


def fires(city: City, seed: int, months: range) -> Iterator[Row]:
    """fire, month by month."""
    draw = Drawing(city, seed, "fire")
    number = 0
    for month in months:
        planted = draw.count(truths.FIRE_SETTING.level(month))
        kinds = ["planted"] * planted + [draw.pick(INCIDENTS) for _ in range(draw.count(34))]
        for kind in kinds:
            number += 1
            yield fire(draw, month, number, kind)


def fire(draw: Drawing, month: int, number: int, kind: str) -> Row:
    area = draw.city.areas[draw.city.at(FIRE_AREA)] if kind == "planted" else draw.area()
    kind, cause = ("secondary-fire", "deliberate") if kind == "planted" else (kind, "")
    burned = draw.pick(LARGE_FIRES if kind == "primary-fire" else SMALL_FIRES)
    if kind in ("primary-fire", "secondary-fire"):
        likely = 0.30 if kind == "primary-fire" else 0.55
        cause = cause or draw.pick({"deliberate": likely, "accidental": 0.9 - likely, "not-known": 0.1})
    indoors = kind == "primary-fire" and burned in DWELLINGS
    return {
        "incident": f"AFR-{month // 12}-{number:06d}",
        "happened_at": spoken(draw.moment(month)),
        "area": draw.lsoa(area),
        "incident_type": kind,
        "cause": cause,
        "property": burned,
        "smoke_alarm": draw.pick({"fitted-and-worked": 0.6, "none-fitted": 0.3, "not-known": 0.1}) if indoors else "",
        "attack_on_crew": draw.pick({"none": 0.97, "verbal": 0.02, "objects-thrown": 0.01}),
        "casualties": draw.count(0.2) if kind == "primary-fire" else 0,
    }


def behaviour(city: City, seed: int, months: range) -> Iterator[Row]:
    """asb-incidents of the council, month by month."""
    draw = Drawing(city, seed, "asb-incidents")
    number = 0
    for month in months:
        for _ in range(draw.count(70)):
            number += 1
            yield nuisance(draw, month, number)


def nuisance(draw: Drawing, month: int, number: int) -> Row:
    reported, kind = draw.day(month), draw.pick(BEHAVIOUR)
    category = "environmental" if kind in ENVIRONMENTAL else "personal" if kind in PERSONAL else "nuisance"
    open_still = draw.yes(0.1)
    personal = category == "personal"
    return {
        "report": f"ACC{number:06d}",
        "reported_at": reported,
        "area": draw.lsoa(draw.area(nights=category == "nuisance")),
        "category": category,
        "kind": kind,
        "victim_risk": draw.pick({"standard": 0.7, "medium": 0.24, "high": 0.06}) if personal else "no-victim",
        "tools": draw.pick(["advice", "warning", "mediation;advice", "community-protection-warning", "patrol", "none"]),
        "outcome": "open" if open_still else draw.pick({"resolved": 0.7, "not-resolved": 0.2, "passed-on": 0.1}),
        "closed_on": "" if open_still else reported + dt.timedelta(days=int(draw.rng.integers(1, 60))),
        "case_review": "yes" if draw.yes(0.01) else "no",
    }


def businesses(city: City, seed: int, months: range) -> Iterator[Row]:
    """business-incidents, month by month: in shopping streets for the most part, and by day."""
    draw = Drawing(city, seed, "business-incidents")
    shops = [area for area in city.areas if area.kind in ("old town", "retail park")]
    number = 0
    for month in months:
        for _ in range(draw.count(45)):
            number += 1
            kind = draw.pick(
                {"theft": 0.6, "attempted-theft": 0.12, "threats-or-abuse": 0.18, "damage": 0.06, "robbery": 0.04}
            )
            area = shops[int(draw.rng.integers(len(shops)))] if draw.yes(0.8) else draw.area()
            yield {
                "incident": f"BP-{number:06d}",
                "happened_at": spoken(draw.moment(month, DAYTIME)),
                "area": draw.lsoa(area),
                "business_type": draw.pick(SHOP_TYPES),
                "kind": kind,
                "loss_band": draw.pick(LOSSES) if kind in ("theft", "robbery") else "none",
                "violence": draw.pick({"none": 0.7, "verbal": 0.2, "threat": 0.07, "physical": 0.03}),
                "knife": "yes" if kind == "robbery" and draw.yes(0.4) else "no",
                "told_police": draw.pick({"yes": 0.35, "no": 0.6, "NK": 0.05}),
            }
