"""Giving and taking away permissions, and how those operations went (ksef-docs uprawnienia.md)."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from .. import problems
from ..emulator import Emulator
from ..model.access.granting import DESCRIPTIONS, NEEDED, TAKERS
from ..model.access.grants import Kind
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.time.moments import timestamp
from .contract.common import PermissionId
from .contract.permissions_granting import (
    EntityAuthorizationPermissionsGrantRequest,
    EntityPermissionsGrantRequest,
    EuEntityAdministrationPermissionsGrantRequest,
    EuEntityPermissionsGrantRequest,
    IndirectPermissionsGrantRequest,
    PersonPermissionsGrantRequest,
    SubunitPermissionsGrantRequest,
)
from .parameters import Reference
from .permissions_requests import Request, grants_of
from .security import Caller, CurrentEmulator, require

GIVING, TAKING = "Nadawanie uprawnień", "Odbieranie uprawnień"
KEPT = timedelta(days=30)
"""How long an operation can be asked about."""

router = APIRouter()
Manager = Annotated[Principal, Depends(require(Permission.CREDENTIALS_MANAGE))]
UnitManager = Annotated[Principal, Depends(require(NEEDED[Kind.SUBUNIT]))]
ForeignManager = Annotated[Principal, Depends(require(NEEDED[Kind.EU]))]
Revoker = Annotated[Principal, Depends(require(*TAKERS[False]))]
AuthorizationRevoker = Annotated[Principal, Depends(require(*TAKERS[True]))]


def _give(emulator: Emulator, principal: Principal, body: Request) -> dict[str, Any]:
    grants = grants_of(emulator.permissions, principal, body)
    return {"referenceNumber": emulator.granting.give(principal.context, grants)}


@router.post("/permissions/persons/grants", status_code=202, tags=[GIVING])
def grant_to_person(
    body: PersonPermissionsGrantRequest, emulator: CurrentEmulator, principal: Manager
) -> dict[str, Any]:
    return _give(emulator, principal, body)


@router.post("/permissions/entities/grants", status_code=202, tags=[GIVING])
def grant_to_entity(
    body: EntityPermissionsGrantRequest, emulator: CurrentEmulator, principal: Manager
) -> dict[str, Any]:
    return _give(emulator, principal, body)


@router.post("/permissions/authorizations/grants", status_code=202, tags=[GIVING])
def grant_authorization(
    body: EntityAuthorizationPermissionsGrantRequest, emulator: CurrentEmulator, principal: Manager
) -> dict[str, Any]:
    return _give(emulator, principal, body)


@router.post("/permissions/indirect/grants", status_code=202, tags=[GIVING])
def grant_indirectly(
    body: IndirectPermissionsGrantRequest, emulator: CurrentEmulator, principal: Manager
) -> dict[str, Any]:
    return _give(emulator, principal, body)


@router.post("/permissions/subunits/grants", status_code=202, tags=[GIVING])
def grant_to_subunit(
    body: SubunitPermissionsGrantRequest, emulator: CurrentEmulator, principal: UnitManager
) -> dict[str, Any]:
    return _give(emulator, principal, body)


@router.post("/permissions/eu-entities/administration/grants", status_code=202, tags=[GIVING])
def grant_eu_administration(
    body: EuEntityAdministrationPermissionsGrantRequest, emulator: CurrentEmulator, principal: Manager
) -> dict[str, Any]:
    return _give(emulator, principal, body)


@router.post("/permissions/eu-entities/grants", status_code=202, tags=[GIVING])
def grant_to_eu_representative(
    body: EuEntityPermissionsGrantRequest, emulator: CurrentEmulator, principal: ForeignManager
) -> dict[str, Any]:
    return _give(emulator, principal, body)


@router.delete("/permissions/common/grants/{permissionId}", status_code=202, tags=[TAKING])
def revoke_permission(
    uid: Annotated[PermissionId, Path(alias="permissionId")],
    emulator: CurrentEmulator,
    principal: Revoker,
) -> dict[str, Any]:
    return {"referenceNumber": emulator.granting.take(principal.context, uid, authorization=False)}


@router.delete("/permissions/authorizations/grants/{permissionId}", status_code=202, tags=[TAKING])
def revoke_authorization(
    uid: Annotated[PermissionId, Path(alias="permissionId")],
    emulator: CurrentEmulator,
    principal: AuthorizationRevoker,
) -> dict[str, Any]:
    return {"referenceNumber": emulator.granting.take(principal.context, uid, authorization=True)}


@router.get("/permissions/operations/{referenceNumber}", tags=["Operacje"])
def operation_status(reference: Reference, emulator: CurrentEmulator, principal: Caller) -> dict[str, Any]:
    operation = emulator.granting.operation(principal.context, reference)
    if operation is None or emulator.clock.now() - operation.created > KEPT:
        raise problems.no_access_to_resource()
    return {"status": {"code": operation.code, "description": DESCRIPTIONS[operation.code]}}


@router.get("/permissions/attachments/status", tags=["Operacje"])
def attachments_status(
    emulator: CurrentEmulator,
    principal: Annotated[
        Principal, Depends(require(Permission.CREDENTIALS_MANAGE, Permission.CREDENTIALS_READ))
    ],
) -> dict[str, Any]:
    consent = emulator.consents.of(principal.context.nip or "")
    if consent is None:
        return {"isAttachmentAllowed": False}
    allowed = consent.revoked is None or consent.revoked > emulator.clock.now()
    answer: dict[str, Any] = {"isAttachmentAllowed": allowed}
    return answer | ({"revokedDate": timestamp(consent.revoked)} if consent.revoked is not None else {})
