"""„Wystaw podobną": three clicks and no typing, what moves, what is not taken and is named, and who may."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import fields as fields_of
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import InvoiceDraft, Line, Marks
from liczydlo.fa3.model import DodatkowyOpis, NowySrodekTransportu
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write
from liczydlo.sales import services, similar
from liczydlo.sales.editing.unshown import WORDS
from liczydlo.sales.models import Draft, Invoice
from liczydlo.web.reasons import Reason
from lxml import html

from app.tests.connection.test_browser import faults, page
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_pages import at, fields, text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_order import accept, corrects, fresh, issue, original, refuse
from app.tests.sessions import done

__all__ = ["page"]
pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)


def sold(ala: Client, company: Any, number: str = "FV/2026/10/007", **typed: str) -> Invoice:
    """An issued invoice of 23 days ago that the form has made."""
    day = timezone.localdate() - dt.timedelta(days=23)
    dates = {
        "issue_date": day.isoformat(),
        "sale_date": (day - dt.timedelta(days=2)).isoformat(),
        "due_date": (day + dt.timedelta(days=7)).isoformat(),
    }
    ala.post(reverse("sales:new", args=[company.pk]), form(number=number, **{**dates, **typed}))
    row = Invoice.objects.get(entry__number=number)
    return services.issue(company, services.draft_of(row).content, draft=row)


def made(but: Invoice) -> Any:
    return read(bytes(Draft.objects.exclude(invoice=but).get().xml or b"")).fa


def test_three_clicks_without_typing(ala: Client, company: Any) -> None:
    first, today = sold(ala, company, remarks="Dziękujemy"), timezone.localdate()
    accept(first, "5265877635-20261123-0123456789AB-48")
    page = html.fromstring(ala.get(first.get_absolute_url()).content)
    (button,) = page.xpath(f"//form[@action='{at('make_similar', first)}']")
    shown = ala.post(button.get("action"), dict(button.form_values()), follow=True)  # 1
    assert "Wyślij do KSeF" in text(shown) and "nowy szkic jak FV/2026/10/007" in text(shown)
    row = Invoice.objects.get(state="draft")
    fa, before = made(first), read(first.entry.xml).fa
    assert (fa.p_1, fa.p_6) == (today, today - dt.timedelta(days=2))
    assert fa.platnosc.termin_platnosci[0].termin == today + dt.timedelta(days=7)
    assert fa.p_2 == f"FV/{today:%Y/%m}/001"
    assert (fa.fa_wiersz, fa.p_15, fa.platnosc.rachunek_bankowy) == (
        before.fa_wiersz,
        before.p_15,
        before.platnosc.rachunek_bankowy,
    )
    seen = services.draft_of(row).digest
    ala.post(at("issue", row), {"mode": "online", "seen": seen})  # 2 and 3: its sheet
    assert fresh(row).state == "queued"


def test_from_the_list_and_of_a_refused_one(ala: Client, company: Any) -> None:
    first = sold(ala, company)
    refuse(first)
    listed = ala.get(reverse("sales:list", args=[company.pk]))
    assert at("make_similar", first) in text(listed)
    answer = ala.post(at("make_similar", first))
    row = Invoice.objects.get(state="draft")
    assert answer["Location"] == row.get_absolute_url()
    again = ala.post(at("make_similar", row), follow=True)  # of a draft too, with the number after it
    assert again.redirect_chain
    numbers = set(Invoice.objects.filter(state="draft").values_list("entry__number", flat=True))
    assert {number[-3:] for number in numbers} == {"001", "002"}


def test_the_seller_is_the_firm_as_it_is_now(ala: Client, company: Any) -> None:
    first = sold(ala, company)
    type(company).objects.filter(pk=company.pk).update(line1="ul. Nowa 5")
    ala.post(at("make_similar", first))
    faktura = read(bytes(Draft.objects.get().xml or b""))
    assert faktura.podmiot1.adres.adres_l1 == "ul. Nowa 5"


def test_a_correction_says_why_not(ala: Client, company: Any) -> None:
    first = original(company)
    accept(first)
    correction = issue(company, corrects(company, fresh(first)))
    shown = text(ala.get(correction.get_absolute_url()))
    assert "Podobnej nie wystawia się do korekty" in shown and at("make_similar", correction) not in shown
    answer = text(ala.post(at("make_similar", correction), follow=True))
    assert "Podobnej nie wystawia się do korekty" in answer
    assert ala.get(at("similar", correction)).status_code == 404
    assert not Invoice.objects.filter(state="draft").exists()


def test_what_is_not_taken_over_is_named_before(ala: Client, company: Any) -> None:
    first = sold(ala, company)
    meant = similar.source(first, TODAY).draft
    car = NowySrodekTransportu(
        p_22a=TODAY, p_nr_wiersza_nst=1, p_22b="10", p_22b1="WAUZZZ8K9BA123456", p_22bmk="Syrena"
    )
    odd = replace(
        meant,
        number="FV/X",
        seller=meant.seller,
        remarks=(DodatkowyOpis(klucz="Zamówienie", wartosc="7"),),
        lines=(
            Line(name="waga", rate="23", gross_price=Decimal("12.30")),
            Line(name="odważnik", rate="23", net_price=Decimal(1)),
        ),
        marks=Marks(new_transport=(car,)),
    )
    row = services.issue(company, write(build(odd, created=dt.datetime(2026, 11, 20, tzinfo=dt.UTC))))
    answer = ala.post(at("make_similar", row))
    assert answer["Location"] == at("similar", row) and not Invoice.objects.filter(state="draft").exists()
    shown = text(ala.get(at("similar", row)))
    assert "nowe środki transportu" in shown and "Zachowane, nie do zmiany tutaj" not in shown
    typed = fields(ala.get(at("similar", row)))
    assert (typed["lines-0-price"], typed["lines-1-price"], typed["kind"]) == ("12,30", "1", "similar")
    ala.post(at("similar", row), {**typed, "lines-1-price": "9"})
    assert made(row).p_15 == Decimal("23.37")
    sums = text(ala.post(at("similar_totals", row), {**typed, "lines-1-price": "9"}))
    assert "23,37 zł" in sums


def test_a_rate_of_exchange_is_never_taken(ala: Client, company: Any) -> None:
    first = sold(ala, company, currency="EUR", exchange_rate="4,3")
    assert ala.post(at("make_similar", first))["Location"] == at("similar", first)
    shown = ala.get(at("similar", first))
    assert "kurs waluty" in text(shown) and not fields(shown).get("exchange_rate")


def test_a_simplified_one_and_an_advance(ala: Client, company: Any) -> None:
    small = form(LINE, number="UPR/1", buyer_name="", buyer_line1="", buyer_line2="")
    ala.post(reverse("sales:new_simplified", args=[company.pk]), small)
    paid = {"advance": "100", "sale_date": timezone.localdate().isoformat(), "paid": "on"}
    ala.post(reverse("sales:new_advance", args=[company.pk]), form(LINE, number="ZAL/1", **paid))
    for number, kind in (("UPR/1", "UPR"), ("ZAL/1", "ZAL")):
        row = Invoice.objects.get(entry__number=number)
        ala.post(at("make_similar", row))
        one = Invoice.objects.exclude(entry__number__in=["UPR/1", "ZAL/1"]).get(entry__kind=kind)
        assert one.entry.gross == row.entry.gross
        assert ala.get(at("edit", one)).status_code == 200


def test_who_may(ala: Client, company: Any, member: Any, browse: Any, stranger: Any) -> None:
    first = sold(ala, company)
    assert browse(member("viewer")).post(at("make_similar", first)).status_code == 403
    assert browse(stranger).post(at("make_similar", first)).status_code == 404
    assert ala.get(at("make_similar", first)).status_code == 405
    assert ala.post(reverse("sales:make_similar", args=[company.pk, 10**9])).status_code == 404


def test_another_firms_invoice_is_refused(company: Any) -> None:
    row = original(company)
    row.entry.seller_nip = "1111111111"
    assert similar.refusal(company, row) == Reason("similar-foreign")


def test_each_field_of_a_draft_is_taken_or_has_words() -> None:
    dropped = {"kind", "number", "issue_date", "sale_date", "exchange_rate", "seller", "advances", "advance"}
    shown = {
        "local_authority",
        "vat_group",
        "order",
        "correction",
        "period",
        "to_receipt",
        "linked",
        "excise_refund",
    }
    names = {one.name for one in fields_of(InvoiceDraft)}
    assert names - dropped - shown <= set(WORDS)
    assert {name.partition(".")[0] for name in WORDS} <= names


def test_differences_name_each_field_once() -> None:
    one = InvoiceDraft(lines=(Line(name="a", discount=Decimal(1)), Line(name="b", discount=Decimal(2))))
    other = InvoiceDraft(lines=(Line(name="a"), Line(name="b")), marks=Marks(margin="art"))
    assert list(similar.differences(one, other)) == ["lines.discount", "marks.margin"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_numbers(owner: Any, company: Any, browse: Any) -> None:
    ala = browse(owner)
    first = sold(ala, company)

    answers = done(*(partial(browse(owner).post, at("make_similar", first)) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [302, 302]
    rows = Invoice.objects.filter(state="draft")
    assert len(set(rows.values_list("entry__number", flat=True))) == rows.count() == 2


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, company: Any) -> None:
    first = original(company, "FV/2026/11/041")
    accept(first, "5265877635-20261123-0123456789AB-48")
    page.goto(first.get_absolute_url())
    page.get_by_role("button", name="Wystaw podobną").click()  # 1
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    look(page, "podobna", phone=True)
    assert not faults(page)
    page.get_by_role("button", name="Wyślij do KSeF").first.click()  # 2
    page.get_by_role("dialog").get_by_role("button", name="Wyślij do KSeF").click()  # 3
    page.locator("#life").wait_for()
    assert Invoice.objects.count() == 2
    page.goto(reverse("sales:list", args=[company.pk]))
    page.get_by_role("button", name="Wystaw podobną do FV/2026/11/041").wait_for()
    look(page, "lista-podobne", phone=True)
    assert not faults(page)
    if folder := os.environ.get("LICZYDLO_SCREENS"):
        page.screenshot(path=str(Path(folder) / "podobna-lista.png"), full_page=True)
