"""Holding back: pairs of like places, a fair coin, and never without a recorded authority."""

from datetime import date

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.patrols.hold_back import Authorisation, hold_back

ALLOWED = Authorisation("Supt. A. Example", date(2025, 11, 1), "trial of visits")


def test_pairs_are_neighbours_in_harm_within_an_area():
    harm, area = [9, 1, 8, 2, 7, 0, 5], ["n", "n", "n", "n", "s", "s", "s"]
    pairs = hold_back(harm, np.random.default_rng(1), authority=ALLOWED, area=area).pairs
    assert {frozenset(pair) for pair in pairs.tolist()} == {frozenset({0, 2}), frozenset({3, 1}), frozenset({4, 6})}


def test_the_coin_is_fair():
    rng = np.random.default_rng(2)
    held = np.concatenate([hold_back([3, 2, 1, 1], rng, authority=ALLOWED).rows for _ in range(1000)])
    assert np.abs(np.bincount(held) / 1000 - 0.5).max() < 0.06


def test_no_more_are_held_back_than_allowed():
    found = hold_back(np.arange(1, 41), np.random.default_rng(3), authority=ALLOWED, most=4)
    assert len(found.rows) == 4
    assert "authorised on 2025-11-01" in found.sentence


@pytest.mark.parametrize("authority", [None, "yes"])
def test_without_a_recorded_authority_nothing_is_held_back(authority):
    with pytest.raises(Unfit, match="a recorded authorisation"):
        hold_back([1, 2], np.random.default_rng(1), authority=authority)


@pytest.mark.parametrize("given", [("", date(2025, 1, 1), "why"), ("who", date(2025, 1, 1), " "), ("who", None, "why")])
def test_an_authority_names_who_when_and_why(given):
    with pytest.raises(Unfit, match="who authorised"):
        Authorisation(*given)


def test_one_place_has_no_like():
    assert hold_back([3], np.random.default_rng(1), authority=ALLOWED).sentence.startswith("Cannot hold")
