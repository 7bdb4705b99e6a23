"""Test data: people, taxpayers and permissions that only a test environment lets one make (``/testdata``)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from pydantic import BeforeValidator

from .. import problems
from ..intake.polish_time import from_polish_local
from ..model.access.permissions import Permission
from ..model.identity.subjects import AlreadyThere, Person, Subject, SubjectType, Taxpayer
from .permissions_rules import checked
from .wire.testdata import (
    PersonCreateRequest,
    PersonRemoveRequest,
    SubjectCreateRequest,
    SubjectRemoveRequest,
    TestDataAuthorizedIdentifier,
    TestDataContextIdentifier,
    TestDataPermissionsGrantRequest,
    TestDataPermissionsRevokeRequest,
)

if TYPE_CHECKING:
    from ..emulator import Emulator


def _named_as_java_names_them(body: Any) -> Any:
    """The Ministry's Java client writes ``permission`` for ``permissionType``, and the live system lets it."""
    if not isinstance(body, dict):
        return body
    return {
        key: [_named(each) for each in value]
        if key.lower() == "permissions" and isinstance(value, list)
        else value
        for key, value in body.items()
    }


def _named(granted: Any) -> Any:
    if not isinstance(granted, dict) or any(key.lower() == "permissiontype" for key in granted):
        return granted
    return {"permissionType" if key.lower() == "permission" else key: each for key, each in granted.items()}


_Grants = Annotated[TestDataPermissionsGrantRequest, BeforeValidator(_named_as_java_names_them)]


def router(emulator: Emulator) -> APIRouter:
    """The operations."""
    api = APIRouter(prefix="/testdata", tags=["Dane testowe"])
    subjects, permissions = emulator.subjects, emulator.permissions

    @api.post("/person")
    def add_person(body: PersonCreateRequest) -> dict[str, Any]:
        try:
            subjects.add_person(
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

    @api.post("/person/remove")
    def remove_person(body: PersonRemoveRequest) -> dict[str, Any]:
        person = subjects.remove_person(body.nip)
        if person is not None:
            permissions.forget(Subject(type=SubjectType.NIP, value=person.nip))
            permissions.forget(Subject(type=SubjectType.PESEL, value=person.pesel))
        return {}

    @api.post("/subject")
    def add_subject(body: SubjectCreateRequest) -> dict[str, Any]:
        kind, since = body.subjectType.value, _since(body.createdDate)
        subunits = [
            Taxpayer(
                nip=each.subjectNip,
                type=kind,
                description=each.description,
                parent=body.subjectNip,
                created=since,
            )
            for each in body.subunits or ()
        ]
        if subunits and kind == "EnforcementAuthority":
            raise problems.invalid_input("Organ egzekucyjny nie ma jednostek podrzędnych.")
        try:
            subjects.add_taxpayer(
                Taxpayer(nip=body.subjectNip, type=kind, description=body.description, created=since),
                subunits,
            )
        except AlreadyThere as error:
            raise problems.already_there() from error
        return {}

    @api.post("/subject/remove")
    def remove_subject(body: SubjectRemoveRequest) -> dict[str, Any]:
        subjects.remove_taxpayer(body.subjectNip)
        return {}

    @api.post("/permissions")
    def grant(body: _Grants) -> dict[str, Any]:
        wanted = [(Permission(each.permissionType), each.description) for each in body.permissions]
        permissions.grant(_context(body.contextIdentifier), _subject(body.authorizedIdentifier), wanted)
        return {}

    @api.post("/permissions/revoke")
    def revoke(body: TestDataPermissionsRevokeRequest) -> dict[str, Any]:
        permissions.revoke(_context(body.contextIdentifier), _subject(body.authorizedIdentifier))
        return {}

    return api


def _since(moment: datetime | None) -> datetime | None:
    return from_polish_local(moment) if moment is not None else None


def _context(given: TestDataContextIdentifier) -> str:
    return str(checked("contextIdentifier.value", given.type, given.value).value)


def _subject(given: TestDataAuthorizedIdentifier) -> Subject:
    value = checked("authorizedIdentifier.value", given.type, given.value).value
    return Subject(type=SubjectType(given.type), value=str(value))
