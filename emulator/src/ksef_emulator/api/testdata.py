"""Test data: people, taxpayers and permissions that only a test environment lets one make (``/testdata``)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from .. import problems
from ..model.permissions import Permission
from ..model.subjects import AlreadyThere, Person, Subject, SubjectType, Taxpayer

if TYPE_CHECKING:
    from ..emulator import Emulator

Nip = Annotated[str, Field(pattern=r"^[1-9]((\d[1-9])|([1-9]\d))\d{7}$")]
Pesel = Annotated[
    str,
    Field(pattern=r"^\d{2}(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|4[1-9]|5[0-2]|6[1-9]|7[0-2]|8[1-9]|9[0-2])\d{7}$"),
]
Description = Annotated[str, Field(min_length=5, max_length=256)]


class PersonCreateRequest(BaseModel):
    """Request of ``POST /testdata/person``."""

    nip: Nip
    pesel: Pesel
    isBailiff: bool  # noqa: N815
    description: Description
    isDeceased: bool = False  # noqa: N815
    createdDate: datetime | None = None  # noqa: N815


class PersonRemoveRequest(BaseModel):
    """Request of ``POST /testdata/person/remove``."""

    nip: Nip


class Subunit(BaseModel):
    """A member of a VAT group, or a unit of a local government."""

    subjectNip: Nip  # noqa: N815
    description: Description


class SubjectCreateRequest(BaseModel):
    """Request of ``POST /testdata/subject``."""

    subjectNip: Nip  # noqa: N815
    subjectType: Literal["EnforcementAuthority", "VatGroup", "JST"]  # noqa: N815
    subunits: list[Subunit] | None = None
    description: Description
    createdDate: datetime | None = None  # noqa: N815


class SubjectRemoveRequest(BaseModel):
    """Request of ``POST /testdata/subject/remove``."""

    subjectNip: Nip  # noqa: N815


class ContextIdentifier(BaseModel):
    """In whose context."""

    type: Literal["Nip"]
    value: Nip


class AuthorizedIdentifier(BaseModel):
    """Who gets the permission."""

    type: SubjectType
    value: Annotated[str, Field(min_length=10, max_length=64)]


class GrantedPermission(BaseModel):
    """One permission with its description."""

    description: Description
    permissionType: Literal[  # noqa: N815
        "InvoiceRead",
        "InvoiceWrite",
        "Introspection",
        "CredentialsRead",
        "CredentialsManage",
        "EnforcementOperations",
        "SubunitManage",
        "CollectiveIdentifierManage",
    ]


class PermissionsRevokeRequest(BaseModel):
    """Request of ``POST /testdata/permissions/revoke``."""

    contextIdentifier: ContextIdentifier  # noqa: N815
    authorizedIdentifier: AuthorizedIdentifier  # noqa: N815


class PermissionsGrantRequest(PermissionsRevokeRequest):
    """Request of ``POST /testdata/permissions``."""

    permissions: list[GrantedPermission]


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
                    deceased=body.isDeceased,
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
        kind = body.subjectType
        subunits = [
            Taxpayer(nip=each.subjectNip, type=kind, description=each.description, parent=body.subjectNip)
            for each in body.subunits or ()
        ]
        if subunits and kind == "EnforcementAuthority":
            raise problems.invalid_input("Organ egzekucyjny nie ma jednostek podrzędnych.")
        try:
            subjects.add_taxpayer(
                Taxpayer(nip=body.subjectNip, type=kind, description=body.description), subunits
            )
        except AlreadyThere as error:
            raise problems.already_there() from error
        return {}

    @api.post("/subject/remove")
    def remove_subject(body: SubjectRemoveRequest) -> dict[str, Any]:
        subjects.remove_taxpayer(body.subjectNip)
        return {}

    @api.post("/permissions")
    def grant(body: PermissionsGrantRequest) -> dict[str, Any]:
        wanted = [(Permission(each.permissionType), each.description) for each in body.permissions]
        permissions.grant(body.contextIdentifier.value, _subject(body), wanted)
        return {}

    @api.post("/permissions/revoke")
    def revoke(body: PermissionsRevokeRequest) -> dict[str, Any]:
        permissions.revoke(body.contextIdentifier.value, _subject(body))
        return {}

    return api


def _subject(body: PermissionsRevokeRequest) -> Subject:
    return Subject(type=body.authorizedIdentifier.type, value=body.authorizedIdentifier.value)
