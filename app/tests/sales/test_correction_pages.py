"""„Skoryguj" in pages: to zero, new values, the buyer; who may, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write
from liczydlo.sales import corrections, lifecycle, services
from liczydlo.sales.models import Draft, Invoice
from lxml import html

from app.tests.fa3.cases import BUYER, SELLER
from app.tests.fa3.test_corrections import ORDER
from app.tests.sales.test_order import NUMBER, accept, corrects, fresh, issue, original, refuse
from app.tests.sales.test_sending import settled
from app.tests.sales.world import Worker, document

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(company: Any) -> Invoice:
    made = original(company)
    accept(made)
    return fresh(made)


def at(name: str, invoice: Invoice, company: Any = None) -> str:
    return reverse(f"sales:{name}", args=[(company or invoice.company).pk, invoice.pk])


def text(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def fields(response: Any) -> dict[str, str]:
    """What a browser would post back of the editor as it stands."""
    form = html.fromstring(response.content).get_element_by_id("invoice-form")
    return {name: value for name, value in form.form_values() if name not in ("add", "remove")}


def draft() -> Invoice:
    return Invoice.objects.get(state="draft")


def fa(invoice: Invoice) -> Any:
    return read(bytes(Draft.objects.get(invoice=invoice).xml or b"")).fa


def test_to_zero_is_four_clicks(ala: Client, company: Any, first: Invoice) -> None:
    shown = text(ala.get(first.get_absolute_url()))
    assert at("correct", first) in shown  # 1: Skoryguj
    page = html.fromstring(ala.get(at("correct", first)).content)
    (form,) = page.xpath(f"//form[@action='{at('correct_to_zero', first)}']")
    preview = ala.post(form.get("action"), dict(form.form_values()), follow=True)  # 2: Skoryguj do zera
    row = draft()
    assert "Wyślij do KSeF" in text(preview) and "FV/1" in text(preview)
    assert "correction-" not in text(preview) and "original-" not in text(preview)
    said = fa(row)
    assert (said.rodzaj_faktury, said.p_15, said.typ_korekty) == ("KOR", Decimal("-177.00"), 2)
    assert said.dane_fa_korygowanej[0].nr_ksef_fa_korygowanej == NUMBER
    assert row.entry.number == f"KOR/{timezone.localdate():%Y/%m}/001"
    ala.post(
        at("issue", row), {"mode": "online", "seen": services.draft_of(row).digest}
    )  # 3 and 4: its sheet
    assert fresh(row).state == "queued"
    shown = text(ala.get(first.get_absolute_url()))
    assert "Po korektach" in shown and "0,00 zł" in shown and row.entry.number in shown
    assert "Koryguje:" in text(ala.get(row.get_absolute_url()))
    listed = text(ala.get(reverse("sales:list", args=[company.pk])))
    assert "korekta do FV/1" in listed and "po korektach 0,00 zł" in listed
    again = ala.post(form.get("action"), dict(form.form_values()))
    assert again.status_code == 422 and "nic już nie zostało" in text(again)


def test_new_values_begin_with_what_the_invoice_says_now(ala: Client, first: Invoice) -> None:
    typed = fields(ala.get(at("correct_values", first)))
    assert (typed["lines-0-name"], typed["lines-0-quantity"], typed["lines-1-rate"]) == (
        "liczydło dębowe",
        "2",
        "8",
    )
    same = ala.post(at("correct_values", first), typed)
    assert same.status_code == 422 and "Nic się jeszcze nie zmieniło" in text(same)
    sums = text(ala.post(at("correct_values_totals", first), {**typed, "lines-0-quantity": "1"}))
    assert "115,50 zł" in sums and "-61,50 zł" in sums.replace("−", "-")
    answer = ala.post(
        at("correct_values", first),
        {**typed, "lines-0-quantity": "1", "reason": " Błędna  ilość ", "effect": "3"},
    )
    row = draft()
    assert answer["Location"] == row.get_absolute_url()
    said = fa(row)
    assert (said.przyczyna_korekty, said.typ_korekty, said.p_15) == ("Błędna ilość", 3, Decimal("-61.50"))
    assert [(one.nr_wiersza_fa, one.stan_przed, one.p_8b) for one in said.fa_wiersz] == [
        (1, 1, 2),
        (1, None, 1),
    ]
    assert said.fa_wiersz[0].uu_id == said.fa_wiersz[1].uu_id is not None
    assert said.platnosc is None

    typed = fields(ala.get(at("edit", row)))
    assert (typed["lines-0-quantity"], typed["reason"], typed["effect"]) == ("1", "Błędna ilość", "3")
    added = {
        "lines-2-name": "dostawa", "lines-2-quantity": "1", "lines-2-price": "10", "lines-2-rate": "23",
        "lines-2-unit": "usł.", "lines-TOTAL_FORMS": "3",
    }  # fmt: skip
    ala.post(at("edit", row), {**typed, **added, "shape": "differences"})
    said = fa(row)
    assert [(one.p_7, one.stan_przed, one.p_8b) for one in said.fa_wiersz] == [
        ("liczydło dębowe", None, Decimal(-1)),
        ("dostawa", None, Decimal(1)),
    ]
    assert said.p_15 == Decimal("-49.20")
    typed = fields(ala.get(at("edit", row)))
    assert (typed["shape"], typed["lines-2-name"]) == ("differences", "dostawa")


def test_a_term_goes_with_a_form_of_payment(ala: Client, first: Invoice) -> None:
    day = timezone.localdate().isoformat()
    typed = {**fields(ala.get(at("correct_values", first))), "lines-0-price": "60", "due_date": day}
    refused = ala.post(at("correct_values", first), typed)
    assert refused.status_code == 422 and "Wybierz formę płatności" in text(refused)
    ala.post(at("correct_values", first), {**typed, "payment": "6"})
    row = draft()
    assert (fa(row).p_15, fa(row).platnosc.forma_platnosci) == (Decimal("24.60"), 6)
    assert fields(ala.get(at("edit", row)))["due_date"] == day


def test_a_line_is_added_and_removed_without_javascript(ala: Client, first: Invoice) -> None:
    typed = fields(ala.get(at("correct_values", first)))
    shown = ala.post(at("correct_values", first), {**typed, "remove": "0"})
    typed = fields(shown)
    assert typed["lines-TOTAL_FORMS"] == "1" and typed["lines-0-name"] == "nauka rachunków"
    typed = fields(ala.post(at("correct_values", first), {**typed, "add": "1"}))
    assert typed["lines-TOTAL_FORMS"] == "2" and not typed.get("lines-1-uu_id")
    answer = ala.post(at("correct_values", first), typed)
    assert answer.status_code == 422 and "To pole jest wymagane." in text(answer)
    typed = fields(ala.post(at("correct_values", first), {**typed, "remove": "1"}))
    ala.post(at("correct_values", first), typed)
    said = fa(draft())
    assert [(one.p_7, one.p_8b, one.p_11) for one in said.fa_wiersz] == [
        ("liczydło dębowe", 2, 100),
        ("liczydło dębowe", 0, 0),
    ]


def test_the_buyers_data(ala: Client, first: Invoice) -> None:
    typed = fields(ala.get(at("correct_values", first)))
    assert "buyer_nip" not in typed
    ala.post(at("correct_values", first), {**typed, "buyer_name": "Kupiec II", "effect": "1"})
    row = draft()
    said = read(bytes(Draft.objects.get(invoice=row).xml or b""))
    assert said.podmiot2.dane_identyfikacyjne.nazwa == "Kupiec II"
    assert said.fa.podmiot2k[0].dane_identyfikacyjne.nazwa == "Kupiec „Świt” sp. z o.o."
    assert (said.fa.p_15, said.fa.fa_wiersz) == (0, ())
    assert fields(ala.get(at("edit", row)))["buyer_name"] == "Kupiec II"


def test_an_advance_is_corrected_by_its_order_and_amount(ala: Client, company: Any) -> None:
    seller = replace(SELLER, nip=company.nip)
    meant = InvoiceDraft(
        kind="ZAL", number="FZ/1", issue_date=timezone.localdate(), seller=seller, buyer=BUYER, order=ORDER,
        advance=Decimal("246.00"),
    )  # fmt: skip
    advance = issue(company, write(build(meant, created=timezone.now())))
    accept(advance)
    typed = fields(ala.get(at("correct_values", fresh(advance))))
    assert (typed["advance"], typed["lines-0-name"]) == ("246,00", "Dom")
    ala.post(at("correct_values", advance), {**typed, "advance": "123"})
    row = draft()
    said = fa(row)
    assert (said.rodzaj_faktury, said.p_15zk, said.p_15) == ("KOR_ZAL", 246, -123)
    assert len(said.zamowienie.zamowienie_wiersz) == 2
    assert fields(ala.get(at("edit", row)))["advance"] == "123"


def test_a_second_correction_is_pointed_out_and_an_outdated_one_is_counted_anew(
    ala: Client, first: Invoice
) -> None:
    why = {"effect": "2", "shape": "pairs"}
    ala.post(at("correct_to_zero", first), why)
    zero = draft()
    assert "Jest już korekta tej faktury" in text(ala.get(at("correct", first)))
    typed = fields(ala.get(at("correct_values", first)))
    ala.post(at("correct_values", first), {**typed, "lines-0-quantity": "1"})
    part = Invoice.objects.filter(state="draft").exclude(pk=zero.pk).get()
    assert "jest już inna korekta" in text(ala.get(part.get_absolute_url()))
    ala.post(at("issue", part), {"mode": "online"})
    shown = text(ala.get(zero.get_absolute_url()))
    assert "Tej faktury nie można wystawić." in shown and "policzy ją od nowego stanu" in shown
    ala.post(at("issue", zero), {"mode": "online"})
    assert fresh(zero).state == "draft"
    ala.post(at("edit", zero), fields(ala.get(at("edit", zero))))
    assert fa(zero).p_15 == Decimal("-115.50")
    ala.post(at("issue", zero), {"mode": "online"})
    assert (fresh(zero).state, corrections.of(first).total) == ("queued", 0)


def test_a_draft_deleted_meanwhile_loses_nothing_that_was_typed(ala: Client, first: Invoice) -> None:
    ala.post(at("correct_to_zero", first), {"effect": "2", "shape": "pairs"})
    row = draft()
    address, typed = at("edit", row), fields(ala.get(at("edit", row)))
    services.delete_draft(row)
    answer = ala.post(address, {**typed, "reason": "Zwrot"})
    assert answer.status_code == 409
    assert fields(answer)["reason"] == "Zwrot" and at("correct_values", first) in text(answer)


def test_who_may(first: Invoice, company: Any, member: Any, stranger: Any, browse: Any) -> None:
    viewer, other = browse(member("viewer")), browse(stranger)
    assert "Skoryguj" not in text(viewer.get(first.get_absolute_url()))
    for name in ("correct", "correct_values", "correct_rebate"):
        assert viewer.get(at(name, first)).status_code == 403
        for firm in (company, stranger.companies.get()):
            assert other.get(at(name, first, firm)).status_code == 404
    for name in ("correct_to_zero", "correct_values", "correct_values_totals", "correct_rebate"):
        assert viewer.post(at(name, first), {}).status_code == 403
        for firm in (company, stranger.companies.get()):
            assert other.post(at(name, first, firm), {}).status_code == 404
    assert Invoice.objects.count() == 1


def test_what_is_not_corrected(ala: Client, company: Any, first: Invoice) -> None:
    """A draft and a refused invoice; a correction leads to its original."""
    lost = original(company, "FV/2")
    refuse(lost)
    unissued = services.save_draft(company, document(company.nip, number="FV/3"))
    for one in (lost, unissued):
        assert ala.get(at("correct", one)).status_code == 404
        assert ala.post(at("correct_to_zero", one), {"effect": "2", "shape": "pairs"}).status_code == 404
    correction = issue(company, corrects(company, "FV/1", number="FK/1"))
    assert "Skoryguj FV/1" in text(ala.get(at("correct", fresh(correction))))
    assert ala.get(at("correct_to_zero", first)).status_code == 405


def test_of_an_offline_original_the_correction_waits_and_goes(
    connected: Any, owner: Any, browse: Any, sender: Worker
) -> None:
    first = original(connected)
    ala = browse(owner)
    ala.post(at("correct_to_zero", first), {"effect": "2", "shape": "pairs"})
    row = draft()
    assert "poczeka na ten numer" in text(ala.get(row.get_absolute_url()))
    ala.post(at("issue", row), {"mode": "online"})
    assert fresh(row).state == "awaiting"
    sender.until(connected, lambda: settled(first))
    Worker(lifecycle.ORDER).run(connected)
    sender.until(connected, lambda: settled(row))
    assert fresh(row).state == "accepted"
    assert fresh(first).entry.ksef_number.encode() in fresh(row).entry.xml
