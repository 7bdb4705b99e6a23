"""What the schema of FA_RR(1) asks of values, of choices and of how often something may be there.

The official file comes with no installed package, and it is not ours to carry; tests compare with it where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import plan
from liczydlo.fa3.problems import Problem, nested
from liczydlo.rr.model import (
    DaneFaKorygowanej,
    Faktura,
    FakturaRR,
    KodFormularza,
    Platnosc,
    Podmiot3,
    Rozliczenie,
    TozsamoscTrzeciego,
)

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
    "GLN": 13,
    "IPKSeF": 13,
    "LinkDoPlatnosci": 512,
    "BDO": 9,
}
_SHORTEST: Final = {"NrRB": 10, "Email": 3}
_PLACES: Final = {"P_6B": (16, 6), "P_7": (14, 8), "P_9": (2, 1), "KursWaluty": (16, 6)}
_AMOUNT: Final = (16, 2)
_EARLIEST: Final = {"DataDokumentu": date(2016, 7, 1)}
_FIRST, _LAST = date(2006, 1, 1), date(2050, 1, 1)
_FIRST_CREATION: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NIP: Final = r"[1-9]((\d[1-9])|([1-9]\d))\d{7}"
_KSEF: Final = (
    rf"({_NIP}|M\d{{9}}|[A-Z]{{3}}\d{{7}})-(20[2-9]\d|2[1-9]\d\d|[3-9]\d{{3}})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
    r"-[0-9A-F]{6}-?[0-9A-F]{6}-[0-9A-F]{2}"
)
_LINK: Final = (
    r"https?://([a-zA-Z0-9][a-zA-Z0-9-]*\.)+[a-zA-Z]{2,}(:\d{1,5})?(/[^\s?#]*)?"
    r"\?([^#\s]*&)?IPKSeF=\d{3}[a-zA-Z0-9]{10}(&[^#\s]*)?(#.*)?"
)
_PATTERNS: Final = {
    "NIP": (re.compile(_NIP, re.ASCII), "hint-nip"),
    "Email": (re.compile(r"[^@\s]+@[^@\s]+"), "hint-email"),
    "IDWew": (re.compile(rf"{_NIP}-\d{{5}}", re.ASCII), None),
    "NrKSeFFaKorygowanej": (re.compile(_KSEF, re.ASCII), None),
    "SWIFT": (re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?"), None),
    "IPKSeF": (re.compile(r"\d{3}[a-zA-Z0-9]{10}", re.ASCII), None),
    "LinkDoPlatnosci": (re.compile(_LINK, re.ASCII), None),
    "KRS": (re.compile(r"\d{10}", re.ASCII), None),
    "REGON": (re.compile(r"\d{9}|\d{14}", re.ASCII), None),
    "KodWaluty": (re.compile(r"[A-Z]{3}"), None),
    "KodKraju": (re.compile(r"[A-Z]{2}"), None),
}
_ONE: Final = ("1",)
_MARKS: Final = ("BrakID", "RolaInna", "NrKSeF", "NrKSeFN", "StanPrzed", "FormaPlatnosci", "PlatnoscInna")
_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys((*_MARKS, "WariantFormularza"), _ONE),
    "StatusInfoPodatnika": ("1", "2", "3", "4"),
    "TypKorekty": ("1", "2", "3", "4"),
    "Rola": ("1", "2", "3", "5", "6", "7", "8", "9", "10", "11"),
    "RodzajFaktury": ("VAT_RR", "KOR_VAT_RR"),
    "P_9": ("6.5", "7"),
}
_MOST: Final = {
    "DaneKontaktowe": 3,
    "RachunekBankowy1": 3,
    "RachunekBankowy2": 3,
    "Informacje": 3,
    "DokumentZaplaty": 50,
    "Podmiot3": 100,
    "Obciazenia": 100,
    "Odliczenia": 100,
    "Rejestry": 100,
    "FakturaRRWiersz": 10_000,
    "DodatkowyOpis": 10_000,
    "DaneFaKorygowanej": 50_000,
}
_CHOICES: Final[dict[type[Any], tuple[bool, tuple[tuple[str, ...], ...]]]] = {
    TozsamoscTrzeciego: (True, (("NIP",), ("IDWew",), ("BrakID",))),
    Podmiot3: (True, (("Rola",), ("RolaInna", "OpisRoli"))),
    DaneFaKorygowanej: (True, (("NrKSeF", "NrKSeFFaKorygowanej"), ("NrKSeFN",))),
    Platnosc: (False, (("FormaPlatnosci",), ("PlatnoscInna", "OpisPlatnosci"))),
    Rozliczenie: (False, (("DoZaplaty",), ("DoRozliczenia",))),
}
"""Whether one way must be there, and which elements each way has together."""
_OF_CORRECTIONS: Final = ("PrzyczynaKorekty", "TypKorekty", "NrFaKorygowany", "Podmiot1K", "Podmiot2K")


def check(faktura: Faktura) -> Iterator[Problem]:
    """Problems of a document's values against the schema FA_RR(1), with paths."""
    yield from _inside(faktura, "")
    code = faktura.naglowek.kod_formularza
    for name in ("wartosc", "kod_systemowy", "wersja_schemy"):
        stated, proper = getattr(code, name), getattr(KodFormularza(), name)
        if stated != proper:
            params = {"allowed": nested("allowed", values=proper), "odd": None}
            yield _problem("schema-enumeration", "KodFormularza", "Naglowek/KodFormularza", stated, **params)
    created = faktura.naglowek.data_wytworzenia_fa
    if created < _FIRST_CREATION:
        limit, path = _FIRST_CREATION.date().isoformat(), "Naglowek/DataWytworzeniaFa"
        yield _problem("schema-too-small", "DataWytworzeniaFa", path, created.isoformat(), limit=limit)
    content = faktura.faktura_rr
    held = {item.name for item in plan.of(FakturaRR) if getattr(content, item.attribute)}
    if held.intersection(_OF_CORRECTIONS) and not content.dane_fa_korygowanej:
        yield _problem(
            "schema-missing", "FakturaRR", "FakturaRR", "", expected=_expected(["DaneFaKorygowanej"])
        )


def _choices(value: Any, path: str) -> Iterator[Problem]:
    """One of the ways in which something may be said, and all of it."""
    model: Any = type(value)
    must, ways = _CHOICES[model]
    held = {item.name for item in plan.of(model) if getattr(value, item.attribute) is not None}
    begun = [way for way in ways if held.intersection(way)]
    name = path.rpartition("/")[2].partition("[")[0]
    if len(begun) > 1:
        yield _problem(
            "schema-unexpected", begun[1][0], f"{path}/{begun[1][0]}".lstrip("/"), "", expected=None
        )
    elif not begun and must:
        expected = _expected([way[0] for way in ways])
        yield _problem("schema-missing", name, path.lstrip("/"), "", expected=expected)
    elif begun and not held.issuperset(begun[0]):
        missing = [one for one in begun[0] if one not in held]
        yield _problem("schema-missing", name, path.lstrip("/"), "", expected=_expected(missing))


def _expected(names: list[str]) -> Any:
    return nested("expected", names=", ".join(names))


def _inside(value: Any, path: str) -> Iterator[Problem]:
    model: Any = type(value)
    if model in _CHOICES:
        yield from _choices(value, path)
    for item in plan.of(model):
        held = getattr(value, item.attribute)
        if item.kind != "child" or held is None:
            continue
        values = held if item.repeated else (held,)
        if len(values) > _MOST.get(item.name, len(values)):
            place = f"{path}/{item.name}".lstrip("/")
            yield _problem("schema-unexpected", item.name, place, "", expected=None)
        for number, one in enumerate(values, 1):
            here = f"{path}/{item.name}" + (f"[{number}]" if len(values) > 1 else "")
            if item.nested:
                yield from _inside(one, here)
            else:
                yield from _scalar(item.name, one, here.removeprefix("/"))


def _scalar(name: str, value: Any, path: str) -> Iterator[Problem]:
    allowed = _ALLOWED.get(name)
    stated = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    if allowed is not None and stated not in allowed:
        params = {"allowed": nested("allowed", values=", ".join(allowed)), "odd": None}
        yield _problem("schema-enumeration", name, path, stated, **params)
    elif isinstance(value, int):
        if value < 1:
            yield _problem("schema-not-above", name, path, stated, limit="0")
    elif isinstance(value, str):
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
        hint_code = _PATTERNS[name][1]
        hint = nested(hint_code) if hint_code else None
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
