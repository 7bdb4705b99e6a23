"""The rate of exchange of an invoice: of the right day, filled in by itself, never over a typed one, named on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import holidays as calendars
import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.read import read
from liczydlo.lookups import rates as lookup
from liczydlo.lookups.models import Choice, Pause
from liczydlo.public_services.nbp import Rate
from liczydlo.sales import exchange, services
from liczydlo.sales.editing import rates
from liczydlo.sales.models import Draft, Invoice
from lxml import html
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.lookups.test_rates import questions, switch_on
from app.tests.lookups.test_white_list import answering
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_browser import picture
from app.tests.sales.test_correction_pages import at, fields, text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_order import accept

__all__ = ["page"]
DAYS = st.dates(dt.date(2012, 1, 1), dt.date(2035, 12, 31))
POLAND = calendars.Poland(years=range(2011, 2037))
WDT_LINE = {**LINE, "rate": "0 WDT"}
EU = {
    "buyer_kind": "eu",
    "buyer_nip": "",
    "buyer_eu_country": "DE",
    "buyer_tax_number": "136695976",
}


def working_day_before(day: dt.date) -> dt.date:
    """Said again with other people's calendar."""
    return max(
        one
        for one in (day - dt.timedelta(days=back) for back in range(1, 11))
        if one.weekday() < 5 and one not in POLAND
    )


class TestTheDay:
    @given(issued=DAYS, sold=st.none() | DAYS)
    def test_the_working_day_before_the_earlier_one(self, issued: dt.date, sold: dt.date | None) -> None:
        found = exchange.basis(issued, sold, ["23", "0 WDT"])
        assert found.rate_day == working_day_before(min(issued, sold or issued))
        assert found.event == ("sale" if sold is not None and sold < issued else "issue")

    @given(issued=DAYS, sold=DAYS)
    def test_of_a_wdt_the_issue_until_the_15th_of_the_next_month(
        self, issued: dt.date, sold: dt.date
    ) -> None:
        month = sold.replace(day=1) + dt.timedelta(days=31)
        found = exchange.basis(issued, sold, ["0 WDT"])
        assert found.rate_day == working_day_before(min(issued, month.replace(day=15)))

    @pytest.mark.parametrize(
        ("issued", "sold", "rates", "expected"),
        [
            ("2026-11-12", None, ["23"], "2026-11-10"),  # the 11th is a holiday
            ("2026-11-16", None, ["23"], "2026-11-13"),  # a Monday
            ("2026-01-07", None, ["23"], "2026-01-05"),  # Epiphany
            ("2026-04-07", None, ["23"], "2026-04-03"),  # Easter
            ("2025-12-29", None, ["23"], "2025-12-23"),  # Christmas Eve is free since 2025
            ("2024-12-27", None, ["23"], "2024-12-24"),
            ("2026-11-20", "2026-11-12", ["23"], "2026-11-10"),  # sold before it was invoiced: ust. 1
            ("2026-11-12", "2026-11-20", ["23"], "2026-11-10"),  # invoiced before it was sold: ust. 2
            ("2026-11-12", "2026-10-30", ["0 WDT"], "2026-11-10"),  # WDT: the issue
            ("2026-11-24", "2026-10-02", ["0 WDT"], "2026-11-13"),  # WDT invoiced late: the 15th
            ("2027-01-20", "2026-12-31", ["0 WDT"], "2027-01-14"),
            ("2026-11-24", "2026-10-02", ["0 WDT", "23"], "2026-10-01"),
            ("2026-11-24", "2026-10-02", [], "2026-10-01"),
        ],
    )
    def test_days(self, issued: str, sold: str | None, rates: list[str], expected: str) -> None:
        day = dt.date.fromisoformat
        found = exchange.basis(day(issued), day(sold) if sold else None, rates)
        assert found.rate_day == day(expected)


class TestTheTable:
    @given(
        rate=st.decimals(Decimal("0.000001"), Decimal("9999"), places=6),
        number=st.from_regex(r"[0-9]{1,3}/A/NBP/20[0-9]{2}", fullmatch=True),
        day=DAYS,
    )
    def test_it_comes_back_from_the_field_and_the_document(
        self, rate: Decimal, number: str, day: dt.date
    ) -> None:
        one = exchange.stated(Rate(code="EUR", number=number, day=day, mid=rate))
        assert exchange.parse(str(one)) == one
        draft = InvoiceDraft(currency="EUR", exchange_rate=rate, remarks=(one.remark,))
        assert exchange.of_draft(draft) == one
        assert exchange.remarks(str(one), "EUR", rate) == (one.remark,)
        assert exchange.remarks(str(one), "EUR", rate + 1) == exchange.remarks(str(one), "USD", rate) == ()
        assert exchange.of_draft(replace(draft, exchange_rate=None)) is None

    @pytest.mark.parametrize(
        "typed", ["", "EUR", "EUR 4.2.1 1/A/NBP/2026 2026-01-02", "EUR 4.2 1/A/NBP/2026 2026-13-02", "<script>"]
    )  # fmt: skip
    def test_what_is_none(self, typed: str) -> None:
        assert exchange.parse(typed) is None and exchange.remarks(typed, "EUR", Decimal("4.2")) == ()

    def test_a_remark_of_another_kind(self) -> None:
        one = exchange.stated(
            Rate(code="EUR", number="1/A/NBP/2026", day=dt.date(2026, 1, 2), mid=Decimal(4))
        )
        for words in ("nr 1/A/NBP/2026", "nr 1/A/NBP/2026 z dnia 31.02.2026"):
            remark = replace(one.remark, wartosc=words)
            draft = InvoiceDraft(currency="EUR", exchange_rate=Decimal(4), remarks=(remark,))
            assert exchange.of_draft(draft) is None


def test_there_are_words_in_both_languages() -> None:
    basis = exchange.basis(dt.date(2026, 11, 12), None, [])
    one = exchange.stated(Rate(code="EUR", number="1/A/NBP/2026", day=dt.date(2026, 1, 2), mid=Decimal(4)))
    for code in [*rates.WORDS, "network", "paused"]:
        look = rates.Look(code=code, currency="EUR", basis=basis, stated=one)
        polish = look.words
        with translation.override("en"):
            assert look.words and look.words != polish
    assert rates.Look().words == ""


@pytest.fixture
def on(company: Any, use_emulator: Any) -> Any:
    return switch_on(company)


@pytest.fixture
def new(company: Any) -> str:
    return reverse("sales:new", args=[company.pk])


def euro(*lines: dict[str, str], **typed: str) -> dict[str, str]:
    """An invoice of 12 November 2026; the day before was a holiday."""
    return form(*(lines or (LINE,)), **{"currency": "EUR", "issue_date": "2026-11-12", **typed})


def nbp(company: Any, day: dt.date, currency: str = "EUR") -> Rate:
    found = lookup.rate_before(company, currency, day).rate
    assert found is not None
    return found


def made() -> Any:
    return read(bytes(Draft.objects.get().xml or b"")).fa


def note(response: Any) -> str:
    """What stands beside the field."""
    (found,) = html.fromstring(response.content.decode()).xpath("//*[@id='exchange-note']")
    return " ".join(found.text_content().split())


@pytest.mark.django_db
class TestTheEditor:
    def test_an_empty_rate_is_filled_in_on_saving(self, ala: Client, on: Any, new: str) -> None:
        shown = ala.post(new, euro(), follow=True)
        rate = nbp(on, dt.date(2026, 11, 12))
        assert rate.day == dt.date(2026, 11, 10)
        fa = made()
        assert [line.kurs_waluty for line in fa.fa_wiersz] == [rate.mid]
        (remark,) = fa.dodatkowy_opis
        assert (remark.klucz, remark.wartosc) == ("Tabela kursów NBP", f"nr {rate.number} z dnia 10.11.2026")
        assert fa.p_14_1w == (Decimal(23) * rate.mid).quantize(Decimal("0.01"))
        # on the page: what was filled in, and on the print of the invoice
        said = " ".join(html.fromstring(shown.content.decode()).text_content().split())
        assert f"Kurs NBP z 10.11.2026, tabela nr {rate.number}" in said
        assert f"Tabela kursów NBP: nr {rate.number} z dnia 10.11.2026" in said

    def test_it_can_be_edited_again_and_follows_its_day(self, ala: Client, on: Any, new: str) -> None:
        ala.post(new, euro())
        row = Invoice.objects.get()
        first = nbp(on, dt.date(2026, 11, 12))
        page = ala.get(at("edit", row))
        typed = fields(page)
        assert typed["exchange_table"] == f"EUR {first.mid} {first.number} 2026-11-10"
        assert note(page).startswith(f"Kurs NBP z 10.11.2026, tabela nr {first.number}")
        ala.post(at("edit", row), typed)
        assert made().fa_wiersz[0].kurs_waluty == first.mid
        seen = fields(ala.get(at("edit", row)))["seen"]
        ala.post(at("edit", row), {**typed, "sale_date": "2026-11-06", "seen": seen})
        second = nbp(on, dt.date(2026, 11, 6))
        assert second.day == dt.date(2026, 11, 5)
        assert made().fa_wiersz[0].kurs_waluty == second.mid
        assert made().dodatkowy_opis[0].wartosc == f"nr {second.number} z dnia 05.11.2026"
        typed = fields(ala.get(at("edit", row)))
        ala.post(at("edit", row), {**typed, "currency": "USD"})
        dollar = nbp(on, dt.date(2026, 11, 6), "USD")
        assert (made().kod_waluty, made().fa_wiersz[0].kurs_waluty) == ("USD", dollar.mid)
        typed = fields(ala.get(at("edit", row)))
        ala.post(at("edit", row), {**typed, "currency": "PLN"})
        fa = made()
        assert (fa.kod_waluty, fa.fa_wiersz[0].kurs_waluty, fa.dodatkowy_opis) == ("PLN", None, ())
        assert not fields(ala.get(at("edit", row))).get("exchange_rate")

    def test_a_typed_rate_stays(self, ala: Client, on: Any, new: str, monkeypatch: Any) -> None:
        asked = questions(monkeypatch)
        ala.post(new, euro(exchange_rate="4,9999"))
        row = Invoice.objects.get()
        assert (made().fa_wiersz[0].kurs_waluty, made().dodatkowy_opis) == (Decimal("4.9999"), ())
        page = ala.get(at("edit", row))
        assert "program go nie zmieni" in note(page)
        ala.post(at("edit", row), {**fields(page), "sale_date": "2026-11-06"})
        assert made().fa_wiersz[0].kurs_waluty == Decimal("4.9999")
        assert not asked

    def test_a_filled_rate_that_is_typed_over_loses_its_table(self, ala: Client, on: Any, new: str) -> None:
        ala.post(new, euro())
        row = Invoice.objects.get()
        ala.post(at("edit", row), {**fields(ala.get(at("edit", row))), "exchange_rate": "4,31"})
        assert (made().fa_wiersz[0].kurs_waluty, made().dodatkowy_opis) == (Decimal("4.31"), ())

    def test_off_says_what_to_do(self, ala: Client, company: Any, new: str) -> None:
        shown = ala.post(new, euro())
        assert shown.status_code == 422 and not Invoice.objects.exists()
        assert "Wpisz kurs średni NBP z 10.11.2026" in note(shown) and "Kursy walut NBP" in note(shown)
        ala.post(new, euro(exchange_rate="4,2512"))
        assert made().fa_wiersz[0].kurs_waluty == Decimal("4.2512")

    def test_what_was_filled_in_stays_when_it_is_switched_off(self, ala: Client, on: Any, new: str) -> None:
        ala.post(new, euro())
        row, before = Invoice.objects.get(), made()
        Choice.objects.update(is_on=False)
        page = ala.get(at("edit", row))
        assert note(page).startswith("Kurs NBP z 10.11.2026")
        ala.post(at("edit", row), {**fields(page), "remarks": "Dziękujemy"})
        assert made().fa_wiersz == before.fa_wiersz and made().dodatkowy_opis == before.dodatkowy_opis
        typed = fields(ala.get(at("edit", row)))
        refused = ala.post(at("edit", row), {**typed, "issue_date": "2026-11-06"})
        assert refused.status_code == 422 and "Wpisz kurs średni NBP z 05.11.2026" in note(refused)
        assert not fields(refused).get("exchange_rate")

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (httpx2.Response(500, text="500"), "NBP teraz nie odpowiada. Wpisz kurs średni z 10.11.2026"),
            (httpx2.Response(200, text="<html>"), "NBP teraz nie odpowiada"),
            (httpx2.Response(404, text="404 NotFound - Not Found - Brak danych"), "NBP nie ma kursu EUR"),
        ],
    )
    def test_away_never_blocks(
        self, ala: Client, on: Any, new: str, monkeypatch: Any, answer: Any, words: str
    ) -> None:
        answering(monkeypatch, lambda _: answer)
        shown = ala.post(new, euro())
        assert shown.status_code == 422 and words in note(shown)
        assert ala.post(new, euro(exchange_rate="4,2512")).status_code == 302

    def test_it_is_not_asked_again_at_once(self, ala: Client, on: Any, new: str, monkeypatch: Any) -> None:
        asked = questions(monkeypatch)
        with monkeypatch.context() as patch:
            answering(patch, lambda _: httpx2.Response(503))
            ala.post(new, euro())
        assert "NBP teraz nie odpowiada" in note(ala.post(new, euro())) and len(asked) == 1
        Pause.objects.all().delete()
        assert ala.post(new, euro()).status_code == 302 and len(asked) == 2

    def test_bad_days(self, ala: Client, on: Any, new: str) -> None:
        for day in ("", "jutro", "0001-01-01", "1999-01-04", "9999-12-31"):
            for sold in ("", "0001-01-01", "9999-12-31"):
                shown = ala.post(new, euro(issue_date=day, sale_date=sold))
                assert shown.status_code == 422 and note(shown)
        assert "Podaj datę wystawienia" in note(ala.post(new, euro(issue_date="")))

    def test_an_intra_community_supply(self, ala: Client, on: Any, new: str) -> None:
        ala.post(new, euro(WDT_LINE, sale_date="2026-10-30", **EU))
        rate = nbp(on, dt.date(2026, 11, 12))
        assert made().dodatkowy_opis[0].wartosc == f"nr {rate.number} z dnia 10.11.2026"

    def test_a_simplified_one_and_an_advance(self, ala: Client, on: Any, company: Any) -> None:
        ala.post(reverse("sales:new_simplified", args=[company.pk]), euro({**LINE, "price": "50"}))
        rate = nbp(on, dt.date(2026, 11, 12))
        assert (made().rodzaj_faktury, made().fa_wiersz[0].kurs_waluty) == ("UPR", rate.mid)
        Invoice.objects.all().delete()
        paid = {"number": "ZAL/1", "advance": "61,50", "sale_date": "2026-11-06", "paid": "on"}
        shown = ala.post(reverse("sales:new_advance", args=[company.pk]), euro(**paid), follow=True)
        paid_for = nbp(on, dt.date(2026, 11, 6))
        assert (made().rodzaj_faktury, made().kurs_waluty_z) == ("ZAL", paid_for.mid)
        assert "przed datą otrzymania zapłaty" in text(shown)
        row = Invoice.objects.get()
        assert fields(ala.get(at("edit", row)))["exchange_table"].endswith(f"{paid_for.number} 2026-11-05")
        services.issue(company, services.draft_of(row).content, draft=row)
        accept(Invoice.objects.get(), "5265877635-20261112-0123456789AB-48")
        for name in ("next_advance", "settle"):  # each has a tax point of its own
            page = ala.get(at(name, row))
            assert not fields(page).get("exchange_rate") and "Zostaw puste" in note(page)

    def test_a_similar_one_has_the_rate_of_its_own_day(self, ala: Client, on: Any, new: str) -> None:
        ala.post(new, euro(due_date="2026-11-20"))
        row = Invoice.objects.get()
        old = made()
        services.issue(on, services.draft_of(row).content, draft=row)
        ala.post(at("make_similar", row))
        fa = read(bytes(Draft.objects.exclude(invoice=row).get().xml or b"")).fa
        rate = nbp(on, fa.p_1)
        assert fa.fa_wiersz[0].kurs_waluty == rate.mid and rate.day > dt.date(2026, 11, 12)
        assert [one.wartosc for one in fa.dodatkowy_opis] == [f"nr {rate.number} z dnia {rate.day:%d.%m.%Y}"]
        assert fa.dodatkowy_opis != old.dodatkowy_opis
        page = ala.get(at("similar", row))
        assert "kurs waluty" not in text(page) and not fields(page).get("exchange_rate")
        assert "load" in page.content.decode().partition('id="exchange"')[2][:300]

    def test_a_correction_keeps_the_originals_rate(self, ala: Client, on: Any, new: str) -> None:
        ala.post(new, euro())
        row, rate = Invoice.objects.get(), made().fa_wiersz[0].kurs_waluty
        services.issue(on, services.draft_of(row).content, draft=row)
        accept(Invoice.objects.get(), "5265877635-20261112-0123456789AB-48")
        page = ala.get(at("correct_values", row))
        typed = {**fields(page), "lines-0-price": "90", "reason": "rabat"}
        assert "exchange_rate" not in typed
        ala.post(at("correct_values", row), typed)
        fa = read(bytes(Draft.objects.exclude(invoice=row).get().xml or b"")).fa
        assert fa.rodzaj_faktury == "KOR" and {line.kurs_waluty for line in fa.fa_wiersz} == {rate}
        assert ala.post(at("correct_values_rate", row), typed).status_code == 404


def inputs(response: Any) -> dict[str, str]:
    """What the part of the page has in its fields."""
    found = html.fromstring(response.content.decode()).xpath("//input")
    return {one.get("name"): one.get("value", "") for one in found}


@pytest.mark.django_db
class TestWhileTyping:
    def test_the_part_of_the_page(self, ala: Client, on: Any, new: str) -> None:
        answer = ala.post(f"{new}kurs/", euro())
        rate = nbp(on, dt.date(2026, 11, 12))
        typed = inputs(answer)
        assert typed["exchange_rate"] == f"{rate.mid}".replace(".", ",")
        assert typed["exchange_table"] == f"EUR {rate.mid} {rate.number} 2026-11-10"
        assert note(answer).startswith("Kurs NBP z 10.11.2026") and b"load" not in answer.content
        kept = ala.post(f"{new}kurs/", euro(**typed))
        assert inputs(kept)["exchange_rate"] == typed["exchange_rate"]
        other = ala.post(f"{new}kurs/", euro(**typed, sale_date="2026-11-06"))
        assert inputs(other)["exchange_table"].endswith("2026-11-05")

    def test_a_typed_one_is_compared(self, ala: Client, on: Any, new: str) -> None:
        answer = ala.post(f"{new}kurs/", euro(exchange_rate="42,5"))
        rate = nbp(on, dt.date(2026, 11, 12))
        assert inputs(answer)["exchange_rate"] == "42,5"
        assert f"Kurs NBP z 10.11.2026 to {rate.mid}".replace(".", ",") in note(answer).replace(".", ",")
        typed = inputs(answer)
        Choice.objects.update(is_on=False)
        assert note(ala.post(f"{new}kurs/", euro(**typed))) == "Wpisany ręcznie: program go nie zmieni."

    def test_who_may(self, company: Any, new: str, stranger: Any, member: Any, browse: Any) -> None:
        assert browse(stranger).post(f"{new}kurs/", euro()).status_code == 404
        assert browse(member("viewer")).post(f"{new}kurs/", euro()).status_code == 403
        issuer = browse(member("issuer"))
        assert issuer.post(f"{new}kurs/", euro()).status_code == 200
        assert issuer.get(f"{new}kurs/").status_code == 405

    def test_bad_input(self, ala: Client, on: Any, new: str) -> None:
        for odd in (
            {"currency": "XXX"},
            {"currency": "eur/../usd"},
            {"exchange_table": "EUR 1 1/A/NBP/2026 2026-01-02" * 9},
            {"exchange_rate": "NaN"},
            {"exchange_rate": "1e999999"},
            {"issue_date": "\0"},
            {"lines-TOTAL_FORMS": "x"},
        ):
            assert ala.post(f"{new}kurs/", euro(**odd)).status_code == 200, odd
            assert ala.post(new, euro(**odd)).status_code in (302, 422), odd


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_from_the_currency_to_the_print(self, page: Any, on: Any, new: str) -> None:
        page.goto(new)
        page.get_by_label("Data wystawienia").fill("2026-11-12")
        page.get_by_label("Nazwa towaru lub usługi, pozycja 1").fill("liczydło")
        page.get_by_label("Cena netto, pozycja 1").fill("1000")
        rate = page.get_by_label("Kurs waluty (PLN)")
        expect(rate).to_be_hidden()
        page.get_by_label("Waluta").select_option("EUR")
        page.get_by_text("Kurs NBP z 10.11.2026").wait_for()
        euro_rate = nbp(on, dt.date(2026, 11, 12))
        expect(rate).to_have_value(f"{euro_rate.mid}".replace(".", ","))
        page.get_by_text("VAT w złotych").wait_for()  # the sums know the rate
        look(page, "kurs-nbp")
        look(page, "kurs-nbp", phone=True)
        picture(page, "216-kurs-nbp")
        # another day, another rate; a typed one stays, and says what NBP's is
        page.get_by_label("Data sprzedaży").fill("2026-11-06")
        page.get_by_label("Data sprzedaży").blur()
        page.get_by_text("Kurs NBP z 05.11.2026").wait_for()
        rate.fill("42,5")
        rate.blur()
        page.get_by_text("wyczyść pole").wait_for()
        page.get_by_label("Data sprzedaży").fill("2026-11-10")
        page.get_by_label("Data sprzedaży").blur()
        page.get_by_text("Kurs NBP z 09.11.2026 to").wait_for()
        expect(rate).to_have_value("42,5")
        look(page, "kurs-wpisany", phone=True)
        rate.fill("")
        rate.blur()
        page.get_by_text("Kurs NBP z 09.11.2026, tabela nr").wait_for()
        expect(rate).to_have_value(f"{nbp(on, dt.date(2026, 11, 10)).mid}".replace(".", ","))
        page.get_by_label("NIP nabywcy").fill("8567346215")
        page.get_by_label("Nazwa albo imię i nazwisko").fill("Kupiec")
        page.get_by_label("Ulica i numer", exact=True).fill("ul. Prosta 1")
        page.get_by_role("button", name="Dalej: podgląd").last.click()
        page.get_by_text("z dnia 09.11.2026").wait_for()
        look(page, "kurs-podglad")
        look(page, "kurs-podglad", phone=True)

    def test_an_answer_never_stands_over_what_is_being_typed(self, page: Any, on: Any, new: str) -> None:
        page.goto(new)
        rate = page.get_by_label("Kurs waluty (PLN)")
        held: list[Any] = []

        def hold(route: Any) -> None:
            held.append(route)

        page.route("**/kurs/", hold)
        page.get_by_label("Data wystawienia").fill("2026-11-12")
        page.get_by_label("Waluta").select_option("EUR")
        page.get_by_text("Program pyta NBP o kurs…").wait_for()
        look(page, "kurs-pytanie", phone=True)
        rate.press_sequentially("4,3")
        held[-1].continue_()
        page.locator("#exchange[data-late]").wait_for()
        expect(rate).to_have_value("4,3")
        page.unroute("**/kurs/")
        rate.press_sequentially("1")
        rate.blur()
        page.get_by_text("Wpisany ręcznie").wait_for()
        expect(rate).to_have_value("4,31")

    def test_off(self, page: Any, company: Any, new: str) -> None:
        page.goto(new)
        page.get_by_label("Waluta").select_option("EUR")
        page.get_by_text("Program zrobi to sam").wait_for()
        look(page, "kurs-wylaczony", phone=True)
        page.goto(reverse("lookups:page", args=[company.pk]))
        look(page, "uslugi-zewnetrzne")
        look(page, "uslugi-zewnetrzne", phone=True)
        page.locator("section", has_text="Kursy walut NBP").get_by_role("button", name="Włącz").click()
        page.get_by_text("Kursy walut NBP są włączone.").wait_for()

    def test_a_similar_one_asks_by_itself(self, page: Any, on: Any, ala: Client, new: str) -> None:
        ala.post(new, euro())
        row = Invoice.objects.get()
        services.issue(on, services.draft_of(row).content, draft=row)
        page.goto(at("similar", row))
        page.get_by_text(", tabela nr").wait_for()
        expect(page.get_by_label("Kurs waluty (PLN)")).not_to_be_empty()
