"""A PEF(3) invoice of an FA(3).

What decides amounts or parties and has no place in PEF, or none here, is refused by name. Of the rest these stay out:
places of issue, EORI numbers, addresses for letters, registers of the footer, GTU and other marks for JPK, names of
banks, links of payment, batches, terms and means of transport.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import plan
from liczydlo.fa3.model import Fa, Faktura, FaWiersz
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.pef import lines, parties, taxes
from liczydlo.pef.ubl import Element, cac, cbc, document

PROFILE: Final = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_INVOICE: Final = 380  # UNTDID 1001
_MEANS: Final = {1: "10", 2: "48", 4: "20", 6: "30"}
"""UNTDID 4461 by FormaPlatnosci: cash, card, cheque, transfer."""
_UNDEFINED, _TRANSFER = "1", "30"
_MARKS: Final = {
    "p_16": "metoda kasowa",
    "p_18": "odwrotne obciążenie",
    "p_18a": "mechanizm podzielonej płatności",
}
"""Words that art. 106e asks for; PEF has them in the note."""
_UNHELD: Final = (
    "zwrot_akcyzy", "fp", "rozliczenie", "zamowienie", "kurs_waluty_z", "okres_fa_korygowanej",
)  # fmt: skip
_UNHELD_OF_LINES: Final = ("kwota_akcyzy", "procedura", "p_12_xii", "p_6a")
_POLAND: Final = "PLN"
_ZERO: Final = Decimal("0.00")


def build(faktura: Faktura) -> bytes:
    """The bytes of the PEF invoice. Raises DocumentError with everything that keeps it from being one."""
    problems = list(_problems(faktura))
    shares = taxes.shares(faktura.fa) if not problems else None
    if shares is None:
        raise DocumentError(problems or [Problem(code="pef-sums", path="Fa/P_15")])
    fa = faktura.fa
    currency = fa.kod_waluty
    return document(
        (
            cbc("CustomizationID", PROFILE),
            cbc("ProfileID", PROCESS),
            cbc("ID", fa.p_2),
            cbc("IssueDate", fa.p_1),
            cbc("DueDate", _due(fa)),
            cbc("InvoiceTypeCode", _INVOICE),
            cbc("Note", _note(faktura)),
            cbc("DocumentCurrencyCode", currency),
            cbc("TaxCurrencyCode", _POLAND) if currency != _POLAND else None,
            cbc("BuyerReference", _customer(faktura)),
            _period(fa),
            *_references(fa),
            parties.seller(faktura),
            parties.buyer(faktura),
            parties.delivery(faktura),
            *_means(fa),
            cac("PaymentTerms", cbc("Note", _terms(fa))),
            *_taxes(fa, shares),
            _totals(fa, shares),
            *(lines.line(row, place, currency) for place, row in enumerate(fa.fa_wiersz, 1)),
        )
    )


def _problems(faktura: Faktura) -> Iterator[Problem]:
    fa, buyer = faktura.fa, faktura.podmiot2
    if fa.rodzaj_faktury != "VAT":
        yield Problem(code="pef-kind", path="Fa/RodzajFaktury")
        return
    if not (buyer.dane_identyfikacyjne.nip and buyer.dane_identyfikacyjne.nazwa and buyer.adres):
        yield Problem(code="pef-buyer", path="Podmiot2")
    if not _customer(faktura) and not _order(fa):
        yield Problem(code="pef-reference", path="Fa/WarunkiTransakcji/Zamowienia/NrZamowienia")
    if _prepaid(fa) < fa.p_15 and _due(fa) is None and not _terms(fa):
        yield Problem(code="pef-due", path="Fa/Platnosc/TerminPlatnosci")
    if fa.kod_waluty != _POLAND and any(
        getattr(fa, f"p_14_{rate}") and getattr(fa, f"p_14_{rate}w") is None for rate in "1234"
    ):
        yield Problem(code="pef-zloty", path="Fa/KodWaluty")
    for name in _unheld(faktura):
        yield Problem(code="pef-unheld", path=name, params={"element": name})
    for place, row in enumerate(fa.fa_wiersz, 1):
        yield from _of_line(row, f"Fa/FaWiersz[{place}]", place)


def _of_line(row: FaWiersz, path: str, place: int) -> Iterator[Problem]:
    if row.p_12 not in taxes.RATES:
        yield Problem(
            code="pef-rate", path=f"{path}/P_12", params={"number": place, "value": row.p_12 or "—"}
        )
    if row.p_11 is None or not row.p_7 or row.p_8b == 0:
        yield Problem(code="pef-line", path=path, params={"number": place})
    for name in _UNHELD_OF_LINES:
        if getattr(row, name) is not None:
            yield Problem(code="pef-unheld", path=path, params={"element": _called(row, name)})


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
            yield _called(fa, name)
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


def _called(value: Any, attribute: str) -> str:
    model: Any = type(value)
    return next(item.name for item in plan.of(model) if item.attribute == attribute)


def _due(fa: Fa) -> Any:
    terms = fa.platnosc.termin_platnosci if fa.platnosc is not None else ()
    return min((one.termin for one in terms if one.termin is not None), default=None)


def _terms(fa: Fa) -> str:
    """BT-20: terms and skonto in words."""
    payment = fa.platnosc
    if payment is None:
        return ""
    told = [one.termin_opis for one in payment.termin_platnosci if one.termin_opis is not None]
    words = [f"{one.ilosc} {one.jednostka} {one.zdarzenie_poczatkowe}" for one in told]
    if payment.skonto is not None:
        words.append(f"Skonto: {payment.skonto.wysokosc_skonta}, {payment.skonto.warunki_skonta}")
    return "; ".join(words)


def _prepaid(fa: Fa) -> Decimal:
    payment = fa.platnosc
    if payment is None:
        return _ZERO
    if payment.zaplacono == 1:
        return fa.p_15
    return sum((one.kwota_zaplaty_czesciowej for one in payment.zaplata_czesciowa), _ZERO)


def _note(faktura: Faktura) -> str:
    """One note (PEPPOL-EN16931-R002): the words of art. 106e, remarks, the footer."""
    fa = faktura.fa
    words = [text for name, text in _MARKS.items() if getattr(fa.adnotacje, name) == 1]
    words += [f"{one.klucz}: {one.wartosc}" for one in fa.dodatkowy_opis]
    if faktura.stopka is not None:
        words += [one.stopka_faktury for one in faktura.stopka.informacje if one.stopka_faktury]
    return "\n".join(words)


def _customer(faktura: Faktura) -> str | None:
    return faktura.podmiot2.nr_klienta


def _order(fa: Fa) -> str | None:
    orders = fa.warunki_transakcji.zamowienia if fa.warunki_transakcji is not None else ()
    return next((one.nr_zamowienia for one in orders if one.nr_zamowienia), None)


def _period(fa: Fa) -> Element | None:
    if fa.okres_fa is None:
        return None
    return cac("InvoicePeriod", cbc("StartDate", fa.okres_fa.p_6_od), cbc("EndDate", fa.okres_fa.p_6_do))


def _references(fa: Fa) -> Iterator[Element | None]:
    contracts = fa.warunki_transakcji.umowy if fa.warunki_transakcji is not None else ()
    contract = next((one.nr_umowy for one in contracts if one.nr_umowy), None)
    yield cac("OrderReference", cbc("ID", _order(fa)))
    yield cac("DespatchDocumentReference", cbc("ID", fa.wz[0] if fa.wz else None))
    yield cac("ContractDocumentReference", cbc("ID", contract))


def _means(fa: Fa) -> Iterator[Element | None]:
    """BG-16; of several accounts each is a means."""
    payment = fa.platnosc
    if payment is None:
        return
    accounts = payment.rachunek_bankowy
    code = _MEANS.get(payment.forma_platnosci or 0, _TRANSFER if accounts else _UNDEFINED)
    if not accounts:
        yield cac("PaymentMeans", cbc("PaymentMeansCode", code))
    for account in accounts:
        number = (
            f"PL{account.nr_rb}" if account.nr_rb.isdigit() and len(account.nr_rb) == 26 else account.nr_rb
        )
        yield cac(
            "PaymentMeans",
            cbc("PaymentMeansCode", code),
            cac(
                "PayeeFinancialAccount",
                cbc("ID", number),
                cac("FinancialInstitutionBranch", cbc("ID", account.swift)),
            ),
        )


def _taxes(fa: Fa, shares: list[taxes.Share]) -> Iterator[Element | None]:
    """BT-110 with BG-23, and in a foreign currency BT-111: the tax in PLN."""
    currency = fa.kod_waluty
    total = sum((one.tax for one in shares), _ZERO)
    yield cac(
        "TaxTotal",
        cbc("TaxAmount", total, currencyID=currency),
        *(one.subtotal(currency) for one in shares),
    )
    if currency != _POLAND:
        in_zloty = sum((getattr(fa, f"p_14_{rate}w") or _ZERO for rate in "1234"), _ZERO)
        yield cac("TaxTotal", cbc("TaxAmount", in_zloty, currencyID=_POLAND))


def _totals(fa: Fa, shares: list[taxes.Share]) -> Element | None:
    """BG-22."""
    currency, net, prepaid = fa.kod_waluty, sum((one.net for one in shares), _ZERO), _prepaid(fa)
    return cac(
        "LegalMonetaryTotal",
        cbc("LineExtensionAmount", net, currencyID=currency),
        cbc("TaxExclusiveAmount", net, currencyID=currency),
        cbc("TaxInclusiveAmount", fa.p_15, currencyID=currency),
        cbc("PrepaidAmount", prepaid, currencyID=currency) if prepaid else None,
        cbc("PayableAmount", fa.p_15 - prepaid, currencyID=currency),
    )
