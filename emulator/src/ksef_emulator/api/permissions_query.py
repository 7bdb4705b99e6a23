"""Looking permissions and roles up: eight queries, each with its filters, all with pages (ksef-docs uprawnienia.md)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends

from ..emulator import Emulator
from ..model.access import permission_lists as lists
from ..model.access.grants import Grant, Identifier, Kind
from ..model.access.logins import Principal
from ..model.identity.subjects import Taxpayer
from ..model.time.moments import timestamp
from .contract.permissions_query import (
    EntityAuthorizationPermissionsQueryRequest,
    EntityPermissionsQueryRequest,
    EuEntityPermissionsQueryRequest,
    PersonalPermissionsQueryRequest,
    PersonPermissionsQueryRequest,
    QueryType,
    SubordinateEntityRolesQueryRequest,
    SubunitPermissionsQueryRequest,
)
from .parameters import PageOffset, PageSize100
from .security import Caller, CurrentEmulator, require

TAG = "Wyszukiwanie nadanych uprawnień"
PARENTS = {
    "VatGroup": "VatGroupUnit",
    "JST": "LocalGovernmentUnit",
    "EnforcementAuthority": "EnforcementAuthority",
}
SUBUNITS = {"VatGroup": "VatGroupSubUnit", "JST": "LocalGovernmentSubUnit"}

router = APIRouter(tags=[TAG])
Reader = Annotated[Principal, Depends(require(*lists.READERS))]
UnitReader = Annotated[Principal, Depends(require(*lists.READERS, *lists.OTHER_READERS["persons"]))]
ForeignReader = Annotated[Principal, Depends(require(*lists.READERS, *lists.OTHER_READERS["foreign"]))]
AuthorizationReader = Annotated[
    Principal, Depends(require(*lists.READERS, *lists.OTHER_READERS["authorizations"]))
]


def _state(emulator: Emulator, grant: Grant) -> str:
    return lists.state(emulator.permissions, grant)


@router.post("/permissions/query/personal/grants")
def query_personal(
    emulator: CurrentEmulator,
    principal: Caller,
    body: Annotated[PersonalPermissionsQueryRequest | None, Body()] = None,
    page: PageOffset = 0,
    size: PageSize100 = 10,
) -> dict[str, Any]:
    filters = body or PersonalPermissionsQueryRequest()
    grants = [
        grant
        for grant in lists.personal(emulator.permissions, principal)
        if _fits(filters.contextIdentifier, grant.context)
        and _fits(filters.targetIdentifier, grant.target or grant.context)
        and (
            not filters.permissionTypes
            or grant.permission in [str(permission) for permission in filters.permissionTypes]
        )
        and (filters.permissionState is None or _state(emulator, grant) == filters.permissionState.value)
    ]
    answer = _page(grants, page, size, "permissions", lambda grant: _personal(grant, _state(emulator, grant)))
    owned = lists.owned(emulator.permissions, principal)
    return answer | ({"ownerPermissions": sorted(owned)} if owned else {})


@router.post("/permissions/query/persons/grants")
def query_persons(
    body: PersonPermissionsQueryRequest,
    emulator: CurrentEmulator,
    principal: UnitReader,
    page: PageOffset = 0,
    size: PageSize100 = 10,
) -> dict[str, Any]:
    current = body.queryType.value == "PermissionsInCurrentContext"
    grants = [
        grant
        for grant in lists.persons(emulator.permissions, principal, current=current)
        if _fits(body.authorIdentifier, grant.author)
        and _fits(body.authorizedIdentifier, grant.subject)
        and _fits(body.contextIdentifier, grant.context)
        and _fits(body.targetIdentifier, grant.target or grant.context)
        and (
            not body.permissionTypes
            or grant.permission in [str(permission) for permission in body.permissionTypes]
        )
        and (body.permissionState is None or _state(emulator, grant) == body.permissionState.value)
    ]
    return _page(grants, page, size, "permissions", lambda grant: _person(grant, _state(emulator, grant)))


@router.post("/permissions/query/subunits/grants")
def query_subunits(
    emulator: CurrentEmulator,
    principal: UnitReader,
    body: Annotated[SubunitPermissionsQueryRequest | None, Body()] = None,
    page: PageOffset = 0,
    size: PageSize100 = 10,
) -> dict[str, Any]:
    filters = body.subunitIdentifier if body else None
    grants = [
        subunit
        for subunit in lists.subunits(emulator.permissions, principal)
        if _fits(filters, subunit.context)
    ]
    return _page(grants, page, size, "permissions", _subunit)


@router.post("/permissions/query/entities/grants")
def query_entities(
    emulator: CurrentEmulator,
    principal: Reader,
    body: Annotated[EntityPermissionsQueryRequest | None, Body()] = None,
    page: PageOffset = 0,
    size: PageSize100 = 10,
) -> dict[str, Any]:
    filters = body.contextIdentifier if body else None
    received = lists.entities_received(emulator.permissions, principal)
    grants = [grant for grant in received if _fits(filters, grant.context)]
    return _page(grants, page, size, "permissions", _entity)


@router.get("/permissions/query/entities/roles")
def entity_roles(
    emulator: CurrentEmulator, principal: Reader, page: PageOffset = 0, size: PageSize100 = 10
) -> dict[str, Any]:
    roles: list[tuple[str, str, datetime, str | None]] = []
    nip = principal.context.nip or ""
    person, taxpayer = emulator.subjects.person(nip), emulator.subjects.taxpayer(nip)
    if person is not None and person.bailiff and person.created is not None:
        roles.append(("CourtBailiff", person.description, person.created, None))
    if taxpayer is not None and taxpayer.created is not None:
        words = SUBUNITS if taxpayer.parent else PARENTS
        roles.append((words[taxpayer.type], taxpayer.description, taxpayer.created, taxpayer.parent))
    return _page(roles, page, size, "roles", lambda role: _role(*role))


@router.post("/permissions/query/subordinate-entities/roles")
def subordinate_roles(
    emulator: CurrentEmulator,
    principal: UnitReader,
    body: Annotated[SubordinateEntityRolesQueryRequest | None, Body()] = None,
    page: PageOffset = 0,
    size: PageSize100 = 10,
) -> dict[str, Any]:
    filters = body.subordinateEntityIdentifier if body else None
    subordinates = [
        unit
        for unit in emulator.subjects.subunits(principal.context.nip or "")
        if filters is None or unit.nip == filters.value
    ]
    return _page(subordinates, page, size, "roles", _subordinate)


@router.post("/permissions/query/authorizations/grants")
def query_authorizations(
    body: EntityAuthorizationPermissionsQueryRequest,
    emulator: CurrentEmulator,
    principal: AuthorizationReader,
    page: PageOffset = 0,
    size: PageSize100 = 10,
) -> dict[str, Any]:
    received = body.queryType is QueryType.RECEIVED
    grants = [
        grant
        for grant in lists.authorizations(emulator.permissions, principal, received=received)
        if (not received or _fits(body.authorizingIdentifier, grant.context))
        and (received or _fits(body.authorizedIdentifier, grant.subject))
        and (
            not body.permissionTypes
            or grant.permission in [str(permission) for permission in body.permissionTypes]
        )
    ]
    return _page(grants, page, size, "authorizationGrants", _authorization)


@router.post("/permissions/query/eu-entities/grants")
def query_eu_entities(
    emulator: CurrentEmulator,
    principal: ForeignReader,
    body: Annotated[EuEntityPermissionsQueryRequest | None, Body()] = None,
    page: PageOffset = 0,
    size: PageSize100 = 10,
) -> dict[str, Any]:
    filters = body or EuEntityPermissionsQueryRequest()
    grants = [
        grant
        for grant in lists.foreign(emulator.permissions, principal)
        if filters.vatUeIdentifier in (None, _vat_ue(grant))
        and filters.authorizedFingerprintIdentifier in (None, grant.subject.value)
        and (
            not filters.permissionTypes
            or grant.permission in [str(permission) for permission in filters.permissionTypes]
        )
    ]
    return _page(grants, page, size, "permissions", _foreign)


def _page(
    items: Iterable[Any], page: int, size: int, word: str, item: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    everything = list(items)
    shown = everything[page * size : (page + 1) * size]
    return {word: [item(grant) for grant in shown], "hasMore": len(everything) > (page + 1) * size}


def _fits(filters: Any, identifier: Identifier) -> bool:
    """Whether an identifier is the one that was asked for, if one was."""
    return filters is None or (str(filters.type), filters.value) == (identifier.type, identifier.value)


def _identifier(identifier: Identifier) -> dict[str, Any]:
    return {"type": identifier.type} | ({"value": identifier.value} if identifier.value is not None else {})


def _common(grant: Grant) -> dict[str, Any]:
    assert grant.start is not None
    people = ("subjectPersonDetails", "subjectEntityDetails")
    return {
        "id": grant.uid,
        "description": grant.description,
        "startDate": timestamp(grant.start),
        **{word: grant.details[word] for word in people if word in grant.details},
    }


def _where(grant: Grant) -> dict[str, Any]:
    return {"targetIdentifier": _identifier(grant.target)} if grant.target else {}


def _personal(grant: Grant, state: str) -> dict[str, Any]:
    return {
        **_common(grant),
        **_where(grant),
        "contextIdentifier": _identifier(grant.context),
        "permissionScope": grant.permission,
        "permissionState": state,
        "canDelegate": grant.can_delegate,
    } | ({"authorizedIdentifier": _identifier(grant.subject)} if grant.kind is Kind.ENTITY else {})


def _person(grant: Grant, state: str) -> dict[str, Any]:
    return {
        **_common(grant),
        **_where(grant),
        "authorizedIdentifier": _identifier(grant.subject),
        "authorIdentifier": _identifier(grant.author),
        "permissionScope": grant.permission,
        "permissionState": state,
        "canDelegate": grant.can_delegate,
    } | ({"contextIdentifier": _identifier(grant.context)} if grant.kind is Kind.SUBUNIT else {})


def _subunit(grant: Grant) -> dict[str, Any]:
    name = grant.details.get("subunitName")
    return {
        **_common(grant),
        "authorizedIdentifier": _identifier(grant.subject),
        "subunitIdentifier": _identifier(grant.context),
        "authorIdentifier": _identifier(grant.author),
        "permissionScope": grant.permission,
    } | ({"subunitName": name} if name else {})


def _entity(grant: Grant) -> dict[str, Any]:
    assert grant.start is not None
    return {
        "id": grant.uid,
        "contextIdentifier": _identifier(grant.context),
        "permissionScope": grant.permission,
        "description": grant.description,
        "startDate": timestamp(grant.start),
        "canDelegate": grant.can_delegate,
    }


def _authorization(grant: Grant) -> dict[str, Any]:
    return {
        **_common(grant),
        "authorIdentifier": _identifier(grant.author),
        "authorizedEntityIdentifier": _identifier(grant.subject),
        "authorizingEntityIdentifier": _identifier(grant.context),
        "authorizationScope": grant.permission,
    }


def _foreign(grant: Grant) -> dict[str, Any]:
    return {
        **_common(grant),
        "authorIdentifier": _identifier(grant.author),
        "vatUeIdentifier": _vat_ue(grant),
        "euEntityName": grant.details["euEntityName"],
        "authorizedFingerprintIdentifier": grant.subject.value,
        "permissionScope": grant.permission,
        "euEntityDetails": grant.details["euEntityDetails"],
    }


def _vat_ue(grant: Grant) -> str:
    return str(grant.context.value).partition("-")[2]


def _role(role: str, description: str, since: datetime, parent: str | None) -> dict[str, Any]:
    answer = {"role": role, "description": description, "startDate": timestamp(since)}
    return answer | ({"parentEntityIdentifier": {"type": "Nip", "value": parent}} if parent else {})


def _subordinate(unit: Taxpayer) -> dict[str, Any]:
    assert unit.created is not None
    return {
        "subordinateEntityIdentifier": {"type": "Nip", "value": unit.nip},
        "role": SUBUNITS[unit.type],
        "description": unit.description,
        "startDate": timestamp(unit.created),
    }
