"""What a data version lets be read: only what a gateway in force opens, for one purpose, on one day."""

import datetime as dt

import pytest
from django.utils import timezone

from redway.errors import NotAllowed, RedwayError
from redway.work.accounts.models import User
from redway.work.gateways import actions
from redway.work.gateways.purposes import Purpose
from redway.work.returns.receive import receive
from redway.work.returns.versions import everything, rests_on, snapshot

pytestmark = pytest.mark.django_db
COUNTS = "agency-counts"
ROWS = [{"measure": "marac-cases", "period": "2025/26-Q3", "count": 61}]
QUARTER = (COUNTS, "police", "2025/26-Q3", ROWS)


def later(days):
    return timezone.localdate() + dt.timedelta(days)


def test_partners_data_without_a_gateway_are_left_out_and_said_to_be(accept):
    accept(QUARTER)
    read = snapshot()
    assert read.parts == ()
    assert read.closed == {COUNTS: "Counts by agency: no gateway lets it be read for analysis."}
    assert [p.dataset for p in everything().parts] == [COUNTS]


def test_a_gateway_opens_its_columns_for_its_purpose(accept, in_force):
    accept(QUARTER)
    in_force(COUNTS, fields=["measure", "period", "count"])
    (part,) = snapshot().parts
    assert part.permitted == {"measure", "period", "count", "month"}
    assert snapshot().closed == {}
    assert snapshot(purpose=Purpose.EVALUATION).parts == ()
    assert "evaluation" in snapshot(purpose=Purpose.EVALUATION).closed[COUNTS]


def test_on_expiry_reads_stop_and_with_renewal_they_return(accept, in_force):
    accept(QUARTER)
    in_force(COUNTS)
    assert snapshot(on=later(365)).has(COUNTS)
    assert not snapshot(on=later(366)).has(COUNTS)
    assert "expired" in snapshot(on=later(366)).closed[COUNTS]
    in_force(COUNTS, begins=later(366), expires=later(700))
    assert snapshot(on=later(366)).has(COUNTS)


def test_ending_early_stops_reads_and_changes_what_pages_are_kept_by(accept, in_force):
    accept(QUARTER)
    gateway, before = in_force(COUNTS), rests_on()
    actions.end(by=User.objects.get(username="a-second-person"), gateway=gateway, reason="withdrawn")
    assert not snapshot().has(COUNTS)
    assert rests_on() != before
    assert rests_on(on=later(1)) != rests_on()


def test_open_data_are_never_closed(accept, area_lookup, in_force):
    accept(QUARTER)
    receive([area_lookup], dataset="lsoa-lookup", by="a test")
    assert [(p.dataset, p.permitted) for p in snapshot().parts] == [("lsoa-lookup", None)]


def test_an_import_after_expiry_loses_nothing(accept, area_lookup, in_force):
    """The new version holds what may not be read just now: renewal brings it back, in this version and the next."""
    accept(QUARTER)
    assert not snapshot().has(COUNTS)
    receive([area_lookup], dataset="lsoa-lookup", by="a test")
    assert not snapshot().has(COUNTS)
    assert {p.dataset for p in everything().parts} == {COUNTS, "lsoa-lookup"}
    in_force(COUNTS)
    assert snapshot().has(COUNTS)


def test_an_older_version_is_read_under_todays_gateways(accept, in_force):
    accept(QUARTER)
    accept((COUNTS, "police", "2025/26-Q4", ROWS))
    assert snapshot(1).parts == ()
    in_force(COUNTS)
    assert [len(snapshot(n).parts) for n in (1, 2)] == [1, 2]


def test_partners_data_are_not_taken_in_without_a_gateway(partnership, tmp_path):
    (partnership.profile / "agencies.yaml").write_text("- {id: police, name: Police, datasets: [agency-counts]}\n")
    sent = tmp_path / "counts.csv"
    sent.write_text("Measure,Period,Number\nmarac-cases,2025/26-Q3,61\n")
    with pytest.raises(NotAllowed, match="no gateway is in force, so nothing of it can be taken in"):
        receive([sent], dataset=COUNTS, by="a test")
    assert everything().number == 0
    assert not list(partnership.incoming.iterdir())


def test_a_file_with_a_column_that_no_gateway_lets_in_is_refused_whole(partnership, area_lookup, tmp_path, in_force):
    """By the real loader: once the fields of any purpose's gateway let all its columns in, it is taken."""
    (partnership.profile / "agencies.yaml").write_text("- {id: police, name: Police, datasets: [agency-counts]}\n")
    receive([area_lookup], dataset="lsoa-lookup", by="a test")
    sent = tmp_path / "counts.csv"
    sent.write_text("Measure,Period,Number,Out of\nmarac-repeat-cases,2025/26-Q3,19,61\n")
    in_force(COUNTS, fields=["measure", "period", "count"])
    with pytest.raises(RedwayError, match="Out of"):
        receive([sent], dataset=COUNTS, by="a test")
    assert everything().number == 1
    in_force(COUNTS, purpose="evaluation", fields=["out_of"])
    assert receive([sent], dataset=COUNTS, by="a test").version == 2
    assert "out_of" not in snapshot().of(COUNTS)[0].permitted
    assert snapshot(purpose=Purpose.EVALUATION).of(COUNTS)[0].permitted == {"out_of"}


def test_a_version_that_is_not_there(accept):
    with pytest.raises(RedwayError, match="none yet"):
        snapshot(1)
    accept(QUARTER)
    with pytest.raises(RedwayError, match="from 1 to 1"):
        snapshot(7)
