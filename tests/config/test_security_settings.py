"""Settings that guard people's sessions, read from the environment in a process of their own."""

import os
import subprocess
import sys

import pytest


def settings(*names, **environment):
    """What these settings are with these variables; the process's own words where it does not start."""
    code = f"from redway.config import settings as s; print(*[getattr(s, n, None) for n in {names!r}])"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REDWAY_") or k == "REDWAY_HOME"}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**kept, **environment}, capture_output=True, text=True, check=False
    )
    return done.stdout.split() if done.returncode == 0 else done.stderr


def test_behind_tls_cookies_are_for_this_host_and_for_tls_alone():
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert settings(*names, REDWAY_HTTPS="yes") == ["__Host-sessionid", "__Host-csrftoken", "True", "True"]


def test_the_limits_of_sessions_and_uploads_can_be_set():
    names = ("SESSION_IDLE_AGE", "SESSION_COOKIE_AGE", "SESSIONS_AT_MOST", "UPLOAD_LIMIT", "MFA_REQUIRED")
    assert settings(*names) == ["1800", "28800", "5", "1024000000", "False"]
    given = {"REDWAY_IDLE_MINUTES": "5", "REDWAY_SESSION_HOURS": "4", "REDWAY_SESSIONS": "1"}
    given |= {"REDWAY_UPLOAD_MB": "20", "REDWAY_MFA": "required"}
    assert settings(*names, **given) == ["300", "14400", "1", "20000000", "True"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("REDWAY_MFA", "off"), ("REDWAY_IDLE_MINUTES", "0"), ("REDWAY_SESSION_HOURS", "100"), ("REDWAY_SESSIONS", "many")],
)
def test_a_value_that_is_none_stops_the_start_by_name(name, value):
    said = settings("MFA_REQUIRED", **{name: value})
    assert f"{name}: expected" in said
    assert "Traceback" not in said
