"""A partnership whose fire service sends its return: agencies, a gateway in force, areas, people. And accepted
partners' data without any file (`accept`), as an import leaves them.
"""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused, Place
from redway.sources.dataset import REFUSED, Facts, Loaded, Refusals, dataset
from redway.store import files, sealed
from redway.store.content import write
from redway.work.accounts.models import User
from redway.work.returns import loading
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import deliver
from redway.work.returns.models import DataVersion, Submission
from redway.work.returns.quarantine import Sent
from redway.work.returns.receive import receive
from redway.work.returns.states import Way
from redway.work.returns.versions import everything

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


class Light:
    """A loader that does little: what becomes of deliveries is tested here, and the engine elsewhere (and once here).

    Takes rows with a number of casualties and a date, refuses others, and refuses a file of which more than one row
    in twenty is refused.
    """

    def load(self, path, *, file_name, into, context):
        text = path.read_text("utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        if not text.startswith(HEADS[0]):
            raise FileRefused("the headings of a fire return", came="others", place=Place(file_name))
        faults = [fault for number, row in enumerate(rows, start=1) for fault in self.faults(number, row, context)]
        if faults:
            columns = ("row", "column", "value", "rule", "expected", "mend", "line")
            table = {c: [fault[n] for fault in faults] for n, c in enumerate(columns)}
            pq.write_table(pa.table(table), into / REFUSED)
        bad = {fault[0] for fault in faults}
        if len(bad) > 0.05 * len(rows):
            place = Place(file_name, faults[0][0], faults[0][1])
            raise FileRefused("good rows (at most 5% may be refused)", came="others", place=place, count=len(bad))
        found = {}
        for number, row in enumerate(rows, start=1):
            if number not in bad:
                found.setdefault(row["Date and time"][:7], []).append(row)
        if not rows:
            found[context.period] = []
        return [
            self.loaded(period, kept, len(rows), faults, file_name, into, context) for period, kept in found.items()
        ]

    def faults(self, number, row, context):
        line = json.dumps(row)
        if not row["Casualties"].isdigit():
            yield number, "Casualties", row["Casualties"], "not a number", "a whole number", "Write digits.", line
        if len(row["Date and time"]) < 10 or (context.period and not row["Date and time"].startswith(context.period)):
            yield number, "Date and time", row["Date and time"], "not a date", "a date", "Write a date.", line

    def loaded(self, period, kept, read, faults, file_name, into, context):
        table = pa.table({h: sorted(row[h] for row in kept) for h in HEADS})
        path, content = write(table, into)
        causes = [row["Cause"] for row in kept]
        facts = Facts(
            unknown={"cause": sum(c in ("", "not-known") for c in causes)},
            codes={"cause": dict(Counter(causes))},
            totals={"casualties": sum(int(row["Casualties"]) for row in kept)},
            repeated=len(kept) - len({tuple(row.values()) for row in kept}),
            first=min((row["Date and time"][:10] for row in kept), default=""),
            last=max((row["Date and time"][:10] for row in kept), default=""),
        )
        refused = tuple(
            Refusals(rule, 1, Place(file_name, row, column), value, expected)
            for row, column, value, rule, expected, *_ in faults
        )
        return Loaded(context.agency, period, path, content, read, len(kept), refused, facts=facts)


@pytest.fixture
def with_areas(partnership, area_lookup):
    """A home that knows its areas: data version 1."""
    assert receive([area_lookup], dataset="lsoa-lookup", by="set-up").version == 1
    return partnership


@pytest.fixture
def ready(with_areas, in_force, monkeypatch):
    """A home that knows its areas (data version 1), its agencies and a gateway for fires, which load quickly."""
    real = loading.loader
    monkeypatch.setattr(loading, "loader", lambda name: Light() if name == "fire" else real(name))
    (with_areas.profile / "agencies.yaml").write_text(AGENCIES)
    sealed.make_key(with_areas)
    in_force("fire", agencies=["council", "fire-service"])
    return with_areas


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
        made = ORDINARY | {"Incident number": f"{month}-{number}", "Date and time": f"{month}-28 19:42"} | row
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


@pytest.fixture
def accept(partnership, db):
    """Accepts rows as submissions of one new data version: (dataset, provider, period, rows), each a dictionary."""

    def accept(*parts):
        before = everything()
        made = []
        for kind, provider, period, rows in parts:
            folder = partnership.incoming / "made"
            folder.mkdir(exist_ok=True)
            path, hashed = write(pa.Table.from_pylist(rows), folder)
            files.put(path, partnership.accepted / kind / f"{hashed}.parquet")
            made.append(
                Submission.objects.create(
                    dataset=kind,
                    provider=provider,
                    period=period,
                    content=hashed,
                    file_name=f"{kind}.csv",
                    raw="",
                    parquet=Path(kind, f"{hashed}.parquet").as_posix(),
                    rows_read=len(rows),
                    rows_accepted=len(rows),
                    received_by="a test",
                )
            )
        new = {(s.dataset, s.provider, s.period) for s in made}
        kept = [p.submission for p in before.parts if (p.dataset, p.provider, p.period) not in new]
        version = DataVersion.objects.create(number=before.number + 1, made_by="a test", summary="made by a test")
        version.submissions.add(*kept, *made)
        return made

    return accept
