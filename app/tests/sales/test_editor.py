"""The form of a new invoice: what it takes, what it refuses, what it makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.fa3.draft import Line, Party
from liczydlo.fa3.read import read
from liczydlo.sales import services
from liczydlo.sales.models import Draft, Invoice
from lxml import html

pytestmark = pytest.mark.django_db


def form(*lines: dict[str, str], **fields: str) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    rows = lines or (
        {"name": "liczydło dębowe", "quantity": "2", "unit": "szt.", "price": "1 234,50", "rate": "23"},
    )
    typed = {
        "number": "FV/2026/11/001",
        "issue_date": today,
        "currency": "PLN",
        "buyer_kind": "nip",
        "buyer_nip": "PL 856-734-62-15",
        "buyer_name": "Kupiec „Świt” & Syn",
        "buyer_line1": "ul. Prosta 1",
        "buyer_line2": "30-001 Kraków",
        "payment": "6",
        "due_date": today,
        "account": "61 1090 1014 0000 0712 1981 2874",
        "lines-TOTAL_FORMS": str(len(rows)),
        "lines-INITIAL_FORMS": "0",
        **fields,
    }
    for index, row in enumerate(rows):
        typed |= {f"lines-{index}-{name}": value for name, value in row.items()}
    return typed


LINE = {"name": "usługa", "quantity": "1", "unit": "usł.", "price": "100", "rate": "23"}


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def made() -> Any:
    return read(bytes(Draft.objects.get().xml or b""))


def test_the_form_begins_with_a_number_dates_and_the_account(ala: Client, company: Any, new: str) -> None:
    company.bank_account = "61109010140000071219812874"
    company.save()
    shown = ala.get(new).content.decode()
    assert f"FV/{timezone.localdate():%Y/%m}/001" in shown
    assert timezone.localdate().isoformat() in shown
    assert company.bank_account in shown


def test_a_filled_form_becomes_a_draft_to_be_looked_at(ala: Client, company: Any, new: str) -> None:
    response = ala.post(new, form())
    invoice = Invoice.objects.get()
    assert response["Location"] == invoice.get_absolute_url()
    assert (invoice.state, invoice.entry.gross, invoice.entry.buyer_nip) == (
        "draft",
        Decimal("3036.87"),
        "8567346215",
    )
    fa = made().fa
    assert (fa.p_13_1, fa.p_14_1, fa.p_15) == (Decimal("2469.00"), Decimal("567.87"), Decimal("3036.87"))
    assert fa.platnosc.rachunek_bankowy[0].nr_rb == "61109010140000071219812874"
    assert services.issue(company, bytes(Draft.objects.get().xml or b""), draft=invoice).state == "queued"


def test_every_rate_goes_to_its_own_sum(ala: Client, new: str) -> None:
    rates = ["23", "8", "5", "0 KR", "zw", "oo", "np I"]
    lines = [{**LINE, "rate": rate} for rate in rates]
    response = ala.post(new, form(*lines, exemption="art. 113 ust. 1"))
    assert response.status_code == 302, response.content.decode()
    fa = made().fa
    hundred = Decimal(100)
    sums = (fa.p_13_1, fa.p_13_2, fa.p_13_3, fa.p_13_6_1, fa.p_13_7, fa.p_13_10, fa.p_13_8)
    assert sums == (hundred,) * 7
    assert fa.p_15 == 736
    assert fa.adnotacje.p_18 == 1
    assert fa.adnotacje.zwolnienie.p_19a == "art. 113 ust. 1"


def test_a_foreign_currency_has_its_tax_in_zlotys(ala: Client, new: str) -> None:
    ala.post(new, form(LINE, currency="EUR", exchange_rate="4,2512"))
    fa = made().fa
    assert (fa.kod_waluty, fa.p_14_1, fa.p_14_1w) == ("EUR", Decimal(23), Decimal("97.78"))
    assert fa.fa_wiersz[0].kurs_waluty == Decimal("4.2512")


def test_a_buyer_in_the_eu(ala: Client, new: str) -> None:
    fields = {"buyer_kind": "eu", "buyer_eu_country": "DE", "buyer_tax_number": "DE 123 456 789"}
    response = ala.post(new, form({**LINE, "rate": "np II"}, **fields))
    assert response.status_code == 302, response.content.decode()
    identity = made().podmiot2.dane_identyfikacyjne
    assert (identity.kod_ue, identity.nr_vat_ue) == ("DE", "123456789")
    assert made().podmiot2.adres.kod_kraju == "DE"


@pytest.mark.parametrize("written", ["DE.136-695.976", "de 136 695 976", "136–695–976", "136.695.976"])
def test_an_eu_vat_number_is_taken_in_any_spelling(ala: Client, new: str, written: str) -> None:
    fields = {"buyer_kind": "eu", "buyer_eu_country": "DE", "buyer_tax_number": written}
    response = ala.post(new, form({**LINE, "rate": "0 WDT"}, **fields))
    assert response.status_code == 302, response.content.decode()
    assert made().podmiot2.dane_identyfikacyjne.nr_vat_ue == "136695976"


def test_an_impossible_eu_vat_number_is_told_at_its_field(ala: Client, new: str) -> None:
    fields = {"buyer_kind": "eu", "buyer_eu_country": "DE", "buyer_tax_number": "1234567890123"}
    response = ala.post(new, form({**LINE, "rate": "0 WDT"}, **fields))
    assert response.status_code == 422
    assert 'id="id_buyer_tax_number_error"' in response.content.decode()
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(("rate", "prefix"), [("0 WDT", "PL"), ("np II", "PL"), ("23", None)])
@pytest.mark.parametrize("kind", ["eu", "nip"])
def test_the_sellers_prefix_is_what_the_sale_asks_for(
    ala: Client, new: str, kind: str, rate: str, prefix: str | None
) -> None:
    """PrefiksPodatnika stands with sales into the Union (art. 97 ust. 10), whoever the buyer is; contacts stay."""
    fields = {"buyer_kind": kind, "buyer_eu_country": "DE", "buyer_tax_number": "136695976"}
    response = ala.post(new, form({**LINE, "rate": rate}, **fields))
    assert response.status_code == 302, response.content.decode()
    assert made().podmiot1.prefiks_podatnika == prefix


@pytest.mark.parametrize(
    "account", ["61-1090-1014-0000-0712-1981-2874", "61.1090 1014\u00a00000 0712 1981 2874"]
)
def test_an_account_is_taken_in_any_spelling(ala: Client, new: str, account: str) -> None:
    ala.post(new, form(account=account))
    assert made().fa.platnosc.rachunek_bankowy[0].nr_rb == "61109010140000071219812874"


def test_a_buyer_outside_the_eu(ala: Client, new: str) -> None:
    fields = {"buyer_kind": "abroad", "buyer_country": "us", "buyer_tax_number": "12-3456789"}
    ala.post(new, form({**LINE, "rate": "np I"}, **fields))
    identity = made().podmiot2.dane_identyfikacyjne
    assert (identity.kod_kraju, identity.nr_id) == ("US", "12-3456789")


def test_a_private_person(ala: Client, new: str) -> None:
    ala.post(new, form(LINE, buyer_kind="person", buyer_nip="", buyer_line1="", buyer_line2=""))
    buyer = made().podmiot2
    assert buyer.dane_identyfikacyjne.brak_id == 1
    assert buyer.adres is None


@pytest.mark.parametrize(
    ("fields", "line", "where"),
    [
        ({"buyer_nip": "8567346216"}, {}, "buyer_nip"),
        ({"buyer_nip": ""}, {}, "buyer_nip"),
        ({"buyer_name": ""}, {}, "buyer_name"),
        ({"buyer_line1": ""}, {}, "buyer_line1"),
        ({"issue_date": "2999-01-01"}, {}, "issue_date"),
        ({"issue_date": "jutro"}, {}, "issue_date"),
        ({"account": "123"}, {}, "account"),
        ({"currency": "EUR"}, {}, "exchange_rate"),
        ({"buyer_kind": "eu"}, {}, "buyer_tax_number"),
        ({"buyer_kind": "abroad", "buyer_country": "USA"}, {}, "buyer_country"),
        ({}, {"rate": "zw"}, "exemption"),
        ({}, {"price": "sto"}, "lines-0-price"),
        ({}, {"quantity": "0"}, "lines-0-quantity"),
        ({}, {"name": ""}, "lines-0-name"),
        ({}, {"rate": "77"}, "lines-0-rate"),
    ],
)
def test_each_mistake_is_told_at_its_field_and_nothing_is_stored(
    ala: Client, new: str, fields: dict[str, str], line: dict[str, str], where: str
) -> None:
    response = ala.post(new, form({**LINE, **line}, **fields))
    assert response.status_code == 422
    assert f'id="id_{where}_error"' in response.content.decode()
    assert not Invoice.objects.exists()


def test_a_number_that_is_used_is_refused_but_not_the_drafts_own(ala: Client, company: Any, new: str) -> None:
    ala.post(new, form())
    again = ala.post(new, form())
    assert again.status_code == 422
    assert "Faktura o tym numerze jest już w programie." in again.content.decode()
    draft = Invoice.objects.get()
    edit = reverse("sales:edit", args=[company.pk, draft.pk])
    assert "liczydło dębowe" in ala.get(edit).content.decode()
    response = ala.post(edit, form({**LINE, "price": "7"}))
    assert response.status_code == 302
    assert Invoice.objects.get().entry.gross == Decimal("8.61")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ({"price": "1 234,50", "quantity": "2,125", "unit": ""}, {}),
        ({}, {"sale_date": "2026-01-05", "remarks": "Pierwsza\r\nDruga", "split_payment": "on"}),
        ({}, {"currency": "EUR", "exchange_rate": "4,2512"}),
        ({}, {"exchange_rate": "4,2512"}),  # typed before the currency was changed back
        ({"rate": "zw"}, {"exemption": "art. 113 ust. 1"}),
        ({"rate": "np II"}, {"buyer_kind": "eu", "buyer_eu_country": "EL", "buyer_tax_number": "094019245"}),
        ({"rate": "np I"}, {"buyer_kind": "abroad", "buyer_country": "US", "buyer_tax_number": "12-3456789"}),
        ({}, {"buyer_kind": "person", "buyer_line1": "", "buyer_line2": ""}),
        ({}, {"due_date": ""}),
        ({}, {"account": ""}),
    ],
)
def test_a_draft_is_opened_again_as_it_was_typed(
    ala: Client, company: Any, new: str, line: dict[str, str], fields: dict[str, str]
) -> None:
    typed = form({**LINE, **line}, **fields)
    assert ala.post(new, typed).status_code == 302
    draft = services.draft_of(Invoice.objects.get())
    edit = reverse("sales:edit", args=[company.pk, draft.invoice_id])
    again = fields_of(ala.get(edit).content)
    assert again["lines-0-price"] == typed["lines-0-price"].replace(" ", "")
    for name in fields:
        assert again.get(name, "") == typed[name], name
    assert ala.post(edit, again).status_code == 302
    assert services.draft_of(draft.invoice).invoice_draft == draft.invoice_draft


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "HUF", "exchange_rate": Decimal("0.01")},
        {
            "lines": (
                Line(name="A", gross_price=Decimal(1), rate="23"),
                Line(name="B", net_price=Decimal(1), rate="8"),
            )
        },
        {"lines": (Line(name="A", net_price=Decimal(1), rate="23", number=7),)},
    ],
)
def test_what_the_form_cannot_show_of_a_draft_stays(
    ala: Client, company: Any, new: str, change: dict[str, Any]
) -> None:
    ala.post(new, form())
    invoice = Invoice.objects.get()
    edit = reverse("sales:edit", args=[company.pk, invoice.pk])
    assert edit in ala.get(invoice.get_absolute_url()).content.decode()
    meant = services.draft_of(invoice).invoice_draft
    assert meant is not None
    held = replace(meant, **change)
    services.save_draft(company, held, draft=invoice)
    assert edit in ala.get(invoice.get_absolute_url()).content.decode()
    shown = fields_of(ala.get(edit).content)
    assert ala.post(edit, shown).status_code == 302
    assert services.draft_of(invoice).invoice_draft == held
    assert ala.post(edit, {**fields_of(ala.get(edit).content), "buyer_name": "Inny"}).status_code == 302
    assert services.draft_of(invoice).invoice_draft == replace(
        held, buyer=replace(held.buyer or Party(), name="Inny")
    )


def test_what_an_invoice_does_not_say_begins_anew(ala: Client, company: Any, new: str) -> None:
    """Paid in cash, it has no account and no term: the form offers those that it began with."""
    company.bank_account = "61109010140000071219812874"
    company.save()
    ala.post(new, form(payment="1", paid="on", account="1" * 26))
    again = fields_of(ala.get(reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])).content)
    assert again["account"] == company.bank_account
    assert again["due_date"] == (timezone.localdate() + timedelta(days=14)).isoformat()
    assert (again["payment"], again["paid"]) == ("1", "on")


def fields_of(page: bytes) -> dict[str, str]:
    """What a browser would send of the editor's form."""
    (found,) = [one for one in html.fromstring(page.decode()).forms if one.get("id") == "invoice-form"]
    fields = {name: value for name, value in found.form_values() if name != "csrfmiddlewaretoken"}
    return {**fields, "remarks": fields["remarks"].removeprefix("\n").replace("\n", "\r\n")}


def test_lines_are_added_and_removed_without_losing_what_was_typed(ala: Client, new: str) -> None:
    typed = form(LINE, {**LINE, "name": "druga"})
    more = ala.post(new, {**typed, "add": "1"})
    assert len(more.context["lines"].forms) == 3
    assert "Kupiec" in more.content.decode()
    fewer = ala.post(new, {**typed, "remove": "0"})
    assert [one.initial["name"] for one in fewer.context["lines"]] == ["druga"]
    same = ala.post(new, {**typed, "remove": "9" * 5000})
    assert len(same.context["lines"].forms) == 2
    none = ala.post(new, {**typed, "add": "1", "lines-TOTAL_FORMS": "9" * 5000})
    assert none.status_code == same.status_code
    assert not Invoice.objects.exists()


def test_sums_are_live_and_unfinished_lines_do_not_count(ala: Client, company: Any) -> None:
    totals = reverse("sales:new_totals", args=[company.pk])
    answer = ala.post(totals, form(LINE, {**LINE, "price": ""}, buyer_name=""))
    shown = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert "123,00 zł" in shown
    assert 'id="value-0"' in shown
    assert not Invoice.objects.exists()


def test_a_viewer_and_a_stranger_do_not_reach_the_form(
    company: Any, new: str, member: Any, stranger: Any, browse: Any
) -> None:
    assert browse(member("viewer")).get(new).status_code == 403
    assert browse(stranger).post(new, form()).status_code == 404
