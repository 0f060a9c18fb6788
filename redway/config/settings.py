"""Settings, from the environment. `docs/settings.md` lists every variable with its default."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from redway.store.home import Home

# Read when numpy is first loaded, which is after this. Threads of the linear algebra library wait for one another by
# turning in circles: beside other work, its small products take up to a hundred times longer with them than without.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Home.current()


def _flag(name: str, default: bool) -> bool:
    """A yes/no variable; anything but the listed words stops the start, rather than being guessed at."""
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    given = os.environ.get(name, "").lower()
    if given and given not in words:
        raise SystemExit(f"{name}: expected one of {', '.join(words)}, not {given!r}")
    return words.get(given, default)


def _one_of(name: str, words: tuple[str, ...]) -> str:
    """A variable that is one of the listed words; anything else stops the start."""
    given = os.environ.get(name, "").lower()
    if given not in words:
        raise SystemExit(f"{name}: expected {' or '.join(w or 'nothing' for w in words)}, not {given!r}")
    return given


def _whole(name: str, default: int, *, most: int) -> int:
    """A variable that is a whole number from 1; anything else stops the start."""
    given = os.environ.get(name, "") or str(default)
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= most):
        raise SystemExit(f"{name}: expected a whole number from 1 to {most}, not {given!r}")
    return int(given)


def _secret_key() -> str:
    """From the environment, else the key that set-up wrote, else one that lasts as long as this process."""
    if given := os.environ.get("REDWAY_SECRET_KEY"):
        return given
    return HOME.secret_key.read_text() if HOME.secret_key.is_file() else secrets.token_urlsafe(50)


def _database() -> dict[str, Any]:
    """SQLite in the home, or the PostgreSQL that REDWAY_DATABASE names (postgresql://user:word@host:port/name)."""
    given = os.environ.get("REDWAY_DATABASE")
    if not given:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME.database,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    url = urlsplit(given)
    if url.scheme not in ("postgresql", "postgres"):
        raise SystemExit(f"REDWAY_DATABASE: expected postgresql://…, not {url.scheme!r}")
    query = dict(pair.split("=", 1) for pair in url.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(query.get("host", url.hostname or "")),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
    }


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("REDWAY_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("REDWAY_ORIGINS", "").split(",") if o]
HTTPS = _flag("REDWAY_HTTPS", False)

INSTALLED_APPS = [
    "redway.config",
    "redway.web",
    "redway.work.accounts",
    "redway.work.audit",
    "redway.work.gateways",
    "redway.work.releases",
    "redway.work.returns",
    "redway.work.strategy",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "redway.web.served.Served",
    "csp.middleware.CSPMiddleware",
    "redway.web.headers.PermissionsPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "redway.web.uploads.SizeLimit",  # before anything reads what was sent
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "redway.web.people.limits.SessionLimits",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "redway.web.permissions.DenyByDefault",
    "redway.web.as_at.OlderFigures",
    "redway.web.faults.SayWhatIsWrong",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "redway.config.urls"
WSGI_APPLICATION = "redway.config.wsgi.application"
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "web"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "redway.web.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "redway.web.jinja.every_page",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "redway.web.people.sign_in.locked_out"
AXES_VERBOSE = False

# The second factor is django-allauth's, drawn by pages of our own (web/people/second_factor.py).
MFA_REQUIRED = _one_of("REDWAY_MFA", ("", "required")) == "required"
MFA_ADAPTER = "redway.web.people.adapters.SecondFactors"
ACCOUNT_ADAPTER = "redway.web.people.adapters.Accounts"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds: clocks differ, and people type slowly
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key"}  # wrong codes, for each person
ACCOUNT_EMAIL_VERIFICATION = "none"
# Counts of wrong codes, and codes that were used: all processes of a server have to know them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
CSRF_FAILURE_VIEW = "redway.web.site.views.csrf_failed"

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True

# Django by itself writes faults nowhere when DEBUG is off. Refused pages (404 and their like) are no faults.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        # Whoever sends too much is told so, and it is no fault of ours.
        "django.security.TooManyFilesSent": {"handlers": [], "level": "CRITICAL", "propagate": True},
        "django.security.TooManyFieldsSent": {"handlers": [], "level": "CRITICAL", "propagate": True},
        "django.security.RequestDataTooBig": {"handlers": [], "level": "CRITICAL", "propagate": True},
    },
}

FILE_UPLOAD_HANDLERS = ["redway.web.uploads.IncomingFiles"]
UPLOAD_LIMIT = _whole("REDWAY_UPLOAD_MB", 1024, most=100_000) * 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # of a form, its files apart
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # each is open while its form is read; a zip is one
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a return typed on a page has a field for each cell

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "redway.work.accounts.sessions"
SESSION_COOKIE_AGE = _whole("REDWAY_SESSION_HOURS", 8, most=24) * 60 * 60
SESSION_IDLE_AGE = _whole("REDWAY_IDLE_MINUTES", 30, most=480) * 60
SESSIONS_AT_MOST = _whole("REDWAY_SESSIONS", 5, most=100)
if HTTPS:  # a name that browsers take from this host alone, over TLS alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
