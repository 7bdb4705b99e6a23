"""What a login is: the row that keeps it, its status codes with their texts, and who speaks through it.

Codes and texts are those of ``AuthenticationOperationStatusResponse.status`` in the OpenAPI 2.9.0.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509

from ...login.token_request import Policy
from ..identity.contexts import Context
from ..identity.subjects import Subject, SubjectType
from ..time.moments import moment
from ..time.progress import COLUMNS
from .permissions import Permission

KEPT = timedelta(days=7)
"""How long an operation can be asked about (OpenAPI, ``GET /auth/{referenceNumber}``)."""
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS logins (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,
    {COLUMNS},
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_value TEXT NOT NULL,
    method TEXT NOT NULL,
    certificate BLOB,                -- of the signature; a token has none
    document_hash TEXT,              -- Base64 of the SHA-256 of the signed document; receipts name it
    token TEXT,                      -- reference number of the KSeF token; receipts name it
    refusal TEXT,                    -- of a token that could not be read: why
    trusted_only INTEGER NOT NULL,
    policy TEXT NOT NULL,
    code INTEGER NOT NULL DEFAULT 100,
    detail TEXT,
    redeemed INTEGER,
    refreshed INTEGER,
    refresh_until INTEGER
);
CREATE INDEX IF NOT EXISTS logins_active ON logins (context_type, context_value, code, started DESC);
"""
DESCRIPTIONS = {
    100: "Uwierzytelnianie w toku",
    200: "Uwierzytelnianie zakończone sukcesem",
    415: "Uwierzytelnianie zakończone niepowodzeniem",
    425: "Uwierzytelnienie unieważnione",
    450: "Uwierzytelnianie zakończone niepowodzeniem z powodu błędnego tokenu",
    460: "Uwierzytelnianie zakończone niepowodzeniem z powodu błędu certyfikatu",
    470: "Uwierzytelnianie zakończone niepowodzeniem",
    480: "Uwierzytelnienie zablokowane",
}
NO_PERMISSIONS = (415, "Brak przypisanych uprawnień")
WRONG_TOKEN = 450
"""With one of many details."""
REVOKED_BY_USER = (425, "Uwierzytelnienie i powiązane refresh tokeny zostały unieważnione przez użytkownika")
DECEASED = (470, "Próba wykorzystania metod autoryzacyjnych osoby zmarłej")
BLOCKED = (
    480,
    "Podejrzenie incydentu bezpieczeństwa. Skontaktuj się z Ministerstwem Finansów przez formularz zgłoszeniowy.",
)


class Method(StrEnum):
    """``AuthenticationMethod``."""

    TOKEN = "Token"  # noqa: S105 - the name of a method
    INTERNAL_CERTIFICATE = "InternalCertificate"
    QUALIFIED_SIGNATURE = "QualifiedSignature"
    QUALIFIED_SEAL = "QualifiedSeal"
    PEPPOL_SIGNATURE = "PeppolSignature"

    @property
    def category(self) -> str:
        """``AuthenticationMethodCategory``."""
        return "Token" if self is Method.TOKEN else "XadesSignature"

    @property
    def code(self) -> str:
        """``AuthenticationMethodInfo.code``."""
        return _METHODS[self][0]

    @property
    def display_name(self) -> str:
        """``AuthenticationMethodInfo.displayName``."""
        return _METHODS[self][1]


_METHODS = {
    Method.TOKEN: ("token.ksef", "Token KSeF"),
    Method.INTERNAL_CERTIFICATE: ("xades.ksef-certificate", "Certyfikat KSeF"),
    Method.QUALIFIED_SIGNATURE: ("xades.qualified-signature", "Podpis kwalifikowany"),
    Method.QUALIFIED_SEAL: ("xades.qualified-seal", "Pieczęć kwalifikowana"),
    Method.PEPPOL_SIGNATURE: ("xades.peppol", "Podpis dostawcy usług Peppol"),
}


class NoIdentifier(Exception):
    """21115: the certificate does not say whose it is."""


class NotProvider(Exception):
    """21117: only a Peppol provider's own certificate opens the provider's context."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """One login: an operation first, a session once its tokens are redeemed. It has a ``certificate`` and the hash of
    a signed document, or the reference number of a KSeF ``token``."""

    id: int
    reference: str
    started: datetime
    context: Context
    subject: Subject
    method: Method
    certificate: x509.Certificate | None
    document_hash: str | None
    token: str | None
    refusal: str | None
    trusted_only: bool
    policy: Policy
    code: int
    detail: str | None
    redeemed: datetime | None
    refreshed: datetime | None
    refresh_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who a request comes from, as its access token says.

    Permissions are those of the moment when the token was given, and later changes do not touch it. ``login`` is the
    reference number of the login; ``certificate`` and ``document_hash`` (Base64, SHA-256) are of its signed document,
    ``token`` is the reference number of the KSeF token that logged in instead.
    """

    context: Context
    subject: Subject
    permissions: frozenset[Permission]
    login: str
    method: Method
    document_hash: str | None
    token: str | None
    certificate: x509.Certificate | None
    policy: Policy


def login_of(row: sqlite3.Row) -> Login:
    """A row of ``logins``."""
    addresses, ranges, masks = json.loads(row["policy"])
    return Login(
        id=row["id"],
        reference=row["reference"],
        started=moment(row["started"]),
        context=Context.of_row(row),
        subject=Subject(type=SubjectType(row["subject_type"]), value=row["subject_value"]),
        method=Method(row["method"]),
        certificate=x509.load_der_x509_certificate(row["certificate"]) if row["certificate"] else None,
        document_hash=row["document_hash"],
        token=row["token"],
        refusal=row["refusal"],
        trusted_only=bool(row["trusted_only"]),
        policy=Policy(addresses=tuple(addresses), ranges=tuple(ranges), masks=tuple(masks)),
        code=row["code"],
        detail=row["detail"],
        redeemed=moment(row["redeemed"]) if row["redeemed"] is not None else None,
        refreshed=moment(row["refreshed"]) if row["refreshed"] is not None else None,
        refresh_until=moment(row["refresh_until"]) if row["refresh_until"] is not None else None,
    )
