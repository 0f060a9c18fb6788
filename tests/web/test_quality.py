"""Data quality by agency: what a data lead can act on, and no small count for whoever may not see it."""

import re

import pytest
from django.urls import reverse

from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.returns.models import Submission

pytestmark = pytest.mark.django_db

COUNCIL = "aldermere-city-council"


def page(client, agency=COUNCIL):
    return client.get(reverse("quality-agency", args=[agency])).content.decode()


def rows_accepted(page, title):
    """The numbers of rows in the table of one return, as they are shown."""
    part = page[page.index(title) :]
    part = part[: part.index("<h2", 10)] if "<h2" in part[10:] else part
    table = part[part.index("Rows accepted") :]
    return re.findall(r'govuk-table__cell--numeric">([^<]*)</td>', table)[::2]


def test_a_chair_sees_rounded_numbers_of_rows_and_their_sender_exact_ones(aldermere_home, signed_in, people):
    exact = {
        f"{s.rows_accepted:,}" for s in Submission.objects.filter(provider=COUNCIL, dataset="modern-slavery-referrals")
    }
    shown = rows_accepted(page(signed_in(Role.CHAIR)), "Referrals for modern slavery")
    assert shown
    assert all(n == "under 5" or int(n.replace(",", "")) % 5 == 0 for n in shown)
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency=COUNCIL)
    own = rows_accepted(page(signed_in(Role.AGENCY_CONTACT)), "Referrals for modern slavery")
    assert set(own) <= exact


def test_rows_outside_the_partnership_are_rounded_too(aldermere_home, signed_in):
    for one in Submission.objects.filter(provider=COUNCIL):
        Submission.objects.filter(pk=one.pk).update(facts=one.facts | {"outside": 13})
    assert "13 rows of the newest return lie outside the partnership" in page(signed_in(Role.ANALYST))
    assert "15 rows of the newest return lie outside the partnership" in page(signed_in(Role.CHAIR))


def test_ethnicity_that_goes_missing_is_pointed_out(aldermere_home, signed_in):
    text = page(signed_in(Role.ANALYST), "aldermere-constabulary")
    assert "“Victim self-defined ethnicity” is not known in" in text


def test_an_agency_contact_sees_their_own_agency_alone(aldermere_home, signed_in, people):
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency=COUNCIL)
    client = signed_in(Role.AGENCY_CONTACT)
    assert client.get(reverse("quality"))["Location"] == reverse("quality-agency", args=[COUNCIL])
    for other in ("aldermere-infirmary", "mere-homes", "no-such-agency"):
        assert client.get(reverse("quality-agency", args=[other])).status_code == 404


def test_those_with_most_to_look_into_come_first(aldermere_home, signed_in):
    text = signed_in(Role.CHAIR).get(reverse("quality")).content.decode()
    assert text.index("Aldermere Infirmary") < text.index("Mere Recovery")
    assert "has something to look into" in text or "have something to look into" in text
