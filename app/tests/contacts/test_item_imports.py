"""Goods and services from a file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.contacts.models import Item

from app.tests.contacts.test_imports import counts, faults, store
from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_races import ROUNDS
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
FILE = """Symbol;Nazwa towaru;J.m.;Cena netto;Stawka VAT;GTU;PKWiU;CN
G-1;Gęśle jesionowe;kpl.;1 234,56789;8%;GTU_06;32.20.12.0;9202 90 80
;Strojenie;godz.;120;zw;;;
G-2;Struna;szt.;0,00000001;0,23;6;;
"""


def show(client: Client, company: Any, content: str = FILE) -> Any:
    file = SimpleUploadedFile("towary.csv", content.encode("cp1250"))
    sent = client.post(reverse("contacts:import_items", args=[company.pk]), {"file": file})
    return client.get(sent["Location"])


def test_a_price_list_is_shown_stored_and_changes_nothing_twice(ala: Client, company: Any) -> None:
    page = show(ala, company)
    assert counts(page) == (3, 0, 0, 0) and "Cena netto: 1234,56789" in text_of(page)
    assert not Item.objects.exists()
    assert store(ala, page)["Location"] == reverse("contacts:items", args=[company.pk])
    first = Item.objects.get(symbol="G-1")
    assert (first.net_price, first.rate, first.gtu, first.unit) == (
        Decimal("1234.56789"),
        "8",
        "GTU_06",
        "kpl.",
    )
    assert Item.objects.get(name="Strojenie").rate == "zw"
    last = Item.objects.get(symbol="G-2")
    assert (last.net_price, last.rate, last.gtu) == (Decimal("0.00000001"), "23", "GTU_06")
    assert Entry.objects.of(company).get(action="contacts-imported").details["kind"] == "items"
    again = show(ala, company)
    assert counts(again) == (0, 0, 3, 0) and "Nie ma nic do zapisania" in text_of(again)
    assert "G-1" in text_of(ala.get(reverse("contacts:items", args=[company.pk])))


def test_a_change_by_symbol_and_by_name(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    Item.objects.filter(symbol="G-1").update(annex_15=True)
    page = show(ala, company, 'Kod,Nazwa,Cena\nG-1,Gęśle dębowe,"1.300,50"\n,STROJENIE,130\n')
    assert counts(page) == (0, 2, 0, 0), faults(page)
    assert "<del>Gęśle jesionowe</del>" in text_of(page) and "<ins>1300,5</ins>" in text_of(page)
    store(ala, page)
    first = Item.objects.get(symbol="G-1")
    assert (first.name, first.net_price, first.rate, first.version) == (
        "Gęśle dębowe",
        Decimal("1300.5"),
        "8",
        2,
    )
    assert Item.objects.get(name="STROJENIE").net_price == 130


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("X;Inne;;drogo;23;;;", "„drogo” to nie jest liczba"),
        ("X;Inne;;1,123456789;23;;;", "po przecinku"),
        ("X;Inne;;1;7%;;;", "nie jest stawka z listy"),
        ("X;Inne;;1;;;;", "nowa pozycja musi ją mieć"),
        ("X;Inne;;1;23;GTU_99;;", "GTU"),
        ("X;Inne;;1;23;książki;;", "nie jest kod GTU"),
        ("X;;;1;23;;;", "Nie ma nazwy"),
        ("X;" + "n" * 513 + ";;1;23;;;", "512"),
        ("X" * 51 + ";Inne;;1;23;;;", "50"),
        ("G-2;Inna struna;;1;23;;;", "ta sama pozycja co w wierszu 4"),
        ("X;struna;;1;23;;;", "ta sama pozycja co w wierszu 4"),
    ],
)
def test_a_line_with_a_fault_is_named(ala: Client, company: Any, line: str, said: str) -> None:
    page = show(ala, company, FILE + line + "\n")
    assert counts(page) == (3, 0, 0, 1) and said in faults(page)[0]
    assert store(ala, page).status_code == 400 and not Item.objects.exists()
    store(ala, page, leave_out="1")
    assert Item.objects.count() == 3


def test_what_belongs_to_another_item_is_refused(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    head = "Symbol;Nazwa;Stawka\n"
    assert "należy do innej pozycji" in faults(show(ala, company, head + "G-1;Struna;23\n"))[0]
    assert "z innym symbolem (G-2)" in faults(show(ala, company, head + "G-9;Struna;23\n"))[0]


@pytest.mark.parametrize(
    ("text", "price"), [("-0,00", "0"), ("1.234,5 zł", "1234.5"), ("-5", "-5"), ("", None)]
)
def test_prices(ala: Client, company: Any, text: str, price: str | None) -> None:
    store(ala, show(ala, company, f"Nazwa;Cena netto;VAT\nA;{text};23\n"))
    assert Item.objects.get().net_price == (None if price is None else Decimal(price))


def test_a_price_in_zloty_is_none_in_euro(ala: Client, company: Any) -> None:
    page = show(ala, company, "Nazwa;Cena;VAT;Waluta\nA;5 zł;23;EUR\nB;5;23;eur\n")
    assert counts(page) == (1, 0, 0, 1)


def test_one_symbol_is_one_item(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    typed = {"name": "Inne", "symbol": "G-1", "currency": "PLN", "rate": "23"}
    add = reverse("contacts:add_item", args=[company.pk])
    refused = ala.post(add, typed)
    assert refused.status_code == 400 and "tym symbolu jest już na liście" in text_of(refused)
    assert ala.post(add, typed | {"currency": "EUR"}).status_code == 302


def test_who_imports_items(company: Any, member: Any, stranger: Any, browse: Any) -> None:
    address = reverse("contacts:import_items", args=[company.pk])
    assert browse(member("viewer")).get(address).status_code == 403
    assert browse(stranger).get(address).status_code == 404
    assert browse(member("issuer")).get(address).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_who_store_one_price_list_make_one_set(ala: Client, company: Any) -> None:
    for number in range(ROUNDS):
        content = FILE + f"N-{number};Nowa {number};;1;23;;;\n"
        pages = [at_once(lambda content=content: show(ala, company, content))[0] for _ in range(2)]
        answers = at_once(*(lambda page=page: store(ala, page).status_code for page in pages))
        assert sorted(answers) in ([302, 409], [302, 302]), answers
    (left,) = at_once(lambda: Item.objects.of(company).count())
    assert left == 3 + ROUNDS
