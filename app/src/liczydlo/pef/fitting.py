"""What PEF has no place for, or none as it is made here: told before any file is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from liczydlo.fa3 import plan
from liczydlo.fa3.model import Fa, Faktura, FaWiersz
from liczydlo.fa3.problems import Problem
from liczydlo.pef import fields, parties, taxes

_UNHELD: Final = (
    "zwrot_akcyzy", "fp", "rozliczenie", "zamowienie", "kurs_waluty_z", "okres_fa_korygowanej",
)  # fmt: skip
_UNHELD_OF_LINES: Final = ("kwota_akcyzy", "procedura", "p_12_xii", "p_6a")


def problems(faktura: Faktura, *, emptied: bool = False) -> Iterator[Problem]:
    """What keeps an invoice from being a PEF, its kind and its payment apart; ``emptied`` as of ``of_lines``."""
    fa, buyer = faktura.fa, faktura.podmiot2
    if not (buyer.dane_identyfikacyjne.nip and buyer.dane_identyfikacyjne.nazwa and buyer.adres):
        yield Problem(code="pef-buyer", path="Podmiot2")
    if not fields.customer(faktura) and not fields.order(fa):
        yield Problem(code="pef-reference", path="Fa/WarunkiTransakcji/Zamowienia/NrZamowienia")
    if fa.kod_waluty != taxes.POLAND and any(
        getattr(fa, f"p_14_{rate}") and getattr(fa, f"p_14_{rate}w") is None for rate in "1234"
    ):
        yield Problem(code="pef-zloty", path="Fa/KodWaluty")
    for name in _unheld(faktura):
        yield unheld(name, name)
    yield from of_lines(fa, emptied=emptied)


def of_lines(fa: Fa, *, emptied: bool = False) -> Iterator[Problem]:
    """What its lines lack, or say too much; ``emptied``: of some a correction left nothing but the price."""
    for place, row in enumerate(fa.fa_wiersz, 1):
        is_empty = emptied and row.p_9a is not None
        if row.p_11 is None or not row.p_7 or (row.p_8b == 0 and not is_empty):
            yield Problem(code="pef-line", path=f"Fa/FaWiersz[{place}]", params={"number": place})
        yield from _of_line(row, f"Fa/FaWiersz[{place}]", place)


def unheld(path: str, name: str) -> Problem:
    """The problem of an element that PEF has no place for."""
    return Problem(code="pef-unheld", path=path, params={"element": name})


def _of_line(row: FaWiersz, path: str, place: int) -> Iterator[Problem]:
    if row.p_12 not in taxes.RATES:
        yield Problem(
            code="pef-rate", path=f"{path}/P_12", params={"number": place, "value": row.p_12 or "—"}
        )
    for name in _UNHELD_OF_LINES:
        if getattr(row, name) is not None:
            yield unheld(path, element(row, name))


def _unheld(faktura: Faktura) -> Iterator[str]:
    """Names of what the invoice says and PEF, as it is made here, does not."""
    fa, marks = faktura.fa, faktura.fa.adnotacje
    recipients = [one for one in faktura.podmiot3 if one.rola in parties.RECIPIENTS]
    if len(recipients) != len(faktura.podmiot3) or len(recipients) > 1:
        yield "Podmiot3"
    if faktura.podmiot_upowazniony is not None:
        yield "PodmiotUpowazniony"
    if faktura.zalacznik is not None:
        yield "Zalacznik"
    for mark, name in (
        (marks.p_17, "P_17"),
        (marks.p_23, "P_23"),
        (marks.nowe_srodki_transportu.p_22, "P_22"),
        (marks.pmarzy.p_pmarzy, "P_PMarzy"),
    ):
        if mark == 1:
            yield name
    for name in _UNHELD:
        if getattr(fa, name) is not None:
            yield element(fa, name)
    if fa.faktura_zaliczkowa:
        yield "FakturaZaliczkowa"
    payment = fa.platnosc
    if payment is not None and payment.rachunek_bankowy_faktora:
        yield "RachunekBankowyFaktora"
    terms = fa.warunki_transakcji
    for name, several in (
        ("WZ", fa.wz),
        ("Umowy", terms.umowy if terms is not None else ()),
        ("Zamowienia", terms.zamowienia if terms is not None else ()),
    ):
        if len(several) > 1:  # PEF has one of each
            yield name


def element(value: Any, attribute: str) -> str:
    """The name of the element that an attribute of a document's part is."""
    model: Any = type(value)
    return next(item.name for item in plan.of(model) if item.attribute == attribute)
