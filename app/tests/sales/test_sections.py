"""The sections of the editor: what they make of what is typed, what they refuse, rows without JavaScript, and back."""

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
from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Party, Payment, Settlement, ThirdParty
from liczydlo.fa3.model import (
    Adres,
    BlokDanych,
    DaneKontaktowe,
    DaneKontaktowePU,
    DodatkowyOpis,
    Informacja,
    Kolumna,
    KwotaZPowodem,
    MetaDane,
    MetaDaneTabeli,
    NaglowekTabeli,
    PodmiotUpowazniony,
    Przewoznik,
    RachunekBankowy,
    Rejestr,
    Skonto,
    Stopka,
    SumaTabeli,
    Tabela,
    Tekst,
    TerminOpis,
    TerminPlatnosci,
    TozsamoscNabywcy,
    TozsamoscPodatnika,
    Transport,
    Umowa,
    WarunkiTransakcji,
    WierszTabeli,
    Zalacznik,
    ZamowienieOdniesienie,
    ZaplataCzesciowa,
)
from liczydlo.fa3.read import read
from liczydlo.sales import composing, sections, services
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.similar import differences
from lxml import html

from app.tests.fa3.made import WORDS
from app.tests.sales.test_editor import form

ISSUED = dt.date(2026, 11, 20)
NAMES = WORDS.filter(bool)
DAYS = st.dates(dt.date(2006, 1, 1), dt.date(2049, 12, 31))


def some(one: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=most).map(tuple)


def maybe(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | one


def differing(one: Any) -> bool:
    return one != type(one)()


TERMS = st.builds(
    lambda rate, **more: WarunkiTransakcji(**more, **rate),
    umowy=some(st.builds(Umowa, data_umowy=maybe(DAYS), nr_umowy=maybe(NAMES)).filter(differing)),
    zamowienia=some(
        st.builds(ZamowienieOdniesienie, data_zamowienia=maybe(DAYS), nr_zamowienia=maybe(NAMES)).filter(differing)
    ),
    nr_partii_towaru=some(NAMES),
    warunki_dostawy=maybe(NAMES),
    podmiot_posredniczacy=st.sampled_from([None, 1]),
    transport=st.deferred(lambda: some(TRANSPORTS)),
    rate=st.just({})
    | st.fixed_dictionaries({"kurs_umowny": st.decimals("0.01", "99", places=4), "waluta_umowna": st.just("EUR")}),
)  # fmt: skip
FOOTERS = st.builds(
    Stopka,
    informacje=some(st.builds(Informacja, stopka_faktury=st.just("a\nb") | NAMES), most=3),
    rejestry=some(
        st.builds(
            Rejestr,
            pelna_nazwa=maybe(NAMES),
            krs=maybe(st.just("0000123456")),
            regon=maybe(st.just("012345678")),
            bdo=maybe(st.just("000123456")),
        ).filter(differing)
    ),
)
AMOUNTS = st.decimals("0.01", "99999", places=2)
ACCOUNTS = st.builds(
    RachunekBankowy,
    nr_rb=st.sampled_from(["61109010140000071219812874", "DE89370400440532013000"]),
    swift=maybe(st.just("BREXPLPWMBK")),
    rachunek_wlasny_banku=maybe(st.integers(1, 3)),
    nazwa_banku=maybe(NAMES),
    opis_rachunku=maybe(NAMES),
)
SAID = st.builds(TerminOpis, ilosc=st.integers(0, 99), jednostka=NAMES, zdarzenie_poczatkowe=NAMES)
OTHER_FORMS = st.sampled_from([{"form": one} for one in (None, 1, 2, 3, 4, 5, 6, 7)]) | st.fixed_dictionaries(
    {"form": st.none(), "other_form": NAMES}
)
PAID = st.fixed_dictionaries({"paid": maybe(DAYS)}) | st.fixed_dictionaries(
    {
        "parts": st.lists(
            st.builds(
                lambda form, **more: ZaplataCzesciowa(**more, **form),
                kwota_zaplaty_czesciowej=AMOUNTS,
                data_zaplaty_czesciowej=DAYS,
                form=st.sampled_from(
                    [{}, {"forma_platnosci": 3}, {"platnosc_inna": 1, "opis_platnosci": "barter"}]
                ),
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
        "settled_in_parts": st.booleans(),
    }
)
PAYMENTS = st.builds(
    lambda paid, form, **more: Payment(**paid, **form, **more),
    paid=PAID,
    form=OTHER_FORMS,
    terms=some(st.builds(TerminPlatnosci, termin=maybe(DAYS), termin_opis=maybe(SAID)).filter(differing)),
    accounts=some(ACCOUNTS),
    factor_accounts=some(ACCOUNTS),
    early=maybe(st.builds(Skonto, warunki_skonta=NAMES, wysokosc_skonta=NAMES)),
    link=maybe(st.just("https://pay.example.com/p?a=1&IPKSeF=123abcDEF7890#x")),
    ipksef=maybe(st.just("123abcDEF7890")),
).filter(lambda one: one != Payment(form=None))
CHARGES = some(st.builds(KwotaZPowodem, kwota=AMOUNTS, powod=NAMES))
PLACES = st.builds(
    Address,
    line1=NAMES,
    line2=maybe(NAMES),
    country=st.sampled_from(["PL", "DE"]),
    gln=maybe(st.just("5907654321098")),
)
MORE = {
    "post_address": maybe(PLACES),
    "eori": maybe(NAMES),
    "customer_number": maybe(NAMES),
    "buyer_id": maybe(NAMES),
}
CONTACTS = st.builds(DaneKontaktowe, email=maybe(st.just("a@example.com")), telefon=maybe(NAMES)).filter(
    differing
)
BUYERS = st.builds(
    lambda number, **more: Party(**more, **number),
    number=st.sampled_from(
        [
            {},
            {"nip": "8567346215"},
            {"vat_ue_country": "EL", "vat_ue": "094019245"},
            {"tax_country": "US", "tax_id": "12-3"},
        ]
    ),
    name=NAMES,
    address=PLACES,
    contacts=some(CONTACTS, most=3),
    **MORE,
)
THIRDS = st.builds(
    lambda number, role, **more: ThirdParty(party=Party(**number, **more), **role),
    number=st.sampled_from(
        [
            {},
            {"nip": "8567346215"},
            {"internal_id": "8567346215-00001"},
            {"vat_ue_country": "DE", "vat_ue": "136695976"},
            {"tax_country": "US", "tax_id": "12-3"},
            {"tax_id": "12-3"},
        ]
    ),
    role=st.sampled_from([*({"role": one} for one in range(1, 12)), {"other_role": "opiekun"}])
    | st.fixed_dictionaries({"role": st.just(4), "share": st.decimals(0, 100, places=2)}),
    name=NAMES,
    address=maybe(PLACES),
    contacts=some(CONTACTS, most=1),
    **MORE,
)
ADRESY = st.builds(
    Adres,
    kod_kraju=st.sampled_from(["PL", "CZ"]),
    adres_l1=NAMES,
    adres_l2=maybe(NAMES),
    gln=maybe(st.just("590")),
)
ISSUERS = st.builds(
    PodmiotUpowazniony,
    nr_eori=maybe(NAMES),
    dane_identyfikacyjne=st.builds(TozsamoscPodatnika, nip=st.just("8567346215"), nazwa=NAMES),
    adres=ADRESY,
    adres_koresp=maybe(ADRESY),
    dane_kontaktowe=some(
        st.builds(DaneKontaktowePU, email_pu=maybe(st.just("a@example.com")), telefon_pu=maybe(NAMES)).filter(
            differing
        )
    ),
    rola_pu=st.integers(1, 3),
)
MOMENTS = st.integers(0, 400_000_000).map(
    lambda seconds: dt.datetime(2026, 4, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds % 15_000_000)
)
"""In one summer: the hour that comes twice in autumn is not for the browser's field."""
TRANSPORTS = st.builds(
    lambda kind, cargo, times, **more: Transport(**more, **kind, **cargo, **times),
    kind=st.sampled_from(
        [
            {"rodzaj_transportu": 3},
            {"rodzaj_transportu": 8},
            {"transport_inny": 1, "opis_innego_transportu": "riksza"},
        ]
    ),
    cargo=st.sampled_from([{"opis_ladunku": 13}, {"ladunek_inny": 1, "opis_innego_ladunku": "luzem"}]),
    times=st.just({})
    | st.builds(
        lambda at: {"data_godz_rozp_transportu": at, "data_godz_zak_transportu": at + dt.timedelta(hours=7)},
        MOMENTS,
    ),
    przewoznik=maybe(
        st.builds(
            Przewoznik,
            dane_identyfikacyjne=st.sampled_from(
                [
                    TozsamoscNabywcy(nip="8567346215", nazwa="Wóz"),
                    TozsamoscNabywcy(kod_ue="DE", nr_vat_ue="136695976"),
                    TozsamoscNabywcy(kod_kraju="UA", nr_id="12-3", nazwa="Віз"),
                    TozsamoscNabywcy(brak_id=1, nazwa="Jan"),
                ]
            ),
            adres_przewoznika=ADRESY,
        )
    ),
    nr_zlecenia_transportu=maybe(NAMES),
    jednostka_opakowania=maybe(NAMES),
    wysylka_z=maybe(ADRESY),
    wysylka_przez=some(ADRESY),
    wysylka_do=maybe(ADRESY),
)
KEYS = NAMES.filter(lambda text: ":" not in text and text == " ".join(text.split()))
CELLS = st.sampled_from(["", "12", "1,50", "2026-11-02", "zużycie energii", "a\u00b2"])
TABLES = st.builds(
    Tabela,
    t_meta_dane=some(st.builds(MetaDaneTabeli, t_klucz=KEYS, t_wartosc=KEYS)),
    opis=maybe(NAMES),
    t_naglowek=st.just(
        NaglowekTabeli(kol=(Kolumna(n_kom="Dzień", typ="date"), Kolumna(n_kom="kWh", typ="dec")))
    ),
    wiersz=st.lists(st.builds(WierszTabeli, w_kom=st.tuples(CELLS, CELLS)), min_size=1, max_size=3).map(
        tuple
    ),
    suma=maybe(st.builds(SumaTabeli, s_kom=st.tuples(CELLS, CELLS))),
)
ATTACHMENTS = st.builds(
    Zalacznik,
    blok_danych=st.lists(
        st.builds(
            BlokDanych,
            z_naglowek=maybe(NAMES),
            meta_dane=st.lists(st.builds(MetaDane, z_klucz=KEYS, z_wartosc=KEYS), min_size=1, max_size=2).map(
                tuple
            ),
            tekst=maybe(st.builds(Tekst, akapit=st.lists(KEYS, min_size=1, max_size=2).map(tuple))),
            tabela=some(TABLES),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
)
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "place": maybe(NAMES),
    "delivery_notes": some(NAMES),
    "terms": maybe(TERMS.filter(differing)),
    "remarks": some(
        st.builds(DodatkowyOpis, klucz=NAMES, wartosc=NAMES, nr_wiersza=maybe(st.integers(1, 9)))
    ),
    "seller_status": maybe(st.integers(1, 4)),
    "footer": maybe(FOOTERS.filter(differing)),
    "payment": maybe(PAYMENTS),
    "buyer": BUYERS,
    "third_parties": some(THIRDS),
    "local_authority": st.booleans(),
    "authorised": maybe(ISSUERS),
    "attachment": maybe(ATTACHMENTS),
    "settlement": maybe(
        st.builds(Settlement, charges=CHARGES, deductions=CHARGES, states_due=st.booleans()).filter(
            lambda one: bool(one.charges or one.deductions)
        )
    ),
}
"""Fields of a draft that the sections hold, with all that the schema allows in them."""
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


@pytest.fixture
def ala(owner: Any, company: Any, browse: Any) -> Client:
    return browse(owner)  # type: ignore[no-any-return]


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def rows(prefix: str, *typed: dict[str, str]) -> dict[str, str]:
    """The fields of the rows of a section."""
    fields = {
        f"{prefix}-{index}-{name}": text for index, one in enumerate(typed) for name, text in one.items()
    }
    return {f"{prefix}-rows": str(len(typed)), **fields}


def made() -> Any:
    return read(bytes(Draft.objects.get().xml or b""))


def fields(page: Any) -> dict[str, Any]:
    (found,) = html.fromstring(page.content).xpath("//form[@id='invoice-form']")
    return dict(found.form_values())


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


def again(ala: Client) -> tuple[Any, str]:
    """The one draft, and where it is edited."""
    draft = Draft.objects.get()
    return draft.invoice_draft, reverse("sales:edit", args=[draft.company_id, draft.invoice_id])


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
