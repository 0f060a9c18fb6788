"""When something a page rests on is broken, the page says what, to those who may know it, and the log says it too."""

import logging
from types import SimpleNamespace

import pytest

from redway.errors import Damaged, RedwayError
from redway.web.figures.basis import _basis as basis_of_today
from redway.web.figures.basis import _older as basis_of_older
from redway.web.figures.basis import basis
from redway.work.accounts.roles import Role
from redway.work.returns.models import DataVersion

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode().replace("&#39;", "'")


@pytest.fixture
def broken(milton_keynes):
    """A home whose copy of the strategy was edited badly."""
    (milton_keynes.profile / "strategy.yaml").write_text("title: [", "utf-8")
    return milton_keynes


def test_a_broken_file_of_the_profile_is_named_with_what_would_mend_it(broken, signed_in, caplog):
    with caplog.at_level(logging.ERROR, logger="redway.web.faults"):
        answer = signed_in(Role.CHAIR).get("/priorities/")
    assert answer.status_code == 500
    page = text(answer)
    assert "strategy.yaml: expected YAML that can be read" in page
    assert "near line" in page
    assert "Nothing was changed" in page
    (record,) = [r for r in caplog.records if r.name == "redway.web.faults"]
    assert "GET /priorities/: strategy.yaml" in record.getMessage()
    assert record.exc_info


def test_who_may_not_see_the_partnership_is_told_no_names_of_files(broken, signed_in):
    answer = signed_in(Role.AGENCY_CONTACT).get("/data/")
    assert answer.status_code == 500
    assert "strategy.yaml" not in text(answer)
    assert "Something went wrong" in text(answer)


def test_people_can_sign_in_while_the_profile_cannot_be_read(milton_keynes, client, people):
    (milton_keynes.profile / "partnership.yaml").write_text("name: [", "utf-8")
    assert client.get("/sign-in/").status_code == 200
    client.force_login(people[Role.CHAIR], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/")
    assert answer.status_code == 500
    assert "partnership.yaml" in text(answer)


def test_a_lost_file_of_accepted_rows_is_told_with_the_way_to_bring_it_back(aldermere_home, signed_in):
    lost = basis().snapshot.of("police-street")[0].path
    for derived in ("cubes", "findings"):
        for kept in (aldermere_home.derived / derived).rglob("*.parquet"):
            kept.unlink()
    lost.unlink()
    answer = signed_in(Role.ANALYST).get("/indicators/recorded-burglary/")
    assert answer.status_code == 500
    assert "missing" in text(answer)
    assert "import" in text(answer)


def test_a_fault_of_ours_stays_one(milton_keynes, signed_in, monkeypatch):
    client = signed_in(Role.CHAIR)
    client.raise_request_exception = False
    monkeypatch.setattr("redway.web.home.views.basis", lambda: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "division" not in text(answer)
    assert "The fault is ours" in text(answer)


@pytest.fixture
def at_version_1(milton_keynes, signed_in, monkeypatch):
    """`at_version_1(fault, today)`: a page about version 1, of two, where finding places is that fault, and today's."""
    for number in (1, 2):
        DataVersion.objects.create(number=number, made_by="a test", summary="")

    def ask(fault, today=None, path="/as-at/1/map/?type=recorded-burglary"):
        def places(read, _partnership):
            if found := fault if read.number == 1 else today:
                raise found
            return SimpleNamespace(areas=("an area",))

        monkeypatch.setattr("redway.web.figures.basis.places", places)
        basis_of_today.cache_clear()
        basis_of_older.cache_clear()
        return signed_in(Role.CHAIR).get(path)

    return ask


RETIRED = RedwayError(
    "small areas in the district E06000099 of the profile", came="none in the look-ups", cause="an older look-up."
)


def test_an_older_version_that_todays_profile_does_not_fit_is_no_fault_of_the_server(at_version_1, caplog):
    with caplog.at_level(logging.WARNING, logger="redway.web.faults"):
        answer = at_version_1(RETIRED)
    assert answer.status_code == 409
    page = text(answer)
    assert "cannot be worked out as at version&nbsp;1" in page
    assert "Needed: small areas in the district E06000099 of the profile. There is: none in the look-ups." in page
    assert "Nothing is lost" in page
    assert 'href="/map/?type=recorded-burglary"' in page
    assert 'class="redway-as-at"' not in page, "it shows no figures of that version"
    assert "log" not in page.partition("<main")[2].partition("</main>")[0]
    assert [r.levelname for r in caplog.records if r.name == "redway.web.faults"] == ["WARNING"]


@pytest.mark.parametrize(
    ("fault", "today"),
    [(Damaged("the accepted file x, whole", came="1 of 2 accepted files missing"), None), (RETIRED, RETIRED)],
)
def test_a_lost_file_and_a_profile_that_fits_no_data_stay_faults(at_version_1, fault, today):
    answer = at_version_1(fault, today)
    assert answer.status_code == 500
    assert str(fault) in text(answer)


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [
        (RETIRED, 409, "These two versions cannot be set side by side"),
        (Damaged("the accepted file x, whole"), 500, "Something went wrong"),
    ],
)
def test_two_versions_of_which_one_does_not_fit_are_told_the_same_way(at_version_1, monkeypatch, fault, status, says):
    def compare(*_):
        raise fault

    monkeypatch.setattr("redway.web.data.versions._compared", compare)
    answer = at_version_1(fault, path="/data/versions/compare/?from=1&to=2")
    assert answer.status_code == status
    assert says in text(answer)
    assert fault.expected in text(answer)
