"""Logging in with a KSeF token: its parts, the encrypted text, and the whole way at the real emulator."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from liczydlo import ksef
from liczydlo.ksef import token_login
from liczydlo.ksef.errors import LoginRefused, Refused, Unavailable

NIP = "5265877635"
REFERENCE = "20261124-EC-319D7EE000-B67F415CDC-C9"
TEXT = f"{REFERENCE}|nip-{NIP}|{'0a' * 32}"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CHALLENGE = {
    "challenge": "20250604-CR-461EA5B000-537A6BA15D-D7",
    "timestamp": "2026-03-02T12:00:00+00:00",
    "timestampMs": 1772452800123,
    "clientIp": "127.0.0.1",
}
STARTED = {
    "referenceNumber": "20250604-AU-461EA5B000-537A6BA15D-D7",
    "authenticationToken": {"token": "OPERATION", "validUntil": "2026-03-02T12:10:00+00:00"},
}
REDEEMED = {
    "accessToken": {"token": "ACCESS", "validUntil": "2026-03-02T12:15:00+00:00"},
    "refreshToken": {"token": "REFRESH", "validUntil": "2026-03-09T12:00:00+00:00"},
}
API = "http://ksef.test/v2"


@cache
def ministry() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def published() -> list[dict[str, Any]]:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "MF")])
    begins, ends = NOON - timedelta(days=1), NOON + timedelta(days=100)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    made = made.public_key(ministry().public_key()).not_valid_before(begins).not_valid_after(ends)
    der = made.sign(ministry(), hashes.SHA256()).public_bytes(Encoding.DER)
    return [
        {
            "certificate": base64.b64encode(der).decode(),
            "publicKeyId": "A" * 44,
            "usage": ["KsefTokenEncryption"],
            "validFrom": begins.isoformat(),
            "validTo": ends.isoformat(),
        }
    ]


def decided(code: int, *details: str) -> dict[str, Any]:
    return {"status": {"code": code, "description": "opis", "details": list(details) or None}}


def conversation(cache: ksef.PublicKeyCache | None = None) -> Any:
    token = ksef.KsefToken.parse(TEXT)
    return token_login.token_login(
        token, api=API, cache=cache or ksef.PublicKeyCache(), clock=lambda: NOON, patience=1
    )


def test_a_token_has_three_parts() -> None:
    token = ksef.KsefToken.parse(f"\ufeff {TEXT[:40]}\n{TEXT[40:]}\r\n")
    assert (token.reference, token.context, token.text) == (REFERENCE, ksef.Context(value=NIP), TEXT)
    assert "0a0a" not in repr(token)
    inner = ksef.KsefToken.parse(TEXT.replace(f"nip-{NIP}", f"internalid-{NIP}-00001"))
    assert inner.context.kind == "InternalId"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("0a" * 32, "shape"),
        (TEXT + "|x", "shape"),
        (TEXT.replace("20261124-EC", "x"), "reference"),
        (TEXT.replace("nip-", "pesel-"), "context"),
        (TEXT.replace(NIP, "123"), "context"),
        (TEXT.replace("20261124-EC", "2026112-EC"), "reference"),
        (TEXT.replace("-C9|", "-C9-00|"), "reference"),
        (TEXT.replace("-C9|", "-c9|"), "reference"),
        (TEXT.replace("nip-", "-"), "context"),
        (TEXT.replace("nip-", "nip"), "context"),
        (TEXT.replace("|nip-", "||nip-"), "shape"),
        (f"{REFERENCE}|nip-{NIP}", "shape"),
        (TEXT[:-40], "secret"),
        (f"{REFERENCE}|nip-{NIP}|{'a' * 31}", "secret"),
        (f"{REFERENCE}|nip-{NIP}|{'a' * 129}", "secret"),
        (TEXT.replace("0a0a", "0g0a"), "secret"),
    ],
)
def test_the_wrong_part_is_named_and_nothing_of_the_text_told(text: str, part: str) -> None:
    with pytest.raises(ksef.TokenError) as caught:
        ksef.KsefToken.parse(text)
    assert caught.value.part == part
    assert str(caught.value) == part


def test_a_token_may_be_written_in_other_letters() -> None:
    """The owner's kind and the secret in capitals, the spaces of a copy; the text stays as KSeF gave it."""
    for length in (32, 64, 128):
        text = f"{REFERENCE}|NIP-{NIP}|{'A' * length}"
        token = ksef.KsefToken.parse("\u200b" + text.replace("|", " | \t"))
        assert (token.text, token.context.value) == (text, NIP)
    assert ksef.KsefToken.parse(TEXT).fingerprint == f"token/{REFERENCE}"
    assert len(ksef.KsefToken.parse(TEXT).fingerprint) <= 64


def test_what_ksef_tells_of_a_token(script: Any) -> None:
    answer = {
        "referenceNumber": REFERENCE,
        "description": "Program",
        "authorIdentifier": {"type": "Pesel", "value": "44051401359"},
        "contextIdentifier": {"type": "Nip", "value": NIP},
        "requestedPermissions": ["InvoiceRead", "InvoiceWrite"],
        "dateCreated": "2026-03-02T12:00:00+00:00",
        "lastUseDate": "2026-03-03T12:00:00+00:00",
        "status": "Revoked",
    }
    played = script([answer])
    value = played.play(token_login.info(REFERENCE))
    assert (value.reference, value.description, value.status) == (REFERENCE, "Program", "Revoked")
    assert (value.author_kind, value.author_value) == ("Pesel", "44051401359")
    assert value.permissions == ("InvoiceRead", "InvoiceWrite")
    assert (value.created, value.last_used) == (NOON, NOON + timedelta(days=1))
    assert [(request.method, request.path) for request in played.requests] == [
        ("GET", f"/tokens/{REFERENCE}")
    ]
    fresh = script([{**answer, "lastUseDate": None}]).play(token_login.info(REFERENCE))
    assert fresh.last_used is None


def test_other_failures_are_not_answered(script: Any) -> None:
    """Only a lost answer and a withdrawn key begin the login anew."""
    for failure in (Refused(status=400, code="21405"), Unavailable("server-error", status=500)):
        with pytest.raises(type(failure)) as caught:
            script([published(), CHALLENGE, failure]).play(conversation())
        assert caught.value is failure
    lost, other = Unavailable("timeout", answer_lost=True), Unavailable("server-error", status=503)
    with pytest.raises(Unavailable) as again:
        script([published(), CHALLENGE, lost, CHALLENGE, other]).play(conversation())
    assert again.value is other


def test_a_token_login_is_waited_for_no_longer_than_told(script: Any) -> None:
    played = script([published(), CHALLENGE, STARTED, *[decided(100)] * 20])
    with pytest.raises(Unavailable) as caught:
        played.play(conversation())
    assert caught.value.code == "not-finished"
    assert sum(played.pauses) <= 1
    long = script([published(), CHALLENGE, STARTED, *[decided(100)] * 100])
    token = ksef.KsefToken.parse(TEXT)
    with pytest.raises(Unavailable):
        long.play(token_login.token_login(token, api=API, cache=ksef.PublicKeyCache(), clock=lambda: NOON))
    assert 50 <= sum(long.pauses) <= 60


def test_the_whole_way(script: Any) -> None:
    played = script([published(), CHALLENGE, STARTED, decided(100), decided(200), REDEEMED])
    tokens = played.play(conversation())
    assert (tokens.access, tokens.refresh) == ("ACCESS", "REFRESH")
    sent = played.requests[2]
    assert (sent.method, sent.path, sent.bearer) == ("POST", "/auth/ksef-token", "")
    assert sent.json["contextIdentifier"] == {"type": "Nip", "value": NIP}
    assert (sent.json["challenge"], sent.json["publicKeyId"]) == (CHALLENGE["challenge"], "A" * 44)
    way = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    plain = ministry().decrypt(base64.b64decode(sent.json["encryptedToken"]), way)
    assert plain.decode() == f"{TEXT}|{CHALLENGE['timestampMs']}"


def test_a_withdrawn_key_is_fetched_again_once(script: Any) -> None:
    withdrawn = Refused(status=400, code="21470")
    played = script(
        [published(), CHALLENGE, withdrawn, published(), CHALLENGE, STARTED, decided(200), REDEEMED]
    )
    assert played.play(conversation()).access == "ACCESS"
    with pytest.raises(Refused, match="21470"):
        script([published(), CHALLENGE, withdrawn, published(), CHALLENGE, withdrawn]).play(conversation())


def test_a_lost_answer_begins_anew_once(script: Any) -> None:
    lost = Unavailable("timeout", answer_lost=True)
    assert script([published(), CHALLENGE, lost, CHALLENGE, STARTED, decided(200), REDEEMED]).play(
        conversation()
    )
    with pytest.raises(Unavailable) as caught:
        script([published(), CHALLENGE, lost, CHALLENGE, lost]).play(conversation())
    assert not caught.value.answer_lost


def test_a_refusal_is_told(script: Any) -> None:
    with pytest.raises(Refused) as caught:
        script([published(), CHALLENGE, STARTED, decided(450, "Nieprawidłowy token")]).play(conversation())
    assert (caught.value.code, caught.value.operation) == ("450", "login")


def test_at_the_real_emulator(emulator: Any) -> None:
    issued = emulator.certificate(kind="seal", nip=NIP, name="Firma")
    credential = ksef.load(issued.privateKey.encode(), issued.certificate.encode(), None)
    context = ksef.Context(value=NIP)
    where = ksef.emulator(emulator.url)
    with ksef.Client(where, credential=credential, context=context, trust_env=False) as client:
        made = client._transport.perform(
            ksef.conversation.Request(
                method="POST",
                path="/tokens",
                json={"permissions": ["InvoiceRead"], "description": "Program do faktur"},
            ),
            client.login().access,
        ).object()
    token = ksef.KsefToken.parse(made.text("token"))
    with ksef.Client(where, credential=token, trust_env=False) as client:
        message = client.token_info(token.reference)
        assert (message.permissions, message.status) == (("InvoiceRead",), "Active")
        assert (message.author_kind, message.author_value) == ("Nip", NIP)
        assert len(client.active_sessions()) >= 1
    altered = ksef.KsefToken.parse(token.text[:-1] + ("0" if token.text[-1] != "0" else "1"))
    with (
        ksef.Client(where, credential=altered, trust_env=False) as client,
        pytest.raises(LoginRefused) as caught,
    ):
        client.login()
    assert caught.value.code == "450"
