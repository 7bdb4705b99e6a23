"""The project's own example invoices: what a workshop and a shop might really send each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

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
from liczydlo.fa3.model import DodatkowyOpis, Faktura, RachunekBankowy, TerminPlatnosci

LATE_BY = timedelta(days=9)  # more than any run of holidays, so that the day of sending is over
_WARSAW = ZoneInfo("Europe/Warsaw")
_ACCOUNT = "61109010140000071219812874"


def faktura_of(draft: InvoiceDraft) -> Faktura:
    """The document of an example, made at eight in the morning of its day of issue."""
    assert draft.issue_date is not None
    return build(draft, created=datetime.combine(draft.issue_date, time(8, 0), _WARSAW))


def samples(seller: Party, buyer: Party, today: date) -> dict[str, InvoiceDraft]:
    """Example invoices of ``seller``, by name; those for abroad have a buyer of their own.

    Numbers are unique within a seller's examples of one month. What is corrected or settled was issued in 2025, before
    KSeF was a duty.
    """
    issue = partial(InvoiceDraft, seller=seller, issue_date=today)
    due = _due(today)
    tail = today.strftime("%m/%Y")

    def number(index: int, kind: str = "FV") -> str:
        return f"{kind}/{index:03d}/{tail}"

    pots = Line(name="Donica szkliwiona, 40 cm", quantity=Decimal(6), net_price=Decimal("189.00"), rate="23")
    workshop = Line(
        name="Warsztaty garncarskie dla zespołu (12 osób)",
        unit="usł.",
        net_price=Decimal("4200.00"),
        rate="23",
    )
    kiln = Line(name="Piec ceramiczny 60 l", quantity=Decimal(1), net_price=Decimal("12400.00"), rate="23")
    wheel = Line(name="Koło garncarskie elektryczne, 400 W", net_price=Decimal("6900.00"), rate="23")
    return {
        "basic": issue(
            buyer=buyer,
            number=number(1),
            payment=due,
            lines=(
                Line(
                    name="Serwis obiadowy, 24 elementy", unit="kpl.", net_price=Decimal("1450.00"), rate="23"
                ),
            ),
        ),
        "several-rates": issue(
            buyer=buyer,
            number=number(2),
            payment=due,
            lines=(
                pots,
                Line(
                    name="Sadzonki ziół w doniczkach",
                    quantity=Decimal(30),
                    net_price=Decimal("7.90"),
                    rate="8",
                ),
                Line(
                    name="Katalog wzorów (książka z ISBN)",
                    quantity=Decimal(2),
                    unit="egz.",
                    net_price=Decimal("64.76"),
                    rate="5",
                ),
                Line(
                    name="Glina kamionkowa",
                    quantity=Decimal("12.5"),
                    unit="kg",
                    net_price=Decimal("8.4371"),
                    rate="23",
                ),
            ),
            remarks=(
                DodatkowyOpis(klucz="Zamówienie", wartosc="ZAM/118"),
                DodatkowyOpis(klucz="Dostawa", wartosc="odbiór własny"),
            ),
        ),
        "reverse-charge": issue(
            buyer=Party(
                name="Töpferhaus Spree GmbH",
                vat_ue_country="DE",
                vat_ue="136695976",
                address=Address(line1="Kastanienallee 12", line2="10435 Berlin", country="DE"),
            ),
            number=number(3),
            payment=due,
            lines=(
                Line(name="Projekt kolekcji naczyń", unit="usł.", net_price=Decimal("9800.00"), rate="np II"),
            ),
            remarks=(
                DodatkowyOpis(
                    klucz="Reverse charge",
                    wartosc="podatek rozlicza nabywca, art. 100 ust. 1 pkt 4 ustawy o VAT",
                ),
            ),
        ),
        "foreign-currency": issue(
            buyer=buyer,
            number=number(4),
            payment=due,
            currency="EUR",
            exchange_rate=Decimal("4.2637"),
            lines=(
                Line(
                    name="Zestaw do espresso, eksportowy",
                    quantity=Decimal(40),
                    unit="kpl.",
                    net_price=Decimal("18.75"),
                    rate="23",
                ),
            ),
        ),
        "correction": issue(
            kind="KOR",
            buyer=buyer,
            number=number(5, "FK"),
            correction=Correction(
                originals=(Original(number="FV/214/2025", issue_date=date(2025, 12, 18)),),
                reason="Zwrot dwóch uszkodzonych donic",
                effect=2,
            ),
            lines=(replace(pots, before=True), replace(pots, quantity=Decimal(4))),
        ),
        "advance": issue(
            kind="ZAL",
            buyer=buyer,
            number=number(6, "FZ"),
            advance=Decimal("5000.00"),
            payment=Payment(paid=today),
            order=Order(lines=(kiln,)),
        ),
        "settlement": issue(
            kind="ROZ",
            buyer=buyer,
            number=number(7, "FR"),
            payment=due,
            advances=(Advance(number="FZ/031/2025"),),
            advance=Decimal("2500.00"),
            lines=(wheel,),
        ),
        "exempt": issue(
            buyer=buyer,
            number=number(8),
            payment=due,
            marks=Marks(exemption=Exemption(text="art. 43 ust. 1 pkt 29 lit. a ustawy o VAT")),
            lines=(
                Line(
                    name="Kurs zawodowy: garncarz, moduł II",
                    quantity=Decimal(16),
                    unit="godz.",
                    net_price=Decimal("85.00"),
                    rate="zw",
                ),
            ),
        ),
        "gross-prices": issue(
            buyer=buyer,
            number=number(9),
            payment=Payment(form=2, paid=today),
            lines=(
                Line(name="Kubek „Wawel”", quantity=Decimal(7), gross_price=Decimal("39.90"), rate="23"),
                Line(
                    name="Herbata ziołowa, 100 g", quantity=Decimal(3), gross_price=Decimal("24.50"), rate="8"
                ),
            ),
        ),
        "offline24": issue(buyer=buyer, number=number(10), payment=due, lines=(workshop,)),
    }


def unfinished(seller: Party, buyer: Party, today: date) -> dict[str, InvoiceDraft]:
    """What a working day leaves to do, by what becomes of it; numbers go on after those of ``samples``.

    ``draft`` is not issued. ``waiting`` is issued in offline24 and not sent yet. So is ``late``, but by its issue date
    (P_1) its day of sending is over: the program sends it at once and says that it is late. ``refused`` has the number
    of ``elsewhere``, which another program of the seller has sent before, so KSeF says 440.
    """

    def one(number: int, day: date, name: str, price: str) -> InvoiceDraft:
        return InvoiceDraft(
            seller=seller,
            buyer=buyer,
            number=f"FV/{number:03d}/{day:%m/%Y}",
            issue_date=day,
            payment=_due(day),
            lines=(Line(name=name, net_price=Decimal(price), rate="23"),),
        )

    return {
        "draft": one(11, today, "Gaźnik do pieca gazowego", "640.00"),
        "waiting": one(12, today, "Naprawa pieca na wyjeździe", "380.00"),
        "late": one(13, today - LATE_BY, "Transport palety z Łodzi", "290.00"),
        "elsewhere": one(14, today, "Serwis kawowy, 12 elementów", "720.00"),
        "refused": one(14, today, "Serwis kawowy, 6 elementów", "410.00"),
    }


def _due(day: date) -> Payment:
    return Payment(
        terms=(TerminPlatnosci(termin=day + timedelta(days=14)),), accounts=(RachunekBankowy(nr_rb=_ACCOUNT),)
    )
