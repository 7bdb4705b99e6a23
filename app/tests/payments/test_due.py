"""What is to be paid: what is listed, its sums, what stands in the way, and who sees it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from liczydlo.payments.models import BankAccount, OrderState, TransferOrder
from liczydlo.payments.transfers import proposals
from liczydlo.payments.views import due
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment, State
from liczydlo.web import times

from app.tests.payments.ordering import account, address, invoice, prepare
from app.tests.payments.test_files import OURS
from app.tests.purchases.test_pages import text_of

__all__ = ["account"]
pytestmark = pytest.mark.django_db


def test_the_list_is_by_the_day_of_payment_with_sums(ala: Client, company: Any, account: BankAccount) -> None:
    today = times.today()
    sunday = today + dt.timedelta(days=6 - today.weekday())
    invoice(company, "PO-TERMINIE", payment_due=today - dt.timedelta(days=1))
    invoice(company, "TYDZIEN", payment_due=sunday)
    invoice(company, "POZNIEJ", payment_due=sunday + dt.timedelta(days=1), currency="EUR")
    invoice(company, "BEZ-TERMINU")
    part = invoice(company, "CZESC", payment_due=today - dt.timedelta(days=2))
    ReceivedInvoice.objects.filter(pk=part.pk).update(payment=Payment.PART, paid_amount=Decimal("77.00"))
    for state in ({"payment": Payment.PAID}, {"state": State.HIDDEN}):
        away = invoice(company, f"NIE-{state}")
        ReceivedInvoice.objects.filter(pk=away.pk).update(**state)
    page = ala.get(address("due", company))
    groups = [
        (str(heading), [row.proposal.entry.number for row in rows])
        for heading, rows in page.context["groups"]
    ]
    assert groups == [
        ("Po terminie", ["CZESC", "PO-TERMINIE"]),
        ("W tym tygodniu", ["TYDZIEN"]),
        ("Później", ["POZNIEJ"]),
        ("Bez terminu", ["BEZ-TERMINU"]),
    ]
    assert page.context["total"].amounts == [("EUR", Decimal(177)), ("PLN", Decimal(631))]
    assert "100,00 zł" in text_of(page) and "NIE-" not in text_of(page)


def test_a_document_is_read_once_however_often_the_list_is_looked_at(ala: Client, company: Any) -> None:
    invoice(company, "PIERWSZA")
    path = address("due", company)
    seen = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert "PIERWSZA" in text_of(ala.get(path))
        seen.append(sum('"documents_document"."xml"' in one["sql"] for one in queries))
    assert seen == [1, 0]
    invoice(company, "DRUGA", paid_to="")
    with CaptureQueriesContext(connection) as queries:
        page = ala.get(path)
    rows = {row.proposal.entry.number: row.proposal for _, rows in page.context["groups"] for row in rows}
    assert rows["PIERWSZA"].obstacles == [] and rows["DRUGA"].obstacles == ["no-account"]
    assert sum('"documents_document"."xml"' in one["sql"] for one in queries) == 1


def test_the_sum_of_a_long_list_waits_for_a_person(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(51):
        invoice(company, f"FV/{number}")
    whole, one_page = due.Total(amounts=[("PLN", Decimal(51 * 177))]), [("PLN", Decimal(50 * 177))]
    monkeypatch.setattr(proposals, "ADDED_UP", 51)
    assert ala.get(address("due", company)).context["total"] == whole
    monkeypatch.setattr(proposals, "ADDED_UP", 50)
    page = ala.get(address("due", company))
    assert page.context["total"].amounts == one_page and "Do zapłaty na tej stronie:" in text_of(page)
    assert ala.get(address("due", company) + page.context["total"].address).context["total"] == whole


def test_the_sum_of_a_searched_list_waits_for_a_person(ala: Client, company: Any) -> None:
    for number in range(51):
        invoice(company, f"FV/{number}")
    path = address("due", company)
    whole, one_page = [("PLN", Decimal(51 * 177))], [("PLN", Decimal(50 * 177))]
    assert ala.get(path).context["total"] == due.Total(amounts=whole)
    page = ala.get(path, {"q": "swit"})
    assert page.context["total"].amounts == one_page and "Do zapłaty na tej stronie:" in text_of(page)
    assert ala.get(path + page.context["total"].address).context["total"] == due.Total(amounts=whole)
    alone = ala.get(path, {"q": "FV/50"}).context["total"]
    assert alone == due.Total(amounts=[("PLN", Decimal(177))]), "one page is the whole list"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"q": "swit"}, {"A", "B"}),
        ({"q": "8567346215"}, {"A", "B"}),
        ({"do": "2026-12-01"}, {"A"}),
        ({"kwota_od": "200"}, {"B"}),
        ({"kwota_do": "177,00 zł"}, {"A"}),
        ({"kwota_od": "tysiąc", "do": "jutro"}, {"A", "B"}),
    ],
)
def test_the_list_is_filtered(
    ala: Client, company: Any, account: BankAccount, query: dict[str, str], numbers: set[str]
) -> None:
    invoice(company, "A", payment_due=dt.date(2026, 12, 1))
    invoice(company, "B", payment_due=dt.date(2026, 12, 2), gross=Decimal(500))
    rows = ala.get(address("due", company), query).context["page"].rows
    assert {row.entry.number for row in rows} == numbers


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ({"paid_to": ""}, "Na fakturze nie ma rachunku"),
        ({"paid_to": "61109010140000071219812875"}, "błędne cyfry kontrolne"),
        ({"currency": "EUR"}, "Firma nie ma rachunku w tej walucie"),
        ({"kind": "ZAL"}, "Faktura zaliczkowa zwykle potwierdza"),
    ],
)
def test_what_stands_in_the_way_is_named(
    ala: Client, company: Any, account: BankAccount, kind: dict[str, str], said: str
) -> None:
    row = invoice(company, **kind)
    assert said in text_of(ala.get(address("due", company)))
    assert said in text_of(ala.get(address("prepare", company), {"id": row.pk}))


def test_hidden_and_paid_ones_are_named_when_somebody_wants_to_pay_them(
    ala: Client, company: Any, account: BankAccount
) -> None:
    hidden, paid = invoice(company, "H"), invoice(company, "P")
    ReceivedInvoice.objects.filter(pk=hidden.pk).update(state=State.HIDDEN)
    ReceivedInvoice.objects.filter(pk=paid.pk).update(payment=Payment.PAID)
    text = text_of(ala.get(address("prepare", company), {"id": [hidden.pk, paid.pk]}))
    assert "Jest ukryta." in text and "Jest już zapłacona." in text
    posted = ala.post(address("prepare", company), {"id": [hidden.pk, paid.pk], "account": account.pk})
    assert posted.status_code == 200 and not TransferOrder.objects.exists()


def test_a_viewer_sees_and_pays_nothing_and_a_stranger_sees_nothing(
    ala: Client, company: Any, account: BankAccount, member: Any, stranger: Any, browse: Any
) -> None:
    row = invoice(company)
    prepare(ala, company, row)
    order = TransferOrder.objects.get()
    viewer, issuer, outside = browse(member("viewer")), browse(member("issuer")), browse(stranger)
    other = stranger.companies.get()
    pages = [address("due", company), address("orders", company), order.get_absolute_url()]
    for url in pages:
        assert viewer.get(url).status_code == 200 and outside.get(url).status_code == 404
    assert "Zapłać zaznaczone" not in text_of(viewer.get(pages[0]))
    assert "Pobierz plik" not in text_of(viewer.get(pages[2]))
    for name in ("download", "mark_paid", "cancel"):
        for client in (viewer, issuer):
            assert client.post(address(name, company, order.pk)).status_code == 403
        assert outside.post(address(name, company, order.pk)).status_code == 404
        assert outside.post(address(name, other, order.pk)).status_code == 404
    assert viewer.get(address("prepare", company), {"id": row.pk}).status_code == 403
    BankAccount.objects.create(company=other, iban=OURS, name="obcy", is_default=True)
    assert outside.get(address("prepare", other), {"id": row.pk})["Location"] == address("due", other)
    order.refresh_from_db()
    assert order.state == OrderState.PREPARED
