"""Weighted shares of the answers to surveys, and how far apart two of them have to be."""

import datetime as dt

import pytest

from redway.indicators.measures import ALL, measured
from tests.indicators.conftest import HOME_FORCE, a_measure

FIRST = dt.date(2024, 12, 1)

SURVEY = "survey-responses"
SAFE = a_measure(
    kind="survey",
    dataset=SURVEY,
    wave="wave",
    weight="weight",
    known=["safe_after_dark"],
    unknown=["no-answer"],
    hits={"where": {"safe_after_dark": ["very-safe", "fairly-safe"]}},
)


def answers(wave, safe, unsafe, weight=1.0, **more):
    return [
        {"wave": wave, "weight": weight, "safe_after_dark": said, "month": f"{wave}-09", **more}
        for said, n in (("very-safe", safe), ("very-unsafe", unsafe), ("no-answer", 5))
        for _ in range(n)
    ]


def survey(sent, *rows):
    return sent(
        SURVEY,
        {("council", f"YE-{wave}-12"): [r for r in rows if r["wave"] == wave] for wave in {r["wave"] for r in rows}},
    )


def test_a_survey_is_weighted_and_leaves_out_who_did_not_answer(sent, where):
    rows = answers("2025", 40, 0, 2.0) + answers("2025", 0, 60, 1.0)
    value = measured(SAFE, survey(sent, *rows), where, HOME_FORCE).of("2025")
    assert value.value == pytest.approx(100 * 80 / 140)
    assert value.base == 100
    assert value.high - value.value > 9.7  # wider than 100 plain answers would make it


@pytest.mark.parametrize(("said", "known"), [(29, False), (30, True)])
def test_a_survey_of_fewer_than_thirty_answers_tells_nothing(sent, where, said, known):
    value = measured(SAFE, survey(sent, *answers("2025", said - 10, 10)), where, HOME_FORCE).of("2025")
    assert (value.value is not None) is known
    assert (value.why == "few-answers") is not known


def test_two_waves_are_different_only_where_chance_alone_would_not_do_it(sent, where):
    small = measured(SAFE, survey(sent, *answers("2024", 30, 70), *answers("2025", 33, 67)), where, HOME_FORCE)
    large = measured(SAFE, survey(sent, *answers("2024", 600, 1400), *answers("2025", 800, 1200)), where, HOME_FORCE)
    assert [one.different for *_, one in small.changes] == [False]
    assert [one.different for *_, one in large.changes] == [True]
    assert large.changes[0][:3] == (ALL, "2024", "2025")


def test_a_gap_sets_each_group_against_the_reference(sent, where):
    one = a_measure(
        kind="gap",
        dataset=SURVEY,
        wave="wave",
        weight="weight",
        known=["safe_after_dark"],
        hits={"where": {"safe_after_dark": ["very-safe"]}},
        group="ethnic_group",
        groups=[{"label": "White", "values": ["white"]}, {"label": "Not white", "values": ["black", "asian"]}],
        reference="White",
    )
    rows = answers("2025", 60, 40, ethnic_group="white") + answers("2025", 30, 60, ethnic_group="black")
    rows = [r for r in rows if r["safe_after_dark"] != "no-answer"]
    found = measured(one, survey(sent, *rows), where, HOME_FORCE)
    gap = found.of("2025", "Not white")
    assert gap.value == pytest.approx(100 / 3 - 60)
    assert gap.high < 0
    assert found.of("2025", "White").value == 0
    assert found.of("2025") is None


def test_each_concern_is_of_everyone_who_answered(sent, where):
    one = a_measure(
        kind="survey",
        dataset=SURVEY,
        wave="wave",
        weight="weight",
        known=["concerns"],
        unknown=["no-answer"],
        group="concerns",
        groups=[{"label": "Speeding", "values": ["speeding"]}, {"label": "Litter", "values": ["litter"]}],
        of_all=True,
        overlap=True,
    )
    rows = [
        {"wave": "2025", "month": "2025-09", "weight": 1.0, "concerns": said}
        for said, n in (("speeding;litter", 10), ("speeding", 20), ("none", 20), ("no-answer", 9), (None, 9))
        for _ in range(n)
    ]
    found = measured(one, survey(sent, *rows), where, HOME_FORCE)
    assert {v.group: (v.value, v.base) for v in found.values} == {"Speeding": (60, 50), "Litter": (20, 50)}
