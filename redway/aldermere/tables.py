"""The Home Office's table by partnership for Aldermere, its neighbour and others: the force's own crimes, counted.

Those of Aldermere are the offences of the force's extract, by quarter and code, and what was planted; those of all
others are drawn.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from redway import periods
from redway.aldermere import recorded_crime
from redway.aldermere.names import COMPARABLE, DISTRICT, NEIGHBOUR
from redway.aldermere.recorded_crime import (
    DAMAGE,
    OFFENCES,
    SEXUAL,
    THEFT,
    VIOLENCE,
    WEAPONS,
    Offence,
    Partnership,
    Row,
)
from redway.aldermere.truths import REVISED_CODE, REVISION

WORKBOOK = "prc-csp-mar2025-mar2026-tables-241025.ods"
QUARTERS = {2024: (1, 2, 3, 4), 2025: (1, 2)}  # financial years by the year they begin in
UNASSIGNED = f"Unassigned - {DISTRICT}"
OTHERS = (
    Partnership(DISTRICT, UNASSIGNED, 0.02),
    Partnership(NEIGHBOUR, NEIGHBOUR, 0.1),
    *(Partnership(one.name, one.name, one.people) for one in COMPARABLE),
)
PUBLIC_ORDER, MISCELLANEOUS = "Public order offences", "Miscellaneous crimes"
# The codes that the extract has and the maker of tables draws none of.
ALSO = (
    Offence("5E", "Endangering life", VIOLENCE, "Violence with injury", 0),
    Offence("8M", "Racially or religiously aggravated harassment", VIOLENCE, "Stalking and harassment", 0),
    Offence("8R", "Malicious communications", VIOLENCE, "Stalking and harassment", 0),
    Offence("17A", "Sexual assault on a male aged 13 and over", SEXUAL, "Other sexual offences", 0),
    Offence("28F", "Attempted burglary Residential", THEFT, "Domestic burglary", 0),
    Offence(
        "40", "Theft in a dwelling other than from automatic machine or meter", THEFT, "All other theft offences", 0
    ),
    Offence("126", "Interfering with a motor vehicle", THEFT, "Vehicle offences", 0),
    Offence("56B", "Arson not endangering life", DAMAGE, "Arson", 0),
    Offence("58A", "Criminal damage to a dwelling", DAMAGE, "Criminal damage", 0),
    Offence("58B", "Criminal damage to a building other than a dwelling", DAMAGE, "Criminal damage", 0),
    Offence("10B", "Possession of firearms with intent", WEAPONS, "Possession of weapons", 0),
    Offence("90", "Other knives offences", WEAPONS, "Possession of weapons", 0),
    Offence("9B", "Racially or religiously aggravated public fear", PUBLIC_ORDER, PUBLIC_ORDER, 0),
    Offence("33A", "Making, supplying or possessing articles for use in fraud", MISCELLANEOUS, MISCELLANEOUS, 0),
    Offence("99", "Other notifiable offences", MISCELLANEOUS, MISCELLANEOUS, 0),
    Offence("802", "Dangerous driving", MISCELLANEOUS, MISCELLANEOUS, 0),
)


def write(folder: Path, extract: Path, *, seed: int = 20250401) -> Path:
    """Write the workbook into `folder`, which counts the rows of the force's `extract`."""
    folder.mkdir(parents=True, exist_ok=True)
    with extract.open(encoding="utf-8", newline="") as file:
        counted = tally(csv.DictReader(file))
    years = {f"{y}_{(y + 1) % 100:02d}": _year(y, counted, seed) for y in QUARTERS}
    return recorded_crime.write(folder / WORKBOOK, years)


def tally(extract: Iterable[dict[str, str]]) -> Counter[tuple[str, str]]:
    """How many of each quarter and code the tables give for Aldermere: those of the extract, and the revision."""
    found: Counter[tuple[str, str]] = Counter()
    for row in extract:
        found[periods.quarter(periods.month(row["recorded_date"][:7])), row["offence_code"]] += 1
    found[REVISION.period, REVISED_CODE] = int(REVISION.value)
    return found


def _year(year: int, counted: Counter[tuple[str, str]], seed: int) -> Iterator[Row]:
    label = f"{year}/{(year + 1) % 100:02d}"
    for quarter in QUARTERS[year]:
        for one in (*OFFENCES, *ALSO):
            if count := counted[f"{label}-Q{quarter}", one.code]:
                what = (one.description, one.group, one.subgroup, one.code)
                yield (label, quarter, DISTRICT, DISTRICT, *what, count)
    yield from recorded_crime.rows(year, OTHERS, seed=seed, quarters=QUARTERS[year])
