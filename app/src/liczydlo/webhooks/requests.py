"""One signed request: HMAC-SHA256 over time and body, to a public address alone, no redirects.

The name is looked up once and the connection goes to the address that was checked, so that a name which answers
differently the second time (DNS rebinding) reaches nothing inside. No proxy of the environment is used for the same
reason.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

TIMEOUT: Final = httpx2.Timeout(10.0)
LONGEST: Final = 30.0
"""Seconds for a whole request: an answer whose head comes a byte at a time would never run into ``TIMEOUT``."""
_PORTS: Final = {"http": 80, "https": 443}


class NotAllowed(Exception):
    """An address that nothing is sent to. ``code`` is a key of ``words.ERRORS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The HTTP status, None where nobody answered; ``error`` is empty when it was taken (2xx)."""

    status: int | None
    error: str


def check(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address that events may be sent to, its name not looked up yet. Raises NotAllowed."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise NotAllowed("address") from error
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAllowed("address")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.LICZYDLO_WEBHOOKS_INSIDE):
        raise NotAllowed("scheme")
    return parts.scheme, parts.hostname, port


def public_address(host: str, port: int) -> str:
    """The IP address to connect to. Raises NotAllowed for a name that leads inside (SSRF) or nowhere."""
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAllowed("unknown-host") from error
    addresses = [str(one[4][0]).partition("%")[0] for one in resolved]
    if not settings.LICZYDLO_WEBHOOKS_INSIDE and not all(_is_public(address) for address in addresses):
        raise NotAllowed("inside")
    return addresses[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return _is_public(str(inner))
        if address in ipaddress.ip_network("64:ff9b::/96"):  # NAT64: an IPv4 address in the last 32 bits
            return _is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Lower-case hex over ``timestamp.body``."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def post(url: str, secret: str, body: bytes, *, event: str, delivery: int, timestamp: int) -> Answer:
    """Post a body once. Raises nothing: what goes wrong is in the answer."""
    try:
        scheme, host, port = check(url)
        address = public_address(host, port)
    except NotAllowed as error:
        return Answer(status=None, error=error.code)
    parts = urlsplit(url)
    target = httpx2.URL(scheme=scheme, host=address, port=port, path=parts.path or "/")
    target = target.copy_with(query=parts.query.encode()) if parts.query else target
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "liczydlo",
        "X-Liczydlo-Event": event,
        "X-Liczydlo-Delivery": str(delivery),
        "X-Liczydlo-Timestamp": str(timestamp),
        "X-Liczydlo-Signature": f"v1={signature(secret, timestamp, body)}",
    }
    extensions: dict[str, Any] = {"sni_hostname": host} if scheme == "https" else {}
    with (
        _hang_up_after(LONGEST) as extensions["trace"],
        httpx2.Client(trust_env=False, follow_redirects=False, timeout=TIMEOUT) as client,
    ):
        try:  # the answer's body is not read: it may have no end
            with client.stream(
                "POST", target, content=body, headers=headers, extensions=extensions
            ) as response:
                status = response.status_code
        except httpx2.TimeoutException:
            return Answer(status=None, error="timeout")
        except httpx2.HTTPError:
            return Answer(status=None, error="connection")
    if 300 <= status < 400:
        return Answer(status=status, error="redirect")
    return Answer(status=status, error="" if 200 <= status < 300 else "refused")


@contextmanager
def _hang_up_after(seconds: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """End the connection then, whatever it is doing; gives the callback that learns which one it is."""
    opened: list[Any] = []

    def note(event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            opened.append(info["return_value"].get_extra_info("socket"))

    def hang_up() -> None:
        for connection in opened[-1:]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield note
    finally:
        timer.cancel()
