"""A partnership whose fire service sends its return: agencies, a gateway in force, areas, people."""

import datetime as dt
import io

import pytest

from redway.sources.dataset import dataset
from redway.store import sealed
from redway.work.accounts.models import User
from redway.work.gateways.models import Gateway
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import deliver
from redway.work.returns.quarantine import Sent
from redway.work.returns.receive import receive
from redway.work.returns.states import Way

AGENCIES = """
- id: fire-service
  name: Tests Fire Service
  datasets: [fire]
- id: police
  name: Tests Police
  datasets: [agency-counts]
- id: council
  name: Tests Council
  datasets: [agency-counts]
"""
HEADS = [
    "Incident number",
    "Date and time",
    "LSOA code",
    "Incident type",
    "Cause",
    "Property",
    "Smoke alarm",
    "Attack on crew",
    "Casualties",
]
ORDINARY = {
    "Incident number": "T-1",
    "Date and time": "2025-11-03 19:42",
    "LSOA code": "E01016710",
    "Incident type": "secondary-fire",
    "Cause": "deliberate",
    "Property": "refuse",
    "Smoke alarm": "",
    "Attack on crew": "none",
    "Casualties": "0",
}


@pytest.fixture
def in_force():
    """Puts a gateway for analysis in force that lets every column of a dataset in."""

    def put(name):
        definition = dataset(name)
        return Gateway.objects.create(
            dataset=name,
            purpose="analysis",
            version=1,
            state="in-force",
            controllers=["police"],
            power="cda-115",
            basis="public-task",
            agreement="ISA 1",
            dpia="DPIA 1",
            roles=["analyst"],
            fields=[c.name for c in definition.columns],
            keep_months=12,
            begins=dt.date(2020, 1, 1),
            expires=dt.date(2999, 1, 1),
            put_in_force_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        )

    return put


@pytest.fixture
def ready(partnership, area_lookup, in_force):
    """A home that knows its areas (data version 1), its agencies and a gateway for fires."""
    (partnership.profile / "agencies.yaml").write_text(AGENCIES)
    sealed.make_key(partnership)
    receive([area_lookup], dataset="lsoa-lookup", by="set-up")
    in_force("fire")
    return partnership


@pytest.fixture
def people(db):
    """One of each who has to do with returns, by role; `fire` and `other` are contacts of two agencies."""

    def one(username, role, agency=""):
        return User.objects.create(username=username, role=role, agency=agency)

    return {
        "analyst": one("ana", "analyst", "council"),
        "second": one("sol", "analyst", "police"),
        "member": one("mem", "member", "fire-service"),
        "fire": one("fay", "agency-contact", "fire-service"),
        "other": one("oz", "agency-contact", "police"),
    }


def fires(*rows, month="2025-11", heads=HEADS):
    """A fire return as text. Each row is a dictionary of what differs from an ordinary one; numbers make them apart."""
    lines = [",".join(heads)]
    for number, row in enumerate(rows, start=1):
        made = ORDINARY | {"Incident number": f"{month}-{number}", "Date and time": f"{month}-03 19:42"} | row
        lines.append(",".join(made[h] for h in heads))
    return "\n".join(lines) + "\n"


def sent(text, name="fires.csv"):
    return Sent(name, io.BytesIO(text.encode()))


@pytest.fixture
def hand_in():
    """Hands a fire return in, and checks it unless told otherwise."""

    def one(text, *, by="a test", check=True, name="fires.csv", dataset="fire", period="", agency="", way=Way.COMMAND):
        delivery = deliver(files=[sent(text, name)], dataset=dataset, agency=agency, period=period, way=way, by=by)
        return work_on(delivery) if check else delivery

    return one


@pytest.fixture
def second_person(monkeypatch):
    """As if fires had to be accepted by a second person."""
    monkeypatch.setitem(dataset("fire").__dict__, "acceptance", "second-person")
