"""Middle rates of exchange of Narodowy Bank Polski, table A (https://api.nbp.pl).

One question is a range of days. NBP publishes a table on each working day at about 12:15 in Warsaw, and never changes
one.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from liczydlo.public_services.http import Failure, ServiceError, get, json_of

FIRST: Final = dt.date(2002, 1, 2)
"""The service has no table before."""
MOST: Final = 93
"""Days of a range; the service refuses longer ones."""
DECIMALS: Final = 8
NUMBER: Final = re.compile(r"[0-9]{1,3}/A/NBP/[0-9]{4}")
"""Of a table."""
_CODE: Final = re.compile(r"[A-Z]{3}")
_MID: Final = re.compile(rf"[0-9]{{1,6}}(\.[0-9]{{1,{DECIMALS}}})?")
_NO_DATA: Final = b"404 NotFound"  # how its 404 begins; a proxy's does not


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What a table says of a currency (ISO 4217): ``mid`` is PLN for one unit."""

    code: str
    number: str
    day: dt.date
    mid: Decimal


def rates(base: str, code: str, start: dt.date, end: dt.date) -> list[Rate]:
    """The rates of a range of days, by day; none where no table was published or NBP does not quote the currency.

    Raises ServiceError, and ValueError for a range of more than MOST days or for what is no code of a currency.
    """
    if not 0 <= (end - start).days < MOST or not _CODE.fullmatch(code):
        raise ValueError(f"1 to {MOST} days of a currency at once")
    status, body = get(f"{base}/api/exchangerates/rates/A/{code}/{start}/{end}/", {"format": "json"})
    if status == 404 and body.startswith(_NO_DATA):
        return []
    if status != 200:
        raise ServiceError(_failure(status, body), message=body[:300].decode(errors="replace"))
    fields = json_of(body)
    listed = fields.get("rates")
    if fields.get("table") != "A" or fields.get("code") != code or not isinstance(listed, list):
        raise ServiceError("unreadable-answer")
    published = sorted((_rate(code, one) for one in listed), key=lambda rate: rate.day)
    days = {rate.day for rate in published}
    if len(days) < len(published) or any(not start <= day <= end for day in days):
        raise ServiceError("unreadable-answer")
    return published


def _failure(status: int, body: bytes) -> Failure:
    if status == 429:
        return "busy"
    if status >= 500:
        return "server-error"
    return "refused" if body.startswith(b"400 BadRequest") else "unreadable-answer"


def _rate(code: str, fields: Any) -> Rate:
    if not isinstance(fields, dict):
        raise ServiceError("unreadable-answer")
    number, day, mid = fields.get("no"), fields.get("effectiveDate"), str(fields.get("mid"))
    if not isinstance(number, str) or not NUMBER.fullmatch(number) or not _MID.fullmatch(mid):
        raise ServiceError("unreadable-answer")
    try:
        rate = Rate(code=code, number=number, day=dt.date.fromisoformat(str(day)), mid=Decimal(mid))
    except ValueError as error:
        raise ServiceError("unreadable-answer") from error
    if not rate.mid:
        raise ServiceError("unreadable-answer")
    return rate
