"""GUS's REGON register under ``/uslugi/gus/…``: SOAP 1.2 of BIR 1.1 with MTOM answers, made-up firms.

``Zaloguj``, ``DaneSzukajPodmioty`` by NIP, ``GetValue`` and ``Wyloguj``; the session goes in the HTTP header ``sid``. A
result is XML inside XML, and what went wrong comes with HTTP 200: an entry with an ``ErrorCode``, or nothing and a code
that ``GetValue`` has. Full reports have no stand-in: what an invoice needs stands in the search.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from html import escape
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from lxml import etree

from ..api.auth import raw
from ..api.security import CurrentEmulator
from ..emulator import Emulator
from ..login.xml import parse
from ..problems import Problem
from .register import CEIDG, FARM, LEGAL, MADE_UP, Entry, regon

PATH: Final = "/uslugi/gus/wsBIR/UslugaBIRzewnPubl.svc"
MOST: Final = 20
"""Identifiers in one search."""
SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING: Final = "http://www.w3.org/2005/08/addressing"
PUBLIC: Final = "http://CIS/BIR/PUBL/2014/07"
COMMON: Final = "http://CIS/BIR/2014/07"
DATA: Final = "http://CIS/BIR/PUBL/2014/07/DataContract"
CAPTCHA, TOO_MANY, NOT_THERE, NO_SESSION = 1, 2, 4, 7
"""Values of KomunikatKod."""
_WORDS: Final = {
    CAPTCHA: "Wymagane jest podanie kodu Captcha.",
    TOO_MANY: "Przekroczono dopuszczalną liczbę identyfikatorów.",
    NOT_THERE: "Nie znaleziono podmiotu dla podanych kryteriów wyszukiwania.",
    5: "Brak uprawnień do raportu.",
    NO_SESSION: "Brak sesji. Sesja wygasła lub przekazano nieprawidłową wartość nagłówka sid.",
}
_LEGAL_FORMS: Final = ("sp.", "S.A.", "s.c.")
router = APIRouter(tags=["GUS"])


@router.post(PATH)
def call(request: Request, emulator: CurrentEmulator, body: Annotated[bytes, Depends(raw)]) -> Response:
    """One operation, named by its element in the SOAP body."""
    if "application/soap+xml" not in request.headers.get("content-type", ""):
        return Response(status_code=415)
    try:
        envelope = parse(body)
    except Problem:
        return _fault("Nie można odczytać koperty SOAP.")
    operation = next(iter(envelope.iterfind(f"{{{SOAP}}}Body/*")), None)
    if operation is None:
        return _fault("Brak operacji.")
    named = etree.QName(operation)
    space = COMMON if named.localname == "GetValue" else PUBLIC
    contract = "IUslugaBIR" if space == COMMON else "IUslugaBIRzewnPubl"
    action = f"{space}/{contract}/{named.localname}"
    stated = envelope.findtext(f"{{{SOAP}}}Header/{{{ADDRESSING}}}Action", "").strip()
    if stated != action or named.namespace != space:
        return _fault(f"Akcja „{stated}” nie pasuje do treści.")
    sid = request.headers.get("sid", "")
    match named.localname:
        case "Zaloguj":
            result = emulator.register.log_in(_text(operation, f"{{{PUBLIC}}}pKluczUzytkownika"))
        case "Wyloguj":
            was_open = emulator.register.log_out(_text(operation, f"{{{PUBLIC}}}pIdentyfikatorSesji"))
            result = str(was_open).lower()
        case "DaneSzukajPodmioty":
            result = _search(emulator, sid, operation)
        case "GetValue":
            result = _value(emulator, sid, _text(operation, f"{{{COMMON}}}pNazwaParametru"))
        case _:
            return _fault("Nieznana operacja.")
    return _answer(action, space, named.localname, result)


def _text(operation: etree._Element, path: str) -> str:
    return (operation.findtext(path) or "").strip()


def _search(emulator: Emulator, sid: str, operation: etree._Element) -> str:
    register = emulator.register
    if not register.use(sid) or register.state.status != 1:
        return ""
    if register.state.message:
        register.note(sid, register.state.message)
        return ""
    parameters = operation.find(f"{{{PUBLIC}}}pParametryWyszukiwania")
    one, several = (
        parameters.findtext(f"{{{DATA}}}{name}") if parameters is not None else "" for name in ("Nip", "Nipy")
    )
    nips = [one.strip()] if one else (several or "").replace(",", " ").split()
    if len(nips) > MOST:
        register.note(sid, TOO_MANY)
        return ""
    listed = [(nip, entries_of(emulator, nip)) for nip in nips]
    register.note(sid, 0 if any(entries for _nip, entries in listed) else NOT_THERE)
    return f"<root>{''.join(_of_nip(nip, entries) for nip, entries in listed)}</root>"


def entries_of(emulator: Emulator, nip: str) -> tuple[Entry, ...]:
    """What the register has of a NIP: the made-up ones, the panel's contractors, payers of the control port."""
    # the panel's package is long to load, and most emulators never meet this service
    from ..control.contractors.people import FARMERS, by_nip  # noqa: PLC0415

    if nip in MADE_UP:
        return MADE_UP[nip]
    seller, payer = by_nip(nip), emulator.payers.get(nip)
    if seller is None:
        if payer is None:
            return ()
        return (Entry(name=payer.name, street="ul. Testowa", building="3", code="00-950", town="Warszawa"),)
    street, _, number = seller.street.rpartition(" ")
    building, _, unit = number.partition("/")
    code, _, town = seller.town.partition(" ")
    is_legal = any(form in seller.name for form in _LEGAL_FORMS)
    silo = FARM if seller in FARMERS else LEGAL if is_legal else CEIDG
    entry = Entry(
        name=seller.name,
        street=street,
        building=building,
        unit=unit,
        code=code,
        town=town,
        kind="P" if is_legal else "F",
        silo=silo,
    )
    return (entry,)


def _of_nip(nip: str, entries: Iterable[Entry]) -> str:
    elements = "".join(_entry(nip, entry) for entry in entries)
    return elements or _elements(
        ErrorCode=str(NOT_THERE),
        ErrorMessagePl=_WORDS[NOT_THERE],
        ErrorMessageEn="No data found for the specified search criteria.",
        Nip=nip,
    )


def _entry(nip: str, entry: Entry) -> str:
    return _elements(
        Regon=regon(nip),
        Nip=nip,
        StatusNip="",
        Nazwa=entry.name,
        Wojewodztwo="MAZOWIECKIE",
        Powiat="Zmyślony",
        Gmina="Zmyślona",
        Miejscowosc=entry.town,
        KodPocztowy=entry.code,
        Ulica=entry.street,
        NrNieruchomosci=entry.building,
        NrLokalu=entry.unit,
        Typ=entry.kind,
        SilosID=entry.silo,
        DataZakonczeniaDzialalnosci=entry.ended,
        MiejscowoscPoczty=entry.town,
    )


def _elements(**texts: str) -> str:
    inner = "".join(f"<{name}>{escape(text, quote=False)}</{name}>" for name, text in texts.items())
    return f"<dane>{inner}</dane>"


def _value(emulator: Emulator, sid: str, name: str) -> str:
    register = emulator.register
    match name:
        case "StatusUslugi":
            return str(register.state.status)
        case "StatusSesji":
            return str(int(register.use(sid)))
        case "KomunikatKod":
            return str(register.message(sid))
        case "KomunikatTresc":
            return _WORDS.get(register.message(sid), "")
        case "KomunikatUslugi":
            return "" if register.state.status == 1 else "Trwa przerwa techniczna."
        case "StanDanych":
            return f"{emulator.clock.now():%d-%m-%Y}"
    return ""


def _answer(action: str, space: str, operation: str, result: str) -> Response:
    """A multipart with one part, as WCF sends it with MTOM."""
    envelope = (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}"><s:Header>'
        f'<a:Action s:mustUnderstand="1">{action}Response</a:Action></s:Header><s:Body>'
        f'<{operation}Response xmlns="{space}"><{operation}Result>{escape(result, quote=False)}</{operation}Result>'
        f"</{operation}Response></s:Body></s:Envelope>"
    )
    boundary = f"uuid:{uuid.uuid4()}+id=1"
    part = (
        f"\r\n--{boundary}\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\n"
        'Content-Type: application/xop+xml;charset=utf-8;type="application/soap+xml"\r\n\r\n'
        f"{envelope}\r\n--{boundary}--\r\n"
    )
    media = (
        f'multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="{boundary}";'
        'start-info="application/soap+xml"'
    )
    return Response(part.encode(), media_type=media)


def _fault(reason: str) -> Response:
    body = (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code>'
        f'<s:Reason><s:Text xml:lang="pl-PL">{escape(reason)}</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>'
    )
    return Response(body.encode(), 500, media_type="application/soap+xml; charset=utf-8")
