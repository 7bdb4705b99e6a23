"""Biała lista under ``/uslugi/biala-lista``: paths, answers and error codes of ``wl-api.mf.gov.pl``, made-up payers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from ..api.security import CurrentEmulator
from ..emulator import Emulator
from ..intake.identifiers import nip_checksum_holds
from ..intake.polish_time import in_poland
from .payers import Payer

Operation = Literal["search", "check"]
MOST = 30
"""NIPs in one search."""
router = APIRouter(prefix="/uslugi/biala-lista/api", tags=["Biała lista"])


@dataclass(frozen=True)
class Refusal(Exception):
    """HTTP 400 with a code of the service."""

    code: str
    message: str


@router.get("/search/nip/{nip}")
def search_one(request: Request, emulator: CurrentEmulator, nip: str) -> JSONResponse:
    """One payer, or ``subject: null``."""
    return _answered(request, emulator, "search", lambda: {"subject": _subject_of(emulator, nip)})


@router.get("/search/nips/{nips}")
def search(request: Request, emulator: CurrentEmulator, nips: str) -> JSONResponse:
    """Up to thirty payers; an identifier that can be none gets an error of its own."""

    def result() -> dict[str, Any]:
        identifiers = nips.split(",")
        if len(identifiers) > MOST:
            raise Refusal("WL-130", f"Przekroczono maksymalną liczbę parametrów: {MOST}.")
        return {"entries": [_entry(emulator, nip) for nip in identifiers]}

    return _answered(request, emulator, "search", result)


@router.get("/check/nip/{nip}/bank-account/{account}")
def check(request: Request, emulator: CurrentEmulator, nip: str, account: str) -> JSONResponse:
    """Whether an account is a payer's; of virtual accounts only this operation knows."""

    def result() -> dict[str, Any]:
        _check_nip(nip)
        _check_account(account)
        payer = _payer(emulator, nip)
        return {"accountAssigned": "TAK" if payer is not None and payer.has(account) else "NIE"}

    return _answered(request, emulator, "check", result)


def _answered(
    request: Request, emulator: Emulator, operation: Operation, result: Callable[[], dict[str, Any]]
) -> JSONResponse:
    now = in_poland(emulator.clock.now())
    try:
        _check_day(request.query_params.get("date", ""), now.date())
        _admit(request, emulator, operation)
        answer = result()
    except Refusal as refusal:
        return JSONResponse({"code": refusal.code, "message": refusal.message}, 400)
    stamp = {
        "requestId": f"{secrets.token_hex(3)}-{secrets.token_hex(4)}",
        "requestDateTime": f"{now:%d-%m-%Y %H:%M:%S}",
    }
    return JSONResponse({"result": {**answer, **stamp}})


def _admit(request: Request, emulator: Emulator, operation: Operation) -> None:
    limits = emulator.payers.limits
    if limits.updating:
        raise Refusal("WL-195", "Trwa aktualizacja danych. Spróbuj ponownie później.")
    address = request.client.host if request.client else ""
    if not emulator.payers.count(
        operation, address, limits.search if operation == "search" else limits.check
    ):
        raise Refusal("WL-191", "Przekroczono dzienny limit zapytań.")


def _check_day(text: str, today: date) -> None:
    if not text:
        raise Refusal("WL-101", "Pole 'data' nie może być puste.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal("WL-102", "Pole 'data' ma nieprawidłowy format.") from None
    if day > today:
        raise Refusal("WL-103", "Data nie może być datą z przyszłości.")


def _check_nip(nip: str) -> None:
    if len(nip) != 10:
        raise Refusal("WL-113", "Pole 'NIP' ma nieprawidłową długość. Wymagane 10 znaków.")
    if not nip.isdigit():
        raise Refusal("WL-114", "Pole 'NIP' zawiera niedozwolone znaki. Wymagane tylko cyfry.")
    if not nip_checksum_holds(nip):
        raise Refusal("WL-115", "Nieprawidłowy NIP.")


def _check_account(account: str) -> None:
    if len(account) != 26:
        raise Refusal("WL-109", "Pole 'numer konta' ma nieprawidłową długość. Wymagane 26 znaków.")
    if not account.isdigit():
        raise Refusal("WL-110", "Pole 'numer konta' zawiera niedozwolone znaki. Wymagane tylko cyfry.")
    if int(f"{account[2:]}2521{account[:2]}") % 97 != 1:
        raise Refusal("WL-111", "Nieprawidłowy numer konta bankowego.")


def _entry(emulator: Emulator, nip: str) -> dict[str, Any]:
    try:
        subject = _subject_of(emulator, nip)
    except Refusal as refusal:
        return {"identifier": nip, "error": {"code": refusal.code, "message": refusal.message}}
    return {"identifier": nip, "subjects": [] if subject is None else [subject]}


def _subject_of(emulator: Emulator, nip: str) -> dict[str, Any] | None:
    _check_nip(nip)
    payer = _payer(emulator, nip)
    return None if payer is None else _subject(payer)


def _payer(emulator: Emulator, nip: str) -> Payer | None:
    """Whom the control port has put there, else the panel's contractor."""
    # the panel's package is long to load, and most emulators never meet this service
    from ..control.contractors.amounts import account  # noqa: PLC0415
    from ..control.contractors.people import by_nip  # noqa: PLC0415

    seller = by_nip(nip)
    made_up = None if seller is None else Payer(nip=nip, name=seller.name, accounts=(account(nip),))
    return emulator.payers.get(nip) or made_up


def _subject(payer: Payer) -> dict[str, Any]:
    return {
        "name": payer.name,
        "nip": payer.nip,
        "statusVat": payer.status,
        "regon": None,
        "krs": None,
        "residenceAddress": None,
        "workingAddress": "ul. Testowa 3, 00-950 Warszawa",
        "representatives": [],
        "authorizedClerks": [],
        "partners": [],
        "registrationLegalDate": "2020-01-01",
        "removalDate": None,
        "accountNumbers": list(payer.accounts),
        "hasVirtualAccounts": bool(payer.masks),
    }
