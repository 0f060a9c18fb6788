"""Every action there is reads as a sentence; none is shown as a bare name."""

import re
from pathlib import Path

import pytest
from django.db import transaction

import redway
from redway.web.audit.sentences import ACTIONS, SENTENCES, sentence
from redway.web.figures.rows import RowCounts
from redway.web.profile import profile
from redway.web.returns.presenter import line
from redway.work.accounts.roles import Role
from redway.work.audit.actions import record
from redway.work.audit.models import AuditRow, as_text
from redway.work.returns.models import Delivery
from redway.work.returns.senders import senders

WORK = Path(redway.__file__).parent / "work"

TOLD = [
    (
        "deliver-return",
        {"dataset": "fire", "agency": "fire-service", "period": "", "way": "web", "files": []},
        "handed in Fires, attacks on crews and malicious calls of fire-service",
    ),
    (
        "check-return",
        {"state": "to-accept", "version": None, "rows accepted": 1200, "rows refused": 3, "warnings": 0},
        "checked it: 1,200 rows fit, under 5 refused; now checked, waiting for a second person",
    ),
    (
        "check-return",
        {"state": "accepted", "version": 7, "rows accepted": 1, "rows refused": 0, "warnings": 0},
        "checked it: under 5 rows fit, under 5 refused; now accepted, in data version 7",
    ),
    ("acknowledge-warnings", {"warnings": ["a", "b"]}, "acknowledged 2 warnings"),
    ("acknowledge-warnings", {"warnings": ["a"], "note": "a new list"}, "acknowledged 1 warning: “a new list”"),
    ("refuse-return", {"reason": "wrong month"}, "refused it: “wrong month”"),
    (
        "withdraw-return",
        {"reason": "twice", "version": 8, "submissions": [1]},
        "withdrew it, in data version 8: “twice”",
    ),
    (
        "destroy-erasure",
        {"dataset": "probation", "reason": "asked", "files": 1, "rows": 4, "versions": [1]},
        "destroyed under 5 rows of Probation requirements in every data version: “asked”",
    ),
    ("back-up", {"file": "a.redway", "files": 1200, "bytes": 1}, "wrote a backup, a.redway, with 1,200 files"),
    (
        "read-rows",
        {"what": "refused rows of delivery 3f2a", "purpose": "analysis", "rows": 12},
        "read refused rows of delivery 3f2a, for analysis: 10 rows",
    ),
    ("read-rows", {"what": "refused rows", "purpose": "analysis", "rows": None}, "read refused rows, for analysis"),
    (
        "see-small-counts",
        {"what": "indicator ambulance-calls", "purpose": "analysis"},
        "was shown exact small counts in indicator ambulance-calls, for analysis",
    ),
    (
        "set-up-second-factor",
        {"replaced": True},
        "put another authenticator app in place of the one they had",
    ),
]


@pytest.mark.parametrize(("action", "detail", "told"), TOLD)
def test_what_was_done_is_told_in_a_sentence(action, detail, told):
    assert sentence(AuditRow(action=action, detail_text=as_text(detail))) == told


def test_numbers_of_rows_are_exact_for_whoever_may_see_small_counts_and_agencies_have_names():
    row = AuditRow(action=TOLD[1][0], detail_text=as_text(TOLD[1][1]))
    assert "1,200 rows fit, 3 refused" in sentence(row, RowCounts(exact=True))
    handed_in = AuditRow(action=TOLD[0][0], detail_text=as_text(TOLD[0][1]))
    assert sentence(handed_in, agencies={"fire-service": "Aldermere Fire"}).endswith("of Aldermere Fire")


def test_every_action_of_the_code_has_a_sentence_and_a_name():
    text = "".join(path.read_text("utf-8") for path in sorted(WORK.rglob("*.py")) if "migrations" not in path.parts)
    written = set(re.findall(r'\baction="([a-z-]+)"', text))
    assert len(written) > 20
    assert written - set(SENTENCES) == set()
    assert set(SENTENCES) == set(ACTIONS)


@pytest.mark.django_db
def test_the_page_tells_returns_and_gateways_in_words_and_people_by_their_names(milton_keynes, signed_in, people):
    one = Delivery.objects.create(
        dataset="fire", agency="fire-and-rescue-service", way="web", sent_by="analyst", periods=["2025-11"]
    )
    with transaction.atomic():
        detail = {"state": "accepted", "version": 2, "rows accepted": 31, "rows refused": 2}
        record(by="analyst", action="check-return", subject=str(one), detail=detail)
        record(by="analyst", action="draft-gateway", subject="gateway fire/evaluation/1")
    page = signed_in(Role.ADMINISTRATOR).get("/audit/").content.decode()
    assert f"Fires, attacks on crews and malicious calls, {line(one, senders(profile())).agency}, November 2025" in page
    assert "the gateway of Fires, attacks on crews and malicious calls for evaluation, version 1" in page
    assert page.count(people[Role.ANALYST].get_full_name()) == 2
    assert "30 rows fit, under 5 refused" in page
    assert "31 rows" not in page
