"""What KOD II proves, step by step (ksef-docs kody-qr.md, „Weryfikacja po zeskanowaniu kodu QR II")."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ..model.access.permissions import Permission
from ..model.identity.certificate import Certificate, CertificateStatus
from ..model.identity.contexts import Context, ContextType
from ..model.sending.issuing import Relations

if TYPE_CHECKING:
    from ..emulator import Emulator

ISSUERS = frozenset({Permission.INVOICE_WRITE, Permission.ENFORCEMENT_OPERATIONS})
_P1363 = 64  # bytes of r ‖ s on P-256
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One step, whether it holds, and a sentence that says so."""

    holds: bool
    pl: str
    en: str


def base64url(text: str) -> bytes | None:
    """The bytes of Base64URL without padding; None when it is not that."""
    if not text.isascii() or set(text) & set("+/="):
        return None
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() == text else None


def checks(
    emulator: Emulator,
    *,
    certificate: Certificate | None,
    context: Context,
    nip: str,
    signed: Sequence[bytes],
    signature: bytes,
) -> list[Check]:
    """All steps; ``signed`` is the link without its protocol and signature, under every address of the emulator."""
    now = emulator.clock.now()
    valid = certificate is not None and (
        certificate.status(now) is CertificateStatus.ACTIVE and certificate.valid_from <= now
    )
    permissions = emulator.permissions.of(context, certificate.subject) if certificate else frozenset()
    return [
        _check(
            certificate is not None,
            ("Certyfikat istnieje w rejestrze KSeF", "The certificate is in KSeF's register"),
            ("Certyfikat nie istnieje w rejestrze KSeF", "The certificate is not in KSeF's register"),
        ),
        _check(
            certificate is not None and certificate.usage == "Offline",
            ("Certyfikat jest typu Offline", "The certificate is of the type Offline"),
            ("Certyfikat nie jest typu Offline", "The certificate is not of the type Offline"),
        ),
        _check(
            valid,
            ("Certyfikat jest aktywny", "The certificate is active"),
            ("Certyfikat nie jest aktywny", "The certificate is not active"),
        ),
        _check(
            certificate is not None and any(verifies(certificate, link, signature) for link in signed),
            ("Podpis wystawcy jest prawidłowy", "The issuer's signature is right"),
            ("Podpis wystawcy jest nieprawidłowy", "The issuer's signature is wrong"),
        ),
        _check(
            bool(permissions & ISSUERS),
            (
                "Wystawca posiada uprawnienia do wystawienia faktury",
                "The issuer has the permission to issue invoices",
            ),
            (
                "Wystawca nie posiada uprawnień do wystawienia faktury",
                "The issuer has no permission to issue invoices",
            ),
        ),
        _check(
            issues_for(context, nip, permissions, emulator.permissions),
            (
                "Kontekst może wystawiać faktury za tego sprzedawcę",
                "The context may issue invoices for this seller",
            ),
            (
                "Kontekst nie może wystawiać faktur za tego sprzedawcę",
                "The context may not issue invoices for this seller",
            ),
        ),
    ]


def _check(holds: bool, yes: tuple[str, str], no: tuple[str, str]) -> Check:
    """With the sentence that is true, in Polish and in English."""
    pl, en = yes if holds else no
    return Check(holds=holds, pl=pl, en=en)


def issues_for(context: Context, nip: str, permissions: Collection[Permission], relations: Relations) -> bool:
    """Whether the context may issue for the seller at all; the document itself is not known here."""
    if context.nip == nip:
        return True
    if context.type is ContextType.PEPPOL_ID:
        return relations.authorized(
            owner_nip=nip, kind=context.type, value=context.value, scope="PefInvoicing"
        )
    if context.type is not ContextType.NIP:
        return False
    if Permission.ENFORCEMENT_OPERATIONS in permissions or relations.subunit_of(
        parent_nip=nip, nip=context.value
    ):
        return True
    return any(
        relations.authorized(owner_nip=nip, kind="Nip", value=context.value, scope=scope)
        for scope in ("SelfInvoicing", "RRInvoicing", "TaxRepresentative")
    )


def verifies(certificate: Certificate, signed: bytes, signature: bytes) -> bool:
    """RSASSA-PSS, or ECDSA as r ‖ s or as DER, over SHA-256."""
    key = x509.load_der_x509_certificate(certificate.certificate).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, _PSS, hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            der = signature
            if len(signature) == _P1363:
                half = _P1363 // 2
                r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
                der = encode_dss_signature(r, s)
            key.verify(der, signed, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True
