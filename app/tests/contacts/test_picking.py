"""A contractor picked in the form of an invoice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts import addresses, contractors
from liczydlo.contacts.models import Address, Contractor, Recipient
from liczydlo.fa3.read import read
from liczydlo.sales import services
from liczydlo.sales.models import Draft, Invoice
from liczydlo.web import times

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_editor import LINE, form

pytestmark = pytest.mark.django_db
GERMAN: dict[str, Any] = {
    "kind": "eu",
    "country": "DE",
    "number": "136695976",
    "name": "Müller GmbH",
    "line1": "Hauptstr. 1",
    "line2": "10115 Berlin",
    "payment_days": 30,
    "payment_form": 1,
    "currency": "EUR",
}


@pytest.fixture
def german(company: Any) -> Contractor:
    return contractors.add(company, GERMAN)


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def hints(client: Client, company: Any, text: str) -> str:
    answer = client.get(reverse("contacts:contractor_hints", args=[company.pk]), {"contractor_q": text})
    assert answer.status_code == 200
    return " ".join(text_of(answer).split())


def test_hints_are_options_and_hidden_ones_are_none(ala: Client, company: Any, german: Contractor) -> None:
    shown = hints(ala, company, "muller")
    assert 'role="option"' in shown and "Müller GmbH" in shown and "DE 136695976" in shown
    assert "Nie ma takiego" in hints(ala, company, "nikt") and not hints(ala, company, " ").strip()
    contractors.hide(german, hidden=True)
    assert "Müller" not in hints(ala, company, "muller")


def test_a_picked_one_fills_the_buyer_and_what_is_usual(
    ala: Client, company: Any, new: str, german: Contractor
) -> None:
    day = times.today() - dt.timedelta(days=3)
    typed = form(LINE, number="FV/KEPT/1", issue_date=day.isoformat(), buyer_nip="")
    page = ala.post(new, typed | {"pick": str(german.pk)})
    shown = page.context["form"].initial
    assert {name: shown[name] for name in ("buyer_kind", "buyer_eu_country", "buyer_tax_number")} == {
        "buyer_kind": "eu",
        "buyer_eu_country": "DE",
        "buyer_tax_number": "136695976",
    }
    assert (shown["buyer_name"], shown["buyer_line1"], shown["buyer_line2"]) == (
        "Müller GmbH",
        "Hauptstr. 1",
        "10115 Berlin",
    )
    assert (shown["currency"], shown["payment"], shown["due_date"]) == ("EUR", 1, day + dt.timedelta(days=30))
    assert shown["number"] == "FV/KEPT/1", "what was typed besides stays"
    assert page.context["lines"].forms[0].initial["name"] == LINE["name"]
    assert not Draft.objects.exists()


def test_his_page_begins_an_invoice(ala: Client, company: Any, new: str, german: Contractor) -> None:
    assert f"{new}?kontrahent={german.pk}" in text_of(ala.get(german.get_absolute_url()))
    shown = ala.get(new, {"kontrahent": german.pk}).context["form"].initial
    assert shown["buyer_name"] == "Müller GmbH"
    assert shown["due_date"] == times.today() + dt.timedelta(days=30)


def test_another_of_his_addresses_can_be_taken(ala: Client, new: str, german: Contractor) -> None:
    addresses.add(german, {"label": "Lager", "line1": "Hafen 9", "line2": "20095 Hamburg", "country": "DE"})
    other = Address.objects.get(label="Lager")
    page = ala.post(new, form(LINE) | {"pick": str(german.pk)})
    assert "Hafen 9" in text_of(page) and page.context["form"].initial["buyer_line1"] == "Hauptstr. 1"
    page = ala.post(new, form(LINE) | {"pick": f"{german.pk}.{other.pk}"})
    assert page.context["form"].initial["buyer_line1"] == "Hafen 9"


def test_without_javascript_the_form_lists_whom_the_words_mean(
    ala: Client, new: str, german: Contractor
) -> None:
    page = ala.post(new, form(LINE) | {"find": "1", "contractor_q": "DE 136 695"})
    assert f'name="pick" value="{german.pk}"' in " ".join(text_of(page).split())
    assert page.context["form"].initial["buyer_name"] == form()["buyer_name"]
    assert "Nie ma takiego" in text_of(ala.post(new, form(LINE) | {"find": "1", "contractor_q": "nikt"}))


def test_a_simplified_invoice_takes_nobody_without_a_nip(
    ala: Client, company: Any, german: Contractor
) -> None:
    simplified = reverse("sales:new_simplified", args=[company.pk])
    shown = ala.get(simplified, {"kontrahent": german.pk}).context["form"].initial
    assert shown.get("buyer_kind", "nip") == "nip"


def test_nobody_picks_from_another_firm(
    company: Any, german: Contractor, stranger: Any, member: Any, browse: Any
) -> None:
    other, outside = stranger.companies.get(), browse(stranger)
    theirs = reverse("sales:new", args=[other.pk])
    for page in (
        outside.post(theirs, form(LINE) | {"pick": str(german.pk)}),
        outside.get(theirs, {"kontrahent": german.pk}),
        outside.get(reverse("contacts:contractor_hints", args=[other.pk]), {"contractor_q": "muller"}),
    ):
        assert page.status_code == 200 and "Müller" not in text_of(page)
    ours = reverse("contacts:contractor_hints", args=[company.pk])
    assert outside.get(ours, {"contractor_q": "muller"}).status_code == 404
    assert browse(member("viewer")).get(ours, {"contractor_q": "muller"}).status_code == 403


@pytest.mark.parametrize("extra", [{"buyer_nip": "zły"}, {"add": "1"}, {"find": "1"}])
def test_a_page_shown_again_still_begins_with_what_it_has_seen(
    ala: Client, company: Any, new: str, extra: dict[str, str]
) -> None:
    """Else a mistake in between would hide that somebody else has changed the draft."""
    ala.post(new, form(LINE))
    draft = Draft.objects.get()
    edit = reverse("sales:edit", args=[company.pk, draft.invoice_id])
    seen = draft.digest
    ala.post(edit, form(LINE, remarks="ktoś inny") | {"seen": seen})
    again = ala.post(edit, form(LINE) | {"seen": seen} | extra)
    assert again.context["seen"] == seen
    assert ala.post(edit, form(LINE) | {"seen": again.context["seen"]}).status_code == 409


COMMUNE: dict[str, Any] = {
    "kind": "nip",
    "country": "",
    "number": "8567346215",
    "name": "Gmina Żabno",
    "line1": "ul. Rynek 1",
    "line2": "",
    "local_authority": True,
}


@pytest.mark.parametrize(
    ("typed", "role", "number"),
    [
        (
            {"buyer_local_authority": "on", "buyer_recipient_number": "856-734-62-15-00001"},
            8,
            "8567346215-00001",
        ),
        ({"buyer_vat_group": "on", "buyer_recipient_number": "526 104 08 28"}, 10, "5261040828"),
        ({}, 2, None),
    ],
)
def test_a_recipient_is_a_third_party_and_comes_back(
    ala: Client, company: Any, new: str, typed: dict[str, str], role: int, number: str | None
) -> None:
    fields = {"buyer_recipient_name": "Szkoła nr 1", "buyer_recipient_line1": "ul. Szkolna 2"} | typed
    assert ala.post(new, form(LINE, **fields)).status_code == 302
    draft = Draft.objects.get()
    faktura = read(bytes(draft.xml or b""))
    assert (faktura.podmiot2.jst, faktura.podmiot2.gv) == (1 if role == 8 else 2, 1 if role == 10 else 2)
    (party,) = faktura.podmiot3
    identity = party.dane_identyfikacyjne
    assert (party.rola, identity.nip or identity.id_wew, identity.nazwa) == (role, number, "Szkoła nr 1")
    edit = ala.get(reverse("sales:edit", args=[company.pk, draft.invoice_id]))
    shown = edit.context["form"].initial
    assert (shown["buyer_recipient_name"], shown["buyer_recipient_number"]) == ("Szkoła nr 1", number)
    services.issue(company, draft.content, draft=Invoice.objects.get())
    kept = Recipient.objects.of(company).get()
    assert (kept.name, kept.number, kept.line1) == ("Szkoła nr 1", number or "", "ul. Szkolna 2")
    assert Contractor.objects.get().local_authority is (role == 8)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"buyer_recipient_number": "8567346215"}, "Podaj nazwę odbiorcy"),
        (
            {"buyer_recipient_name": "Szkoła", "buyer_recipient_number": "856-734-62-16-00001"},
            "sprawdź cyfry",
        ),
        ({"buyer_recipient_name": "Szkoła", "buyer_recipient_number": "12"}, "sprawdź cyfry"),
    ],
)
def test_half_a_recipient_is_refused_where_it_stands(
    ala: Client, new: str, typed: dict[str, str], said: str
) -> None:
    refused = ala.post(new, form(LINE, **typed))
    assert refused.status_code == 422 and said in text_of(refused)
    assert refused.context["form"].has_recipient, "the part of the form is open"
    assert not Draft.objects.exists()


def test_a_unit_of_a_commune_is_picked_with_it(ala: Client, company: Any, new: str) -> None:
    commune = contractors.add(company, COMMUNE)
    page = reverse("contacts:add_recipient", args=[company.pk, commune.pk])
    for name in ("Szkoła nr 1", "Szkoła nr 2"):
        assert ala.post(page, {"name": name, "number": "8567346215-00002"}).status_code == 302
    assert ala.post(page, {"name": "", "number": "1"}).status_code == 400
    first, second = Recipient.objects.order_by("pk")
    picked = ala.post(new, form(LINE) | {"pick": str(commune.pk)}).context["form"].initial
    assert picked["buyer_local_authority"] and picked["buyer_recipient_name"] == "Szkoła nr 1"
    picked = ala.post(new, form(LINE) | {"pick": f"{commune.pk}.0.{second.pk}"}).context["form"].initial
    assert (picked["buyer_line1"], picked["buyer_recipient_name"]) == ("ul. Rynek 1", "Szkoła nr 2")
    nobody = ala.post(new, form(LINE) | {"pick": f"{commune.pk}.0.0"}).context["form"].initial
    assert nobody["buyer_recipient_name"] == ""
    ala.post(reverse("contacts:remove_recipient", args=[company.pk, commune.pk, first.pk]))
    assert Recipient.objects.get() == second


def test_a_viewer_and_a_stranger_change_no_recipients(
    ala: Client, company: Any, member: Any, stranger: Any, browse: Any
) -> None:
    commune, other = contractors.add(company, COMMUNE), stranger.companies.get()
    ala.post(reverse("contacts:add_recipient", args=[company.pk, commune.pk]), {"name": "Szkoła"})
    recipient = Recipient.objects.get()
    viewer, outside = browse(member("viewer")), browse(stranger)
    for name, arguments in (("add_recipient", []), ("remove_recipient", [recipient.pk])):
        ours = reverse(f"contacts:{name}", args=[company.pk, commune.pk, *arguments])
        theirs = reverse(f"contacts:{name}", args=[other.pk, commune.pk, *arguments])
        assert viewer.post(ours, {"name": "x"}).status_code == 403
        assert outside.post(ours, {"name": "x"}).status_code == 404
        assert outside.post(theirs, {"name": "x"}).status_code == 404
    assert Recipient.objects.get() == recipient
