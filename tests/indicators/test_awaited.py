"""What indicators wait for is said in words, the same on pages and on the command line."""

import pytest

from redway.indicators.awaited import RETURNS, body, title, wanted
from redway.indicators.definitions import Needs, load
from redway.store.profile import Profile


@pytest.mark.parametrize("name", ["milton-keynes", "aldermere"])
def test_whatever_a_shipped_profile_waits_for_has_words(name):
    waiting = {i.needs.dataset for i in load(Profile(name)).values() if i.needs}
    assert waiting
    assert waiting <= set(RETURNS)


def test_a_return_that_a_profile_made_up_goes_by_its_name():
    assert title("made-up") == "the dataset “made-up”"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Domestic Abuse Strategic Partnership", "the Domestic Abuse Strategic Partnership"),
        ("Home Office (open tables; no agreement needed)", "the Home Office (open tables; no agreement needed)"),
        ("Youth Justice Support Service, with schools", "the Youth Justice Support Service, with schools"),
        ("Department for Education", "the Department for Education"),
        ("The Safety Centre", "the Safety Centre"),
        ("Thames Valley Police", "Thames Valley Police"),
        ("Children's Services", "Children's Services"),
        ("MK Together (surveys)", "MK Together (surveys)"),
    ],
)
def test_a_body_has_its_article_inside_a_sentence(name, said):
    assert body(name) == said


def test_what_is_wanted_says_what_and_from_whom():
    needed = Needs(dataset="treatment", provider="Young People's Drug and Alcohol Service", what="A return.")
    assert wanted(needed) == "treatment records from the Young People's Drug and Alcohol Service"
