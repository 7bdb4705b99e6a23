"""Giving permissions in KSeF and taking them away (guide ``uprawnienia.md``).

KSeF answers with a reference and decides afterwards; :meth:`PermissionOperations.wait_for_permission` waits for it.
What has been given is in :mod:`.permission_lists`. A permission opens the door of whoever is already logged in only
after the next login or renewal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, Self

from liczydlo.ksef.conversation import Conversation, Request, part
from liczydlo.ksef.operations import OperationStatus, poll
from liczydlo.ksef.runner import Runner

__all__ = [
    "Entity",
    "GrantRequest",
    "IdDocument",
    "Identifier",
    "PermissionOperations",
    "Person",
]

IdentifierKind = Literal[
    "Nip", "Pesel", "Fingerprint", "PeppolId", "InternalId", "NipVatUe", "AllPartners", "System"
]
PersonPermission = Literal[
    "InvoiceWrite",
    "InvoiceRead",
    "CredentialsRead",
    "CredentialsManage",
    "Introspection",
    "SubunitManage",
    "EnforcementOperations",
    "CollectiveIdentifierManage",
]
EntityPermission = Literal["InvoiceWrite", "InvoiceRead", "CollectiveIdentifierManage"]
Authorization = Literal["SelfInvoicing", "RRInvoicing", "TaxRepresentative", "PefInvoicing"]


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """Who, or where; ``value`` is empty for all clients (``AllPartners``) and for the tax office (``System``)."""

    kind: IdentifierKind
    value: str = ""

    @property
    def body(self) -> dict[str, str]:
        """As KSeF takes it."""
        return {"type": self.kind, "value": self.value} if self.value else {"type": self.kind}


ALL_CLIENTS: Final = Identifier(kind="AllPartners")
"""Every client that lets the present context hand its permissions on."""


@dataclass(frozen=True, kw_only=True)
class IdDocument:
    """A paper that tells who somebody is: its kind, its number, and two letters of the country of issue."""

    kind: str
    number: str
    country: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """A natural person who gets a permission.

    By a certificate's fingerprint also ``known_as`` (their PESEL or NIP), or ``born`` and ``document`` of whoever has
    neither. Raises :class:`ValueError` when these do not fit the identifier.
    """

    identifier: Identifier
    first_name: str
    last_name: str
    known_as: Identifier | None = None
    born: date | None = None
    document: IdDocument | None = None

    def __post_init__(self) -> None:
        paper = self.born is not None and self.document is not None
        if (self.identifier.kind == "Fingerprint") != (self.known_as is not None or paper):
            raise ValueError("a PESEL or NIP, or a document, goes with a fingerprint and with nothing else")

    @property
    def details(self) -> dict[str, Any]:
        """``subjectDetails`` as KSeF takes them."""
        name = {"firstName": self.first_name, "lastName": self.last_name}
        if self.identifier.kind != "Fingerprint":
            return {"subjectDetailsType": "PersonByIdentifier", "personById": name}
        if self.known_as is not None:
            return {
                "subjectDetailsType": "PersonByFingerprintWithIdentifier",
                "personByFpWithId": {**name, "identifier": self.known_as.body},
            }
        assert self.born is not None
        assert self.document is not None
        paper = self.document
        return {
            "subjectDetailsType": "PersonByFingerprintWithoutIdentifier",
            "personByFpNoId": {
                **name,
                "birthDate": self.born.isoformat(),
                "idDocument": {"type": paper.kind, "number": paper.number, "country": paper.country},
            },
        }


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A foreign entity that is known by the fingerprint of its seal."""

    identifier: Identifier
    name: str
    address: str

    @property
    def details(self) -> dict[str, Any]:
        """``subjectDetails`` as KSeF takes them."""
        return {
            "subjectDetailsType": "EntityByFingerprint",
            "entityByFp": {"fullName": self.name, "address": self.address},
        }


@dataclass(frozen=True, kw_only=True)
class GrantRequest:
    """A permission that KSeF is asked for: ``body`` of ``POST /permissions/{path}/grants``; JSON can hold both.

    Every ``description`` is 5 to 256 characters.
    """

    path: str
    body: dict[str, Any]

    @classmethod
    def person(cls, person: Person, permissions: Sequence[PersonPermission], description: str) -> Self:
        """Let a person work in this context; needs ``CredentialsManage``."""
        return cls(path="persons", body={**_to(person, description), "permissions": list(permissions)})

    @classmethod
    def entity(
        cls, nip: str, name: str, permissions: Mapping[EntityPermission, bool], description: str
    ) -> Self:
        """Let another firm handle invoices; each permission says whether it may be handed on (``canDelegate``)."""
        granted = [{"type": one, "canDelegate": further} for one, further in permissions.items()]
        firm = _to_firm(Identifier(kind="Nip", value=nip), name, description)
        return cls(path="entities", body={**firm, "permissions": granted})

    @classmethod
    def authorization(
        cls, subject: Identifier, name: str, permission: Authorization, description: str
    ) -> Self:
        """Let an entity act for this one in its own context; ``PefInvoicing`` is for a Peppol provider."""
        firm = _to_firm(subject, name, description)
        return cls(path="authorizations", body={**firm, "permission": permission})

    @classmethod
    def indirect(
        cls,
        person: Person,
        permissions: Sequence[EntityPermission],
        description: str,
        target: Identifier = ALL_CLIENTS,
    ) -> Self:
        """Hand on to a person what clients let this context hand on: one client's, or all clients'."""
        body = {**_to(person, description), "targetIdentifier": target.body}
        return cls(path="indirect", body={**body, "permissions": list(permissions)})

    @classmethod
    def subunit_administrator(
        cls, person: Person, unit: Identifier, description: str, unit_name: str = ""
    ) -> Self:
        """Let a person manage the permissions of a unit (``InternalId``, made by this) or a subordinate NIP.

        Needs ``SubunitManage``; ``unit_name`` goes with an ``InternalId``, 5 to 256 characters.
        """
        name = {"subunitName": unit_name} if unit_name else {}
        return cls(path="subunits", body={**_to(person, description), "contextIdentifier": unit.body, **name})

    @classmethod
    def eu_administrator(
        cls, subject: Person | Entity, unit: Identifier, name: str, address: str, description: str
    ) -> Self:
        """Let someone manage a foreign entity that issues for this one; ``unit`` is a ``NipVatUe``.

        The subject is known by fingerprint; the name and the address are the foreign entity's.
        """
        entity = {
            "contextIdentifier": unit.body,
            "euEntityName": name,
            "euEntityDetails": {"fullName": name, "address": address},
        }
        return cls(path="eu-entities/administration", body={**_to(subject, description), **entity})


def grant(request: GrantRequest) -> Conversation[str]:
    """``POST /permissions/{path}/grants``; the reference of the operation."""
    answer = yield Request(method="POST", path=f"/permissions/{request.path}/grants", json=request.body)
    return answer.object().text("referenceNumber")


def revoke(permission_id: str, *, authorization: bool = False) -> Conversation[str]:
    """``DELETE /permissions/{common|authorizations}/grants/{permissionId}``; the reference of the operation."""
    kind = "authorizations" if authorization else "common"
    answer = yield Request(method="DELETE", path=f"/permissions/{kind}/grants/{part(permission_id)}")
    return answer.object().text("referenceNumber")


def operation(reference: str) -> Conversation[OperationStatus]:
    """``GET /permissions/operations/{referenceNumber}``; KSeF remembers it for 30 days."""
    answer = yield Request(method="GET", path=f"/permissions/operations/{part(reference)}")
    return OperationStatus.of(answer.object().node("status"))


def finished(reference: str, patience: float) -> Conversation[OperationStatus]:
    """Poll an operation until it is decided."""

    def ask() -> Conversation[OperationStatus | None]:
        state = yield from operation(reference)
        state.raise_if_failed(reference, "permission")
        return state if state.finished else None

    return poll(ask, patience, reference)


class PermissionOperations(Runner):
    """Granting and revoking in the present context; KSeF answers with the reference of its operation."""

    def grant(self, request: GrantRequest) -> str:
        """Ask for a permission; the reference of the operation."""
        return self._run(grant(request))

    def revoke_permission(self, permission_id: str) -> str:
        """Take away any permission but one between entities; the reference of the operation."""
        return self._run(revoke(permission_id))

    def revoke_authorization(self, permission_id: str) -> str:
        """Take away a permission between entities; the reference of the operation."""
        return self._run(revoke(permission_id, authorization=True))

    def wait_for_permission(self, reference: str, *, patience: float = 30.0) -> OperationStatus:
        """Wait until a grant or its taking away is done.

        Raises :class:`Refused` with KSeF's status (410, 420, 430, 440, 450) when it refused,
        :class:`Unavailable` ``not-finished`` after ``patience`` seconds.
        """
        return self._run(finished(reference, patience))


def _to(subject: Person | Entity, description: str) -> dict[str, Any]:
    return {
        "subjectIdentifier": subject.identifier.body,
        "subjectDetails": subject.details,
        "description": description,
    }


def _to_firm(subject: Identifier, name: str, description: str) -> dict[str, Any]:
    return {
        "subjectIdentifier": subject.body,
        "subjectDetails": {"fullName": name},
        "description": description,
    }
