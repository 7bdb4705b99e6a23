"""The pages of statements: reading in, confirming, searching, setting aside, and who may."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from liczydlo.payments.models import BankAccount, Settlement, Statement, StatementLine
from liczydlo.payments.statements import matching, proposals
from liczydlo.payments.views import statements as views
from liczydlo.purchases import lifecycle
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.web import times

from app.tests.payments.statements.files import ACCOUNT, camt, line, mt940, statement
from app.tests.payments.statements.world import account_of, lines_of, purchase, sale
from app.tests.purchases.test_pages import text_of

pytestmark = pytest.mark.django_db


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"payments:{name}", args=[company.pk, *arguments])


def upload(client: Client, company: Any, *texts: str, name: str = "wyciag.sta") -> Any:
    files = [SimpleUploadedFile(name, text.encode()) for text in texts]
    return client.post(address("upload_statement", company), {"files": files})


def inputs(html: str, action: str) -> dict[str, list[str]]:
    """The hidden fields of the first form that posts to an address."""
    (form,) = re.findall(rf'<form[^>]*action="{action}".*?</form>', html, re.DOTALL)[:1]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', form):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and value and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], []).append(unescape(value[1]))
    return found


def test_a_statement_is_read_in_and_shown(ala: Client, company: Any) -> None:
    account_of(company)
    assert "Nie ma jeszcze wyciągów" in text_of(ala.get(address("statements", company)))
    answer = upload(ala, company, camt(statement(line("-10.00", "opłata <b>", party_name="Bank & Syn"))))
    row = Statement.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    shown = text_of(ala.get(answer["Location"]))
    assert "Wczytano linie: 1." in shown and "opłata &lt;b&gt;" in shown and "990,00 zł" in shown
    assert "do dopasowania: 1" in text_of(ala.get(address("statements", company)))


def test_the_same_file_says_that_it_is_here(ala: Client, company: Any) -> None:
    account_of(company)
    text = mt940(statement(line("1.00")))
    upload(ala, company, text)
    answer = upload(ala, company, text)
    assert answer.status_code == 200 and "jest tu już od wcześniej" in text_of(answer)
    assert StatementLine.objects.count() == 1


def test_an_account_that_is_not_ours_is_offered(ala: Client, company: Any) -> None:
    answer = upload(ala, company, mt940(statement(line("1.00"))))
    assert answer.status_code == 422 and not Statement.objects.exists()
    link = re.search(r'href="([^"]*dodaj/\?iban=[^"]*)"', answer.content.decode())
    assert link
    form = ala.get(unescape(link[1])).content.decode()
    assert f'value="{ACCOUNT}"' in form
    ala.post(
        address("add_account", company),
        {"iban": ACCOUNT, "name": "nowy", "currency": "PLN", "file_format": "elixir-0", "encoding": "cp1250"},
    )
    assert BankAccount.objects.get().iban == ACCOUNT
    assert upload(ala, company, mt940(statement(line("1.00")))).status_code == 302


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Plik jest pusty"),
        ("a;b;c", "nie jest wyciągiem MT940 ani camt.053"),
        (mt940(statement(line("1.00"))).replace("C261116PLN1001,00", "C261116PLN1,00"), "nie zgadza się"),
        (camt(statement(), head="<!DOCTYPE a>"), "DOCTYPE"),
    ],
)
def test_what_is_refused_is_said_and_not_kept(ala: Client, company: Any, text: str, words: str) -> None:
    account_of(company)
    answer = upload(ala, company, text)
    assert answer.status_code == 422 and words in text_of(answer)
    assert not Statement.objects.exists()


def test_too_large_and_too_many_and_none(ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LARGEST", 10)
    assert "Plik ma więcej niż" in text_of(upload(ala, company, mt940(statement())))
    monkeypatch.setattr(views, "MOST_FILES", 1)
    assert "za dużo plików" in text_of(upload(ala, company, "a", "b"))
    assert "Nie wybrano pliku" in text_of(ala.post(address("upload_statement", company)))


def test_one_of_two_files_is_refused(ala: Client, company: Any) -> None:
    account_of(company)
    answer = upload(ala, company, mt940(statement(line("1.00"))), "x")
    shown = text_of(answer)
    assert answer.status_code == 422 and "wczytany." in shown and "Odrzucony" in shown
    assert Statement.objects.count() == 1


def test_certain_ones_are_confirmed_with_one_click(ala: Client, company: Any, owner: Any) -> None:
    bought = [purchase(company, f"{10 + at}.00") for at in range(3)]
    rows = lines_of(
        company,
        owner,
        *(line(f"-{one.entry.gross}", one.entry.ksef_number) for one in bought),
        line("-99.00", "czynsz"),
    )
    page = rows[0].statement.get_absolute_url()
    shown = text_of(ala.get(page))
    assert "Zatwierdź 3 pewnych" in shown
    action = address("confirm_certain", company, rows[0].statement_id)
    ala.post(action, inputs(shown, action))
    assert set(ReceivedInvoice.objects.values_list("payment", flat=True)) == {Payment.PAID}
    shown = text_of(ala.get(page))
    assert "Zatwierdzono dopasowań: 3." in shown and "czynsz" in shown and "pewnych" not in shown


def test_a_click_confirms_only_what_was_seen(ala: Client, company: Any, owner: Any) -> None:
    first, second = purchase(company, "10.00"), purchase(company, "11.00")
    numbers = [first.entry.ksef_number, second.entry.ksef_number]
    rows = lines_of(company, owner, line("-10.00", numbers[0]), line("-11.00", numbers[1]))
    action = address("confirm_certain", company, rows[0].statement_id)
    form = inputs(ala.get(rows[0].statement.get_absolute_url()).content.decode(), action)
    lifecycle.mark_paid(ReceivedInvoice.objects.filter(pk=first.pk), on=times.today(), by=owner)
    assert "Nic nie zmieniono" in text_of(ala.post(action, form, follow=True))
    assert not Settlement.objects.exists()


def test_a_proposal_is_confirmed_and_undone(ala: Client, company: Any, owner: Any) -> None:
    sale(company, number="FV/12/2026")
    (row,) = lines_of(company, owner, line("1177.00", "za fv 12/2026"))
    page = row.statement.get_absolute_url()
    action = address("match_line", company, row.pk)
    answer = ala.post(action, inputs(ala.get(page).content.decode(), action))
    assert answer["Location"] == f"{page}#linia-{row.pk}"
    kept = Settlement.objects.get()
    assert (kept.amount, kept.reason, kept.by) == (Decimal(177), "number", owner)
    shown = text_of(ala.get(page))
    assert "zostało" in shown and "1 000,00 zł" in shown and "Dopasowano część" in shown
    ala.post(address("undo_match", company, kept.pk), {"back": "line"})
    assert not Settlement.objects.exists()
    history = text_of(ala.get(address("line", company, row.pk)))
    assert "Cofnięto dopasowanie" in history and "Dopasowano wpłatę" in history


def test_an_invoice_is_searched_for_and_matched_in_part(ala: Client, company: Any, owner: Any) -> None:
    invoice = purchase(company, "500.00", number="X/77", seller_name="Żwirownia Łąki")
    (row,) = lines_of(company, owner, line("-300.00", "przelew"))
    page = address("line", company, row.pk)
    shown = text_of(ala.get(page, {"q": "zwirownia"}))
    assert "X/77" in shown and 'value="300,00"' in shown
    form = {"entry": invoice.entry_id, "seen": 0, "amount": "200,50", "back": "line"}
    assert ala.post(address("match_line", company, row.pk), form)["Location"] == page
    invoice.refresh_from_db()
    assert (invoice.payment, invoice.paid_amount) == (Payment.PART, Decimal("200.50"))
    assert "Nie ma faktury, która tu pasuje" in text_of(ala.get(page, {"q": "nieistniejaca"}))


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"entry": "1", "amount": "dużo", "seen": "0"},
        {"entry": ["1", "2"], "amount": "1", "seen": "0"},
        {"entry": "9" * 30, "amount": "1", "seen": "0"},
        {"entry": "999999", "amount": "1", "seen": "0"},
    ],
)
def test_nonsense_changes_nothing(ala: Client, company: Any, owner: Any, form: dict[str, Any]) -> None:
    (row,) = lines_of(company, owner, line("-300.00", "przelew"))
    assert "Nic nie zmieniono" in text_of(ala.post(address("match_line", company, row.pk), form, follow=True))
    assert not Settlement.objects.exists()


def test_a_line_is_set_aside_with_a_reason(ala: Client, company: Any, owner: Any) -> None:
    (row,) = lines_of(company, owner, line("-3.00", "prowizja"))
    action = address("set_line_aside", company, row.pk)
    assert "Napisz krótko" in text_of(ala.post(action, {"reason": " "}, follow=True))
    ala.post(action, {"reason": "opłata bankowa"})
    page = row.statement.get_absolute_url()
    assert "Wszystkie linie są wyjaśnione" in text_of(ala.get(page))
    assert "opłata bankowa" in text_of(ala.get(page, {"stan": "aside"}))
    ala.post(address("resume_line", company, row.pk))
    assert "prowizja" in text_of(ala.get(page))


def test_lines_are_shown_page_by_page(
    ala: Client, company: Any, owner: Any, django_assert_max_num_queries: Any
) -> None:
    rows = lines_of(company, owner, *(line(f"-{at}.00", f"numer {at}.") for at in range(1, 121)))
    page = rows[0].statement.get_absolute_url()
    with django_assert_max_num_queries(40):
        shown = text_of(ala.get(page))
    assert "numer 50." in shown and "numer 51." not in shown
    following = re.search(r'href="(\?[^"]*po=\d+)"', shown)
    assert following
    shown = text_of(ala.get(page + unescape(following[1])))
    assert "numer 51." in shown and "numer 50." not in shown


def test_others_see_and_change_nothing(
    company: Any, owner: Any, stranger: Any, member: Any, browse: Any
) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    found = proposals.of(company, "PLN", [row])[row.pk][0]
    matching.confirm(row, matching.choices(found), reason=found.reason, by=owner)
    kept = Settlement.objects.get()
    theirs, viewer = stranger.companies.get(), member("viewer")
    people = ((stranger, company, 404), (stranger, theirs, 404), (viewer, company, 403))
    for person, place, status in (*people, (member("issuer"), company, 403)):
        client = browse(person)
        statement_id = row.statement_id
        pages = (("statement", statement_id), ("line", row.pk))
        for name, key in pages:
            assert client.get(address(name, place, key)).status_code == status
        for name, key in (
            ("confirm_certain", statement_id),
            ("match_line", row.pk),
            ("set_line_aside", row.pk),
            ("resume_line", row.pk),
            ("undo_match", kept.pk),
        ):
            assert client.post(address(name, place, key), {"reason": "x"}).status_code == status
    assert browse(stranger).get(address("statements", company)).status_code == 404
    assert upload(browse(stranger), company, mt940(statement())).status_code == 404
    assert upload(browse(viewer), company, "x").status_code == 403
    assert Settlement.objects.count() == 1
