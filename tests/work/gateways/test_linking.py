"""Which datasets may be put together: each has to allow the purpose, some never can, and nothing outlives a gateway."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from redway.errors import NotAllowed, NotSetUp
from redway.sources.dataset import dataset, names
from redway.work.gateways import linking
from redway.work.gateways.linking import check, check_read, lines, why_not
from redway.work.gateways.models import Gateway
from redway.work.gateways.policies import Register
from redway.work.gateways.purposes import Purpose
from tests.work.gateways.conftest import ANALYSIS, COUNTS, TODAY

pytestmark = pytest.mark.django_db
PERSONAL = {
    "power": "cda-115",
    "basis": "public-task",
    "special_condition": "substantial-public-interest",
    "criminal_condition": "official-authority",
    "dpia": "DPIA 1",
    "keep_months": 12,
}


def of(name, **given):
    """The terms of a gateway for every column of a dataset about people."""
    return {"dataset": name, "fields": [c.name for c in dataset(name).columns]} | PERSONAL | given


def may_link(datasets, purpose, on):
    return why_not(datasets, purpose, on=on) == []


def test_each_dataset_has_to_allow_the_purpose(put):
    put()
    assert may_link([COUNTS, "police-street"], ANALYSIS, on=TODAY)
    assert not may_link([COUNTS, "fire"], ANALYSIS, on=TODAY)
    assert not may_link([COUNTS], Purpose.EVALUATION, on=TODAY)
    put(**of("fire"))
    assert may_link([COUNTS, "fire"], ANALYSIS, on=TODAY)
    assert not may_link([COUNTS, "fire"], Purpose.PUBLICATION, on=TODAY)


def test_open_data_alone_ask_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert may_link(["police-street", "residents"], Purpose.ENFORCEMENT, on=TODAY)


@pytest.mark.parametrize("name", [n for n in names() if (k := dataset(n).nature) and k.given_for_support])
def test_what_was_given_for_support_is_never_put_together_for_enforcement(put, name):
    """Not even where a row was written past the actions, as here."""
    gateway = put(**of(name))
    Gateway.objects.filter(pk=gateway.pk).update(purpose="enforcement")
    put(**of("police-extract", purpose="enforcement"))
    assert may_link(["police-extract"], Purpose.ENFORCEMENT, on=TODAY)
    with pytest.raises(NotAllowed, match=r"given for support, and can never be read for enforcement"):
        check([name, "police-extract"], Purpose.ENFORCEMENT, on=TODAY)


def test_section_16_joins_no_patient_information(put):
    gateway = put(**of("hospital-istv"))
    put(**of("fire"))
    assert may_link(["hospital-istv", "fire"], ANALYSIS, on=TODAY)
    Gateway.objects.filter(pk=gateway.pk).update(power="pcsc-16")
    (why,) = why_not(["hospital-istv", "fire"], ANALYSIS, on=TODAY)
    assert "can never be bound to patient information" in why


def test_nothing_is_put_together_after_the_last_day_or_before_the_first(put):
    put(**of("fire", begins=dt.date(2026, 2, 1), expires=dt.date(2026, 6, 30)))
    put()
    both = [COUNTS, "fire"]
    on = {dt.date(2026, 1, 31): False, dt.date(2026, 2, 1): True, dt.date(2026, 6, 30): True}
    assert {day: may_link(both, ANALYSIS, on=day) for day in on} == on
    assert ["expired on 30 June 2026" in why for why in why_not(both, ANALYSIS, on=dt.date(2026, 7, 1))] == [True]


def test_a_dataset_that_nothing_describes_any_more_is_put_together_with_nothing():
    for purpose in Purpose:
        assert "Nothing describes" in " ".join(why_not(["gone", "police-street"], purpose, on=TODAY))


def test_figures_of_several_datasets_ask_first(put):
    check_read(["fire"], ANALYSIS, on=TODAY)  # of one alone, whoever reads it says why it is closed
    with pytest.raises(NotSetUp, match="no gateway lets it be read for analysis"):
        check_read(["fire", "population"], ANALYSIS, on=TODAY)


def test_the_table_says_what_each_pair_of_datasets_says(put):
    put()
    put(**of("fire"))
    found = {one.dataset: {s.purpose: s.allowed for s in one.standings} for one in lines(TODAY)}
    assert set(found) == {n for n in names() if dataset(n).access == "partners"}
    register = Register(TODAY)

    @given(st.lists(st.sampled_from(sorted(found)), min_size=1, max_size=4), st.sampled_from(list(Purpose)))
    def agrees(chosen, purpose):
        assert (not why_not(chosen, purpose, on=TODAY, register=register)) == all(found[n][purpose] for n in chosen)

    agrees()


def test_the_command_prints_it(partnership, put, capsys):
    put(begins=dt.date(2020, 1, 1), expires=dt.date(2100, 1, 1))
    call_command("gateways", "--together")
    told = capsys.readouterr().out
    assert f"{COUNTS} " in told
    assert "No record of one is ever matched" in told
    assert "was given for support, and can never be read for enforcement." in told
    call_command("gateways", "--together", "--format", "json")
    rows = json.loads(capsys.readouterr().out)["together"]
    assert [r["allowed"] for r in rows if (r["dataset"], r["purpose"]) == (COUNTS, "analysis")] == [True]
    assert all(bool(r["why_not"]) != r["allowed"] for r in rows)
    assert len(rows) == len(linking.lines(TODAY)) * len(Purpose)
