"""Reads of what is not open leave a trace that nothing takes back."""

import pytest
from django.db import transaction

from redway.work.accounts.models import User
from redway.work.audit.chain import verify
from redway.work.audit.models import AuditRow
from redway.work.audit.reading import record_read, record_small_counts

READ = {"dataset": "hospital-istv", "what": "refused rows of delivery 3f2a", "purpose": "analysis"}


@pytest.mark.django_db
def test_a_read_of_rows_says_who_what_how_many_and_what_for():
    reader = User.objects.create(username="ada", role="analyst")
    row = record_read(by=reader, rows=12, **READ)
    assert (row.actor, row.actor_id, row.action, row.subject) == (
        "ada",
        reader.pk,
        "read-rows",
        "dataset hospital-istv",
    )
    assert row.detail == {"what": READ["what"], "purpose": "analysis", "rows": 12}


@pytest.mark.django_db
def test_small_counts_are_written_down_too():
    row = record_small_counts(by="a test", dataset="ambulance", what="indicator calls", purpose="analysis")
    assert (row.action, row.detail) == ("see-small-counts", {"what": "indicator calls", "purpose": "analysis"})
    assert verify() is None


@pytest.mark.django_db(transaction=True)
def test_the_trace_stays_when_the_page_fails_after_it():
    def page():
        record_read(by="a test", **READ)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        page()
    assert AuditRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_never_part_of_a_transaction_that_could_take_it_back():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        record_read(by="a test", **READ)
    assert AuditRow.objects.count() == 0
