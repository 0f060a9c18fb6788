"""`redway fetch`: what is asked for is checked before any publisher is."""

import pytest
from django.core.management import call_command

from redway.errors import RedwayError

STREET = ("fetch", "police-street", "--from", "2024-01", "--to", "2024-02")


@pytest.fixture
def a_partnership(home):
    (home.profile / "profile.yaml").write_text("profile: milton-keynes\n")
    return home


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("fetch", "police-street"), "one or neither"),
        (
            ("fetch", "police-street", "--from", "2024-13", "--to", "2024-02"),
            "What came: 2024-13. Likely cause: a mist",
        ),
        (("fetch", "police-street", "--from", "2024-02", "--to", "2024-01"), "they are swapped"),
        (("fetch", "police-street", "--from", "1999-01", "--to", "2024-01"), "months from 2010-12 on"),
        ((*STREET, "--force", "../etc"), "such as thames-valley"),
        (("fetch", "reference", "--from", "2024-01"), "those are of police-street"),
    ],
)
def test_a_mistaken_request_is_told_before_the_network_is_touched(a_partnership, command, says):
    with pytest.raises(RedwayError, match=says):
        call_command(*command)


def test_a_publisher_out_of_reach_is_told_and_nothing_is_made_up(a_partnership, monkeypatch):
    monkeypatch.setattr("redway.sources.remote.TRIES", 1)
    monkeypatch.setenv("REDWAY_POLICE_UK", "http://127.0.0.1:9")
    with pytest.raises(RedwayError, match="a whole answer from"):
        call_command(*STREET)
    assert not list((a_partnership.root / "fetched").rglob("*.csv"))


def test_one_reference_dataset_that_fails_does_not_stop_the_others(a_partnership, monkeypatch, capsys):
    monkeypatch.setattr("redway.sources.remote.TRIES", 1)
    for name in ("REDWAY_ONS_PORTAL", "REDWAY_NOMIS", "REDWAY_GOVUK_ASSETS"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(RedwayError, match="7 could not be fetched"):
        call_command("fetch", "reference")
    assert "residents: expected a whole answer" in capsys.readouterr().err
