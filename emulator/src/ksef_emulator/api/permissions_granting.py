"""Giving and taking away permissions, and how those operations went (ksef-docs uprawnienia.md)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path

from .. import problems
from ..model.granting import DESCRIPTIONS
from ..model.grants import ALL_PARTNERS, Grant, Identifier, Kind
from ..model.logins import Principal
from ..model.permissions import Permission
from .parameters import Reference
from .permissions_rules import checked, details_of
from .present import timestamp
from .security import authenticated, require
from .wire.common import PermissionId
from .wire.permissions_granting import (
    EntityAuthorizationPermissionsGrantRequest,
    EntityPermissionsGrantRequest,
    EuEntityAdministrationPermissionsGrantRequest,
    EuEntityPermissionsGrantRequest,
    IndirectPermissionsGrantRequest,
    PersonPermissionsGrantRequest,
    SubunitPermissionsGrantRequest,
)

if TYPE_CHECKING:
    from ..emulator import Emulator

GIVING, TAKING = "Nadawanie uprawnień", "Odbieranie uprawnień"
KEPT = timedelta(days=30)
"""How long an operation can be asked about."""
EU_ADMINISTRATOR = (
    Permission.VAT_UE_MANAGE,
    Permission.INVOICE_WRITE,
    Permission.INVOICE_READ,
    Permission.INTROSPECTION,
)
"""What the operation for administrators of foreign entities gives, unasked."""


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter(prefix="/permissions")
    granting = emulator.granting
    manager = Annotated[Principal, Depends(require(emulator, Permission.CREDENTIALS_MANAGE))]
    of_units = Annotated[Principal, Depends(require(emulator, Permission.SUBUNIT_MANAGE))]
    of_foreigners = Annotated[Principal, Depends(require(emulator, Permission.VAT_UE_MANAGE))]
    any_manager = Annotated[
        Principal,
        Depends(
            require(
                emulator, Permission.CREDENTIALS_MANAGE, Permission.VAT_UE_MANAGE, Permission.SUBUNIT_MANAGE
            )
        ),
    ]

    def give(principal: Principal, grants: Iterable[Grant]) -> dict[str, Any]:
        return {"referenceNumber": granting.give(principal.context, list(grants))}

    @api.post("/persons/grants", status_code=202, tags=[GIVING])
    def to_person(body: PersonPermissionsGrantRequest, principal: manager) -> dict[str, Any]:
        _some(body.permissions)
        basis = _basis(principal, body, Kind.PERSON)
        return give(principal, (Grant(**basis, permission=each) for each in dict.fromkeys(body.permissions)))

    @api.post("/entities/grants", status_code=202, tags=[GIVING])
    def to_entity(body: EntityPermissionsGrantRequest, principal: manager) -> dict[str, Any]:
        _some(body.permissions)
        basis = _basis(principal, body, Kind.ENTITY)
        return give(
            principal,
            (
                Grant(**basis, permission=each.type, can_delegate=bool(each.canDelegate))
                for each in body.permissions
            ),
        )

    @api.post("/authorizations/grants", status_code=202, tags=[GIVING])
    def authorize(
        body: EntityAuthorizationPermissionsGrantRequest,
        principal: manager,
    ) -> dict[str, Any]:
        basis = _basis(principal, body, Kind.AUTHORIZATION)
        return give(principal, [Grant(**basis, permission=body.permission)])

    @api.post("/indirect/grants", status_code=202, tags=[GIVING])
    def hand_on(body: IndirectPermissionsGrantRequest, principal: manager) -> dict[str, Any]:
        _some(body.permissions)
        given = body.targetIdentifier
        target = Identifier(type=ALL_PARTNERS, value=None)
        if given is not None and given.type != ALL_PARTNERS:
            target = checked("targetIdentifier.value", given.type, given.value or "")
        basis = _basis(principal, body, Kind.INDIRECT) | {"target": target}
        return give(principal, (Grant(**basis, permission=each) for each in dict.fromkeys(body.permissions)))

    @api.post("/subunits/grants", status_code=202, tags=[GIVING])
    def to_unit(body: SubunitPermissionsGrantRequest, principal: of_units) -> dict[str, Any]:
        unit = checked("contextIdentifier.value", body.contextIdentifier.type, body.contextIdentifier.value)
        basis = _basis(principal, body, Kind.SUBUNIT) | {"context": unit}
        basis["details"] |= {"subunitName": body.subunitName} if body.subunitName else {}
        return give(principal, [Grant(**basis, permission=Permission.CREDENTIALS_MANAGE)])

    @api.post("/eu-entities/administration/grants", status_code=202, tags=[GIVING])
    def to_foreign_administrator(
        body: EuEntityAdministrationPermissionsGrantRequest,
        principal: manager,
    ) -> dict[str, Any]:
        where = checked("contextIdentifier.value", body.contextIdentifier.type, body.contextIdentifier.value)
        basis = _basis(principal, body, Kind.EU_ADMINISTRATION) | {"context": where}
        basis["details"] |= {
            "euEntityName": body.euEntityName,
            "euEntityDetails": body.euEntityDetails.model_dump(mode="json"),
        }
        return give(principal, (Grant(**basis, permission=each) for each in EU_ADMINISTRATOR))

    @api.post("/eu-entities/grants", status_code=202, tags=[GIVING])
    def to_foreign_representative(
        body: EuEntityPermissionsGrantRequest,
        principal: of_foreigners,
    ) -> dict[str, Any]:
        _some(body.permissions)
        basis = _basis(principal, body, Kind.EU)
        administration = emulator.permissions.grants.find(
            kind=Kind.EU_ADMINISTRATION,
            context_type=principal.context.type,
            context_value=principal.context.value,
        )
        for word in ("euEntityName", "euEntityDetails"):  # as the administrator's grant named the entity
            basis["details"] |= {word: administration[0].details[word]} if administration else {}
        return give(principal, (Grant(**basis, permission=each) for each in dict.fromkeys(body.permissions)))

    @api.delete("/common/grants/{permissionId}", status_code=202, tags=[TAKING])
    def take(
        uid: Annotated[PermissionId, Path(alias="permissionId")],
        principal: any_manager,
    ) -> dict[str, Any]:
        return {"referenceNumber": granting.take(principal.context, uid, authorization=False)}

    @api.delete("/authorizations/grants/{permissionId}", status_code=202, tags=[TAKING])
    def take_authorization(
        uid: Annotated[PermissionId, Path(alias="permissionId")],
        principal: manager,
    ) -> dict[str, Any]:
        return {"referenceNumber": granting.take(principal.context, uid, authorization=True)}

    @api.get("/operations/{referenceNumber}", tags=["Operacje"])
    def operation(
        reference: Reference, principal: Annotated[Principal, Depends(authenticated(emulator))]
    ) -> dict[str, Any]:
        found = granting.operation(principal.context, reference)
        if found is None or emulator.clock.now() - found.created > KEPT:
            raise problems.no_access_to_resource()
        return {"status": {"code": found.code, "description": DESCRIPTIONS[found.code]}}

    @api.get("/attachments/status", tags=["Operacje"])
    def attachments(
        principal: Annotated[
            Principal,
            Depends(require(emulator, Permission.CREDENTIALS_MANAGE, Permission.CREDENTIALS_READ)),
        ],
    ) -> dict[str, Any]:
        consent = emulator.consents.of(principal.context.nip or "")
        if consent is None:
            return {"isAttachmentAllowed": False}
        allowed = consent.revoked is None or consent.revoked > emulator.clock.now()
        answer: dict[str, Any] = {"isAttachmentAllowed": allowed}
        return answer | ({"revokedDate": timestamp(consent.revoked)} if consent.revoked is not None else {})

    return api


def _some(permissions: Iterable[Any]) -> None:
    if not list(permissions):
        raise problems.invalid_input("permissions: Wymagane jest co najmniej jedno uprawnienie.")


def _basis(principal: Principal, body: Any, kind: Kind) -> dict[str, Any]:
    """What every grant of a request has in common. Raises problem 21405."""
    context = Identifier(type=principal.context.type, value=principal.context.value)
    return {
        "kind": kind,
        "context": context,
        "giver": context,
        "subject": checked(
            "subjectIdentifier.value", body.subjectIdentifier.type, body.subjectIdentifier.value
        ),
        "author": Identifier(type=principal.subject.type, value=principal.subject.value),
        "description": body.description,
        "details": details_of(body.subjectDetails, body.subjectIdentifier.type),
    }
