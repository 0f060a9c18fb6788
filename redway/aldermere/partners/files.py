"""Writing the partners' returns: one CSV file an agency and dataset, in the columns that the dataset asks for."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from redway.aldermere.city import City, city
from redway.aldermere.partners import answers, health, justice, places, police
from redway.aldermere.partners.drawing import Row
from redway.aldermere.partners.truths import FIRST_MONTH, FIRST_QUARTER, LAST_MONTH, LAST_QUARTER

MONTHS = range(FIRST_MONTH, LAST_MONTH + 1)
LATE = MONTHS[:-2]  # the infirmary's newest two months have not come
QUARTERS = range(FIRST_QUARTER, LAST_QUARTER + 3)


@dataclass(frozen=True)
class Return:
    """All that one agency sends of one dataset."""

    dataset: str
    agency: str
    rows: Callable[[City, int], Iterator[Row]]

    @property
    def name(self) -> str:
        return f"{self.agency}/{self.dataset}.csv"


def counted_by(agency: str) -> Return:
    return Return("agency-counts", agency, lambda city, seed: answers.counts(city, seed, agency, QUARTERS))


RETURNS = (
    Return("police-extract", "aldermere-constabulary", lambda city, seed: police.crimes(city, seed, MONTHS)),
    Return("hospital-istv", "aldermere-infirmary", lambda city, seed: health.assaults(city, seed, LATE)),
    Return("hospital-admissions", "aldermere-infirmary", lambda city, seed: health.admissions(city, seed, QUARTERS)),
    Return("ambulance", "aldermere-ambulance-service", lambda city, seed: health.calls(city, seed, MONTHS)),
    Return("fire", "aldermere-fire-and-rescue", lambda city, seed: places.fires(city, seed, MONTHS)),
    Return("youth-justice", "youth-justice-service", lambda city, seed: justice.children(city, seed, QUARTERS)),
    Return("drug-tests-on-arrest", "aldermere-constabulary", lambda city, seed: justice.drug_tests(city, seed, MONTHS)),
    Return("treatment", "mere-recovery", lambda city, seed: justice.treated(city, seed, QUARTERS)),
    Return("probation", "aldermere-probation", lambda city, seed: justice.requirements(city, seed, QUARTERS)),
    Return("asb-incidents", "aldermere-city-council", lambda city, seed: places.behaviour(city, seed, MONTHS)),
    Return("business-incidents", "old-staithe-traders", lambda city, seed: places.businesses(city, seed, MONTHS)),
    Return(
        "modern-slavery-referrals", "aldermere-city-council", lambda city, seed: justice.slavery(city, seed, QUARTERS)
    ),
    Return("survey-responses", "aldermere-city-council", answers.responses),
    *(counted_by(agency) for agency in dict.fromkeys(one.agency for one in answers.COUNTED)),
)


def write(folder: Path, *, seed: int = 20250401) -> list[tuple[Return, Path]]:
    """Write every return into `folder`, as AGENCY/DATASET.csv. The same seed gives the same bytes."""
    here = city()
    written = []
    for one in RETURNS:
        path = folder / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = list(one.rows(here, seed))
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        written.append((one, path))
    return written
