"""Strangers get 404 everywhere, members see, only the owner changes."""

from __future__ import annotations

from typing import Any

import pytest
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import StoredCertificate

pytestmark = pytest.mark.django_db
PAGES = ("", "offline/", "usun/authentication/", "usun/offline/", "stan/")
POSTS = ("", "offline/", "plik/", "usun/authentication/", "usun/offline/", "sprawdz/")


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_gets_404(page: str, company: Any, stranger: Any, browse: Any) -> None:
    assert browse(stranger).get(f"/firmy/{company.pk}/ustawienia/ksef/{page}").status_code == 404


@pytest.mark.parametrize("page", POSTS)
def test_a_stranger_changes_nothing(
    page: str, company: Any, owner: Any, stranger: Any, browse: Any, files: Any
) -> None:
    mine = files("Offline")
    storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    assert browse(stranger).post(f"/firmy/{company.pk}/ustawienia/ksef/{page}").status_code == 404
    assert StoredCertificate.objects.count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_without_an_account_the_login_comes_first(page: str, company: Any, browse: Any) -> None:
    answer = browse().get(f"/firmy/{company.pk}/ustawienia/ksef/{page}")
    assert answer.status_code == 302 and answer["Location"].startswith("/konto/login/")


@pytest.mark.parametrize("role", ["accountant", "issuer", "viewer"])
def test_a_member_sees_but_does_not_change(
    role: str, company: Any, owner: Any, member: Any, browse: Any, send: Any, files: Any
) -> None:
    mine = files("Offline")
    storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    browser = browse(member(role))
    page = browser.get(f"/firmy/{company.pk}/ustawienia/ksef/offline/").content.decode()
    assert mine.credential.serial in page
    assert "Usuń certyfikat" not in page and 'type="file"' not in page
    assert browser.post(f"/firmy/{company.pk}/ustawienia/ksef/usun/offline/").status_code == 403
    answer = send(
        browser, company, "offline", key=mine.key, certificate=mine.certificate, password=mine.password
    )
    assert answer.status_code == 403
    assert StoredCertificate.objects.count() == 1


def test_an_unknown_tab_is_404(company: Any, owner: Any, browse: Any) -> None:
    assert browse(owner).get(f"/firmy/{company.pk}/ustawienia/ksef/usun/inny/").status_code == 404


def test_a_form_of_another_site_is_refused(company: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner, enforce_csrf_checks=True)
    assert browser.post(f"/firmy/{company.pk}/ustawienia/ksef/usun/offline/").status_code == 403
