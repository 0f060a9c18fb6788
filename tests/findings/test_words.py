"""Sentences: exact, rounded with care, and never surer than the figures."""

import pytest

from redway.findings import words
from redway.methods.comparison.change import Change, change

ABOUT = "Shoplifting recorded in January to March 2025"


def changed(before, after, percent, low, high, phi=1.0):
    return Change(before, after, percent, low, high, low, high, 0.01, phi, 20)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.4, 50.2, "0% to 51%"),
        (-0.4, 50.0, "−1% to 50%"),
        (-33.7, -0.2, "−34% to 0%"),
        (2.0 - 1e-12, 3.0 + 1e-12, "2% to 3%"),
        (177.9, None, "at least 177%"),
        (None, 40.1, "at most 41%"),
        (None, None, ""),
        (1234.5, 2345.6, "1,234% to 2,346%"),
    ],
)
def test_an_interval_is_rounded_outwards(low, high, expected):
    assert words.interval(low, high) == expected


@pytest.mark.parametrize(
    ("low", "high", "rounded"),
    [
        (0.6, 50.3, True),
        (-52.0, -0.4, True),
        (0.6, None, True),
        (1.0, 50.3, False),
        (-52.0, -1.0, False),
        (-0.4, 50.3, False),  # not different: it holds no change
        (0.0, 50.3, False),  # ends on nought itself
    ],
)
def test_an_end_that_only_rounds_to_nought_is_known_as_such(low, high, rounded):
    assert words.rounded_to_nought(changed(683, 840, 22.99, low, high)) == rounded


@pytest.mark.parametrize(("value", "expected"), [(22.99, "23%"), (-0.3, "0%"), (-18.7, "−19%")])
def test_a_percentage_is_whole_and_nought_has_no_sign(value, expected):
    assert words.percent(value) == expected


def test_a_rise():
    sentence = words.change_sentence(ABOUT, changed(683, 840, 22.99, 0.4, 50.6), "matched months")
    assert sentence == (
        "Shoplifting recorded in January to March 2025 rose from 683 to 840: 23% (0% to 51%) "
        "on the same months a year before."
    )


def test_a_fall():
    sentence = words.change_sentence(
        "Burglary recorded in the year ending November 2025", changed(1200, 900, -25.0, -34.2, -14.5), "rolling-12"
    )
    assert sentence == (
        "Burglary recorded in the year ending November 2025 fell from 1,200 to 900: "
        "−25% (−35% to −14%) on the year before."
    )


def test_where_the_interval_holds_no_change_nothing_rose_or_fell():
    sentence = words.change_sentence(ABOUT, changed(683, 840, 22.99, -3.1, 56.0), "matched months")
    assert sentence == (
        "Shoplifting recorded in January to March 2025 came to 840, not statistically different from 683: "
        "23% (−4% to 56%) on the same months a year before."
    )


def test_none_has_no_percentage():
    rose = words.change_sentence(ABOUT, change(0, 25, phi=1, df=20), "matched months")
    assert rose.endswith("rose from none to 25 on the same months a year before; of none there is no percentage.")
    fell = words.change_sentence(ABOUT, change(25, 0, phi=1, df=20), "matched months")
    assert "fell from 25 to none: −100% (−100% to −8" in fell
    unsure = words.change_sentence(ABOUT, change(0, 25, phi=12, df=20), "matched months")
    assert "came to 25, not statistically different from none" in unsure
    nothing = words.change_sentence(ABOUT, change(0, 0, phi=1, df=20), "matched months")
    assert nothing.endswith("came to none, as on the same months a year before.")


def test_an_area_is_named_and_recorded_is_said_once():
    assert words.subject("Robbery", "Aby 001A", "March 2025") == "Robbery recorded in Aby 001A in March 2025"
    assert words.subject("All recorded crime", "", "March 2025") == "All recorded crime in March 2025"


def test_the_doubt_says_what_was_allowed_for():
    assert "3.1 times as much" in words.dispersion_sentence(changed(683, 840, 23, 11.04, 36.25, phi=3.13))
    assert "11% to 37%" in words.dispersion_sentence(changed(683, 840, 23, 11.04, 36.25, phi=3.13))
    assert "no more than independent events" in words.dispersion_sentence(changed(683, 840, 23, 11, 36))


def rule(examined=212, refused=0, listed=9, expected_false=0.9, by_chance=10.6):
    return words.rule_sentence(
        examined=examined, refused=refused, listed=listed, expected_false=expected_false, by_chance=by_chance
    )


def test_the_rule_says_its_cost():
    assert rule(refused=38) == (
        "212 series were examined; 9 stand out; about 1 of them can be expected to be a false alarm. "
        "Nothing else was unusual. 38 more were not examined, because their counts are too small to tell a change "
        "from chance. At the usual 5% test, about 11 of those examined would have looked unusual by chance alone; "
        "this list is stricter."
    )
    assert "about 4 of them can be expected to be false alarms" in rule(listed=40, expected_false=4.0)
    assert "fewer than 1 of them can be expected to be a false alarm" in rule(listed=3, expected_false=0.3)
    assert "1 series was examined; 1 stands out" in rule(examined=1, listed=1, expected_false=0.1)


def test_silence_means_something():
    assert rule(listed=0).startswith("212 series were examined; none stands out.")
    assert rule(examined=0, listed=0) == "No series could be examined."


def test_one_series_stands_among_the_others():
    def standing(listed, alone):
        return words.standing_sentence(listed=listed, alone=alone, examined=212)

    assert standing(True, True) == "It stands out among the 212 series that were examined."
    assert standing(False, False) == "It does not stand out among the 212 series that were examined."
    assert standing(False, True).startswith("By itself it passes the usual 5% test, but among the 212 series")


def test_sentences_are_in_the_language_of_their_reader(monkeypatch):
    """Nothing is put into words before it is read, so a stored finding speaks whatever language is asked for."""
    monkeypatch.setattr(words, "_", lambda text: text.upper().replace("%(SUBJECT)S", "%(subject)s"))
    assert words.against("rolling-12") == "THE YEAR BEFORE"


def test_counts_that_were_rounded_are_told_as_about_and_it_is_said_once():
    sentence = words.change_sentence(ABOUT, changed(685, 840, 22.99, 0.4, 50.6), "matched months", rounded_to=5)
    assert "rose from about 685 to about 840: 23% (0% to 51%)" in sentence
    assert sentence.endswith(" Counts are rounded to the nearest 5.")
    assert "about" not in words.change_sentence(ABOUT, changed(685, 840, 22.99, 0.4, 50.6), "matched months")


@pytest.mark.parametrize(("count", "to", "expected"), [(40, 5, "about 40"), (40, 1, "40"), (0, 5, "0")])
def test_a_rounded_count_is_about_what_it_says_and_a_zero_that_is_shown_is_one(count, to, expected):
    assert words.near(count, to) == expected
