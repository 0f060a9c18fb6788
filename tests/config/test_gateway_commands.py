"""`redway gateways`, `redway retention`, `redway erase`, and what `redway versions` says of rows that are gone."""

import datetime as dt
import json

import pyarrow as pa
import pytest
from django.core.management import call_command
from django.utils import timezone

from redway.errors import NotAllowed, RedwayError
from redway.store import content, files
from redway.work.accounts.models import User
from redway.work.audit.models import AuditRow
from redway.work.returns.models import DataVersion, Destruction, Submission

pytestmark = pytest.mark.django_db
YOUTH, PERSON, OTHER = "youth-justice", "ab" * 16, "cd" * 16


@pytest.fixture
def run(partnership, capsys):
    """Runs a command: what it printed, and its remarks."""

    def run(*words):
        capsys.readouterr()
        call_command(*words)
        told = capsys.readouterr()
        return told.out, told.err

    return run


@pytest.fixture
def held(partnership):
    """One accepted return of two children, of long ago, and whoever looks after retention and erasure."""
    User.objects.create(username="ada", role="administrator")
    path, name = content.write(pa.table({"child": [PERSON, OTHER]}), partnership.incoming)
    files.put(path, partnership.accepted / YOUTH / f"{name}.parquet")
    one = Submission.objects.create(
        dataset=YOUTH,
        provider="yjs",
        period="2015-01",
        content=name,
        parquet=f"{YOUTH}/{name}.parquet",
        rows_read=2,
        rows_accepted=2,
        received_by="a test",
    )
    DataVersion.objects.create(number=1, made_by="a test", summary="s").submissions.add(one)
    return one


def test_before_there_is_a_gateway(run):
    out, err = run("gateways")
    assert out.startswith("There is no gateway yet")
    assert "Without any: agency-counts, " in out
    assert err == ""


def test_the_register_with_what_ends_soon_and_what_has_ended(run, in_force):
    today = timezone.localdate()
    in_force("fire", expires=today + dt.timedelta(20))
    in_force("ambulance", begins=today - dt.timedelta(9), expires=today - dt.timedelta(1))
    out, err = run("gateways")
    lines = {tuple(line.split()[:4]) for line in out.splitlines() if line}
    assert ("fire", "analysis", "1", "in-force") in lines
    assert ("ambulance", "analysis", "1", "expired") in lines
    assert "gateway ambulance/analysis/1 is no longer in force" in err
    assert "gateway fire/analysis/1 expires on" in err
    assert "within 30 days" in err
    told = json.loads(run("gateways", "--format", "json")[0])
    assert told["version"] == 1
    assert [(g["dataset"], g["standing"]) for g in told["gateways"]] == [("ambulance", "expired"), ("fire", "in-force")]


def test_retention_changes_nothing_until_it_is_told_to(run, held, in_force):
    assert run("retention")[0] == "Nothing is past its time.\n"
    in_force(YOUTH, keep_months=84)
    out, err = run("retention")
    assert "youth-justice, yjs, 2015-01: 2 rows, since 2022-02-01" in out
    assert "Nothing was changed" in err
    assert Destruction.objects.count() == 0
    assert "2 rows destroyed in every data version" in run("retention", "--run", "--by", "ada")[0]
    assert Destruction.objects.get().by == "ada"
    assert run("retention")[0] == "Nothing is past its time.\n"
    assert "can no longer be re-made as it was" in run("versions")[1]


def test_a_timer_is_told_only_when_something_is_past_its_time(run, held, in_force):
    assert run("retention", "--remind") == ("", "")
    in_force(YOUTH, keep_months=84)
    with pytest.raises(SystemExit) as ended:
        run("retention", "--remind")
    assert ended.value.code == 3
    assert Destruction.objects.count() == 0


def test_erasing_changes_nothing_until_it_is_told_to(run, held):
    words = ("erase", YOUTH, "--pseudonym", PERSON, "--reason", "ER-14")
    out, err = run(*words, "--by", "ada")
    assert "yjs, 2015-01: 1 row\n1 row in all." in out
    assert "No data were changed" in err
    assert Destruction.objects.count() == 0
    out, err = run(*words, "--run", "--by", "ada")
    assert "1 row of youth-justice destroyed in every data version" in out
    assert PERSON not in out + err
    said = run(*words, "--run", "--by", "ada")[0]
    assert "Nothing was destroyed: nothing of this person is held in youth-justice." in said
    assert "the last erasure was on" in said
    with pytest.raises(NotAllowed, match="Say why"):
        run("erase", YOUTH, "--pseudonym", PERSON, "--reason", " ", "--run", "--by", "ada")


def test_whether_a_person_is_in_the_data_is_told_to_nobody_who_may_not_erase(run, held, capsys):
    User.objects.create(username="ana", role="analyst")
    words = ("erase", YOUTH, "--pseudonym", PERSON, "--reason", "ER-14")
    for by in ((), ("--by", "ana"), ("--by", "nobody")):
        with pytest.raises(RedwayError, match="erasure"):
            run(*words, *by)
        assert capsys.readouterr().out == ""
    assert not AuditRow.objects.exists()
    absent = ("erase", YOUTH, "--pseudonym", "ef" * 16, "--reason", "ER-14", "--by", "ada")
    assert run(*absent)[0] == "Nothing of this person is held in what was accepted.\n"
    assert [(row.actor, row.action) for row in AuditRow.objects.all()] == [("ada", "look-erasure")]


@pytest.mark.parametrize("of", ["commitment", "gateway", "delivery", "release"])
def test_the_states_of_each_are_drawn(run, of):
    assert run("states", of)[0].startswith("stateDiagram-v2")
