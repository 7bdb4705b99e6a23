"""What the seven requests for permissions ask for, as grants: one place for the API and for the portal's forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import problems
from ..model.access.grants import ALL_PARTNERS, Grant, Identifier, Kind
from ..model.access.logins import Principal
from ..model.access.permissions import Permission, Permissions
from .contract.permissions_granting import (
    EntityAuthorizationPermissionsGrantRequest,
    EntityPermissionsGrantRequest,
    EuEntityAdministrationPermissionsGrantRequest,
    EuEntityPermissionsGrantRequest,
    IndirectPermissionsGrantRequest,
    PersonPermissionsGrantRequest,
    SubunitPermissionsGrantRequest,
)
from .permissions_rules import checked, details_of

EU_ADMINISTRATOR = (
    Permission.VAT_UE_MANAGE,
    Permission.INVOICE_WRITE,
    Permission.INVOICE_READ,
    Permission.INTROSPECTION,
)
"""What the operation for administrators of foreign entities gives, unasked."""
Request = (
    PersonPermissionsGrantRequest
    | EntityPermissionsGrantRequest
    | EntityAuthorizationPermissionsGrantRequest
    | IndirectPermissionsGrantRequest
    | SubunitPermissionsGrantRequest
    | EuEntityAdministrationPermissionsGrantRequest
    | EuEntityPermissionsGrantRequest
)
REQUESTS: dict[Kind, type[Request]] = {
    Kind.PERSON: PersonPermissionsGrantRequest,
    Kind.ENTITY: EntityPermissionsGrantRequest,
    Kind.AUTHORIZATION: EntityAuthorizationPermissionsGrantRequest,
    Kind.INDIRECT: IndirectPermissionsGrantRequest,
    Kind.SUBUNIT: SubunitPermissionsGrantRequest,
    Kind.EU_ADMINISTRATION: EuEntityAdministrationPermissionsGrantRequest,
    Kind.EU: EuEntityPermissionsGrantRequest,
}
"""By which body each kind is asked for."""


def grants_of(permissions: Permissions, principal: Principal, body: Request) -> list[Grant]:
    """What ``principal`` would give with ``body``, in its order. Raises problem 21405."""
    match body:
        case PersonPermissionsGrantRequest():
            return _one_per_permission(_basis(principal, body, Kind.PERSON), body.permissions)
        case EntityPermissionsGrantRequest():
            basis = _basis(principal, body, Kind.ENTITY)
            _some(body.permissions)
            return [
                Grant(**basis, permission=permission.type, can_delegate=bool(permission.canDelegate))
                for permission in body.permissions
            ]
        case EntityAuthorizationPermissionsGrantRequest():
            return [Grant(**_basis(principal, body, Kind.AUTHORIZATION), permission=body.permission)]
        case IndirectPermissionsGrantRequest():
            basis = _basis(principal, body, Kind.INDIRECT) | {"target": _target(body)}
            return _one_per_permission(basis, body.permissions)
        case SubunitPermissionsGrantRequest():
            basis = _basis(principal, body, Kind.SUBUNIT)
            basis["details"] |= {"subunitName": body.subunitName} if body.subunitName else {}
            return [Grant(**basis, permission=Permission.CREDENTIALS_MANAGE)]
        case EuEntityAdministrationPermissionsGrantRequest():
            basis = _basis(principal, body, Kind.EU_ADMINISTRATION)
            basis["details"] |= {
                "euEntityName": body.euEntityName,
                "euEntityDetails": body.euEntityDetails.model_dump(mode="json"),
            }
            return _one_per_permission(basis, EU_ADMINISTRATOR)
        case EuEntityPermissionsGrantRequest():
            basis = _basis(principal, body, Kind.EU)
            basis["details"] |= _entity_here(permissions, principal)
            return _one_per_permission(basis, body.permissions)


def _one_per_permission(basis: dict[str, Any], names: Iterable[str]) -> list[Grant]:
    """One grant of every permission, named once or more. Raises problem 21405 when there is none."""
    once = list(dict.fromkeys(names))
    _some(once)
    return [Grant(**basis, permission=permission) for permission in once]


def _some(names: list[Any]) -> None:
    if not names:
        raise problems.invalid_input("permissions: Wymagane jest co najmniej jedno uprawnienie.")


def _target(body: IndirectPermissionsGrantRequest) -> Identifier:
    """Whose affairs an indirect permission opens; everybody's when nobody was named. Raises problem 21405."""
    identifier = body.targetIdentifier
    if identifier is None or identifier.type == ALL_PARTNERS:
        return Identifier(type=ALL_PARTNERS, value=None)
    return checked("targetIdentifier.value", identifier.type, identifier.value or "")


def _entity_here(permissions: Permissions, principal: Principal) -> dict[str, Any]:
    """The foreign entity of this context, as its administrator's grant named it."""
    grants = permissions.grants.find(
        kind=Kind.EU_ADMINISTRATION,
        context=principal.context,
    )
    return {word: grants[0].details[word] for word in ("euEntityName", "euEntityDetails")} if grants else {}


def _basis(principal: Principal, body: Any, kind: Kind) -> dict[str, Any]:
    """What every grant of a request has in common; it holds in the context of the request, unless the body names
    another. Raises problem 21405."""
    giver = Identifier.of(principal.context)
    named = getattr(body, "contextIdentifier", None)
    return {
        "kind": kind,
        "context": checked("contextIdentifier.value", named.type, named.value) if named else giver,
        "giver": giver,
        "subject": checked(
            "subjectIdentifier.value", body.subjectIdentifier.type, body.subjectIdentifier.value
        ),
        "author": Identifier.of(principal.subject),
        "description": body.description,
        "details": details_of(body.subjectDetails, body.subjectIdentifier.type),
    }
