"""The one-time code of the first start: without it a stranger who comes first would own a public installation.

``serve`` prints it where strangers could come. The data folder, which all processes share, keeps its hash until
there is an account; as long as the file is there, „/start/" demands the code.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import secrets
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from liczydlo.companies.models import User


def link(host: str, port: int) -> str:
    """A new code as the address of the first account, for whoever starts the program; earlier codes end.

    Empty, and no code is demanded, where an account is there already or only this machine can come.
    """
    if User.objects.exists() or not _is_public(host):
        forget()
        return ""
    code = secrets.token_urlsafe(24)
    temporary = _file().with_suffix(f".{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(_hash(code))
    temporary.replace(_file())
    return f"{_public_address(host, port)}{reverse('companies:first_run')}?{urlencode({'kod': code})}"


def is_demanded() -> bool:
    """Whether the first account needs the code."""
    return _file().exists()


def fits(code: str) -> bool:
    """Whether it is the code; compared in constant time. True where none is demanded."""
    try:
        digest = _file().read_text()
    except FileNotFoundError:
        return True
    return hmac.compare_digest(digest, _hash(code))


def forget() -> None:
    """Demand it no longer: there is an account."""
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.LICZYDLO_DATA) / "start.code"


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()


def _is_public(host: str) -> bool:
    """Whether anybody but this machine comes: by the address listened on, or through a proxy."""
    if settings.LICZYDLO_PROXIES or settings.LICZYDLO_HOSTS:
        return True
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _public_address(host: str, port: int) -> str:
    """Where a browser finds the program: the first name it is known by, else the address that it listens on."""
    named = next((name for name in settings.LICZYDLO_HOSTS if name != "*"), "")
    if named and (settings.HTTPS or settings.LICZYDLO_PROXIES):
        return f"{'https' if settings.HTTPS else 'http'}://{named.removeprefix('.')}"
    shown = named.removeprefix(".") or host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
