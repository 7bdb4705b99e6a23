"""„Z faktur": buyers and lines of sales that are on no list, ticked and kept once, from the newest invoice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts import contractors, from_invoices
from liczydlo.contacts.models import Address, Contractor, Item
from liczydlo.sales import services

from app.tests.connection.test_browser import page
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_browser import look
from app.tests.sales.world import document, new_nip
from app.tests.sessions import at_once

__all__ = ["page"]
pytestmark = pytest.mark.django_db
NAME = "Kupiec „Świt” sp. z o.o."
GERMAN = {
    "<NIP>8567346215</NIP><Nazwa>Kupiec": "<KodUE>DE</KodUE><NrVatUE>136695976</NrVatUE><Nazwa>Müller",
    "KodWaluty>PLN": "KodWaluty>EUR",
}


def issued(company: Any, buyer: str = "8567346215", *, days: int = 0, **replaced: str) -> Any:
    """A sale that left nothing on the lists: it was issued so many days ago."""
    day = dt.date(2026, 11, 20) - dt.timedelta(days=days)
    row = services.issue(company, document(company.nip, buyer, issued=day, **replaced))
    Contractor.objects.all().delete()
    return row


def address(company: Any, kind: str = "contractors") -> str:
    return reverse(f"contacts:{kind}_from_invoices", args=[company.pk])


def test_buyers_are_proposed_with_the_newest_data(company: Any, ala: Client) -> None:
    issued(company, days=30, **{NAME: "Stara Nazwa"})
    newest = issued(company, days=1, **{"ul. Prosta 1": "ul. Nowa 2"})
    issued(company, days=9, **{NAME: "Starsza Nazwa"})
    german = issued(company, days=4, **GERMAN)
    shown = ala.get(address(company))
    first, second = shown.context["proposals"]
    assert (first.key, first.count, first.values["name"]) == (str(newest.entry_id), 3, NAME)
    assert (second.key, second.values["country"], second.values["number"]) == (
        str(german.entry_id),
        "DE",
        "136695976",
    )
    text = text_of(shown)
    assert "ul. Nowa 2" in text and "Stara Nazwa" not in text and not Contractor.objects.exists()
    said = text_of(ala.post(address(company), {"key": [first.key]}, follow=True))
    assert "Nowi kontrahenci na liście: 1." in said and "Müller" in said
    kept = Contractor.objects.get()
    assert (kept.number, kept.name, str(Address.objects.get())) == (
        "8567346215",
        NAME,
        "ul. Nowa 2, 30-001 Kraków",
    )
    ala.post(address(company), {"key": [first.key]})
    assert Contractor.objects.count() == 1
    ala.post(address(company), {"shown": [first.key, second.key], "key": [], "all": "1"})
    assert Contractor.objects.count() == 2
    assert "Wszystko z faktur jest już na liście" in text_of(ala.get(address(company)))


def test_what_a_person_typed_stays(company: Any) -> None:
    row = issued(company)
    columns = {"kind": "nip", "country": "", "number": "8567346215", "name": "Moja", "line1": "", "line2": ""}
    one = contractors.add(company, columns)
    contractors.hide(one, hidden=True)
    assert not from_invoices.of_contractors(company), "a hidden one is on the list too"
    assert from_invoices.keep_contractors(company, [str(row.entry_id)]) == 0
    assert Contractor.objects.get().name == "Moja"


def test_private_people_drafts_and_strangers_are_not_proposed(company: Any, stranger: Any) -> None:
    issued(company, **{"<NIP>8567346215</NIP><Nazwa>": "<BrakID>1</BrakID><Nazwa>"})
    other = stranger.companies.get()
    foreign = issued(other, new_nip())
    assert not from_invoices.of_contractors(company)
    assert from_invoices.keep_contractors(company, [str(foreign.entry_id), "0", "x", "9" * 30]) == 0
    assert from_invoices.keep_items(company, [f"{foreign.entry_id}.1", "1.", ".", "x.y"]) == 0
    assert not Contractor.objects.exists() and not Item.objects.exists()


def test_lines_are_proposed_with_the_newest_price(company: Any, ala: Client) -> None:
    issued(company, days=30, **{"<P_9A>50.00": "<P_9A>40.00"})
    newest = issued(company, days=1, **{"liczydło dębowe": "LICZYDŁO  dębowe", "<P_8A>szt.": "<P_8A>kpl."})
    issued(company, days=5, **GERMAN)
    shown = ala.get(address(company, "items"))
    rows = {(one.values["name"], one.values["currency"]): one for one in shown.context["proposals"]}
    assert len(rows) == 4, "two names in two currencies, whatever the letters"
    wood = next(one for (name, currency), one in rows.items() if "dębowe" in name and currency == "PLN")
    assert (wood.key, wood.count, wood.values["unit"]) == (f"{newest.entry_id}.1", 2, "kpl.")
    ala.post(address(company, "items"), {"key": [wood.key]})
    kept = Item.objects.get()
    assert (kept.net_price, kept.rate, kept.currency) == (Decimal(50), "23", "PLN")
    ala.post(address(company, "items"), {"all": "1", "shown": [one.key for one in rows.values()]})
    assert Item.objects.count() == 4
    assert "Wszystko z faktur jest już na liście" in text_of(ala.get(address(company, "items")))


def test_what_no_list_can_have(company: Any) -> None:
    issued(company, **{"<P_12>8<": "<P_12>4<", "liczydło dębowe": "a" * 512})
    (one,) = from_invoices.of_items(company)
    assert len(one.values["name"]) == 512 and from_invoices.keep_items(company, [one.key]) == 1


def test_bad_input_and_who_may(company: Any, stranger: Any, member: Any, browse: Any, ala: Client) -> None:
    row = issued(company)
    outsider, viewer = browse(stranger), browse(member("viewer"))
    for kind in ("contractors", "items"):
        there = address(company, kind)
        assert "Niczego nie zaznaczono" in text_of(ala.post(there, {}, follow=True))
        assert outsider.get(there).status_code == 404 and viewer.get(there).status_code == 403
        assert viewer.post(there, {"key": [str(row.entry_id)]}).status_code == 403
        list_page = reverse(f"contacts:{kind}", args=[company.pk])
        assert "Z faktur" in text_of(ala.get(list_page)) and "Z faktur" not in text_of(viewer.get(list_page))
    assert browse(member("issuer")).get(address(company)).status_code == 200
    assert not Contractor.objects.exists() and not Item.objects.exists()


def test_many_buyers_cost_a_page(company: Any, ala: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_invoices, "MOST", 2)
    for days in range(3):
        issued(company, new_nip(), days=days)
    shown = ala.get(address(company))
    assert len(shown.context["proposals"]) == 2
    ala.post(address(company), {"all": "1", "shown": [one.key for one in shown.context["proposals"]]})
    assert len(ala.get(address(company)).context["proposals"]) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_sessions_one_row_is_left(company: Any) -> None:
    rows = [issued(company, days=days) for days in (1, 2)]

    def keeping(row: Any) -> Any:
        def keep() -> None:
            from_invoices.keep_contractors(company, [str(row.entry_id)])
            from_invoices.keep_items(company, [f"{row.entry_id}.1", f"{row.entry_id}.2"])

        return keep

    at_once(keeping(rows[0]), keeping(rows[1]))
    (left,) = at_once(lambda: (Contractor.objects.count(), Address.objects.count(), Item.objects.count()))
    assert left == (1, 1, 2)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, company: Any) -> None:
    issued(company)
    issued(company, days=3, **GERMAN)
    for kind in ("contractors", "items"):
        page.goto(address(company, kind))
        look(page, f"from-invoices-{kind}")
        look(page, f"from-invoices-{kind}", phone=True)
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Zapisz zaznaczone").click()
        page.get_by_text("na liście: 1.").wait_for()
