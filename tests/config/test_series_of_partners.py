"""redway series, of what partners send: measures, hidden counts, and exact ones only for somebody and on the record."""

import csv
import io
import json

import pytest
from django.core.management import call_command

from redway.errors import RedwayError
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(aldermere_home):
    def run(*arguments):
        out = io.StringIO()
        call_command("series", *arguments, stdout=out)
        return out.getvalue()

    return run


def test_a_measure_prints_its_periods_and_its_sentence(ask, capsys):
    rows = list(csv.DictReader(io.StringIO(ask("feel-safe-after-dark", "--format", "csv"))))
    assert [row["period"] for row in rows] == sorted(row["period"] for row in rows)
    assert {"value", "low", "high", "out_of", "unknown", "status"} <= set(rows[0])
    assert "of those who answered in the wave" in capsys.readouterr().err
    document = json.loads(ask("feel-safe-after-dark", "--format", "json"))
    assert document["version"] == 1
    assert document["indicator"]["kind"] == "survey"
    assert document["basis"]["files"]


@pytest.mark.parametrize(
    ("by", "name"), [("rolling-12", "feel-safe-after-dark"), ("quarter", "serious-violence-victims-male")]
)
def test_other_periods_than_a_measure_has_are_refused_and_it_says_which_it_has(ask, by, name):
    with pytest.raises(RedwayError) as refused:
        ask(name, "--by", by)
    assert (refused.value.came, "cannot be added up" in refused.value.cause) == (f"--by {by}", True)
    assert "one figure for each" in refused.value.cause


def test_small_counts_are_hidden_and_exact_ones_need_a_person_who_may_see_them(ask):
    rows = list(csv.DictReader(io.StringIO(ask("sharp-object-attendances", "--format", "csv"))))
    assert "suppressed" in {row["status"] for row in rows}
    assert all(int(row["count"]) % 5 == 0 for row in rows if row["count"])
    with pytest.raises(RedwayError, match="after --as"):
        ask("sharp-object-attendances", "--exact")
    User.objects.create_user("member", password="x" * 20, role=Role.MEMBER)
    with pytest.raises(RedwayError, match="“member”"):
        ask("sharp-object-attendances", "--exact", "--as", "member")
    assert not AuditRow.objects.filter(action="see-small-counts").exists()
    User.objects.create_user("analyst", password="x" * 20, role=Role.ANALYST)
    exact = list(
        csv.DictReader(io.StringIO(ask("sharp-object-attendances", "--exact", "--as", "analyst", "--format", "csv")))
    )
    assert "suppressed" not in {row["status"] for row in exact}
    assert AuditRow.objects.filter(action="see-small-counts").count() == 1
    assert "counts_rounded_to" not in exact[0]


def test_rounded_counts_are_called_so_in_csv_in_json_and_in_a_remark(ask, capsys):
    for name in ("sharp-object-attendances", "marac-cases"):
        rows = list(csv.DictReader(io.StringIO(ask(name, "--format", "csv"))))
        assert {row["counts_rounded_to"] for row in rows} == {"5"}
        assert json.loads(ask(name, "--format", "json"))["counts_rounded_to"] == 5
        assert "Counts are rounded to the nearest 5." in capsys.readouterr().err
    assert json.loads(ask("recorded-burglary", "--format", "json"))["counts_rounded_to"] == 1


def test_another_definition_of_serious_violence_gives_other_figures_and_is_named(ask):
    User.objects.create_user("analyst", password="x" * 20, role=Role.ANALYST)
    exact = ("serious-violence-victims-male", "--format", "json", "--exact", "--as", "analyst")
    first, other = ask(*exact), ask(*exact, "--definition", "youth-justice-board")
    assert json.loads(other)["indicator"]["serious_violence_as"] == "youth-justice-board"
    assert json.loads(first)["rows"] != json.loads(other)["rows"]


def test_another_definition_is_not_set_beside_the_own_one_where_small_counts_are_hidden(ask):
    with pytest.raises(RedwayError, match="own definition of serious violence, statutory-factors"):
        ask("serious-violence-victims-male", "--definition", "youth-justice-board")
    assert ask("serious-violence-victims-male", "--definition", "statutory-factors")


def test_partners_counts_by_area_are_refused_in_words(ask):
    with pytest.raises(RedwayError, match="the whole partnership, where small counts are hidden"):
        ask("assault-attendances", "--area", "E01999036")
