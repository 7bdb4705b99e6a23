"""The emulator at whose door these tests stand, its clients, and an accepted invoice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from ksef_emulator.intake.schemas import FA3
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.receipts.upo import Authentication

from ..invoicing.conftest import fa3
from ..login.conftest import Door, door, owner, running

__all__ = ["door", "owner", "running"]
KEY, IV = b"k" * 32, b"i" * 16


@dataclass(kw_only=True)
class Sent:
    """A document that was sent, and what the emulator said."""

    xml: bytes
    seller: str
    day: date
    status: int
    ksef_number: str | None

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.xml).digest()


@pytest.fixture
def send(door: Door) -> Callable[..., Sent]:
    """Put a document into the emulator past its wires: how it gets there is other tests' business."""

    def put(seller: str, *, corrected: bytes | None = None, spoilt: bool = False, **parts: Any) -> Sent:
        emulator = door.emulator
        day = datetime.now(ZoneInfo("Europe/Warsaw")).date()
        xml = fa3(seller=seller, day=day.isoformat(), **parts)
        if spoilt:
            xml = xml.replace(b"<P_15>", b"<P_15x>").replace(b"</P_15>", b"</P_15x>")
        session = emulator.sessions.open_online(
            context=Context.of_nip(seller),
            author=f"Nip:{seller}",
            authentication=Authentication(context=Context.of_nip(seller), document_hash="h" * 44),
            form=FA3,
            key=KEY,
            iv=IV,
        )
        padder = PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES(KEY), modes.CBC(IV)).encryptor()
        sealed = encryptor.update(padder.update(xml) + padder.finalize()) + encryptor.finalize()
        reference = emulator.invoices.accept(
            session,
            sealed=sealed,
            sha256=hashlib.sha256(xml).digest(),
            size=len(xml),
            offline=spoilt or corrected is not None,
            corrected_sha256=corrected,
        )
        emulator.intake_queue.settle()
        value = emulator.invoices.sent(session, reference)
        return Sent(xml=xml, seller=seller, day=day, status=value.status.code, ksef_number=value.ksef_number)

    return put


@pytest.fixture
def look(door: Door) -> Callable[..., httpx2.Response]:
    """Open a page of the public port."""

    def get(path: str, **headers: str) -> httpx2.Response:
        return door.http.get(door.running.url + path, headers=headers)

    return get
