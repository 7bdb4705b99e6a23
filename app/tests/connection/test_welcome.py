"""„Usługi dodatkowe → KSeF → Dowiedz się więcej → Uruchom KSeF", the choice of a way in, and the help line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import StoredCertificate

pytestmark = pytest.mark.django_db


def at(company: Any, rest: str) -> str:
    return f"/firmy/{company.pk}/{rest}"


def test_the_documents_three_first_steps(company: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    assert "Usługi dodatkowe" in browser.get(at(company, "")).content.decode()
    page = browser.get(at(company, "uslugi/")).content.decode()
    assert "Dowiedz się więcej" in page and at(company, "uslugi/ksef/") in page
    page = browser.get(at(company, "uslugi/ksef/")).content.decode()
    assert "Uruchom KSeF" in page and "Praca w trybie offline" in page
    page = browser.get(at(company, "ustawienia/ksef/")).content.decode()
    for way in ("ustawienia/ksef/polacz/", "ustawienia/ksef/certyfikat/", "ustawienia/ksef/token/"):
        assert f'href="{at(company, way)}"' in page


def test_who_is_connected_is_led_to_the_settings(
    company: Any, owner: Any, browse: Any, ksef_files: Any, member: Any
) -> None:
    mine = ksef_files(company)
    storing.store_authentication(company, mine.key, mine.certificate, mine.password, owner)
    browser = browse(owner)
    page = browser.get(at(company, "uslugi/ksef/")).content.decode()
    assert "jest już połączona" in page and "Uruchom KSeF" not in page
    assert "Dodaj certyfikat offline" in browser.get(at(company, "uslugi/ksef/offline/")).content.decode()
    reader = browse(member("viewer")).get(at(company, "uslugi/ksef/offline/")).content.decode()
    assert "uruchamia właściciel" in reader


def test_a_stranger_finds_nothing(company: Any, stranger: Any, browse: Any) -> None:
    for page in ("uslugi/", "uslugi/ksef/", "uslugi/ksef/offline/", "ustawienia/ksef/certyfikat/"):
        assert browse(stranger).get(at(company, page)).status_code == 404


def test_a_company_names_its_certificate(
    company: Any, owner: Any, browse: Any, ksef_files: Any, send: Any
) -> None:
    browser = browse(owner)
    address = at(company, "ustawienia/ksef/certyfikat/")
    assert "Nazwa certyfikatu" not in browser.get(address).content.decode(), "a sole proprietor needs none"
    company.kind = "company"
    company.save()
    assert "Nazwa certyfikatu" in browser.get(address).content.decode()
    mine = ksef_files(company)
    parts = {"key": mine.key, "certificate": mine.certificate, "password": mine.password}
    assert send(browser, company, **parts, name="Księgowość <Gdynia>").status_code == 302
    assert StoredCertificate.objects.get().name == "Księgowość <Gdynia>"
    page = browser.get(at(company, "ustawienia/ksef/")).content.decode()
    assert "Księgowość &lt;Gdynia&gt;" in page
    send(browser, company, **parts)
    assert StoredCertificate.objects.get().name == "Księgowość <Gdynia>", "a new one takes the name over"


def test_the_help_line_is_the_operators(company: Any, owner: Any, browse: Any, settings: Any) -> None:
    browser = browse(owner)
    address = at(company, "ustawienia/ksef/")
    assert "Potrzebujesz pomocy" not in browser.get(address).content.decode()
    settings.LICZYDLO_HELP = {
        "phone": "32 000 00 00",
        "dial": "320000000",
        "email": "pomoc@example.com",
        "hours": "pn.–pt. 8–18",
    }
    for page in (address, at(company, "uslugi/ksef/"), at(company, "ustawienia/ksef/certyfikat/")):
        shown = browser.get(page).content.decode()
        assert 'href="tel:320000000"' in shown and "mailto:pomoc@example.com" in shown and "8–18" in shown


@pytest.mark.parametrize(
    ("name", "value"), [("LICZYDLO_HELP_EMAIL", "pomoc"), ("LICZYDLO_HELP_PHONE", "zadzwoń")]
)
def test_a_help_line_that_cannot_be_meant_stops_the_start(name: str, value: str, tmp_path: Any) -> None:
    environment = {**os.environ, name: value, "LICZYDLO_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "import liczydlo.settings"],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0 and name in done.stderr
