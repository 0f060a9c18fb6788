"""What tests of gateways share: a gateway in ordinary terms, and who puts it in force."""

import datetime as dt

import pytest

from redway.work.accounts.models import User
from redway.work.audit.models import AuditRow
from redway.work.gateways import actions
from redway.work.gateways.models import Gateway
from redway.work.gateways.purposes import Purpose
from redway.work.gateways.terms import Terms

COUNTS = "agency-counts"
TODAY = dt.date(2026, 3, 2)
ANALYSIS = Purpose.ANALYSIS


def terms(**given):
    ordinary = {
        "dataset": COUNTS,
        "purpose": "analysis",
        "controllers": ["thames-valley-police"],
        "power": "cda-17a",
        "agreement": "ISA 12",
        "agencies": ["thames-valley-police"],
        "roles": ["analyst", "agency-contact"],
        "fields": ["measure", "period", "count"],
        "begins": dt.date(2026, 1, 1),
        "expires": dt.date(2026, 12, 31),
    }
    return Terms(**(ordinary | given))


@pytest.fixture
def ada(db):
    return User.objects.create(username="ada", role="administrator", full_name="Ada Analyst")


@pytest.fixture
def bea(db):
    return User.objects.create(username="bea", role="administrator")


@pytest.fixture
def put(ada, bea):
    """A gateway that Ada drafted and Bea put in force."""

    def put(**given):
        drafted = actions.draft(by=ada, terms=terms(**given))
        actions.put_in_force(by=bea, gateway=drafted, seen=0)
        return Gateway.objects.get(pk=drafted.pk)

    return put


def audited():
    return [(row.action, row.actor, row.subject) for row in AuditRow.objects.all()]
