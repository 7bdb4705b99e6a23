"""Whether a context may issue for a seller, and whether a key made a signature: the rules behind KOD II."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.verify.codes import base64url, issues_for, verifies

from ..login.conftest import new_key, self_signed

pytestmark = pytest.mark.pure
SELLER, OTHER = "1111111111", "2222222222"
HERE = Context(type=ContextType.NIP, value=OTHER)
PROVIDER = Context(type=ContextType.PEPPOL_ID, value="PPL123456")


@dataclass(kw_only=True)
class Relations:
    """Of one pair of entities, both of which must be the ones that are asked of."""

    scope: str = ""
    parent: str = ""
    kind: str = "Nip"
    value: str = OTHER

    def authorized(self, *, owner_nip: str, kind: str, value: str, scope: str) -> bool:
        return (owner_nip, kind, value, scope) == (SELLER, self.kind, self.value, self.scope)

    def subunit_of(self, *, parent_nip: str, nip: str) -> bool:
        return (parent_nip, nip) == (self.parent, OTHER)


def issues(context: Context, relations: Any = None, *permissions: Permission) -> bool:
    return issues_for(context, SELLER, permissions, relations or Relations())


class TestContexts:
    def test_the_sellers_own_and_its_units(self) -> None:
        assert issues(Context(type=ContextType.NIP, value=SELLER))
        assert issues(Context(type=ContextType.INTERNAL_ID, value=f"{SELLER}-12345"))
        assert issues(Context(type=ContextType.NIP_VAT_UE, value=f"{SELLER}-DE123456789"))

    def test_nobody_elses(self) -> None:
        assert not issues(HERE)
        for kind, value in (
            (ContextType.INTERNAL_ID, f"{OTHER}-12345"),
            (ContextType.NIP_VAT_UE, f"{OTHER}-DE123456789"),
        ):
            everything = Relations(parent=SELLER, scope="SelfInvoicing", value=value)
            assert not issues(Context(type=kind, value=value), everything, *Permission)

    @pytest.mark.parametrize(
        ("scope", "may"),
        [
            ("SelfInvoicing", True),
            ("TaxRepresentative", True),
            ("RRInvoicing", True),
            ("PefInvoicing", False),
        ],
    )
    def test_whom_the_seller_let(self, scope: str, may: bool) -> None:
        assert issues(HERE, Relations(scope=scope)) is may

    @pytest.mark.parametrize("scope", ["PefInvoicing", "SelfInvoicing"])
    def test_a_provider_whom_the_seller_let(self, scope: str) -> None:
        relations = Relations(scope=scope, kind="PeppolId", value="PPL123456")
        assert issues(PROVIDER, relations) is (scope == "PefInvoicing")
        assert not issues(PROVIDER, Relations(scope=scope), Permission.ENFORCEMENT_OPERATIONS)

    def test_a_unit_for_its_parent(self) -> None:
        assert issues(HERE, Relations(parent=SELLER))
        assert not issues(HERE, Relations(parent="3333333333"))

    def test_whoever_enforces(self) -> None:
        assert issues(HERE, None, Permission.ENFORCEMENT_OPERATIONS)
        assert not issues(HERE, None, *(set(Permission) - {Permission.ENFORCEMENT_OPERATIONS}))


@dataclass(kw_only=True)
class Certified:
    """What `verifies` looks at of a certificate."""

    certificate: bytes


def certified(key: Any) -> Any:
    return Certified(certificate=self_signed(key=key).certificate.public_bytes(Encoding.DER))


class TestSignatures:
    SIGNED = b"qr-test.ksef.mf.gov.pl/client-app/certificate"

    def p1363(self, der: bytes, size: int) -> bytes:
        r, s = decode_dss_signature(der)
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def test_of_a_curve_in_both_forms(self) -> None:
        key = new_key()
        certificate = certified(key)
        der = key.sign(self.SIGNED, ec.ECDSA(hashes.SHA256()))
        for signature in (der, self.p1363(der, 32)):
            assert verifies(certificate, self.SIGNED, signature)
            assert not verifies(certificate, self.SIGNED + b"x", signature)
            assert not verifies(certified(new_key()), self.SIGNED, signature)
        swapped = self.p1363(der, 32)
        assert not verifies(certificate, self.SIGNED, swapped[32:] + swapped[:32])

    @pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
    def test_of_a_curve_of_another_length(self, length: int) -> None:
        assert not verifies(certified(new_key()), self.SIGNED, b"\x01" * length)

    def test_of_rsa(self) -> None:
        key = new_key("RSA")
        certificate = certified(key)

        def sign(salt: int, digest: hashes.HashAlgorithm) -> bytes:
            pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=salt)
            signature: bytes = key.sign(self.SIGNED, pss, digest)
            return signature

        assert verifies(certificate, self.SIGNED, sign(32, hashes.SHA256()))
        assert not verifies(certificate, b"x", sign(32, hashes.SHA256()))
        assert not verifies(certificate, self.SIGNED, sign(31, hashes.SHA256()))
        assert not verifies(certificate, self.SIGNED, sign(32, hashes.SHA384()))
        plain = key.sign(self.SIGNED, padding.PKCS1v15(), hashes.SHA256())
        assert not verifies(certificate, self.SIGNED, plain)
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        assert not verifies(certified(other), self.SIGNED, sign(32, hashes.SHA256()))

    def test_of_another_kind(self) -> None:
        key = ed25519.Ed25519PrivateKey.generate()
        known = self_signed().certificate
        made = (
            x509.CertificateBuilder(issuer_name=known.issuer, subject_name=known.subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(known.not_valid_before_utc)
            .not_valid_after(known.not_valid_after_utc)
            .sign(key, None)
        )
        certificate: Any = Certified(certificate=made.public_bytes(Encoding.DER))
        assert not verifies(certificate, self.SIGNED, key.sign(self.SIGNED))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", b""),
        ("AA", b"\0"),
        ("-_-_", b"\xfb\xff\xbf"),
        ("AAA", b"\0\0"),
        ("AAAA", b"\0\0\0"),
        ("A", None),
        ("AB", None),
        ("AA=", None),
        ("AA==", None),
        ("+_-_", None),
        ("/_-_", None),
        ("AA A", None),
        ("ąAAA", None),
        ("AA\n", None),
    ],
)
def test_base64url_has_one_way_to_write_bytes(text: str, expected: bytes | None) -> None:
    assert base64url(text) == expected
