"""The mailbox to which letters come back, by IMAP: opened for reading alone, so that nothing is marked or moved."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

PATIENCE: Final = 20
"""Seconds for an answer."""
_NUMBER: Final = re.compile(rb"\d+")


class Unavailable(Exception):
    """The mailbox cannot be read now: a name of the fault, never what was typed as the password."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where it is: ``LICZYDLO_IMAP_URL``. Without ``is_tls`` from the start it is begun on the open connection
    (STARTTLS), never left out."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    is_tls: bool

    def __str__(self) -> str:
        """Without the password."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


class Mailbox:
    """An open folder; ``validity`` is its UIDVALIDITY: while it stays the same, so do the UIDs (RFC 3501, 2.3.1.1)."""

    def __init__(self, client: imaplib.IMAP4, validity: int) -> None:
        """Made by ``opened`` alone."""
        self._client, self.validity = client, validity

    def after(self, uid: int) -> list[int]:
        """UIDs above one, the smallest first. Raises Unavailable."""
        numbers = self._numbers(
            "SEARCH", "UID", f"{uid + 1}:*"
        )  # the range has the last message whatever its number
        return sorted(one for one in numbers if one > uid)

    def since(self, day: str) -> list[int]:
        """UIDs of what has come since a day such as ``1-Nov-2026``. Raises Unavailable."""
        return sorted(self._numbers("SEARCH", "SINCE", day))

    def content_type(self, uid: int) -> str:
        """The header of that name; empty where the message is gone. Raises Unavailable."""
        return (
            self._fetch(uid, "(BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)])")
            .decode("ascii", "replace")
            .partition(":")[2]
        )

    def content(self, uid: int, most: int) -> bytes:
        """The message's first bytes; nothing where it is gone. Raises Unavailable."""
        return self._fetch(uid, f"(BODY.PEEK[]<0.{most}>)")

    def _numbers(self, *command: str) -> list[int]:
        with _faults():
            kind, answer = self._client.uid(*command)
        if kind != "OK":
            raise Unavailable(command[0])
        return [int(one) for line in answer if line for one in _NUMBER.findall(line)]

    def _fetch(self, uid: int, what: str) -> bytes:
        with _faults():
            kind, answer = self._client.uid("FETCH", str(uid), what)
        if kind != "OK":
            raise Unavailable("FETCH")
        return next((bytes(one[1]) for one in answer if isinstance(one, tuple)), b"")


@contextmanager
def opened() -> Iterator[Mailbox]:
    """The folder of ``LICZYDLO_IMAP_URL``. Raises Unavailable."""
    address: Any = settings.LICZYDLO_IMAP
    with _faults():
        client = _connected(address)
    try:
        with _faults():
            client.login(address.user, address.password)
            kind, _answer = client.select(f'"{address.folder}"', readonly=True)
            validity: Any = client.response("UIDVALIDITY")[1][0]
        if kind != "OK" or not validity:
            raise Unavailable("EXAMINE")
        yield Mailbox(client, int(validity))
    finally:
        with _quietly():
            client.logout()


def _connected(address: Address) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if address.is_tls:
        return imaplib.IMAP4_SSL(address.host, address.port, ssl_context=context, timeout=PATIENCE)
    client = imaplib.IMAP4(address.host, address.port, timeout=PATIENCE)
    client.starttls(context)
    return client


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
        raise Unavailable(type(error).__name__) from error


@contextmanager
def _quietly() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError):
        return
