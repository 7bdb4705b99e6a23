"""Invoices that break no rule, and how a test changes one thing of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from liczydlo.fa3.build import build
from liczydlo.fa3.draft import (
    Address,
    Advance,
    Correction,
    Exemption,
    InvoiceDraft,
    Line,
    Marks,
    Order,
    Original,
    Party,
    Payment,
)
from liczydlo.fa3.model import (
    Faktura,
    KwotaZPowodem,
    Podmiot3,
    RachunekBankowy,
    Rozliczenie,
    TerminPlatnosci,
    TozsamoscNabywcy,
    TozsamoscTrzeciego,
)
from liczydlo.fa3.rules import check

TODAY = date(2026, 11, 23)
SELLER = Party(nip="5265877635", name="Pracownia", address=Address(line1="ul. Garncarska 3"))
BUYER = Party(nip="1111111111", name="Sklep", address=Address(line1="ul. Sklepowa 7"))
GERMAN = Party(name="Töpferhaus", vat_ue_country="DE", vat_ue="136695976")
POT = Line(name="Donica", quantity=Decimal(6), net_price=Decimal("189.00"), rate="23")
DEAR = Line(name="Stal", net_price=Decimal(20000), rate="23", annex_15=True)
EXEMPT = Line(name="Kurs", net_price=Decimal(85), rate="zw")
USED = Line(name="Koło, używane", gross_price=Decimal(2000), rate=None)
ORIGINAL = Original(number="FV/1/2025", issue_date=date(2025, 12, 1))
EXEMPTION = Marks(exemption=Exemption(text="art. 113"))
WRONG_KSEF_NUMBER = "9999999999-20230908-8BEF280C8D35-4D"

DRAFT = InvoiceDraft(seller=SELLER, buyer=BUYER, number="FV/1", issue_date=TODAY)


def make(*lines: Line, **changes: Any) -> Faktura:
    draft = replace(DRAFT, lines=lines, **changes)
    return build(draft, created=datetime(2026, 11, 23, 9, tzinfo=UTC))


def correct(original: Original, *lines: Line) -> Faktura:
    correction = Correction(originals=(original,), reason="Zwrot", effect=2)
    return make(*lines, kind="KOR", correction=correction)


def settle(advance: Advance) -> Faktura:
    return make(POT, kind="ROZ", advances=(advance,), advance=Decimal(500))


def account(number: str) -> Payment:
    return Payment(accounts=(RachunekBankowy(nr_rb=number),))


def due(day: date) -> Payment:
    return Payment(terms=(TerminPlatnosci(termin=day),))


def codes(faktura: Faktura, today: date = TODAY) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in check(faktura, today=today)]


def with_fa(faktura: Faktura, **changes: Any) -> Faktura:
    return replace(faktura, fa=replace(faktura.fa, **changes))


def with_line(faktura: Faktura, **changes: Any) -> Faktura:
    first, *rest = faktura.fa.fa_wiersz
    return with_fa(faktura, fa_wiersz=(replace(first, **changes), *rest))


def with_marks(faktura: Faktura, **changes: Any) -> Faktura:
    return with_fa(faktura, adnotacje=replace(faktura.fa.adnotacje, **changes))


def third(role: int | None = None, **identity: Any) -> Podmiot3:
    return Podmiot3(dane_identyfikacyjne=TozsamoscTrzeciego(nazwa="Filia", **identity), rola=role)


def nip_of(faktura: Faktura, nip: str) -> Faktura:
    identity = replace(faktura.podmiot2.dane_identyfikacyjne, nip=nip)
    return replace(faktura, podmiot2=replace(faktura.podmiot2, dane_identyfikacyjne=identity))


def buyer_as(faktura: Faktura, **identity: Any) -> Faktura:
    """The invoice to a buyer without a NIP, known by something else."""
    party = TozsamoscNabywcy(**{"nazwa": "Sklep", **identity})
    return replace(faktura, podmiot2=replace(faktura.podmiot2, dane_identyfikacyjne=party))


PLAIN = make(POT)
EURO = make(POT, currency="EUR", exchange_rate=Decimal("4.2637"))
ADVANCE = make(kind="ZAL", order=Order(lines=(POT,)), advance=Decimal(500))
SETTLEMENT = settle(Advance(number="FZ/1/2025"))
CORRECTED = correct(ORIGINAL, replace(POT, before=True))
MARGIN = make(USED, marks=Marks(margin="second-hand"))
UNION = make(Line(name="Projekt", net_price=Decimal(100), rate="np II"), buyer=GERMAN)
BESIDE = Rozliczenie(
    obciazenia=(KwotaZPowodem(kwota=Decimal(10), powod="kaucja"),),
    suma_obciazen=Decimal(10),
    odliczenia=(KwotaZPowodem(kwota=Decimal(4), powod="bon"),),
    suma_odliczen=Decimal(4),
    do_zaplaty=Decimal("1400.82"),
)
