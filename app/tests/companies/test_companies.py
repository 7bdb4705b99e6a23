"""The first account, logging in and out, companies by NIP, who may do what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.companies import first_run
from liczydlo.companies.forms import CompanyForm
from liczydlo.companies.models import Company, Membership, Role, User
from liczydlo.fa3.identifiers import is_nip

pytestmark = pytest.mark.django_db
PASSWORD = "Kwiecień-plecień 2026"
ACCOUNT = {"name": "Ala Nowak", "email": "Ala@Example.com", "password": PASSWORD, "repeated": PASSWORD}
COMPANY = {
    "nip": "PL 526-587-76-35",
    "name": "Firma Ali",
    "kind": "sole",
    "line1": "ul. Prosta 1",
    "line2": "00-001 Warszawa",
    "environment": "EMULATOR",
    "offline_pause": 60,
    "undo_seconds": 0,
    "fetch_every": 15,
}


def test_the_first_start_leads_to_the_first_account(db: None) -> None:
    browser = Client()
    for address in ("/", "/firmy/", "/konto/login/"):
        assert browser.get(address)["Location"] == "/start/"
    answer = browser.post("/start/", ACCOUNT)
    assert answer.status_code == 302 and answer["Location"] == "/firmy/nowa/"
    assert User.objects.get().email == "ala@example.com"
    assert browser.get("/firmy/nowa/").status_code == 200, "logged in at once"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "ala@"}, "Wprowadź poprawny adres email"),
        ({"repeated": "inne"}, "Hasła się różnią"),
        ({"password": "krótkie", "repeated": "krótkie"}, "za krótkie"),
        ({"password": "password1234", "repeated": "password1234"}, "zbyt powszechne"),
        ({"name": ""}, "To pole jest wymagane"),
    ],
)
def test_a_bad_first_account_is_refused(change: dict[str, str], said: str) -> None:
    answer = Client().post("/start/", {**ACCOUNT, **change})
    page = answer.content.decode()
    assert answer.status_code == 200 and said in page
    assert not User.objects.exists()
    assert PASSWORD not in page


def test_there_is_only_one_first_account(owner: Any) -> None:
    assert Client().get("/start/")["Location"] == "/konto/login/"
    assert Client().post("/start/", {**ACCOUNT, "email": "druga@example.com"})["Location"] == "/konto/login/"
    assert User.objects.count() == 1
    with pytest.raises(first_run.AlreadySetUp):
        first_run.make_owner(email="x@example.com", password=PASSWORD, name="")


def test_nobody_signs_up_alone(owner: Any) -> None:
    Client().post("/konto/signup/", {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == 1


def test_logging_in_and_out(owner: Any, company: Any) -> None:
    browser = Client()
    assert "Zaloguj się" in browser.get("/konto/login/").content.decode()
    wrong = browser.post("/konto/login/", {"login": owner.email, "password": "nie to"})
    assert wrong.status_code == 200 and "sessionid" not in str(wrong.cookies)
    answer = browser.post("/konto/login/", {"login": "ALA@example.com", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/firmy/{company.pk}/"
    browser.post("/konto/logout/")
    assert browser.get(f"/firmy/{company.pk}/").status_code == 302


@pytest.mark.parametrize("page", ["/konto/login/", "/konto/password/reset/", "/konto/password/reset/done/"])
def test_the_entrance_is_in_both_languages(page: str, owner: Any, browse: Any) -> None:
    for language in ("pl", "en"):
        answer = browse(language=language).get(page)
        assert answer.status_code == 200 and f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["/konto/2fa/", "/konto/password/change/", "/konto/sessions/", "/konto/2fa/totp/activate/"]
)
def test_account_pages_open(page: str, owner: Any, company: Any) -> None:
    browser = Client()
    browser.post("/konto/login/", {"login": owner.email, "password": PASSWORD})
    assert browser.get(page, follow=True).status_code == 200


def test_a_company_is_added_by_its_nip(owner: Any, browse: Any) -> None:
    browser = browse(owner)
    answer = browser.post("/firmy/nowa/", COMPANY)
    company = Company.objects.get()
    assert company.nip == "5265877635"
    assert answer["Location"] == f"/firmy/{company.pk}/ustawienia/ksef/"
    assert Membership.objects.get(company=company).role == Role.OWNER
    assert "Firma Ali" in browser.get("/firmy/").content.decode()


@pytest.mark.parametrize("nip", ["1234567890", "526587763", "52658776355", "abcdefghij", "", "0000000000"])
def test_a_wrong_nip_is_refused(nip: str, owner: Any, browse: Any) -> None:
    for language, said in (("pl", "NIP"), ("en", "NIP")):
        answer = browse(owner, language=language).post("/firmy/nowa/", {**COMPANY, "nip": nip})
        assert answer.status_code == 200 and said in answer.content.decode()
        assert 'aria-invalid="true"' in answer.content.decode()
    assert not Company.objects.exists()


@given(st.text(max_size=25) | st.text("0123456789", min_size=9, max_size=11))
def test_no_text_breaks_the_form(nip: str) -> None:
    """A form takes the ten digits of a right NIP, or has words for what is wrong with it; nothing in between."""
    form = CompanyForm({**COMPANY, "nip": nip})
    form.full_clean()
    taken = form.cleaned_data.get("nip")
    if taken is None:
        assert form.errors["nip"]
    else:
        assert "nip" not in form.errors
        assert is_nip(taken)
        assert len(nip.strip()) <= 40


def test_nobody_has_a_nip_twice(company: Any, owner: Any, browse: Any) -> None:
    answer = browse(owner).post("/firmy/nowa/", {**COMPANY, "nip": company.nip})
    assert answer.status_code == 200 and "Masz już w programie firmę" in answer.content.decode()
    assert Company.objects.count() == 1


def test_two_owners_write_back_nothing_of_each_other(company: Any, owner: Any, browse: Any) -> None:
    browser, address = browse(owner), f"/firmy/{company.pk}/ustawienia/"
    page = browser.get(address).content.decode()
    shown = dict(re.findall(r'name="(shown-\w+)" value="([^"]*)"', page))
    assert shown["shown-environment"] == "EMULATOR"
    Company.objects.filter(pk=company.pk).update(environment="TEST", phone="111222333")
    stale = {name.removeprefix("shown-"): value for name, value in shown.items()}
    assert browser.post(address, {**stale, **shown, "line1": "ul. Nowa 2"}).status_code == 302
    company.refresh_from_db()
    assert (company.line1, company.environment, company.phone) == ("ul. Nowa 2", "TEST", "111222333")


def test_who_changes_what_another_just_changed_is_told(company: Any, owner: Any, browse: Any) -> None:
    browser, address = browse(owner), f"/firmy/{company.pk}/ustawienia/"
    page = browser.get(address).content.decode()
    shown = dict(re.findall(r'name="(shown-\w+)" value="([^"]*)"', page))
    Company.objects.filter(pk=company.pk).update(environment="TEST", phone="111222333")
    stale = {name.removeprefix("shown-"): value for name, value in shown.items()}
    answer = browser.post(address, {**stale, **shown, "environment": "DEMO", "line1": "ul. Nowa 2"})
    page = answer.content.decode()
    assert "ktoś zmienił te same dane" in page and 'value="111222333"' in page and "ul. Nowa 2" in page
    assert 'name="shown-environment" value="TEST"' in page
    company.refresh_from_db()
    assert (company.line1, company.environment) == ("ul. Kręta 3", "TEST")


@pytest.mark.parametrize(
    "account", ["61-1090-1014-0000-0712-1981-2874", "PL 61 1090 1014 0000 0712 1981 2874"]
)
def test_an_account_is_taken_in_any_spelling(account: str) -> None:
    form = CompanyForm({**COMPANY, "bank_account": account})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["bank_account"].removeprefix("PL") == "61109010140000071219812874"


def test_the_real_ksef_is_asked_about_twice(company: Any, owner: Any, browse: Any) -> None:
    browser, address = browse(owner), f"/firmy/{company.pk}/ustawienia/"
    form = {**COMPANY, "environment": "PRODUKCJA", "phone": "600700800"}
    text = browser.post(address, form).content.decode()
    assert "Przejść na prawdziwy KSeF?" in text and 'name="phone" value="600700800"' in text
    company.refresh_from_db()
    assert company.environment == "EMULATOR" and company.phone == ""
    assert browser.post(address, {**form, "really": "1"}).status_code == 302
    company.refresh_from_db()
    assert company.environment == "PRODUKCJA" and company.phone == "600700800"
    assert browser.post(address, form).status_code == 302  # it is there already


def test_the_environment_is_chosen_in_the_companys_form(company: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    page = browser.get(f"/firmy/{company.pk}/ustawienia/").content.decode()
    for environment in ("EMULATOR", "TEST", "DEMO", "PRODUKCJA"):
        assert f'value="{environment}"' in page
    browser.post(f"/firmy/{company.pk}/ustawienia/", {**COMPANY, "nip": "8567346215", "environment": "DEMO"})
    company.refresh_from_db()
    assert company.environment == "DEMO"
    assert company.nip == "5265877635", "the NIP stays"


@pytest.mark.parametrize("role", ["accountant", "issuer", "viewer"])
def test_only_the_owner_changes_the_data(role: str, company: Any, member: Any, browse: Any) -> None:
    browser = browse(member(role))
    assert "zmienia jej właściciel" in browser.get(f"/firmy/{company.pk}/ustawienia/").content.decode()
    browser.post(f"/firmy/{company.pk}/ustawienia/", {**COMPANY, "name": "Przejęta"})
    company.refresh_from_db()
    assert company.name != "Przejęta"


@pytest.mark.parametrize("page", ["", "ustawienia/"])
def test_a_stranger_gets_404(page: str, company: Any, stranger: Any, browse: Any) -> None:
    answer = browse(stranger).get(f"/firmy/{company.pk}/{page}")
    assert answer.status_code == 404
    assert company.name not in answer.content.decode()
    assert company.name not in browse(stranger).get("/firmy/").content.decode()


def test_a_strange_name_is_only_text(owner: Any, company: Any, browse: Any) -> None:
    company.name = "<script>alert(1)</script> & „Spółka”"
    company.save()
    for page in (f"/firmy/{company.pk}/", "/firmy/", f"/firmy/{company.pk}/ustawienia/"):
        assert "<script>alert" not in browse(owner).get(page).content.decode()


def test_the_dashboard_says_what_is_missing(owner: Any, company: Any, browse: Any) -> None:
    page = browse(owner).get(f"/firmy/{company.pk}/").content.decode()
    assert "Firma nie jest połączona z KSeF" in page
    assert "Pierwsze kroki" in page
