"""The audit: added to, never changed, and able to show that it was not."""

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from redway.work.accounts.models import User
from redway.work.audit import triggers
from redway.work.audit.actions import record
from redway.work.audit.chain import head, holds, verify
from redway.work.audit.models import START, AuditRow

pytestmark = pytest.mark.django_db


def note(n=0, **detail):
    return record(by="a test", action="note", subject=f"thing {n}", detail=detail)


@pytest.fixture
def guarded():
    """The guard that migrations put on, which the test database is otherwise without."""
    triggers.install(connection)
    yield
    triggers.remove(connection)


def test_rows_are_numbered_and_each_holds_the_hash_of_the_one_before():
    first, second = note(1), note(2)
    assert (first.number, first.previous) == (1, START)
    assert (second.number, second.previous) == (2, first.hash)
    assert verify() is None


def test_a_row_names_a_person_and_outlives_them():
    person = User.objects.create(username="ada", role="analyst")
    row = record(by=person, action="note", subject="thing", detail={"due": date(2026, 1, 5)})
    person.delete()
    row = AuditRow.objects.get(pk=row.pk)
    assert (row.actor, row.detail) == ("ada", {"due": "2026-01-05"})
    assert verify() is None


def test_detail_comes_back_as_it_was_given():
    detail = {"text": "Ælfgifu, “quoted”", "numbers": [1, 1.5, 1e21, -0.1], "none": None, "deep": {"b": 1, "a": 2}}
    note(**detail)
    assert AuditRow.objects.get().detail == detail
    assert verify() is None


@pytest.mark.parametrize("value", [float("nan"), object()])
def test_what_cannot_be_written_down_faithfully_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        note(bad=value)


@pytest.mark.parametrize(
    ("field", "value"),
    [("actor", "eve"), ("detail_text", '{"a":2}'), ("subject", "other"), ("action", "x"), ("actor_id", 7)],
)
def test_a_changed_row_breaks_the_chain_where_it_stands(field, value):
    for n in range(4):
        note(n)
    AuditRow.objects.filter(number=3).update(**{field: value})
    assert (verify().number, verify().why) == (3, "was changed after it was written")


def test_a_changed_row_with_its_hash_made_anew_breaks_the_chain_at_the_next():
    for n in range(4):
        note(n)
    row = AuditRow.objects.get(number=2)
    row.subject = "other"
    AuditRow.objects.filter(number=2).update(subject="other", hash=row.computed_hash())
    assert (verify().number, verify().why) == (3, "does not follow the row before it")


def test_a_removed_row_is_missed():
    for n in range(4):
        note(n)
    AuditRow.objects.filter(number=2).delete()
    assert (verify().number, verify().why) == (2, "is missing")


def test_rows_cut_off_the_end_are_missed_by_whoever_wrote_the_head_down():
    for n in range(3):
        note(n)
    written_down = head().hash
    assert holds(written_down)
    AuditRow.objects.filter(number=3).delete()
    assert verify() is None
    assert not holds(written_down)


def test_the_model_refuses_to_change_or_delete_a_row():
    row = note()
    row.subject = "other"
    with pytest.raises(TypeError, match="never changed"):
        row.save()
    with pytest.raises(TypeError, match="never changed"):
        row.delete()


@pytest.mark.parametrize("statement", ["UPDATE audit_auditrow SET actor = 'eve'", "DELETE FROM audit_auditrow"])
def test_the_database_refuses_to_change_or_delete_a_row_whoever_asks(guarded, statement):
    note()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert note(2).number == 2


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        note()
    assert not AuditRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_action_that_fails_leaves_no_row():
    def action():
        with transaction.atomic():
            note()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        action()
    assert not AuditRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_chain():
    faults = []

    def write(writer):
        try:
            for n in range(5):
                with transaction.atomic():
                    note(n, writer=writer)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=[w]) for w in range(6)]
    for w in writers:
        w.start()
    for w in writers:
        w.join()
    assert faults == []
    assert AuditRow.objects.count() == 30
    assert verify() is None
