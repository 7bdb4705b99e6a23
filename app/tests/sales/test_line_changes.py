"""Gross prices, discounts and rare fields in corrections, similar invoices, templates and settlements."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.fa3.draft import InvoiceDraft, Line
from liczydlo.fa3.model import OkresFa
from liczydlo.fa3.read import read
from liczydlo.sales import exchange, services, similar
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.repeating.tables import InvoiceTemplate

from app.tests.sales.test_correction_pages import at, fields
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_order import NUMBER, accept, fresh

pytestmark = pytest.mark.django_db
GROSS = {**LINE, "quantity": "2", "price": "123", "discount": "10", "gtin": "5901234123457", "annex_15": "on"}


def issued(ala: Client, company: Any, *lines: dict[str, str], **typed: str) -> Invoice:
    day = (timezone.localdate() - dt.timedelta(days=3)).isoformat()
    answer = ala.post(
        reverse("sales:new", args=[company.pk]),
        form(*lines, number="FV/1", **{"issue_date": day, "due_date": day, **typed}),
    )
    assert answer.status_code == 302, answer.content.decode()
    row = Invoice.objects.get(entry__number="FV/1")
    accept(services.issue(company, services.draft_of(row).content, draft=row), NUMBER)
    return fresh(row)


def drafted() -> Any:
    return read(bytes(Draft.objects.get(invoice__state="draft").xml or b"")).fa


def test_a_correction_keeps_gross_prices_and_changes_the_discount(ala: Client, company: Any) -> None:
    first = issued(ala, company, GROSS, LINE, prices="gross")
    page = ala.get(at("correct_values", first))
    typed = fields(page)
    assert (typed["lines-0-price"], typed["lines-0-discount"]) == ("123", "10")
    assert "cena brutto" in page.content.decode() and "5901234123457" in page.content.decode()
    gone = ala.post(at("correct_values", first), {**typed, "lines-0-quantity": "0"})
    assert gone.status_code == 422 and 'id="id_lines-0-discount_error"' in gone.content.decode()
    assert ala.post(at("correct_values", first), {**typed, "lines-0-discount": "20%"}).status_code == 302
    before, after = drafted().fa_wiersz
    assert (before.p_10, before.p_11a, before.stan_przed) == (10, 236, 1)
    assert (after.p_9b, after.p_10, after.p_11a, after.gtin) == (
        123,
        Decimal("49.20"),
        Decimal("196.80"),
        before.gtin,
    )
    assert drafted().p_15 == Decimal("-39.20")


def test_a_new_line_of_a_correction_has_the_prices_of_the_invoice(ala: Client, company: Any) -> None:
    first = issued(ala, company, GROSS, prices="gross")
    typed = fields(ala.get(at("correct_values", first)))
    more = {"name": "dowóz", "quantity": "1", "unit": "usł.", "price": "12,30", "rate": "23", "uu_id": ""}
    typed |= {f"lines-1-{name}": value for name, value in more.items()} | {"lines-TOTAL_FORMS": "2"}
    assert ala.post(at("correct_values", first), typed).status_code == 302
    added = next(row for row in drafted().fa_wiersz if row.p_7 == "dowóz")
    assert (added.p_9b, added.p_11a, added.p_9a) == (Decimal("12.3"), Decimal("12.30"), None)


def test_a_correction_keeps_the_kind_of_the_basis_of_an_exemption(ala: Client, company: Any) -> None:
    typed = {"exemption": "art. 132", "exemption_basis": "directive"}
    first = issued(ala, company, {**LINE, "rate": "zw"}, **typed)
    shown = fields(ala.get(at("correct_values", first)))
    changed = {**shown, "lines-0-price": "90", "exemption": "art. 132 ust. 1 lit. b"}
    assert ala.post(at("correct_values", first), changed).status_code == 302
    assert drafted().adnotacje.zwolnienie.p_19b == "art. 132 ust. 1 lit. b"


def test_lines_without_a_polish_rate_are_corrected(ala: Client, company: Any) -> None:
    rows = ({**LINE, "rate": "margin"}, {**LINE, "rate": "OSS", "oss_rate": "19"})
    first = issued(ala, company, *rows, prices="gross", margin="antiques", buyer_kind="person")
    typed = fields(ala.get(at("correct_values", first)))
    assert (typed["lines-0-rate"], typed["lines-1-rate"], typed["lines-1-oss_rate"]) == (
        "margin",
        "OSS",
        "19",
    )
    changed = {**typed, "lines-0-price": "80", "lines-1-oss_rate": "20"}
    assert ala.post(at("correct_values", first), changed).status_code == 302
    fa = drafted()
    rates = [(row.p_12, row.p_12_xii, row.stan_przed) for row in fa.fa_wiersz]
    assert rates == [(None, None, 1), (None, None, None), (None, 19, 1), (None, 20, None)]
    assert fa.p_13_11 == -20 and fa.p_14_5 == Decimal("0.70") and fa.p_15 == -20


def test_a_margin_line_does_not_come_into_an_invoice_without_the_procedure(ala: Client, company: Any) -> None:
    first = issued(ala, company, GROSS, prices="gross")
    typed = fields(ala.get(at("correct_values", first)))
    answer = ala.post(at("correct_values", first), {**typed, "lines-0-rate": "margin"})
    assert answer.status_code == 422 and "procedury marży" in answer.content.decode()


def test_a_similar_invoice_and_a_template_take_all_of_it(ala: Client, company: Any) -> None:
    period = {"period_begins": "2026-10-01", "period_ends": "2026-10-31"}
    first = issued(ala, company, GROSS, prices="gross", linked="on", split_payment="on", **period)
    before = read(first.entry.xml).fa
    ala.post(at("make_similar", first))
    fa = drafted()
    assert (fa.fa_wiersz, fa.tp, fa.adnotacje, fa.p_15) == (
        before.fa_wiersz,
        1,
        before.adnotacje,
        before.p_15,
    )
    assert fa.okres_fa.p_6_od.day == 1 and (fa.okres_fa.p_6_do + dt.timedelta(days=1)).day == 1
    Invoice.objects.get(state="draft").delete()
    answer = ala.post(
        reverse("sales:new", args=[company.pk]),
        {**form(GROSS, number="FV/9", prices="gross"), "template": "1"},
    )
    assert answer.status_code == 302
    assert InvoiceTemplate.objects.get().draft.lines[0].gross_price == 123


@pytest.mark.parametrize(
    ("begins", "ends", "issue", "today", "moved"),
    [
        ((2026, 1, 1), (2026, 1, 31), (2026, 1, 31), (2026, 2, 28), ((2026, 2, 1), (2026, 2, 28))),
        ((2026, 10, 1), (2026, 12, 31), (2026, 12, 31), (2027, 3, 30), ((2027, 1, 1), (2027, 3, 31))),
        ((2026, 1, 5), (2026, 1, 11), (2026, 1, 12), (2026, 1, 19), ((2026, 1, 12), (2026, 1, 18))),
    ],
)
def test_a_period_moves_by_whole_months_or_by_days(
    begins: Any, ends: Any, issue: Any, today: Any, moved: Any
) -> None:
    period = OkresFa(p_6_od=dt.date(*begins), p_6_do=dt.date(*ends))
    draft = InvoiceDraft(issue_date=dt.date(*issue), period=period)
    (first, last) = moved
    assert similar.moved_to(draft, dt.date(*today)).period == OkresFa(
        p_6_od=dt.date(*first), p_6_do=dt.date(*last)
    )


def test_the_rate_of_exchange_of_a_period_is_of_its_last_day() -> None:
    period = OkresFa(p_6_od=dt.date(2026, 10, 1), p_6_do=dt.date(2026, 10, 31))
    draft = InvoiceDraft(issue_date=dt.date(2026, 11, 9), period=period, lines=(Line(name="A", rate="23"),))
    basis = exchange.basis_of(draft)
    assert basis is not None and (basis.day, basis.event) == (dt.date(2026, 10, 31), "sale")


def test_a_settlement_takes_the_orders_rare_fields(ala: Client, company: Any) -> None:
    day = timezone.localdate().isoformat()
    line = {**LINE, "gtin": "5901234123457", "index": "A-7", "annex_15": "on"}
    typed = form(line, number="FV/1", advance="61,50", sale_date=day, paid="on", linked="on")
    assert ala.post(reverse("sales:new_advance", args=[company.pk]), typed).status_code == 302
    row = Invoice.objects.get()
    accept(services.issue(company, services.draft_of(row).content, draft=row), NUMBER)
    shown = fields(ala.get(at("settle", fresh(row))))
    assert (shown["lines-0-gtin"], shown["lines-0-index"], shown["linked"]) == ("5901234123457", "A-7", "on")
    assert shown["prices"] == "net" and shown["lines-0-annex_15"] == "on"
