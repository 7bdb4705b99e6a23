"""Invoices from a table: what a preview says, what is stored, what is refused and what is not read in twice."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.contacts.models import ColumnChoice, Upload
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales import composing, numbering, services
from liczydlo.sales.importing import planning
from liczydlo.sales.importing.tables import ImportedSale
from liczydlo.sales.models import Draft, Invoice
from liczydlo.web import times
from openpyxl import Workbook

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_races import ROUNDS
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
HEADER = "Numer faktury;Nabywca;NIP;Adres;Kod pocztowy;Miejscowość;Nazwa towaru;Ilość;Cena netto;Stawka VAT"
FILE = f"""{HEADER};Numer zamówienia
A/1;Gęśla Jaźń sp. z o.o.;8567346215;ul. Prosta 1;30-001;Kraków;Kubek;3;10,00;23%;Z-7
A/1;;;;;;Książka;1;1 000,50;5;
A/2;Żaneta Łącka;;;;;Kubek;1;10,00;23;
"""


def send(client: Client, company: Any, content: str | bytes = FILE, *, encoding: str = "cp1250") -> Any:
    raw = content.encode(encoding) if isinstance(content, str) else content
    address = reverse("sales:import_invoices", args=[company.pk])
    return client.post(address, {"file": SimpleUploadedFile("faktury.csv", raw)})


def show(client: Client, company: Any, content: str | bytes = FILE, **options: Any) -> Any:
    """The preview of a file."""
    sent = send(client, company, content, **options)
    assert sent.status_code == 302, text_of(sent)
    return client.get(sent["Location"])


def store(client: Client, page: Any, **more: str) -> Any:
    """Confirm what a preview shows."""
    upload, plan = page.context["upload"], page.context["plan"]
    address = reverse("sales:store_import", args=[upload.company_id, upload.pk])
    return client.post(address, {"digest": plan.digest, **more})


def choose(client: Client, page: Any, **more: Any) -> Any:
    """Set columns and options beside those that a page shows; the page after it."""
    upload, columns = page.context["upload"], page.context["reading"].columns
    address = reverse("sales:import_columns", args=[upload.company_id, upload.pk])
    answer = client.post(address, {**columns.places, "default_payment": "6", **more})
    return client.get(answer["Location"]) if answer.status_code == 302 else answer


def counts(page: Any) -> tuple[int, int, int]:
    """To be stored, left out, refused."""
    plan = page.context["plan"].counts
    return plan["new"], plan["same"], plan["refused"]


def faults(page: Any) -> str:
    return "\n".join(fault for line in page.context["plan"].lines for fault in line.faults)


def drafts(company: Any) -> list[InvoiceDraft]:
    rows = Draft.objects.of(company).order_by("invoice_id")
    return [meant for row in rows if (meant := row.invoice_draft) is not None]


def lone(
    line: str = "Kubek;1;10,00;23", buyer: str = "Jan;;;;", header: str = HEADER, number: str = "X/1"
) -> str:
    """A file of one row."""
    return f"{header}\n{number};{buyer};{line}\n"


def test_a_file_is_shown_and_then_stored_as_drafts(ala: Client, company: Any) -> None:
    page = show(ala, company)
    assert counts(page) == (2, 0, 0) and not Invoice.objects.exists(), faults(page)
    said = text_of(page)
    assert "A/1" in said and "1 087,43" in said.replace("\xa0", " ") and "Z-7" in said
    assert store(ala, page)["Location"] == f"{reverse('sales:list', args=[company.pk])}?stan=draft"
    one, other = drafts(company)
    assert one.buyer is not None and one.buyer.nip == "8567346215" and one.buyer.address is not None
    assert (one.buyer.address.line1, one.buyer.address.line2) == ("ul. Prosta 1", "30-001 Kraków")
    assert [(line.name, line.quantity, line.net_price, line.rate) for line in one.lines] == [
        ("Kubek", Decimal(3), Decimal("10.00"), "23"),
        ("Książka", Decimal(1), Decimal("1000.50"), "5"),
    ]
    assert one.terms is not None and one.terms.zamowienia[0].nr_zamowienia == "Z-7"
    assert other.buyer is not None and (other.buyer.name, other.buyer.nip) == ("Żaneta Łącka", None)
    for row in Draft.objects.of(company).select_related("invoice__entry"):
        services.check(company, row.content)
        meant = row.invoice_draft
        assert meant is not None and row.invoice.entry.number == meant.number
        assert composing.fits_form(company, meant), "the editor opens it"
        assert ala.get(reverse("sales:edit", args=[company.pk, row.invoice_id])).status_code == 200
    entry = Entry.objects.of(company).get(action="invoices-imported")
    assert entry.details["new"] == "2" and entry.details["name"] == "faktury.csv"
    assert not Upload.objects.exists(), "the file is not kept"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_in_any_encoding_and_with_any_separator(
    ala: Client, company: Any, encoding: str, separator: str
) -> None:
    page = show(ala, company, FILE.replace(";", separator), encoding=encoding)
    assert counts(page) == (2, 0, 0), faults(page)
    assert page.context["plan"].lines[1].detail == "Żaneta Łącka"


def test_a_workbook_is_read_as_the_same_file(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    made = Workbook()
    for line in FILE.splitlines():
        made.active.append(line.split(";"))
    out = io.BytesIO()
    made.save(out)
    assert counts(show(ala, company, out.getvalue())) == (0, 2, 0)


def test_formulas_without_a_value_are_refused(ala: Client, company: Any) -> None:
    made = Workbook()
    made.active.append(HEADER.split(";"))
    made.active.append(["X/1", "Jan", "", "", "", "", "Kubek", 1, "=1+1", "23"])
    out = io.BytesIO()
    made.save(out)
    assert "formuły" in text_of(send(ala, company, out.getvalue()))


def test_the_same_file_twice_makes_nothing(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    page = show(ala, company)
    assert counts(page) == (0, 2, 0) and "to faktura A/1" in faults(page)
    assert "Zapisz (" not in text_of(page)
    store(ala, page)
    assert Invoice.objects.count() == 2


def test_a_deleted_draft_may_be_read_in_again(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    services.delete_draft(Invoice.objects.get(entry__number="A/1"))
    assert counts(show(ala, company)) == (1, 1, 0)


def test_a_file_is_checked_again_only_where_something_changed(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    planned = planning.Planner.planned

    def counted(*given: Any) -> Any:
        made.append(1)
        return planned(*given)

    monkeypatch.setattr(planning.Planner, "planned", counted)
    page = show(ala, company)
    upload = page.context["upload"]
    address = reverse("sales:import", args=[company.pk, upload.pk])
    assert counts(ala.get(address)) == (2, 0, 0) and len(made) == 1
    store(ala, show(ala, company, lone(number="B/7")))
    assert counts(ala.get(address)) == (2, 0, 0) and len(made) == 2, "another invoice changes nothing here"
    type(company).objects.filter(pk=company.pk).update(line1="ul. Nowa 7")
    moved = ala.get(address)
    assert len(made) == 3 and b"ul. Nowa 7" in moved.context["plan"].lines[0].xml
    store(ala, show(ala, company, lone(number="A/2")))
    assert counts(ala.get(address)) == (1, 1, 0), "what was stored meanwhile is seen"
    services.delete_draft(Invoice.objects.get(entry__number="A/2"))
    assert counts(ala.get(address)) == (2, 0, 0), "and what was deleted"
    store(ala, show(ala, company, lone(number="A/2")))
    again = store(ala, page)
    assert again.status_code == 409 and Invoice.objects.count() == 2
    assert store(ala, again).status_code == 302 and Invoice.objects.count() == 3


def test_rows_without_a_number_are_known_by_what_they_say(ala: Client, company: Any) -> None:
    header = "Nabywca;Nazwa towaru;Ilość;Cena brutto;VAT"
    twice = f"{header}\nJan;Kubek;1;12,30;23\nJan;Kubek;1;12,30;23\n"
    page = show(ala, company, twice)
    assert counts(page) == (2, 0, 0), "two equal sales are two sales"
    store(ala, page)
    first = numbering.SALES
    numbers = sorted(Invoice.objects.values_list("entry__number", flat=True))
    assert len(set(numbers)) == 2 and numbering.propose(company, times.today(), first) not in numbers
    assert counts(show(ala, company, twice)) == (0, 2, 0)
    more = show(ala, company, f"{twice}Ewa;Kubek;1;12,30;23\n")
    assert counts(more) == (1, 2, 0)
    store(ala, more)
    assert Invoice.objects.count() == 3
    assert [one.lines[0].gross_price for one in drafts(company)] == [Decimal("12.30")] * 3


def test_an_order_is_read_in_once(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    page = show(ala, company, FILE.replace("A/1", "B/1").replace("A/2", "B/2"))
    assert counts(page) == (1, 1, 0)
    assert "To zamówienie zostało już wczytane: to faktura A/1" in faults(page)


def test_a_number_in_use_is_refused(ala: Client, company: Any) -> None:
    store(ala, show(ala, company, lone()))
    ImportedSale.objects.all().delete()
    page = show(ala, company, lone())
    assert counts(page) == (0, 0, 1) and "jest już w programie" in faults(page)


def test_what_is_refused_is_left_out_only_where_a_person_says_so(ala: Client, company: Any) -> None:
    page = show(ala, company, FILE.replace("8567346215", "8567346216"))
    assert counts(page) == (1, 0, 1) and "nie jest poprawny NIP" in faults(page)
    refused = store(ala, page)
    assert refused.status_code == 400 and not Invoice.objects.exists()
    store(ala, page, leave_out="1")
    assert [one.number for one in drafts(company)] == ["A/2"]


def test_nothing_is_half_stored_when_the_list_has_changed(ala: Client, company: Any) -> None:
    page = show(ala, company)
    store(ala, show(ala, company, lone(number="A/2")))
    again = store(ala, page)
    assert again.status_code == 409 and Invoice.objects.count() == 1
    assert "zmieniła się w międzyczasie" in text_of(again)


def test_columns_are_chosen_and_remembered_by_the_header(ala: Client, company: Any) -> None:
    strange = "Dok;Kto;Co;Ile;Za ile\nF/1;Jan;Kubek;2;5,00\n"
    page = show(ala, company, strange)
    assert page.context["plan"] is None and "Nie rozpoznano żadnej kolumny" in text_of(page)
    bare = choose(ala, page, number=0, buyer_name=1, name=2, quantity=3)
    assert bare.status_code == 400 and "Wskaż cenę albo wartość" in text_of(bare)
    wrong = choose(ala, page, number=0, buyer_name=1, name=2, quantity=3, gross_price=4)
    assert "Stawka VAT: nie ma jej w pliku" in faults(wrong)
    page = choose(ala, wrong, default_rate="8", default_payment="1")
    assert counts(page) == (1, 0, 0), faults(page)
    store(ala, page)
    (draft,) = drafts(company)
    assert draft.lines[0].rate == "8" and draft.payment is not None and draft.payment.form == 1
    next_one = show(ala, company, strange.replace("F/1", "F/2"))
    assert counts(next_one) == (1, 0, 0) and "jak ustawiono poprzednio" in text_of(next_one)
    assert ColumnChoice.objects.of(company).get().kind == "invoices"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lone("Kubek;-1;10,00;23"), "wiersz 2: Ilość: Ilość musi być większa od zera"),
        (lone("Kubek;1;10,00;19"), "„19” to nie jest stawka z listy"),
        (lone("Kubek;1;1,123456789;23"), "8"),
        (lone("Kubek;;abc;23"), "„abc” to nie jest liczba"),
        (lone(f"{'a' * 513};1;10,00;23"), "512"),
        (lone(";1;10,00;23"), "Nazwa towaru lub usługi: To pole jest wymagane"),
        (lone(buyer=";;;;"), "Nazwa albo imię i nazwisko: To pole jest wymagane"),
        (lone(buyer="Firma;8567346215;;;"), "Ulica i numer: To pole jest wymagane"),
        (lone("Kubek;1;10,00;zw"), "Podaj przepis"),
        (lone("Kubek;1;10,00;23;11", header=f"{HEADER};Rabat"), "Rabat jest większy"),
        (lone("Kubek;1;10,00;23;-1", header=f"{HEADER};Rabat"), "wiersz 2: Rabat"),
        (lone("Kubek;1;10,00;23;11", header=f"{HEADER};Cena brutto"), "nie zgadzają się ze stawką 23"),
        (lone("Kubek;1;10,00;23;12/11/2026", header=f"{HEADER};Data sprzedaży"), "nie wiadomo, co jest dniem"),
        (lone("Kubek;1;10,00;23;31.02.2026", header=f"{HEADER};Data sprzedaży"), "to nie jest data"),
        (lone("Kubek;1;10,00;23;2049-01-01", header=f"{HEADER};Data wystawienia"), "późniejsza niż dzisiejsza"),
        (lone("Kubek;1;10,00;23;EUR", header=f"{HEADER};Waluta"), "Kurs waluty"),
        (lone("Kubek;1;10,00;23;XYZ", header=f"{HEADER};Waluta"), "Waluta"),
        (lone("Kubek;1;10,00;23;15", header=f"{HEADER};Suma brutto"), "Suma w pliku to 15"),
        (lone("Kubek;1;10,00;23;może", header=f"{HEADER};JST"), "nie jest tak ani nie"),
        (lone("Kubek;1;10,00;23;x@", header=f"{HEADER};Email"), "to nie jest adres"),
        (lone("Kubek;1;10,00;23;nigdy", header=f"{HEADER};Zapłacono"), "to nie jest data"),
        (lone() + "X/1;Ewa;;;;;Kubek;1;10,00;23\n", "Jan (2); Ewa (3)"),
        (lone() + ";Ewa;;;;;Kubek;1;10,00;23\n", "nie wiadomo, do której faktury należy"),
        (lone("Kubek;1;10,00;23;PLN", header=f"{HEADER};Waluta") + "X/1;;;;;;B;1;1;23;EUR\n", "PLN (2); EUR (3)"),
        (lone("Kubek;1;10,00;23;", header=f"{HEADER};Cena brutto") + "X/1;;;;;;B;1;;23;5\n", "tylko ceny netto"),
        (lone("Kubek;1;10,00;23;dodatek"), "Wiersz ma więcej pól niż nagłówek"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_row_and_nothing_is_stored(
    ala: Client, company: Any, content: str, said: str
) -> None:
    page = show(ala, company, content)
    assert page.context["plan"].counts["refused"] >= 1 and said in faults(page), faults(page)
    store(ala, page)
    assert not Invoice.objects.exists()


def test_bad_signs_and_minus_zero_do_no_harm(ala: Client, company: Any) -> None:
    content = lone("Ku\u202ebek\u0007;1;10,00;23;−0,00", header=f"{HEADER};Rabat")
    page = show(ala, company, content, encoding="utf-8")
    assert counts(page) == (1, 0, 0), faults(page)
    store(ala, page)
    (draft,) = drafts(company)
    assert draft.lines[0].name == "Kubek" and not draft.lines[0].discount


def test_a_price_of_eight_decimals_and_a_long_name_are_kept(ala: Client, company: Any) -> None:
    store(ala, show(ala, company, lone(f"{'a' * 512};3;0,12345678;23")))
    (draft,) = drafts(company)
    assert draft.lines[0].net_price == Decimal("0.12345678") and len(draft.lines[0].name or "") == 512


def test_an_invoice_has_a_thousand_lines_and_no_more(ala: Client, company: Any) -> None:
    whole = lone() + "X/1;;;;;;Kubek;1;10,00;23\n" * 999
    page = show(ala, company, whole)
    assert counts(page) == (1, 0, 0), faults(page)
    assert counts(show(ala, company, whole + "X/1;;;;;;Kubek;1;10,00;23\n")) == (0, 0, 1)


def test_a_file_that_is_too_large_is_refused_with_the_limit(ala: Client, company: Any) -> None:
    assert "10 MB" in text_of(send(ala, company, b"a;b\n" * 5_000_000))
    rows = lone() + "X/1;;;;;;Kubek;1;10,00;23\n" * planning.MOST_ROWS
    assert f"więcej niż {planning.MOST_ROWS} wierszy" in text_of(send(ala, company, rows)).replace("\xa0", "")


def test_what_an_invoice_says_besides(ala: Client, company: Any) -> None:
    names = "Data wystawienia;Termin płatności dni;Forma płatności;JST;Kraj;E-mail;Rabat;GTU;Jednostka;Uwagi;Zapłacono"
    today = times.today()
    values = f"{today:%d.%m.%Y};7 dni;Przelewy24;tak;Niemcy;jan@example.com;10%;12;godz.;Dziękujemy;"
    page = show(
        ala, company, lone(f"Kubek;1;10,00;23;{values}", buyer="Jan;;ul. A 1;;", header=f"{HEADER};{names}")
    )
    assert counts(page) == (1, 0, 0), faults(page)
    store(ala, page)
    (draft,) = drafts(company)
    assert draft.issue_date == today and draft.local_authority and draft.buyer is not None
    assert draft.buyer.address is not None and draft.buyer.address.country == "DE"
    assert draft.buyer.contacts[0].email == "jan@example.com" and draft.payment is not None
    assert (draft.payment.form, draft.payment.other_form) == (None, "Przelewy24")
    assert draft.payment.terms[0].termin is not None and (draft.payment.terms[0].termin - today).days == 7
    (line,) = draft.lines
    assert (line.discount, line.gtu, line.unit) == (Decimal("1.00"), "GTU_12", "godz.")
    assert composing.fits_form(company, draft)


def test_a_typed_rate_of_exchange_is_taken(ala: Client, company: Any) -> None:
    header = f"{HEADER};Waluta;Kurs"
    store(ala, show(ala, company, lone("Kubek;1;10,00;23;eur;4,2501", header=header)))
    (draft,) = drafts(company)
    assert (draft.currency, draft.exchange_rate) == ("EUR", Decimal("4.2501"))


def test_repeated_names_of_columns_are_said(ala: Client, company: Any) -> None:
    page = show(ala, company, lone("Kubek;1;10,00;23;x", header=f"{HEADER};Ilość"))
    assert "Kilka kolumn ma tę samą nazwę (Ilość)" in text_of(page)


def test_who_issues_imports_and_nobody_else(
    company: Any, member: Any, stranger: Any, browse: Any, ala: Client
) -> None:
    page = show(ala, company)
    upload, other = page.context["upload"], stranger.companies.get()
    viewer, outside = browse(member("viewer")), browse(stranger)
    names = ("import_columns", "store_import", "discard_import")
    for one, status in ((viewer, 403), (outside, 404)):
        assert one.get(reverse("sales:import_invoices", args=[company.pk])).status_code == status
        assert send(one, company).status_code == status
        assert one.get(reverse("sales:import", args=[company.pk, upload.pk])).status_code == status
        for name in names:
            assert one.post(reverse(f"sales:{name}", args=[company.pk, upload.pk])).status_code == status
    for name in names:
        assert outside.post(reverse(f"sales:{name}", args=[other.pk, upload.pk])).status_code == 302
        assert ala.get(reverse(f"sales:{name}", args=[company.pk, upload.pk])).status_code == 405
    theirs = outside.get(reverse("sales:import", args=[other.pk, upload.pk]), follow=True)
    assert "Gęśla" not in text_of(theirs)
    as_contacts = ala.get(reverse("contacts:import", args=[company.pk, upload.pk]))
    assert as_contacts.status_code == 302, "a file of invoices is no file of contractors"
    assert "Z arkusza" not in text_of(viewer.get(reverse("sales:list", args=[company.pk])))
    assert Upload.objects.get() == upload and not Invoice.objects.exists()
    assert store(browse(member("issuer")), page).status_code == 302
    assert Invoice.objects.of(company).count() == 2


def test_a_file_that_is_given_up_leaves_nothing(ala: Client, company: Any) -> None:
    upload = show(ala, company).context["upload"]
    ala.post(reverse("sales:discard_import", args=[company.pk, upload.pk]))
    assert not Upload.objects.exists() and not Invoice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_storing_one_file_at_once_make_it_once(ala: Client, company: Any) -> None:
    for number in range(ROUNDS):
        content = lone(number=f"W/{number}") + f"V/{number};Jan;;;;;Kubek;1;10,00;23\n"
        pages = at_once(lambda content=content: show(ala, company, content))
        pages += at_once(lambda content=content: show(ala, company, content))
        answers = at_once(*(lambda page=page: store(ala, page).status_code for page in pages))
        assert sorted(answers) in ([302, 409], [302, 302]), answers
        (count,) = at_once(lambda: Invoice.objects.of(company).count())
        assert count == 2 * (number + 1)


@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_different(ala: Client, company: Any) -> None:
    header = "Nabywca;Nazwa towaru;Ilość;Cena brutto;VAT"
    for number in range(ROUNDS):
        contents = [f"{header}\nJan {who}{number};Kubek;1;12,30;23\n" for who in "ab"]
        pages = [at_once(lambda one=one: show(ala, company, one))[0] for one in contents]
        answers = at_once(*(lambda page=page: store(ala, page).status_code for page in pages))
        assert sorted(answers) in ([302, 409], [302, 302]), answers
    (numbers,) = at_once(lambda: list(Invoice.objects.values_list("entry__number", flat=True)))
    assert len(set(numbers)) == len(numbers) >= ROUNDS
