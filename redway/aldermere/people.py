"""Who lives in Aldermere: its residents by ethnic group, and how many households they make."""

from collections.abc import Mapping, Sequence

import numpy as np

from redway.aldermere.city import Lsoa, Neighbourhood, city
from redway.aldermere.names import COMPARABLE, DISTRICT_CODE, NEIGHBOUR_CODE

ETHNIC_GROUPS = {
    "Asian, Asian British or Asian Welsh": 0.11,
    "Black, Black British, Black Welsh, Caribbean or African": 0.07,
    "Mixed or Multiple ethnic groups": 0.04,
    "White": 0.75,
    "Other ethnic group": 0.03,
}
HOUSEHOLDS = 52_000  # of the city on census day, 2.3 residents in each
HOUSEHOLDS_BY_DISTRICT = {DISTRICT_CODE: HOUSEHOLDS, NEIGHBOUR_CODE: 3_900} | {
    one.district_code: int(one.people * 43_000) for one in COMPARABLE
}


def by_group(lsoa: Lsoa, area: Neighbourhood) -> Mapping[str, int]:
    """The residents of a small area of 2021 by ethnic group. Poorer wards are more mixed, as in most English cities."""
    white = ETHNIC_GROUPS["White"] + 0.2 * (0.5 - area.ward.deprivation)
    rest = (1 - white) / (1 - ETHNIC_GROUPS["White"])
    shares = [white if name == "White" else share * rest for name, share in ETHNIC_GROUPS.items()]
    return dict(zip(ETHNIC_GROUPS, apportion(lsoa.residents, shares), strict=True))


def residents_by_group() -> dict[str, int]:
    """The residents of the whole city by the first word of their group: White, Black, Asian, Mixed, Other."""
    found: dict[str, int] = {}
    for area in city().areas:
        for lsoa in area.lsoa21:
            for group, count in by_group(lsoa, area).items():
                name = group.replace(",", "").split()[0]
                found[name] = found.get(name, 0) + count
    return found


def apportion(total: int, shares: Sequence[float] | np.ndarray) -> list[int]:
    """Whole numbers in these shares that add up to the total (largest remainder)."""
    exact = total * np.asarray(shares, dtype=float) / np.sum(shares)
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return [int(n) for n in whole]
