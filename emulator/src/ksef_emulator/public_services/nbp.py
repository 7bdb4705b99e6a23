"""NBP's rates of exchange under ``/uslugi/nbp``: paths, answers and plain-text errors of ``api.nbp.pl``, made-up rates.

Table A as JSON, which the live service answers where nothing else is wanted. Sources: its own page, and answers that
public clients have kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from ..api.security import CurrentEmulator
from ..emulator import Emulator
from ..intake.polish_time import polish_day
from .rates import CURRENCIES, Currency, last_tables, mid, number, tables

DAYS, SERIES = 93, 255
"""The most that one question may ask for, in days of a range and in last tables."""
NO_DATA = "404 NotFound - Not Found - Brak danych"
BAD_RANGE = "400 BadRequest - Błędny zakres dat / Invalid date range"
TOO_LONG = f"400 BadRequest - Przekroczony limit {DAYS} dni / Limit of {DAYS} days has been exceeded"
TOO_MANY = (
    f"400 BadRequest - Przekroczony limit {SERIES} wyników"
    f" / Maximum size of {SERIES} data series has been exceeded"
)
router = APIRouter(prefix="/uslugi/nbp/api/exchangerates", tags=["NBP"])
_Get = Callable[..., Any]


class Refusal(Exception):
    """An answer in NBP's words, which begin with the HTTP status."""


def _get(path: str) -> Callable[[_Get], _Get]:
    """The live service answers with the last slash and without it."""

    def add(function: _Get) -> _Get:
        router.get(f"{path}/")(function)
        router.get(path, include_in_schema=False)(function)
        return function

    return add


@_get("/rates/{table}/{code}")
def current(emulator: CurrentEmulator, table: str, code: str) -> Response:
    """The last rate of a currency."""
    return _rates(table, code, lambda: _last(emulator, "1"))


@_get("/rates/{table}/{code}/last/{count}")
def last(emulator: CurrentEmulator, table: str, code: str, count: str) -> Response:
    """The rates of the last tables."""
    return _rates(table, code, lambda: _last(emulator, count))


@_get("/rates/{table}/{code}/{day}")
def of_day(emulator: CurrentEmulator, table: str, code: str, day: str) -> Response:
    """The rate of a day, or 404 where it has no table: a weekend, a holiday, not published yet."""
    return _rates(table, code, lambda: _range(emulator, day, day))


@_get("/rates/{table}/{code}/{start}/{end}")
def of_range(emulator: CurrentEmulator, table: str, code: str, start: str, end: str) -> Response:
    """The rates of a range of days."""
    return _rates(table, code, lambda: _range(emulator, start, end))


@_get("/tables/{table}")
def current_table(emulator: CurrentEmulator, table: str) -> Response:
    """The last table."""
    return _tables(table, lambda: _last(emulator, "1"))


@_get("/tables/{table}/last/{count}")
def last_of_all(emulator: CurrentEmulator, table: str, count: str) -> Response:
    """The last tables."""
    return _tables(table, lambda: _last(emulator, count))


@_get("/tables/{table}/{day}")
def table_of_day(emulator: CurrentEmulator, table: str, day: str) -> Response:
    """The table of a day."""
    return _tables(table, lambda: _range(emulator, day, day))


@_get("/tables/{table}/{start}/{end}")
def tables_of_range(emulator: CurrentEmulator, table: str, start: str, end: str) -> Response:
    """The tables of a range of days."""
    return _tables(table, lambda: _range(emulator, start, end))


def _last(emulator: Emulator, count: str) -> list[date]:
    if not count.isdecimal() or int(count) < 1:
        raise Refusal(BAD_RANGE)
    if int(count) > SERIES:
        raise Refusal(TOO_MANY)
    return last_tables(int(count), emulator.clock.now())


def _range(emulator: Emulator, start: str, end: str) -> list[date]:
    now = emulator.clock.now()
    first, final = (_day(one, polish_day(now)) for one in (start, end))
    if first > final:
        raise Refusal(BAD_RANGE)
    if (final - first).days >= DAYS:
        raise Refusal(TOO_LONG)
    return list(tables(first, final, now))


def _day(text: str, today: date) -> date:
    if text == "today":
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("404 NotFound") from None


def _rates(table: str, code: str, days: Callable[[], list[date]]) -> Response:
    def answer() -> dict[str, Any]:
        currency = CURRENCIES.get(code.upper())
        published = _some(table, days)
        if currency is None:
            raise Refusal(NO_DATA)
        rates = [
            {"no": number(day), "effectiveDate": str(day), "mid": mid(currency, day)} for day in published
        ]
        return {"table": "A", "currency": currency.name, "code": currency.code, "rates": rates}

    return _answered(answer)


def _tables(table: str, days: Callable[[], list[date]]) -> Response:
    def answer() -> list[dict[str, Any]]:
        return [
            {
                "table": "A",
                "no": number(day),
                "effectiveDate": str(day),
                "rates": list(_all_of(CURRENCIES.values(), day)),
            }
            for day in _some(table, days)
        ]

    return _answered(answer)


def _all_of(currencies: Iterable[Currency], day: date) -> Iterable[dict[str, Any]]:
    for one in currencies:
        yield {"currency": one.name, "code": one.code, "mid": mid(one, day)}


def _some(table: str, days: Callable[[], list[date]]) -> list[date]:
    if table.upper() != "A":  # tables B and C have no stand-in
        raise Refusal(NO_DATA)
    if not (published := days()):
        raise Refusal(NO_DATA)
    return published


def _answered(answer: Callable[[], Any]) -> Response:
    try:
        return JSONResponse(answer())
    except Refusal as refusal:
        words = str(refusal)
        return PlainTextResponse(words, int(words[:3]))
