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
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import (
    DodatkowyOpis,
    Informacja,
    Rejestr,
    Stopka,
    Umowa,
    WarunkiTransakcji,
    ZamowienieOdniesienie,
)
from liczydlo.fa3.read import read
from liczydlo.sales import composing, sections
from liczydlo.sales.models import Draft, Invoice
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
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "place": maybe(NAMES),
    "delivery_notes": some(NAMES),
    "terms": maybe(TERMS.filter(differing)),
    "remarks": some(
        st.builds(DodatkowyOpis, klucz=NAMES, wartosc=NAMES, nr_wiersza=maybe(st.integers(1, 9)))
    ),
    "seller_status": maybe(st.integers(1, 4)),
    "footer": maybe(FOOTERS.filter(differing)),
}
"""Fields of a draft that the sections hold, with all that the schema allows in them."""
PLAIN: dict[str, Any] = {"number": "FV/1", "issue_date": ISSUED}


@given(st.fixed_dictionaries(PARTS))
@settings(max_examples=150, deadline=None)
@pytest.mark.pure
def test_what_is_shown_of_a_draft_makes_the_same_draft(parts: dict[str, Any]) -> None:
    kept = InvoiceDraft(**PLAIN, **parts)
    plain = replace(InvoiceDraft(**PLAIN), footer=_first_note(kept.footer))
    typed = sections.as_typed(kept)
    assert typed.keys() == {one.name for one in sections.SECTIONS}
    assert sections.applied(plain, typed) == kept


def _first_note(footer: Stopka | None) -> Stopka | None:
    """„Uwagi" is a plain field."""
    notes = footer.informacje[:1] if footer is not None else ()
    return composing.footer(notes[0].stopka_faktury or "") if notes else None


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
