"""Contractors from a file: what a preview says, what is stored, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.contacts import contractors, privacy
from liczydlo.contacts.importing import uploads
from liczydlo.contacts.models import Address, ColumnChoice, Contractor, Upload
from liczydlo.web import times
from openpyxl import Workbook

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_races import ROUNDS
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
FILE = """Nazwa;NIP;Ulica;Nr domu;Nr lokalu;Kod pocztowy;Miejscowość;E-mail;Termin płatności;Forma płatności;Waluta
Gęśla Jaźń sp. z o.o.;856-734-62-15;ul. Prosta;1;;30-001;Kraków;faktury@gesla.pl;14 dni;przelew;PLN
Müller GmbH;DE 136695976;Hauptstraße 5;;;10115;Berlin;;30;;eur
Żaneta Łącka;;ul. Kręta;3;7;00-001;Warszawa;;;gotówka;
"""
SHORT = "Nazwa;NIP;Ulica\nGęśla Jaźń;8567346215;ul. Prosta 1\n"


def send(client: Client, company: Any, content: str | bytes = FILE, *, encoding: str = "cp1250") -> Any:
    raw = content.encode(encoding) if isinstance(content, str) else content
    address = reverse("contacts:import_contractors", args=[company.pk])
    return client.post(address, {"file": SimpleUploadedFile("kontrahenci.csv", raw)})


def address_of(upload: Upload) -> str:
    """The page that shows what a file would change."""
    return reverse("contacts:import", args=[upload.company_id, upload.pk])


def show(client: Client, company: Any, content: str | bytes = FILE, **options: Any) -> Any:
    """The preview of a file."""
    return client.get(send(client, company, content, **options)["Location"])


def store(client: Client, page: Any, **more: str) -> Any:
    """Confirm what a preview shows."""
    upload, plan = page.context["upload"], page.context["plan"]
    address = reverse("contacts:store_import", args=[upload.company_id, upload.pk])
    return client.post(address, {"digest": plan.digest, **more})


def counts(page: Any) -> tuple[int, int, int, int]:
    """New, changed, the same, refused."""
    plan = page.context["plan"].counts
    return plan["new"], plan["changed"], plan["same"], plan["refused"]


def faults(page: Any) -> list[str]:
    return [fault for line in page.context["plan"].lines for fault in line.faults]


def test_a_file_is_shown_and_then_stored(ala: Client, company: Any) -> None:
    page = show(ala, company)
    assert counts(page) == (3, 0, 0, 0) and not Contractor.objects.exists(), "nothing before it is confirmed"
    assert "faktury@gesla.pl" in text_of(page) and "ul. Kręta 3/7" in text_of(page)
    done = store(ala, page)
    assert done["Location"] == reverse("contacts:contractors", args=[company.pk])
    firm = Contractor.objects.get(number="8567346215")
    assert (firm.kind, firm.payment_days, firm.payment_form, firm.currency) == ("nip", 14, 6, "PLN")
    assert str(contractors.default_address(firm)) == "ul. Prosta 1, 30-001 Kraków"
    german = Contractor.objects.get(country="DE")
    assert (german.kind, german.number, german.currency) == ("eu", "136695976", "EUR")
    assert Address.objects.get(contractor=german).country == "DE"
    person = Contractor.objects.get(kind="person")
    assert (person.payment_form, str(contractors.default_address(person))) == (
        1,
        "ul. Kręta 3/7, 00-001 Warszawa",
    )
    entry = Entry.objects.of(company).get(action="contacts-imported")
    assert entry.details["new"] == "3" and entry.details["name"] == "kontrahenci.csv"
    assert not Upload.objects.exists(), "the file is not kept"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "iso8859-2", "utf-16", "cp852"])
def test_in_any_encoding(ala: Client, company: Any, encoding: str) -> None:
    store(ala, show(ala, company, FILE.replace("Müller", "Muller").replace("ß", "ss"), encoding=encoding))
    assert Contractor.objects.filter(name="Żaneta Łącka").exists() and Contractor.objects.count() == 3


def test_a_workbook_is_read_as_the_same_file(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    made = Workbook()
    made.active.title = "Kontrahenci"
    for line in FILE.splitlines():
        made.active.append([int(one) if one.isdigit() else one for one in line.split(";")])
    made.create_sheet("Inne").append(["x"])
    out = io.BytesIO()
    made.save(out)
    page = show(ala, company, out.getvalue())
    assert counts(page) == (0, 0, 3, 0), faults(page)
    assert "Arkusz: Kontrahenci." in text_of(page) and "Inne" in text_of(page)


def test_the_same_file_twice_changes_nothing_and_says_so(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    before = list(Contractor.objects.values_list("pk", "version"))
    page = show(ala, company)
    assert counts(page) == (0, 0, 3, 0) and "jest już na liście. Nie ma nic do zapisania" in text_of(page)
    assert "Zapisz (" not in text_of(page)
    store(ala, page)
    assert list(Contractor.objects.values_list("pk", "version")) == before
    assert Entry.objects.of(company).filter(action="contacts-imported").count() == 1


def test_a_change_is_shown_and_an_empty_cell_takes_nothing_away(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    Contractor.objects.filter(kind="nip").update(note="płaci w terminie", local_authority=True)
    page = show(
        ala,
        company,
        "Firma,NIP,Email\nGęśla Jaźń S.A.,PL8567346215,nowy@gesla.pl\nMÜLLER GmbH,,\n",
        encoding="utf-8",
    )
    assert counts(page) == (0, 2, 0, 0)
    shown = text_of(page)
    assert "<del>Gęśla Jaźń sp. z o.o.</del>" in shown and "<ins>nowy@gesla.pl</ins>" in shown
    store(ala, page)
    firm = Contractor.objects.get(kind="nip")
    assert (firm.name, firm.email, firm.version) == ("Gęśla Jaźń S.A.", "nowy@gesla.pl", 2)
    assert (firm.note, firm.local_authority, firm.payment_days) == ("płaci w terminie", True, 14)
    assert str(contractors.default_address(firm)) == "ul. Prosta 1, 30-001 Kraków"
    assert Contractor.objects.get(kind="eu").name == "MÜLLER GmbH", "without a number he is known by name"


def test_an_address_of_the_file_replaces_the_default_one(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    page = show(ala, company, SHORT.replace("ul. Prosta 1", "ul. Nowa 9"))
    store(ala, page)
    firm = Contractor.objects.get(kind="nip")
    assert str(contractors.default_address(firm)) == "ul. Nowa 9, 30-001 Kraków"
    assert firm.addresses.count() == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Firma;8567346216;ul. A 1;;;;;;;;", "nie jest poprawny NIP"),
        ("Firma;8,56735E+09;ul. A 1;;;;;;;;", "cyfry przepadły"),
        ("Firma;44051401359;ul. A 1;;;;;;;;", "PESEL"),
        ("Firma;DE1234567890123;ul. A 1;;;;;;;;", "nie jest poprawny numer"),
        ("Firma;CHE-123;ul. A 1;;;;;;;;", "musi mieć podany kraj"),
        (";8567346215;ul. A 1;;;;;;;;", "Nie ma nazwy"),
        ("Firma;8567346215;;;;;;;;;", "To pole jest wymagane"),
        ("Firma;8567346215;ul. A 1;;;;;to nie adres;;;", "E-mail do faktur"),
        ("Firma;8567346215;ul. A 1;;;;;;kiedyś;;", "Termin płatności"),
        ("Firma;8567346215;ul. A 1;;;;;;99999;;", "mniejsza lub równa"),
        ("Firma;8567346215;ul. A 1;;;;;;;barter;", "nie wiadomo, co znaczy „barter”"),
        ("Firma;8567346215;ul. A 1;;;;;;;;XYZ", "Waluta"),
        ("Firma;8567346215;ul. A 1;;;;;;;;PLN;za;dużo", "więcej pól niż nagłówek"),
        ("#N/D!;8567346215;ul. A 1;;;;;;;;".replace("#N/D!", "#ADR!"), "arkusz ma tu błąd"),
        ("Fir\ufffdma;8567346215;ul. A 1;;;;;;;;", "nie da się odczytać"),
        ("N" * 513 + ";8567346215;ul. A 1;;;;;;;;", "512"),
        ("Gęśla;856-734-62-15;ul. A 1;;;;;;;;", "ten sam kontrahent co w wierszu 2"),
    ],
)
def test_a_line_with_a_fault_is_named_and_left_out_by_choice(
    ala: Client, company: Any, line: str, said: str
) -> None:
    page = show(ala, company, FILE + line + "\n", encoding="utf-8")
    assert counts(page) == (3, 0, 0, 1)
    assert said in faults(page)[0] and page.context["plan"].of("refused")[0].number == 5
    refused = store(ala, page)
    assert refused.status_code == 400 and "Niczego nie zapisano" in text_of(refused)
    assert not Contractor.objects.exists(), "nothing is half stored"
    assert store(ala, page, leave_out="1").status_code == 302
    assert Contractor.objects.count() == 3
    assert Entry.objects.of(company).get(action="contacts-imported").details["left_out"] == "1"


def test_unseen_signs_are_taken_out_and_long_names_kept(ala: Client, company: Any) -> None:
    name = "Ż" * 512
    page = show(
        ala, company, f"Nazwa;NIP;Ulica\n{name};brak;\n\u202eFirma\u200b  Zła\t;-;\n", encoding="utf-8"
    )
    store(ala, page)
    assert set(Contractor.objects.values_list("name", "kind")) == {(name, "person"), ("Firma Zła", "person")}


def test_two_of_one_name_need_a_number(ala: Client, company: Any) -> None:
    store(ala, show(ala, company, "Nazwa;Ulica\nJan Kowalski;ul. A 1\nJan Kowalski;ul. B 2\n"))
    assert Contractor.objects.count() == 2
    page = show(ala, company, "Nazwa;E-mail\nJan Kowalski;jan@kowalski.pl\n")
    assert "kilku kontrahentów o tej nazwie" in faults(page)[0]
    assert counts(show(ala, company, "Nazwa;Ulica\nJan Kowalski;ul. B 2\n")) == (0, 0, 1, 0)


def test_a_change_does_not_make_two_the_same(ala: Client, company: Any) -> None:
    store(ala, show(ala, company, "Nazwa;Ulica\nJan Kowalski;ul. A 1\n"))
    page = show(ala, company, "Nazwa;Ulica;E-mail\nJan Kowalski;ul. B 2;a@b.pl\nJan Kowalski;ul. B 2;\n")
    assert counts(page) == (0, 1, 0, 1), "both name the one on the list"
    store(ala, page, leave_out="1")
    assert Contractor.objects.get().email == "a@b.pl"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nie ma żadnego wiersza"),
        (b"%PDF-1.7", "To jest plik PDF"),
        (b"x;" * 201, "więcej niż 200 kolumn"),
    ],
)
def test_a_file_that_is_no_table_is_refused(ala: Client, company: Any, content: bytes, said: str) -> None:
    refused = send(ala, company, content)
    assert refused.status_code == 422 and said in text_of(refused)
    assert not Upload.objects.exists()
    empty = ala.post(reverse("contacts:import_contractors", args=[company.pk]))
    assert empty.status_code == 422 and "Nie wybrano pliku" in text_of(empty)


def test_columns_are_corrected_and_remembered(ala: Client, company: Any) -> None:
    content = "Kto;Numer;Gdzie\nGęśla Jaźń;8567346215;ul. Prosta 1\n"
    page = show(ala, company, content)
    assert page.context["plan"] is None and "która kolumna to nazwa" in text_of(page)
    upload = page.context["upload"]
    address = reverse("contacts:import_columns", args=[company.pk, upload.pk])
    assert ala.post(address, {"number": "1"}).status_code == 400, "without a name nothing can be stored"
    assert ala.post(address, {"name": "9"}).status_code == 400
    assert ala.post(address, {"name": "0", "number": "1", "street": "2"})["Location"] == address_of(upload)
    assert counts(ala.get(address_of(upload))) == (1, 0, 0, 0)
    again = show(ala, company, content.replace("Gęśla", "Inna").replace("Kto", "KTO"))
    assert counts(again) == (1, 0, 0, 0) and "ustawiono poprzednio" in text_of(again)
    assert ColumnChoice.objects.get().columns == {"name": 0, "number": 1, "street": 2}


def test_what_changed_since_the_preview_is_shown_anew(ala: Client, company: Any) -> None:
    store(ala, show(ala, company))
    page = show(ala, company, SHORT)
    firm = Contractor.objects.get(kind="nip")
    contractors.of(company).filter(pk=firm.pk).update(version=7, name="Zmieniona")
    outrun = store(ala, page)
    assert (
        outrun.status_code == 409
        and "Lista zmieniła się" in text_of(outrun)
        and "Zmieniona" in text_of(outrun)
    )
    firm.refresh_from_db()
    assert firm.name == "Zmieniona"
    store(ala, outrun)
    firm.refresh_from_db()
    assert (firm.name, firm.version) == ("Gęśla Jaźń", 8)


def test_one_erased_meanwhile_is_not_put_back_without_a_word(ala: Client, company: Any, rf: Any) -> None:
    store(ala, show(ala, company))
    page = show(ala, company, SHORT + "Nowa;5261040828;ul. B 1\n")
    ala.post(reverse("contacts:erase_contractor", args=[company.pk, Contractor.objects.get(kind="nip").pk]))
    outrun = store(ala, page)
    assert outrun.status_code == 409 and counts(outrun) == (2, 0, 0, 0)
    assert not Contractor.objects.filter(number__in=["8567346215", "5261040828"]).exists()


def test_a_file_is_kept_for_a_day(ala: Client, company: Any) -> None:
    page = show(ala, company)
    Upload.objects.update(kept_at=times.now() - uploads.KEPT_FOR)
    gone = ala.get(address_of(page.context["upload"]), follow=True)
    assert "Tego pliku już tu nie ma" in text_of(gone)
    assert store(ala, page).status_code == 302 and not Contractor.objects.exists()
    fresh = send(ala, company)["Location"]
    uploads.sweep(_Claim())
    assert [address_of(row) for row in Upload.objects.all()] == [fresh]


class _Claim:
    @staticmethod
    def clock() -> dt.datetime:
        return times.now()


def test_a_file_can_be_given_up(ala: Client, company: Any) -> None:
    page = show(ala, company)
    discard = reverse("contacts:discard_import", args=[company.pk, page.context["upload"].pk])
    assert "Plik odrzucono" in text_of(ala.post(discard, follow=True))
    assert not Upload.objects.exists() and not Contractor.objects.exists()
    assert "Tego pliku już tu nie ma" in text_of(ala.post(discard, follow=True))


def test_lines_are_shown_page_by_page(ala: Client, company: Any) -> None:
    lines = "".join(f"Osoba {number};\n" for number in range(120))
    page = show(ala, company, "Nazwa;NIP\n" + lines + "Zła;123\n")
    assert page.context["state"] == "refused", "what needs a person comes first"
    address = address_of(page.context["upload"])
    first = ala.get(address, {"stan": "new"})
    second = ala.get(address + first.context["page"].older)
    assert [row.number for row in second.context["page"].rows] == list(range(52, 102))
    assert ala.get(address, {"stan": "nic"}).context["state"] == "refused"


def test_who_issues_imports_and_nobody_else(
    company: Any, member: Any, stranger: Any, browse: Any, ala: Client
) -> None:
    page = show(ala, company)
    upload, other = page.context["upload"], stranger.companies.get()
    viewer, outside = browse(member("viewer")), browse(stranger)
    names = ("import_columns", "store_import", "discard_import")
    for one, status in ((viewer, 403), (outside, 404)):
        assert one.get(reverse("contacts:import_contractors", args=[company.pk])).status_code == status
        assert send(one, company).status_code == status
        assert one.get(address_of(upload)).status_code == status
        for name in names:
            assert one.post(reverse(f"contacts:{name}", args=[company.pk, upload.pk])).status_code == status
    for name in names:
        assert outside.post(reverse(f"contacts:{name}", args=[other.pk, upload.pk])).status_code == 302
    theirs = outside.get(reverse("contacts:import", args=[other.pk, upload.pk]), follow=True)
    assert "Gęśla" not in text_of(theirs)
    assert Upload.objects.get() == upload and not Contractor.objects.exists()
    assert store(browse(member("issuer")), page).status_code == 302
    assert Contractor.objects.of(company).count() == 3
    assert "Wczytaj z pliku" not in text_of(viewer.get(reverse("contacts:contractors", args=[company.pk])))


@pytest.mark.django_db(transaction=True)
def test_two_who_store_one_file_make_one_set(ala: Client, company: Any) -> None:
    for number in range(ROUNDS):
        content = FILE + f"Nowa {number};;ul. B {number};;;;;;;;\n"
        pages = [show(ala, company, content) for _ in range(2)] if number == 0 else None
        if pages is None:
            pages = at_once(lambda content=content: show(ala, company, content))
            pages += at_once(lambda content=content: show(ala, company, content))
        answers = at_once(*(lambda page=page: store(ala, page).status_code for page in pages))
        assert sorted(answers) in ([302, 409], [302, 302]), answers
    (left,) = at_once(lambda: Contractor.objects.of(company).count())
    assert left == 3 + ROUNDS


@pytest.mark.django_db(transaction=True)
def test_storing_while_one_of_the_file_is_erased(ala: Client, company: Any, rf: Any) -> None:
    store(ala, show(ala, company))
    for number in range(ROUNDS):
        row = at_once(lambda: contractors.of(company).filter(number="8567346215").first())[0]
        if row is None:
            at_once(lambda: store(ala, show(ala, company, SHORT)))
            continue
        content = SHORT.replace("Prosta", f"Prosta {number}")
        (page,) = at_once(lambda content=content: show(ala, company, content))
        request = rf.post("/")
        request.user = company.members.first()
        stored, erased = at_once(
            lambda page=page: store(ala, page).status_code,
            lambda row=row, request=request: privacy.erase(row, request),
        )
        assert stored in (302, 409) and erased is None
        (left,) = at_once(lambda: contractors.of(company).filter(number="8567346215").count())
        assert left == 0, "erased before or after, he is not put back"
