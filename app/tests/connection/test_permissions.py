"""Permissions from the application, against the real emulator: each kind given, listed and taken away; refusals."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from liczydlo import ksef
from liczydlo.audit.models import Entry
from liczydlo.connection import clients
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import KsefLogin
from liczydlo.connection.permissions import own
from liczydlo.jobs.models import Job
from liczydlo.sales import services as sales
from liczydlo.sales.models import Invoice

from app.tests.sales.world import Worker, document, sender

__all__ = ["sender"]

pytestmark = pytest.mark.django_db
JAN = {"first_name": "Jan", "surname": "Gęśl", "number": "84890609752", "description": "Pracownik biura"}
OFFICE = "5252344078"


@pytest.fixture
def firm(company: Any, owner: Any, ksef_files: Any) -> Any:
    """A company connected by its seal's certificate; in KSeF it has given nothing yet."""
    mine = ksef_files(company)
    storing.store_authentication(company, mine.key, mine.certificate, mine.password, owner)
    with clients.client(company) as client:
        for one in client.permissions_given():
            client.wait_for_permission(client.revoke_permission(one.id))
        for one in client.authorizations("Granted"):
            client.wait_for_permission(client.revoke_authorization(one.id))
    return company


@pytest.fixture
def as_jan(firm: Any, owner: Any, use_emulator: Any) -> Any:
    """Connects the firm as Jan, who may do one thing: ``as_jan("CredentialsManage")``."""

    def connect(permission: Any) -> None:
        jan = ksef.Person(
            identifier=ksef.Identifier(kind="Pesel", value=JAN["number"]), first_name="Jan", last_name="Gęśl"
        )
        with clients.client(firm) as client:
            client.wait_for_permission(
                client.grant(ksef.GrantRequest.person(jan, [permission], "Pracownik biura"))
            )
        issued = use_emulator.certificate(kind="person", givenName="Jan", surname="Gęśl", pesel=JAN["number"])
        storing.store_authentication(
            firm, issued.privateKey.encode(), issued.certificate.encode(), None, owner
        )

    return connect


def at(company: Any, rest: str = "") -> str:
    return f"/firmy/{company.pk}/ustawienia/ksef/uprawnienia/{rest}"


def given(company: Any) -> set[tuple[str, str]]:
    """Receivers' numbers and permissions, as KSeF has them."""
    with clients.client(company) as client:
        return {(one.to.value, one.permission) for one in client.permissions_given() if one.to}


def test_a_person_gets_the_scopes_that_were_ticked_and_loses_one(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    assert "Nikt jeszcze nie dostał uprawnień" in browser.get(at(firm)).content.decode()
    answer = browser.post(
        at(firm, "nadaj/osoba/"), {**JAN, "permissions": ["InvoiceRead", "Introspection"]}, follow=True
    )
    page = answer.content.decode()
    assert "KSeF nadał uprawnienia" in page and "przeglądanie faktur" in page
    assert "84•••••••52" in page and JAN["number"] not in page
    assert given(firm) == {(JAN["number"], "InvoiceRead"), (JAN["number"], "Introspection")}
    entry = Entry.objects.get(action="granted")
    assert (
        entry.reference and entry.by == owner and entry.details["permissions"] == "InvoiceRead, Introspection"
    )
    assert JAN["number"] not in str(entry.details)

    with clients.client(firm) as client:
        reading = next(one for one in client.permissions_given() if one.permission == "InvoiceRead")
    revoke = at(firm, f"odbierz/persons/{reading.id}/")
    assert "Odebrać uprawnienie?" in browser.get(revoke).content.decode()
    assert len(given(firm)) == 2, "asking takes nothing away"
    browser.post(revoke)
    assert given(firm) == {(JAN["number"], "Introspection")}
    assert Entry.objects.filter(action="revoked").count() == 1
    assert browser.post(revoke).status_code == 404, "it is gone"


def test_an_office_gets_what_it_may_hand_on(firm: Any, owner: Any, browse: Any) -> None:
    form = {
        "nip": "PL 525.234.40.78",
        "name": "Biuro Liczyk",
        "permissions": ["InvoiceRead"],
        "further": "on",
        "description": "Obsługa księgowa",
    }
    browser = browse(owner)
    assert "KSeF nadał" in browser.post(at(firm, "nadaj/biuro/"), form, follow=True).content.decode()
    page = browser.get(at(firm)).content.decode()
    assert "Biuro Liczyk" in page and "może przekazać dalej" in page
    assert given(firm) == {(OFFICE, "InvoiceRead")}


def test_another_firm_invoices_for_this_one(firm: Any, owner: Any, browse: Any) -> None:
    form = {
        "permissions": "SelfInvoicing",
        "number": OFFICE,
        "name": "Nabywca sp. z o.o.",
        "description": "Umowa 7",
    }
    browser = browse(owner)
    page = browser.post(at(firm, "nadaj/podmiot/"), form, follow=True).content.decode()
    assert "samofakturowanie" in page
    with clients.client(firm) as client:
        (one,) = client.authorizations("Granted")
    browser.post(at(firm, f"odbierz/authorizations/{one.id}/"))
    with clients.client(firm) as client:
        assert not client.authorizations("Granted")


def test_a_unit_gets_an_administrator(firm: Any, owner: Any, browse: Any) -> None:
    form = {**JAN, "unit": unit_of(firm.nip), "unit_name": "Oddział Gdynia"}
    browser = browse(owner)
    browser.post(at(firm, "nadaj/jednostka/"), form)
    assert "Oddział Gdynia" in browser.get(at(firm)).content.decode()


def unit_of(nip: str) -> str:
    digits = f"{nip}0001"
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
    return f"{nip}-0001{total % 10}"


def test_a_unit_of_another_firm(firm: Any, owner: Any, browse: Any) -> None:
    form = {**JAN, "unit": unit_of("7740001454"), "unit_name": "Oddział Gdynia"}
    answer = browse(owner).post(at(firm, "nadaj/jednostka/"), form)
    page = answer.content.decode()
    assert answer.status_code == 422 and "jednostka należy do tej firmy" in page and "410" in page
    assert 'value="Gęśl"' in page, "nothing of the form is lost"
    assert not Entry.objects.filter(action="granted").exists()


def test_a_client_who_let_nothing_be_handed_on(firm: Any, owner: Any, browse: Any) -> None:
    """KSeF takes it, and it waits for the client."""
    form = {**JAN, "permissions": ["InvoiceRead"], "clients": "one", "client_nip": "7740001454"}
    assert browse(owner).post(at(firm, "nadaj/klienci/"), form, follow=True).status_code == 200
    assert Entry.objects.filter(action="granted").exists()
    with clients.client(firm) as client:
        target = ksef.Identifier(kind="Nip", value="7740001454")
        (one,) = [item for item in client.permissions_given(only_mine=True) if item.target == target]
        client.wait_for_permission(client.revoke_permission(one.id))


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("osoba", {**JAN, "number": "84890609753", "permissions": ["InvoiceRead"]}, "Cyfra kontrolna"),
        ("osoba", JAN, "co najmniej jedno uprawnienie"),
        ("osoba", {**JAN, "permissions": ["Wszystko"]}, "Wszystko"),
        (
            "biuro",
            {"nip": "5252344079", "name": "Biuro Liczyk", "permissions": ["InvoiceRead"]},
            "To nie jest NIP",
        ),
        ("klienci", {**JAN, "permissions": ["InvoiceRead"], "clients": "one"}, "Podaj NIP klienta"),
        (
            "podmiot",
            {"permissions": "PefInvoicing", "number": OFFICE, "name": "Dostawca"},
            "Identyfikator Peppol",
        ),
        ("jednostka", {**JAN, "unit": "1234"}, "identyfikator wewnętrzny"),
        ("unia", {"vat_ue": "123"}, "dwóch liter kraju"),
        ("unia", {"fingerprint": "AB"}, "64 cyfry"),
    ],
)
def test_what_is_mistyped_is_told_at_its_field(
    company: Any, owner: Any, browse: Any, kind: str, fields: dict[str, Any], words: str
) -> None:
    """Before KSeF is asked: this company is not even connected."""
    answer = browse(owner).post(at(company, f"nadaj/{kind}/"), fields)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_person_who_may_only_manage_gives_themselves_the_rest(
    firm: Any, owner: Any, browse: Any, as_jan: Any
) -> None:
    as_jan("CredentialsManage")
    browser = browse(owner)
    page = browser.get(at(firm, "moje/")).content.decode()
    assert "Jan Gęśl" in page and "?sobie=InvoiceWrite" in page
    form = browser.get(at(firm, "nadaj/osoba/") + "?sobie=InvoiceWrite").content.decode()
    assert 'value="84890609752"' in form and 'value="Jan"' in form
    assert KsefLogin.objects.exists()
    browser.post(at(firm, "nadaj/osoba/"), {**JAN, "permissions": ["InvoiceWrite"]})
    assert not KsefLogin.objects.exists(), "the next request logs in anew and has it"
    with clients.client(firm) as client:
        assert "InvoiceWrite" in client.own_permissions().names


def test_the_person_of_a_zaw_fa_gets_the_invoices_without_asking(firm: Any, owner: Any, as_jan: Any) -> None:
    as_jan("CredentialsManage")
    assert not own.is_settled(firm)
    worker = Worker(own.JOB)
    worker.run(firm)
    with clients.client(firm) as client:
        assert {"InvoiceRead", "InvoiceWrite"} <= client.own_permissions().names
    entry = Entry.objects.get(action="granted")
    assert entry.by == owner and entry.reference and entry.details["to"] == "Jan Gęśl"
    worker.run(firm)
    assert own.is_settled(firm) and Entry.objects.filter(action="granted").count() == 1, "once is enough"


@pytest.mark.parametrize("permission", ["InvoiceRead", None])
def test_who_manages_nothing_or_everything_is_left_alone(firm: Any, as_jan: Any, permission: Any) -> None:
    if permission:
        as_jan(permission)
    Worker(own.JOB).run(firm)
    assert own.is_settled(firm) and not Entry.objects.filter(action="granted").exists()


def test_ksef_away_makes_it_wait(firm: Any, ksef_away: None) -> None:
    Worker(own.JOB).run(firm)
    assert own.blocked_by(firm) is not None and not own.is_settled(firm)
    assert Job.objects.get(company=firm, name=own.JOB).due_at is not None


def test_an_invoice_that_waits_for_a_permission_goes_out_once_it_is_given(
    firm: Any, owner: Any, browse: Any, as_jan: Any, sender: Worker
) -> None:
    as_jan("CredentialsManage")
    invoice = sales.issue(firm, document(firm.nip), by=owner)
    sender.run(firm)
    browser = browse(owner)
    page = browser.get(f"/firmy/{firm.pk}/sprzedaz/{invoice.pk}/").content.decode()
    assert "Brakuje uprawnienia: wystawianie faktur" in page
    assert "nadaj brakujące" in page
    browser.post(at(firm, "nadaj/osoba/"), {**JAN, "permissions": ["InvoiceWrite", "InvoiceRead"]})
    job = Job.objects.get(company=firm, name=sender.name)
    assert job.due_at is not None and job.due_at <= timezone.now(), "it does not wait for its next turn"
    sender.until(firm, lambda: bool(Invoice.objects.get(pk=invoice.pk).entry.ksef_number))


def test_a_login_that_may_not_see_them_is_told_who_can_help(
    firm: Any, owner: Any, browse: Any, as_jan: Any
) -> None:
    as_jan("InvoiceRead")
    browser = browse(owner)
    page = browser.get(at(firm)).content.decode()
    assert "Brakuje uprawnienia" in page and "zarządzanie uprawnieniami" in page
    page = browser.post(at(firm, "nadaj/osoba/"), {**JAN, "permissions": ["InvoiceWrite"]}).content.decode()
    assert "Brakuje uprawnienia" in page
    assert "sobie=" not in browser.get(at(firm, "moje/")).content.decode()


def test_received_and_own(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    assert "Żadna firma nie nadała tu uprawnień" in browser.get(at(firm, "otrzymane/")).content.decode()
    page = browser.get(at(firm, "moje/")).content.decode()
    assert "Program loguje się do KSeF jako" in page
    english = browse(owner, language="en").get(at(firm, "moje/")).content.decode()
    assert "issuing invoices" in english


def test_ksef_is_away_or_the_firm_is_not_connected(
    firm: Any, owner: Any, browse: Any, ksef_away: None, stranger: Any
) -> None:
    browser = browse(owner)
    assert "KSeF tego nie pokazał" in browser.get(at(firm)).content.decode()
    answer = browser.post(at(firm, "nadaj/osoba/"), {**JAN, "permissions": ["InvoiceRead"]})
    assert answer.status_code == 422 and 'value="Gęśl"' in answer.content.decode()
    other = stranger.memberships.get().company if hasattr(stranger, "memberships") else None
    if other is not None:
        assert "Firma nie jest połączona" in browse(stranger).get(at(other)).content.decode()


def test_strangers_and_other_roles(company: Any, owner: Any, stranger: Any, member: Any, browse: Any) -> None:
    pages = ("", "moje/", "otrzymane/", "nadaj/", "nadaj/osoba/", "odbierz/persons/x/")
    for rest in pages:
        assert browse(stranger).get(at(company, rest)).status_code == 404
    reader = browse(member("viewer"))
    assert reader.get(at(company)).status_code == 200
    for rest in ("nadaj/", "nadaj/osoba/", "odbierz/persons/x/"):
        assert reader.get(at(company, rest)).status_code == 403
    assert browse(owner).get(at(company, "nadaj/nikomu/")).status_code == 404
