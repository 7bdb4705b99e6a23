"""VIES, the Commission's check of EU VAT numbers (https://ec.europa.eu/taxation_customs/vies).

Only ``INVALID`` is a no. Every other error comes with ``isValid: false`` too and means that nobody knows: a member
state does not answer, or too many ask at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from liczydlo.public_services.http import Failure, ServiceError, get_json

_HIDDEN: Final = "---"  # in place of what a state does not say
_FAILURES: Final[dict[str, Failure]] = {
    "INVALID_INPUT": "refused",
    "INVALID_REQUESTER_INFO": "refused",
    "VAT_BLOCKED": "refused",
    "IP_BLOCKED": "refused",
    "SERVICE_UNAVAILABLE": "server-error",
    "MS_UNAVAILABLE": "server-error",
    "TIMEOUT": "timeout",
    "GLOBAL_MAX_CONCURRENT_REQ": "busy",
    "GLOBAL_MAX_CONCURRENT_REQ_TIME": "busy",
    "MS_MAX_CONCURRENT_REQ": "busy",
    "MS_MAX_CONCURRENT_REQ_TIME": "busy",
}
_YEARS: Final = range(2020, 2100)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What VIES says of a number; ``request_id`` is the proof of having asked. Name and address may be empty."""

    is_valid: bool
    name: str
    address: str
    request_id: str
    at: dt.datetime


def check(base: str, country: str, number: str, requester: str) -> Finding:
    """Whether a number of a country (EL for Greece, XI for Northern Ireland) is registered for trade in the EU.

    ``requester`` is the NIP of who asks, without which there is no proof. Raises ServiceError, whose ``service_code``
    is VIES's own word.
    """
    query = {"requesterMemberStateCode": "PL", "requesterNumber": requester}
    status, fields = get_json(f"{base}/ms/{country}/vat/{quote(number, safe='')}", query)
    if status == 429:
        raise ServiceError("busy")
    verdict = fields.get("userError")
    if status != 200 or not isinstance(verdict, str):
        raise ServiceError("server-error" if status >= 500 else "unreadable-answer")
    if verdict not in ("VALID", "INVALID"):
        is_listed = verdict in _FAILURES
        raise ServiceError(_FAILURES.get(verdict, "unreadable-answer"), verdict if is_listed else "")
    if fields.get("isValid") is not (verdict == "VALID"):
        raise ServiceError("unreadable-answer")
    request_id = fields.get("requestIdentifier") or ""
    try:
        at = dt.datetime.fromisoformat(str(fields.get("requestDate")))
    except ValueError as error:
        raise ServiceError("unreadable-answer") from error
    if at.tzinfo is None or at.year not in _YEARS or not isinstance(request_id, str):
        raise ServiceError("unreadable-answer")
    name, address = (_words(fields.get(one)) for one in ("name", "address"))
    return Finding(is_valid=verdict == "VALID", name=name, address=address, request_id=request_id[:60], at=at)


def _words(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return "" if text == _HIDDEN else text[:512]
