"""Test data that only a test environment lets one make (``/testdata``): people, taxpayers, permissions, contexts that
nobody may log in to, consents to invoices with attachments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BeforeValidator

from .. import problems
from ..intake.polish_time import from_polish_local
from ..model.access.permissions import Permission
from ..model.identity.contexts import Context, ContextType
from ..model.identity.subjects import AlreadyThere, Person, Subject, SubjectType, Taxpayer
from .contract.testdata import (
    AttachmentPermissionGrantRequest,
    AttachmentPermissionRevokeRequest,
    BlockContextAuthenticationRequest,
    PersonCreateRequest,
    PersonRemoveRequest,
    SubjectCreateRequest,
    SubjectRemoveRequest,
    TestDataAuthenticationContextIdentifier,
    TestDataAuthorizedIdentifier,
    TestDataContextIdentifier,
    TestDataPermissionsGrantRequest,
    TestDataPermissionsRevokeRequest,
    UnblockContextAuthenticationRequest,
)
from .permissions_rules import checked
from .security import CurrentEmulator


def _named_as_java_names_them(body: Any) -> Any:
    """The Ministry's Java client writes ``permission`` for ``permissionType``, and the live system lets it."""
    if not isinstance(body, dict):
        return body
    return {
        key: [_named(row) for row in value]
        if key.lower() == "permissions" and isinstance(value, list)
        else value
        for key, value in body.items()
    }


def _named(granted: Any) -> Any:
    if not isinstance(granted, dict) or any(key.lower() == "permissiontype" for key in granted):
        return granted
    return {"permissionType" if key.lower() == "permission" else key: value for key, value in granted.items()}


_Grants = Annotated[TestDataPermissionsGrantRequest, BeforeValidator(_named_as_java_names_them)]

router = APIRouter(tags=["Dane testowe"])


@router.post("/testdata/person")
def add_person(body: PersonCreateRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    try:
        emulator.subjects.add_person(
            Person(
                nip=body.nip,
                pesel=body.pesel,
                description=body.description,
                bailiff=body.isBailiff,
                deceased=bool(body.isDeceased),
                created=_since(body.createdDate),
            )
        )
    except AlreadyThere as error:
        raise problems.already_there() from error
    return {}


@router.post("/testdata/person/remove")
def remove_person(body: PersonRemoveRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    person = emulator.subjects.remove_person(body.nip)
    if person is not None:
        emulator.permissions.forget(Subject(type=SubjectType.NIP, value=person.nip))
        emulator.permissions.forget(Subject(type=SubjectType.PESEL, value=person.pesel))
    return {}


@router.post("/testdata/subject")
def add_subject(body: SubjectCreateRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    kind, since = body.subjectType.value, _since(body.createdDate)
    subunits = [
        Taxpayer(
            nip=subunit.subjectNip,
            type=kind,
            description=subunit.description,
            parent=body.subjectNip,
            created=since,
        )
        for subunit in body.subunits or ()
    ]
    if subunits and kind == "EnforcementAuthority":
        raise problems.invalid_input("Organ egzekucyjny nie ma jednostek podrzędnych.")
    try:
        emulator.subjects.add_taxpayer(
            Taxpayer(nip=body.subjectNip, type=kind, description=body.description, created=since),
            subunits,
        )
    except AlreadyThere as error:
        raise problems.already_there() from error
    return {}


@router.post("/testdata/subject/remove")
def remove_subject(body: SubjectRemoveRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    emulator.subjects.remove_taxpayer(body.subjectNip)
    return {}


@router.post("/testdata/permissions")
def grant_permissions(body: _Grants, emulator: CurrentEmulator) -> dict[str, Any]:
    permissions = [
        (Permission(permission.permissionType), permission.description) for permission in body.permissions
    ]
    emulator.permissions.grant(
        _context(body.contextIdentifier), _subject(body.authorizedIdentifier), permissions
    )
    return {}


@router.post("/testdata/permissions/revoke")
def revoke_permissions(body: TestDataPermissionsRevokeRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    emulator.permissions.revoke(_context(body.contextIdentifier), _subject(body.authorizedIdentifier))
    return {}


@router.post("/testdata/context/block")
def block_login_context(body: BlockContextAuthenticationRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    emulator.verdicts.block(_login_context(body.contextIdentifier))
    return {}


@router.post("/testdata/context/unblock")
def unblock_login_context(
    body: UnblockContextAuthenticationRequest, emulator: CurrentEmulator
) -> dict[str, Any]:
    emulator.verdicts.unblock(_login_context(body.contextIdentifier))
    return {}


@router.post("/testdata/attachment")
def allow_attachments(body: AttachmentPermissionGrantRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    emulator.consents.give(body.nip)
    return {}


@router.post("/testdata/attachment/revoke")
def revoke_attachments(body: AttachmentPermissionRevokeRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    emulator.consents.revoke(body.nip, body.expectedEndDate)
    return {}


def _since(moment: datetime | None) -> datetime | None:
    return from_polish_local(moment) if moment is not None else None


def _context(identifier: TestDataContextIdentifier) -> str:
    return str(checked("contextIdentifier.value", identifier.type, identifier.value).value)


def _subject(identifier: TestDataAuthorizedIdentifier) -> Subject:
    value = checked("authorizedIdentifier.value", identifier.type, identifier.value).value
    return Subject(type=SubjectType(identifier.type), value=str(value))


def _login_context(identifier: TestDataAuthenticationContextIdentifier | None) -> Context:
    if identifier is None:
        raise problems.invalid_input("contextIdentifier: Pole jest wymagane.")
    try:
        return Context(type=ContextType(identifier.type), value=identifier.value)
    except ValueError as error:
        raise problems.invalid_input("contextIdentifier.value: Wartość jest niezgodna ze wzorcem.") from error
