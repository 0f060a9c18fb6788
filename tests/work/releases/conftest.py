"""A partnership whose fire service sends its return, a gateway that lets it be published, and a table to release."""

import io
from itertools import count, product
from pathlib import Path

import pyarrow as pa
import pytest
from django.core.management import call_command

from redway.store import files
from redway.store.content import write
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.releases import kept
from redway.work.releases.models import TableEdition
from redway.work.returns.models import DataVersion, Submission
from redway.work.returns.receive import receive
from redway.work.returns.versions import everything

KINDS = ("primary-fire", "chimney-fire", "secondary-fire")
CAUSES = ("deliberate", "accidental", "not-known")
TABLE = "fires-by-kind"
TABLES = """
- id: fires-by-kind
  title: Fires by kind and cause
  dataset: fire
  what: fires
  only: {where: {incident_type: [primary-fire, chimney-fire, secondary-fire]}}
  rows: {column: incident_type, groups: [{label: Primary, values: [primary-fire]},
    {label: Chimney, values: [chimney-fire]}, {label: Secondary, values: [secondary-fire]}], rest: Others}
  columns: {column: cause}
  period: month
  policy: {name: ours, hide_from: 1, hide_to: 4, round_to: 1}
  notes: [Made up.]
- id: fires-by-property
  title: Fires by property and cause
  dataset: fire
  what: fires
  rows: {column: property, groups: [{label: Refuse, values: [refuse]}], rest: Others}
  columns: {column: cause}
  period: month
- id: fires-by-attack
  title: Fires by property and whether a crew was attacked
  dataset: fire
  what: fires
  rows: {column: property, groups: [{label: Refuse, values: [refuse]}], rest: Others}
  columns: {column: attack_on_crew}
  period: month
- id: fires-by-ward
  title: Fires by area and cause
  dataset: fire
  what: fires
  rows: {by: area}
  columns: {column: cause}
  period: month
  shares: row
  rate_per: 1000
- id: crime-by-type
  title: Recorded crime by type and month
  dataset: police-street
  what: crimes
  rows: {column: crime_type}
  columns: {by: month}
  period: quarter
"""
MONTH = "2025-11"


@pytest.fixture
def sent(partnership, db):
    """Accepts the fires of a month, as a new data version: so many of each kind and cause, in rows and columns."""

    def sent(counts, month=MONTH, dataset="fire"):
        number = count(1)
        rows = [
            {"incident": f"T-{next(number)}", "incident_type": kind, "cause": cause, "property": "refuse"}
            | {"attack_on_crew": "none", "lsoa_code": "E01016710", "area": "E01016710", "month": month, "period": month}
            for (kind, cause), many in zip(product(KINDS, CAUSES), [n for line in counts for n in line], strict=True)
            for _ in range(many)
        ]
        before = everything()
        path, hashed = write(pa.Table.from_pylist(rows), partnership.incoming)
        files.put(path, partnership.accepted / dataset / f"{hashed}.parquet")
        one = Submission.objects.create(
            **{"dataset": dataset, "provider": "fire-service", "period": month, "content": hashed, "raw": ""},
            **{"parquet": Path(dataset, f"{hashed}.parquet").as_posix(), "received_by": "a test"},
            **{"file_name": "fires.csv", "rows_read": len(rows), "rows_accepted": len(rows)},
        )
        version = DataVersion.objects.create(number=before.number + 1, made_by="a test", summary="made by a test")
        kept_on = [p.submission for p in before.parts if (p.dataset, p.period) != (dataset, month)]
        version.submissions.add(*kept_on, one)
        return version.number

    return sent


@pytest.fixture
def releasing(partnership, area_lookup, in_force):
    """The home, its areas known (data version 1), with tables and a gateway for publication."""
    receive([area_lookup], dataset="lsoa-lookup", by="set-up")
    (partnership.profile / "tables.yaml").write_text(TABLES, "utf-8")
    in_force("fire", purpose="publication")
    for name, role in (("ana", "analyst"), ("sol", "analyst"), ("bo", "chair"), ("mem", "member")):
        User.objects.create(username=name, role=role, full_name=name.title())
    return partnership


@pytest.fixture
def profile(releasing):
    return Profile.of(releasing)


@pytest.fixture
def run(releasing, capsys):
    """Runs `redway release`: what it printed, and its remarks."""

    def run(*words):
        capsys.readouterr()
        call_command("release", *words, stdout=(out := io.StringIO()))
        return out.getvalue(), capsys.readouterr().err

    return run


def person(name):
    return User.objects.get(username=name)


def editions(home, table=TABLE):
    """Every edition of a table that left, as it was kept."""
    rows = TableEdition.objects.filter(table=table).exclude(file="").order_by("period", "number")
    return [kept.read(one.file, one.digest, home).edition for one in rows]
