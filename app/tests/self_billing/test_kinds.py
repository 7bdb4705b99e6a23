"""Advances, settlements and simplified invoices in a supplier's name, typed in the form, and corrections of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from liczydlo.contacts.models import Contractor
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.read import read
from liczydlo.sales import advances, services
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.repeating.tables import InvoiceTemplate
from liczydlo.sales.unfinished import Unfinished
from liczydlo.web import times
from lxml import html

from app.tests.connection.test_browser import faults, page
from app.tests.sales.test_browser import look
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_order import accept, fresh
from app.tests.sales.test_unfinished import posts
from app.tests.sales.test_uploaded_drafts import upload
from app.tests.sales.world import new_nip
from app.tests.self_billing.test_pages import at, number, text

__all__ = ["page"]
ORDER = {**LINE, "name": "Drewno", "price": "1000"}


def typed(supplier: str, *lines: dict[str, str], **fields: str) -> dict[str, str]:
    first = {"number": number(1), "proposed": number(1), "buyer_nip": supplier, "buyer_name": "Dostawca"}
    return form(*(lines or (LINE,)), **{**first, **fields})


def advance(ala: Client, company: Any, supplier: str, amount: str = "615") -> Invoice:
    """An advance towards an order of 1230, accepted."""
    today = times.today().isoformat()
    paid = typed(supplier, ORDER, advance=amount, sale_date=today, paid="on", due_date="")
    answer = ala.post(at("new_self_billed_advance", company), paid)
    assert answer.status_code == 302, text(answer)
    return issued(Invoice.objects.latest("pk"))


def issued(row: Invoice, ksef_number: str | None = None) -> Invoice:
    services.issue(row.company, services.draft_of(row).content, draft=row)
    accept(fresh(row), *([ksef_number] if ksef_number else []))
    return fresh(row)


def said(row: Invoice) -> Any:
    draft = Draft.objects.filter(invoice=row).first()
    return read(bytes(draft.xml or b"") if draft is not None else fresh(row).entry.xml)


def parties(row: Invoice) -> tuple[str | None, ...]:
    document = said(row)
    return (
        document.podmiot1.dane_identyfikacyjne.nip,
        document.podmiot2.dane_identyfikacyjne.nip,
        document.fa.rodzaj_faktury,
    )


@pytest.mark.django_db
def test_an_advance_the_next_one_and_the_settlement(ala: Client, company: Any, supplier: str) -> None:
    new = ala.get(at("new_self_billed_advance", company))
    assert "Nowa samofaktura zaliczkowa" in text(new) and "NIP dostawcy" in text(new)
    assert not {"prices", "margin"} & posts(new).keys(), "an order has net prices alone"
    first = advance(ala, company, supplier)
    assert parties(first) == (supplier, company.nip, "ZAL") and first.entry.is_self_billed
    assert (said(first).fa.p_15, said(first).fa.adnotacje.p_17) == (Decimal("615.00"), 1)
    shown = text(ala.get(first.get_absolute_url()))
    assert "Kolejna zaliczka" in shown and "Rozlicz zaliczki" in shown
    more = at("next_advance", company, first.pk)
    fields = posts(ala.get(more))
    assert (fields["number"], fields["advance"], fields["buyer_nip"]) == ([number(2)], ["615,00"], [supplier])
    assert 'aria-current="true"' in text(ala.get(more)).split("Zakupy")[0].rsplit("<a", 1)[1]
    assert ala.post(more, {**fields, "advance": "123"}).status_code == 302
    second = Invoice.objects.latest("pk")
    assert parties(second) == (supplier, company.nip, "ZAL")
    edit = at("edit", company, second.pk)
    content = services.draft_of(second).invoice_draft
    assert ala.post(edit, posts(ala.get(edit))).status_code == 302
    assert services.draft_of(second).invoice_draft == content
    second = issued(second, f"{supplier}-20261123-0123456789AB-9A")
    balance = advances.balance(first)
    assert balance is not None and (balance.paid, balance.left) == (Decimal("738.00"), Decimal("492.00"))
    settle = at("settle", company, first.pk)
    fields = posts(ala.get(settle))
    assert (fields["number"], fields["buyer_nip"]) == ([number(3)], [supplier])
    assert fields["advances"] == [str(first.pk), str(second.pk)]
    assert "Pozostaje do zapłaty: 492,00 zł" in text(ala.post(f"{settle}sumy/", fields))
    assert ala.post(settle, fields).status_code == 302
    last = Invoice.objects.latest("pk")
    assert parties(last) == (supplier, company.nip, "ROZ") and said(last).fa.p_15 == Decimal("492.00")
    edit = at("edit", company, last.pk)
    content = services.draft_of(last).invoice_draft
    assert ala.post(edit, posts(ala.get(edit))).status_code == 302
    assert services.draft_of(last).invoice_draft == content
    assert not IndexEntry.objects.of(company).filter(direction=Direction.SALE).exists()
    other = new_nip()
    for address, shown in ((more, posts(ala.get(more))), (settle, fields)):
        refused = ala.post(address, {**shown, "buyer_nip": other, "advance": "1"})
        assert refused.status_code == 422 and f"podaj NIP z faktury {first.entry.number}" in text(refused)


@pytest.mark.django_db
def test_corrections_of_them(ala: Client, company: Any, supplier: str) -> None:
    first = advance(ala, company, supplier)
    values = at("correct_values", company, first.pk)
    fields = posts(ala.get(values))
    assert fields["number"] == [number(2)]
    assert ala.post(values, {**fields, "advance": "500"}).status_code == 302
    row = Invoice.objects.latest("pk")
    assert parties(row) == (supplier, company.nip, "KOR_ZAL") and said(row).fa.p_15 == Decimal("-115.00")
    issued(row, f"{supplier}-20261123-0123456789AB-9A")
    settle = at("settle", company, first.pk)
    ala.post(settle, posts(ala.get(settle)))
    last = issued(Invoice.objects.latest("pk"), f"{supplier}-20261124-0123456789AB-9A")
    assert said(last).fa.p_15 == Decimal("730.00")
    (crumb, *_) = html.fromstring(ala.get(at("correct", company, last.pk)).content).xpath(
        "//p[@class='crumbs']/a/@href"
    )
    assert crumb == at("self_billed", company)
    zero = {"effect": "2", "shape": "pairs", "reason": "Pomyłka"}
    assert ala.post(at("correct_to_zero", company, last.pk), zero).status_code == 302
    row = Invoice.objects.latest("pk")
    assert parties(row) == (supplier, company.nip, "KOR_ROZ") and said(row).fa.p_15 == Decimal("-730.00")
    assert ala.get(at("correct_rebate", company, first.pk)).status_code == 404
    ala.post(at("new_self_billed", company), typed(supplier, number=number(9), proposed=""))
    plain = issued(Invoice.objects.latest("pk"), f"{supplier}-20261125-0123456789AB-9A")
    rebate = at("correct_rebate", company, plain.pk)
    fields = posts(ala.get(rebate))
    assert fields["invoices"] == [str(plain.pk)]
    assert ala.post(rebate, {**fields, "percent": "10"}).status_code == 302
    row = Invoice.objects.latest("pk")
    assert parties(row) == (supplier, company.nip, "KOR") and row.entry.is_self_billed


@pytest.mark.django_db
def test_a_simplified_one_names_the_supplier(ala: Client, company: Any, supplier: str) -> None:
    new = at("new_self_billed_simplified", company)
    small = {**LINE, "price": "100"}
    nameless = ala.post(new, typed(supplier, small, buyer_name="", buyer_line1=""))
    assert nameless.status_code == 422 and text(nameless).count("To pole jest wymagane") == 2
    large = ala.post(new, typed(supplier, ORDER))
    assert large.status_code == 422 and "do 450 zł albo 100 euro" in text(large)
    assert ala.post(new, typed(supplier, small, currency="USD")).status_code == 422
    assert ala.post(new, typed(supplier, small)).status_code == 302
    row = Invoice.objects.get()
    assert parties(row) == (supplier, company.nip, "UPR")
    edit = at("edit", company, row.pk)
    page = ala.get(edit)
    assert posts(page)["kind"] == ["self-simplified"] and "Wystawia fakturę" not in text(page)
    content = services.draft_of(row).invoice_draft
    assert ala.post(edit, posts(page)).status_code == 302
    assert services.draft_of(row).invoice_draft == content


@pytest.mark.django_db
def test_repeated_and_kept_as_templates(ala: Client, company: Any, supplier: str) -> None:
    first = advance(ala, company, supplier)
    ala.post(
        at("new_self_billed_simplified", company), typed(supplier, {**LINE, "price": "9"}, number=number(2))
    )
    small = issued(Invoice.objects.latest("pk"), f"{supplier}-20261123-0123456789AB-9A")
    listed = text(ala.get(at("self_billed", company)))
    assert "samofaktura zaliczkowa" in listed and "samofaktura uproszczona" in listed
    for count, row in enumerate((first, small), start=3):
        assert at("similar", company, row.pk) in listed or at("make_similar", company, row.pk) in listed
        again = ala.post(at("make_similar", company, row.pk))
        similar = Invoice.objects.latest("pk")
        assert again.url == similar.get_absolute_url(), text(again)
        assert similar.entry.number == number(count) and parties(similar) == parties(row)
    ala.post(at("keep_template", company, first.pk))
    page = at("from_template", company, InvoiceTemplate.objects.get().pk)
    fields = posts(ala.get(page))
    assert (fields["number"], fields["buyer_nip"]) == ([number(5)], [supplier])
    assert ala.post(page, fields).status_code == 302
    assert parties(Invoice.objects.latest("pk")) == parties(first)


@pytest.mark.django_db
def test_a_file_of_them_is_edited(ala: Client, company: Any, supplier: str) -> None:
    ala.post(at("new_self_billed_advance", company), typed(supplier, ORDER, advance="615", paid="on"))
    content = bytes(Draft.objects.get().xml or b"").replace(b"<P_2>SF/", b"<P_2>OBCA/")
    Invoice.objects.all().delete()
    upload(ala, company, content)
    row = Invoice.objects.get()
    edit = at("edit", company, row.pk)
    fields = posts(ala.get(edit))
    assert (fields["kind"], fields["buyer_nip"], fields["advance"]) == (
        ["self-advance"],
        [supplier],
        ["615,00"],
    )
    assert "prices" not in fields
    assert ala.post(edit, {**fields, "buyer_name": "Dostawca SA"}).status_code == 302
    assert said(row).podmiot1.dane_identyfikacyjne.nazwa == "Dostawca SA"


@pytest.mark.django_db
def test_without_javascript_and_kept_as_typed(ala: Client, company: Any, supplier: str) -> None:
    contractor = Contractor.objects.create(
        company=company, kind="nip", number=supplier, name="Tartak", key=f"nip:{supplier}", name_key="tartak"
    )
    for name in ("new_self_billed_advance", "new_self_billed_simplified"):
        new = at(name, company)
        picked = posts(ala.post(new, {**typed(""), "pick": str(contractor.pk)}))
        assert (picked["buyer_nip"], picked["buyer_name"]) == ([supplier], ["Tartak"])
        more = posts(ala.post(new, {**typed(supplier), "add": "1", "buyer_line2": "x"}))
        assert (more["lines-TOTAL_FORMS"], more["buyer_line2"]) == (["2"], ["x"])
        assert (
            ala.post(f"{new}roboczo/", {**typed(supplier), "buyer_line2": "y", "tab": "a"}).status_code == 204
        )
        assert posts(ala.post(new, {"restore": "1"}))["buyer_line2"] == ["y"]
        fields = posts(ala.get(new))
        asked = ala.post(new, {**fields, "remarks": "z", "cancel": "1"})
        assert "Odrzucić to, co wpisano?" in text(asked)
        left = ala.post(new, {**fields, "tab": Unfinished.objects.get().tab, "abandon": "1"})
        assert left.url == at("self_billed", company) and not Unfinished.objects.exists()
        tabs = html.fromstring(ala.get(new).content).xpath('//nav[@class="tabs"]/a/text()')
        assert tabs == ["Zwykła", "Zaliczkowa", "Uproszczona", "Sprzedaż"]


@pytest.mark.django_db
def test_who_may(company: Any, member: Any, browse: Any, stranger: Any, ala: Client, supplier: str) -> None:
    first = advance(ala, company, supplier)
    every = [at("new_self_billed_advance", company), at("new_self_billed_simplified", company)]
    every += [at("next_advance", company, first.pk), at("settle", company, first.pk)]
    for who, status in ((member("viewer"), 403), (stranger, 404), (member("accountant"), 200)):
        for address in every:
            assert browse(who).get(address).status_code == status


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, company: Any, supplier: str) -> None:
    page.goto(at("self_billed", company))
    page.get_by_role("link", name="Nowa samofaktura").click()
    page.get_by_role("link", name="Zaliczkowa").click()
    page.get_by_role("heading", name="Nowa samofaktura zaliczkowa").wait_for()
    page.locator("#id_buyer_nip").fill(supplier)
    page.locator("#id_buyer_name").fill("Tartak")
    page.locator("#id_buyer_line1").fill("Leśna 1")
    page.locator("#id_lines-0-name").fill("Drewno")
    page.locator("#id_lines-0-price").fill("1000")
    page.locator("#id_advance").fill("615")
    page.locator("#id_advance").press("Tab")
    page.get_by_text("Pozostaje do zapłaty: 615,00").wait_for()
    look(page, "sf-zaliczka")
    look(page, "sf-zaliczka", phone=True)
    assert not faults(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    row = issued(Invoice.objects.get())
    page.goto(row.get_absolute_url())
    page.get_by_role("link", name="Rozlicz zaliczki").click()
    page.get_by_role("heading", name="Rozliczenie zaliczek").wait_for()
    look(page, "sf-rozliczenie")
    look(page, "sf-rozliczenie", phone=True)
    assert not faults(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    page.goto(at("self_billed", company))
    page.get_by_text("Tartak").first.wait_for()
    look(page, "sf-lista")
    look(page, "sf-lista", phone=True)
    assert not faults(page)
    page.goto(at("new_self_billed_simplified", company))
    page.get_by_role("heading", name="Nowa samofaktura uproszczona").wait_for()
    look(page, "sf-uproszczona")
    assert not faults(page)
