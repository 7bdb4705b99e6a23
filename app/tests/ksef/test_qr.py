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
from liczydlo.ksef.qr import is_signed_by

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


def kod_2(credential: ksef.Credential, **other: Any) -> str:
    parts = {"context": ksef.Context(value="1111111111"), "seller_nip": "1111111111", "sha256": HASH}
    return ksef.kod_2(ksef.TEST, credential=credential, **(parts | other))


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


@pytest.mark.parametrize(
    ("seller_nip", "sha256", "says"),
    [
        ("111111111", HASH, "NIP"),
        ("11111111111", HASH, "NIP"),
        ("1111111111/", HASH, "NIP"),
        ("1111111111", HASH[:31], "SHA"),
        ("1111111111", HASH + b"\x00", "SHA"),
        ("1111111111", HASH.hex().encode(), "SHA"),
    ],
)
def test_both_codes_refuse_what_would_lead_nowhere(
    seller_nip: str, sha256: bytes, says: str, credential: Any
) -> None:
    with pytest.raises(ValueError, match=says):
        ksef.kod_1(ksef.TEST, seller_nip=seller_nip, issue_date=date(2026, 2, 1), sha256=sha256)
    with pytest.raises(ValueError, match=says):
        kod_2(credential(usage="Offline"), seller_nip=seller_nip, sha256=sha256)


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_a_link_is_of_the_certificate_that_signed_it(kind: str, credential: Any, certificate: Any) -> None:
    pair = credential(kind, usage="Offline")
    other = ksef.new_private_key(kind)  # type: ignore[arg-type]
    link = kod_2(pair)
    assert is_signed_by(link, pair.certificate)
    assert not is_signed_by(link, certificate(other, usage="Offline"))


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_each_part_of_a_link_is_signed(kind: str, credential: Any) -> None:
    """Another seller, serial, hash or server, and the link cut or lengthened, are not what was signed."""
    pair = credential(kind, usage="Offline")
    link = kod_2(pair)
    front, _, signature = link.rpartition("/")
    altered = [
        link.replace("/1111111111/01F2", "/5265877635/01F2"),
        link.replace("01F20A5D352AE590", "01F20A5D352AE591"),
        link.replace("UtQp9Gpc", "UtQp9Gpd"),
        link.replace("qr-test", "qr-demo"),
        link.replace("/certificate/Nip/", "/certificate/InternalId/"),
        f"{front}//{signature}",
        f"{front}/{signature[:-8]}",
        f"{front}/{'A' * len(signature)}",
        f"{front}/",
        front,
        f"{front}/ż",
        "",
    ]
    assert all(item != link for item in altered)
    assert [item for item in altered if is_signed_by(item, pair.certificate)] == []


def test_a_signature_in_der_is_not_what_we_write(credential: Any) -> None:
    """We write r ‖ s, as the guide recommends; anything else of another length is not ours."""
    pair = credential("EC", usage="Offline")
    der = pair.private_key.sign(SIGNED.encode(), ec.ECDSA(hashes.SHA256()))
    assert not is_signed_by(f"https://{SIGNED}/{ksef.qr.base64url(der)}", pair.certificate)


def test_a_signature_has_one_way_to_be_written(credential: Any) -> None:
    """r ‖ s with a zero between them are the same numbers, and another link."""
    pair = credential("EC", usage="Offline")
    front, _, text = kod_2(pair).rpartition("/")
    both = base64.urlsafe_b64decode(text + "==")
    longer = ksef.qr.base64url(both[:32] + b"\0" + both[32:])
    assert not is_signed_by(f"{front}/{longer}", pair.certificate)


def test_a_link_signed_with_p_256_is_not_of_an_rsa_certificate(credential: Any) -> None:
    elliptic, other = credential("EC", usage="Offline"), credential("RSA", usage="Offline")
    assert not is_signed_by(kod_2(elliptic), other.certificate)
    assert not is_signed_by(kod_2(other), elliptic.certificate)


@pytest.mark.parametrize(
    ("salt", "algorithm"), [(20, hashes.SHA256()), (32, hashes.SHA512())], ids=["salt", "hash"]
)
def test_rsa_is_pss_with_sha_256_and_32_bytes_of_salt(salt: int, algorithm: Any, credential: Any) -> None:
    pair = credential("RSA", usage="Offline")
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=salt)
    signature = pair.private_key.sign(SIGNED.encode(), pss, algorithm)
    assert not is_signed_by(f"https://{SIGNED}/{ksef.qr.base64url(signature)}", pair.certificate)


def test_only_padding_is_left_out() -> None:
    assert [ksef.qr.base64url(data) for data in (b"", b"\x00", b"\x00\x00\x17", b"\xfb\xff\xbf")] == [
        "", "AA", "AAAX", "-_-_"
    ]  # fmt: skip


def test_a_context_of_another_kind_is_in_the_link(credential: Any) -> None:
    context = ksef.Context(kind="InternalId", value="5265877635-00001")
    link = kod_2(credential(usage="Offline"), context=context)
    assert link.startswith(
        "https://qr-test.ksef.mf.gov.pl/certificate/InternalId/5265877635-00001/1111111111/"
    )


def test_the_emulators_codes_lead_to_the_emulator() -> None:
    digest = hashlib.sha256(b"x").digest()
    link = ksef.kod_1(ksef.emulator(), seller_nip="1" * 10, issue_date=date(2026, 2, 1), sha256=digest)
    assert link.startswith("http://127.0.0.1:8090/qr/invoice/1111111111/01-02-2026/")
    assert "=" not in link
