"""Stop and search by Aldermere's force, in the publisher's words and columns. Nobody in it exists."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

import numpy as np

from redway import periods
from redway.aldermere.people import residents_by_group
from redway.aldermere.truths import FIRST_SEARCHES, SEARCHED_MORE

Option = TypeVar("Option")
HEADINGS = (
    *("Type", "Date", "Part of a policing operation", "Policing operation", "Latitude", "Longitude", "Gender"),
    *("Age range", "Self-defined ethnicity", "Officer-defined ethnicity", "Legislation", "Object of search"),
    *("Outcome", "Outcome linked to object of search", "Removal of more than just outer clothing"),
)
MONTHLY = 70
NOT_STATED = 0.15
WORDING = {
    "White": "White - English/Welsh/Scottish/Northern Irish/British",
    "Black": "Black/African/Caribbean/Black British - African",
    "Asian": "Asian/Asian British - Pakistani",
    "Mixed": "Mixed/Multiple ethnic groups - White and Black Caribbean",
    "Other": "Other ethnic group - Any other ethnic group",
}
DRUGS, PACE = "Misuse of Drugs Act 1971 (section 23)", "Police and Criminal Evidence Act 1984 (section 1)"
WHY = {
    (DRUGS, "Controlled drugs"): 0.62,
    (PACE, "Offensive weapons"): 0.18,
    (PACE, "Stolen goods"): 0.13,
    (PACE, "Article for use in theft"): 0.07,
}
OUTCOMES = {
    "A no further action disposal": 0.70,
    "Arrest": 0.14,
    "Community resolution": 0.11,
    "Penalty Notice for Disorder": 0.02,
    "Summons / charged by post": 0.03,
}
AGES = {"10-17": 0.17, "18-24": 0.36, "25-34": 0.25, "over 34": 0.22}


def searches(*, seed: int, months: range) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """The rows of each month in which searches are known. Rows name no area, and hardly any has a point."""
    rng = np.random.default_rng((seed, 4))
    often = dict(residents_by_group())
    often["Black"] *= int(SEARCHED_MORE.value)
    everybody = sum(often.values())
    groups = {name: count / everybody for name, count in often.items()}
    for month in months:
        if month >= FIRST_SEARCHES:
            yield month, sorted((_search(rng, month, groups) for _ in range(rng.poisson(MONTHLY))), key=lambda r: r[1])


def _search(rng: np.random.Generator, month: int, groups: dict[str, float]) -> tuple[str, ...]:
    # From 1 to 22 hours, so that a moment lies in the same month by London's clocks and by those of UTC.
    day, hour, minute = (int(rng.integers(low, high)) for low, high in ((1, 29), (1, 23), (0, 60)))
    vehicle = rng.random() < 0.04
    group, (law, wanted), outcome = _pick(rng, groups), _pick(rng, WHY), _pick(rng, OUTCOMES)
    stated = rng.random() >= NOT_STATED
    person = (
        "Male" if rng.random() < 0.9 else "Female",
        _pick(rng, AGES),
        WORDING[group] if stated else "Other ethnic group - Not stated",
        group,
    )
    linked = "" if outcome.startswith("A no") else str(bool(rng.random() < 0.7))
    return (
        "Vehicle search" if vehicle else "Person search",
        f"{periods.label(month)}-{day:02d}T{hour:02d}:{minute:02d}:00+00:00",
        *("False", "", "", ""),
        *(("", "", "", "") if vehicle else person),
        *(law, wanted, outcome, linked, "False"),
    )


def _pick(rng: np.random.Generator, options: Mapping[Option, float]) -> Option:
    return list(options)[int(rng.choice(len(options), p=np.array(list(options.values())) / sum(options.values())))]
