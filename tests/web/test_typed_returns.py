"""A typed return becomes a CSV file under the headings that its page has, so that what is said of it names those."""

import pytest
from django.urls import reverse

from redway.sources.dataset import dataset
from redway.web.returns.sheet import box_name, sheet
from redway.work.accounts.roles import Role
from redway.work.returns.models import Delivery


def test_what_is_typed_stands_under_the_headings_of_the_page():
    definition = dataset("agency-counts")
    columns = {column.name: column for column in definition.columns}
    given = {box_name(0, columns["measure"]): "marac-cases", box_name(0, columns["out_of"]): " 9 "}
    made = sheet(definition, given, {})
    heading, row = made.as_csv().decode().splitlines()
    assert heading.split(",") == [column.heading for column in definition.columns]
    assert dict(zip(heading.split(","), row.split(","), strict=True))["Out of"] == "9"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [("agency-counts", "One row for each number."), ("modern-slavery-referrals", "One row for each person or case.")],
)
def test_the_page_says_what_a_row_is_and_a_typed_return_is_typed_again(aldermere_home, signed_in, name, words):
    client = signed_in(Role.ANALYST)
    assert words in client.get(reverse("return-type", args=[name])).content.decode()
    one = Delivery.objects.create(dataset=name, agency="a", way="typed", sent_by="analyst", state="refused")
    shown = client.get(reverse("return", args=[one.public_id])).content.decode()
    assert f'href="{reverse("return-type", args=[name])}?agency=a' in shown
