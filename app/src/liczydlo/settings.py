"""Settings, read strictly from the environment: a value that cannot be meant stops the start with one clear line.

``DATABASE_URL`` (default: SQLite in the data folder) ·
``LICZYDLO_DATA`` (default ``./var``) · ``LICZYDLO_SECRET_KEY`` (default: a generated file, 0600, in the data folder) ·
``LICZYDLO_MASTER_KEY`` (32 bytes as base64), ``LICZYDLO_MASTER_PASSPHRASE`` (Argon2id), or a generated ``master.key`` ·
``LICZYDLO_EMULATOR_URL`` · ``LICZYDLO_EMULATOR_CLOCK`` (default: the machine's clock) · ``LICZYDLO_HOSTS`` ·
``LICZYDLO_URL`` · ``LICZYDLO_WHITE_LIST_URL`` · ``LICZYDLO_NBP_URL`` · ``LICZYDLO_VIES_URL`` · ``LICZYDLO_GUS_URL`` ·
``LICZYDLO_HTTPS`` · ``LICZYDLO_PROXIES`` · ``LICZYDLO_DEBUG`` ·
``LICZYDLO_WORKER`` (inline, external, off) · ``LICZYDLO_EMAIL_URL`` ·
``LICZYDLO_IMAP_URL`` · ``LICZYDLO_SESSION_IDLE_HOURS``.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from liczydlo.connection import keyring
from liczydlo.web.mailbox import Address


def _flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "")
    if value.lower() in ("", "0", "false", "no"):
        return default if value == "" else False
    if value.lower() in ("1", "true", "yes"):
        return True
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def _one_of(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _count(name: str, default: int, most: int, least: int = 0) -> int:
    value = os.environ.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,6}", value) or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return int(value)


def _address(name: str, default: str) -> str:
    value = os.environ.get(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be an http(s) address, not {value!r}")
    return value


def _help() -> dict[str, str]:
    """Whom this installation's people may ask; ``dial`` is the phone as a link takes it."""
    contact = {
        name: os.environ.get(f"LICZYDLO_HELP_{name.upper()}", "").strip()
        for name in ("phone", "email", "hours")
    }
    if contact["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+", contact["email"]):
        raise ImproperlyConfigured("LICZYDLO_HELP_EMAIL must be one e-mail address")
    contact["dial"] = re.sub(r"[^+\d]", "", contact["phone"])
    if contact["phone"] and not contact["dial"]:
        raise ImproperlyConfigured("LICZYDLO_HELP_PHONE must be a phone number")
    return contact


def _imap(text: str) -> Address | None:
    """The mailbox of letters that came back."""
    if not text:
        return None
    there = urlsplit(text)
    folder = unquote(there.path.strip("/")) or "INBOX"
    if there.scheme not in ("imap", "imaps") or not there.hostname or not there.username:
        raise ImproperlyConfigured(
            "LICZYDLO_IMAP_URL must be imaps://user:password@host:port/folder or imap://…"
        )
    if not folder.isascii() or not folder.isprintable() or {'"', "\\"} & set(folder):
        raise ImproperlyConfigured("the folder of LICZYDLO_IMAP_URL must be printable ASCII without quotes")
    return Address(
        host=there.hostname,
        port=there.port or (993 if there.scheme == "imaps" else 143),
        user=unquote(there.username),
        password=unquote(there.password or ""),
        folder=folder,
        is_tls=there.scheme == "imaps",
    )


def _secret_key(folder: Path) -> str:
    """The given key, or one made once and kept as a 0600 file; two processes starting together agree on one."""
    if given := os.environ.get("LICZYDLO_SECRET_KEY", ""):
        if len(given) < 32:
            raise ImproperlyConfigured("LICZYDLO_SECRET_KEY must have at least 32 characters")
        return given
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        made = folder / f"secret.key.{os.getpid()}"
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text().strip()


LICZYDLO_DATA = Path(os.environ.get("LICZYDLO_DATA", "var")).resolve()
LICZYDLO_EMULATOR_URL = _address("LICZYDLO_EMULATOR_URL", "http://127.0.0.1:8090")
LICZYDLO_EMULATOR_CLOCK = (
    _address("LICZYDLO_EMULATOR_CLOCK", "") if os.environ.get("LICZYDLO_EMULATOR_CLOCK") else ""
)
LICZYDLO_WHITE_LIST_URL = _address("LICZYDLO_WHITE_LIST_URL", "https://wl-api.mf.gov.pl")
LICZYDLO_NBP_URL = _address("LICZYDLO_NBP_URL", "https://api.nbp.pl")
LICZYDLO_VIES_URL = _address("LICZYDLO_VIES_URL", "https://ec.europa.eu/taxation_customs/vies/rest-api")
LICZYDLO_GUS_URL = _address(
    "LICZYDLO_GUS_URL", "https://wyszukiwarkaregon.stat.gov.pl/wsBIR/UslugaBIRzewnPubl.svc"
)
LICZYDLO_WORKER = _one_of("LICZYDLO_WORKER", "inline", ("inline", "external", "off"))
LICZYDLO_HELP = _help()
LICZYDLO_PROXIES = _count("LICZYDLO_PROXIES", 0, 9)
LICZYDLO_WEBHOOKS_INSIDE = _one_of("LICZYDLO_WEBHOOKS_INSIDE", "no", ("no", "yes")) == "yes"
LICZYDLO_MASTER_KEY = os.environ.get("LICZYDLO_MASTER_KEY", "")
LICZYDLO_MASTER_PASSPHRASE = os.environ.get("LICZYDLO_MASTER_PASSPHRASE", "")
if LICZYDLO_MASTER_KEY:
    keyring.parse(LICZYDLO_MASTER_KEY, "LICZYDLO_MASTER_KEY")
if LICZYDLO_MASTER_PASSPHRASE:
    keyring.check_passphrase(LICZYDLO_MASTER_PASSPHRASE, "LICZYDLO_MASTER_PASSPHRASE")

DEBUG = _flag("LICZYDLO_DEBUG")
SECRET_KEY = _secret_key(LICZYDLO_DATA)
HTTPS = _flag("LICZYDLO_HTTPS")
LICZYDLO_HOSTS = [host.strip() for host in os.environ.get("LICZYDLO_HOSTS", "").split(",") if host.strip()]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *LICZYDLO_HOSTS]
CSRF_TRUSTED_ORIGINS = [f"{'https' if HTTPS else 'http'}://{host}" for host in LICZYDLO_HOSTS if host != "*"]
LICZYDLO_URL = next(iter(CSRF_TRUSTED_ORIGINS), "")  # where links in letters lead
if os.environ.get("LICZYDLO_URL"):
    LICZYDLO_URL = _address("LICZYDLO_URL", LICZYDLO_URL)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "liczydlo.web",
    "liczydlo.prints",
    "liczydlo.companies",
    "liczydlo.audit",
    "liczydlo.connection",
    "liczydlo.documents",
    "liczydlo.offline",
    "liczydlo.webhooks",
    "liczydlo.lookups",
    "liczydlo.contacts",
    "liczydlo.sales",
    "liczydlo.purchases",
    "liczydlo.books",
    "liczydlo.payments",
    "liczydlo.home",
    "liczydlo.jobs",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "liczydlo.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liczydlo.companies.sessions.Sessions",
    "liczydlo.web.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "liczydlo.companies.bodies.BodyLimit",
    "liczydlo.companies.first_run.FirstRun",
    "liczydlo.companies.sessions.Activity",
    "liczydlo.companies.sessions.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "liczydlo.urls"
WSGI_APPLICATION = "liczydlo.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liczydlo.companies.context.frame",
                "liczydlo.connection.context.login",
                "liczydlo.purchases.context.badge",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
    {
        "NAME": "jinja",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "liczydlo.web.jinja.environment"},
    },
]
FORM_RENDERER = (
    "django.forms.renderers.Jinja2"  # a list's filters are a sixth of its page in Django's language
)


def _database() -> dict[str, Any]:
    """SQLite by default: WAL, writers queue at BEGIN (IMMEDIATE) and wait, or two of them meet „database is locked"."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{LICZYDLO_DATA / 'liczydlo.sqlite3'}"
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=300, conn_health_checks=True))
    except (ValueError, dj_database_url.ParseError) as error:
        raise ImproperlyConfigured("DATABASE_URL is not an address of a database") from error
    if database["ENGINE"].endswith("sqlite3"):
        database["NAME"] = unquote(str(database["NAME"]))
        database["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
        }
    else:  # SQLite has none. For a page of a list, PostgreSQL would merge a million rows to meet the fifty oldest
        options = database.setdefault("OPTIONS", {})
        options["options"] = f"-c enable_mergejoin=off {options.get('options', '')}".strip()
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Limits of wrong passwords have to be counted together by all machines: those share PostgreSQL, and it keeps them.
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}
        if "postgresql" in DATABASES["default"]["ENGINE"]
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", "Polski"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "liczydlo_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "Europe/Warsaw"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "liczydlo.web.fingerprints.FingerprintedStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000  # a changed file has a changed address
FILE_UPLOAD_HANDLERS = [
    "liczydlo.connection.uploads.KeepSmall",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # „Wgraj XML" itself says that a hundred is the most
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an invoice of a thousand lines is one form

AUTH_USER_MODEL = "companies.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "liczydlo.companies.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the owner invites people; strangers cannot sign up
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PRESERVE_USERNAME_CASING = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Liczydło"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s before and after: a code is typed for a few seconds after it was read
MFA_FORMS = {
    "authenticate": "liczydlo.companies.codes.LoginCodeForm",
    "reauthenticate": "liczydlo.companies.codes.ConfirmationCodeForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers themselves allow only localhost without TLS

SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = _count("LICZYDLO_SESSION_IDLE_HOURS", 12, 336, least=1) * 3600  # see companies.sessions
SESSION_COOKIE_NAME = "liczydlo_session"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "liczydlo_csrf"
CSRF_FAILURE_VIEW = "liczydlo.web.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

LICZYDLO_SENDS_MAIL = bool(os.environ.get("LICZYDLO_EMAIL_URL"))
EMAIL_BACKEND = "liczydlo.web.mail.NoMailServer"
if LICZYDLO_SENDS_MAIL:
    _mail = urlsplit(os.environ["LICZYDLO_EMAIL_URL"])
    if _mail.scheme not in ("smtp", "smtps") or not _mail.hostname:
        raise ImproperlyConfigured("LICZYDLO_EMAIL_URL must be smtp://user:password@host:port or smtps://…")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp"
LICZYDLO_IMAP = _imap(os.environ.get("LICZYDLO_IMAP_URL", ""))  # where letters come back to
DEFAULT_FROM_EMAIL = os.environ.get("LICZYDLO_EMAIL_FROM", "liczydlo@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "mt940": {"level": "CRITICAL"},  # it would write the lines of a firm's account that it cannot read
    },
}
