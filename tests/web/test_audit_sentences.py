"""Every action there is reads as a sentence; none is shown as a bare name."""

import re
from pathlib import Path

import pytest

import redway
from redway.web.audit.sentences import ACTIONS, SENTENCES, sentence
from redway.work.audit.models import AuditRow, as_text

WORK = Path(redway.__file__).parent / "work"

TOLD = [
    (
        "deliver-return",
        {"dataset": "fire", "agency": "fire-service", "period": "", "way": "web", "files": []},
        "handed in fire of fire-service",
    ),
    (
        "check-return",
        {"state": "to-accept", "version": None, "rows accepted": 1200, "rows refused": 3, "warnings": 0},
        "checked it: 1,200 rows fit, 3 refused; now checked, waiting for a second person",
    ),
    (
        "check-return",
        {"state": "accepted", "version": 7, "rows accepted": 1, "rows refused": 0, "warnings": 0},
        "checked it: 1 row fit, 0 refused; now accepted, in data version 7",
    ),
    ("acknowledge-warnings", {"warnings": ["a", "b"]}, "acknowledged 2 warnings"),
    ("refuse-return", {"reason": "wrong month"}, "refused it: “wrong month”"),
    (
        "withdraw-return",
        {"reason": "twice", "version": 8, "submissions": [1]},
        "withdrew it, in data version 8: “twice”",
    ),
    (
        "destroy-erasure",
        {"dataset": "probation", "reason": "asked", "files": 1, "rows": 4, "versions": [1]},
        "destroyed 4 rows of probation in every data version: “asked”",
    ),
    ("back-up", {"file": "a.redway", "files": 1200, "bytes": 1}, "wrote a backup, a.redway, with 1,200 files"),
    (
        "read-rows",
        {"what": "refused rows of delivery 3f2a", "purpose": "analysis", "rows": 12},
        "read refused rows of delivery 3f2a, for analysis: 12 rows",
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


def test_every_action_of_the_code_has_a_sentence_and_a_name():
    text = "".join(path.read_text("utf-8") for path in sorted(WORK.rglob("*.py")) if "migrations" not in path.parts)
    written = set(re.findall(r'\baction="([a-z-]+)"', text))
    assert len(written) > 20
    assert written - set(SENTENCES) == set()
    assert set(SENTENCES) == set(ACTIONS)
