"""What was planted in Aldermere: the generator reads it, and tests ask Redway for it. `docs/aldermere.md` tells it.

Where nothing is planted nothing changes: every other series is the same from year to year, apart from
season and chance.
"""

from dataclasses import dataclass
from typing import Literal

from redway.periods import month

FIRST_MONTH, LAST_MONTH = month("2020-12"), month("2025-11")
NEW_CODES_FROM = month("2024-01")  # rows carry LSOA 2011 codes before, 2021 codes from then on

FoundBy = Literal["what changed", "control chart", "rates", "rows", "gaps", "nothing"]
# What became of crimes, and searches, are known for a last year only: each month costs set-up a file more. Of outcomes
# the month a year before the newest is there too.
FIRST_OUTCOMES, FIRST_SEARCHES = month("2024-11"), month("2024-12")


@dataclass(frozen=True)
class Truth:
    """One planted truth.

    areas       codes of comparable areas; none means all of them
    first, last the months it acts in, both included
    base        incidents a month expected in each of its areas and types without it; None leaves them as they are
    factor      what those are multiplied by while it acts
    extra       incidents added to the area in each month from `first`, all within a short walk
    found_by    where Redway should show it ("nothing": where it should stay silent)
    """

    id: str
    title: str
    crime_types: tuple[str, ...]
    areas: tuple[str, ...]
    first: int
    last: int
    found_by: FoundBy
    expected: str
    base: float | None = None
    factor: float = 1.0
    extra: tuple[int, ...] = ()


HOT_SPOT = Truth(
    id="hot-spot",
    title="Cinderholt Market, a lasting hot spot",
    crime_types=("Anti-social behaviour", "Violence and sexual offences", "Criminal damage and arson"),
    areas=("E01999052",),
    first=FIRST_MONTH,
    last=LAST_MONTH,
    factor=3.5,
    found_by="rates",
    expected="the highest rate per 1,000 residents of all areas with a fair base, and no change",
)
KNIFE_CRIME = Truth(
    id="knife-crime-rise",
    title="Knife crime rises on both sides of the docks",
    crime_types=("Robbery", "Possession of weapons"),
    areas=("E01999036", "E01999041", "E01999107"),
    first=month("2024-12"),
    last=LAST_MONTH,
    base=3.0,
    factor=3.5,
    found_by="what changed",
    expected="a rise in each of the three areas and in Aldermere as a whole",
)
OPERATION = Truth(
    id="operation-lantern",
    title="Operation Lantern, an operation that worked",
    crime_types=("Vehicle crime",),
    areas=("E01999022", "E01999024", "E01999025", "E01999102"),
    first=month("2024-12"),
    last=LAST_MONTH,
    base=10.0,
    factor=0.3,
    found_by="what changed",
    expected="a fall in each of the four areas and in Aldermere as a whole",
)
ROADSHOW = Truth(
    id="respect-roadshow",
    title="The Respect Roadshow, which made no difference",
    crime_types=("Anti-social behaviour",),
    areas=("E01999042", "E01999043", "E01999044", "E01999045"),
    first=month("2024-12"),
    last=LAST_MONTH,
    base=6.0,
    factor=1.0,
    found_by="nothing",
    expected="no finding: recorded anti-social behaviour is not statistically different in any of the four areas",
)
RECORDING_CHANGE = Truth(
    id="recording-change",
    title="Violence is recorded by a new rule",
    crime_types=("Violence and sexual offences",),
    areas=(),
    first=month("2022-04"),
    last=LAST_MONTH,
    factor=1.4,
    found_by="control chart",
    expected="a shift in the first run of months, all areas at once; nothing in the last two years",
)
NEAR_REPEATS = Truth(
    id="near-repeat-burglaries",
    title="Burglary after burglary in Dunmarrow Fields",
    crime_types=("Burglary",),
    areas=("E01999060",),
    first=month("2025-08"),
    last=month("2025-10"),
    extra=(14, 18, 16),
    found_by="rows",
    expected="more pairs of burglaries close in place and in neighbouring months than chance gives; and a rise",
)
LATE_PARTNER = Truth(
    id="late-partner",
    title="Aldermere Constabulary never sent October 2023",
    crime_types=(),
    areas=(),
    first=month("2023-10"),
    last=month("2023-10"),
    found_by="gaps",
    expected="not available for every type and area, no zero, and no chart drawn over it",
)
LATE_NEIGHBOUR = Truth(
    id="late-neighbour",
    title="Fenmarch Constabulary has not sent November 2025",
    crime_types=(),
    areas=(),
    first=month("2025-11"),
    last=month("2025-11"),
    found_by="gaps",
    expected="a caveat on that month, not a gap",
)


@dataclass(frozen=True)
class Stated:
    """One planted truth about an open table: the dataset it lies in, the indicator that tells it, and its size."""

    id: str
    title: str
    dataset: str
    indicator: str
    period: str
    value: float
    expected: str


BACKLOG = Stated(
    id="closed-at-once",
    title="A backlog of crimes without a suspect is closed in one month",
    dataset="police-outcomes",
    indicator="no-suspect-identified",
    period="2025-11",
    value=0.25,  # of the crimes of the year before that ended so, those that were left until then
    expected="a share of outcomes without a suspect that leaps in November 2025, above October and the year before",
)
SEARCHED_MORE = Stated(
    id="searched-more-often",
    title="Black people are searched at four times the rate of White people",
    dataset="police-stop-search",
    indicator="stop-and-search-by-ethnicity",
    period="YE-2025-11",
    value=4.0,
    expected="a rate ratio near four for one group and no other, with how many did not say",
)
HOMES = Stated(
    id="burgled-homes",
    title="52,000 households",
    dataset="households",
    indicator="residential-burglary-recorded",
    period="",
    value=52_000,
    expected="burglaries of homes for every 1,000 households, not residents",
)
REVISION = Stated(
    id="negative-revision",
    title="Records of grooming from earlier quarters are cancelled",
    dataset="recorded-crime-partnership",
    indicator="other-sexual-offences-recorded",
    period="2025/26-Q2",
    value=-3,
    expected="a count below zero that is taken, and a total that is less by it",
)
REVISED_CODE = "88A"
STATED = (BACKLOG, SEARCHED_MORE, HOMES, REVISION)

TRUTHS = (
    HOT_SPOT,
    KNIFE_CRIME,
    OPERATION,
    ROADSHOW,
    RECORDING_CHANGE,
    NEAR_REPEATS,
    LATE_PARTNER,
    LATE_NEIGHBOUR,
)
