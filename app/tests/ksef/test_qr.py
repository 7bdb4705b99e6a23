"""The links behind the codes are the guide's, and KOD II verifies with the certificate's key."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from liczydlo import ksef

HASH = base64.urlsafe_b64decode("UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE=")
GUIDE = (
    "https://qr-test.ksef.mf.gov.pl/invoice/1111111111/01-02-2026/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
)
SIGNED = (
    "qr-test.ksef.mf.gov.pl/certificate/Nip/1111111111/1111111111/01F20A5D352AE590/"
    "UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
)


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_kod_1_is_the_guides_example() -> None:
    link = ksef.kod_1(ksef.TEST, seller_nip="1111111111", issue_date=date(2026, 2, 1), sha256=HASH)
    assert link == GUIDE


def kod_2(credential: ksef.Credential) -> str:
    return ksef.kod_2(
        ksef.TEST,
        context=ksef.Context(value="1111111111"),
        seller_nip="1111111111",
        sha256=HASH,
        credential=credential,
    )


def test_kod_2_of_an_elliptic_curve(credential: Any) -> None:
    pair = credential("EC", usage="Offline")
    link, _, signature = kod_2(pair).rpartition("/")
    assert link == "https://" + SIGNED
    raw = unpadded(signature)
    assert len(raw) == 64
    numbers = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = pair.certificate.public_key()
    public.verify(numbers, SIGNED.encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(numbers, SIGNED.encode() + b"/", ec.ECDSA(hashes.SHA256()))


def test_kod_2_of_rsa(credential: Any) -> None:
    pair = credential("RSA", usage="Offline")
    link, _, signature = kod_2(pair).rpartition("/")
    assert link == "https://" + SIGNED
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    pair.certificate.public_key().verify(unpadded(signature), SIGNED.encode(), pss, hashes.SHA256())


@pytest.mark.parametrize("usage", ["Authentication", None])
def test_only_an_offline_certificate_signs(usage: str | None, credential: Any) -> None:
    with pytest.raises(ksef.CredentialError) as caught:
        kod_2(credential(usage=usage))
    assert caught.value.code == "authentication-as-offline"


def test_only_p_256_signs(certificate: Any) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    pair = ksef.Credential(private_key=key, certificate=certificate(key, usage="Offline"))
    with pytest.raises(ksef.CredentialError) as caught:
        kod_2(pair)
    assert caught.value.code == "unsupported-key"


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="NIP"):
        ksef.kod_1(ksef.TEST, seller_nip="PL111", issue_date=date(2026, 2, 1), sha256=HASH)
    with pytest.raises(ValueError, match="SHA"):
        ksef.kod_1(ksef.TEST, seller_nip="1" * 10, issue_date=date(2026, 2, 1), sha256=b"x")


def test_the_emulators_codes_lead_to_the_emulator() -> None:
    digest = hashlib.sha256(b"x").digest()
    link = ksef.kod_1(ksef.emulator(), seller_nip="1" * 10, issue_date=date(2026, 2, 1), sha256=digest)
    assert link.startswith("http://127.0.0.1:8090/qr/invoice/1111111111/01-02-2026/")
    assert "=" not in link
