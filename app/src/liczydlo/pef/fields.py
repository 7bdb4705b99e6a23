"""What the head of a PEF takes from an FA(3): numbers, days and words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from liczydlo.fa3.model import Fa, Faktura
from liczydlo.pef.ubl import Element, cac, cbc

_MEANS: Final = {1: "10", 2: "48", 4: "20", 6: "30"}
"""UNTDID 4461 by FormaPlatnosci: cash, card, cheque, transfer."""
_UNDEFINED, _TRANSFER = "1", "30"
MARKS: Final = {
    "p_16": "metoda kasowa",
    "p_18": "odwrotne obciążenie",
    "p_18a": "mechanizm podzielonej płatności",
}
"""Words that art. 106e asks for; PEF has them in the note."""
_ZERO: Final = Decimal("0.00")


def due(fa: Fa) -> date | None:
    """BT-9: the first day of payment."""
    terms = fa.platnosc.termin_platnosci if fa.platnosc is not None else ()
    return min((one.termin for one in terms if one.termin is not None), default=None)


def terms(fa: Fa) -> str:
    """BT-20: terms and skonto in words."""
    payment = fa.platnosc
    if payment is None:
        return ""
    descriptions = [one.termin_opis for one in payment.termin_platnosci if one.termin_opis is not None]
    words = [f"{one.ilosc} {one.jednostka} {one.zdarzenie_poczatkowe}" for one in descriptions]
    if payment.skonto is not None:
        words.append(f"Skonto: {payment.skonto.wysokosc_skonta}, {payment.skonto.warunki_skonta}")
    return "; ".join(words)


def prepaid(fa: Fa) -> Decimal:
    """BT-113."""
    payment = fa.platnosc
    if payment is None:
        return _ZERO
    if payment.zaplacono == 1:
        return fa.p_15
    return sum((one.kwota_zaplaty_czesciowej for one in payment.zaplata_czesciowa), _ZERO)


def note(faktura: Faktura) -> str:
    """One note (PEPPOL-EN16931-R002): the words of art. 106e, remarks, the footer."""
    fa = faktura.fa
    words = [text for name, text in MARKS.items() if getattr(fa.adnotacje, name) == 1]
    words += [f"{one.klucz}: {one.wartosc}" for one in fa.dodatkowy_opis]
    if faktura.stopka is not None:
        words += [one.stopka_faktury for one in faktura.stopka.informacje if one.stopka_faktury]
    return "\n".join(words)


def customer(faktura: Faktura) -> str | None:
    """BT-10."""
    return faktura.podmiot2.nr_klienta


def order(fa: Fa) -> str | None:
    """BT-13, the first of the orders."""
    orders = fa.warunki_transakcji.zamowienia if fa.warunki_transakcji is not None else ()
    return next((one.nr_zamowienia for one in orders if one.nr_zamowienia), None)


def period(fa: Fa) -> Element | None:
    """BG-14."""
    if fa.okres_fa is None:
        return None
    return cac("InvoicePeriod", cbc("StartDate", fa.okres_fa.p_6_od), cbc("EndDate", fa.okres_fa.p_6_do))


def contract(fa: Fa) -> str | None:
    """BT-12, the first of the contracts."""
    contracts = fa.warunki_transakcji.umowy if fa.warunki_transakcji is not None else ()
    return next((one.nr_umowy for one in contracts if one.nr_umowy), None)


def means(fa: Fa, *, due_on: date | None = None) -> Iterator[Element | None]:
    """BG-16; of several accounts each is a means. ``due_on`` is BT-9 of a credit note, which has it only here."""
    payment = fa.platnosc
    if payment is None:
        return
    accounts = payment.rachunek_bankowy
    code = _MEANS.get(payment.forma_platnosci or 0, _TRANSFER if accounts else _UNDEFINED)
    if not accounts:
        yield cac("PaymentMeans", cbc("PaymentMeansCode", code), cbc("PaymentDueDate", due_on))
    for account in accounts:
        number = (
            f"PL{account.nr_rb}" if account.nr_rb.isdigit() and len(account.nr_rb) == 26 else account.nr_rb
        )
        yield cac(
            "PaymentMeans",
            cbc("PaymentMeansCode", code),
            cbc("PaymentDueDate", due_on),
            cac(
                "PayeeFinancialAccount",
                cbc("ID", number),
                cac("FinancialInstitutionBranch", cbc("ID", account.swift)),
            ),
        )
