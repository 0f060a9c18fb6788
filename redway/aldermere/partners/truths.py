"""What was planted in the partners' returns: the generators read it, and tests ask Redway for it.

As in the street files, nothing changes where nothing is planted. `docs/aldermere.md` tells all of it.
"""

from dataclasses import dataclass

from redway.aldermere.truths import KNIFE_CRIME
from redway.periods import month

FIRST_MONTH, LAST_MONTH = month("2022-12"), month("2025-11")
FIRST_QUARTER, LAST_QUARTER = month("2023-04"), month("2025-07")  # the first months of quarters


@dataclass(frozen=True)
class Planted:
    """One planted truth about the returns of a dataset.

    first    the first month it acts in; it goes on to the end
    before   the level without it: a share, or a count a month
    after    the level while it acts
    indicator  the one whose page tells it; empty where the page of data quality does
    """

    id: str
    dataset: str
    title: str
    first: int
    before: float
    after: float
    expected: str
    indicator: str = ""

    def level(self, month: int) -> float:
        return self.after if month >= self.first else self.before


HOSPITAL_KNIFE = Planted(
    id="knife-wounds",
    dataset="hospital-istv",
    indicator="sharp-object-attendances",
    title="The infirmary sees the rise in knife crime by the docks too",
    first=KNIFE_CRIME.first,
    before=2.0,
    after=10.0,
    expected="assaults with a knife rise in Aldermere as a whole, as the police's knife crime does",
)
UNREPORTED_VENUE = Planted(
    id="unreported-venue",
    dataset="hospital-istv",
    indicator="assault-attendances",
    title="The Theatre Bar: hurt by the dozen, hardly ever told to the police",
    first=FIRST_MONTH,
    before=0.0,
    after=5.0,
    expected="the area with most assaults seen by the infirmary, with no more recorded violence than its neighbours",
)
VENUE, VENUE_AREA = "Theatre Bar, Old Staithe", "E01999027"
UNKNOWN_ETHNICITY = Planted(
    id="unknown-ethnicity",
    dataset="police-extract",
    title="A new custody form leaves ethnicity out",
    first=month("2025-07"),
    before=0.15,
    after=0.45,
    expected="a warning on arrival that victims' ethnicity is unknown far more often than in the force's own past",
)
DISPARITY = Planted(
    id="disparity",
    dataset="police-extract",
    indicator="serious-violence-victim-ethnicity",
    title="Black residents are victims of serious violence at twice the rate of White residents",
    first=FIRST_MONTH,
    before=2.0,
    after=2.0,
    expected="a rate ratio near two, with bounds for those whose ethnicity is unknown",
)
MISSED_ASSESSMENTS = Planted(
    id="missed-assessments",
    dataset="drug-tests-on-arrest",
    indicator="positive-tests-assessed",
    title="Assessments move across the city, and fewer people come",
    first=month("2025-04"),
    before=0.70,
    after=0.40,
    expected="a fall in the share of positive tests that lead to an assessment attended",
)
STEADY_ENGAGEMENT = Planted(
    id="steady-engagement",
    dataset="treatment",
    indicator="alcohol-treatment-engagement",
    title="Engagement with alcohol treatment stays as it is",
    first=FIRST_QUARTER,
    before=0.70,
    after=0.70,
    expected="no finding",
)
FIRE_SETTING = Planted(
    id="fire-setting",
    dataset="fire",
    indicator="deliberate-fires",
    title="Small fires at Gannet Wharf in the last summer",
    first=month("2025-06"),
    before=1.0,
    after=15.0,
    expected="deliberate secondary fires rise in one area",
)
# How many days after they were due the returns of an agency came; the others sent theirs in time.
CAME_LATE = {"aldermere-infirmary": 24, "youth-justice-service": 9}
IN_TIME = -3
TRUTHS = (
    HOSPITAL_KNIFE,
    UNREPORTED_VENUE,
    UNKNOWN_ETHNICITY,
    DISPARITY,
    MISSED_ASSESSMENTS,
    STEADY_ENGAGEMENT,
    FIRE_SETTING,
)
