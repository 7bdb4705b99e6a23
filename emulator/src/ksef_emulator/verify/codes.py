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

from ..model.certificate import Certificate, CertificateStatus
from ..model.contexts import Context, ContextType
from ..model.issuing import Relations
from ..model.permissions import Permission

if TYPE_CHECKING:
    from ..emulator import Emulator

ISSUERS = frozenset({Permission.INVOICE_WRITE, Permission.ENFORCEMENT_OPERATIONS})
_P1363 = 64  # bytes of r ‖ s on P-256
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One step, and whether it holds."""

    holds: bool
    pl: str
    en: str


def base64url(text: str) -> bytes | None:
    """The bytes of Base64URL without padding; None when it is not that."""
    if not text.isascii() or set(text) & set("+/="):
        return None
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.urlsafe_b64encode(found).rstrip(b"=").decode() == text else None


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
        Check(
            holds=certificate is not None,
            pl="Certyfikat jest w rejestrze certyfikatów KSeF",
            en="The certificate is in KSeF's register",
        ),
        Check(
            holds=certificate is not None and certificate.usage == "Offline",
            pl="Certyfikat jest typu Offline",
            en="The certificate is of the type Offline",
        ),
        Check(
            holds=valid,
            pl="Certyfikat jest ważny i nie został odwołany",
            en="The certificate is valid and not revoked",
        ),
        Check(
            holds=certificate is not None and any(verifies(certificate, link, signature) for link in signed),
            pl="Podpis w linku jest poprawny",
            en="The signature in the link is right",
        ),
        Check(
            holds=bool(permissions & ISSUERS),
            pl="Posiadacz certyfikatu może wystawiać faktury w tym kontekście",
            en="The certificate's holder may issue invoices in this context",
        ),
        Check(
            holds=issues_for(context, nip, permissions, emulator.desk.relations),
            pl="Kontekst może wystawiać faktury za tego sprzedawcę",
            en="The context may issue invoices for this seller",
        ),
    ]


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
        for scope in ("SelfInvoicing", "TaxRepresentative")
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
