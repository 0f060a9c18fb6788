"""Partners' returns by command: import, compare, withdraw, work."""

import json
import re

import pytest
from django.core.management import call_command

from redway.errors import NotAllowed, RedwayError
from redway.sources.dataset import dataset
from redway.store import sealed
from redway.store.files import DiskFull
from redway.work.accounts.models import User
from redway.work.audit.models import AuditRow
from redway.work.returns.deliveries import deliver
from redway.work.returns.models import DataVersion, Delivery
from redway.work.returns.quarantine import Sent
from redway.work.returns.receive import _fitting, receive
from redway.work.returns.states import State, Way
from redway.work.returns.versions import everything

pytestmark = pytest.mark.django_db(transaction=True)
HEADING = "Incident number,Date and time,LSOA code,Incident type,Cause,Property,Smoke alarm,Attack on crew,Casualties"


@pytest.fixture
def run(capsys):
    def one(*words):
        capsys.readouterr()
        call_command(*map(str, words))
        return capsys.readouterr().out

    return one


@pytest.fixture
def waits(capsys):
    """Runs a command whose return ends waiting for somebody: what it printed, and status 3."""

    def one(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            call_command(*map(str, words))
        assert ended.value.code == 3
        return capsys.readouterr().out

    return one


@pytest.fixture
def ready(partnership, area_lookup, in_force, monkeypatch):
    (partnership.profile / "agencies.yaml").write_text(
        "- {id: fire-service, name: Tests Fire Service, datasets: [fire, agency-counts]}\n"
        "- {id: council, name: Tests Council, datasets: [agency-counts]}\n"
    )
    sealed.make_key(partnership)
    receive([area_lookup], dataset="lsoa-lookup", by="set-up")
    in_force("fire")
    for name, role in (("ana", "analyst"), ("sol", "analyst"), ("mem", "member"), ("adm", "administrator")):
        User.objects.create(username=name, role=role)
    monkeypatch.setattr("getpass.getuser", lambda: "ana")
    return partnership


@pytest.fixture
def fires(tmp_path):
    """A fire return of so many rows, the last `bad` of them with casualties in words."""

    def one(rows, *, bad=0, name="fires.csv"):
        lines = [
            f"T-{n},2025-11-28 19:42,E01016710,secondary-fire,deliberate,refuse,N/A,none,"
            + ("many" if n >= rows - bad else "0")
            for n in range(rows)
        ]
        path = tmp_path / name
        path.write_text("\n".join([HEADING, *lines]) + "\n")
        return path

    return one


def test_a_return_is_imported_with_its_result(ready, run, fires):
    said = run("import", "fire", fires(40, bad=1), "--by", "ana")
    assert "Fires, attacks on crews and malicious calls, Tests Fire Service: November 2025" in said
    assert "Accepted 39 of 40 rows. 1 was refused, for one reason." in said
    assert "How to mend it:" in said
    assert "Data version 2 was made." in said
    assert Delivery.objects.get().way == Way.COMMAND


def test_one_that_is_refused_ends_with_status_1(ready, run, fires, capsys):
    with pytest.raises(SystemExit) as ended:
        run("import", "fire", fires(4, bad=4))
    assert ended.value.code == 1
    assert "Nothing of it was accepted. 4 rows were refused, for one reason." in capsys.readouterr().out


def test_the_file_of_another_return_is_told_with_the_command_that_sends_it_there(ready, in_force, fires, capsys):
    in_force("agency-counts")
    path, more = fires(25, name="the fires.csv"), fires(26, name="more.csv")
    with pytest.raises(SystemExit) as ended:
        call_command("import", "agency-counts", path, more, agency="council", by="ana")
    assert ended.value.code == 1
    told = capsys.readouterr().out
    title = dataset("fire").title
    assert "What came: the columns of another return." in told
    assert "Other files were refused too: more.csv" in told
    assert told.endswith(f"To send it as “{title}”:\n  redway import fire '{path}' {more} --by ana\n")


def test_warnings_wait_until_they_are_acknowledged(ready, run, waits, fires):
    run("import", "fire", fires(60))
    said = waits("import", "fire", fires(10))
    assert "Warnings to acknowledge:" in said
    assert "has 60" in said
    assert everything().number == 2
    assert "Data version 3 was made." in run("import", "fire", fires(10), "--acknowledge")
    assert Delivery.objects.count() == 2, "the same files go on with the delivery that waits"


def test_a_second_person_accepts(ready, run, waits, fires, monkeypatch):
    from redway.sources.dataset import dataset

    monkeypatch.setitem(dataset("fire").__dict__, "acceptance", "second-person")
    assert "A second person has to accept it." in waits("import", "fire", fires(4), "--by", "ana")
    with pytest.raises(NotAllowed, match="second person"):
        run("import", "fire", fires(4), "--by", "ana", "--accept-as", "ana")
    with pytest.raises(RedwayError, match="may accept returns"):
        run("import", "fire", fires(4), "--by", "ana", "--accept-as", "mem")
    assert "Data version 2 was made." in run("import", "fire", fires(4), "--by", "ana", "--accept-as", "sol")


def test_several_agencies_may_send_it(ready, run, fires, in_force):
    in_force("agency-counts")
    with pytest.raises(RedwayError, match="fire-service, council"):
        run("import", "agency-counts", fires(1))


def test_where_the_disk_is_full_it_waits_and_says_so(ready, run, fires, monkeypatch):
    path = fires(20)

    def full(*given, **named):
        raise DiskFull("room on the disk", came="3 MB free", cause="Nothing was changed.")

    with monkeypatch.context() as patched:
        patched.setattr("redway.config.management.commands.import.work_on", full)
        with pytest.raises(DiskFull, match="do not send it again") as told:
            run("import", "fire", path)
    waiting = Delivery.objects.get()
    assert f"redway deliveries take-back {waiting.public_id}" in str(told.value)
    run("work", "--once")
    assert Delivery.objects.get().state == State.ACCEPTED


def test_work_does_what_waits_and_ends(ready, run, fires):
    for n in (1, 2):
        deliver(files=[Sent(f"{n}.csv", fires(n))], dataset="fire", way=Way.WEB, by="a test")
    run("work", "--once")
    assert {d.state for d in Delivery.objects.all()} == {State.ACCEPTED}


class TestWithdrawing:
    def test_makes_a_version_without_it(self, ready, run, fires):
        run("import", "fire", fires(4))
        one = Delivery.objects.get()
        said = run("withdraw", one.public_id, "--reason", "another area's", "--by", "ana")
        assert "Data version 3 is without it." in said
        assert not everything().has("fire")
        assert "1 file withdrawn" in run("versions")

    def test_a_second_time_says_that_it_was_done_already(self, ready, run, fires):
        run("import", "fire", fires(4))
        words = ("withdraw", Delivery.objects.get().public_id, "--reason", "another area's")
        run(*words, "--by", "ana")
        said = run(*words, "--by", "sol")
        assert said.startswith("Nothing was done: ana withdrew it already, on ")
        assert "another area's" in said
        assert everything().number == 3

    def test_an_id_of_none_is_told(self, ready, run):
        for wrong in ("x", "3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10"):
            with pytest.raises(RedwayError, match="ID of a delivery"):
                run("withdraw", wrong, "--reason", "y")


class TestWithdrawingOpenData:
    def test_makes_a_version_without_one_file_of_it(self, ready, run, street_file):
        for month in ("2025-01", "2025-02"):
            path = street_file([{"Month": month}] * 3, f"{month}-thames-valley-street.csv")
            receive([path], dataset="police-street", by="a")
        with pytest.raises(RedwayError, match="2 that fit: 2025-01, Thames Valley Police; 2025-02"):
            run("withdraw", "police-street", "--reason", "published by mistake")
        said = run("withdraw", "police-street", "--period", "2025-01", "--reason", "published by mistake")
        assert "Data version 4 is without it." in said
        assert [part.period for part in everything().of("police-street")] == ["2025-02"]
        assert len(everything(3).of("police-street")) == 2
        told = run("compare", 3, 4)
        assert "withdrawn: Street-level crime and anti-social behaviour, Thames Valley Police, January" in told
        assert "Reason: published by mistake" in told
        row = AuditRow.objects.get(action="withdraw-open-data")
        assert (row.actor, row.detail["reason"]) == ("ana", "published by mistake")

    def test_a_second_time_and_with_nothing_said_it_does_nothing(self, ready, run):
        run("withdraw", "lsoa-lookup", "--reason", "another year's")
        with pytest.raises(RedwayError, match=r"withdrawn already.*Nothing was done"):
            run("withdraw", "lsoa-lookup", "--reason", "another year's")
        with pytest.raises(NotAllowed, match="Say why"):
            run("withdraw", "lsoa-lookup", "--reason", " ")
        with pytest.raises(RedwayError, match="ID of its delivery"):
            run("withdraw", "fire", "--reason", "y")
        assert everything().number == 2


class TestComparing:
    @pytest.fixture
    def three(self, ready, run, fires, street_file):
        """2: a month of street crime. 3: fires. 4: a newer copy of the month. 5: without the fires."""
        receive([street_file([{}] * 9)], dataset="police-street", by="a")
        run("import", "fire", fires(4))
        receive([street_file([{}] * 11)], dataset="police-street", by="a")
        run("withdraw", Delivery.objects.get().public_id, "--reason", "sent by mistake")

    def test_says_what_came_was_superseded_and_was_withdrawn(self, three, run):
        new = "new: Fires, attacks on crews and malicious calls, Tests Fire Service, November 2025"
        assert f"{new} (" in run("compare", 2, 3)
        assert f"{new}: 4 rows (" in run("compare", 2, 3, "--exact", "--by", "ana")
        said = run("compare", 3, 5)
        assert "superseded: Street-level crime" in said
        assert "9 rows became 11" in said
        assert "withdrawn: Fires" in said
        assert "Reason: sent by mistake" in said

    def test_says_which_series_changed_and_by_how_much(self, three, run):
        said = run("compare", 2, 4)
        assert "(recorded-burglary)\n  2025-01: 9 -> 11 (+2)" in said
        assert "recorded-drugs" not in said
        backwards = json.loads(run("compare", 4, 2, "--format", "json"))
        [burglary] = [one for one in backwards["indicators"] if one["indicator"] == "recorded-burglary"]
        assert burglary["changed"] == [
            {"period": "2025-01", "group": None, "before": 11.0, "after": 9.0, "difference": -2.0}
        ]

    def test_a_version_beside_itself(self, three, run):
        said = run("compare", 3, 3)
        assert "No file came" in said
        assert "do not differ" in said

    def test_partners_figures_are_shown_to_nobody_who_does_not_say_who_they_are(self, three, run):
        by_default = run("compare", 2, 3, "--format", "json")
        hidden = [one for one in json.loads(by_default)["indicators"] if one["figures_hidden"]]
        assert hidden, "fires change an indicator"
        assert all(set(figure) == {"period", "group"} for one in hidden for figure in one["changed"])
        files = [one for one in json.loads(by_default)["files"] if one["rows_hidden"]]
        assert [(one["dataset"], one["before"], one["after"]) for one in files] == [("fire", None, None)]
        assert "Partners' figures are shown with --exact" in run("compare", 2, 3)
        with pytest.raises(RedwayError, match="--by"):
            run("compare", 2, 3, "--exact")
        exact = json.loads(run("compare", 2, 3, "--exact", "--by", "ana", "--format", "json"))
        assert all("after" in figure for one in exact["indicators"] for figure in one["changed"])
        assert [one["after"] for one in exact["files"]] == [4]
        assert AuditRow.objects.get(action="see-small-counts").actor == "ana"

    def test_a_version_there_is_not(self, three, run):
        with pytest.raises(RedwayError, match="from 1 to 5"):
            run("compare", 1, 9)


class TestWhoACommandIsRunBy:
    """A name is somebody's with an account, who may do it: else a second person could be made up."""

    COMMANDS = (
        (("import", "fire", "PATH"), "--by", "send returns", "mem"),
        (("import", "fire", "PATH", "--by", "ana"), "--accept-as", "accept returns", "mem"),
        (("import", "police-street", "PATH"), "--by", "send returns", "adm"),
        (("compare", 1, 1, "--exact"), "--by", "small counts", "adm"),
        (("withdraw", "3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10", "--reason", "y"), "--by", "accept returns", "adm"),
        (("erase", "youth-justice", "--pseudonym", "a" * 32, "--reason", "y", "--run"), "--by", "erasure", "ana"),
        (("erase", "youth-justice", "--pseudonym", "a" * 32, "--reason", "y"), "--by", "erasure", "ana"),
        (("retention", "--run"), "--by", "retention", "ana"),
        (("token", "make", "--agency", "council", "--name", "x"), "--by", "people", "ana"),
        (("token", "revoke", "3f2a8c1e5b7d"), "--by", "people", "ana"),
    )

    @pytest.mark.parametrize(("words", "option", "may", "another_role"), COMMANDS)
    def test_is_somebody_with_an_account_and_the_right_to_it(self, ready, run, fires, words, option, may, another_role):
        User.objects.create(username="gone", role="analyst", is_active=False)
        words = [fires(1) if word == "PATH" else word for word in words]
        for name in ("nobody", "gone", another_role):
            with pytest.raises(RedwayError, match=f"{may}.*{option}.*“{name}”"):
                run(*words, option, name)
        assert not Delivery.objects.exists()
        assert everything().number == 1

    def test_without_a_name_it_is_whoever_has_ones_login(self, ready, run, fires, monkeypatch):
        run("import", "fire", fires(3))
        assert Delivery.objects.get().sent_by == "ana"
        monkeypatch.setattr("getpass.getuser", lambda: "root")
        with pytest.raises(RedwayError, match="your login on this machine, “root”, is not such a name"):
            run("import", "fire", fires(4))


class TestDeliveries:
    """What waits is listed and decided by command, by the same people as on the pages."""

    @pytest.fixture
    def doubtful(self, ready, run, waits, fires):
        run("import", "fire", fires(60))
        waits("import", "fire", fires(10))
        User.objects.create(username="fay", role="agency-contact", agency="fire-service")
        User.objects.create(username="oz", role="agency-contact", agency="council")
        return Delivery.objects.get(state=State.TO_ACKNOWLEDGE)

    def test_are_listed_while_they_wait_and_all_on_request(self, doubtful, run):
        said = run("deliveries", "list")
        assert f"{doubtful.public_id}  fire, Tests Fire Service, 2025-11" in said
        assert "with warnings to acknowledge" in said
        assert len(json.loads(run("deliveries", "list", "--all", "--format", "json"))["deliveries"]) == 2
        assert run("deliveries", "list", "--by", "oz") == "None waits.\n"

    def test_are_acknowledged_by_their_sender(self, doubtful, run):
        assert "this return has 10 rows" in run("deliveries", "show", doubtful.public_id, "--by", "fay")
        assert "Data version 3 was made." in run("deliveries", "acknowledge", doubtful.public_id, "--by", "fay")
        doubtful.refresh_from_db()
        assert (doubtful.state, doubtful.acknowledged_by) == (State.ACCEPTED, "fay")

    def test_acknowledging_keeps_what_was_found(self, doubtful, run):
        run("deliveries", "acknowledge", doubtful.public_id, "--note", "a station closed", "--by", "fay")
        doubtful.refresh_from_db()
        assert doubtful.acknowledged_note == "a station closed"

    def test_copies_of_one_period_are_told_apart_and_the_older_is_overtaken(self, doubtful, run, waits, fires):
        waits("import", "fire", fires(11))
        newer = Delivery.objects.latest("pk")
        said = run("deliveries", "list")
        assert f"Of the same period waits: {newer.public_id}" in said
        assert f"Of the same period waits: {doubtful.public_id}" in said
        run("deliveries", "acknowledge", newer.public_id)
        assert run("deliveries", "list") == "None waits.\n"
        assert "Overtaken by a newer copy" in run("deliveries", "list", "--all")
        with pytest.raises(NotAllowed, match="newer copy"):
            run("deliveries", "acknowledge", doubtful.public_id)

    def test_are_taken_back(self, doubtful, run):
        assert "Its sender took it back before it was accepted." in run("deliveries", "take-back", doubtful.public_id)
        assert run("deliveries", "list") == "None waits.\n"

    def test_are_not_there_for_another_agency(self, doubtful, run):
        for what in ("show", "acknowledge", "take-back"):
            with pytest.raises(RedwayError, match="the ID of a delivery"):
                run("deliveries", what, doubtful.public_id, "--by", "oz")

    def test_show_no_exact_numbers_to_whoever_may_not_see_them(self, doubtful, run):
        with pytest.raises(NotAllowed, match="exact numbers"):
            run("deliveries", "show", doubtful.public_id, "--by", "adm")

    def test_a_second_person_accepts_or_refuses(self, ready, run, waits, fires, monkeypatch, capsys):
        from redway.sources.dataset import dataset

        monkeypatch.setitem(dataset("fire").__dict__, "acceptance", "second-person")
        waits("import", "fire", fires(4))
        one = Delivery.objects.get()
        with pytest.raises(NotAllowed, match="second person"):
            run("deliveries", "accept", one.public_id, "--by", "ana")
        with pytest.raises(RedwayError, match="accept returns"):
            run("deliveries", "accept", one.public_id, "--by", "adm")
        assert "Data version 2 was made." in run("deliveries", "accept", one.public_id, "--by", "sol")
        assert "Nothing was done" in run("deliveries", "accept", one.public_id, "--by", "sol")
        waits("import", "fire", fires(5))
        again = Delivery.objects.get(state=State.TO_ACCEPT)
        said = run("deliveries", "refuse", again.public_id, "--reason", "last year's", "--by", "sol")
        assert "last year's" in said


def test_what_is_read_twice_is_told_once(ready, run, fires, monkeypatch, capsys):
    run("import", "fire", fires(60))
    call_command("import", "fire", str(fires(10)), "--acknowledge")
    assert capsys.readouterr().err.count("10 rows read") == 1


def test_a_version_that_brought_much_names_whole_datasets(ready, run):
    newest = DataVersion.objects.order_by("-number").first()
    newest.summary = _fitting([f"police-street: {n} new" for n in range(40)])
    newest.save()
    assert len(newest.summary) <= 300
    said = run("versions")
    assert re.search(r"And files of \d+ more datasets\.", said)
    kept = newest.summary.count(" new")
    assert newest.summary.endswith(f"; and {40 - kept} more")
