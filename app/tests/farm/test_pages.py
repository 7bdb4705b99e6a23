"""The pages of invoices VAT RR, without JavaScript: the list, the form, the correction; who may, and bad input."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.contacts.models import Contractor
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.rr.draft import RrDraft
from liczydlo.sales import filters, lifecycle, services
from liczydlo.sales.delivery import letters
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.sales.farm import composing, corrections
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.states import Step
from liczydlo.web import times

from app.tests.rr.drafts import FARMER
from app.tests.sales.test_order import accept, go_on, refuse

pytestmark = pytest.mark.django_db


def at(name: str, company: Any, *more: int) -> str:
    return reverse(f"sales:{name}", args=[company.pk, *more])


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def form(**changes: str) -> dict[str, str]:
    """What a person types for 1000 kg of apples at 1.55."""
    today = times.today().isoformat()
    return {
        "number": "RR/1",
        "issue_date": today,
        "purchase_date": today,
        "farmer_nip": "856-734-62-15",
        "farmer_name": "Jan Rolny",
        "farmer_line1": "Polna 1",
        "account": "61 1090 1014 0000 0712 1981 2874",
        "declares": "on",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-name": "Jabłka",
        "lines-0-quality": "I klasa",
        "lines-0-quantity": "1000",
        "lines-0-unit": "kg",
        "lines-0-price": "1,55",
        "parties-TOTAL_FORMS": "1",
        "parties-INITIAL_FORMS": "0",
        **changes,
    }


def kept(company: Any) -> RrDraft:
    return composing.draft_content(Draft.objects.of(company).get())


@pytest.fixture
def bought(ala: Client, company: Any) -> Invoice:
    """An invoice that KSeF has accepted."""
    ala.post(at("farm_new", company), form())
    row = Invoice.objects.get()
    services.issue(company, services.draft_of(row).content, draft=row)
    accept(Invoice.objects.get())
    return Invoice.objects.select_related("entry__document", "company").get()


def test_from_the_form_to_the_preview(ala: Client, company: Any) -> None:
    page = ala.get(at("farm_new", company))
    assert f"RR/{times.today():%Y/%m}/001" in text(page) and page.status_code == 200
    answer = ala.post(
        at("farm_new", company), form(deduction="1,55", deduction_reason="Fundusz", remarks="Dwie\r\nlinie")
    )
    row = Invoice.objects.get()
    assert answer.url == at("detail", company, row.pk)
    assert (row.entry.direction, row.entry.gross) == (Direction.SELF_BILLED, Decimal("1658.50"))
    shown = text(ala.get(answer.url))
    assert "Rolnik" in shown and "1 658,50" in shown and "Jan Rolny" in shown
    meant = kept(company)
    assert (meant.farmer.nip, meant.buyer.nip, meant.note) == (FARMER.nip, company.nip, "Dwie\nlinie")
    assert meant.deductions[0].amount == Decimal("1.55")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("farmer_name", "Jan\u202eylnoR", "Usuń z tego pola niewidoczny znak U+202E."),
        ("lines-0-name", "Jab\x07łka", "Usuń z tego pola niewidoczny znak U+0007."),
        ("lines-0-quality", "\u2060", "To pole jest wymagane"),
        ("parties-0-name", "Skup\u2066", "Usuń z tego pola niewidoczny znak U+2066."),
        ("number", "RR/1\u200b", "Usuń z tego pola niewidoczny znak U+200B."),
        ("purchase_date", "1999-01-01", "Wpisz dzień od 1.01.2006 do 1.01.2050."),
        ("proof_date", "2051-01-01", "Wpisz dzień od 1.01.2006 do 1.01.2050."),
    ],
)
def test_what_nobody_sees_and_no_invoice_can_hold_is_refused(
    ala: Client, company: Any, field: str, typed: str, said: str
) -> None:
    roles = {"parties-0-role": "1", "parties-0-number": "5260001246"} if field == "parties-0-name" else {}
    answer = ala.post(at("farm_new", company), form(**{"proof": "P/1", **roles, field: typed}))
    assert answer.status_code == 422 and said in text(answer) and not Invoice.objects.exists()


def test_a_draft_is_edited_and_deleted(ala: Client, company: Any) -> None:
    ala.post(at("farm_new", company), form())
    row = Invoice.objects.get()
    edit = at("farm_edit", company, row.pk)
    page = text(ala.get(edit))
    draft = Draft.objects.get()
    uid = kept(company).lines[0].uid
    assert 'value="Jabłka"' in page and 'value="1.55"' in page.replace("1,55", "1.55")
    more = {
        "seen": draft.digest,
        "lines-0-uid": uid or "",
        "lines-INITIAL_FORMS": "1",
        "lines-0-price": "1,60",
    }
    assert ala.post(edit, form(**more)).url == at("detail", company, row.pk)
    assert (kept(company).lines[0].price, kept(company).lines[0].uid) == (Decimal("1.60"), uid)
    stale = ala.post(edit, form(**{**more, "lines-0-price": "9", "farmer_name": "Jan Nowy"}))
    page, now = text(stale), services.draft_of(row).digest
    assert stale.status_code == 409 and "zmienił w międzyczasie ktoś inny" in page
    assert 'value="Jan Nowy"' in page and 'value="9"' in page and f'name="seen" value="{now}"' in page
    assert kept(company).lines[0].price == Decimal("1.60")
    ala.post(edit, form(**{**more, "lines-0-price": "9", "seen": now}))
    assert kept(company).lines[0].price == Decimal(9), "replaced knowingly"
    gone = ala.post(at("delete", company, row.pk))
    assert gone.url == at("self_billed", company) and not Invoice.objects.exists()


def test_what_leaves_in_a_moment_is_not_edited(ala: Client, company: Any) -> None:
    ala.post(at("farm_new", company), form())
    row = Invoice.objects.select_related("company", "entry").get()
    lifecycle.move(row, Step.PAUSE)
    edit = at("farm_edit", company, row.pk)
    for answer in (ala.get(edit, follow=True), ala.post(edit, form(), follow=True)):
        assert answer.redirect_chain == [(row.get_absolute_url(), 302)]
        assert "Cofnij wysłanie" in text(answer)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"farmer_nip": "8567346216"}, "To nie jest NIP"),
        ({"farmer_nip": "{own}"}, "Rolnik i nabywca mają ten sam NIP"),
        ({"issue_date": "2049-01-01"}, "nie może być późniejsza"),
        ({"purchase_date": ""}, "To pole jest wymagane"),
        ({"account": "12"}, "od 10 do 34"),
        (
            {"lines-0-name": "", "lines-0-quality": "", "lines-0-quantity": "", "lines-0-price": ""},
            "co najmniej jedną",
        ),
        ({"lines-0-quality": ""}, "To pole jest wymagane"),
        ({"lines-0-quantity": "0"}, "ilość musi być większa od zera"),
        ({"lines-0-quantity": "-1"}, "większa lub równa 0"),
        ({"lines-0-price": "abc"}, "liczb"),
        ({"deduction": "5"}, "Podaj powód odliczenia"),
        ({"deduction": "5000", "deduction_reason": "Fundusz"}, "większe niż kwota faktury"),
        ({"farmer_name": "\u202e" + "x" * 600}, "512"),
        ({"proof_date": "2026-01-01"}, "Podaj numer dowodu"),
        ({"bank": "Bank", "account": ""}, "Podaj rachunek"),
        ({"lines-0-name": "a\x07b"}, "znak"),
        ({"lines-TOTAL_FORMS": "x"}, ""),
        ({"parties-0-name": "Bank"}, "Wybierz rolę"),
        ({"parties-0-name": "Bank", "parties-0-role": "1", "parties-0-other_role": "x"}, "Wybierz rolę"),
        ({"parties-0-name": "Bank", "parties-0-role": "4"}, "Wybierz poprawną wartość"),
        (
            {"parties-0-name": "Bank", "parties-0-role": "1", "parties-0-number": "123"},
            "identyfikator wewnętrzny",
        ),
        ({"parties-0-role": "1"}, "To pole jest wymagane"),
        ({"parties-0-name": "Bank", "parties-0-role": "1", "parties-0-line2": "x"}, "pierwszy wiersz"),
        ({"parties-TOTAL_FORMS": "x"}, ""),
        ({"lines-TOTAL_FORMS": "5000"}, ""),
    ],
)
def test_bad_input_is_refused_with_nothing_stored(
    ala: Client, company: Any, changes: dict[str, str], said: str
) -> None:
    values = {name: value.replace("{own}", company.nip) for name, value in changes.items()}
    answer = ala.post(at("farm_new", company), form(**values))
    assert answer.status_code == 422
    assert said in text(answer)
    assert not IndexEntry.objects.exists()


def test_lines_are_added_and_removed_without_javascript(ala: Client, company: Any) -> None:
    more = text(ala.post(at("farm_new", company), form(add="1", number="")))
    assert 'name="lines-1-name"' in more and 'value="Jabłka"' in more and "Popraw zaznaczone" not in more
    two = {"lines-TOTAL_FORMS": "2", "lines-1-name": "Gruszki"}
    less = text(ala.post(at("farm_new", company), form(remove="1", **two)))
    assert 'value="Gruszki"' in less and "Jabłka" not in less


def test_other_parties_in_their_roles(ala: Client, company: Any) -> None:
    two = {
        "parties-TOTAL_FORMS": "3",
        "parties-0-name": "Bank Rolny",
        "parties-0-role": "1",
        "parties-0-number": "526-58-77-635",
        "parties-1-name": "Punkt skupu",
        "parties-1-other_role": "Waga",
        "parties-1-number": "5265877635-00001",
        "parties-1-line1": "Polna 2",
    }
    more = text(ala.post(at("farm_new", company), form(redraw="1", **two)))
    assert 'name="parties-2-name"' in more and 'name="parties-3-name"' not in more
    ala.post(at("farm_new", company), form(**two))
    row, third = Invoice.objects.get(), kept(company).third_parties
    assert [(one.role, one.other_role, one.nip, one.internal_id) for one in third] == [
        (1, None, "5265877635", None),
        (None, "Waga", None, "5265877635-00001"),
    ]
    page = text(ala.get(row.get_absolute_url()))
    assert "Faktor" in page and "Waga" in page
    edit = at("farm_edit", company, row.pk)
    assert 'value="Bank Rolny"' in text(ala.get(edit))
    less = {**two, "parties-0-name": "", "parties-0-role": "", "parties-0-number": ""}
    ala.post(edit, form(**less, seen=Draft.objects.get().digest))
    assert [one.name for one in kept(company).third_parties] == ["Punkt skupu"]


def test_the_list_and_that_it_is_no_sale(ala: Client, company: Any, bought: Invoice) -> None:
    page = text(ala.get(at("self_billed", company)))
    assert "RR/1" in page and "VAT RR" in page and "Jan Rolny" in page
    assert "RR/1" not in text(ala.get(at("list", company)))
    assert set(filters.counts(company, times.today())[Direction.SALE].values()) == {0}
    assert not hasattr(bought.entry, "receivable")
    for query, is_shown in (
        ("q=Rolny", True),
        ("q=8567346215", True),
        ("q=Nikt", False),
        ("stan=accepted", True),
        ("stan=rejected", False),
    ):
        assert ("RR/1" in text(ala.get(at("self_billed", company) + "?" + query))) is is_shown, query
    again = text(ala.get(at("farm_new", company) + f"?wzor={bought.pk}"))
    assert 'value="Jabłka"' in again and 'value="8567346215"' in again and 'value="RR/1"' not in again


def test_it_can_be_taken_back_for_a_while_too(ala: Client, company: Any) -> None:
    """The page names the farmer, not the company; taken back it is edited by its own form, sent anew it is issued."""
    type(company).objects.filter(pk=company.pk).update(undo_seconds=60)
    ala.post(at("farm_new", company), form())
    row = Invoice.objects.get()
    send = {"mode": "online", "seen": services.draft_of(row).digest}
    page = text(ala.post(at("issue", company, row.pk), send, follow=True))
    assert "Wyśle się za" in page and "Rolnik" in page and "Jan Rolny" in page
    ala.post(at("undo", company, row.pk))
    assert Invoice.objects.get().state == "draft" and kept(company).farmer.name == "Jan Rolny"
    ala.post(at("issue", company, row.pk), send)
    ala.post(at("queue_send", company, row.pk))
    go_on(company)
    issued = Invoice.objects.select_related("entry").get()
    assert (issued.state, issued.entry.direction, issued.entry.number) == (
        "queued",
        Direction.SELF_BILLED,
        "RR/1",
    )


def test_no_letter_goes_to_the_company_itself(
    ala: Client, company: Any, bought: Invoice, settings: Any
) -> None:
    settings.LICZYDLO_SENDS_MAIL = True
    contractor = Contractor.objects.create(
        company=company,
        kind="nip",
        number=company.nip,
        name="My",
        email="my@example.pl",
        invoice_letters="on",
    )
    letters.once_moved(step=Step.ACCEPT, invoices=[bought])
    page = ala.get(at("write_letter", company, bought.pk), follow=True)
    assert "nie można teraz wysłać do nabywcy" in text(page)
    assert contractor.email not in text(page) and not BuyerLetter.objects.exists()


def test_a_correction_from_the_invoice(ala: Client, company: Any, bought: Invoice) -> None:
    assert at("farm_correct", company, bought.pk) in text(ala.get(bought.get_absolute_url()))
    correct = at("farm_correct", company, bought.pk)
    uid = corrections.draft_of_original(bought).lines[0].uid or ""
    typed = form(number="RR/2", reason="Waga", effect="2", **{"lines-0-uid": uid, "lines-INITIAL_FORMS": "1"})
    assert "Nic się nie zmieniło" in text(ala.post(correct, typed))
    zero = text(ala.post(correct, {**typed, "zero": "1"}))
    assert 'value="0"' in zero
    answer = ala.post(correct, {**typed, "lines-0-price": "1,50"})
    row = Invoice.objects.exclude(pk=bought.pk).get()
    assert answer.url == at("detail", company, row.pk)
    assert (row.entry.kind, row.entry.gross) == ("KOR_VAT_RR", Decimal("-53.50"))
    edit = at("farm_edit", company, row.pk)
    assert 'value="Waga"' in text(ala.get(edit))
    ala.post(edit, {**typed, "lines-0-quantity": "0", "seen": Draft.objects.get().digest})
    assert Invoice.objects.get(pk=row.pk).entry.gross == Decimal("-1658.50")
    assert "RR/2" in text(ala.get(bought.get_absolute_url()))
    removed = {**typed, "lines-TOTAL_FORMS": "0", "seen": Draft.objects.get().digest}
    assert "co najmniej jedną" in text(ala.post(edit, removed))


def test_what_has_no_number_is_not_corrected(ala: Client, company: Any) -> None:
    ala.post(at("farm_new", company), form())
    row = Invoice.objects.get()
    assert "gdy faktura będzie miała numer KSeF" in text(
        ala.get(at("farm_correct", company, row.pk), follow=True)
    )


def test_the_refusal_says_what_the_farmer_has_to_do(ala: Client, company: Any) -> None:
    ala.post(at("farm_new", company), form())
    row = Invoice.objects.get()
    services.issue(company, services.draft_of(row).content, draft=row)
    refuse(Invoice.objects.get())
    from liczydlo.web.reasons import Reason

    Invoice.objects.update(reason_json=Reason("no-permission", ksef_code="410").as_json())
    assert "RRInvoicing" in text(ala.get(row.get_absolute_url()))


@pytest.mark.parametrize(("role", "may"), [("accountant", True), ("viewer", False)])
def test_other_roles(company: Any, member: Any, browse: Any, role: str, may: bool) -> None:
    person = browse(member(role))
    page = person.get(at("self_billed", company))
    assert page.status_code == 200 and (
        "farm_new" in str(page.templates) or (at("farm_new", company) in text(page)) is may
    )
    assert person.get(at("farm_new", company)).status_code == (200 if may else 403)
    assert person.post(at("farm_new", company), form()).status_code == (302 if may else 403)


def test_a_stranger_sees_nothing(company: Any, bought: Invoice, stranger: Any, browse: Any) -> None:
    person = browse(stranger)
    for name, more in (
        ("self_billed", ()),
        ("farm_new", ()),
        ("farm_edit", (bought.pk,)),
        ("farm_correct", (bought.pk,)),
    ):
        assert person.get(at(name, company, *more)).status_code == 404


def test_a_sale_is_not_edited_here(ala: Client, company: Any) -> None:
    from app.tests.sales.world import document

    sale = services.save_draft(company, document(company.nip))
    assert ala.get(at("farm_edit", company, sale.pk)).status_code == 404
    assert ala.get(at("farm_correct", company, sale.pk)).status_code == 404
