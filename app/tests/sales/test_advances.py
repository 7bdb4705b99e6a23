"""Advances towards an order and their settlement, in pages: from the first payment to what is left."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.fa3.read import read
from liczydlo.sales import advances, services
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.models.links import OrderLink
from lxml import html

from app.tests.sales.test_correction_pages import at, fields, text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_order import NUMBER, accept, fresh, go_on
from app.tests.sales.test_sending import settled
from app.tests.sales.world import Worker
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
OTHER = NUMBER[:-15] + "ABCDEF012345-C1"
ORDER = {**LINE, "name": "Meble kuchenne", "price": "10 000"}  # 12 300 with tax


def typed(*lines: dict[str, str], **more: str) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    return form(*(lines or (ORDER,)), **{"sale_date": today, "paid": "on", "due_date": "", **more})


def post(ala: Client, address: str, data: dict[str, str]) -> Invoice:
    """The draft that a form becomes, issued and accepted."""
    answer = ala.post(address, data)
    assert answer.status_code == 302, text(answer)
    row = Invoice.objects.order_by("-pk")[0]
    return issue(row)


def issue(row: Invoice) -> Invoice:
    return services.issue(row.company, services.draft_of(row).content, draft=row)


def fa(invoice: Invoice) -> Any:
    kept = Draft.objects.filter(invoice=invoice).first()
    return read(bytes(kept.xml) if kept is not None else fresh(invoice).entry.xml).fa


@pytest.fixture
def first(ala: Client, company: Any) -> Invoice:
    address = reverse("sales:new_advance", args=[company.pk])
    made = post(ala, address, typed(number="ZAL/1", advance="3 690,00"))
    accept(made)
    return fresh(made)


def test_an_advance_holds_the_order_and_divides_what_was_paid(ala: Client, company: Any) -> None:
    address = reverse("sales:new_advance", args=[company.pk])
    page = text(ala.get(address))
    assert f"ZAL/{timezone.localdate():%Y/%m}/001" in page and "Data otrzymania zapłaty" in page
    ala.post(address, typed(ORDER, {**LINE, "rate": "8"}, number="ZAL/1", advance="1 000"))
    row = Invoice.objects.get()
    said = fa(row)
    assert (said.rodzaj_faktury, said.p_15, said.fa_wiersz) == ("ZAL", Decimal("1000.00"), ())
    assert said.zamowienie.wartosc_zamowienia == Decimal("12408.00")
    assert said.p_13_1 + said.p_14_1 + said.p_13_2 + said.p_14_2 == Decimal(1000)
    assert said.platnosc.data_zaplaty == timezone.localdate()
    again = text(ala.get(at("edit", row)))
    assert 'value="1000"' in again and "Meble kuchenne" in again
    assert text(ala.get(row.get_absolute_url())).count("Popraw") and issue(row).state == "queued"


def test_sums_show_what_is_left_of_the_order(ala: Client, company: Any) -> None:
    answer = text(ala.post(reverse("sales:new_advance_totals", args=[company.pk]), typed(advance="2300")))
    assert "12 300,00 zł" in answer and "Pozostaje do zapłaty: 10 000,00 zł" in answer


@pytest.mark.parametrize("advance", ["12 300,01", "0", ""])
def test_no_more_than_the_order_is_paid(ala: Client, company: Any, advance: str) -> None:
    answer = ala.post(reverse("sales:new_advance", args=[company.pk]), typed(advance=advance))
    assert answer.status_code == 422 and not Invoice.objects.exists()


def test_the_next_advance_begins_with_the_order_and_the_rest(ala: Client, first: Invoice) -> None:
    shown = text(ala.get(first.get_absolute_url()))
    assert "Pozostaje" in shown and "8 610,00 zł" in shown and "Kolejna zaliczka" in shown
    page = ala.get(at("next_advance", first))
    data = fields(page)
    assert (data["advance"], data["buyer_nip"], data["lines-0-name"]) == (
        "8610,00",
        "8567346215",
        "Meble kuchenne",
    )
    second = post(ala, at("next_advance", first), {**data, "number": "ZAL/2", "advance": "610"})
    balance = advances.balance(second)
    assert balance is not None and (balance.paid, balance.left) == (Decimal("4300.00"), Decimal("8000.00"))
    assert fa(second).faktura_zaliczkowa == ()
    last = post(ala, at("next_advance", first), {**data, "number": "ZAL/3", "advance": "8000"})
    accept(fresh(second), OTHER)
    go_on(first.company)
    named = {one.nr_ksef_fa_zaliczkowej for one in fa(last).faktura_zaliczkowa}
    assert named == {NUMBER, OTHER}, "the last advance names those before it"
    assert "Kolejna zaliczka" not in text(ala.get(first.get_absolute_url()))
    assert ala.get(at("next_advance", first)).status_code == 404


def test_an_order_is_settled(ala: Client, first: Invoice) -> None:
    data = fields(ala.get(at("settle", first)))
    assert data["advances"] == str(first.pk) and data["lines-0-price"] in ("10000", "10000,00")
    totals = text(ala.post(at("settle_totals", first), data))
    assert "Zaliczki: 3 690,00 zł" in totals and "Pozostaje do zapłaty: 8 610,00 zł" in totals
    row = post(ala, at("settle", first), {**data, "number": "FV/9"})
    said = fa(row)
    assert (said.rodzaj_faktury, said.p_13_1, said.p_14_1, said.p_15) == (
        "ROZ",
        Decimal("7000.00"),
        Decimal("1610.00"),
        Decimal("8610.00"),
    )
    assert said.faktura_zaliczkowa[0].nr_ksef_fa_zaliczkowej == NUMBER
    shown = text(ala.get(first.get_absolute_url()))
    assert "FV/9" in shown and "Rozlicz zaliczki" not in shown
    assert ala.get(at("settle", first)).status_code == 404


def test_a_corrected_advance_counts_as_it_is_now(ala: Client, first: Invoice) -> None:
    zero = html.fromstring(ala.get(at("correct", first)).content)
    (made,) = zero.xpath(f"//form[@action='{at('correct_to_zero', first)}']")
    ala.post(made.get("action"), dict(made.form_values()))
    issue(Invoice.objects.get(state="draft"))
    balance = advances.balance(first)
    assert balance is not None and (balance.paid, balance.left) == (Decimal(0), Decimal("12300.00"))
    data = fields(ala.get(at("settle", first)))
    assert "Pozostaje do zapłaty: 12 300,00 zł" in text(ala.post(at("settle_totals", first), data))


def test_a_settlement_is_corrected_though_its_order_is_settled(ala: Client, first: Invoice) -> None:
    """To new values and to zero: the correction names the advances as the settlement does."""
    settlement = post(ala, at("settle", first), {**fields(ala.get(at("settle", first))), "number": "FV/9"})
    accept(settlement, OTHER)
    typed = {**fields(ala.get(at("correct_values", settlement))), "lines-0-price": "9000", "number": "KOR/1"}
    assert ala.post(at("correct_values", settlement), typed).status_code == 302
    draft = Invoice.objects.order_by("-pk")[0]
    shown = text(ala.get(draft.get_absolute_url()))
    assert "jest już rozliczone" not in shown and "Wyślij do KSeF" in shown
    row = issue(draft)
    said = fa(row)
    assert (row.state, said.rodzaj_faktury, said.p_15) == ("queued", "KOR_ROZ", Decimal("-1230.00"))
    accept(row, NUMBER[:-15] + "ABCDEF012346-C1")
    page = html.fromstring(text(ala.get(at("correct", settlement))))
    (zero,) = page.xpath(f"//form[@action='{at('correct_to_zero', settlement)}']")
    assert ala.post(zero.get("action"), dict(zero.form_values())).status_code == 302
    last = issue(Invoice.objects.order_by("-pk")[0])
    assert (last.state, fa(last).p_15) == ("queued", Decimal("-7380.00"))


def test_a_settlement_from_a_past_state_is_not_issued(ala: Client, first: Invoice) -> None:
    ala.post(at("settle", first), {**fields(ala.get(at("settle", first))), "number": "FV/9"})
    draft = Invoice.objects.get(state="draft")
    data = fields(ala.get(at("next_advance", first)))
    issue_second = {**data, "number": "ZAL/2", "advance": "100"}
    ala.post(at("next_advance", first), issue_second)
    issue(Invoice.objects.get(state="draft", entry__number="ZAL/2"))
    with pytest.raises(services.NotIssued) as refused:
        issue(draft)
    assert refused.value.reason.code == "settlement-outdated"
    assert "Otwórz „Popraw”" in text(ala.get(draft.get_absolute_url()))
    data = fields(ala.get(at("edit", draft)))
    page = html.fromstring(ala.get(at("edit", draft)).content)
    every = page.xpath("//input[@name='advances']/@value")
    assert ala.post(at("edit", draft), {**data, "advances": every}).status_code == 302
    assert issue(draft).entry.gross == Decimal("8510.00")


@pytest.mark.django_db(transaction=True)
def test_of_two_advances_at_once_one_is_more_than_the_order(
    ala: Client, first: Invoice, company: Any
) -> None:
    data = fields(ala.get(at("next_advance", first)))
    for number in ("ZAL/2", "ZAL/3"):
        ala.post(at("next_advance", first), {**data, "number": number, "advance": "5000"})
    drafts = list(Invoice.objects.filter(state="draft"))

    def go(row: Invoice) -> str:
        try:
            return str(issue(row).state)
        except services.NotIssued as refused:
            return refused.reason.code

    outcomes = at_once(lambda: go(drafts[0]), lambda: go(drafts[1]))
    assert sorted(outcomes) == ["advance-over-order", "queued"]


def test_strangers_and_those_who_only_look(
    first: Invoice, company: Any, stranger: Any, member: Any, browse: Any
) -> None:
    viewer = member("viewer")
    viewer.memberships.update(company=company)
    for name in ("next_advance", "settle", "settle_totals"):
        assert browse(stranger).post(at(name, first), {}).status_code == 404
        assert browse(viewer).post(at(name, first), {}).status_code == 403
    assert "Rozlicz" not in text(browse(viewer).get(first.get_absolute_url()))


def test_an_ordinary_invoice_has_no_order(ala: Client, company: Any) -> None:
    row = post(ala, reverse("sales:new", args=[company.pk]), form(number="FV/1"))
    assert ala.get(at("settle", row)).status_code == 404
    assert "Zamówienie" not in text(ala.get(row.get_absolute_url()))


def test_what_another_program_settled_is_tied_too(ala: Client, first: Invoice, company: Any) -> None:
    from app.tests.sales.test_order import settles

    row = services.issue(company, settles(company, "ZAL/1", number="ROZ/7"))
    assert OrderLink.objects.get(invoice=row).first == first


def test_through_ksef(connected: Any, sender: Worker, browse: Any, owner: Any) -> None:
    ala = browse(owner)
    company = connected
    address = reverse("sales:new_advance", args=[company.pk])
    made = post(ala, address, typed(number="ZAL/1", advance="3 690,00"))
    sender.until(company, lambda: settled(made))
    row = post(ala, at("settle", made), {**fields(ala.get(at("settle", made))), "number": "FV/9"})
    sender.until(company, lambda: settled(row))
    assert (fresh(made).state, fresh(row).state) == ("accepted", "accepted")
    assert fa(row).faktura_zaliczkowa[0].nr_ksef_fa_zaliczkowej == fresh(made).entry.ksef_number


class TestSimplified:
    def test_the_buyers_nip_is_enough(self, ala: Client, company: Any) -> None:
        address = reverse("sales:new_simplified", args=[company.pk])
        data = form(LINE, buyer_name="", buyer_line1="", buyer_line2="")
        ala.post(address, data)
        draft = Invoice.objects.get()
        assert fields(ala.get(at("edit", draft)))["lines-0-name"] == LINE["name"]
        row = issue(draft)
        said = read(fresh(row).entry.xml)
        assert (said.fa.rodzaj_faktury, said.podmiot2.dane_identyfikacyjne.nazwa) == ("UPR", None)
        assert row.state == "queued"

    @pytest.mark.parametrize(
        ("price", "more"),
        [("365,86", {}), ("81,31", {"currency": "EUR", "exchange_rate": "4,25"})],
        ids=["450.01 zł", "100.01 €"],
    )
    def test_more_is_an_ordinary_invoice(
        self, ala: Client, company: Any, price: str, more: dict[str, str]
    ) -> None:
        answer = ala.post(
            reverse("sales:new_simplified", args=[company.pk]), form({**LINE, "price": price}, **more)
        )
        assert answer.status_code == 422 and "450 zł albo 100 euro" in text(answer)
        assert not Invoice.objects.exists()
