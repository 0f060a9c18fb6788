"""Real recorded crime: every figure against a plain count over the publisher's own files."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from redway import periods
from redway.indicators import definitions, windows
from redway.indicators.places import places
from redway.indicators.query import series
from redway.sources.dataset import Context
from redway.store.home import Home
from redway.store.profile import Partnership, Profile
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.loading import load_parcel

pytestmark = pytest.mark.real_data

MILTON_KEYNES = Partnership(
    name="MK Together",
    short_name="MK Together",
    place="Milton Keynes",
    district="E06000042",
    police_force="Thames Valley Police",
)
SUNDERLAND = Partnership(
    name="Safer Sunderland Partnership",
    short_name="Safer Sunderland",
    place="Sunderland",
    district="E08000024",
    police_force="Northumbria Police",
)
REFERENCE = {
    "lsoa-lookup": "geography/lookup_lsoa11_lsoa21_ltla22.csv.gz",
    "lsoa-wards": "geography/lookup_lsoa21_ward24_ltla24.csv.gz",
    "residents": "census/ethnicity21_lsoa21.csv.gz",
}
M = periods.month


class City:
    """A partnership over real files: its series, and the plain count of the same files."""

    def __init__(self, partnership: Partnership, home: Home, zips: list[Path], folder: Path):
        self.partnership = partnership
        context = Context(home, partnership, Snapshot(0, ()))
        parts: list[Part] = []
        wanted = [(name, [folder / file]) for name, file in REFERENCE.items()] + [("police-street", zips)]
        for name, paths in wanted:
            context = Context(home, partnership, Snapshot(1, tuple(parts)))
            staged, _skipped = load_parcel(
                name, paths, work=home.incoming / name, context=context, progress=lambda line: None, opened={}
            )
            parts += [Part(*s.key, s.loaded.content, s.loaded.rows_accepted, s.loaded.parquet, 0) for s in staged]
        self.snapshot = Snapshot(1, tuple(parts))
        every = definitions.load(Profile("", home.profile))
        self.indicators = {id: one for id, one in every.items() if one.count and one.count.dataset == "police-street"}
        self.plain = plain_count(zips, partnership.place)

    def series(self, indicator, level="partnership"):
        return series(self.indicators[indicator], snapshot=self.snapshot, partnership=self.partnership, level=level)

    def total(self, month):
        return sum(count for (at, _kind), count in self.plain.items() if at == month)


def plain_count(zips, place):
    """Rows by month and type whose LSOA name begins with the place, read with nothing but the csv module."""
    found = Counter()
    for path in zips:
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if name.endswith("-street.csv"):
                    with packed.open(name) as file:
                        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8", newline="")):
                            if row["LSOA name"].rpartition(" ")[0] == place:
                                found[M(row["Month"]), row["Crime type"]] += 1
    return found


def city(partnership, pattern, open_data, factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDWAY_HOME", str(factory.mktemp("home")))
        home = Home.current()
        home.make()
        (home.profile / "partnership.yaml").write_text("name: of the test")
        yield City(partnership, home, sorted((open_data / "police-uk").glob(pattern)), open_data)


@pytest.fixture(scope="module")
def milton_keynes(open_data, tmp_path_factory):
    yield from city(MILTON_KEYNES, "thames-valley-street-*.zip", open_data, tmp_path_factory)


@pytest.fixture(scope="module")
def sunderland(open_data, tmp_path_factory):
    yield from city(SUNDERLAND, "northumbria-sunderland-rows-*.zip", open_data, tmp_path_factory)


def test_milton_keynes(milton_keynes):
    """One test for one import, so that parallel runs do not load the same files over and over."""
    whole = milton_keynes.series("recorded-crime")
    disorder = milton_keynes.series("recorded-anti-social-behaviour")

    # The 28 months that exist, and July 2025 a gap and not a zero.
    assert len(whole.known) == 28
    assert (periods.label(whole.months[0]), periods.label(whole.months[-1])) == ("2014-01", "2025-11")
    gap = list(whole.months).index(M("2025-07"))
    assert np.isnan(whole.counts[0, gap])
    assert whole.status[0, gap] == "not available"

    # Every month and type against the plain count, over the silent change of area codes.
    for indicator in milton_keynes.indicators.values():
        if indicator.id == "recorded-crime":
            continue
        [crime_type] = indicator.count.where["crime_type"]
        found = milton_keynes.series(indicator.id)
        counted = {m: c for m, c in zip(found.months, found.counts[0], strict=True) if not np.isnan(c)}
        assert counted == {m: milton_keynes.plain[m, crime_type] for m in whole.known}, indicator.id
    assert {kind for _month, kind in milton_keynes.plain} == {
        kind for i in milton_keynes.indicators.values() for kind in i.count.where["crime_type"]
    }
    both = whole.counts[0] + disorder.counts[0]
    assert (both[0], both[-1]) == (1564, 2362)
    assert both[~np.isnan(both)].tolist() == [milton_keynes.total(m) for m in whole.known]

    # The comparable areas hold every row once, and the nine that were split go on over the change.
    areas = milton_keynes.series("recorded-crime", "area")
    assert len(areas.areas) == 152
    assert np.array_equal(areas.counts.sum(axis=0), whole.counts[0], equal_nan=True)
    split = [i for i, area in enumerate(areas.areas) if len(area.members) > 1]
    assert len(split) == 9
    early, late = areas.months.index(M("2014-01")), areas.months.index(M("2025-11"))
    assert (np.nansum(areas.counts[split][:, : early + 10], axis=1) > 0).all()
    assert (np.nansum(areas.counts[split][:, late - 3 :], axis=1) > 0).all()
    assert whole.denominators.tolist() == [287_053]

    # No year is whole; January to March can be compared.
    shops = milton_keynes.series("recorded-shoplifting")
    assert windows.rolling_12(shops).complete == ()
    found = windows.comparison(shops)
    assert (found.kind, found.before_words, found.after_words) == (
        "matched months",
        "January to March 2024",
        "January to March 2025",
    )
    assert windows.total(shops, found.before).tolist() == [683]
    assert windows.total(shops, found.after).tolist() == [840]
    assert "the longest unbroken run is ten months" in windows.why_no_year(shops)


def test_sunderland(sunderland):
    """The long series, under a profile the code has never seen."""
    everything = sunderland.series("recorded-crime")
    assert len(everything.known) == 30
    assert set(everything.months) - set(everything.known) == {M("2022-01")}

    table = windows.rolling_12(sunderland.series("recorded-burglary"))
    ends = range(M("2021-04"), M("2022-01"))
    assert table.complete == tuple(f"YE-{periods.label(m)}" for m in ends)
    by_label = dict(zip(table.labels, table.counts[0], strict=True))
    for end in ends:
        plain = sum(sunderland.plain[m, "Burglary"] for m in range(end - 11, end + 1))
        assert by_label[f"YE-{periods.label(end)}"] == plain

    quarters = windows.quarters(everything)
    assert "2020/21-Q1" not in quarters.complete  # April 2020 did not come
    assert "2021/22-Q3" in quarters.complete
    assert "2021/22-Q4" not in quarters.complete  # January 2022 did not come
    assert windows.comparison(everything).kind == "matched months"
    assert windows.comparison(everything).after_words == "February to November 2022"
    whole = places(sunderland.snapshot, SUNDERLAND).partnership
    assert everything.denominators.tolist() == [whole.residents]
