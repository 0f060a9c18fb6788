"""The places series are about: the partnership, and the smallest areas it can be compared over.

Street crime files changed from the 2011 small areas to those of 2021 without saying so. The comparable areas
are therefore the smallest unions that both vintages share (`geography/unions.py`): a row of either vintage
belongs to exactly one of them, and counts stay whole.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from redway.errors import NotSetUp, RedwayError
from redway.geography.outline import dissolve
from redway.geography.unions import Union, unions
from redway.indicators.series import Area
from redway.store.accepted import reading
from redway.store.profile import Partnership
from redway.store.snapshot import Snapshot

NAMES_REST_ON = ("lsoa-lookup", "lsoa-wards", "residents", "community-safety-partnerships")
OUTLINES_REST_ON = ("lsoa-lookup", "lsoa-wards", "lsoa-boundaries")


@dataclass(frozen=True)
class Places:
    """The partnership, its comparable areas in the order of their codes, and the area of every LSOA code."""

    partnership: Area
    areas: tuple[Area, ...]
    area_of: Mapping[str, str]
    safety_partnership: str = ""

    def find(self, code: str) -> Area:
        """The place a code names: the district's, the community safety partnership's, or any LSOA's of either vintage.

        An LSOA that is part of a larger comparable area gives that area. Raises RedwayError for any other code.
        """
        given = code.strip().upper()
        if given in (self.partnership.code, self.safety_partnership) and given:
            return self.partnership
        if given in self.area_of:
            return next(area for area in self.areas if area.code == self.area_of[given])
        raise RedwayError(
            f"{self.partnership.code} for all of {self.partnership.name}, or the code of a small area (LSOA) in it",
            came=f"“{code}”",
            cause=self._near(code, given),
        )

    def _near(self, code: str, given: str) -> str:
        named = [a for a in self.areas if code.strip() and code.strip().casefold() in a.name.casefold()]
        if named:
            shown = "; ".join(f"{a.code} is {a.name}" for a in named[:3])
            return f"a name in place of a code: {shown}."
        if re.fullmatch(r"[A-Z]01[0-9]{6}", given):
            return f"a small area outside {self.partnership.name}, or a mistyped code.{self._alike(given)}"
        return f"a mistyped code.{self._alike(given)}"

    def _alike(self, given: str) -> str:
        alike = difflib.get_close_matches(given, [self.partnership.code, *self.area_of], n=1, cutoff=0.85)
        return f" Did you mean {alike[0]} ({self.find(alike[0]).name})?" if alike else ""


@dataclass(frozen=True)
class _Basis:
    """A snapshot known by the content of some datasets alone, so that caches outlive other datasets' versions."""

    digest: str
    snapshot: Snapshot = field(compare=False)

    def table(self, dataset: str, columns: list[str]) -> pa.Table | None:
        """The accepted rows of a dataset, None when it has not come."""
        with reading(self.snapshot.of(dataset)) as accepted:
            return pa.concat_tables([pq.read_table(path, columns=columns) for path in accepted]) if accepted else None


def places(snapshot: Snapshot, partnership: Partnership) -> Places:
    """The partnership and its areas as this data version knows them; kept in the process by content.

    Residents are those of Census 2021, None while the `residents` dataset has not come. Raises NotSetUp when
    the area look-up has not come, RedwayError when the profile names codes that the look-ups do not know.
    """
    return _places(_Basis(snapshot.digest(*NAMES_REST_ON), snapshot), partnership)


def outlines(snapshot: Snapshot, partnership: Partnership) -> dict[str, dict[str, Any]]:
    """GeoJSON geometry (WGS 84) by area code, the small areas inside each dissolved; kept in the process.

    Boundaries of 2021 are used, those of 2011 where 2021's have not come; a union has the same outline in both.
    Areas whose boundary has not come are left out, so the result may be empty.
    """
    return _outlines(_Basis(snapshot.digest(*OUTLINES_REST_ON), snapshot), partnership)


@lru_cache(maxsize=8)
def _places(basis: _Basis, partnership: Partnership) -> Places:
    names, areas = _comparable_areas(basis, partnership)
    wards = _column_of(basis.table("lsoa-wards", ["lsoa21_code", "ward_name"]))
    residents = _column_of(basis.table("residents", ["lsoa21_code", "residents"]))
    area_of = {code: one.code for one in areas for code in one.members}
    unfair = _unfair(partnership, area_of)
    made = tuple(
        Area(
            code=one.code,
            name=_name(one, names, wards),
            level="area",
            residents=_sum(residents, one.new),
            fair_base=one.code not in unfair,
            unfair_because=unfair.get(one.code, ""),
            members=one.members,
            note=_note(one),
        )
        for one in areas
    )
    whole = Area(
        code=partnership.district,
        name=partnership.place,
        level="partnership",
        residents=_sum(residents, [code for one in areas for code in one.new]),
        fair_base=partnership.district not in unfair,
        unfair_because=unfair.get(partnership.district, ""),
        members=tuple(sorted(area_of)),
    )
    return Places(whole, made, MappingProxyType(area_of), _safety_partnership(basis, partnership))


def _comparable_areas(basis: _Basis, partnership: Partnership) -> tuple[dict[str, str], list[Union]]:
    """Names of LSOAs of 2021 by code, and the unions with at least one of them in the partnership's district."""
    columns = ["lsoa11_code", "lsoa21_code", "lsoa21_name", "district_code"]
    lookup = basis.table("lsoa-lookup", columns)
    if lookup is None:
        raise NotSetUp(
            "the look-up of small areas from 2011 to 2021 (dataset lsoa-lookup)",
            came="a data version without it",
            cause="reference data have not been brought in. Run redway setup again with --data FOLDER, "
            "or redway import lsoa-lookup FILE.",
        )
    inside = set(_codes_in(lookup, partnership.district))
    # Districts are merged now and then; the newer look-up knows a district that the older one does not.
    wards = basis.table("lsoa-wards", ["lsoa21_code", "district_code"])
    if wards is not None:
        inside |= set(_codes_in(wards, partnership.district))
    if not inside:
        raise RedwayError(
            f"small areas in the district {partnership.district} of the profile",
            came="none in the look-ups",
            cause="a district code that was retired or mistyped in partnership.yaml, or an older look-up.",
        )
    pairs = zip(lookup["lsoa11_code"].to_pylist(), lookup["lsoa21_code"].to_pylist(), strict=True)
    found = [one for one in unions(pairs) if inside.intersection(one.new)]
    return dict(zip(lookup["lsoa21_code"].to_pylist(), lookup["lsoa21_name"].to_pylist(), strict=True)), found


def _codes_in(table: pa.Table, district: str) -> list[str]:
    codes: list[str] = table.filter(pc.field("district_code") == district)["lsoa21_code"].to_pylist()
    return codes


def _column_of(table: pa.Table | None) -> dict[str, Any] | None:
    """The second column by the first."""
    return None if table is None else dict(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _sum(residents: dict[str, int] | None, codes: Iterable[str]) -> int | None:
    """Residents of all these areas, None when those of any are not known: a part is not the whole."""
    known = [(residents or {}).get(code) for code in codes]
    return None if None in known else sum(n for n in known if n is not None)


def _name(one: Union, names: dict[str, str], wards: dict[str, str] | None) -> str:
    """`Milton Keynes 014B (Bletchley East)`; `Milton Keynes 014B and 014F (…)` where several are joined."""
    places: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names[code] for code in one.new):
        place, _, last = name.rpartition(" ")
        places[place].append(last)
    joined = " with ".join(f"{place} {_listed(lasts)}".strip() for place, lasts in places.items())
    found = sorted({ward for code in one.new if (ward := (wards or {}).get(code))})
    return f"{joined} ({_listed(found)})" if found else joined


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _note(one: Union) -> str:
    """Why this area is larger than one LSOA, where it is."""
    if one.unchanged:
        return ""
    if len(one.new) == len(one.old) == 1:
        return f"Its code was {one.old[0]} in the vintage of 2011."
    then = f"{len(one.old)} small area{'s' if len(one.old) > 1 else ''} of 2011"
    return f"{then} and {len(one.new)} of 2021, counted together so that years before and after the change compare."


def _unfair(partnership: Partnership, area_of: Mapping[str, str]) -> dict[str, str]:
    """Why residents are no fair base, by area code. Raises RedwayError for a code that is no place here."""
    found = {}
    for one in partnership.residents_no_fair_base:
        code = partnership.district if one.area == partnership.district else area_of.get(one.area, "")
        if not code:
            raise RedwayError(
                f"a small area of {partnership.place} under residents_no_fair_base in partnership.yaml",
                came=one.area,
                cause="a mistyped code, or an area of another district.",
            )
        found[code] = one.why
    return found


def _safety_partnership(basis: _Basis, partnership: Partnership) -> str:
    """The community safety partnership's code: the profile's, else the district's only one in the look-up."""
    if partnership.community_safety_partnership:
        return partnership.community_safety_partnership
    table = basis.table("community-safety-partnerships", ["district_code", "partnership_code"])
    if table is None:
        return ""
    codes: list[str] = table.filter(pc.field("district_code") == partnership.district)["partnership_code"].to_pylist()
    return codes[0] if len(codes) == 1 else ""


@lru_cache(maxsize=8)
def _outlines(basis: _Basis, partnership: Partnership) -> dict[str, dict[str, Any]]:
    shapes = _column_of(basis.table("lsoa-boundaries", ["lsoa_code", "geometry"])) or {}
    _, areas = _comparable_areas(basis, partnership)
    found = {}
    for one in areas:
        vintage = next((codes for codes in (one.new, one.old) if all(c in shapes for c in codes)), None)
        if vintage:
            found[one.code] = dissolve(shapes[c] for c in vintage)
    return found
