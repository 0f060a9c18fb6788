"""Which agency a return is from, and what is said of one that does not send it."""

import pytest

from redway.errors import RedwayError
from redway.sources.dataset import dataset
from redway.store.profile import Profile
from redway.work.returns.senders import sender_of


@pytest.fixture
def profile(partnership):
    (partnership.profile / "agencies.yaml").write_text(
        "- {id: fire-service, name: The fire service, datasets: [fire, agency-counts]}\n"
        "- {id: north-hospital, name: North hospital, datasets: [hospital-istv]}\n"
        "- {id: south-hospital, name: South hospital, datasets: [hospital-istv]}\n"
    )
    return Profile.of(partnership)


def test_the_only_one_that_sends_it_need_not_be_named(profile):
    assert sender_of(dataset("fire"), profile) == "fire-service"
    assert sender_of(dataset("hospital-istv"), profile, "south-hospital") == "south-hospital"


def test_an_agency_that_does_not_send_it_is_not_called_a_spelling_mistake(profile):
    with pytest.raises(RedwayError) as fault:
        sender_of(dataset("hospital-istv"), profile, "fire-service")
    assert fault.value.cause.startswith("The fire service is an agency of the profile")
    assert fault.value.cause.endswith("does not list hospital-istv among its datasets.")


def test_a_mistyped_agency_is_told_the_nearest(profile):
    with pytest.raises(RedwayError, match=r"a spelling mistake\. Did you mean “south-hospital”\?"):
        sender_of(dataset("hospital-istv"), profile, "south-hospitl")


def test_where_several_send_it_one_has_to_be_named(profile):
    with pytest.raises(RedwayError, match="none named, where several send it"):
        sender_of(dataset("hospital-istv"), profile)
