"""The client side of the conversation with KSeF. Pure of Django; may use ``liczydlo.fa3``.

A conversation of several steps is a generator without I/O (:mod:`.conversation`); :class:`Client` carries it
over HTTP. The public surface is ``__all__`` and the modules :mod:`.deadlines`, :mod:`.latarnia`, :mod:`.upo`.
"""

from liczydlo.ksef.certificates import (
    CertificateInfo,
    CertificateLimits,
    EnrollmentStatus,
    IssuedCertificate,
    Limit,
)
from liczydlo.ksef.client import Client
from liczydlo.ksef.collective import CollectivePayment
from liczydlo.ksef.context import Context
from liczydlo.ksef.credentials import (
    Credential,
    CredentialError,
    EnrollmentData,
    Purpose,
    build_csr,
    check,
    load,
    load_pkcs12,
    new_private_key,
)
from liczydlo.ksef.deadlines import Deadline, Outage, deadline, due
from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.environments import DEMO, PRODUKCJA, TEST, Environment, emulator
from liczydlo.ksef.errors import KsefError, LoginRefused, RateLimited, Refusal, Refused, Unavailable
from liczydlo.ksef.invoices import InvoiceMetadata, MetadataQuery, Party
from liczydlo.ksef.limits import ContextLimits, Limits
from liczydlo.ksef.login import AuthenticationSession, Challenge, Operation, Tokens, login_document
from liczydlo.ksef.operations import OperationStatus
from liczydlo.ksef.permission_lists import EntityRole, Grant
from liczydlo.ksef.permissions import Entity, GrantRequest, IdDocument, Identifier, Person
from liczydlo.ksef.public_keys import PublicKey, PublicKeyCache
from liczydlo.ksef.qr import kod_1, kod_2
from liczydlo.ksef.session_states import InvoiceStatus, SessionStatus, UpoPage
from liczydlo.ksef.sessions import FA3, Form, OnlineSession
from liczydlo.ksef.standing import ClockReading, OwnPermissions
from liczydlo.ksef.token_login import KsefToken, TokenError, TokenInfo
from liczydlo.ksef.tokens import NewToken
from liczydlo.ksef.upo import Upo, UpoDocument, UpoError

__all__ = [
    "DEMO",
    "FA3",
    "PRODUKCJA",
    "TEST",
    "AuthenticationSession",
    "CertificateInfo",
    "CertificateLimits",
    "Challenge",
    "Client",
    "ClockReading",
    "CollectivePayment",
    "Context",
    "ContextLimits",
    "Credential",
    "CredentialError",
    "Deadline",
    "EnrollmentData",
    "EnrollmentStatus",
    "Entity",
    "EntityRole",
    "Environment",
    "Form",
    "Grant",
    "GrantRequest",
    "IdDocument",
    "Identifier",
    "InvoiceMetadata",
    "InvoiceStatus",
    "IssuedCertificate",
    "KsefError",
    "KsefToken",
    "Limit",
    "Limits",
    "LoginRefused",
    "MetadataQuery",
    "NewToken",
    "OnlineSession",
    "Operation",
    "OperationStatus",
    "Outage",
    "OwnPermissions",
    "Party",
    "Person",
    "PublicKey",
    "PublicKeyCache",
    "Purpose",
    "RateLimited",
    "Refusal",
    "Refused",
    "SessionKey",
    "SessionStatus",
    "TokenError",
    "TokenInfo",
    "Tokens",
    "Unavailable",
    "Upo",
    "UpoDocument",
    "UpoError",
    "UpoPage",
    "build_csr",
    "check",
    "deadline",
    "due",
    "emulator",
    "kod_1",
    "kod_2",
    "load",
    "load_pkcs12",
    "login_document",
    "new_private_key",
]
