"""Giving and taking away permissions, and how those operations went (ksef-docs uprawnienia.md)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path

from .. import problems
from ..model.access.granting import DESCRIPTIONS, NEEDED, TAKERS
from ..model.access.grants import Kind
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.time.moments import timestamp
from .parameters import Reference
from .permissions_requests import Request, grants_of
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


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter(prefix="/permissions")
    granting = emulator.granting
    manager = Annotated[Principal, Depends(require(emulator, Permission.CREDENTIALS_MANAGE))]
    of_units = Annotated[Principal, Depends(require(emulator, NEEDED[Kind.SUBUNIT]))]
    of_foreigners = Annotated[Principal, Depends(require(emulator, NEEDED[Kind.EU]))]
    taker = Annotated[Principal, Depends(require(emulator, *TAKERS[False]))]
    authorization_taker = Annotated[Principal, Depends(require(emulator, *TAKERS[True]))]

    def give(principal: Principal, body: Request) -> dict[str, Any]:
        grants = grants_of(emulator.permissions, principal, body)
        return {"referenceNumber": granting.give(principal.context, grants)}

    @api.post("/persons/grants", status_code=202, tags=[GIVING])
    def to_person(body: PersonPermissionsGrantRequest, principal: manager) -> dict[str, Any]:
        return give(principal, body)

    @api.post("/entities/grants", status_code=202, tags=[GIVING])
    def to_entity(body: EntityPermissionsGrantRequest, principal: manager) -> dict[str, Any]:
        return give(principal, body)

    @api.post("/authorizations/grants", status_code=202, tags=[GIVING])
    def authorize(body: EntityAuthorizationPermissionsGrantRequest, principal: manager) -> dict[str, Any]:
        return give(principal, body)

    @api.post("/indirect/grants", status_code=202, tags=[GIVING])
    def hand_on(body: IndirectPermissionsGrantRequest, principal: manager) -> dict[str, Any]:
        return give(principal, body)

    @api.post("/subunits/grants", status_code=202, tags=[GIVING])
    def to_unit(body: SubunitPermissionsGrantRequest, principal: of_units) -> dict[str, Any]:
        return give(principal, body)

    @api.post("/eu-entities/administration/grants", status_code=202, tags=[GIVING])
    def to_foreign_administrator(
        body: EuEntityAdministrationPermissionsGrantRequest, principal: manager
    ) -> dict[str, Any]:
        return give(principal, body)

    @api.post("/eu-entities/grants", status_code=202, tags=[GIVING])
    def to_foreign_representative(
        body: EuEntityPermissionsGrantRequest, principal: of_foreigners
    ) -> dict[str, Any]:
        return give(principal, body)

    @api.delete("/common/grants/{permissionId}", status_code=202, tags=[TAKING])
    def take(
        uid: Annotated[PermissionId, Path(alias="permissionId")],
        principal: taker,
    ) -> dict[str, Any]:
        return {"referenceNumber": granting.take(principal.context, uid, authorization=False)}

    @api.delete("/authorizations/grants/{permissionId}", status_code=202, tags=[TAKING])
    def take_authorization(
        uid: Annotated[PermissionId, Path(alias="permissionId")],
        principal: authorization_taker,
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
