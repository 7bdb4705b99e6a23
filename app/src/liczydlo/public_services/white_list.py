"""Biała lista, the list of VAT payers with their accounts (https://www.gov.pl/web/kas/api-wykazu-podatnikow-vat).

``search`` takes 30 NIPs at once, 100 requests a day from one address; ``check`` one NIP and account, 5000 a day. The
list names no virtual accounts; ``check`` knows them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from liczydlo.public_services.http import ServiceError, get_json

GROUP: Final = 30
"""NIPs in one search."""
LIMIT_REACHED: Final = "WL-191"  # of this address, until midnight
UPDATING: Final = ("WL-195", "WL-196")
_CODE: Final = re.compile(r"WL-[0-9]{3}")
"""The service's own; a proxy's JSON may have a „code" too."""
_YEARS: Final = range(2019, 2100)
"""The service has answered since 2019."""
_ZONE: Final = ZoneInfo("Europe/Warsaw")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the Ministry keeps of a request too: its id and moment."""

    request_id: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A payer; ``status`` is „Czynny", „Zwolniony", „Niezarejestrowany"."""

    nip: str
    name: str
    status: str
    accounts: tuple[str, ...]
    has_virtual: bool
    address: str = ""
    """Of the place of business, or of residence, in one line."""


def search(base: str, nips: Sequence[str], day: dt.date) -> tuple[Evidence, dict[str, Subject | None]]:
    """Payers by NIP on a day, None for who is not in the list; a NIP that the service refuses is left out.

    Raises ServiceError, and ValueError for more than GROUP.
    """
    if not 0 < len(nips) <= GROUP:
        raise ValueError(f"1 to {GROUP} NIPs at once")
    result = _ask(base, f"/api/search/nips/{','.join(nips)}", day)
    payers: dict[str, Subject | None]
    if "entries" in result:
        payers = {}
        for entry in _list(result, "entries"):
            if not entry.get("error"):
                subjects = [_subject(one) for one in _list(entry, "subjects")]
                payers[str(entry.get("identifier"))] = next(iter(subjects), None)
    else:  # before version 1.5
        payers = dict.fromkeys(nips) | {one.nip: one for one in map(_subject, _list(result, "subjects"))}
    return _evidence(result), payers


def check(base: str, nip: str, account: str, day: dt.date) -> tuple[Evidence, bool]:
    """Whether an account, virtual ones too, is a payer's on a day. Raises ServiceError."""
    result = _ask(base, f"/api/check/nip/{nip}/bank-account/{account}", day)
    verdict = result.get("accountAssigned")
    if verdict not in ("TAK", "NIE"):
        raise ServiceError("unreadable-answer")
    return _evidence(result), verdict == "TAK"


def _ask(base: str, path: str, day: dt.date) -> dict[str, Any]:
    status, fields = get_json(f"{base}{path}", {"date": day.isoformat()})
    result = fields.get("result")
    if status == 200 and isinstance(result, dict):
        return result
    code, message = str(fields.get("code") or ""), str(fields.get("message") or "")[:300]
    code = code if _CODE.fullmatch(code) else ""
    if code == LIMIT_REACHED:
        raise ServiceError("limit", code, message)
    if code in UPDATING or status == 429:  # without a code somebody in front of the service says so
        raise ServiceError("busy", code, message)
    if status >= 500 or code == "WL-100":
        raise ServiceError("server-error", code, message)
    raise ServiceError("refused" if code else "unreadable-answer", code, message)


def _evidence(result: dict[str, Any]) -> Evidence:
    request_id = result.get("requestId")
    try:
        at = dt.datetime.strptime(f"{result.get('requestDateTime')} +0000", "%d-%m-%Y %H:%M:%S %z")
    except ValueError as error:
        raise ServiceError("unreadable-answer") from error
    if not isinstance(request_id, str) or not request_id or at.year not in _YEARS:
        raise ServiceError("unreadable-answer")
    return Evidence(request_id=request_id[:60], at=at.replace(tzinfo=_ZONE))


def _subject(fields: dict[str, Any]) -> Subject:
    nip, accounts = fields.get("nip"), fields.get("accountNumbers") or []
    if not isinstance(nip, str) or not isinstance(accounts, list):
        raise ServiceError("unreadable-answer")
    return Subject(
        nip=nip,
        name=str(fields.get("name") or "")[:512],
        status=str(fields.get("statusVat") or "")[:40],
        accounts=tuple(str(one) for one in accounts),
        has_virtual=fields.get("hasVirtualAccounts") is True,
        address=str(fields.get("workingAddress") or fields.get("residenceAddress") or "")[:512],
    )


def _list(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    values = fields.get(name) or []
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise ServiceError("unreadable-answer")
    return values
