"""Who may make the first account of an installation that strangers can reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from liczydlo.companies import start_code
from liczydlo.companies.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "Kwiecień-plecień 2026"
ACCOUNT = {"name": "Ala", "email": "ala@example.com", "password": PASSWORD, "repeated": PASSWORD}


def code_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["kod"][0]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.8.0.1", "localhost"])
def test_on_this_machine_alone_nothing_is_demanded(host: str) -> None:
    assert start_code.link(host, 8080) == ""
    assert Client().post("/start/", ACCOUNT)["Location"] == "/firmy/nowa/"


@pytest.mark.parametrize(
    ("host", "more", "begins"),
    [
        ("0.0.0.0", {}, "http://0.0.0.0:8080/start/?kod="),
        ("::", {}, "http://[::]:8080/start/?kod="),
        ("faktury", {}, "http://faktury:8080/start/?kod="),
        ("192.0.2.1", {"LICZYDLO_HOSTS": ["*"]}, "http://192.0.2.1:8080/start/?kod="),
        ("0.0.0.0", {"LICZYDLO_HOSTS": ["f.pl"]}, "http://f.pl:8080/start/?kod="),
        ("127.0.0.1", {"LICZYDLO_HOSTS": ["f.pl"], "HTTPS": True}, "https://f.pl/start/?kod="),
        ("127.0.0.1", {"LICZYDLO_PROXIES": 1}, "http://127.0.0.1:8080/start/?kod="),
    ],
)
def test_where_strangers_could_come_there_is_a_link(
    host: str, more: dict[str, Any], begins: str, settings: Any
) -> None:
    for name, value in more.items():
        setattr(settings, name, value)
    assert start_code.link(host, 8080).startswith(begins)


def test_a_stranger_without_the_code_makes_no_account(tmp_path: Path) -> None:
    link = start_code.link("0.0.0.0", 8080)
    browser = Client()
    assert "Kod pierwszego uruchomienia" in browser.get("/start/").content.decode()
    assert "To pole jest wymagane" in browser.post("/start/", ACCOUNT).content.decode()
    for wrong in ("nie to", code_of(link)[:-1], code_of(link) + "a", "\udcff", "ą" * 200):
        answer = browser.post("/start/", {**ACCOUNT, "code": wrong.encode(errors="surrogateescape")})
        assert "To nie jest kod" in answer.content.decode()
    assert not User.objects.exists()
    kept = tmp_path / "start.code"
    assert kept.stat().st_mode & 0o777 == 0o600 and code_of(link) not in kept.read_text()


def test_the_link_leads_to_the_account_and_ends_with_it() -> None:
    link = start_code.link("0.0.0.0", 8080)
    browser = Client()
    page = browser.get(link).content.decode()
    assert "Kod pierwszego uruchomienia" not in page and code_of(link) in page
    short = browser.post("/start/", {**ACCOUNT, "password": "krótkie", "code": code_of(link)})
    assert code_of(link) in short.content.decode(), "a mistake elsewhere does not lose the code"
    assert browser.post("/start/", {**ACCOUNT, "code": code_of(link)})["Location"] == "/firmy/nowa/"
    assert not start_code.is_demanded()
    assert start_code.link("0.0.0.0", 8080) == "", "there is an account"


def test_each_start_makes_a_new_code_and_one_on_loopback_ends_it() -> None:
    earlier, later = start_code.link("0.0.0.0", 8080), start_code.link("0.0.0.0", 8080)
    assert not start_code.fits(code_of(earlier)) and start_code.fits(code_of(later))
    start_code.link("127.0.0.1", 8080)
    assert not start_code.is_demanded()


def test_nothing_else_opens_before_the_first_account() -> None:
    start_code.link("0.0.0.0", 8080)
    for address in ("/konto/login/", "/konto/signup/", "/konto/password/reset/", "/firmy/"):
        assert Client().get(address)["Location"] == "/start/"
