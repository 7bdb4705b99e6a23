"""KSeF tokens and logins from the application, against the real emulator: made, shown once, revoked, ended."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import call_command
from liczydlo import ksef
from liczydlo.audit.models import Entry
from liczydlo.connection import clients
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import KsefLogin
from liczydlo.connection.tokens import connecting

pytestmark = pytest.mark.django_db
SHOP = {"permissions": ["InvoiceWrite"], "description": "Sklep internetowy"}


@pytest.fixture
def firm(company: Any, owner: Any, ksef_files: Any) -> Any:
    """A company connected by its seal's certificate."""
    mine = ksef_files(company)
    storing.store_authentication(company, mine.key, mine.certificate, mine.password, owner)
    return company


def at(company: Any, rest: str = "") -> str:
    return f"/firmy/{company.pk}/ustawienia/ksef/tokeny/{rest}"


def made(answer: Any) -> str:
    """The token's text on the page that shows it."""
    match = re.search(r'id="token">([^<]+)<', answer.content.decode())
    assert match, answer.content.decode()
    return match[1]


def listed(company: Any) -> dict[str, ksef.TokenInfo]:
    with clients.client(company) as client:
        return {one.reference: one for one in client.list_tokens()}


def test_a_token_is_shown_once_works_and_is_revoked(
    firm: Any, owner: Any, browse: Any, tmp_path: Any, capsys: Any, caplog: Any
) -> None:
    browser = browse(owner)
    answer = browser.post(at(firm, "nowy/"), SHOP)
    assert "Pokaż token" in browser.get(answer.url).content.decode()
    shown = browser.post(answer.url + "token/")
    token = ksef.KsefToken.parse(made(shown))
    assert "no-store" in shown["Cache-Control"]
    for again in (browser.get(answer.url), browser.post(answer.url + "token/")):
        page = again.content.decode()
        assert token.text not in page and "został już pokazany" in page
    where = clients.environment(firm)
    with ksef.Client(
        where, credential=token, context=ksef.Context(value=firm.nip), trust_env=False
    ) as client:
        client.login()
        with pytest.raises(ksef.Refused) as refused:
            client.permissions_given()
    assert refused.value.missing_permissions, "it may issue invoices and nothing else"

    page = browser.get(at(firm)).content.decode()
    assert "Sklep internetowy" in page and token.reference in page and token.text not in page
    assert "wystawianie faktur" in page and "ostatnio użyty" in page
    entry = Entry.objects.get(action="token-made")
    assert entry.reference == token.reference and entry.by == owner
    secret = token.text.rsplit("|", 1)[1]
    call_command("dumpdata", output=str(tmp_path / "everything.json"))
    assert secret not in (tmp_path / "everything.json").read_text()
    assert secret not in caplog.text

    revoke = at(firm, f"uniewaznij/{token.reference}/")
    assert "Unieważnić token?" in browser.get(revoke).content.decode()
    assert listed(firm)[token.reference].status == "Active", "asking revokes nothing"
    assert "jest unieważniony" in browser.post(revoke, follow=True).content.decode()
    assert listed(firm)[token.reference].status in ("Revoking", "Revoked"), "KSeF goes on by itself"
    assert Entry.objects.get(action="token-revoked").reference == token.reference
    assert browser.post(revoke).status_code == 404, "it is gone"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({**SHOP, "permissions": []}, "co najmniej jedno uprawnienie"),
        ({**SHOP, "description": "abc"}, "5"),
        ({**SHOP, "description": "a" * 257}, "256"),
        ({**SHOP, "permissions": ["VatUeManage"]}, "VatUeManage"),
    ],
)
def test_what_ksef_would_refuse_is_told_before_it_is_asked(
    firm: Any, owner: Any, browse: Any, fields: dict[str, Any], words: str
) -> None:
    before = listed(firm)
    answer = browse(owner).post(at(firm, "nowy/"), fields)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert listed(firm).keys() == before.keys() and not Entry.objects.filter(action="token-made").exists()


def test_a_program_that_gets_in_by_token_can_make_none(
    company: Any, owner: Any, browse: Any, make_token: Any
) -> None:
    connecting.store(company, make_token(company.nip, "InvoiceRead", "CredentialsManage"), owner)
    browser = browse(owner)
    assert "Tokenem nie da się utworzyć tokena" in browser.get(at(company, "nowy/")).content.decode()


def test_logins_are_listed_and_another_ones_is_ended(
    firm: Any, owner: Any, browse: Any, ksef_files: Any
) -> None:
    with clients.client(firm) as client:
        client.active_sessions()
    with clients.client_with(firm, clients.credential(firm)[1]) as other:
        other.login()
        theirs = next(one for one in other.active_sessions() if one.is_current).reference
        browser = browse(owner)
        page = browser.get(at(firm, "sesje/")).content.decode()
        assert theirs in page and page.count("sesja tego programu") == 1
        end = at(firm, f"sesje/zakoncz/{theirs}/")
        assert "Zakończyć sesję logowania?" in browser.get(end).content.decode()
        assert theirs in browser.get(at(firm, "sesje/")).content.decode(), "asking ends nothing"
        assert "jest zakończona" in browser.post(end, follow=True).content.decode()
        assert theirs not in browser.get(at(firm, "sesje/")).content.decode()
    entry = Entry.objects.get(action="session-ended")
    assert entry.reference == theirs and entry.details["method"]
    assert KsefLogin.objects.of(firm).exists(), "ours goes on"


def test_the_programs_own_login_begins_anew(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    with clients.client(firm) as client:
        ours = next(one for one in client.active_sessions() if one.is_current).reference
    end = at(firm, f"sesje/zakoncz/{ours}/")
    assert "sesja tego programu" in browser.get(end).content.decode()
    assert "jest zakończona" in browser.post(end, follow=True).content.decode()
    page = browser.get(at(firm, "sesje/")).content.decode()
    assert ours not in page and page.count("sesja tego programu") == 1


@pytest.mark.usefixtures("ksef_away")
@pytest.mark.parametrize("rest", ["", "nowy/", "sesje/"])
def test_ksef_is_away(company: Any, owner: Any, browse: Any, rest: str) -> None:
    page = browse(owner).get(at(company, rest)).content.decode()
    assert "Firma nie jest połączona z KSeF" in page


@pytest.mark.parametrize("rest", ["", "nowy/", "sesje/", "uniewaznij/x/", "sesje/zakoncz/x/"])
def test_a_stranger_finds_nothing(company: Any, stranger: Any, browse: Any, rest: str) -> None:
    assert browse(stranger).get(at(company, rest)).status_code == 404


def test_an_accountant_looks_but_changes_nothing(firm: Any, member: Any, browse: Any) -> None:
    browser = browse(member("accountant"))
    assert browser.get(at(firm)).status_code == browser.get(at(firm, "sesje/")).status_code == 200
    assert "Nowy token" not in browser.get(at(firm)).content.decode()
    assert browser.post(at(firm, "nowy/"), SHOP).status_code == 403
    assert not Entry.objects.filter(action="token-made").exists()
