"""What tests of the KSeF client share: certificates made on the spot, a frozen clock, scripted answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID, ObjectIdentifier
from liczydlo import ksef
from liczydlo.ksef.conversation import Answer, Conversation, Request, converse
from liczydlo.ksef.errors import KsefError

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@cache
def key_of(kind: str, number: int = 0) -> ksef.credentials.PrivateKey:
    """Keys are made once a run: RSA is slow."""
    return ksef.new_private_key(kind)  # type: ignore[arg-type]


def make_certificate(
    key: Any,
    *,
    nip: str | None = "5265877635",
    pesel: str | None = None,
    seal: str | None = None,
    usage: str | None = "Authentication",
    qualified: bool = False,
    serial: int = 0x01F20A5D352AE590,
    not_before: datetime = NOW - timedelta(days=30),
    not_after: datetime = NOW + timedelta(days=700),
) -> x509.Certificate:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, 'Jan Żółć, "Firma"')]
    if nip:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"TINPL-{nip}"))
    if pesel:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"PNOPL-{pesel}"))
    if seal:
        attributes.append(x509.NameAttribute(ObjectIdentifier("2.5.4.97"), f"VATPL-{seal}"))
    name = x509.Name(attributes)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if usage:
        flags = dict.fromkeys(
            (
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        builder = builder.add_extension(
            x509.KeyUsage(
                digital_signature=usage == "Authentication", content_commitment=usage == "Offline", **flags
            ),
            critical=True,
        )
    if qualified:
        statements = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.5.5.7.1.3"), b"\x30\x00")
        builder = builder.add_extension(statements, critical=False)
    return builder.sign(key, hashes.SHA256())


@pytest.fixture
def certificate() -> Callable[..., x509.Certificate]:
    return make_certificate


@pytest.fixture
def private_key() -> Callable[..., Any]:
    return key_of


@pytest.fixture
def credential() -> Callable[..., ksef.Credential]:
    """Makes credentials: ``credential("EC", usage="Offline")``."""

    def make(kind: str = "EC", **options: Any) -> ksef.Credential:
        key = key_of(kind)
        return ksef.Credential(private_key=key, certificate=make_certificate(key, **options))

    return make


@pytest.fixture
def now() -> datetime:
    return NOW


@dataclass
class Script:
    """Answers a conversation from a list and remembers what it was asked."""

    answers: Sequence[Any]
    requests: list[Request] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def play(self, conversation: Conversation[Any]) -> Any:
        waiting = list(self.answers)

        def perform(request: Request) -> Answer:
            self.requests.append(request)
            answer = waiting.pop(0)
            if callable(answer):
                answer = answer(request)
            if isinstance(answer, KsefError):
                raise answer
            if isinstance(answer, Answer):
                return answer
            return Answer(status=200, body=json.dumps(answer).encode())

        result = converse(conversation, perform, self.pauses.append)
        assert not waiting, "the conversation ended before its script"
        return result


@pytest.fixture
def script() -> type[Script]:
    return Script


@dataclass
class FakeServer:
    """An HTTP server in memory; each handler is a response, an exception, or a function of the request."""

    handlers: list[Any] = field(default_factory=list)
    requests: list[httpx2.Request] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.requests.append(request)
        handler = self.handlers.pop(0)
        if callable(handler):
            handler = handler(request)
        if isinstance(handler, Exception):
            raise handler
        response: httpx2.Response = handler
        return response

    def client(self, **options: Any) -> ksef.Client:
        options.setdefault("clock", lambda: NOW)
        options.setdefault("keys", ksef.PublicKeyCache())
        return ksef.Client(
            ksef.emulator(),
            http=httpx2.Client(transport=httpx2.MockTransport(self)),
            sleep=self.sleeps.append,
            **options,
        )


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()
