"""Periods that people name on the command line, in words of their own."""

import pytest

from redway import periods
from redway.config.given import FORMS, period
from redway.errors import RedwayError


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("", ""),
        ("2025-11", "2025-11"),
        ("November 2025", "2025-11"),
        ("nov 2025", "2025-11"),
        ("2025/26-Q3", "2025/26-Q3"),
        ("quarter 3 of 2025/26", "2025/26-Q3"),
        ("Quarter 3  2025/26", "2025/26-Q3"),
        ("2025-26 quarter 3", "2025/26-Q3"),
        ("Q3 of 2025/26", "2025/26-Q3"),
        ("October to December 2025", "2025/26-Q3"),
        ("autumn term 2025", "2025-autumn"),
        ("year ending March 2025", "YE-2025-03"),
        ("the year ending March 2025", "YE-2025-03"),
        ("1985-11", "1985-11"),
        ("March 1985", "1985-03"),  # no file is read so, but a person may name any year
        ("January to March 1989", "1988/89-Q4"),
    ],
)
def test_a_period_is_known_by_its_label_and_by_its_words(words, label):
    assert period(words) == label


@pytest.mark.parametrize(
    "words", ["last month", "2025", "2025-13", "Q5 2025/26", "quarter 3 of 2025/27", "autumn", "Smarch 2099"]
)
def test_any_other_words_are_answered_with_the_forms_there_are(words):
    with pytest.raises(RedwayError) as refused:
        period(words)
    assert FORMS in str(refused.value)
    assert f"“{words}”" in str(refused.value)


@pytest.mark.parametrize(
    "words", ["2099-03", "March 2099", "03/2099", "Q4 2098/99", "January to March 2099", "YE-2099-03", "autumn 2099"]
)
def test_a_period_in_the_future_is_called_that_and_no_spelling_mistake(words):
    with pytest.raises(RedwayError) as refused:
        period(words)
    came = f"“{words}”, which is in the future, so there is nothing of it yet"
    told = f"expected a period that has begun. What came: {came}. Likely cause: a mistyped year or month."
    assert str(refused.value) == told


def test_every_form_that_is_offered_is_taken():
    for form in FORMS.replace(";", ",").split(", "):
        assert periods.months_of(period(form))
