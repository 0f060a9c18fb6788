"""The page of what is past its time: who sees it, what it lists, and how it is destroyed by who has looked."""

from threading import Event

import pyarrow as pa
import pytest
from django.utils import timezone

from redway import periods
from redway.store import content, files
from redway.store.lock import only_one
from redway.web import factor
from redway.web.gateways import retention as room
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow
from redway.work.returns import retention, worker
from redway.work.returns.models import DataVersion, Destruction, Submission
from redway.work.returns.reconcile import lock_of

pytestmark = pytest.mark.django_db
PAGE = "/gateways/retention/"
FIRE = "fire-and-rescue-service"


def months_ago(number):
    """The label of a month before this one."""
    today = timezone.localdate()
    month = 12 * today.year + today.month - 1 - number
    return f"{month // 12}-{month % 12 + 1:02d}"


@pytest.fixture
def opens(signed_in):
    """A client of somebody of a role, past their second factor."""

    def sign_in(role):
        client = signed_in(role)
        session = client.session
        session[factor.PASSED] = True
        session.save()
        return client

    return sign_in


@pytest.fixture
def accept(milton_keynes):
    """Puts a return of the fire service into the newest data version."""
    version = DataVersion.objects.create(number=1, made_by="a test", summary="fires")
    home = milton_keynes

    def put(period, rows):
        path, name = content.write(pa.table({"incident": [f"{period}-{n}" for n in range(rows)]}), home.incoming)
        files.put(path, home.accepted / "fire" / f"{name}.parquet")
        return version.submissions.create(
            dataset="fire",
            provider=FIRE,
            period=period,
            content=name,
            parquet=f"fire/{name}.parquet",
            rows_read=rows,
            rows_accepted=rows,
            received_by="a test",
        )

    return put


@pytest.fixture
def past(accept, in_force):
    """Two months long past their time, and one that is kept."""
    in_force("fire", keep_months=12)
    found = [accept("2001-01", 7), accept("2001-02", 33)]
    accept(months_ago(1), 9)
    return found


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def mark():
    return retention.mark(retention.due())


def test_it_lists_what_is_past_its_time_of_which_dataset_sender_and_gateway(past, opens):
    page = text(opens(Role.ANALYST).get(PAGE))
    assert "2 accepted files are past the time" in page
    assert "January 2001 to February 2001" in page
    assert "1 February 2002" in page
    assert "keeps it for 12 months after its period" in page
    assert ">40<" in page.replace(" ", "").replace("\n", "")  # rows of both, exact for analysts
    assert periods.in_words(months_ago(1)) not in page


def test_rows_are_rounded_for_who_sees_no_small_counts(past, opens):
    page = text(opens(Role.CHAIR).get(PAGE))
    assert "Numbers of rows are rounded" in page
    each = page[page.index("Each file") :].replace(" ", "").replace("\n", "")
    assert ">5<" in each
    assert ">7<" not in each


def test_only_who_looks_after_gateways_has_the_form_and_others_cannot_post_it(past, opens):
    for role in (Role.ANALYST, Role.CHAIR):
        client = opens(role)
        assert 'name="sure"' not in text(client.get(PAGE))
        assert client.post(PAGE, {"seen": mark(), "sure": "on"}).status_code == 404
    assert opens(Role.MEMBER).get(PAGE).status_code == 404
    assert Destruction.objects.count() == 0


def test_it_is_destroyed_after_a_confirmation_and_written_down(past, opens, people):
    client = opens(Role.ADMINISTRATOR)
    unsure = text(client.post(PAGE, {"seen": mark()}))
    assert "Tick the box if it is to be destroyed" in unsure
    assert Destruction.objects.count() == 0
    page = text(client.post(PAGE, {"seen": mark(), "sure": "on"}, follow=True))
    assert "2 files were destroyed in every data version." in page
    assert "Nothing is past its time." in page
    assert "What was destroyed before" in page
    row = AuditRow.objects.get(action="destroy-retention")
    assert row.actor == people[Role.ADMINISTRATOR].username
    assert set(Submission.objects.filter(parquet="").values_list("period", flat=True)) == {"2001-01", "2001-02"}


def test_what_was_not_looked_at_is_not_destroyed(past, accept, opens):
    looked = mark()
    accept("2001-03", 3)
    page = text(opens(Role.ADMINISTRATOR).post(PAGE, {"seen": looked, "sure": "on"}))
    assert "has changed since you looked" in page
    assert "3 accepted files are past" in page
    assert Destruction.objects.count() == 0


def test_while_a_return_is_taken_in_it_asks_to_come_again(past, milton_keynes, opens, monkeypatch):
    monkeypatch.setattr(room, "PATIENCE", 0)
    with only_one(lock_of(milton_keynes)):
        page = text(opens(Role.ADMINISTRATOR).post(PAGE, {"seen": mark(), "sure": "on"}))
    assert "try again in a minute" in page
    assert Destruction.objects.count() == 0


def test_what_will_be_past_its_time_soon_is_told_and_stays(accept, in_force, opens):
    in_force("fire", keep_months=12)
    accept(months_ago(11), 6)  # to be gone from the first of next month
    page = text(opens(Role.ADMINISTRATOR).get(PAGE))
    assert "Nothing is past its time." in page
    assert "What will be past its time within three months" in page
    assert 'name="sure"' not in page


def test_the_register_leads_there(past, opens):
    page = text(opens(Role.CHAIR).get("/gateways/"))
    assert f'href="{PAGE}"' in page
    assert "2 accepted files are past the time" in page


def test_the_worker_says_it_once_a_day(past, monkeypatch):
    told, stop = [], Event()
    monkeypatch.setattr(worker, "work_on_next", lambda: stop.set())
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)  # the test's own stays open
    worker.work(say=told.append, stop=stop)
    assert [line for line in told if "past the time" in line] == [
        "2 accepted files are past the time that their gateways keep them (fire). "
        "Gateways, or redway retention, shows which."
    ]
