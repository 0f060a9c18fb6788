"""Surveys of residents and practitioners, and what agencies count for themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from redway import periods
from redway.aldermere.city import City
from redway.aldermere.partners.drawing import Drawing, Row

AGES = {"16-24": 0.14, "25-34": 0.18, "35-44": 0.17, "45-54": 0.17, "55-64": 0.15, "65+": 0.19}
# Older people answer more readily, and feel less safe after dark: unweighted, the survey would say so of everybody.
ANSWERS_MORE = {"16-24": 0.4, "25-34": 0.6, "35-44": 0.8, "45-54": 1.1, "55-64": 1.5, "65+": 1.8}
SAFER_IF_YOUNG = {"16-24": 1.25, "25-34": 1.2, "35-44": 1.1, "45-54": 0.95, "55-64": 0.8, "65+": 0.65}
GROUPS = {"white": 0.75, "asian": 0.11, "black": 0.07, "mixed": 0.04, "other": 0.03}
CONCERNS = {"speeding": 0.5, "nuisance-vehicles": 0.4, "rowdiness": 0.3, "begging": 0.25, "neighbours": 0.2}
ASB_CONCERNS = CONCERNS | {"litter": 0.3}


@dataclass(frozen=True)
class Wave:
    """What residents truly think in a year: shares of all of them."""

    year: int
    answers: int
    safe: float  # after dark
    knife: float  # affected by knife crime
    concern: float  # that knife crime is one
    carried: float  # a knife, or know somebody who has
    down: float  # believe that crime went down


# Feeling safe: too small a change for so few answers. Affected by knife crime: a change that can be seen.
WAVES = (
    Wave(2023, 900, safe=0.30, knife=0.07, concern=0.56, carried=0.14, down=0.03),
    Wave(2024, 900, safe=0.30, knife=0.07, concern=0.56, carried=0.14, down=0.02),
    Wave(2025, 900, safe=0.33, knife=0.03, concern=0.48, carried=0.09, down=0.02),
)
UNSAFE_ALONE = {"woman": 0.79, "man": 0.51}


def responses(city: City, seed: int) -> Iterator[Row]:
    """survey-responses: three waves of residents, each with its survey of anti-social behaviour, and practitioners."""
    draw = Drawing(city, seed, "survey-responses")
    for wave in WAVES:
        for n in range(wave.answers):
            yield resident(draw, wave, n)
        for n in range(wave.answers // 2):
            yield about_behaviour(draw, wave, n)
        for n in range(140):
            yield practitioner(draw, wave, n)


def person(draw: Drawing, survey: str, wave: Wave, n: int, month: int) -> Row:
    """Who answered, weighted back to the residents there are."""
    age = draw.pick({band: share * ANSWERS_MORE[band] for band, share in AGES.items()})
    mean = sum(share * ANSWERS_MORE[band] for band, share in AGES.items())
    return {
        "survey": survey,
        "wave": str(wave.year),
        "respondent": f"{survey[:1].upper()}{wave.year}-{n + 1:04d}",
        "month": f"{wave.year}-{month:02d}",
        "mode": draw.pick({"online": 0.7, "paper": 0.2, "telephone": 0.1}),
        "weight": f"{mean / ANSWERS_MORE[age] * draw.rng.uniform(0.9, 1.1):.3f}",
        "gender": draw.pick({"woman": 0.54, "man": 0.44, "prefer-not": 0.02}),
        "age_band": age,
        "ethnic_group": draw.pick(GROUPS | {"prefer-not": 0.04}),
    }


def resident(draw: Drawing, wave: Wave, n: int) -> Row:
    row = person(draw, "community-safety", wave, n, int(draw.rng.integers(9, 11)))
    safe = draw.yes(wave.safe * SAFER_IF_YOUNG[row["age_band"]])
    unsafe_alone = draw.yes(UNSAFE_ALONE.get(row["gender"], 0.65))
    affected = draw.yes(wave.knife)
    return row | {
        "safe_after_dark": draw.pick(
            ["fairly-safe", "very-safe"] if safe else ["fairly-unsafe", "very-unsafe", "neither"]
        ),
        "safe_alone_at_night": draw.pick(
            ["fairly-unsafe", "very-unsafe"] if unsafe_alone else ["fairly-safe", "neither"]
        ),
        "knife_affected": "yes" if affected else "no",
        "knife_reported": draw.pick({"yes": 0.6, "no": 0.4}) if affected else "",
        "knife_concern": "yes" if draw.yes(wave.concern) else "no",
        "knife_carried": "yes" if draw.yes(wave.carried) else "no",
        "crime_change": draw.pick({"down": wave.down, "same": 0.40, "up": 0.50, "dont-know": 0.08}),
        "concerns": several(draw, CONCERNS),
    }


def about_behaviour(draw: Drawing, wave: Wave, n: int) -> Row:
    met = draw.yes(0.52)
    return person(draw, "asb", wave, n, 7) | {
        "asb_experienced": "yes" if met else "no",
        "asb_reported": draw.pick({"yes": 0.37, "no": 0.63}) if met else "",
        "concerns": several(draw, ASB_CONCERNS),
    }


def practitioner(draw: Drawing, wave: Wave, n: int) -> Row:
    return person(draw, "practitioners", wave, n, 6) | {
        "weight": 1,
        "sector": draw.pick(["school", "health", "social-care", "police", "youth-justice", "housing", "voluntary"]),
        "service_awareness": draw.pick({"very": 0.1, "fairly": 0.3, "not-very": 0.4, "not-at-all": 0.2}),
        "violence_confidence": draw.pick({"very": 0.12, "fairly": 0.3, "not-very": 0.38, "not-at-all": 0.2}),
    }


def several(draw: Drawing, options: Mapping[str, float]) -> str:
    """Those that were named, parted by semicolons; none where nothing was."""
    return ";".join(option for option, share in options.items() if draw.yes(share)) or "none"


@dataclass(frozen=True)
class Counted:
    """What one agency counts: how many a month, or of how many, by category.

    of         the measure counted before it that it is out of, so that the two agree
    intervals  the share counted before it that its categories are the intervals of: those in time, then the others
    parted     how those in time lie in their intervals, and how the others do
    """

    agency: str
    measure: str
    monthly: float
    share: float = 0.0  # the number is this share of `monthly`, which is what it is out of
    categories: tuple[str, ...] = ("",)
    of: str = ""
    intervals: str = ""
    parted: tuple[Mapping[str, float], ...] = ()


HOURS = {"0-24": 0.6, "24-48": 0.4}, {"48-72": 0.5, "over-72": 0.3, "never": 0.2}
MINUTES = (
    {"minutes-0-30": 0.3, "minutes-30-60": 0.4, "minutes-60-90": 0.3},
    {"minutes-over-90": 0.7, "never": 0.3},
)


def histogram(agency: str, measure: str, of: str, parted: tuple[Mapping[str, float], ...]) -> Counted:
    """What an agency counts by interval, the intervals of a share that it counts too."""
    categories = tuple(name for some in parted for name in some)
    return Counted(agency, measure, 0, categories=categories, intervals=of, parted=parted)


COUNTED = (
    Counted("aldermere-constabulary", "marac-cases", 6),
    Counted("aldermere-constabulary", "marac-repeat-cases", 6, 0.3, of="marac-cases"),
    Counted("aldermere-constabulary", "victim-support-uptake", 40, 0.45),
    Counted("aldermere-constabulary", "roadshow-contacts", 60),
    Counted("aldermere-constabulary", "named-officer-patrol-hours", 320),
    Counted("aldermere-constabulary", "marac-children", 9),
    Counted("aldermere-constabulary", "domestic-abuse-service-referrals", 35),
    Counted("aldermere-city-council", "prevent-training", 30, 0.85, ("staff", "school-staff")),
    Counted("aldermere-city-council", "licensing-inspections", 8, categories=("compliant", "not-compliant")),
    Counted("aldermere-city-council", "pspo-notices", 5, categories=("warning", "fixed-penalty")),
    Counted(
        "aldermere-city-council", "exploitation-referrals", 4, categories=("criminal-exploitation", "county-lines")
    ),
    Counted("aldermere-city-council", "vawg-education-children", 90, categories=("year-6", "year-7", "year-8")),
    Counted("aldermere-city-council", "domestic-homicide-reviews", 0.05),
    Counted("aldermere-city-council", "prevent-outreach", 45),
    Counted("aldermere-city-council", "grant-pounds", 9_000),
    Counted("youth-justice-service", "slcn-need", 9, 0.93),
    Counted("youth-justice-service", "act-now-visit-48-hours", 8, 0.75),
    Counted("youth-justice-service", "act-now-contact-90-minutes", 8, 0.85),
    Counted("youth-justice-service", "act-now-mentor-48-hours", 7, 0.7),
    histogram("youth-justice-service", "act-now-hours-to-mentor", "act-now-mentor-48-hours", HOURS),
    histogram("youth-justice-service", "act-now-hours-to-visit", "act-now-visit-48-hours", HOURS),
    histogram("youth-justice-service", "act-now-minutes-to-contact", "act-now-contact-90-minutes", MINUTES),
    Counted("youth-justice-service", "earlier-disposal", 5, 0.38),
    Counted("youth-justice-service", "children-cautioned", 60, 0.12, ("ehcp", "ehcp-semh", "no-ehcp")),
    Counted("youth-justice-service", "navigator-contacts", 14),
    Counted("aldermere-city-council", "asb-case-reviews", 3),
    Counted("aldermere-constabulary", "hate-crime-support-uptake", 14, 0.42),
)


def counts(city: City, seed: int, agency: str, quarters: range) -> Iterator[Row]:
    """agency-counts of one agency, quarter by quarter; `quarters` are their first months."""
    draw = Drawing(city, seed, f"agency-counts {agency}")
    for quarter in quarters[::3]:
        told: dict[tuple[str, str], tuple[int, int]] = {}
        for one in (c for c in COUNTED if c.agency == agency):
            parted = _parted(draw, one.parted, *told[one.intervals, ""]) if one.intervals else {}
            for category in one.categories:
                whole = told[one.of, category][0] if one.of else int(draw.rng.poisson(3 * one.monthly))
                number = int(draw.rng.binomial(whole, one.share)) if one.share else parted.get(category, whole)
                told[one.measure, category] = number, whole
                yield {
                    "measure": one.measure,
                    "period": periods.quarter(quarter),
                    "category": category,
                    "count": number,
                    "out_of": whole if one.share else "",
                    "status": "final",
                }


def _parted(draw: Drawing, parted: tuple[Mapping[str, float], ...], in_time: int, whole: int) -> dict[str, int]:
    """How many lie in each interval, of so many in time and all the others not."""
    found: dict[str, int] = {}
    for count, shares in zip((in_time, whole - in_time), parted, strict=True):
        found |= dict(zip(shares, map(int, draw.rng.multinomial(count, list(shares.values()))), strict=True))
    return found


def weighted(rows: list[Row], column: str, values: tuple[str, ...]) -> float:
    """The weighted share that gave one of these answers, of those who were asked: what a test compares with."""
    asked = [row for row in rows if row.get(column)]
    weight = np.array([float(row["weight"]) for row in asked])
    return float(weight[[row[column] in values for row in asked]].sum() / weight.sum())
