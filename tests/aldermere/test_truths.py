"""Whether Redway finds what was planted in Aldermere, and stays silent about what was not.

Here counts come straight from the generator, for many seeds. `test_imported.py` asks the same of one seed's
files, imported as any partner's are.
"""

from dataclasses import replace

import numpy as np
import pytest

from redway.aldermere import truths
from redway.aldermere.city import city
from redway.aldermere.crime import CRIME_TYPES, drawn, expected
from redway.aldermere.crime import rows as rows_of
from redway.findings.changes import examine
from redway.findings.control import control
from redway.indicators.definitions import LIBRARY, load
from redway.indicators.series import Area, Series, Status
from redway.periods import month
from redway.store.profile import Profile

MONTHS = range(truths.FIRST_MONTH, truths.LAST_MONTH + 1)
AREAS = tuple(Area(a.code, a.code, "area") for a in city().areas)
WHOLE = (Area("E06999001", "Aldermere", "partnership"),)
INDICATORS = {
    i.count.where["crime_type"][0]: i
    for i in load(Profile("aldermere")).values()
    if i.count and len(i.count.where.get("crime_type", [])) == 1
}
PLANTED = {
    (INDICATORS[kind].id, code)
    for truth in truths.TRUTHS
    if truth.found_by == "what changed"
    for kind in truth.crime_types
    for code in (*truth.areas, "E06999001")
}
NOTHING_RECENT = [replace(t, factor=1.0) if t.found_by == "what changed" else t for t in truths.TRUTHS]


def as_series(indicator, counts, areas):
    """Counts (areas x months) as a series, the month that never came left open."""
    counts = counts.astype(float)
    counts[:, truths.LATE_PARTNER.first - MONTHS.start] = np.nan
    status = np.where(np.isnan(counts), Status.NOT_AVAILABLE, Status.KNOWN)
    return Series(indicator.id, areas, MONTHS, counts, status, np.full(len(areas), np.nan))


def what_changed(means, seed):
    counts = drawn(means, np.random.default_rng(seed))
    found = []
    for kind, of_kind in zip(CRIME_TYPES, counts, strict=True):
        indicator = INDICATORS[kind.name]
        found.append((indicator, as_series(indicator, of_kind.sum(0, keepdims=True), WHOLE)))
        found.append((indicator, as_series(indicator, of_kind, AREAS)))
    return examine(found, basis="test")


def listed(found):
    return {(f.indicator, f.area.code) for f in found.ranked}


def test_every_crime_type_has_its_indicator():
    assert set(INDICATORS) == {kind.name for kind in CRIME_TYPES}
    assert LIBRARY.is_dir()


def test_silence_where_nothing_was_planted():
    """All rules hold at once: with nothing to find, a list at 10% is empty in nine cities of ten."""
    means = expected(city(), MONTHS, NOTHING_RECENT)
    found = [what_changed(means, seed) for seed in range(12)]
    assert all(one.examined > 200 for one in found)
    assert sum(bool(one.ranked) for one in found) <= 3  # P(more) < 3% if each has a chance of 10%


def test_no_more_false_findings_than_the_rule_says():
    means = expected(city(), MONTHS)
    shares = []
    for seed in range(8):
        found = listed(what_changed(means, 100 + seed))
        shares.append(len(found - PLANTED) / len(found))
    assert np.mean(shares) <= 0.10


@pytest.mark.parametrize("seed", range(4))
def test_the_knife_crime_rise_and_the_operation_are_found(seed):
    found = what_changed(expected(city(), MONTHS), 200 + seed)
    by_series = {(f.indicator, f.area.code): f.change.percent for f in found.ranked}
    hits = PLANTED & by_series.keys()
    assert {one for one in PLANTED if one[1] == "E06999001"} <= hits
    assert len(hits) >= 0.7 * len(PLANTED)  # one small area alone can miss by chance
    assert all((by_series[one] < 0) == (one[0] == "recorded-vehicle-crime") for one in hits)


@pytest.mark.parametrize("seed", range(4))
def test_the_recording_change_is_a_shift_in_the_control_chart_and_nothing_since(seed):
    at = [kind.name for kind in CRIME_TYPES].index("Violence and sexual offences")
    counts = drawn(expected(city(), MONTHS), np.random.default_rng(300 + seed))[at]
    indicator = INDICATORS["Violence and sexual offences"]
    first, last = control(as_series(indicator, counts.sum(0, keepdims=True), WHOLE), indicator)
    assert (first.months.stop, last.months.start) == (month("2023-10"), month("2023-11"))
    signals = dict(first.signals)
    assert any(not s.high and m < truths.RECORDING_CHANGE.first for m, s in signals.items())
    assert any(s.high and m >= truths.RECORDING_CHANGE.first for m, s in signals.items())
    # The same month in every area at once is what tells a new rule from a new harm.
    n = truths.RECORDING_CHANGE.first - MONTHS.start
    before, after = counts[:, n - 12 : n].sum(1), counts[:, n : n + 12].sum(1)
    assert (after > before).mean() > 0.6


@pytest.mark.parametrize("seed", range(4))
def test_the_hot_spot_has_the_highest_rate_of_areas_with_a_fair_base(seed):
    counts = drawn(expected(city(), MONTHS), np.random.default_rng(400 + seed)).sum(2)
    unfair = {one.area for one in Profile("aldermere").partnership.residents_no_fair_base}
    assert unfair == {a.code for a in city().areas if a.kind != "homes"}
    for kind in truths.HOT_SPOT.crime_types:
        at = [k.name for k in CRIME_TYPES].index(kind)
        rates = {a.code: n / a.residents for a, n in zip(city().areas, counts[at], strict=True) if a.code not in unfair}
        assert max(rates, key=rates.get) == truths.HOT_SPOT.areas[0]


def close_pairs(burglaries, metres=250):
    """Pairs of burglaries at most this far apart, in the same month or one month after another: (n,) arrays in."""
    when, east, north = burglaries
    near = np.hypot(east[:, None] - east, north[:, None] - north) <= metres
    soon = np.abs(when[:, None] - when) <= 1
    return (np.triu(near & soon, 1)).sum()


@pytest.mark.parametrize(("ward", "planted"), [("Dunmarrow Fields", True), ("Maudling Green", False)])
def test_the_burglary_series_has_more_near_repeats_than_chance_gives(ward, planted):
    """Knox (1964): months are shuffled among places, which stay as they are."""
    found = [
        (m, row.point.longitude * 111_320 * np.cos(np.radians(53.78)), row.point.latitude * 111_200)
        for m, rows in rows_of(city(), seed=20250401, months=MONTHS[-24:])
        for row in rows
        if row.crime_type == "Burglary" and row.point and city().areas[row.point.area].ward.name == ward
    ]
    when, *place = np.array(found).T
    rng = np.random.default_rng(1)
    seen = close_pairs((when, *place))
    by_chance = [close_pairs((rng.permutation(when), *place)) for _ in range(199)]
    p = (1 + sum(n >= seen for n in by_chance)) / 200
    assert (p <= 0.01) if planted else (p > 0.01)


def test_the_roadshow_areas_have_enough_incidents_for_silence_to_mean_something():
    at = [kind.name for kind in CRIME_TYPES].index("Anti-social behaviour")
    yearly = expected(city(), MONTHS)[at, [city().at(code) for code in truths.ROADSHOW.areas]][:, -12:].sum(1)
    assert (yearly > 60).all()
