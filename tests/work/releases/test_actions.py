"""Releasing a table: asking, the second person, what is kept, and what every later edition is held against."""

import hashlib
import json
import threading

import pytest
from django.db import connection
from django.utils import timezone

from redway.errors import NotAllowed, NotSetUp, RedwayError
from redway.indicators.counts import TOTAL
from redway.work.audit.models import AuditRow
from redway.work.gateways.models import Gateway
from redway.work.releases import actions, kept
from redway.work.releases.actions import approve, ask, decline, withdraw
from redway.work.releases.models import TableEdition
from redway.work.releases.preparing import prepare
from redway.work.releases.states import State
from tests.work.releases.conftest import MONTH, TABLE, editions, person

pytestmark = pytest.mark.django_db
COUNTS = [[3, 10, 40], [22, 31, 9], [60, 14, 18]]


@pytest.fixture
def asked(releasing, profile, sent):
    """A table that Ana asked for."""
    sent(COUNTS)
    return ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)


@pytest.fixture
def released(asked, profile):
    return approve(by=person("bo"), profile=profile, edition=asked)


def test_what_would_leave_hides_the_small_and_what_would_tell_it(releasing, profile, sent):
    sent(COUNTS)
    prepared = prepare(profile, TABLE, MONTH)
    assert prepared.counts.counts.tolist() == [[3, 10, 40], [22, 31, 9], [60, 14, 18], [0, 0, 0]]
    assert prepared.counts.rows == ("Primary", "Chimney", "Secondary", "Others")
    assert prepared.released["Primary", "Set on purpose"].hidden
    assert prepared.released.loss.hidden > 1
    assert not TableEdition.objects.exists()


def test_partners_data_leave_by_the_word_of_a_second_person_alone(asked, profile, releasing):
    assert asked.state == State.PROPOSED
    assert editions(releasing) == []
    with pytest.raises(NotAllowed, match="Another person"):
        approve(by=person("ana"), profile=profile, edition=asked)
    made = approve(by=person("bo"), profile=profile, edition=asked)
    assert (made.state, made.number, made.decided_by) == (State.RELEASED, 1, "bo")
    assert [(row.actor, row.action) for row in AuditRow.objects.filter(subject=f"table {TABLE}/{MONTH}")] == [
        ("ana", "propose-table"),
        ("bo", "release-table"),
    ]


def test_an_edition_is_kept_with_its_counts_and_read_back_as_it_left(released, releasing):
    (edition,) = editions(releasing)
    assert edition.table.counts[0, 0] == 3
    assert edition.released["Primary", "Set on purpose"].value is None
    assert edition.released[TOTAL, TOTAL].value == 207
    path = releasing.released / released.file
    assert hashlib.sha256(path.read_bytes()).hexdigest() == released.digest
    assert path.stat().st_mode & 0o777 == 0o600
    told = AuditRow.objects.get(action="release-table").detail
    assert (told["digest"], told["shown"]) == (released.digest, released.shown)


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_text("{}")])
def test_without_an_editions_file_nothing_more_of_its_table_leaves(released, profile, sent, harm, releasing):
    harm(releasing.released / released.file)
    sent([[6, 10, 40], *COUNTS[1:]])
    with pytest.raises(RedwayError, match="Put it back from a backup"):
        ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)


def test_the_same_again_is_refused_and_asking_twice_is_one_proposal(asked, profile):
    assert ask(by=person("sol"), profile=profile, table=TABLE, period=MONTH).pk == asked.pk
    approve(by=person("bo"), profile=profile, edition=asked)
    with pytest.raises(NotAllowed, match="Nothing has changed since edition 1"):
        ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)
    assert TableEdition.objects.count() == 1


def test_a_revision_is_held_against_the_edition_before_and_shown_as_revised(released, profile, sent, releasing):
    sent([[3, 10, 47], *COUNTS[1:]])
    alone = prepare(profile, TABLE, MONTH)
    assert [one.pk for one in alone.earlier] == [released.pk]
    second = ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)
    assert approve(by=person("sol"), profile=profile, edition=second).number == 2
    first, then = editions(releasing)
    changed = [str(mark) for line in then.released.cells for cell in line for mark in cell.marks]
    assert "[r]" in changed
    assert first.released.cells != then.released.cells


def test_what_was_withdrawn_stays_what_later_editions_are_held_against(released, profile, sent):
    with pytest.raises(NotAllowed, match="Say why"):
        withdraw(by=person("bo"), edition=released, reason=" ")
    withdraw(by=person("bo"), edition=released, reason="counted twice")
    assert [one.pk for one in prepare(profile, TABLE, MONTH).earlier] == [released.pk]
    again = ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)
    assert approve(by=person("bo"), profile=profile, edition=again).number == 2
    with pytest.raises(NotAllowed, match="Withdrawn"):
        approve(by=person("bo"), profile=profile, edition=released)


def test_a_proposal_that_is_not_what_would_leave_any_more_is_not_released(asked, profile, releasing):
    tables = releasing.profile / "tables.yaml"
    tables.write_text(tables.read_text().replace("Made up.", "Made up, and more."))
    with pytest.raises(NotAllowed, match="no longer the table that was proposed"):
        approve(by=person("bo"), profile=profile, edition=asked)
    assert decline(by=person("bo"), edition=asked, reason="its notes changed").state == State.DECLINED
    assert ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH).state == State.PROPOSED


def test_what_was_on_the_screen_is_what_is_asked_for(releasing, profile, sent):
    sent(COUNTS)
    seen = prepare(profile, TABLE, MONTH).shown
    sent([[30, 10, 40], *COUNTS[1:]])
    with pytest.raises(NotAllowed, match="changed while you looked"):
        ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH, seen=seen)


class TestGateways:
    def test_without_one_for_publication_nothing_leaves(self, asked, profile):
        Gateway.objects.filter(purpose="publication").update(expires=timezone.localdate().replace(year=2020))
        with pytest.raises(NotAllowed, match="publication"):
            approve(by=person("bo"), profile=profile, edition=asked)
        with pytest.raises(NotAllowed, match="expired"):
            prepare(profile, TABLE, MONTH)

    def test_one_for_analysis_opens_no_publication(self, asked, profile):
        Gateway.objects.filter(purpose="publication").update(purpose="analysis")
        with pytest.raises(NotAllowed, match="no gateway lets it be read for publication"):
            prepare(profile, TABLE, MONTH)

    def test_a_column_that_it_leaves_out_cannot_part_a_table(self, asked, profile):
        Gateway.objects.filter(purpose="publication").update(fields=["incident", "happened_at", "incident_type"])
        with pytest.raises(NotSetUp, match="cause of fire"):
            prepare(profile, TABLE, MONTH)


class TestOtherTables:
    def test_one_that_parts_the_same_rows_by_the_same_thing_is_refused(self, released, profile):
        with pytest.raises(NotAllowed, match="parts them by the same thing"):
            prepare(profile, "fires-by-property", MONTH)

    def test_one_that_parts_them_otherwise_is_named(self, released, profile):
        assert [one.pk for one in prepare(profile, "fires-by-attack", MONTH).beside] == [released.pk]

    def test_the_table_may_say_why_both_may_be_released(self, released, profile, releasing):
        tables = releasing.profile / "tables.yaml"
        named = "  title: Fires by property and cause\n"
        tables.write_text(tables.read_text().replace(named, named + "  beside: {fires-by-kind: Looked at.}\n"))
        assert [one.pk for one in prepare(profile, "fires-by-property", MONTH).beside] == [released.pk]

    def test_another_definition_under_the_same_name_is_refused(self, released, profile, releasing):
        tables = releasing.profile / "tables.yaml"
        tables.write_text(tables.read_text().replace(", chimney-fire, secondary-fire]}}", ", chimney-fire]}}"))
        with pytest.raises(NotAllowed, match="by another definition"):
            prepare(profile, TABLE, MONTH)

    def test_the_same_counts_under_another_name_are_held_against_what_left(self, released, profile, releasing):
        tables = releasing.profile / "tables.yaml"
        tables.write_text(tables.read_text().replace("id: fires-by-kind", "id: renamed"))
        assert [one.pk for one in prepare(profile, "renamed", MONTH).earlier] == [released.pk]


def test_killed_between_the_file_and_its_row_nothing_was_released_and_the_next_one_is_whole(
    asked, profile, releasing, monkeypatch
):
    class Killed(BaseException):
        pass

    def die(**kwargs):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(actions, "record", die)
        with pytest.raises(Killed):
            approve(by=person("bo"), profile=profile, edition=asked)
    (file,) = releasing.released.glob("table-*.json")
    assert TableEdition.objects.get().state == State.PROPOSED
    made = approve(by=person("bo"), profile=profile, edition=asked)
    assert list(releasing.released.glob("table-*.json")) == [file]
    assert made.file == file.name


def test_a_file_that_was_half_written_is_not_there(asked, profile, releasing, monkeypatch):
    monkeypatch.setattr(kept, "put", lambda made, final: (_ for _ in ()).throw(OSError("the disk went away")))
    with pytest.raises(OSError, match="went away"):
        approve(by=person("bo"), profile=profile, edition=asked)
    assert list(releasing.released.glob("*table-*")) == []
    assert TableEdition.objects.get().state == State.PROPOSED


@pytest.mark.django_db(transaction=True)
def test_two_people_who_release_at_once_make_one_edition(asked, profile, releasing):
    """Each works out what would leave for itself: the second finds that it has left."""
    told = []

    def release(name):
        try:
            told.append(approve(by=person(name), profile=profile, edition=asked).number)
        except NotAllowed as refused:
            told.append(str(refused))
        finally:
            connection.close()

    both = [threading.Thread(target=release, args=(name,)) for name in ("bo", "sol")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(map(str, told)) == ["1", "This edition is “Released”, so it cannot become “Released”."]
    assert len(editions(releasing)) == 1


def test_what_somebody_left_half_written_goes_with_the_next_edition(asked, profile, releasing):
    left = releasing.released / f"{kept.HALF_DONE}1"
    left.write_text("counts")
    approve(by=person("bo"), profile=profile, edition=asked)
    assert not left.exists()
    assert len(editions(releasing)) == 1


def test_no_edition_is_ever_removed(released):
    with pytest.raises(TypeError, match="stays seen"):
        released.delete()


def test_its_file_says_nothing_that_was_not_counted_or_shown(released, releasing):
    whole = json.loads((releasing.released / released.file).read_text())
    assert sorted(whole) == ["counts", "marks", "public", "totals", "version"]
    told = {"table", "title", "what", "period", "rows", "columns", "parts", "notes", "dataset", "provider", "licence"}
    assert set(whole["public"]) == told | {"data_version", "row_labels", "column_labels", "policy", "cells"}
