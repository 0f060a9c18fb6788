"""Control charts of a series: one for each unbroken run, and a verdict in a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from redway import periods
from redway.findings.control import assurance_sentence, control
from redway.indicators.series import Status
from redway.methods.process_control.xmr import Refusal, Rule, xmr

GAP = [np.nan]
QUIET = [100.0, 104.0] * 6


def test_no_chart_reaches_over_a_gap(counted, indicator):
    x = [*QUIET, np.nan, *[v + 50 for v in QUIET]]
    first, second = control(counted([x]), indicator())
    assert (first.chart.centre, second.chart.centre) == (102, 152)
    assert periods.phrase(second.months) == "February 2025 to January 2026"
    assert not list(first.signals)
    assert not list(second.signals)
    assert first.chart.upper == xmr(QUIET, better="lower").upper


def test_the_latest_run_may_be_too_short_for_a_verdict(counted, indicator):
    *_, latest = control(counted([[*QUIET, np.nan, 300.0, 310.0, 290.0, 305.0]]), indicator())
    assert latest.chart.refused is Refusal.TOO_FEW
    assert (
        latest.sentence == "No verdict: a control chart needs 5 months without a gap, and has 4: February to May 2025."
    )


def test_small_counts_are_refused_in_words(counted, indicator):
    (only,) = control(counted([[0.0, 1.0, 4.0, 0.0, 2.0, 0.0, 3.0, 1.0]]), indicator())
    assert only.chart.refused is Refusal.SMALL_COUNTS
    assert only.sentence.startswith(
        "No verdict: the counts are too small for a control chart. Their mean is 1.4 a month; with fewer than 5,"
    )


def test_a_series_with_nothing_known_has_no_charts(counted, indicator):
    assert control(counted([GAP * 4]), indicator()) == ()


@pytest.mark.parametrize(
    ("x", "better", "rule", "sentence"),
    [
        (
            [*QUIET, 130.0],
            "lower",
            Rule.OUTSIDE,
            "January 2025 was unusually high: 130, where 94 to 114 can be expected. This is the worse direction.",
        ),
        (
            [*QUIET, 70.0],
            "lower",
            Rule.OUTSIDE,
            "January 2025 was unusually low: 70, where 89 to 110 can be expected. This is the better direction.",
        ),
        (
            [*QUIET, 130.0],
            "neutral",
            Rule.OUTSIDE,
            "January 2025 was unusually high: 130, where 94 to 114 can be expected. "
            "Neither direction is better by itself.",
        ),
        (
            [100.0, 110.0, 90.0, 108.0, 92.0, 106.0, 96.0, 97.0, 98.0, 99.0, 100.0, 101.0, 102.0],
            "lower",
            Rule.TREND,
            "The count has risen every month for at least seven months, up to January 2025. "
            "This is the worse direction.",
        ),
        (
            [106.0, 94.0, 106.0, 94.0, 106.0, 104.0, 98.0, 97.0, 98.0, 97.0, 98.0, 97.0, 98.0],
            "higher",
            Rule.ONE_SIDE,
            "At least seven months in a row, up to January 2025, lie below the mean of 99. "
            "This is the worse direction.",
        ),
    ],
)
def test_the_verdict_is_about_the_latest_month(counted, indicator, x, better, rule, sentence):
    (only,) = control(counted([x]), indicator(better=better))
    assert only.chart.signals[-1].rule is rule
    assert only.sentence == sentence


def test_a_quiet_run_says_what_can_be_expected(counted, indicator):
    (only,) = control(counted([QUIET]), indicator())
    assert only.sentence == "Every month from January to December 2024 was ordinary: 92 to 112 can be expected."


def test_an_ordinary_month_after_unusual_ones_says_so(counted, indicator):
    (only,) = control(counted([[*QUIET, 200.0, 102.0]]), indicator())
    assert only.sentence.endswith("Earlier months of the same run were unusual.")
    assert [periods.label(m) for m, _ in only.signals][-1] == "2025-01"


def test_trial_limits_are_said_to_be(counted, indicator):
    (only,) = control(counted([QUIET[:10]]), indicator())
    assert only.sentence.endswith("The limits are trial limits: they rest on 10 months, and settle at 12.")


def test_what_can_be_expected_of_a_count_is_never_below_nought(counted, indicator):
    (only,) = control(counted([[1.0, 11.0] * 6]), indicator())
    assert only.chart.lower < 0, "the computed limit stands"
    assert "0 to 32 can be expected" in only.sentence


def test_a_rebase_breaks_the_line(counted, indicator):
    x = [*QUIET, *[v + 50 for v in QUIET]]
    at = periods.month("2025-01")
    first, second = control(counted([x]), indicator(), rebases=[at])
    assert (first.rebased, second.rebased) == (False, True)
    assert second.months.start == at
    assert not list(second.signals)
    assert len(control(counted([x]), indicator())) == 1


def test_a_rebase_that_opens_a_run_or_lies_in_a_gap_breaks_nothing(counted, indicator):
    x = counted([[*QUIET, np.nan, *QUIET]])
    assert len(control(x, indicator(), rebases=[x.months.start, x.months.start + 12, 1])) == 2


def test_one_area_at_a_time(counted, indicator):
    with pytest.raises(ValueError, match="one area"):
        control(counted([QUIET, QUIET]), indicator())


def test_assurance_is_said_in_words(counted, indicator):
    (only,) = control(counted([QUIET]), indicator())
    assert "met consistently" in assurance_sentence(only, 200)
    assert "missed consistently" in assurance_sentence(only, 50)
    assert "by chance alone" in assurance_sentence(only, 102)
    (neutral,) = control(counted([QUIET]), indicator(better="neutral"))
    assert assurance_sentence(neutral, 200) == ""


def test_counts_that_were_rounded_get_no_verdict_while_rounding_is_most_of_how_they_vary(counted, indicator):
    small = counted([[5.0] * 6 + [10.0] * 3 + [5.0] * 6])
    (segment,) = control(replace(small, rounded_to=5), indicator())
    assert segment.chart.refused is Refusal.SMALL_COUNTS
    assert not any(segment.chart.signals)
    assert segment.sentence.startswith("No verdict: the counts are rounded to protect people")
    (large,) = control(replace(counted([[50.0, 55.0, 45.0, 50.0, 60.0, 50.0]]), rounded_to=5), indicator())
    assert not large.chart.refused


def test_months_that_stand_alone_because_others_are_withheld_say_so(counted, indicator):
    series = counted([[40.0, np.nan, 50.0, 45.0]])
    series.status[0, 1] = Status.SUPPRESSED
    alone, pair = control(replace(series, rounded_to=5), indicator())
    assert alone.sentence.endswith("can be shown: its neighbours are withheld to protect people.")
    assert "withheld" in pair.sentence
    late = counted([[40.0, np.nan, 50.0, 45.0]])
    late.status[0, 1] = Status.LATE
    assert "withheld" not in control(late, indicator())[0].sentence


def test_a_month_that_was_rounded_is_told_as_about(counted, indicator):
    series = counted([[50.0, 55.0, 45.0, 50.0, 60.0, 50.0, 55.0, 45.0, 50.0, 55.0, 50.0, 250.0]])
    (exact,), (rounded,) = control(series, indicator()), control(replace(series, rounded_to=5), indicator())
    assert "unusually high: 250, where" in exact.sentence
    assert "unusually high: about 250, where" in rounded.sentence
