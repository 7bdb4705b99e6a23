"""GUS's REGON register by BIR 1.1: SOAP 1.2 with WS-Addressing, answers in MTOM, a session in the HTTP header ``sid``.

Source: „Instrukcja dla podmiotów niepublicznych" of https://api.stat.gov.pl/Home/RegonApi. A result is XML inside XML.
With a search alone come the name and the address, of sole proprietors too; no full report is asked for. Nothing in a
result means that something went wrong, and ``GetValue`` says what.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from html import escape
from typing import Final, Literal

from lxml import etree

from liczydlo.public_services.http import Failure, ServiceError, post

PUBLIC: Final = "http://CIS/BIR/PUBL/2014/07"
COMMON: Final = "http://CIS/BIR/2014/07"
DATA: Final = f"{PUBLIC}/DataContract"
SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING: Final = "http://www.w3.org/2005/08/addressing"
TEST_KEY: Final = "abcde12345abcde12345"
"""The public key of GUS's test service, which has old data without names of people; the live one does not take it."""
AVAILABLE: Final = "1"
"""StatusUslugi; 0 is „not available", 2 a technical break."""
NO_SESSION: Final = ("7", "")
"""KomunikatKod of a session that is over."""
_MESSAGES: Final[dict[str, Failure]] = {
    "1": "busy",  # a captcha: too many have asked
    "2": "refused",  # too many identifiers
    "5": "refused",  # no right to ask
}
_NOT_THERE: Final = "4"
_SILO_ORDER: Final = ("6", "1", "3", "2", "4")
"""Values of SilosID: legal persons; of people CEIDG, other activity, farms, struck off before 2014."""
_SID: Final = re.compile(r"[0-9A-Za-z]{10,40}")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the register says of a firm; ``ended`` is the ISO date on which it ended its activity, or empty."""

    nip: str
    regon: str
    name: str
    line1: str
    line2: str
    kind: Literal["legal", "person"]
    silo: str
    ended: str


class WrongKey(Exception):
    """GUS does not know the key of the user."""


class _SessionOver(Exception):
    pass


def search(address: str, key: str, nip: str) -> list[Entry]:
    """Entries of a NIP, the one that invoices should name first: active ones before those that have ended, then the
    firm or its CEIDG activity; none where nobody has the number.

    Raises ServiceError, whose ``service_code`` is KomunikatKod or StatusUslugi, and WrongKey.
    """
    try:
        return _in_session(address, key, nip)
    except _SessionOver:
        try:
            return _in_session(address, key, nip)
        except _SessionOver as error:
            raise ServiceError("busy", "7") from error


def _in_session(address: str, key: str, nip: str) -> list[Entry]:
    sid = _call(address, "Zaloguj", {"pKluczUzytkownika": key})
    if not sid:
        status = _value(address, "StatusUslugi", "")
        if status != AVAILABLE:
            raise ServiceError("busy", f"StatusUslugi {status[:1]}")
        raise WrongKey
    if not _SID.fullmatch(sid):
        raise ServiceError("unreadable-answer")
    try:
        result = _call(address, "DaneSzukajPodmioty", {"Nip": nip}, sid)
        if not result:
            return _nothing(address, sid)
        return _entries(result, nip)
    finally:
        with suppress(ServiceError):  # the session ends by itself
            _call(address, "Wyloguj", {"pIdentyfikatorSesji": sid}, sid)


def _nothing(address: str, sid: str) -> list[Entry]:
    """Why a result is empty. Raises ServiceError and _SessionOver; returns where nobody has the number."""
    status = _value(address, "StatusUslugi", sid)
    if status != AVAILABLE:
        raise ServiceError("busy", f"StatusUslugi {status[:1]}")
    code = _value(address, "KomunikatKod", sid)
    if code == _NOT_THERE:
        return []
    if code in NO_SESSION:
        raise _SessionOver
    message = _value(address, "KomunikatTresc", sid)[:300]
    raise ServiceError(_MESSAGES.get(code, "unreadable-answer"), code[:4], message)


def _value(address: str, name: str, sid: str) -> str:
    return _call(address, "GetValue", {"pNazwaParametru": name}, sid)


def _call(address: str, operation: str, values: dict[str, str], sid: str = "") -> str:
    """The text of the operation's result. Raises ServiceError."""
    space, contract = (COMMON, "IUslugaBIR") if operation == "GetValue" else (PUBLIC, "IUslugaBIRzewnPubl")
    action = f"{space}/{contract}/{operation}"
    prefix = "d" if operation == "DaneSzukajPodmioty" else "n"
    inner = "".join(f"<{prefix}:{name}>{escape(value)}</{prefix}:{name}>" for name, value in values.items())
    if prefix == "d":
        inner = f"<n:pParametryWyszukiwania>{inner}</n:pParametryWyszukiwania>"
    envelope = (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:n="{space}" xmlns:d="{DATA}">'
        f"<s:Header><a:To>{escape(address)}</a:To><a:Action>{action}</a:Action></s:Header>"
        f"<s:Body><n:{operation}>{inner}</n:{operation}></s:Body></s:Envelope>"
    )
    headers = {"Content-Type": "application/soap+xml; charset=utf-8"} | ({"sid": sid} if sid else {})
    status, media, body = post(address, envelope.encode(), headers)
    if status == 429:
        raise ServiceError("busy")
    try:
        answer = _xml(_part(media, body))
    except ServiceError as error:
        raise ServiceError("server-error" if status >= 500 else error.code) from error
    fault = answer.find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    if fault is not None:
        reason = fault.findtext(f"{{{SOAP}}}Reason/{{{SOAP}}}Text") or ""
        raise ServiceError("server-error", "SOAP", reason.strip()[:300])
    result = answer.find(f"{{{SOAP}}}Body/{{{space}}}{operation}Response/{{{space}}}{operation}Result")
    if status != 200 or result is None:
        raise ServiceError("server-error" if status >= 500 else "unreadable-answer")
    return (result.text or "").strip()


def _part(media: str, body: bytes) -> bytes:
    """The envelope: the first part of a multipart answer (RFC 2387, MTOM), or the whole of another."""
    if not media.lower().startswith("multipart/"):
        return body
    head = f"Content-Type: {media}\r\n\r\n".encode("ascii", "replace")
    parts = message_from_bytes(head + body).get_payload()
    payload = parts[0].get_payload(decode=True) if isinstance(parts, list) and parts else None  # type: ignore[union-attr]  # a str has no parts
    if not isinstance(payload, bytes):
        raise ServiceError("unreadable-answer")
    return payload


def _xml(text: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ServiceError("unreadable-answer") from error
    if b"<!DOCTYPE" in text:
        raise ServiceError("unreadable-answer")
    return root


def _entries(result: str, nip: str) -> list[Entry]:
    root = _xml(result.encode())
    rows = [{str(one.tag): (one.text or "").strip() for one in row} for row in root.iterfind("dane")]
    if not rows:
        raise ServiceError("unreadable-answer")
    if code := next((row["ErrorCode"] for row in rows if row.get("ErrorCode")), ""):
        if code == _NOT_THERE:
            return []
        message = rows[0].get("ErrorMessagePl", "")[:300]
        raise ServiceError(_MESSAGES.get(code, "unreadable-answer"), code[:4], message)
    entries = [_entry(row) for row in rows]
    if any(entry.nip != nip for entry in entries):
        raise ServiceError("unreadable-answer")
    return sorted(entries, key=_order)


def _order(entry: Entry) -> tuple[bool, int]:
    return bool(entry.ended), (*_SILO_ORDER, entry.silo).index(entry.silo)


def _entry(row: dict[str, str]) -> Entry:
    name = " ".join(row.get("Nazwa", "").split())[:512]
    if not name:
        raise ServiceError("unreadable-answer")
    building, unit, town = row.get("NrNieruchomosci", ""), row.get("NrLokalu", ""), row.get("Miejscowosc", "")
    number = f"{building}/{unit}" if building and unit else building or unit
    street = row.get("Ulica", "") or town  # villages have no streets: „Zboże 14"
    code = re.sub(r"\A([0-9]{2})([0-9]{3})\Z", r"\1-\2", row.get("KodPocztowy", ""))
    place = f"{code} {row.get('MiejscowoscPoczty', '') or town}"
    return Entry(
        nip=row.get("Nip", ""),
        regon=row.get("Regon", "")[:14],
        name=name,
        line1=f"{street} {number}".strip()[:512],
        line2=place.strip()[:512],
        kind="legal" if row.get("Typ", "").endswith("P") else "person",
        silo=row.get("SilosID", ""),
        ended=row.get("DataZakonczeniaDzialalnosci", "")[:10],
    )
