"""„Rabat za okres" in pages: whom it is for, what is taken off, its sections, edited again, as a file, in a browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest.mock import Mock, patch

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.build import build
from liczydlo.fa3.corrections import bare
from liczydlo.fa3.draft import InvoiceDraft, Line, Order, Original
from liczydlo.fa3.read import read
from liczydlo.fa3.standing import standing
from liczydlo.fa3.write import write
from liczydlo.sales import corrections, services
from liczydlo.sales.editing.corrects import OWN_FIELDS
from liczydlo.sales.editing.rebate import Rebating
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.similar import differences
from liczydlo.sales.unfinished import Unfinished

from app.tests.connection.test_browser import faults, page
from app.tests.fa3.drafts import DRAFTS
from app.tests.sales.section_drafts import PARTS
from app.tests.sales.section_forms import rows
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_pages import at, draft, fa, text
from app.tests.sales.test_correction_sections import SAID
from app.tests.sales.test_order import accept, fresh, issue, original
from app.tests.sales.test_sending import settled
from app.tests.sales.test_similar_kept import errors
from app.tests.sales.test_unfinished import posts
from app.tests.sales.test_uploaded_drafts import MADE, sale, upload
from app.tests.sales.world import Worker, document

__all__ = ["page"]
DAY = dt.date(2031, 1, 1)


@pytest.fixture
def first(company: Any) -> Invoice:
    made = original(company)
    accept(made)
    return fresh(made)


def today() -> str:
    return str(timezone.localdate().isoformat())


@pytest.mark.django_db
def test_it_names_the_chosen_invoices_and_is_edited_again(ala: Client, company: Any, first: Invoice) -> None:
    second, third = original(company, "FV/2"), original(company, "FV/3")
    other = issue(company, document(company.nip, buyer="5265877635", number="FV/4"))
    where = at("correct_rebate", first)
    shown = ala.get(where)
    assert "FV/2" in text(shown) and "FV/4" not in text(shown) and other.entry.buyer_nip not in text(shown)
    assert posts(shown)["invoices"] == [str(one.pk) for one in (first, second, third)]
    typed = {**posts(shown), "reason": "Rabat roczny", "begins": today(), "ends": today()}
    refused = ala.post(where, typed)
    assert refused.status_code == 422 and "Podaj procent albo kwotę." in text(refused)
    refused = ala.post(where, {**typed, "percent": "10", "invoices": []})
    assert refused.status_code == 422 and "Zaznacz co najmniej jedną" in text(refused)
    refused = ala.post(where, {**typed, "percent": "10", "invoices": [first.pk, other.pk]})
    assert refused.status_code == 422 and "Zaznaczono fakturę, której nie ma w tym okresie" in text(refused)
    two = {"invoices": [first.pk, second.pk]}
    assert "−35,40 zł" in text(
        ala.post(at("correct_rebate_totals", first), {**typed, **two, "percent": "10"})
    )
    assert ala.post(where, {**typed, **two, "percent": "10"}).status_code == 302
    row = draft()
    said = fa(row)
    assert [one.nr_fa_korygowanej for one in said.dane_fa_korygowanej] == ["FV/1", "FV/2"]
    assert [one.nr_ksef_n for one in said.dane_fa_korygowanej] == [None, 1]
    assert said.okres_fa_korygowanej and (said.p_15, said.typ_korekty) == (Decimal("-35.40"), 2)
    assert "FV/2" in text(ala.get(row.get_absolute_url()))
    assert corrections.of(third).open == []
    edit = at("edit", row)
    again = posts(ala.get(edit))
    assert (again["percent"], again.get("gross"), again["reason"]) == (["10"], None, ["Rabat roczny"])
    assert again["invoices"] == [str(one.pk) for one in (first, second)]
    content = services.draft_of(row).invoice_draft
    assert ala.post(edit, again).status_code == 302 and services.draft_of(row).invoice_draft == content
    every = [first.pk, second.pk, third.pk]
    assert (
        ala.post(edit, {**posts(ala.get(edit)), "percent": "", "gross": "100", "invoices": every}).status_code
        == 302
    )
    said = fa(row)
    assert (len(said.dane_fa_korygowanej), said.p_15) == (3, Decimal("-100.00"))
    assert posts(ala.get(edit))["gross"] == ["100,00"] and Invoice.objects.filter(state="draft").count() == 1


@pytest.mark.django_db
def test_what_it_takes_off_stays_while_nobody_changes_it(ala: Client, company: Any, first: Invoice) -> None:
    """The invoice comes to another amount since, of which ten percent would be another rebate."""
    where = at("correct_rebate", first)
    ala.post(where, {**posts(ala.get(where)), "percent": "10"})
    row, before = draft(), fa(draft())
    lines = posts(ala.get(at("correct_values", first)))
    ala.post(at("correct_values", first), {**lines, "lines-0-quantity": "1"})
    (part,) = Invoice.objects.filter(state="draft").exclude(pk=row.pk)
    ala.post(at("issue", part), {"mode": "online"})
    edit = at("edit", row)
    again = posts(ala.get(edit))
    assert (again.get("percent"), again["gross"]) == (None, ["17,70"])
    assert ala.post(edit, {**again, "reason": "Rabat"}).status_code == 302
    assert (fa(row).p_15, fa(row).p_13_1) == (before.p_15, before.p_13_1)
    assert ala.post(edit, {**posts(ala.get(edit)), "percent": "10", "gross": ""}).status_code == 302
    assert fa(row).p_15 != before.p_15


@pytest.mark.django_db
def test_it_says_what_the_sections_say(ala: Client, company: Any, first: Invoice) -> None:
    where = at("correct_rebate", first)
    shown = ala.get(where)
    assert "Inne podmioty" in text(shown) and "Oznaczenia VAT" not in text(shown)
    answer = ala.post(where, {**posts(shown), **SAID, "percent": "10"})
    assert answer.status_code == 302, errors(answer)
    row = draft()
    made = read(bytes(Draft.objects.get(invoice=row).xml or b""))
    assert (made.fa.rodzaj_faktury, made.fa.p_15, made.fa.p_1m) == ("KOR", Decimal("-17.70"), "Poznań")
    assert (made.podmiot3[0].rola, made.podmiot2.nr_klienta, made.fa.podmiot2k) == (5, "K-7", ())
    assert (made.fa.dodatkowy_opis[0].klucz, made.fa.rozliczenie.suma_obciazen) == (
        "Reklamacja",
        Decimal("12.50"),
    )
    assert [one.nazwa_banku for one in made.fa.platnosc.rachunek_bankowy] == [None, "Bank B"]
    edit = at("edit", row)
    assert ala.post(edit, posts(ala.get(edit))).status_code == 302
    again = read(bytes(Draft.objects.get(invoice=row).xml or b""))
    assert replace(again, naglowek=made.naglowek) == made
    bare_again = {**posts(ala.get(edit)), **rows("notes-notes"), "terms-place": ""}
    assert ala.post(edit, bare_again).status_code == 302
    assert (fa(row).dodatkowy_opis, fa(row).p_1m, fa(row).p_15) == ((), None, Decimal("-17.70"))


@pytest.mark.django_db
def test_without_javascript(ala: Client, company: Any, first: Invoice) -> None:
    """Rows of sections and another period, with what is typed and chosen kept."""
    second = original(company, "FV/2")
    where = at("correct_rebate", first)
    typed = {**posts(ala.get(where)), "percent": "5", "invoices": [str(second.pk)]}
    more = posts(ala.post(where, {**typed, "add_row": "notes-notes"}))
    assert (more["notes-notes-rows"], more["percent"], more["invoices"]) == (["1"], ["5"], [str(second.pk)])
    wrong = ala.post(where, {**more, "notes-notes-0-key": "Umowa"})
    assert wrong.status_code == 422 and "To pole jest wymagane" in text(wrong)
    assert posts(wrong)["invoices"] == [str(second.pk)]
    past = {"begins": "2020-01-01", "ends": "2020-03-31", "look": "1"}
    nothing = ala.post(where, {**typed, **past})
    assert nothing.status_code == 200 and "W tym okresie nie ma faktur" in text(nothing)
    now = posts(ala.post(where, {**typed, "begins": today(), "ends": today(), "look": "1"}))
    assert now["invoices"] == [str(first.pk), str(second.pk)] and now["percent"] == ["5"]
    for nonsense in (
        {"begins": "31.02.2026"},
        {"lines-TOTAL_FORMS": "x"},
        {"begins": "", "invoices": "9" * 30},
    ):
        assert ala.post(where, {**typed, **nonsense, "percent": ""}).status_code == 422
    backwards = ala.post(where, {**typed, "begins": "2026-02-01", "ends": "2026-01-01"})
    assert backwards.status_code == 422 and "Koniec okresu jest przed" in text(backwards)
    picked = ala.post(where, {**typed, "pick": "1", "add": "1", "item": "0.1"})
    assert picked.status_code == 200 and not Invoice.objects.filter(state="draft").exists()


@pytest.mark.django_db
def test_what_is_typed_is_kept_and_thrown_away(ala: Client, company: Any, first: Invoice) -> None:
    where = at("correct_rebate", first)
    fields = posts(ala.get(where))
    assert ala.post(where, {**fields, "cancel": "1"}).status_code == 302
    for changed in ({"percent": "1"}, {"invoices": []}, {"begins": "2020-01-01"}, {"remarks": "x"}):
        assert "Odrzucić to" in text(ala.post(where, {**fields, **changed, "cancel": "1"})), changed
    assert ala.post(f"{where}roboczo/", {**fields, "percent": "siedem"}).status_code == 204
    assert "Niezapisane zmiany" in text(ala.get(where))
    assert posts(ala.post(where, {"restore": "1"}))["percent"] == ["siedem"]
    ala.post(where, {**fields, "tab": Unfinished.objects.get().tab, "abandon": "1"})
    assert not Unfinished.objects.exists()


@pytest.mark.django_db
def test_a_file_opens_here_where_this_would_make_it(ala: Client, company: Any, first: Invoice) -> None:
    where = at("correct_rebate", first)
    ala.post(where, {**posts(ala.get(where)), **SAID, "percent": "10"})
    content = bytes(Draft.objects.get().xml or b"").replace(b"<P_2>KOR/", b"<P_2>OBCA/")
    Invoice.objects.filter(state="draft").delete()
    other = content.replace(b"<TypKorekty>2", b"<TypKorekty>3").replace(b"<P_2>OBCA/", b"<P_2>INNA/")
    for file, kind in ((content, "rebate"), (other, "sale")):
        upload(ala, company, file)
        row = Invoice.objects.filter(state="draft").latest("pk")
        shown = ala.get(at("edit", row))
        assert posts(shown)["kind"] == [kind]
        assert ala.post(at("edit", row), posts(shown)).status_code == 302
        held = read(file)
        again = read(bytes(Draft.objects.get(invoice=row).xml or b""))
        assert replace(again, naglowek=held.naglowek) == held


@pytest.mark.django_db
def test_whom_there_is_no_rebate_for(ala: Client, company: Any) -> None:
    """An advance has none, and an invoice that is not understood whole is named."""
    first = issue(company, write(build(sale(company), created=MADE)))
    where = at("correct_rebate", first)
    typed = {**posts(ala.get(where)), "percent": "10"}
    with patch("liczydlo.sales.corrections.states_of", return_value={first.pk: None}):
        refused = ala.post(where, typed)
    assert refused.status_code == 422 and f"Faktury {first.entry.number} program nie rozumie" in text(refused)
    line = Line(name="Dom", net_price=Decimal(1000), rate="23")
    paid = {
        "number": "ZAL/1",
        "kind": "ZAL",
        "lines": (),
        "order": Order(lines=(line,)),
        "advance": Decimal(246),
    }
    advance = issue(company, write(build(sale(company, **paid), created=MADE)))
    assert ala.get(at("correct_rebate", advance)).status_code == 404


@pytest.mark.shared
@pytest.mark.django_db
def test_through_ksef(connected: Any, sender: Worker, browse: Any, owner: Any) -> None:
    """A rebate on two invoices, one that KSeF has numbered before and one that goes out with it."""
    ala = browse(owner)
    first, second = (issue(connected, document(connected.nip, number=f"FV/{one}")) for one in (1, 2))
    sender.until(connected, lambda: settled(first))
    where = at("correct_rebate", first)
    answer = ala.post(where, {**posts(ala.get(where)), **SAID, "percent": "10"})
    assert answer.status_code == 302, errors(answer)
    row = draft()
    services.issue(connected, services.draft_of(row).content, draft=row)
    sender.until(connected, lambda: settled(row))
    said = read(fresh(row).entry.xml).fa
    assert fresh(row).state == "accepted" and len(said.dane_fa_korygowanej) == 2
    assert {one.nr_ksef_fa_korygowanej for one in said.dane_fa_korygowanej} == {
        fresh(one).entry.ksef_number for one in (first, second)
    }


@pytest.mark.pure
@settings(max_examples=30)
@given(
    sold=DRAFTS.filter(lambda one: one.kind in ("VAT", "UPR") and one.lines),
    said=st.fixed_dictionaries({name: one for name, one in PARTS.items() if name != "buyer"}),
    percent=st.decimals("0.01", 99, places=2),
)
def test_what_it_says_beside_its_amount_stays(sold: InvoiceDraft, said: Any, percent: Decimal) -> None:
    """Of the invoice on a new one, of the draft on one that is edited again."""
    company = Company(name="Firma", nip="5261040828")
    state = standing(build(sold, created=MADE))
    if state.total <= 0:
        return
    entry = IndexEntry(direction=Direction.SALE, issue_date=DAY, number="FV/1", currency=sold.currency)
    row = Invoice(pk=1, company=company, entry=entry)
    with (
        patch("liczydlo.sales.corrections.standing_of", return_value=state),
        patch("liczydlo.sales.corrections.original_of", return_value=Original(number="FV/1", issue_date=DAY)),
        patch("liczydlo.sales.corrections.rebated", return_value=[row]),
        patch("liczydlo.sales.corrections.states_of", return_value={1: state}),
        patch("liczydlo.sales.corrections.of_each") as comes,
        patch("liczydlo.sales.numbering.propose", return_value="KOR/1"),
        patch("liczydlo.sales.numbering.is_taken", return_value=False),
        patch("liczydlo.web.times.today", return_value=DAY),
    ):
        comes.return_value = {1: Mock(total=state.total)}
        first = rebated(Rebating(row), None, {"percent": f"{percent:f}"})
        if not first.sums:
            return
        held = replace(first, **said)
        again = rebated(Rebating(row, held, [row]), held, {})
        assert Rebating(row, held, [row]).says_all()
    plain = bare(state.draft)
    assert list(differences(again, held)) == []
    for name in OWN_FIELDS:
        if name not in ("payment", "place"):
            assert getattr(first, name) == getattr(plain, name), name


def rebated(editor: Rebating, said: InvoiceDraft | None, change: Mapping[str, str]) -> InvoiceDraft:
    """What the page means as it is shown, with a change."""
    posted: Any = editor.posted(editor.form(initial=editor.initial(said))) | dict(change)
    form = editor.form(posted)
    assert form.is_valid(), (form.errors, [one.section.name for one in form.parts if not one.valid])  # type: ignore[attr-defined]
    assert editor.check(form, ()), form.errors
    return editor.draft(form.cleaned_data, ())


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, company: Any) -> None:
    first = original(company)
    accept(first)
    original(company, "FV/2")
    page.goto(at("correct_rebate", first))
    look(page, "rabat")
    page.locator("#id_percent").fill("10")
    page.locator("#id_percent").press("Tab")
    page.get_by_text("−35,40").first.wait_for()
    page.get_by_label("FV/2").uncheck()
    page.get_by_text("−17,70").first.wait_for()
    page.get_by_text("Dodatkowe opisy").click()
    page.get_by_role("button", name="Dodaj opis").click()
    page.locator("#id_notes-notes-0-key").fill("Umowa")
    page.locator("#id_notes-notes-0-value").fill("R/7")
    page.get_by_text("Zapisano roboczo").wait_for()
    look(page, "rabat-wiecej")
    look(page, "rabat-wiecej", phone=True)
    assert not faults(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    page.get_by_text("Umowa").first.wait_for()
    page.get_by_role("link", name="Popraw").first.click()
    page.get_by_role("heading", name="Popraw korektę").wait_for()
    look(page, "rabat-popraw")
    assert not faults(page)


@pytest.mark.django_db
def test_live_sums_read_each_document_once(
    ala: Client, company: Any, first: Invoice, django_assert_max_num_queries: Any
) -> None:
    """Of however many invoices: a redraw reads those that have come, or were corrected, since the last one."""
    for n in range(2, 14):
        original(company, f"FV/{n}")
    where, totals = at("correct_rebate", first), at("correct_rebate_totals", first)
    typed = {**posts(ala.get(where)), "percent": "10"}
    read, count = corrections.read_back, 0

    def reading(kind: str, xml: bytes) -> Any:
        nonlocal count
        count += 1
        return read(kind, xml)

    with patch.object(corrections, "read_back", reading):
        assert "−230,10 zł" in text(ala.post(totals, typed))
        before = count
        with django_assert_max_num_queries(20):
            assert "−115,05 zł" in text(ala.post(totals, {**typed, "percent": "5"}))
        assert count == before + 1, "the invoice from which the page was opened"
        correct = at("correct_values", first)
        ala.post(correct, {**posts(ala.get(correct)), "lines-0-quantity": "1"})
        issue(company, services.draft_of(draft()).content, draft=draft())
        before = count
        assert "−115,05 zł" not in text(ala.post(totals, {**typed, "percent": "5"}))
        assert count == before + 4, "that one with its correction, for the page and for the sum"
