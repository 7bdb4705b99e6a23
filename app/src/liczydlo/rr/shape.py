"""What the schema of FA_RR(1) asks of values, for documents that :mod:`build` makes: their order it keeps by itself.

The official file comes with no installed package, and it is not ours to carry; tests compare with it where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import plan
from liczydlo.fa3.problems import Problem
from liczydlo.rr.model import Faktura

_ORDINARY: Final = 256
_LONGEST: Final = {
    "Nazwa": 512,
    "AdresL1": 512,
    "AdresL2": 512,
    "StopkaFaktury": 3500,
    "Email": 255,
    "PKWiU": 50,
    "CN": 50,
    "UU_ID": 50,
    "NrRB": 34,
    "GTIN": 20,
    "Telefon": 16,
}
_SHORTEST: Final = {"NrRB": 10, "Email": 3}
_PLACES: Final = {"P_6B": (16, 6), "P_7": (14, 8), "P_9": (2, 1)}
_AMOUNT: Final = (16, 2)
_EARLIEST: Final = {"DataDokumentu": date(2016, 7, 1)}
_FIRST, _LAST = date(2006, 1, 1), date(2050, 1, 1)
_PATTERNS: Final = {
    "NIP": (re.compile(r"[1-9]((\d[1-9])|([1-9]\d))\d{7}"), "hint-nip"),
    "Email": (re.compile(r"[^@\s]+@[^@\s]+"), "hint-email"),
}


def check(faktura: Faktura) -> Iterator[Problem]:
    """What a value has against it, with its path."""
    return _inside(faktura, "")


def _inside(value: Any, path: str) -> Iterator[Problem]:
    model: Any = type(value)
    for item in plan.of(model):
        held = getattr(value, item.attribute)
        if item.kind != "child" or held is None:
            continue
        values = held if item.repeated else (held,)
        for number, one in enumerate(values, 1):
            here = f"{path}/{item.name}" + (f"[{number}]" if len(values) > 1 else "")
            if item.nested:
                yield from _inside(one, here)
            else:
                yield from _scalar(item.name, one, here.removeprefix("/"))


def _scalar(name: str, value: Any, path: str) -> Iterator[Problem]:
    if isinstance(value, str):
        yield from _text(name, value, path)
    elif isinstance(value, Decimal):
        yield from _number(name, value, path)
    elif isinstance(value, date) and name != "DataWytworzeniaFa":
        earliest = _EARLIEST.get(name, _FIRST)
        if value < earliest:
            yield _problem("schema-too-small", name, path, value.isoformat(), limit=earliest.isoformat())
        elif value > _LAST:
            yield _problem("schema-too-great", name, path, value.isoformat(), limit=_LAST.isoformat())


def _text(name: str, value: str, path: str) -> Iterator[Problem]:
    most, least = _LONGEST.get(name, _ORDINARY), _SHORTEST.get(name, 1)
    if not value.strip():
        yield _problem("schema-empty", name, path, value)
    elif len(value) > most:
        yield _problem("schema-too-long", name, path, value, length=len(value), limit=most)
    elif len(value) < least:
        yield _problem("schema-too-short", name, path, value, length=len(value), limit=least)
    elif name in _PATTERNS and not _PATTERNS[name][0].fullmatch(value):
        hint = {"code": f"invoice:{_PATTERNS[name][1]}", "params": {}}
        yield _problem("schema-pattern", name, path, value, hint=hint)


def _number(name: str, value: Decimal, path: str) -> Iterator[Problem]:
    whole, places = _PLACES.get(name, _AMOUNT)
    written = f"{abs(value):f}".partition(".")
    if len(written[2]) > places:
        yield _problem("schema-places", name, path, f"{value:f}", limit=places)
    elif len(written[0]) > whole:
        yield _problem("schema-digits", name, path, f"{value:f}", limit=whole + places)


def _problem(code: str, name: str, path: str, value: str, **params: Any) -> Problem:
    return Problem(code=code, path=path, params={"element": name, "value": value[:80], **params})
