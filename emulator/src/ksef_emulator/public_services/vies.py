"""VIES under ``/uslugi/vies/rest-api``: paths and answers of the Commission's REST service, made-up taxpayers.

Numbers of three digits answer as in the Commission's own test service (``check-vat-test-service``). Of the others every
one is registered whose last character is not 9. An error is no „invalid": it comes with HTTP 200 too.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from ..api.security import CurrentEmulator
from ..intake.identifiers import nip_checksum_holds

STATES: Final = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE"),
    *("IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI"),
)
"""EL is Greece, XI Northern Ireland."""
HIDDEN: Final = ("DE", "ES")
"""States that say whether a number is valid and never whose it is."""
VALID, INVALID = "VALID", "INVALID"
TRIED: Final = {
    "100": VALID,
    "200": INVALID,
    "201": "INVALID_INPUT",
    "202": "INVALID_REQUESTER_INFO",
    "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT",
    "400": "VAT_BLOCKED",
    "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME",
    "600": "MS_MAX_CONCURRENT_REQ",
    "601": "MS_MAX_CONCURRENT_REQ_TIME",
}
NOTHING: Final = "---"
_NUMBER: Final = re.compile(r"[0-9A-Z+*]{2,12}")
_NOT_COMPARED: Final = 3
router = APIRouter(prefix="/uslugi/vies/rest-api", tags=["VIES"])


class Question(BaseModel):
    """The body of a POST; a requester makes the answer have an identifier."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    country_code: str = ""
    vat_number: str = ""
    requester_member_state_code: str = ""
    requester_number: str = ""


@router.get("/ms/{state}/vat/{number}")
def look(
    emulator: CurrentEmulator,
    state: str,
    number: str,
    requester_state: Annotated[str, Query(alias="requesterMemberStateCode")] = "",
    requester_number: Annotated[str, Query(alias="requesterNumber")] = "",
) -> dict[str, Any]:
    """Whether a number is registered for trade in the EU; ``userError`` says why that is not known."""
    question = Question(
        country_code=state.upper(),
        vat_number=number,
        requester_member_state_code=requester_state,
        requester_number=requester_number,
    )
    code = _verdict(question)
    name, address = _who(question, code)
    return {
        "isValid": code == VALID,
        "requestDate": _moment(emulator.clock.now()),
        "userError": code,
        "name": name,
        "address": address,
        "requestIdentifier": _identifier(question, code),
        "originalVatNumber": number,
        "vatNumber": _plain(number),
        "viesApproximate": {
            **dict.fromkeys(("name", "street", "postalCode", "city", "companyType"), NOTHING),
            **dict.fromkeys(
                ("matchName", "matchStreet", "matchPostalCode", "matchCity", "matchCompanyType"),
                _NOT_COMPARED,
            ),
        },
    }


@router.post("/check-vat-number")
@router.post("/check-vat-test-service")
def check(emulator: CurrentEmulator, question: Question) -> dict[str, Any]:
    """The same by POST, where an error has a shape of its own."""
    code = _verdict(question)
    if code not in (VALID, INVALID):
        return {"actionSucceed": False, "errorWrappers": [{"error": code}]}
    name, address = _who(question, code)
    return {
        "countryCode": question.country_code.upper(),
        "vatNumber": _plain(question.vat_number),
        "requestDate": _moment(emulator.clock.now()),
        "valid": code == VALID,
        "requestIdentifier": _identifier(question, code),
        "name": name,
        "address": address,
        **{f"trader{what}": NOTHING for what in ("Name", "Street", "PostalCode", "City", "CompanyType")},
        **{
            f"trader{what}Match": "NOT_PROCESSED"
            for what in ("Name", "Street", "PostalCode", "City", "CompanyType")
        },
    }


@router.get("/check-status")
def status() -> dict[str, Any]:
    """Every state answers."""
    countries = [{"countryCode": state, "availability": "Available"} for state in STATES]
    return {"vow": {"available": True}, "countries": countries}


def _plain(number: str) -> str:
    return re.sub(r"[ .-]", "", number).upper()


def _verdict(question: Question) -> str:
    number, state = _plain(question.vat_number), question.country_code.upper()
    if state not in STATES or not _NUMBER.fullmatch(number):
        return "INVALID_INPUT"
    if not _is_requester(question):
        return "INVALID_REQUESTER_INFO"
    return TRIED.get(number) or (INVALID if number.endswith("9") else VALID)


def _is_requester(question: Question) -> bool:
    """Nobody, or a taxpayer of a state; of Poland one whose NIP has the right check digit."""
    state, number = question.requester_member_state_code.upper(), _plain(question.requester_number)
    if not state and not number:
        return True
    if state not in STATES or not _NUMBER.fullmatch(number):
        return False
    return state != "PL" or (len(number) == 10 and number.isdigit() and nip_checksum_holds(number))


def _who(question: Question, code: str) -> tuple[str, str]:
    state, number = question.country_code.upper(), _plain(question.vat_number)
    if code != VALID or state in HIDDEN:
        return NOTHING, NOTHING
    return f"MADE-UP COMPANY {state}{number}", f"TEST STREET {number[-2:]}\n10000 TESTVILLE"


def _identifier(question: Question, code: str) -> str:
    """The proof of a supply within the EU; a question without a requester has none."""
    is_known = code in (VALID, INVALID) and bool(question.requester_number)
    return f"WAPIAAAA{secrets.token_urlsafe(6)}" if is_known else ""


def _moment(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
