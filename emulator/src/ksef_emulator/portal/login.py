"""Logging in to the portal: through the stand-in of login.gov.pl, or with a qualified certificate and a file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cryptography import x509
from fastapi import APIRouter, Request, Response
from lxml import etree

from .. import problems
from ..login import signature, token_request
from ..login.holder import fingerprint, holder
from ..login.token_request import NAMESPACES
from ..model.access.challenges import BadChallenge
from ..model.access.logins import DESCRIPTIONS, NoIdentifier, NotProvider
from ..model.identity.contexts import Context, ContextType
from ..model.identity.people import PersonExists, TestPerson
from ..pages.fields import INTERNAL_ID, NIP, NIP_VAT_UE, PESEL, Wrong, of_problem, required
from ..pages.forms import Visit
from .frame import START, CurrentPortal, Portal
from .signing import seal_of

if TYPE_CHECKING:
    from ..emulator import Emulator

ROADS = ("gov", "certyfikat")
CONTEXTS = {
    "gov": {"Nip": NIP, "InternalId": INTERNAL_ID},
    "certyfikat": {"Nip": NIP, "InternalId": INTERNAL_ID, "NipVatUe": NIP_VAT_UE},
}
"""Which contexts each road opens: a foreign entity's people are known by their certificates alone."""
WAYS = {
    "pz": ("Profil Zaufany", "Trusted Profile"),
    "mobywatel": ("Aplikacja mObywatel", "mObywatel app"),
    "edowod": ("e-dowód", "e-ID card"),
    "bank": ("Bankowość elektroniczna", "Electronic banking"),
}
FIRST = "/portal/certyfikaty"

router = APIRouter(prefix="/portal")


@router.get("/logowanie")
async def choice(portal: CurrentPortal, request: Request) -> Response:
    return portal.show(request, "login_choice.html")


@router.get("/logowanie/odcisk-palca")
async def fingerprint_form(portal: CurrentPortal, request: Request) -> Response:
    return portal.show(request, "fingerprint.html", error="", certificate=None)


@router.post("/logowanie/odcisk-palca")
async def fingerprint_answer(portal: CurrentPortal, request: Request) -> Response:
    form = await portal.form(request)
    try:
        certificate = _certificate(form.get("certificate") or b"")
    except Wrong as wrong:
        return portal.show(request, "fingerprint.html", status=400, error=wrong, certificate=None)
    shown = {
        "fingerprint": fingerprint(certificate),
        "subject": certificate.subject.rfc4514_string(),
        "identified": holder(certificate) is not None,
    }
    return portal.show(request, "fingerprint.html", error="", certificate=shown)


@router.get("/logowanie/stan")
async def state(portal: CurrentPortal, request: Request) -> Response:
    visit = portal.visit(request)
    login = portal.emulator.auth.poll(visit.login) if visit.login else None
    if login is None or visit.context is None:
        return portal.go(request, START)
    if login.code == 200:
        tokens = portal.emulator.auth.redeem(login)
        if tokens is None:
            return portal.go(request, FIRST if visit.access else START)
        portal.visits.renew(visit)
        visit.access, visit.refresh = tokens[0].text, tokens[1].text
        return portal.go(request, FIRST)
    if login.code == 100:
        answer = portal.show(request, "login_wait.html")
        answer.headers["Refresh"] = "1"
        return answer
    return portal.show(
        request,
        "login_refused.html",
        login=login,
        description=DESCRIPTIONS[login.code],
        context=visit.context,
    )


@router.post("/wyloguj")
async def leave(portal: CurrentPortal, request: Request) -> Response:
    await portal.form(request)
    visit = portal.visit(request)
    if visit.login:
        portal.emulator.auth.revoke(visit.login)
    portal.visits.end(visit)
    request.state.visit = portal.visits.begin()
    return portal.go(request, "/portal")


@router.get("/logowanie/{road}")
async def context(portal: CurrentPortal, request: Request, road: str) -> Response:
    if road not in ROADS:
        return portal.go(request, START)
    return portal.show(request, "login_context.html", road=road, error="", kind="Nip", value="")


@router.post("/logowanie/{road}")
async def choose_context(portal: CurrentPortal, request: Request, road: str) -> Response:
    form = await portal.form(request)
    if road not in ROADS:
        return portal.go(request, START)
    kind = str(form.get("kind") if form.get("kind") in CONTEXTS[road] else "Nip")
    try:
        value = required(form, "value", CONTEXTS[road][kind])
    except Wrong as wrong:
        shown = {"error": wrong, "kind": kind, "value": form.get("value", "")}
        return portal.show(request, "login_context.html", status=400, road=road, **shown)
    visit = portal.visit(request)
    visit.forget_login()
    visit.road, visit.context = road, Context(type=ContextType(kind), value=value)
    return portal.go(request, f"/portal/logowanie/{road}/podpis")


@router.get("/logowanie/gov/podpis")
async def people(portal: CurrentPortal, request: Request) -> Response:
    visit = portal.visit(request)
    if visit.context is None:
        return portal.go(request, f"{START}/gov")
    return _gov(portal, request, visit)


@router.post("/logowanie/gov/osoby")
async def add_person(portal: CurrentPortal, request: Request) -> Response:
    form = await portal.form(request)
    visit = portal.visit(request)
    if visit.context is None:
        return portal.go(request, f"{START}/gov")
    try:
        added = _add(portal.emulator, form)
    except Wrong as wrong:
        return _gov(portal, request, visit, status=400, error=wrong, new=form)
    return portal.go(request, f"/portal/logowanie/gov/podpis?osoba={added.id}")


@router.post("/logowanie/gov/podpis")
async def sign_as_person(portal: CurrentPortal, request: Request) -> Response:
    form = await portal.form(request)
    visit = portal.visit(request)
    if visit.context is None:
        return portal.go(request, f"{START}/gov")
    chosen = form.get("person", "")
    person = portal.emulator.people.appear(int(chosen)) if chosen.lstrip("-").isdecimal() else None
    if person is None or form.get("way") not in WAYS:
        wrong = Wrong("Wybierz osobę i sposób podpisu.", "Choose a person and a way of signing.", "person")
        return _gov(portal, request, visit, status=400, error=wrong)
    challenge, now = portal.emulator.auth.challenges.new()
    xml = document(challenge=challenge, context=visit.context)
    _begin(portal.emulator, visit, seal_of(portal.emulator, person).sign(xml, at=now))
    return portal.go(request, "/portal/logowanie/stan")


@router.get("/logowanie/certyfikat/podpis")
async def own_signature(portal: CurrentPortal, request: Request) -> Response:
    visit = portal.visit(request)
    if visit.context is None:
        return portal.go(request, f"{START}/certyfikat")
    return portal.show(
        request, "login_upload.html", error="", context=visit.context, challenged=bool(visit.challenge)
    )


@router.post("/logowanie/certyfikat/rodzaj")
async def kind_of_certificate(portal: CurrentPortal, request: Request) -> Response:
    form = await portal.form(request)
    visit = portal.visit(request)
    visit.by_fingerprint = form.get("identifier") == "none"
    visit.challenge, _ = portal.emulator.auth.challenges.new()
    return portal.go(request, "/portal/logowanie/certyfikat/podpis")


@router.get("/logowanie/certyfikat/zadanie.xml")
async def authorisation(portal: CurrentPortal, request: Request) -> Response:
    visit = portal.visit(request)
    if visit.context is None or not visit.challenge:
        return portal.go(request, f"{START}/certyfikat")
    xml = document(challenge=visit.challenge, context=visit.context, by_fingerprint=visit.by_fingerprint)
    headers = {"Content-Disposition": 'attachment; filename="zadanie-autoryzacyjne.xml"'}
    return portal.with_cookie(request, Response(xml, media_type="application/xml", headers=headers))


@router.post("/logowanie/certyfikat/podpis")
async def upload_signature(portal: CurrentPortal, request: Request) -> Response:
    form = await portal.form(request)
    visit = portal.visit(request)
    if visit.context is None or not visit.challenge:
        return portal.go(request, f"{START}/certyfikat")
    try:
        _begin(portal.emulator, visit, form.get("document") or b"")
    except Wrong as wrong:
        return portal.show(
            request, "login_upload.html", status=400, error=wrong, context=visit.context, challenged=True
        )
    return portal.go(request, "/portal/logowanie/stan")


def _gov(
    portal: Portal, request: Request, visit: Visit, *, status: int = 200, error: Any = "", new: Any = None
) -> Response:
    """The stand-in of login.gov.pl."""
    new = new or {"given_name": "", "surname": "", "pesel": "", "nip": ""}
    people = portal.emulator.people.all()
    return portal.show(
        request,
        "gov.html",
        status=status,
        people=people,
        chosen=_chosen(request, people, visit.context),
        ways=WAYS,
        context=visit.context,
        error=error,
        new=new,
    )


def _chosen(request: Request, people: Sequence[TestPerson], context: Context | None) -> int:
    """Whom the page proposes: whoever was just added; else the context's owner; else the
    first one."""
    chosen = request.query_params.get("osoba", "")
    by_id = next((person for person in people if str(person.id) == chosen), None)
    owner = next((person for person in people if context and person.nip == context.value), None)
    return (by_id or owner or people[0]).id


def _add(emulator: Emulator, form: Any) -> TestPerson:
    for name in ("given_name", "surname"):
        if not 1 <= len(form.get(name, "")) <= 60:
            raise Wrong("Wpisz imię i nazwisko.", "Write the given name and the surname.", name)
    nip = required(form, "nip", NIP) if form.get("nip") else None
    try:
        return emulator.people.add(
            given_name=form["given_name"],
            surname=form["surname"],
            pesel=required(form, "pesel", PESEL),
            nip=nip,
        )
    except PersonExists as error:
        raise Wrong(
            "Osoba z tym numerem PESEL już jest na liście.",
            "A person with this PESEL is on the list.",
            "pesel",
        ) from error


def _begin(emulator: Emulator, visit: Visit, xml: bytes) -> None:
    """Begin a login with a signed document, checked as the API checks it. Raises Wrong, saying which file is needed."""
    if not xml:
        raise Wrong("Dodaj podpisany plik XML.", "Add the signed XML file.", "document")
    try:
        signed = signature.verify(xml, sha1=emulator.behaviour.sha1 == "accepted")
        person = token_request.read(signed.request)
    except problems.Problem as problem:
        raise of_problem(
            problem, "Tego pliku nie można przyjąć", "This file cannot be taken", "document"
        ) from problem
    if person.context != visit.context:
        raise Wrong(
            "To żądanie jest dla innego kontekstu niż podany na początku. Pobierz żądanie jeszcze raz.",
            "This request is for another context than was given at first. Download the request again.",
            "document",
        )
    digest = base64.b64encode(hashlib.sha256(xml).digest()).decode()
    try:
        login, _ = emulator.auth.begin(person, signed.certificate, document_hash=digest)
    except BadChallenge as error:
        visit.challenge, _ = emulator.auth.challenges.new()
        raise Wrong(
            "Wyzwanie w tym pliku zostało już użyte albo straciło ważność (żyje 10 minut). Pobierz nowe żądanie"
            " autoryzacyjne i podpisz je jeszcze raz.",
            "The challenge in this file was used or ran out (it lives 10 minutes). Download a new request and sign it.",
            "document",
        ) from error
    except NoIdentifier as error:
        raise Wrong(
            "Certyfikat podpisu nie zawiera numeru NIP ani PESEL. Wróć i wskaż, że Twój certyfikat nie ma"
            " identyfikatora.",
            "The signing certificate has neither NIP nor PESEL. Go back and say that it has no identifier.",
            "document",
        ) from error
    except NotProvider as error:
        raise Wrong(
            "To nie jest certyfikat tego dostawcy usług Peppol.",
            "This is not the certificate of this Peppol service provider.",
            "document",
        ) from error
    visit.login, visit.challenge = login.reference, ""


def _certificate(data: bytes) -> x509.Certificate:
    load = x509.load_pem_x509_certificate if b"-----BEGIN" in data else x509.load_der_x509_certificate
    try:
        return load(data)
    except ValueError as error:
        raise Wrong(
            "To nie jest certyfikat. Dodaj plik .crt, .cer lub .pem.",
            "This is not a certificate. Add a .crt, .cer or .pem file.",
            "certificate",
        ) from error


def document(*, challenge: str, context: Context, by_fingerprint: bool = False) -> bytes:
    """``AuthTokenRequest``, which one signs to log in, still unsigned (ksef-docs uwierzytelnianie.md; schema 2.1)."""
    root = etree.Element(f"{{{NAMESPACES[1]}}}AuthTokenRequest", nsmap={None: NAMESPACES[1]})  # type: ignore[dict-item]
    etree.SubElement(root, f"{{{NAMESPACES[1]}}}Challenge").text = challenge
    identifier = etree.SubElement(root, f"{{{NAMESPACES[1]}}}ContextIdentifier")
    etree.SubElement(identifier, f"{{{NAMESPACES[1]}}}{context.type}").text = context.value
    kind = "certificateFingerprint" if by_fingerprint else "certificateSubject"
    etree.SubElement(root, f"{{{NAMESPACES[1]}}}SubjectIdentifierType").text = kind
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
