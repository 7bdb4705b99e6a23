"""„Wyciąg rozrachunków" of a contractor: what is open, by currency, as a page and on paper."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts.models import Contractor
from liczydlo.payments.statements import matching
from liczydlo.sales import services, statement
from liczydlo.sales.models.receivables import Receivable
from liczydlo.web import times
from pypdf import PdfReader

from app.tests.payments.statements.world import sale
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_buyer_browser import TERM
from app.tests.sales.test_buyer_letters import BUYER, buyer
from app.tests.sales.world import document

__all__ = ["buyer"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def debts(company: Any, owner: Any) -> None:
    """Overdue, paid in part, paid, in another currency, and another buyer's."""
    today = times.today()
    for number, days in (("PO/1", -5), ("CZ/1", 5), ("ZA/1", 5)):
        day = today + dt.timedelta(days=days)
        services.issue(company, document(company.nip, BUYER, number=number, **{"</Fa>": TERM.format(day)}))
    sale(company, "20.00", number="EU/1", currency="EUR")
    sale(company, "99.00", number="OBCA/1", buyer_nip="5260001246")
    for number, amount in (("CZ/1", 77), ("ZA/1", 177)):
        entry = Receivable.objects.get(entry__number=number).entry
        matching.say_paid(company, entry, Decimal(amount), on=today, by=owner)


def test_it_says_what_is_open_by_currency(company: Any, buyer: Contractor, debts: None) -> None:
    eur, pln = statement.of(company, buyer, times.today())
    assert (eur.currency, eur.left, eur.overdue) == ("EUR", 20, 0)
    assert [row.number for row in pln.rows] == ["PO/1", "CZ/1"]
    assert (pln.payable, pln.paid, pln.left, pln.overdue) == (354, 77, 277, 177)
    assert [row.days for row in pln.rows] == [5, 0]
    _eur, whole = statement.of(company, buyer, times.today(), with_settled=True)
    assert {row.number for row in whole.rows} == {"PO/1", "CZ/1", "ZA/1"}


def test_the_page_and_the_paper_say_the_same(
    ala: Client, company: Any, buyer: Contractor, debts: None
) -> None:
    address = reverse("sales:statement", args=[company.pk, buyer.pk])
    shown = text_of(ala.get(address))
    pdf = ala.get(reverse("sales:statement_pdf", args=[company.pk, buyer.pk]))
    assert pdf["Content-Type"] == "application/pdf"
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
    printed = printed.replace("\u202f", " ").replace("\u00a0", " ")
    for text in ("PO/1", "CZ/1", "EU/1", "277,00 zł", "20,00 EUR", "Wyciąg rozrachunków"):
        assert text in shown and text in printed, text
    assert "ZA/1" not in shown and "OBCA/1" not in printed
    assert "ZA/1" in text_of(ala.get(f"{address}?wszystkie"))
    assert "Wyciąg rozrachunków" in text_of(ala.get(buyer.get_absolute_url()))


def test_it_is_in_english_too(browse: Any, owner: Any, company: Any, buyer: Contractor, debts: None) -> None:
    english = browse(owner, language="en")
    pdf = english.get(reverse("sales:statement_pdf", args=[company.pk, buyer.pk]))
    assert "Statement of account" in PdfReader(BytesIO(pdf.content)).pages[0].extract_text()


def test_nothing_is_said_where_nothing_is_open(ala: Client, company: Any, buyer: Contractor) -> None:
    shown = text_of(ala.get(reverse("sales:statement", args=[company.pk, buyer.pk])))
    assert "Nic nie jest do zapłaty." in shown
    assert ala.get(reverse("sales:statement_pdf", args=[company.pk, buyer.pk])).status_code == 200


def test_who_sees_it(company: Any, buyer: Contractor, member: Any, stranger: Any, browse: Any) -> None:
    for name in ("statement", "statement_pdf"):
        address = reverse(f"sales:{name}", args=[company.pk, buyer.pk])
        assert (
            browse(member("viewer") if name == "statement" else member("issuer")).get(address).status_code
            == 200
        )
        assert browse(stranger).get(address).status_code == 404
        other = stranger.companies.get()
        assert browse(stranger).get(reverse(f"sales:{name}", args=[other.pk, buyer.pk])).status_code == 404


def test_an_advance_documents_a_payment_unless_it_names_a_term() -> None:
    from liczydlo.documents.facts import Facts, stated

    whole = Decimal(100)
    assert stated("ZAL", whole, Facts()) == whole
    assert stated("ZAL", whole, Facts(payment_due=dt.date(2026, 12, 1))) == 0
    assert stated("ZAL", whole, Facts(paid_amount=Decimal(40))) == 40
    assert stated("VAT", whole, Facts()) == 0 and stated("VAT", whole, Facts(is_paid=True)) == whole
