"""What Aldermere's partners send: taken without a refused row, and with the truths that were planted in it."""

from collections import Counter

import pytest

from redway.aldermere.city import city
from redway.aldermere.partners import answers, files, health, justice, places, police, truths
from redway.periods import label
from redway.sources.dataset import dataset
from redway.store.profile import Profile
from redway.work.returns.senders import senders

SEEDS = (20250401, 7, 99)


@pytest.fixture
def aldermere(home):
    (home.profile / "profile.yaml").write_text("profile: aldermere\n")
    return home


def month_of(row, column):
    return str(row[column])[:7]


def by_month(rows, column):
    return Counter(month_of(row, column) for row in rows)


def year(rows, column, months):
    counted = by_month(rows, column)
    return sum(counted[label(m)] for m in months)


def test_every_return_is_one_that_its_agency_sends(aldermere):
    known = senders(Profile.of(aldermere))
    assert all(one.dataset in known[one.agency].datasets for one in files.RETURNS)
    sent = {(one.dataset, one.agency) for one in files.RETURNS}
    expected = {(name, s.id) for s in known.values() for name in s.datasets if dataset(name).access == "partners"}
    assert sent == expected


def test_the_same_seed_gives_the_same_bytes(written, tmp_path):
    again = files.write(tmp_path)
    assert all(a.read_bytes() == b.read_bytes() for (_, a), (_, b) in zip(written, again, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_infirmary_sees_more_knife_wounds_since_the_police_do(seed):
    months = range(truths.HOSPITAL_KNIFE.first - 12, truths.HOSPITAL_KNIFE.first + 12)
    knives = [row for row in health.assaults(city(), seed, months) if row["method"] == "knife"]
    assert year(knives, "arrived_at", months[12:]) > 1.7 * year(knives, "arrived_at", months[:12])


@pytest.mark.parametrize("seed", SEEDS)
def test_one_venue_is_named_far_more_than_any_other_place(seed):
    named = Counter(row["place"] for row in health.assaults(city(), seed, files.MONTHS[-12:]) if row["place"])
    named.pop("town somewhere", None)
    (first, most), (_, second) = named.most_common(2)
    assert first == truths.VENUE
    assert most > 3 * second


@pytest.mark.parametrize("seed", SEEDS)
def test_ethnicity_goes_missing_with_the_new_form(seed):
    rows = [row for row in police.crimes(city(), seed, files.MONTHS[-12:]) if row.get("victim_ethnicity")]
    changed = label(truths.UNKNOWN_ETHNICITY.first)
    for since, level in ((False, truths.UNKNOWN_ETHNICITY.before), (True, truths.UNKNOWN_ETHNICITY.after)):
        some = [row for row in rows if (month_of(row, "recorded_date") >= changed) == since]
        assert sum(row["victim_ethnicity"] == "NS" for row in some) / len(some) == pytest.approx(level, abs=0.03)


def test_black_residents_are_victims_of_violence_at_about_twice_the_rate():
    violent = [
        row["victim_ethnicity"]
        for row in police.crimes(city(), SEEDS[0], files.MONTHS)
        if row["offence_code"] in police.INJURY and row.get("victim_ethnicity", "NS") != "NS"
    ]
    groups = Counter(code[0] for code in violent)
    residents = {"B": 0.07, "W": 0.75}
    assert 1.6 < groups["B"] / residents["B"] / (groups["W"] / residents["W"]) < 2.5


@pytest.mark.parametrize("seed", SEEDS)
def test_fewer_positive_tests_lead_to_an_assessment(seed):
    rows = [
        row
        for row in justice.drug_tests(city(), seed, files.MONTHS)
        if row["result"] not in ("negative", "refused") and row["assessment"] != "in-treatment"
    ]
    moved = label(truths.MISSED_ASSESSMENTS.first)
    attended = {
        since: [row["assessment"] == "attended" for row in rows if (month_of(row, "arrest_date") >= moved) == since]
        for since in (False, True)
    }
    assert sum(attended[False]) / len(attended[False]) > 1.4 * sum(attended[True]) / len(attended[True])


@pytest.mark.parametrize("seed", SEEDS)
def test_small_fires_break_out_in_one_area(seed):
    codes = {one.code for one in city().areas[city().at(places.FIRE_AREA)].lsoa21}
    small = [
        row
        for row in places.fires(city(), seed, files.MONTHS)
        if row["area"] in codes and (row["incident_type"], row["cause"]) == ("secondary-fire", "deliberate")
    ]
    since = truths.FIRE_SETTING.first
    months = range(since, files.MONTHS[-1] + 1)
    assert year(small, "happened_at", months) > 3 * year(small, "happened_at", range(since - len(months), since))


def test_weights_bring_the_survey_back_to_all_residents():
    """Older people answer more readily; unweighted, everybody would seem to feel less safe than they do."""
    rows = [row for row in answers.responses(city(), SEEDS[0]) if row["survey"] == "community-safety"]
    safe = ("fairly-safe", "very-safe")
    for wave in answers.WAVES:
        of_wave = [row for row in rows if row["wave"] == str(wave.year)]
        unweighted = sum(row["safe_after_dark"] in safe for row in of_wave) / len(of_wave)
        weighted = answers.weighted(of_wave, "safe_after_dark", safe)
        assert unweighted < weighted
        assert weighted == pytest.approx(wave.safe, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_cases_that_came_again_are_out_of_all_the_cases_of_the_same_quarter(seed):
    rows = list(answers.counts(city(), seed, "aldermere-constabulary", range(12 * 2023 + 3, 12 * 2025 + 9)))
    heard = {row["period"]: row["count"] for row in rows if row["measure"] == "marac-cases"}
    again = {row["period"]: row["out_of"] for row in rows if row["measure"] == "marac-repeat-cases"}
    assert len(heard) == 10
    assert again == heard


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hours_to_a_mentor_are_those_of_the_share_met_in_time(seed):
    rows = list(answers.counts(city(), seed, "youth-justice-service", range(12 * 2023 + 3, 12 * 2025 + 9)))
    for share in (row for row in rows if row["measure"] == "act-now-mentor-48-hours"):
        hours = {
            row["category"]: row["count"]
            for row in rows
            if (row["measure"], row["period"]) == ("act-now-hours-to-mentor", share["period"])
        }
        assert hours["0-24"] + hours["24-48"] == share["count"]
        assert sum(hours.values()) == share["out_of"]
