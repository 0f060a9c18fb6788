"""What becomes of a delivery, step by step, and who may take each."""

import io
import json

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused, NotAllowed, RedwayError
from redway.sources.loaders import loader
from redway.store import sealed
from redway.store.profile import Profile
from redway.work.audit.chain import verify
from redway.work.audit.models import AuditRow
from redway.work.gateways.models import Gateway
from redway.work.returns import loading, policies, quarantine, result
from redway.work.returns.checking import work_on, work_on_next
from redway.work.returns.comparing import compare
from redway.work.returns.deliveries import accept, acknowledge, deliver, discard, refuse, withdraw
from redway.work.returns.models import Delivery, Submission
from redway.work.returns.quarantine import Sent
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import TRANSITIONS, State, Way, diagram
from redway.work.returns.versions import everything

from .conftest import fires

pytestmark = pytest.mark.django_db(transaction=True)


def report(delivery):
    return DeliveryReport.of_json(delivery.report)


def in_quarantine(home):
    return sorted(p.name for p in home.quarantine.rglob("*") if p.is_file())


def plain_anywhere(home, word):
    """Files of the home that hold a word as it stands."""
    return [p for p in home.root.rglob("*") if p.is_file() and word.encode() in p.read_bytes()]


class TestHandingIn:
    def test_what_was_sent_waits_sealed_and_nothing_is_accepted(self, ready, hand_in):
        delivery = hand_in(fires({"Incident number": "SECRET-77"}), check=False)
        assert (delivery.state, delivery.agency, delivery.file_names) == (State.RECEIVED, "fire-service", ["fires.csv"])
        assert in_quarantine(ready) == ["0.age"]
        assert (ready.quarantine / delivery.files[0]["sealed"]).read_bytes().startswith(b"age-encryption.org")
        assert plain_anywhere(ready, "SECRET-77") == []
        assert everything().number == 1

    def test_it_is_in_the_audit(self, ready, hand_in, people):
        delivery = hand_in(fires({}), by=people["fire"], check=False)
        row = AuditRow.objects.order_by("-number").first()
        assert (row.action, row.actor, row.subject) == ("deliver-return", "fay", f"delivery {delivery.public_id}")
        assert row.detail["files"][0]["sha256"] == delivery.files[0]["sha256"]

    def test_the_same_again_while_undecided_is_the_same_delivery(self, ready, hand_in):
        first, again = (hand_in(fires({}), check=False) for _ in range(2))
        assert first.pk == again.pk
        assert in_quarantine(ready) == ["0.age"]
        assert hand_in(fires({}, {}), check=False).pk != first.pk

    def test_a_contact_hands_in_for_their_own_agency_only(self, ready, hand_in, people):
        with pytest.raises(NotAllowed, match="your own agency"):
            hand_in(fires({}), by=people["other"], agency="fire-service", check=False)
        with pytest.raises(NotAllowed):
            hand_in(fires({}), by=people["member"], check=False)
        assert hand_in(fires({}), by=people["analyst"], check=False).sent_by == "ana"
        assert in_quarantine(ready) == ["0.age"]

    def test_without_a_gateway_nothing_is_even_kept(self, ready, hand_in):
        Gateway.objects.all().delete()
        with pytest.raises(NotAllowed, match="no gateway is in force"):
            hand_in(fires({}), check=False)
        assert in_quarantine(ready) == []
        assert not Delivery.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "match"),
        [
            ({"dataset": "no-such"}, "name of a dataset"),
            ({"agency": "police"}, "sends"),
            ({"period": "november"}, "a period such as"),
        ],
    )
    def test_what_does_not_exist_is_told(self, ready, hand_in, changes, match):
        with pytest.raises(RedwayError, match=match):
            hand_in(fires({}), check=False, **changes)
        assert not Delivery.objects.exists()

    def test_several_agencies_may_send_it_so_one_is_named(self, ready, hand_in, in_force):
        in_force("agency-counts")
        with pytest.raises(RedwayError, match="police, council"):
            hand_in("x\n", dataset="agency-counts", check=False)
        assert hand_in("x\n", dataset="agency-counts", agency="council", check=False).agency == "council"

    def test_a_contact_need_not_name_the_one_agency_they_have_and_is_told_of_no_other(
        self, ready, hand_in, in_force, people
    ):
        in_force("agency-counts")
        people["other"].agency = "council"
        made = hand_in("x\n", dataset="agency-counts", by=people["other"], check=False)
        assert made.agency == "council"
        with pytest.raises(NotAllowed, match="Your agency does not send “Fire") as told:
            hand_in(fires({}), by=people["other"], check=False)
        assert "fire-service" not in str(told.value)
        with pytest.raises(NotAllowed, match="your own agency"):
            hand_in(fires({}), by=people["other"], agency="no-such", check=False)

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "..\\..\\x.csv", "/root/a.csv", "a\0b.csv", "a\nb\x1b[2J.csv"]
    )
    def test_a_name_that_is_a_trick_stays_a_name(self, ready, hand_in, name):
        delivery = hand_in(fires({}), name=name, check=False)
        [kept] = delivery.file_names
        assert "/" not in kept
        assert "\\" not in kept or kept.isprintable()
        assert kept.isprintable()
        assert all(p.is_relative_to(ready.quarantine) for p in ready.quarantine.rglob("*"))

    @pytest.mark.parametrize(
        ("files", "match"),
        [
            ([], "one file or more"),
            ([Sent("a.csv", io.BytesIO(b""))], "a file with something in it"),
            ([Sent("", io.BytesIO(b"x"))], "a file with a name"),
            ([Sent("a.csv", io.BytesIO(b"x")), Sent("..", io.BytesIO(b"x"))], "a file with a name"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_and_leaves_nothing(self, ready, files, match):
        with pytest.raises(FileRefused, match=match):
            deliver(files=files, dataset="fire", way=Way.WEB, by="a test")
        assert list(ready.quarantine.iterdir()) == []

    def test_too_much_is_refused_while_it_is_read(self, ready, hand_in, monkeypatch):
        monkeypatch.setattr(quarantine, "MOST_BYTES", 100)
        with pytest.raises(FileRefused, match="at most"):
            hand_in(fires({}, {}), check=False)
        assert list(ready.quarantine.iterdir()) == []


class TestChecking:
    def test_the_engine_itself_takes_and_refuses(self, ready, hand_in, monkeypatch):
        monkeypatch.setattr(loading, "loader", loader)
        assert hand_in(fires({}, {})).version == 2
        refused = hand_in(fires(*[{"Casualties": "many"}] * 3, {"Date and time": "soon"}))
        assert [(r.count, r.column) for r in report(refused).reasons] == [(3, "Casualties"), (1, "Date and time")]
        assert in_quarantine(ready) == ["refused-rows.age"]

    def test_what_is_clean_is_accepted_at_once(self, ready, hand_in):
        delivery = hand_in(fires({}, {}))
        assert (delivery.state, delivery.version, delivery.periods) == (State.ACCEPTED, 2, ["2025-11"])
        assert (report(delivery).rows_read, report(delivery).rows_accepted) == (2, 2)
        [part] = everything().of("fire")
        assert (part.provider, part.period, part.rows) == ("fire-service", "2025-11", 2)
        assert pq.read_table(part.path).num_rows == 2

    def test_the_senders_bytes_are_gone_and_were_never_kept_as_raw(self, ready, hand_in):
        hand_in(fires({}))
        assert in_quarantine(ready) == []
        assert Submission.objects.get(dataset="fire").raw == ""
        assert [p.suffix for p in ready.raw.iterdir()] == [".csv"]  # the look-up of areas, which is open data
        assert list(ready.incoming.iterdir()) == []

    def test_one_bad_row_is_told_with_how_to_mend_it(self, ready, hand_in):
        delivery = hand_in(fires(*[{}] * 30, {"Casualties": "many"}))
        assert delivery.state == State.ACCEPTED
        found = report(delivery)
        assert (found.rows_read, found.rows_accepted, found.rows_refused) == (31, 30, 1)
        [reason] = found.reasons
        assert (reason.count, reason.file, reason.row, reason.column) == (1, "fires.csv", 31, "Casualties")
        assert reason.line == 32, "where Excel shows it: the heading is line 1"
        assert "line 32" in result.told(delivery, "Tests Fire Service")
        assert (reason.came, reason.expected) == ("many", "a whole number")
        assert reason.mend

    def test_too_many_bad_rows_refuse_the_file_and_still_every_row_is_listed(self, ready, hand_in):
        delivery = hand_in(fires(*[{"Casualties": "many"}] * 3, {"Date and time": "soon"}))
        assert (delivery.state, everything().number) == (State.REFUSED, 1)
        found = report(delivery)
        assert (found.rows_accepted, found.rows_refused) == (0, 4)
        assert [(r.count, r.column) for r in found.reasons] == [(3, "Casualties"), (1, "Date and time")]
        assert "may be refused" in found.fault.expected
        assert in_quarantine(ready) == ["refused-rows.age"]

    def test_a_file_that_is_something_else_is_refused_with_the_fault(self, ready, hand_in):
        delivery = hand_in("a,b\n1,2\n")
        assert delivery.state == State.REFUSED
        assert report(delivery).fault.expected
        assert str(report(delivery).fault).startswith("fires.csv")

    def test_another_file_put_in_the_place_of_what_was_sent_is_refused(self, ready, hand_in):
        """Anybody who can write there can seal: the public half of the key is enough."""
        delivery = hand_in(fires({}), check=False)
        sealed_file = ready.quarantine / delivery.files[0]["sealed"]
        sealed_file.unlink()
        sealed.seal(io.BytesIO(fires({}, {}).encode()), sealed_file, ready)
        delivery = work_on(delivery)
        assert delivery.state == State.REFUSED
        assert report(delivery).fault.came == "another file in its place"

    def test_the_gateway_ended_meanwhile(self, ready, hand_in):
        delivery = hand_in(fires({}), check=False)
        Gateway.objects.all().delete()
        delivery = work_on(delivery)
        assert delivery.state == State.REFUSED
        assert "no gateway" in str(report(delivery).fault)
        assert in_quarantine(ready) == []

    def test_rows_of_another_period_than_was_named_are_refused(self, ready, hand_in):
        delivery = hand_in(fires({}), period="2025-10")
        assert delivery.state == State.REFUSED

    def test_a_heading_alone_is_a_true_zero_for_a_named_period(self, ready, hand_in):
        delivery = hand_in(fires(), period="2025-10")
        assert (delivery.state, report(delivery).rows_accepted) == (State.ACCEPTED, 0)
        assert [(p.period, p.rows) for p in everything().of("fire")] == [("2025-10", 0)]

    def test_the_same_rows_again_change_nothing(self, ready, hand_in):
        hand_in(fires({}))
        again = hand_in(fires({}), name="again.csv")
        assert (again.state, again.version, everything().number) == (State.ACCEPTED, None, 2)

    def test_a_newer_copy_supersedes_and_says_what(self, ready, hand_in):
        hand_in(fires({}))
        newer = hand_in(fires({}, {}))
        assert (newer.state, newer.version) == (State.ACCEPTED, 3)
        assert "with 1 rows" in report(newer).items[0].superseded

    def test_the_audit_tells_the_whole_way(self, ready, hand_in):
        hand_in(fires({}))
        actions = list(AuditRow.objects.order_by("number").values_list("action", flat=True))
        assert actions[-3:] == ["deliver-return", "import", "check-return"]
        assert verify() is None

    def test_the_report_is_the_same_after_being_stored(self, ready, hand_in):
        hand_in(fires(*[{}] * 30, {"Casualties": "many"}))
        stored = Delivery.objects.get().report
        read = DeliveryReport.of_json(stored)
        assert json.loads(json.dumps(read.as_json())) == stored
        assert DeliveryReport.of_json(read.as_json()) == read


class TestWarnings:
    @pytest.fixture
    def doubtful(self, ready, hand_in):
        """A newer copy with far fewer rows."""
        hand_in(fires(*[{}] * 10))
        return hand_in(fires({}))

    def keys(self, delivery):
        return [w.key for w in report(delivery).warnings]

    def test_wait_to_be_acknowledged_and_then_it_is_accepted(self, doubtful):
        assert (doubtful.state, everything().number) == (State.TO_ACKNOWLEDGE, 2)
        now = acknowledge(delivery=doubtful, warnings=self.keys(doubtful), by="a test")
        assert now.state == State.ACCEPTING
        done = work_on_next()
        assert (done.state, done.version, done.acknowledged_by) == (State.ACCEPTED, 3, "a test")

    def test_each_of_them_has_to_be_and_no_other(self, doubtful):
        for wrong in ([], [*self.keys(doubtful), "another"]):
            with pytest.raises(NotAllowed, match="every warning"):
                acknowledge(delivery=doubtful, warnings=wrong, by="a test")

    def test_twice_is_once(self, doubtful):
        for _ in range(2):
            acknowledge(delivery=doubtful, warnings=self.keys(doubtful), by="a test")
        assert AuditRow.objects.filter(action="acknowledge-warnings").count() == 1

    def test_new_ones_that_come_up_before_it_is_accepted_wait_again(self, ready, hand_in):
        hand_in(fires(*[{}] * 10))
        other = hand_in(fires(*[{}] * 14), check=False)
        doubtful = hand_in(fires({}))
        acknowledge(delivery=doubtful, warnings=self.keys(doubtful), by="a test")
        assert work_on(other).state == State.ACCEPTED  # meanwhile: now it has fewer rows than this
        now = work_on(doubtful)
        assert (now.state, now.acknowledged) == (State.TO_ACKNOWLEDGE, [])
        assert any("has 14" in w.text for w in report(now).warnings)


class TestASecondPerson:
    @pytest.fixture
    def waiting(self, ready, hand_in, second_person, people):
        return hand_in(fires({}), by=people["fire"])

    def test_accepts(self, waiting, people):
        assert (waiting.state, everything().number) == (State.TO_ACCEPT, 1)
        accept(delivery=waiting, by=people["analyst"])
        done = work_on_next()
        assert (done.state, done.decided_by, done.version) == (State.ACCEPTED, "ana", 2)

    def test_is_not_the_sender(self, ready, hand_in, second_person, people):
        waiting = hand_in(fires({}), by=people["analyst"])
        with pytest.raises(NotAllowed, match="second person"):
            accept(delivery=waiting, by=people["analyst"])
        assert accept(delivery=waiting, by=people["second"]).state == State.ACCEPTING

    def test_is_not_who_acknowledged_the_warnings(self, ready, hand_in, second_person, people):
        accept(delivery=hand_in(fires(*[{}] * 10), by=people["fire"]), by=people["analyst"])
        work_on_next()
        waiting = hand_in(fires({}), by=people["fire"])
        keys = [w.key for w in report(waiting).warnings]
        now = acknowledge(delivery=waiting, warnings=keys, by=people["analyst"])
        assert now.state == State.TO_ACCEPT
        with pytest.raises(NotAllowed):
            accept(delivery=waiting, by=people["analyst"])
        accept(delivery=waiting, by=people["second"])
        assert work_on_next().state == State.ACCEPTED

    def test_refuses_with_a_reason(self, waiting, people, ready):
        with pytest.raises(NotAllowed, match="Say why"):
            refuse(delivery=waiting, reason=" ", by=people["analyst"])
        now = refuse(delivery=waiting, reason="half of November is missing", by=people["analyst"])
        assert (now.state, now.reason) == (State.REFUSED, "half of November is missing")
        assert in_quarantine(ready) == []

    def test_is_not_needed_for_what_changes_nothing(self, waiting, people, hand_in):
        accept(delivery=waiting, by=people["analyst"])
        work_on_next()
        assert hand_in(fires({}), name="again.csv", by=people["fire"]).state == State.ACCEPTED


class TestTakingBack:
    def test_discarding_deletes_what_was_sent(self, ready, hand_in):
        delivery = hand_in(fires({}), check=False)
        for _ in range(2):
            assert discard(delivery=delivery, by="a test").state == State.DISCARDED
        assert in_quarantine(ready) == []
        assert work_on_next() is None
        assert AuditRow.objects.filter(action="discard-return").count() == 1

    def test_what_is_accepted_is_withdrawn_and_not_discarded(self, ready, hand_in):
        delivery = hand_in(fires({}))
        with pytest.raises(NotAllowed, match="cannot become"):
            discard(delivery=delivery, by="a test")
        now = withdraw(delivery=delivery, reason="sent by mistake", by="a test")
        assert (now.state, now.reason) == (State.WITHDRAWN, "sent by mistake")
        assert (everything().of("fire"), len(everything(2).of("fire"))) == ((), 1)
        assert everything().has("lsoa-lookup")

    def test_a_withdrawal_needs_a_reason_and_something_to_withdraw(self, ready, hand_in):
        old = hand_in(fires({}))
        again = hand_in(fires({}), name="again.csv")
        newer = hand_in(fires({}, {}))
        with pytest.raises(NotAllowed, match="Say why"):
            withdraw(delivery=newer, reason="", by="a test")
        with pytest.raises(NotAllowed, match="superseded"):
            withdraw(delivery=old, reason="x", by="a test")
        with pytest.raises(NotAllowed, match="brought nothing"):
            withdraw(delivery=again, reason="x", by="a test")
        for _ in range(2):
            withdraw(delivery=newer, reason="x", by="a test")
        assert everything().number == 4

    def test_versions_compared_tell_why_a_newer_copy_was_withdrawn(self, ready, hand_in):
        hand_in(fires({}))
        first = everything().number
        newer = hand_in(fires({}, {}))
        withdraw(delivery=newer, reason="sent by mistake", by="a test")
        [arrived] = compare(first, everything().number, Profile.of(ready)).arrived
        assert (arrived.dataset, arrived.how, arrived.reason) == ("fire", "withdrawn", "sent by mistake")

    def test_what_was_withdrawn_can_be_sent_again(self, ready, hand_in):
        withdraw(delivery=hand_in(fires({})), reason="x", by="a test")
        assert hand_in(fires({})).version == 4


class TestWhoSeesWhat:
    def test_a_contact_sees_their_own_agencys_alone(self, ready, hand_in, people):
        delivery = hand_in(fires({}), check=False)
        sees = {name: list(policies.visible(person)) == [delivery] for name, person in people.items()}
        assert sees == {"analyst": True, "second": True, "member": False, "fire": True, "other": False}

    def test_a_contact_without_an_agency_sees_nothing_even_of_open_data(self, ready, area_lookup, people):
        deliver(files=[Sent("a.csv", area_lookup)], dataset="lsoa-lookup", way=Way.WEB, by="a test")
        people["fire"].agency = ""
        assert not policies.visible(people["fire"]).exists()

    def test_refused_rows_are_for_the_senders_agency(self, ready, hand_in, people):
        delivery = hand_in(fires({"Casualties": "many"}), by=people["analyst"])
        may = {name: policies.may_read_refused_rows(person, delivery) for name, person in people.items()}
        assert may == {"analyst": True, "second": False, "member": False, "fire": True, "other": False}

    def test_whoever_sent_it_for_an_agency_reads_refused_rows_as_a_recipient_alone(self, ready, hand_in, people):
        delivery = hand_in(fires({"Casualties": "many"}), by=people["analyst"])
        Gateway.objects.update(roles=["agency-contact"])
        assert not policies.may_read_refused_rows(people["analyst"], delivery)
        assert policies.may_read_refused_rows(people["fire"], delivery)


def test_every_state_can_be_reached_and_the_diagram_names_each_step():
    reached = {State.RECEIVED} | {after for steps in TRANSITIONS.values() for after in steps}
    assert reached == set(State) == set(TRANSITIONS)
    assert diagram().count("-->") == 1 + sum(len(steps) for steps in TRANSITIONS.values())
