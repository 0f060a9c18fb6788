"""Retention and erasure: rows leave every data version, the record of why stays, and the register decides when."""

import datetime as dt
import json

import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from redway import periods
from redway.errors import FileRefused, NotAllowed, RedwayError
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.audit.chain import verify
from redway.work.audit.models import AuditRow
from redway.work.gateways.purposes import Purpose
from redway.work.returns import destruction, erasure, retention
from redway.work.returns.catalogue import catalogue
from redway.work.returns.models import DataVersion, Delivery, Destruction, Submission
from redway.work.returns.reconcile import missing
from redway.work.returns.states import State, Way
from redway.work.returns.versions import everything, rests_on, snapshot

pytestmark = pytest.mark.django_db
YOUTH = "youth-justice"
PERSON, OTHER, THIRD = "ab" * 16, "cd" * 16, "ef" * 16
TODAY = dt.date(2026, 3, 2)


def rows(*people):
    return [{"child": who, "measure": "first-time-entrant", "count": n} for n, who in enumerate(people)]


def on_disk(home):
    return sorted(p.name for p in home.accepted.rglob("*.parquet"))


def people_in(parts):
    return [pq.read_table(p.path)["child"].to_pylist() for p in parts]


@pytest.fixture
def caches(partnership):
    """What was derived: of the dataset, of another, of several."""
    kept = {
        "of it": partnership.derived / "cubes" / f"{YOUTH}-{'0' * 20}.parquet",
        "of another": partnership.derived / "cubes" / f"fire-{'0' * 20}.parquet",
        "of several": partnership.derived / "findings" / f"{'0' * 20}.parquet",
    }
    for path in kept.values():
        path.parent.mkdir(exist_ok=True)
        path.write_text("kept")
    return lambda: {name for name, path in kept.items() if path.exists()}


class TestRetention:
    def test_nothing_is_due_without_a_gateway_that_says_how_long(self, accept):
        accept((YOUTH, "yjs", "2015-01", rows(PERSON)))
        assert retention.due(on=TODAY) == []

    @pytest.mark.parametrize(
        ("period", "months", "first"),
        [
            ("2025-11", 3, dt.date(2026, 3, 1)),
            ("2025-11", 4, dt.date(2026, 4, 1)),
            ("2025/26-Q3", 2, dt.date(2026, 3, 1)),
            ("YE-2025-03", 12, dt.date(2026, 4, 1)),
            ("2025-autumn", 12, dt.date(2027, 1, 1)),
        ],
    )
    def test_time_counts_from_the_end_of_the_period(self, accept, period, months, first):
        (one,) = accept((YOUTH, "yjs", period, rows(PERSON)))
        assert retention.first_day_without(one.period, one.received_at, months) == first

    def test_a_dry_run_says_what_why_and_which_versions_and_changes_nothing(self, accept, in_force, partnership):
        accept((YOUTH, "yjs", "2024-01", rows(PERSON, OTHER)), (YOUTH, "yjs", "2026-01", rows(OTHER)))
        accept((YOUTH, "yjs", "2024-01", rows(PERSON)))  # a newer copy: the older stays in version 1
        in_force(YOUTH, keep_months=12)
        before = on_disk(partnership)
        found = retention.due(on=TODAY)
        assert [(d.submission.rows_accepted, d.versions, d.since) for d in found] == [
            (2, (1,), dt.date(2025, 2, 1)),
            (1, (2,), dt.date(2025, 2, 1)),
        ]
        sentence = retention.words(found)[0]
        for words in ("2024-01", "2 rows", "keeps it for 12 months", "versions 1 lose it"):
            assert words in sentence
        assert (on_disk(partnership), Destruction.objects.count()) == (before, 0)

    def test_what_is_due_is_destroyed_in_every_version_and_the_record_stays(
        self, accept, in_force, partnership, caches
    ):
        accept((YOUTH, "yjs", "2024-01", rows(PERSON)), (YOUTH, "yjs", "2026-01", rows(OTHER)))
        accept(("fire", "brigade", "2024-01", [{"incident": "1"}]))
        in_force(YOUTH, keep_months=12)
        before = rests_on()
        (done,) = retention.run(by="the administrator", on=TODAY)
        assert len(on_disk(partnership)) == 2
        for number in (1, 2):
            assert [p.period for p in everything(number).of(YOUTH)] == ["2026-01"]
        assert (done.kind, done.dataset, done.rows, done.files) == ("retention", YOUTH, 1, [])
        assert done.finished_at
        assert rests_on() != before
        assert missing(partnership) == []
        assert caches() == {"of another"}
        row = AuditRow.objects.get(action="destroy-retention")
        assert (row.actor, row.detail["versions"], row.detail["rows"]) == ("the administrator", [1, 2], 1)
        assert verify() is None
        entry = next(e for e in catalogue(Profile.of(Home.current())).entries if e.definition.name == YOUTH)
        assert (entry.held.files, entry.held.first_period) == (1, "2026-01")
        assert retention.run(by="the administrator", on=TODAY) == []

    def test_versions_that_lost_rows_say_that_they_can_no_longer_be_remade(self, accept, in_force):
        accept((YOUTH, "yjs", "2024-01", rows(PERSON)), (YOUTH, "yjs", "2023-12", rows(PERSON)))
        accept(("fire", "brigade", "2024-01", [{"incident": "1"}]))
        in_force(YOUTH, keep_months=12)
        assert destruction.unmade() == {}
        retention.run(by="a test", on=TODAY)
        accept(("fire", "brigade", "2024-02", [{"incident": "2"}]))
        assert set(destruction.unmade()) == {1, 2}  # version 3 was made of what was left
        assert "2 files of youth-justice were past their time and destroyed" in destruction.unmade([1])[1]
        assert destruction.unmade([3]) == {}
        assert destruction.unmade([1], of=["fire"]) == {}
        assert set(destruction.unmade([1], of=[YOUTH, "fire"])) == {1}

    def test_the_longest_purpose_counts_and_an_expired_gateway_as_it_last_stood(self, accept, in_force):
        accept((YOUTH, "yjs", "2024-01", rows(PERSON)))
        in_force(YOUTH, keep_months=12, begins=dt.date(2020, 1, 1), expires=dt.date(2021, 1, 1))
        assert len(retention.due(on=TODAY)) == 1
        in_force(YOUTH, keep_months=60, purpose="evaluation", begins=dt.date(2020, 1, 1), expires=dt.date(2021, 1, 1))
        assert retention.due(on=TODAY) == []

    def test_open_data_and_counts_kept_for_ever_are_never_due(self, accept, in_force):
        accept(("lsoa-lookup", "ONS", "", [{"a": "b"}]), ("agency-counts", "police", "2001-01", [{"count": 1}]))
        in_force("agency-counts", keep_months=0)
        assert retention.due(on=dt.date(2099, 1, 1)) == []

    def test_a_file_that_two_submissions_share_stays_while_one_of_them_needs_it(self, accept, in_force, partnership):
        accept((YOUTH, "yjs", "2024-01", rows(PERSON)), (YOUTH, "yjs", "2026-01", rows(PERSON)))
        in_force(YOUTH, keep_months=12)
        assert len(on_disk(partnership)) == 1
        retention.run(by="a test", on=TODAY)
        assert people_in(everything().of(YOUTH)) == [[PERSON]]

    def test_what_was_destroyed_does_not_come_back_with_an_old_file(self, accept, in_force):
        (one,) = accept((YOUTH, "yjs", "2024-01", rows(PERSON)))
        in_force(YOUTH, keep_months=12)
        retention.run(by="a test", on=TODAY)
        with pytest.raises(FileRefused, match="were destroyed"):
            destruction.check_not_destroyed([(YOUTH, "old.csv", one.content)])
        destruction.check_not_destroyed([(YOUTH, "new.csv", "another"), ("fire", "fire.csv", one.content)])


class TestErasure:
    @pytest.fixture
    def held(self, accept):
        accept((YOUTH, "yjs", "2025-01", rows(PERSON, OTHER, PERSON)), (YOUTH, "yjs", "2025-02", rows(OTHER)))
        accept((YOUTH, "yjs", "2025-01", rows(PERSON, OTHER)))
        accept((YOUTH, "yjs", "2025-03", rows(PERSON)))

    def erase(self, **given):
        return erasure.erase(**({"dataset": YOUTH, "pseudonym": PERSON, "reason": "ER-14", "by": "a test"} | given))

    def look(self, **given):
        return erasure.look(**({"dataset": YOUTH, "pseudonym": PERSON, "reason": "ER-14", "by": "a test"} | given))

    def test_a_dry_run_counts_rows_in_every_version(self, held, partnership):
        before = on_disk(partnership)
        found = self.look()
        assert [(s.period, n) for s, n in found.rows] == [("2025-01", 2), ("2025-01", 1), ("2025-03", 1)]
        assert (found.count, found.versions) == (4, (1, 2, 3))
        assert (on_disk(partnership), Destruction.objects.count()) == (before, 0)

    @pytest.mark.parametrize(("who", "rows"), [(PERSON, 4), (THIRD, 0)])
    def test_to_look_is_on_the_record_whatever_is_found_and_without_the_pseudonym(self, held, who, rows):
        assert self.look(pseudonym=who, reason=" ER-15 ").count == rows
        row = AuditRow.objects.get(action="look-erasure")
        assert (row.actor, row.subject) == ("a test", f"erasure from {YOUTH}")
        assert row.detail == {"dataset": YOUTH, "reason": "ER-15", "rows": rows}
        assert verify() is None

    def test_an_erasure_that_finds_nothing_is_on_the_record_too(self, held):
        assert self.erase(pseudonym=THIRD).rows == 0
        assert AuditRow.objects.get(action="destroy-erasure").detail["rows"] == 0

    def test_what_may_not_be_written_down_may_not_be_looked_for(self, held):
        for given, words in (({"reason": " "}, "Say why"), ({"reason": PERSON}, "holds the pseudonym")):
            with pytest.raises(NotAllowed, match=words):
                self.look(**given)
        assert not AuditRow.objects.filter(action="look-erasure").exists()

    def test_the_rows_go_in_every_version_and_no_others(self, held, partnership, caches):
        done = self.erase()
        assert people_in(everything(1).of(YOUTH)) == [[OTHER], [OTHER]]
        assert people_in(everything(2).of(YOUTH)) == [[OTHER], [OTHER]]
        assert people_in(everything(3).of(YOUTH)) == [[OTHER], [OTHER], []]
        assert (done.rows, done.files) == (4, [])
        assert set(on_disk(partnership)) == {p.path.name for n in (1, 2, 3) for p in everything(n).parts}
        assert caches() == {"of another"}
        assert missing(partnership) == []
        assert all(p.rows == pq.read_metadata(p.path).num_rows for n in (1, 2, 3) for p in everything(n).parts)
        assert set(destruction.unmade()) == {1, 2, 3}

    def test_nothing_in_the_home_holds_the_pseudonym_any_more(self, held, partnership):
        self.look()
        self.erase()
        for path in partnership.root.rglob("*"):
            if path.is_file():
                assert PERSON.encode() not in path.read_bytes(), path
        for model in (AuditRow, Destruction, Submission, Delivery):
            assert PERSON not in json.dumps(list(model.objects.values()), default=str)

    def test_the_same_again_finds_nothing_and_does_no_harm(self, held):
        self.erase()
        before = everything().digest()
        again = self.erase()
        assert (again.rows, everything().digest()) == (0, before)

    def test_what_the_version_holds_is_another_thing_to_every_cache(self, held, in_force):
        in_force(YOUTH)
        digests = [snapshot(n).digest(YOUTH) for n in (1, 2, 3)]
        before = rests_on()
        self.erase()
        assert all(a != b for a, b in zip(digests, [snapshot(n).digest(YOUTH) for n in (1, 2, 3)], strict=True))
        assert rests_on() != before

    def test_quarantine_is_cleared_and_what_is_undecided_is_discarded(self, held, partnership):
        lying = []
        for state in (State.TO_ACCEPT, State.ACCEPTED):
            one = Delivery.objects.create(
                dataset=YOUTH, agency="yjs", way=Way.COMMAND, sent_by="s", state=state, report={"came": PERSON}
            )
            folder = partnership.quarantine / str(one.public_id)
            folder.mkdir()
            one.refused_rows = f"{one.public_id}/refused-rows.age"
            one.save()
            lying += [folder / "0.age", folder / "refused-rows.age"]
        of_another = Delivery.objects.create(dataset="fire", way=Way.COMMAND, sent_by="s", state=State.TO_ACCEPT)
        (partnership.quarantine / str(of_another.public_id)).mkdir()
        kept = partnership.quarantine / str(of_another.public_id) / "0.age"
        for path in (*lying, kept):
            path.write_bytes(b"sealed")
        assert len(self.look().undecided) == 1
        self.erase()
        assert [p for p in lying if p.exists()] == []
        assert kept.exists()
        assert {d.state for d in Delivery.objects.filter(dataset=YOUTH)} == {State.DISCARDED, State.ACCEPTED}
        assert [d.report for d in Delivery.objects.filter(dataset=YOUTH)] == [{"came": "[erased]"}] * 2

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"dataset": "fire"}, "rows bear pseudonyms"),
            ({"dataset": "no-such"}, "name of a dataset"),
            ({"pseudonym": "Alex Example"}, "hexadecimal"),
            ({"pseudonym": "' or 1=1 --" + "a" * 30}, "hexadecimal"),
            ({"reason": "  "}, "Say why"),
            ({"reason": f"about {PERSON}"}, "holds the pseudonym"),
        ],
    )
    def test_what_cannot_be_meant_is_refused_and_nothing_is_lost(self, held, given, words):
        with pytest.raises((RedwayError, NotAllowed), match=words) as refused:
            self.erase(**given)
        assert "Alex" not in str(refused.value)
        assert self.look().count == 4

    def test_a_file_that_is_missing_stops_it_before_anything_is_done(self, held, partnership):
        everything().parts[0].path.unlink()
        with pytest.raises(RedwayError, match="missing"):
            self.erase()
        assert Destruction.objects.count() == 0
        assert not list(partnership.incoming.glob("import-*"))

    def test_a_new_version_goes_on_from_what_is_left(self, held, accept):
        self.erase()
        accept((YOUTH, "yjs", "2025-04", rows(THIRD)))
        assert people_in(everything(4).of(YOUTH)) == [[OTHER], [OTHER], [], [THIRD]]
        assert DataVersion.objects.count() == 4


class TestAPurposeThatKeepsLessLong:
    """Retention leaves what another purpose still needs; this one cannot read it all the same."""

    @pytest.fixture
    def months(self):
        """The labels of the month that ended last and of one three years before it."""
        this = timezone.localdate()
        last = 12 * this.year + this.month - 2
        return periods.label(last), periods.label(last - 36)

    def test_reads_stop_at_its_own_time(self, accept, in_force, months):
        new, old = months
        accept((YOUTH, "yjs", new, rows(PERSON)), (YOUTH, "yjs", old, rows(OTHER)))
        in_force(YOUTH, keep_months=12)
        in_force(YOUTH, purpose="evaluation", keep_months=84)
        assert retention.due() == []
        assert [p.period for p in snapshot().of(YOUTH)] == [new]
        assert [p.period for p in snapshot(purpose=Purpose.EVALUATION).of(YOUTH)] == [old, new]
        assert [p.period for p in everything().of(YOUTH)] == [old, new]
        assert snapshot().closed == {}

    def test_where_all_of_it_is_too_old_that_is_why_it_is_closed(self, accept, in_force, months):
        accept((YOUTH, "yjs", months[1], rows(OTHER)))
        in_force(YOUTH, keep_months=12)
        in_force(YOUTH, purpose="evaluation", keep_months=84)
        assert not snapshot().has(YOUTH)
        assert (
            "older than the 12 months that youth-justice for analysis, version 1 keeps it" in snapshot().closed[YOUTH]
        )

    def test_what_is_of_no_period_counts_from_the_day_it_came(self, accept, in_force):
        (one,) = accept((YOUTH, "yjs", "", rows(OTHER)))
        in_force(YOUTH, keep_months=12)
        assert snapshot().has(YOUTH)
        Submission.objects.filter(pk=one.pk).update(received_at=timezone.now() - dt.timedelta(800))
        assert not snapshot().has(YOUTH)
