"""What youth justice, custody, the treatment services and probation send. All of it is of people who do not exist."""

import datetime as dt
from collections.abc import Iterator

from redway.aldermere.city import City
from redway.aldermere.partners import truths
from redway.aldermere.partners.drawing import ETHNICITY, Drawing, Row, end

CHILDREN = {"violence": 0.34, "theft": 0.16, "drugs": 0.14, "criminal-damage": 0.12, "public-order": 0.10}
CHILDREN |= {"robbery": 0.08, "motoring": 0.06}
GRAVITY = {"violence": (3, 3, 3, 4, 5, 6), "robbery": (5, 6, 6), "drugs": (2, 3, 3, 5), "theft": (2, 3)}
OUT_OF_COURT = {
    "community-resolution": 0.34,
    "diversion": 0.30,
    "youth-caution": 0.22,
    "youth-conditional-caution": 0.14,
}
BY_COURT = {"referral-order": 0.6, "youth-rehabilitation-order": 0.3, "detention-and-training-order": 0.1}
COUNTS_AS_FIRST = {*BY_COURT, "youth-caution", "youth-conditional-caution"}
EARLIER = 0.38  # of children with a serious violence offence, those with an earlier caution or sentence
NEED = 0.93  # of children assessed, those with a speech and language need that was not met
ADULTS = {"18-24": 0.22, "25-34": 0.31, "35-44": 0.27, "45-54": 0.14, "55+": 0.06}
PEOPLE = ETHNICITY | {"NS": 0.09}


def children(city: City, seed: int, months: range) -> Iterator[Row]:
    """youth-justice: whole quarters."""
    draw = Drawing(city, seed, "youth-justice")
    for month in months:
        for n in range(draw.count(15)):
            yield disposal(draw, month, n)


def disposal(draw: Drawing, month: int, n: int) -> Row:
    kind = draw.pick(CHILDREN)
    gravity = int(draw.rng.choice(GRAVITY.get(kind, (1, 2, 3))))
    serious = kind in ("violence", "robbery", "drugs") and gravity >= 5
    decision = draw.pick(BY_COURT if serious or draw.yes(0.2) else OUT_OF_COURT)
    decided = draw.day(month)
    offended = decided - dt.timedelta(days=int(draw.rng.integers(10, 120)))
    before = draw.yes(EARLIER if serious else 0.25)
    counts = decision in COUNTS_AS_FIRST
    first = offended - dt.timedelta(days=int(draw.rng.integers(60, 700))) if before else decided if counts else ""
    assessed, plan = draw.yes(0.6), draw.yes(0.22)
    return {
        "record": draw.reference("record", month, n),
        "child": draw.reference("child", month, n),  # a child stands once, so no two rows can disagree on a first
        "offence_date": offended,
        "offence_type": kind,
        "gravity": gravity,
        "serious_violence": "yes" if serious else "no",
        "knife": "yes" if draw.yes(0.3 if serious else 0.03) else "no",
        "disposal": decision,
        "disposal_date": decided,
        "disposal_completed": draw.pick({"completed": 0.6, "under-way": 0.3, "not-completed": 0.1}),
        "first_time_entrant": "yes" if counts and not before else "no",
        "first_disposal_date": first,
        "first_serious_violence_date": offended if serious else "",
        "sex": draw.pick({"M": 0.8, "F": 0.2}),
        "age_band": draw.pick({"10-11": 0.02, "12-14": 0.3, "15-16": 0.4, "17": 0.28}),
        "ethnicity": draw.pick(PEOPLE),
        "ehcp": "yes" if plan else "no",
        "special_need": draw.pick({"SEMH": 0.6, "SLCN": 0.25, "ASD": 0.15}) if plan else "none",
        "semh": "yes" if draw.yes(0.6 if plan else 0.15) else "no",
        "slcn_assessed": "yes" if assessed else "no",
        "slcn_need": ("yes" if draw.yes(NEED) else "no") if assessed else "",
        "ete": draw.pick({"full-time": 0.55, "part-time": 0.25, "none": 0.15, "unknown": 0.05}),
        "accommodation": draw.pick({"suitable": 0.9, "unsuitable": 0.05, "unknown": 0.05}),
    }


def drug_tests(city: City, seed: int, months: range) -> Iterator[Row]:
    """drug-tests-on-arrest, month by month."""
    draw = Drawing(city, seed, "drug-tests-on-arrest")
    for month in months:
        for n in range(draw.count(60)):
            yield drug_test(draw, month, n)


def drug_test(draw: Drawing, month: int, n: int) -> Row:
    arrested = draw.day(month)
    result = draw.pick(
        {"negative": 0.42, "cocaine": 0.28, "opiates": 0.08, "cocaine-and-opiates": 0.18, "refused": 0.04}
    )
    tested = "" if result == "refused" else arrested
    came, seen, began = "not-required", None, ""
    if result not in ("negative", "refused"):
        attends = draw.yes(truths.MISSED_ASSESSMENTS.level(month))
        came = "attended" if attends else draw.pick({"missed": 0.9, "in-treatment": 0.1})
        if attends:
            seen = arrested + dt.timedelta(days=int(draw.rng.integers(3, 35)))
            began = str(seen + dt.timedelta(days=int(draw.rng.integers(5, 30)))) if draw.yes(0.35) else ""
    return {
        "test": draw.reference("test", month, n),
        "person": draw.reference("person", int(draw.rng.integers(1500))),
        "arrest_date": arrested,
        "offence": draw.pick(
            {"theft": 0.5, "robbery": 0.06, "burglary": 0.1, "violence": 0.2, "class-a-possession": 0.14}
        ),
        "why_tested": draw.pick({"trigger": 0.8, "inspector": 0.2}),
        "test_date": tested,
        "result": result,
        "assessment": came,
        "assessment_date": seen or "",
        "referred_to": "adult-treatment" if seen else "none",
        "treatment_start": began,
        "age_band": draw.pick(ADULTS),
        "sex": draw.pick({"M": 0.85, "F": 0.15}),
        "ethnicity": draw.pick(PEOPLE),
    }


def treated(city: City, seed: int, months: range) -> Iterator[Row]:
    """treatment, of adults under a requirement and of young people: whole quarters."""
    draw = Drawing(city, seed, "treatment")
    for month in months:
        for n in range(draw.count(16)):
            yield requirement_made(draw, month, n)
        for n in range(draw.count(9)):
            yield referral(draw, month, n)
        for n in range(draw.count(6)):
            yield leaving(draw, month, n)


def requirement_made(draw: Drawing, month: int, n: int) -> Row:
    made, kind = draw.day(month), draw.pick({"ATR": 0.55, "DRR": 0.45})
    engaged = draw.yes(truths.STEADY_ENGAGEMENT.level(month) if kind == "ATR" else 0.5)
    return spell(draw, "requirement", month, n) | {
        "service": "adult",
        "event_date": made,
        "referral_source": "probation",
        "linked_disposal": "court",
        "requirement": kind,
        "engaged": "yes" if engaged else "no",
        "engaged_on": made + dt.timedelta(days=int(draw.rng.integers(5, 30))) if engaged else "",
        "substances": "alcohol" if kind == "ATR" else draw.pick(["opiates", "crack;opiates", "cocaine"]),
        "age_band": draw.pick({"18-24": 0.15, "25-34": 0.3, "35-54": 0.45, "55+": 0.1}),
    }


def referral(draw: Drawing, month: int, n: int) -> Row:
    source = draw.pick({"youth-justice": 0.55, "education": 0.2, "social-care": 0.1, "health": 0.1, "self": 0.05})
    by_justice = source == "youth-justice"
    return spell(draw, "referral", month, n) | {
        "service": "young-people",
        "event_date": draw.day(month),
        "referral_source": source,
        "linked_disposal": draw.pick({"out-of-court": 0.6, "court": 0.2, "none": 0.2}) if by_justice else "none",
        "substances": draw.pick(["cannabis", "cannabis;alcohol", "ketamine", "nicotine"]),
        "age_band": "under-18",
    }


def leaving(draw: Drawing, month: int, n: int) -> Row:
    return spell(draw, "exit", month, n) | {
        "service": "young-people",
        "event_date": draw.day(month),
        "discharge": draw.pick({"completed-drug-free": 0.5, "completed-occasional": 0.3, "dropped-out": 0.2}),
        "substances": "cannabis",
        "age_band": "under-18",
    }


def spell(draw: Drawing, event: str, month: int, n: int) -> Row:
    """What every row about treatment says."""
    return {
        "episode": draw.reference("episode", event, month, n),
        "person": draw.reference("person", event, int(draw.rng.integers(600))),
        "event": event,
        "sex": draw.pick({"M": 0.72, "F": 0.28}),
        "ethnicity": draw.pick(PEOPLE),
    }


def requirements(city: City, seed: int, months: range) -> Iterator[Row]:
    """probation: one row a requirement in force in each quarter."""
    draw = Drawing(city, seed, "probation")
    for last in months[2::3]:
        for n in range(draw.count(70)):
            began = draw.day(last - int(draw.rng.integers(0, 9)))
            offered = int(draw.rng.integers(3, 14))
            ended = draw.yes(0.2)
            breached = draw.yes(0.15)
            yield {
                "requirement_reference": draw.reference("requirement", last, n),
                "person": draw.reference("person", int(draw.rng.integers(900))),
                "last_month": f"{last // 12}-{last % 12 + 1:02d}",
                "order_type": draw.pick({"community-order": 0.5, "suspended-sentence": 0.3, "licence": 0.2}),
                "requirement": draw.pick({"rehabilitation-activity": 0.5, "unpaid-work": 0.3, "ATR": 0.1, "DRR": 0.1}),
                "started": began,
                "ended": end(last) if ended else "",
                "end_reason": draw.pick({"completed": 0.7, "revoked-breach": 0.2, "expired": 0.1}) if ended else "",
                "appointments_offered": offered,
                "appointments_attended": int(draw.rng.binomial(offered, 0.75)),
                "breached": "yes" if breached else "no",
                "breach_date": end(last) if breached else "",
                "risk": draw.pick({"low": 0.25, "medium": 0.5, "high": 0.2, "very-high": 0.05}),
                "age_band": draw.pick(ADULTS),
                "sex": draw.pick({"M": 0.88, "F": 0.12}),
                "ethnicity": draw.pick(PEOPLE),
            }


def slavery(city: City, seed: int, months: range) -> Iterator[Row]:
    """modern-slavery-referrals: few in number, most of children who are made to commit crimes; whole quarters."""
    draw = Drawing(city, seed, "modern-slavery-referrals")
    for month in months:
        for n in range(draw.count(2.5)):
            criminal = draw.yes(0.7)
            yield {
                "referral": draw.reference("referral", month, n),
                "referred_on": draw.day(month),
                "referral_kind": "referral",
                "exploitation": "criminal" if criminal else draw.pick(["sexual", "labour", "domestic-servitude"]),
                "county_lines": draw.pick({"yes": 0.6, "no": 0.3, "NK": 0.1}) if criminal else "no",
                "age_band": draw.pick({"10-17": 0.8, "18-24": 0.2} if criminal else {"18-24": 0.3, "25-34": 0.7}),
                "child_when_exploited": "yes" if criminal else "no",
                "sex": draw.pick({"M": 0.8, "F": 0.2} if criminal else {"M": 0.3, "F": 0.7}),
                "ethnicity": draw.pick({"W1": 0.6, "B2": 0.1, "M1": 0.1, "A9": 0.05, "NS": 0.15}),
                "nationality": "british" if criminal else draw.pick(["british", "other"]),
                "first_responder": draw.pick({"local-authority": 0.6, "police": 0.4}),
                "reasonable_grounds": draw.pick({"positive": 0.85, "negative": 0.1, "awaited": 0.05}),
                "conclusive_grounds": "awaited",
            }
