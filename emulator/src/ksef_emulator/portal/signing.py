"""The signing desk: a stand-in for gov.pl's „podpisz dokument", and what the login's own pages sign with.

Whoever comes may sign as any test person or put any company's seal: that is what it is for, and why nothing here is
worth anything outside the emulator.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from lxml import etree

from .. import problems
from ..login.xml import parse
from ..model.identity.people import TestPerson
from ..pages.fields import NIP, Wrong, of_problem, required
from ..receipts.seal import Seal
from .frame import CurrentPortal, Portal

if TYPE_CHECKING:
    from ..emulator import Emulator


def seal_of(emulator: Emulator, person: TestPerson) -> Seal:
    """A new test signature of a person, known by PESEL."""
    pair = emulator.ca.signature_of_person(
        given_name=person.given_name, surname=person.surname, serial_number=f"PNOPL-{person.pesel}"
    )
    return Seal(key=pair.private_key, certificate=pair.certificate, description="Podpis testowy")


def seal_of_company(emulator: Emulator, *, nip: str, name: str) -> Seal:
    """A new test seal of a company."""
    pair = emulator.ca.seal_of_company(nip=nip, name=name)
    return Seal(key=pair.private_key, certificate=pair.certificate, description="Pieczęć testowa")


router = APIRouter(prefix="/portal/podpis")


def render(portal: Portal, request: Request, *, status: int = 200, **values: Any) -> Response:
    values = {"error": "", "as_whom": "", "nip": "", "name": "", **values}
    return portal.show(request, "signing.html", status=status, people=portal.emulator.people.all(), **values)


@router.get("")
async def page(portal: CurrentPortal, request: Request) -> Response:
    return render(portal, request)


@router.post("")
async def sign(portal: CurrentPortal, request: Request) -> Response:
    form = await portal.form(request)
    typed = {key: form.get(key, "") for key in ("as_whom", "nip", "name")}
    try:
        root = _document(form.get("document") or b"")
        seal = _seal(portal.emulator, form)
    except Wrong as wrong:
        return render(portal, request, status=400, error=wrong, **typed)
    signed = seal.sign(etree.tostring(root), at=portal.emulator.clock.now())
    name = f"{PurePath(form.get('document_name') or 'dokument').stem}-podpisany.xml"
    disposition = f"attachment; filename=podpisany.xml; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return portal.with_cookie(request, Response(signed, media_type="application/xml", headers=headers))


def _document(xml: bytes) -> etree._Element:
    if not xml:
        raise Wrong(
            "Dodaj plik XML, który chcesz podpisać.", "Add the XML file that you want signed.", "document"
        )
    try:
        return parse(xml)
    except problems.Problem as problem:
        raise of_problem(
            problem, "Tego pliku nie można podpisać", "This file cannot be signed", "document"
        ) from problem


def _seal(emulator: Emulator, form: Any) -> Seal:
    as_whom = form.get("as_whom", "")
    if as_whom == "seal":
        nip = required(form, "nip", NIP)
        name = form.get("name", "")
        if not 1 <= len(name) <= 256:
            raise Wrong(
                "Wpisz nazwę firmy (do 256 znaków).", "Write the company's name (up to 256 characters)."
            )
        return seal_of_company(emulator, nip=nip, name=name)
    person = emulator.people.appear(int(as_whom)) if as_whom.lstrip("-").isdecimal() else None
    if person is None:
        raise Wrong("Wybierz, kto podpisuje.", "Choose who signs.")
    return seal_of(emulator, person)
