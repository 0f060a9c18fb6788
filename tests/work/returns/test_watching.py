"""The watched folder: what lands is taken once it is whole, and nobody is led anywhere by a link or a name."""

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest

from redway.work.returns import watching
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import acknowledge, discard
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import State, Way
from redway.work.returns.versions import everything
from redway.work.returns.watching import Watch

from .conftest import fires

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.name == "nt", reason="links and pipes are not Windows's"),
]


@pytest.fixture
def drop(ready, tmp_path):
    """The fire service's folder, within a watched one."""
    folder = tmp_path / "watched" / "fire-service" / "fire"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def look(drop):
    """Looks once; gives what was said."""
    said = []
    watch = Watch(drop.parent.parent, said.append)

    def once():
        said.clear()
        watch.run(threading.Event(), once=True)
        return said

    return once


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())


def test_a_good_file_is_taken_and_its_result_lies_beside_it(drop, look):
    (drop / "november.csv").write_text(fires({}, {}))
    look()
    assert names(drop) == ["done/november.csv", "done/november.csv.result.txt"]
    assert "Accepted 2 of 2 rows." in (drop / "done" / "november.csv.result.txt").read_text()
    delivery = Delivery.objects.get()
    assert (delivery.way, delivery.agency, delivery.state) == (Way.FOLDER, "fire-service", State.ACCEPTED)
    assert delivery.sent_by == "the watched folder of Tests Fire Service"
    assert look() == []


def test_a_bad_file_is_refused_with_the_reasons(drop, look):
    (drop / "november.csv").write_text(fires({"Casualties": "many"}))
    look()
    assert names(drop) == ["refused/november.csv", "refused/november.csv.result.txt"]
    text = (drop / "refused" / "november.csv.result.txt").read_text()
    assert "How to mend it: Write digits." in text
    assert everything().number == 1


def test_an_empty_file_is_refused_in_words(drop, look):
    (drop / "november.csv").touch()
    look()
    assert "a file with something in it" in (drop / "refused" / "november.csv.result.txt").read_text()


def test_the_same_name_again_does_not_replace_the_first(drop, look):
    for text in (fires({}), fires({}, {})):
        (drop / "november.csv").write_text(text)
        look()
    assert len(list((drop / "done").glob("*november.csv"))) == 2
    assert len(list((drop / "done").glob("*.result.txt"))) == 2


class Clock:
    """Stands in for the event that stops a watch, and for the time: a second goes by between looks, and what `each`
    does happens then, until it has no more to do.
    """

    def __init__(self, each):
        self.each, self.at, self.over = each, datetime(2025, 12, 1, tzinfo=UTC), False

    def now(self):
        return self.at

    def is_set(self):
        return self.over

    def wait(self, _seconds):
        self.at += timedelta(seconds=1)
        self.over = next(self.each, self) is self


def test_a_file_that_still_grows_is_left(drop, monkeypatch):
    path, whole, taken_at = drop / "november.csv", fires(*[{}] * 12), []
    path.write_text(whole[:50])

    def grow():
        for start in range(50, len(whole), 200):
            with path.open("a") as file:
                file.write(whole[start : start + 200])
            yield
            assert path.is_file()
        for second in range(8):
            yield taken_at.append(second) if not path.exists() else None

    clock = Clock(grow())
    monkeypatch.setattr(watching, "timezone", clock)
    Watch(drop.parent.parent, lambda line: None, quiet=3.0).run(clock)
    assert taken_at[0] == 3, "three seconds after it grew last"
    assert Delivery.objects.get().state == State.ACCEPTED
    assert everything().of("fire")[0].rows == 12


@pytest.mark.parametrize("name", [".hidden.csv", "november.csv.part", "november.csv.tmp", "~lock.csv"])
def test_what_is_not_finished_is_left(drop, look, name):
    (drop / name).write_text(fires({}))
    assert look() == []
    assert names(drop) == [name]


def test_links_are_never_followed(drop, look, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(fires({}))
    (drop / "november.csv").symlink_to(secret)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_text(fires({}))
    (drop.parent / "agency-counts").symlink_to(elsewhere)
    (drop.parent.parent / "police").symlink_to(drop.parent)
    said = look()
    assert len([line for line in said if "links are never followed" in line]) == 3
    assert not Delivery.objects.exists()
    assert secret.is_file()
    assert names(elsewhere) == ["a.csv"]


def test_another_name_of_a_file_elsewhere_is_refused(drop, look, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(fires({}))
    os.link(secret, drop / "november.csv")
    look()
    assert not Delivery.objects.exists()
    assert "an ordinary file" in (drop / "refused" / "november.csv.result.txt").read_text()


def test_a_pipe_does_not_hang_it(drop, look):
    os.mkfifo(drop / "november.csv")
    assert look() == []


def test_folders_that_name_no_agency_or_dataset_are_left_alone(drop, look):
    for folder in ("nobody/fire", "police/fire", "fire-service/no-such"):
        made = drop.parent.parent / folder
        made.mkdir(parents=True)
        (made / "a.csv").write_text(fires({}))
    assert len(look()) == 3
    assert look() == [], "it is said once"
    assert not Delivery.objects.exists()


def test_done_as_a_link_leads_nowhere(drop, look, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (drop / "done").symlink_to(elsewhere)
    (drop / "november.csv").write_text(fires({}))
    said = look()
    assert list(elsewhere.iterdir()) == []
    assert any("link" in line for line in said)


def test_stopped_between_handing_in_and_moving_it_goes_on(drop, look, monkeypatch):
    (drop / "november.csv").write_text(fires({}))

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("redway.work.returns.watching._moved", killed)
        with pytest.raises(KeyboardInterrupt):
            look()
    look()
    assert names(drop) == ["done/november.csv", "done/november.csv.result.txt"]
    assert everything().number == 2


class TestWhatWaitsForSomebody:
    @pytest.fixture
    def doubtful(self, drop, look):
        """A newer copy with far fewer rows, in the folder whose name says what it waits for."""
        (drop / "first.csv").write_text(fires(*[{}] * 30))
        look()
        (drop / "november.csv").write_text(fires({}))
        return " ".join(look())

    def test_lies_where_its_name_says_so_and_is_said_to(self, drop, doubtful):
        assert "november.csv: waits for its warnings to be acknowledged, " in doubtful
        assert "to-acknowledge/november.csv" in names(drop)
        assert "Warnings to acknowledge:" in (drop / "to-acknowledge" / "november.csv.result.txt").read_text()
        assert "done/november.csv" not in names(drop)

    def test_is_moved_on_once_it_was_decided(self, drop, look, doubtful):
        assert look() == []
        waiting = Delivery.objects.get(state=State.TO_ACKNOWLEDGE)
        keys = [w.key for w in DeliveryReport.of_json(waiting.report).warnings]
        work_on(acknowledge(delivery=waiting, warnings=keys, by="the sender"))
        assert "november.csv: taken, " in " ".join(look())
        assert names(drop / "to-acknowledge") == []
        assert "Accepted 1 of 1 row." in (drop / "done" / "november.csv.result.txt").read_text()

    def test_what_was_discarded_goes_to_the_refused(self, drop, look, doubtful):
        discard(delivery=Delivery.objects.get(state=State.TO_ACKNOWLEDGE), by="the sender")
        look()
        assert "refused/november.csv" in names(drop)

    def test_a_second_person_is_waited_for_too(self, drop, look, second_person):
        (drop / "november.csv").write_text(fires({}))
        assert "waits for a second person" in " ".join(look())
        assert "to-accept/november.csv" in names(drop)

    def test_another_agencys_result_cannot_be_had_by_naming_it(self, drop, look, doubtful, hand_in):
        other = hand_in(fires(*[{}] * 40, month="2025-10"))
        beside = drop / "to-acknowledge" / "november.csv.result.txt"
        beside.write_text(f"Delivery: {other.public_id}")
        assert look() == []
        assert "to-acknowledge/november.csv" in names(drop)
