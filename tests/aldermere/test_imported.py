"""Aldermere's files brought in as any publisher's are: nothing refused, every trap counted, what was planted found."""

import numpy as np
import pytest

from redway.aldermere import truths
from redway.aldermere.partners.truths import CAME_LATE
from redway.findings.changes import what_changed
from redway.findings.control import control
from redway.indicators.definitions import load
from redway.indicators.places import outlines, places
from redway.indicators.query import series
from redway.indicators.series import Status
from redway.store.profile import Profile
from redway.work.returns.expected import expected
from redway.work.returns.models import Submission
from redway.work.returns.versions import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile(aldermere_home):
    return Profile.of(aldermere_home)


def indicator(profile, crime_type):
    return load(profile)["recorded-" + crime_type.lower().replace(" ", "-")]


def one(profile, crime_type, level):
    return series(indicator(profile, crime_type), snapshot=snapshot(), partnership=profile.partnership, level=level)


def test_every_file_is_accepted_and_no_row_refused(aldermere_home):
    for dataset, months in (("police-outcomes", 13), ("police-stop-search", 12)):
        assert Submission.objects.filter(dataset=dataset, provider="Aldermere Constabulary").count() == months
    assert Submission.objects.filter(dataset="recorded-crime-partnership").count() == 6
    street = Submission.objects.filter(dataset="police-street")
    assert street.count() == 59 + 59
    assert {s.provider for s in street} == {"Aldermere Constabulary", "Fenmarch Constabulary"}
    for submission in Submission.objects.all():
        assert submission.refused == {}
        # the census comes as one row for each ethnic group
        share = 5 if submission.dataset == "residents" else 1
        assert submission.rows_accepted * share == submission.rows_read
    assert all((aldermere_home.accepted / s.parquet).is_file() for s in street)


def test_every_row_of_every_return_is_accepted(written, aldermere_home):
    """Of each agency's files, in periods that it sends: none is refused above, and none is lost."""
    found = {(s.dataset, s.provider): 0 for s in Submission.objects.all()}
    for submission in Submission.objects.all():
        found[submission.dataset, submission.provider] += submission.rows_accepted
    sent = {(one.dataset, one.agency): len(path.read_text().splitlines()) - 1 for one, path in written}
    assert len(sent) == len(written)
    assert {each: found.get(each) for each in sent} == sent


def test_returns_came_in_time_or_as_late_as_was_planted(profile):
    came = [one for one in expected(profile) if one.accepted]
    assert len(came) > 100
    for one in came:
        assert one.days_late == CAME_LATE.get(one.agency, 0), one
    absent = {(one.dataset, one.period) for one in expected(profile) if not one.accepted}
    assert absent == {("hospital-istv", "2025-10"), ("hospital-istv", "2025-11")}


def test_places_are_the_64_areas_the_generator_drew(profile):
    found = places(snapshot(), profile.partnership)
    assert len(found.areas) == 64
    assert found.partnership.residents == sum(a.residents for a in found.areas)
    assert {a.code for a in found.areas if not a.fair_base} == {
        one.area for one in profile.partnership.residents_no_fair_base
    }
    assert outlines(snapshot(), profile.partnership).keys() == {a.code for a in found.areas}
    for truth in truths.TRUTHS:
        for code in truth.areas:
            assert found.find(code).code == code


def test_the_missing_month_is_not_available_anywhere_and_never_zero(profile):
    for crime_type in ("Burglary", "Anti-social behaviour"):
        areas = one(profile, crime_type, "area")
        gap = truths.LATE_PARTNER.first - areas.months.start
        assert np.isnan(areas.counts[:, gap]).all()
        assert set(areas.status[:, gap]) == {Status.NOT_AVAILABLE}
        assert not np.isnan(np.delete(areas.counts, gap, axis=1)).any()


def test_the_neighbours_missing_month_is_no_gap(profile):
    whole = one(profile, "Burglary", "partnership")
    assert whole.months[-1] == truths.LATE_NEIGHBOUR.first
    assert whole.counts[0, -1] > 0


def test_counts_of_split_and_merged_areas_do_not_jump_with_the_codes(profile):
    areas = one(profile, "Anti-social behaviour", "area")
    several = [i for i, a in enumerate(areas.areas) if len(a.members) > 2]
    assert len(several) == 7
    change = truths.NEW_CODES_FROM - areas.months.start
    before = np.nansum(areas.counts[several, change - 12 : change])
    after = np.nansum(areas.counts[several, change : change + 12])
    assert 0.75 < after / before * 11 / 12 < 1.33  # eleven months are known before


def test_what_was_planted_is_found_and_nothing_else(profile):
    found = what_changed(snapshot(), profile)
    listed = {(f.indicator, f.area.code): f for f in found.ranked}
    planted = {
        (indicator(profile, kind).id, code): truth
        for truth in (truths.KNIFE_CRIME, truths.OPERATION)
        for kind in truth.crime_types
        for code in (*truth.areas, "E06999001")
    }
    assert planted.keys() <= listed.keys()
    for key, truth in planted.items():
        assert (listed[key].change.after > listed[key].change.before) == (truth.factor > 1)
    # The burglary series raises its area's year, and all crime together moves where much of it moved.
    touched = {code for truth in truths.TRUTHS if truth.found_by in ("what changed", "rows") for code in truth.areas}
    touched.add("E06999001")
    implied = {key for key in listed if key[0] == "recorded-crime" and key[1] in touched}
    implied.add(("recorded-burglary", truths.NEAR_REPEATS.areas[0]))
    # The rise in knife crime is in the force's own extract too, by every way of counting it.
    extract = ("knife-crime-recorded", "knife-crime-victims-under-25", "serious-violence-recorded")
    implied |= {(name, "E06999001") for name in (*extract, "weapon-possession-recorded", "business-robbery-recorded")}
    # And the infirmary sees it, among all who were hurt.
    implied |= {(name, "E06999001") for name in ("sharp-object-attendances", "assault-attendances")}
    # The fires of one area are among those of all.
    implied.add(("deliberate-fires", "E06999001"))
    # So is the fall in vehicle crime, which is what roadshows are about.
    implied.add(("offences-after-roadshows", "E06999001"))
    false = listed.keys() - planted.keys() - implied
    assert len(false) <= found.rate * len(listed), false


def test_the_roadshow_is_silent(profile):
    found = what_changed(snapshot(), profile)
    for code in truths.ROADSHOW.areas:
        finding = found.of("recorded-anti-social-behaviour", code)
        assert finding is not None
        assert not finding.listed


def test_the_recording_change_shifts_the_first_run_of_months(profile):
    crime_type = truths.RECORDING_CHANGE.crime_types[0]
    first, last = control(one(profile, crime_type, "partnership"), indicator(profile, crime_type))
    signals = dict(first.signals)
    assert any(not s.high and m < truths.RECORDING_CHANGE.first for m, s in signals.items())
    assert any(s.high and m >= truths.RECORDING_CHANGE.first for m, s in signals.items())
    assert last.months.start == truths.LATE_PARTNER.first + 1


def test_the_hot_spot_tops_the_rates(profile):
    rate = {}
    for crime_type in truths.HOT_SPOT.crime_types:
        areas = one(profile, crime_type, "area")
        rate = {a.code: np.nansum(areas.counts[i]) / a.residents for i, a in enumerate(areas.areas) if a.fair_base}
        assert max(rate, key=rate.get) == truths.HOT_SPOT.areas[0]
