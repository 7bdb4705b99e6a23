"""Payment, parties and attachments in the sections of the editor."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from liczydlo.sales import services
from liczydlo.sales.models import Draft, Invoice
from lxml import html

from app.tests.sales.section_forms import again, fields, made, new, rows
from app.tests.sales.test_editor import form

__all__ = ["new"]


PAY = {
    "payment-count": "14",
    "payment-unit": "dni",
    "payment-event": "od dostawy",
    "payment-swift": "BREXPLPWMBK",
    "payment-bank": "mBank",
    "payment-own": "2",
    "payment-description": "złotowy",
    "payment-early_terms": "zapłata w ciągu 7 dni",
    "payment-early_amount": "2%",
    "payment-ipksef": "123abcDEF7890",
    "payment-link": "https://pay.example.com/p?IPKSeF=123abcDEF7890",
    **rows("payment-terms", {"day": "2026-12-24"}, {"count": "2", "unit": "tygodnie", "event": "od odbioru"}),
    **rows("payment-accounts", {"number": "DE89 3704 0044 0532 0130 00", "swift": "COBADEFFXXX"}),
    **rows("payment-factor", {"number": "61 1090 1014 0000 0712 1981 2874"}),
    **rows(
        "payment-parts",
        {"amount": "1 000,50", "day": "2026-11-02", "form": "1"},
        {"amount": "10", "day": "2026-11-03", "other_form": "kompensata"},
    ),
    **rows("settlement-charges", {"reason": "Kaucja za palety", "amount": "50"}),
    **rows("settlement-deductions", {"reason": "Nadpłata z FV/1", "amount": "20,50"}),
}


@pytest.mark.django_db
def test_all_of_a_payment(ala: Client, new: str) -> None:
    answer = ala.post(new, form(**PAY))
    assert answer.status_code == 302, answer.content.decode()
    paying, beside = made().fa.platnosc, made().fa.rozliczenie
    first, second, third = paying.termin_platnosci
    assert (first.termin is not None, first.termin_opis.ilosc, second.termin) == (
        True,
        14,
        dt.date(2026, 12, 24),
    )
    assert third.termin_opis.zdarzenie_poczatkowe == "od odbioru"
    assert [one.swift for one in paying.rachunek_bankowy] == ["BREXPLPWMBK", "COBADEFFXXX"]
    assert paying.rachunek_bankowy[1].nr_rb == "DE89370400440532013000"
    assert len(paying.rachunek_bankowy_faktora) == 1 and paying.znacznik_zaplaty_czesciowej == 1
    cash, other = paying.zaplata_czesciowa
    assert (cash.kwota_zaplaty_czesciowej, cash.forma_platnosci) == (Decimal("1000.50"), 1)
    assert (other.platnosc_inna, other.opis_platnosci) == (1, "kompensata")
    assert (paying.skonto.wysokosc_skonta, paying.ipksef) == ("2%", "123abcDEF7890")
    assert (beside.suma_obciazen, beside.do_zaplaty) == (50, Decimal("3066.37"))  # 3036.87 + 50 − 20.50
    kept, edit = again(ala)
    assert ala.post(edit, fields(ala.get(edit))).status_code == 302
    assert again(ala)[0] == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "means"),
    [
        (
            {"payment-paid_on": "2026-11-03"},
            {"zaplacono": 1, "data_zaplaty": dt.date(2026, 11, 3), "termin_platnosci": ()},
        ),
        ({"payment-other_form": "kompensata"}, {"platnosc_inna": 1, "rachunek_bankowy": (), "forma_platnosci": None}),
        ({"payment-unsaid": "on"}, {"forma_platnosci": None, "rachunek_bankowy": ()}),
        ({"payment": "4"}, {"forma_platnosci": 4, "rachunek_bankowy": ()}),
        (
            {"payment-settled": "on", **rows("payment-parts", {"amount": "5", "day": "2026-11-03"})},
            {"znacznik_zaplaty_czesciowej": 2},
        ),
    ],
)  # fmt: skip
def test_a_payment_said_otherwise(
    ala: Client, new: str, typed: dict[str, str], means: dict[str, Any]
) -> None:
    answer = ala.post(new, form(**typed))
    assert answer.status_code == 302, answer.content.decode()
    paying = made().fa.platnosc
    assert {name: getattr(paying, name) for name in means} == means
    kept, edit = again(ala)
    assert ala.post(edit, fields(ala.get(edit))).status_code == 302
    assert again(ala)[0] == kept


@pytest.mark.django_db
def test_an_invoice_may_say_nothing_of_payment(ala: Client, new: str) -> None:
    ala.post(new, form(**{"payment-unsaid": "on"}, due_date=""))
    assert made().fa.platnosc is None
    kept, edit = again(ala)
    assert ala.post(edit, fields(ala.get(edit))).status_code == 302
    assert again(ala)[0] == kept


@pytest.mark.django_db
def test_the_sums_show_what_is_to_be_paid(ala: Client, company: Any, new: str) -> None:
    for typed, words in (
        (rows("settlement-charges", {"reason": "Kaucja", "amount": "50"}), "Do zapłaty: 3 086,87"),
        (rows("settlement-deductions", {"reason": "Nadpłata", "amount": "4000"}), "Do rozliczenia (nadpłata): −963,13"),
        (rows("settlement-charges", {"reason": "", "amount": "50"}), ""),
    ):  # fmt: skip
        answer = html.fromstring(ala.post(f"{new}sumy/", form(**typed)).content.decode())
        (shown,) = answer.xpath("//p[@id='settlement-due']")
        assert words in shown.text_content().replace("\u202f", " ") and bool(words) == bool(
            shown.text_content().strip()
        )
    ala.post(new, form(**rows("settlement-charges", {"reason": "Kaucja", "amount": "50"})))
    assert "Do zapłaty: 3\u202f086,87" in ala.get(again(ala)[1]).content.decode()


OTHERS = {
    **rows(
        "parties-parties",
        {
            "role": "1", "id_kind": "nip", "number": "525-224-84-81", "name": "Faktor S.A.", "line1": "ul. Bankowa 1",
            "line2": "00-950 Warszawa", "country": "PL", "email": "faktor@example.com", "post_country": "PL",
        },
        {"role": "6", "id_kind": "eu", "id_country": "DE", "number": "DE136695976", "name": "Zahler", "country": "DE"},
        {"role": "4", "share": "33,5", "id_kind": "none", "name": "Jan Nowak", "country": "PL"},
        {"other_role": "pośrednik", "id_kind": "internal", "number": "8567346215-00001", "name": "P", "country": "PL"},
    ),
    "buyer-customer_number": "K-17",
    **rows("buyer-contacts", {"email": "biuro@example.com", "phone": "123456789"}),
    "buyer-post_line1": "skr. poczt. 5",
    "buyer-post_country": "PL",
    "issuer-role": "3",
    "issuer-nip": "525-224-84-81",
    "issuer-name": "Przedstawiciel",
    "issuer-line1": "ul. Celna 2",
    "issuer-country": "PL",
}  # fmt: skip


@pytest.mark.django_db
def test_parties_in_their_roles(ala: Client, new: str) -> None:
    recipient = {"buyer_recipient_name": "Oddział", "buyer_recipient_number": "8567346215-00002"}
    answer = ala.post(new, form(**recipient, **OTHERS))
    assert answer.status_code == 302, answer.content.decode()
    document = made()
    behind, factor, payer, further, other = document.podmiot3
    assert (behind.rola, factor.rola, payer.rola, further.rola, other.opis_roli) == (2, 1, 6, 4, "pośrednik")
    assert (factor.dane_identyfikacyjne.nip, factor.dane_kontaktowe[0].email) == (
        "5252248481",
        "faktor@example.com",
    )
    assert (payer.dane_identyfikacyjne.kod_ue, payer.dane_identyfikacyjne.nr_vat_ue) == ("DE", "136695976")
    assert (further.udzial, further.dane_identyfikacyjne.brak_id) == (Decimal("33.5"), 1)
    assert (other.rola_inna, other.dane_identyfikacyjne.id_wew) == (1, "8567346215-00001")
    assert (document.podmiot2.nr_klienta, document.podmiot2.adres_koresp.adres_l1) == (
        "K-17",
        "skr. poczt. 5",
    )
    assert document.podmiot_upowazniony.rola_pu == 3
    kept, edit = again(ala)
    shown = fields(ala.get(edit))
    assert (shown["buyer_recipient_name"], shown["parties-parties-rows"]) == ("Oddział", "4")
    assert ala.post(edit, shown).status_code == 302
    assert again(ala)[0] == kept


@pytest.mark.django_db
def test_a_day_that_is_none_does_not_stop_the_sums(ala: Client, new: str) -> None:
    typed = {
        **rows("settlement-charges", {"reason": "Kaucja", "amount": "50"}),
        **rows("payment-terms", {"day": "122026-02-04"}),
    }
    answer = ala.post(f"{new}sumy/", form(**typed))
    assert answer.status_code == 200 and "Do zapłaty" in answer.content.decode()


@pytest.mark.django_db
def test_a_table_pasted_from_a_spreadsheet_goes_as_an_attachment(ala: Client, company: Any, new: str) -> None:
    pasted = "Dzień\tkWh\tLicznik\tOpis\r\n2026-11-02\t5,25\t17\tnoc\r\n2026-11-03\t6\t18\t\r\n"
    typed = {
        **rows("attachment-blocks", {"heading": "Zużycie", "meta": "Punkt poboru: PPE 590\r\nTaryfa: C11"}),
        **rows("attachment-tables", {"block": "1", "cells": pasted, "sums": "Razem\t11,25\t\t"}),
    }
    answer = ala.post(new, form(**typed))
    assert answer.status_code == 302, answer.content.decode()
    (block,) = made().zalacznik.blok_danych
    assert [(one.z_klucz, one.z_wartosc) for one in block.meta_dane] == [
        ("Punkt poboru", "PPE 590"),
        ("Taryfa", "C11"),
    ]
    (table,) = block.tabela
    assert [(one.n_kom, one.typ) for one in table.t_naglowek.kol] == [
        ("Dzień", "date"),
        ("kWh", "dec"),
        ("Licznik", "int"),
        ("Opis", "txt"),
    ]
    assert table.wiersz[1].w_kom == ("2026-11-03", "6", "18", "")
    assert table.suma.s_kom == ("Razem", "11,25", "", "")
    kept, edit = again(ala)
    assert ala.post(edit, fields(ala.get(edit))).status_code == 302
    assert again(ala)[0] == kept
    row = Invoice.objects.get()
    page = ala.get(row.get_absolute_url()).content.decode()
    assert "e-Urzędzie Skarbowym" in page
    issued = services.issue(company, bytes(Draft.objects.get().xml or b""), draft=row)
    assert (issued.state, issued.entry.has_attachment) == ("issued", True)
