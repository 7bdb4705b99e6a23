"""The sections of the editor: any draft, texts and references, what each refuses, rows without JavaScript."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.companies.models import Company
from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Party, Payment
from liczydlo.fa3.model import DodatkowyOpis, Rejestr, TerminPlatnosci, Umowa, ZamowienieOdniesienie
from liczydlo.sales import composing, sections
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.similar import differences
from lxml import html

from app.tests.sales.section_drafts import ISSUED, PARTS
from app.tests.sales.section_forms import fields, made, new, rows
from app.tests.sales.test_editor import form

__all__ = ["new"]


PLAIN = InvoiceDraft(
    number="FV/1",
    issue_date=ISSUED,
    buyer=Party(nip="8567346215", name="Kupiec", address=Address(line1="ul. Prosta 1")),
    lines=(Line(name="usługa", rate="23", net_price=Decimal(100)),),
    payment=Payment(terms=(TerminPlatnosci(termin=ISSUED),)),
)


@given(st.fixed_dictionaries({}, optional=PARTS))
@settings(max_examples=60)
@pytest.mark.pure
def test_what_is_shown_of_a_draft_makes_the_same_draft(parts: dict[str, Any]) -> None:
    kept = replace(PLAIN, **parts)
    typed = sections.as_typed(kept)
    assert typed.keys() == {one.name for one in sections.SECTIONS}
    company = Company(name="Pracownia", nip="5265877635", line1="ul. Garncarska 3")
    shown = composing.as_typed(company, kept)
    assert list(differences(replace(kept, seller=shown.seller), shown)) == []
    assert composing.fits_form(company, kept)


TEXTS = {
    "terms-place": "Poznań",
    "terms-delivery": "FCA  Poznań",
    **rows("terms-orders", {"number": "ZAM/7", "day": "2026-10-02"}, {}, {"number": "ZAM/8"}),
    **rows("terms-contracts", {"number": "U/1", "day": "2026-01-02"}),
    **rows("terms-notes", {"number": "WZ/1"}, {"number": "WZ/2"}),
    **rows("terms-batches", {"number": "L-2026"}),
    **rows("notes-notes", {"key": "Nr rejestracyjny", "value": "PO 12345", "line": "1"}),
    **rows("footer-registers", {"krs": "0000123456", "regon": "012345678", "bdo": "000123456"}),
    **rows("footer-notes", {"text": "Kapitał zakładowy 5 000 zł\r\nwpłacony w całości"}),
    "footer-status": "2",
}


@pytest.mark.django_db
def test_texts_and_references_stand_on_the_document_and_in_the_editor_again(ala: Client, new: str) -> None:
    answer = ala.post(new, form(remarks="Dziękujemy", **TEXTS))
    assert answer.status_code == 302, answer.content.decode()
    document = made()
    terms = document.fa.warunki_transakcji
    assert (document.fa.p_1m, document.fa.wz, terms.nr_partii_towaru) == (
        "Poznań",
        ("WZ/1", "WZ/2"),
        ("L-2026",),
    )
    assert terms.zamowienia == (
        ZamowienieOdniesienie(nr_zamowienia="ZAM/7", data_zamowienia=dt.date(2026, 10, 2)),
        ZamowienieOdniesienie(nr_zamowienia="ZAM/8"),
    )  # fmt: skip
    assert terms.umowy == (Umowa(nr_umowy="U/1", data_umowy=dt.date(2026, 1, 2)),)
    assert terms.warunki_dostawy == "FCA Poznań"
    assert document.fa.dodatkowy_opis == (
        DodatkowyOpis(klucz="Nr rejestracyjny", wartosc="PO 12345", nr_wiersza=1),
    )
    assert [one.stopka_faktury for one in document.stopka.informacje] == [
        "Dziękujemy",
        "Kapitał zakładowy 5 000 zł\nwpłacony w całości",
    ]
    assert document.stopka.rejestry == (Rejestr(krs="0000123456", regon="012345678", bdo="000123456"),)
    assert document.podmiot1.status_info_podatnika == 2
    again = reverse("sales:edit", args=[Invoice.objects.get().company_id, Invoice.objects.get().pk])
    before = Draft.objects.get().draft_json
    shown = fields(ala.get(again))
    assert (shown["terms-orders-rows"], shown["terms-orders-1-number"]) == ("2", "ZAM/8")
    assert ala.post(again, shown).status_code == 302
    assert Draft.objects.get().draft_json == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"terms-rate": "4,25"}, "Kurs umowny i waluta umowna występują razem."),
        ({"terms-rate": "1", "terms-currency": "PLN"}, "Waluta umowna jest inna niż złoty."),
        ({"terms-place": "x" * 257}, "256"),
        (rows("notes-notes", {"key": "bez treści"}), "To pole jest wymagane."),
        (rows("notes-notes", {"key": "a", "value": "b", "line": "0"}), "1"),
        (rows("footer-registers", {"krs": "12"}), "Numer KRS ma 10 cyfr."),
        (rows("footer-notes", {"text": "a"}, {"text": "b"}, {"text": "c"}), "trzy teksty"),
        ({"footer-status": "9"}, "9"),
        (rows("terms-orders", {"number": "a", "day": "wczoraj"}), "Wpisz poprawną datę."),
        ({"payment-count": "14"}, "Opis terminu ma liczbę, jednostkę i zdarzenie"),
        ({"payment-swift": "mbank"}, "SWIFT ma 8 albo 11"),
        ({"payment-early_terms": "7 dni"}, "Skonto ma warunki i wysokość."),
        ({"payment-link": "http://x"}, "parametr IPKSeF"),
        ({"payment-ipksef": "1"}, "IPKSeF to 3 cyfry"),
        ({"payment-settled": "on"}, "Dodaj zapłaty częściowe"),
        ({"payment-unsaid": "on", "payment-other_form": "weksel"}, "bez formy płatności"),
        ({**rows("payment-parts", {"amount": "1", "day": "2026-11-02"}), "paid": "on"}, "nie jedno i drugie"),
        (
            rows("payment-parts", {"amount": "1", "day": "2026-11-02", "form": "1", "other_form": "x"}),
            "opisz inną",
        ),
        (rows("payment-accounts", {"number": "123"}), "od 10 do 34"),
        (rows("payment-factor", {"swift": "BREXPLPWMBK"}), "To pole jest wymagane."),
        (rows("settlement-charges", {"amount": "1,005", "reason": "x"}), "2"),
        ({"buyer-post_line2": "Łódź"}, "Podaj ulicę i numer."),
        ({"buyer-country": "Niemcy"}, "2"),
        (rows("buyer-contacts", {"email": "nie"}), "To nie jest adres e-mail."),
        (rows("buyer-contacts", *({"phone": str(one)} for one in range(4))), "najwyżej trzy"),
        (rows("parties-parties", {"name": "Faktor", "id_kind": "none"}), "Wybierz rolę"),
        (
            rows("parties-parties", {"role": "1", "id_kind": "nip", "number": "8567346216", "country": "PL"}),
            "cyfry",
        ),
        (
            rows("parties-parties", {"role": "1", "id_kind": "none", "number": "1", "country": "PL"}),
            "Bez numeru",
        ),
        (
            rows("parties-parties", {"role": "6", "id_kind": "eu", "number": "1", "id_country": "US"}),
            "VAT UE, np. DE",
        ),
        (
            rows(
                "parties-parties",
                {"role": "1", "id_kind": "none", "name": "F", "share": "50", "country": "PL"},
            ),
            "tylko dodatkowemu nabywcy",
        ),
        ({"issuer-role": "2"}, "To pole jest wymagane."),
        (rows("transport-transports", {"kind": "3", "id_kind": "nip"}), "rodzaj ładunku"),
        (rows("transport-transports", {"cargo": "3", "id_kind": "nip"}), "rodzaj transportu"),
        (
            rows(
                "transport-transports", {"kind": "3", "cargo": "3", "id_kind": "nip", "number": "8567346215"}
            ),
            "Podaj adres przewoźnika.",
        ),
        (
            rows(
                "transport-transports",
                {
                    "kind": "3",
                    "cargo": "3",
                    "id_kind": "nip",
                    "starts": "2026-11-02T10:00",
                    "ends": "2026-11-02T09:00",
                },
            ),
            "kończy się po rozpoczęciu",
        ),
        (rows("attachment-blocks", {"heading": "Bez danych"}), "To pole jest wymagane."),
        (rows("attachment-blocks", {"meta": "bez wartości"}), "dwukropka"),
        (rows("attachment-blocks", {"meta": "a: b", "text": "x\n" * 11}), "najwyżej 10"),
        (rows("attachment-tables", {"block": "1", "cells": "Dzień\tkWh\n2026-11-02\t5"}), "Nie ma bloku"),
        (rows("attachment-tables", {"block": "1", "cells": "Dzień\tkWh"}), "co najmniej jeden wiersz"),
        (rows("attachment-tables", {"block": "1", "cells": "a\tb\n1\t2\t3"}), "Wiersz 2 ma więcej komórek"),
        (rows("attachment-tables", {"block": "1", "cells": "\t" * 20 + "a\nb"}), "20 kolumn"),
        (rows("attachment-tables", {"block": "1", "cells": "a\nb", "types": "napis"}), "typ każdej kolumny"),
        (rows("attachment-tables", {"block": "1", "cells": "a\n" + "b" * 257}), "najwyżej 256"),
        (rows("transport-stops", {"transport": "1", "line1": "Łódź", "country": "PL"}), "Nie ma transportu"),
        (rows("transport-stops", {"transport": "2", "country": "PL"}), "Podaj ulicę i numer."),
        ({"issuer-name": "Komornik"}, "Wybierz, kto wystawia"),
        ({"issuer-role": "2", "issuer-nip": "1"}, "poprawny NIP"),
        (rows("issuer-contacts", {"phone": "1"}), "Wybierz, kto wystawia"),
        ({"settlement-silent": "on"}, "Dodaj obciążenie albo odliczenie."),
    ],
)
def test_bad_input_is_refused_at_its_field_with_the_section_open(
    ala: Client, new: str, typed: dict[str, str], words: str
) -> None:
    answer = ala.post(new, form(**typed))
    assert answer.status_code == 422 and not Invoice.objects.exists()
    page = html.fromstring(answer.content)
    name = next(iter(typed)).partition("-")[0]
    (section,) = page.xpath(f"//details[@id='section-{name}']")
    assert section.get("open") is not None
    assert words in " ".join(section.xpath(".//*[contains(@class, 'errors')]//text()"))
    assert "Popraw zaznaczone pola." in answer.content.decode()


@pytest.mark.django_db
def test_rows_come_and_go_without_javascript(ala: Client, new: str) -> None:
    typed = form(**TEXTS)
    shown = fields(ala.post(new, {**typed, "add_row": "terms-batches"}))
    assert shown["terms-batches-rows"] == "2" and "terms-batches-0-number" in shown
    assert shown["terms-place"] == "Poznań" and shown["buyer_name"] == typed["buyer_name"]
    answer = ala.post(new, {**shown, "remove_row": "terms-orders.0"})
    shown = fields(answer)
    assert (shown["terms-orders-rows"], shown["terms-orders-1-number"]) == ("2", "ZAM/8")
    assert (
        "autofocus"
        not in html.tostring(html.fromstring(answer.content).get_element_by_id("section-terms")).decode()
    )
    for odd in ("terms-orders.-1", "terms-orders.9999999999", "x", "lines.0"):
        assert ala.post(new, {**shown, "remove_row": odd}).status_code == 200
    assert ala.post(new, {**shown, "terms-orders-rows": "9" * 30}).status_code == 302
    assert made().fa.warunki_transakcji.zamowienia == ()


@pytest.mark.django_db
def test_a_closed_section_says_nothing_and_rows_have_an_end(ala: Client, new: str) -> None:
    page = html.fromstring(ala.get(new).content)
    assert len(page.xpath("//details[@class='section']")) == len(sections.SECTIONS)
    assert not page.xpath("//details[@class='section'][@open]")
    full = {**form(), **rows("terms-notes", *({"number": str(one)} for one in range(100)))}
    assert fields(ala.post(new, {**full, "add_row": "terms-notes"}))["terms-notes-rows"] == "100"
    ala.post(new, form())
    assert made().fa.warunki_transakcji is None and made().stopka is None and Decimal(made().fa.p_15) > 0
