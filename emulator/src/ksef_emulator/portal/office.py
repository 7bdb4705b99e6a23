"""The tax office's stand-in: ZAW-FA of a company without a seal is filed here, and accepted at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ..model.access.permissions import Permission
from ..model.identity.subjects import Subject, SubjectType
from ..pages.fields import NIP, PERSON_NAME, PESEL, Wrong, required, required_text
from .frame import CurrentPortal, Portal

HERE = "/portal/urzad-skarbowy"
RIGHTS = (Permission.CREDENTIALS_MANAGE, Permission.CREDENTIALS_READ)
"""What the person named in ZAW-FA gets: to manage permissions, and to give themselves everything else."""

router = APIRouter(prefix=HERE)


def render(portal: Portal, request: Request, *, status: int = 200, **values: Any) -> Response:
    fields = {"nip": "", "pesel": "", "first": "", "last": "", **values.pop("fields", {})}
    values = {"error": "", "accepted": False, **values}
    return portal.show(request, "office.html", status=status, fields=fields, **values)


@router.get("")
async def form(portal: CurrentPortal, request: Request) -> Response:
    return render(portal, request)


@router.post("")
async def file(portal: CurrentPortal, request: Request) -> Response:
    fields = await portal.form(request)
    try:
        nip, pesel = required(fields, "nip", NIP), required(fields, "pesel", PESEL)
        name = " ".join(required_text(fields, item, PERSON_NAME) for item in ("first", "last"))
    except Wrong as wrong:
        return render(portal, request, status=400, error=wrong, fields=fields)
    subject = Subject(type=SubjectType.PESEL, value=pesel)
    portal.emulator.permissions.grant(nip, subject, [(right, f"ZAW-FA: {name}") for right in RIGHTS])
    known = any(person.pesel == pesel for person in portal.emulator.people.all())
    if not known:
        portal.emulator.people.add(given_name=fields["first"], surname=fields["last"], pesel=pesel)
    return render(portal, request, accepted=True, fields=fields)
