"""The 2D code of a purchase, and its card of payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from liczydlo.payments.models import BankAccount, TransferOrder
from liczydlo.payments.transfers import titles
from liczydlo.prints.codes import read
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.web import times

from app.tests.payments.ordering import account, address, invoice, prepare
from app.tests.payments.test_files import THEIRS
from app.tests.purchases.test_pages import text_of

__all__ = ["account"]
pytestmark = pytest.mark.django_db


def test_the_code_says_whom_how_much_and_for_what(ala: Client, company: Any) -> None:
    row = invoice(company, "FV/7")
    page = ala.get(address("phone", company, row.pk))
    text = read(page.context["picture"])
    assert text == f"8567346215|PL|{THEIRS[2:]}|017700|Żółta Łódź – Jan Gęś|FV/7|||"
    assert page.context["picture"] in page.content.decode()
    assert "numer KSeF" not in text_of(page)


def test_a_great_amount_is_typed_by_the_payer(ala: Client, company: Any) -> None:
    page = ala.get(address("phone", company, invoice(company, gross=Decimal("10000.00")).pk))
    assert page.context["code"].split("|")[3] == "000000"
    assert "Kod mieści kwoty do 9 999,99 zł" in text_of(page) and "10 000,00 zł" in text_of(page)


def test_from_2027_the_page_says_that_the_number_does_not_fit(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = invoice(company)
    monkeypatch.setattr(times, "today", lambda: titles.NUMBERS_FROM)
    text = text_of(ala.get(address("phone", company, row.pk)))
    assert "kod ma na tytuł tylko 32 znaki" in text and row.entry.ksef_number in text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ({"currency": "EUR"}, "tylko dla złotych"),
        ({"paid_to": ""}, "nie ma polskiego rachunku"),
        ({"paid_to": "61109010140000071219812875"}, "nie ma polskiego rachunku"),
        ({"paid_to": "DE89370400440532013000"}, "nie ma polskiego rachunku"),
        ({"split": True}, "Tytuł podzielonej płatności nie mieści się"),
    ],
)
def test_why_there_can_be_no_code(ala: Client, company: Any, kind: dict[str, Any], text: str) -> None:
    page = ala.get(address("phone", company, invoice(company, **kind).pk))
    assert text in text_of(page) and not page.context["code"]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"payment": Payment.PAID}, "Jest już zapłacona."),
        ({"reported_at": timezone.now()}, "zgłoszona jako nadużycie"),
    ],
)
def test_what_is_not_to_be_paid_has_no_code(
    ala: Client, company: Any, values: dict[str, Any], text: str
) -> None:
    row = invoice(company)
    ReceivedInvoice.objects.filter(pk=row.pk).update(**values)
    page = ala.get(address("phone", company, row.pk))
    assert text in text_of(page) and not page.context["code"]


def test_the_page_of_a_purchase_leads_to_paying_and_shows_its_transfer(
    ala: Client, company: Any, account: BankAccount, member: Any, browse: Any
) -> None:
    row = invoice(company)
    pay = f"{address('prepare', company)}?id={row.pk}"
    assert pay in text_of(ala.get(row.get_absolute_url()))
    assert pay not in text_of(browse(member("viewer")).get(row.get_absolute_url()))
    prepare(ala, company, row)
    order = TransferOrder.objects.get()
    shown = text_of(ala.get(row.get_absolute_url()))
    assert pay not in shown and order.get_absolute_url() in shown
    assert "Jest już w zleceniu" in text_of(ala.get(address("phone", company, row.pk)))


def test_a_warning_that_nobody_has_settled_stands_on_the_list(ala: Client, company: Any) -> None:
    row = invoice(company)
    ReceivedInvoice.objects.filter(pk=row.pk).update(open_warnings=1)
    assert "ma ostrzeżenia, których nikt nie sprawdził" in text_of(ala.get(address("due", company)))


def test_only_bookkeepers_of_the_firm_see_the_code(
    ala: Client, company: Any, member: Any, stranger: Any, browse: Any
) -> None:
    row = invoice(company)
    assert browse(member("viewer")).get(address("phone", company, row.pk)).status_code == 403
    assert browse(stranger).get(address("phone", company, row.pk)).status_code == 404
    other = stranger.companies.get()
    assert browse(stranger).get(address("phone", other, row.pk)).status_code == 404
