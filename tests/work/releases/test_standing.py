"""A table leaves only while the returns it was counted of stand: neither withdrawn, nor sent again, nor destroyed."""

import threading

import pytest

from redway.errors import NotAllowed
from redway.store.lock import only_one
from redway.work.releases import actions
from redway.work.releases.actions import approve, ask, decline
from redway.work.releases.models import TableEdition
from redway.work.releases.states import State
from redway.work.returns import deliveries, destruction
from redway.work.returns.models import DataVersion, Delivery, Submission
from redway.work.returns.reconcile import lock_of
from redway.work.returns.states import State as Step
from redway.work.returns.withdrawing import withdraw_open
from tests.work.releases.conftest import MONTH, TABLE, editions, person

pytestmark = pytest.mark.django_db
COUNTS = [[3, 10, 40], [22, 31, 9], [60, 14, 18]]
MORE = [[30, 10, 40], *COUNTS[1:]]


@pytest.fixture
def asked(releasing, profile, sent):
    """A table that Ana asked for, of a return that came in a delivery."""
    sent(COUNTS)
    one = Submission.objects.get(dataset="fire")
    one.delivery = Delivery.objects.create(
        dataset="fire", agency="fire-service", way="web", sent_by="a-contact", state=Step.ACCEPTED
    )
    one.save()
    return ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)


def take_back():
    delivery = Submission.objects.filter(dataset="fire").latest("pk").delivery
    deliveries.withdraw(delivery=delivery, reason="It was the month before.", by=person("ana"))


def erase(kind="erasure"):
    one = Submission.objects.get(dataset="fire")
    loss = destruction.Loss(one, 1, one.parquet, one.content)
    destruction.commit(kind=kind, dataset="fire", reason="asked for", by="a test", losses=[loss], detail={})


def refused(profile, edition, says):
    """It is refused for that, and nothing left."""
    with pytest.raises(NotAllowed, match=says) as told:
        approve(by=person("bo"), profile=profile, edition=edition)
    assert "have a new edition made" in str(told.value)
    assert TableEdition.objects.get(pk=edition.pk).state == State.PROPOSED


def test_of_a_return_that_was_withdrawn_with_its_reason(asked, profile):
    take_back()
    refused(profile, asked, r"the return of fire-service, November 2025 was withdrawn \(It was the month before\)")


def test_of_a_return_that_was_sent_again_and_a_new_edition_leaves(asked, profile, sent, releasing):
    sent(MORE)
    refused(profile, asked, "the return of fire-service, November 2025 was sent again")
    decline(by=person("bo"), edition=asked, reason="sent again")
    anew = ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)
    assert approve(by=person("bo"), profile=profile, edition=anew).state == State.RELEASED
    assert len(editions(releasing)) == 1


@pytest.mark.parametrize(("kind", "says"), [("erasure", "lawfully erased"), ("retention", "past their time")])
def test_of_rows_that_were_destroyed_since(asked, profile, kind, says):
    erase(kind)
    refused(profile, asked, says)


def test_rows_that_were_destroyed_before_it_was_counted_are_not_in_it(releasing, profile, sent):
    sent(COUNTS)
    erase()
    asked = ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)
    assert approve(by=person("bo"), profile=profile, edition=asked).state == State.RELEASED


def test_a_return_of_other_months_is_none_of_its(asked, profile, sent):
    sent(COUNTS, month="2025-10")
    sent(MORE, month="2025-10")
    assert approve(by=person("bo"), profile=profile, edition=asked).state == State.RELEASED


def test_a_return_that_took_no_other_s_place_refuses_nothing(asked, profile):
    one = Submission.objects.get(dataset="fire")
    newest = DataVersion.objects.create(number=asked.data_version + 1, made_by="a test", summary="another service")
    other = {"provider": "another", "content": "1" * 64, "parquet": "fire/none.parquet"}
    fields = {f.name: getattr(one, f.name) for f in one._meta.fields if f.name not in ("id", "delivery")}
    newest.submissions.add(one, Submission.objects.create(**(fields | other)))
    assert approve(by=person("bo"), profile=profile, edition=asked).state == State.RELEASED


def test_nobody_can_ask_for_it_of_an_older_data_version(releasing, profile, sent):
    older = sent(COUNTS)
    sent(MORE)
    with pytest.raises(NotAllowed, match="was sent again"):
        ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH, version=older)
    assert not TableEdition.objects.exists()


def test_open_data_that_were_withdrawn_say_why(asked, profile):
    """Their reason stands in the audit: they came in no delivery."""
    from redway.work.releases.standing import fallen

    version = DataVersion.objects.latest("number").number
    withdraw_open(dataset="lsoa-lookup", period="", provider="", reason="a wrong file", by=person("ana"))
    assert [line.endswith("was withdrawn (a wrong file)") for line in fallen("lsoa-lookup", MONTH, version)] == [True]


def test_withdrawn_while_the_second_person_s_table_is_worked_out(asked, profile, monkeypatch):
    """It is asked once more at the last moment, when no return can come or go."""
    real = actions.prepare

    def prepare(*given, **named):
        made = real(*given, **named)
        take_back()
        return made

    monkeypatch.setattr(actions, "prepare", prepare)
    refused(profile, asked, "was withdrawn")


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_while_data_are_taken_in(asked, profile, releasing, monkeypatch):
    monkeypatch.setattr(actions, "PATIENCE", 0.1)
    held, done = threading.Event(), threading.Event()

    def take_in():
        with only_one(lock_of(releasing)):
            held.set()
            done.wait(30)

    thread = threading.Thread(target=take_in)
    thread.start()
    held.wait(30)
    try:
        with pytest.raises(NotAllowed, match="being taken in"):
            approve(by=person("bo"), profile=profile, edition=asked)
    finally:
        done.set()
        thread.join()
    assert approve(by=person("bo"), profile=profile, edition=asked).state == State.RELEASED
