"""What all pages share: headers, language, errors, static files, icons, health."""

from __future__ import annotations

import datetime as dt
import errno
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import liczydlo
import lucide
import pytest
from django.conf import settings as live
from django.contrib.sessions.exceptions import SessionInterrupted
from django.template import Context, Template
from django.test import Client
from django.urls import path
from liczydlo.web import errors
from liczydlo.web.templatetags import liczydlo as tags

ROOT = Path(liczydlo.__file__).parent


@pytest.mark.django_db
def test_health_needs_no_account() -> None:
    answer = Client().get("/health")
    assert answer.status_code == 200 and answer.json() == {"status": "up"}


@pytest.mark.django_db
def test_pages_let_no_foreign_script_in(owner: Any, company: Any, browse: Any) -> None:
    answer = browse(owner).get(f"/firmy/{company.pk}/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Cache-Control"] == "no-store, private"
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)
    assert " style=" not in page and "<style" not in page
    assert not re.search(r"\son[a-z]+=", page)


@pytest.mark.django_db
def test_the_environment_is_always_in_sight(owner: Any, company: Any, browse: Any) -> None:
    for environment, word in (
        ("EMULATOR", "Emulator"),
        ("TEST", "Test"),
        ("DEMO", "Demo"),
        ("PRODUKCJA", "Produkcja"),
    ):
        company.environment = environment
        company.save()
        for page in ("", "ustawienia/", "ustawienia/ksef/", "ustawienia/ksef/offline/"):
            shown = browse(owner).get(f"/firmy/{company.pk}/{page}").content.decode()
            assert re.search(rf'class="env env-{environment}"[^>]*>{word}<', shown)


@pytest.mark.django_db
def test_the_language_is_the_readers_choice(owner: Any, company: Any, browse: Any) -> None:
    browser = browse(owner)
    polish = browser.get(f"/firmy/{company.pk}/", headers={"Accept-Language": "en"})
    assert '<html lang="pl"' in polish.content.decode() and "Pulpit" in polish.content.decode()
    answer = browser.post("/jezyk/setlang/", {"language": "en", "next": f"/firmy/{company.pk}/"})
    assert answer.status_code == 302
    english = browser.get(answer["Location"])
    assert '<html lang="en"' in english.content.decode() and "Dashboard" in english.content.decode()
    assert english["Content-Language"] == "en"


@pytest.mark.django_db
def test_english_pages_hold_no_polish(owner: Any, company: Any, browse: Any) -> None:
    company.name = "Plain Ltd"
    company.save()
    browser = browse(owner, language="en")
    for page in ("", "ustawienia/", "ustawienia/ksef/", "ustawienia/ksef/offline/"):
        shown = browser.get(f"/firmy/{company.pk}/{page}").content.decode()
        words = re.sub(
            r"“[^”]*”|<[^>]+>|Certyfikaty → Wnioskuj o certyfikat|Liczydło|Polski|Nowak", " ", shown
        )
        assert not re.findall(r"\w*[ąćęłńóśźż]\w*", words.replace("Polish", "")), page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["pl", "en"])
def test_errors_are_pages_too(language: str, owner: Any, company: Any, browse: Any) -> None:
    answer = browse(owner, language=language).get("/nie-ma-takiej/")
    assert answer.status_code == 404
    assert {"pl": "Nie ma takiej strony", "en": "There is no such page"}[language] in answer.content.decode()


def explode(request: Any) -> Any:
    password = "Bardzo-tajne-haslo-1"
    raise RuntimeError(f"broken with {len(password)}")


urlpatterns = [path("wybuch/", explode)]
handler500 = "liczydlo.web.errors.server_error"


@pytest.mark.django_db
def test_an_error_of_ours_shows_no_secret(settings: Any, caplog: Any, owner: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    answer = Client(raise_request_exception=False).get("/wybuch/")
    page = answer.content.decode()
    assert answer.status_code == 500 and "Błąd programu" in page
    assert "Bardzo-tajne" not in page and "RuntimeError" not in page and "Traceback" not in page
    assert "Bardzo-tajne" not in caplog.text


def test_a_session_that_finds_no_space_is_no_bad_request(rf: Any) -> None:
    error = SessionInterrupted("deleted before the request completed")
    assert errors.bad_request(rf.get("/"), error).status_code == 400
    error.__context__ = OSError(errno.ENOSPC, "No space left on device")
    answer = errors.bad_request(rf.get("/"), error)
    assert answer.status_code == 507 and "zabrakło miejsca" in answer.content.decode()


@pytest.mark.django_db
def test_static_files_change_their_address_with_their_content() -> None:
    from django.templatetags.static import static

    address = static("web/liczydlo.css")
    assert re.fullmatch(r"/static/web/liczydlo\.css\?v=[0-9a-f]{10}", address)


def test_every_icon_exists() -> None:
    used = set()
    for file in ROOT.rglob("*.html"):
        used |= set(re.findall(r'{% icon "([a-z0-9-]+)"', file.read_text()))
    for file in ROOT.rglob("*.py"):
        used |= set(re.findall(r'icon="([a-z0-9-]+)"', file.read_text()))
    assert len(used) > 20
    for name in used:
        lucide._load_icon(name)


def test_amounts_and_dates_the_polish_way() -> None:
    assert tags.zl(Decimal("1234.5")) == "1\u202f234,50\u00a0zł"
    assert tags.zl(Decimal("-0.005"), "EUR").startswith("−")
    assert tags.zl(None) == "" and tags.zl("x") == "x"
    assert tags.liczba(Decimal("1234.50")) == "1\u202f234,5" and tags.liczba(Decimal("3.000")) == "3"
    assert tags.data(dt.date(2026, 1, 15)) == "15.01.2026"
    assert tags.data(dt.datetime(2026, 1, 14, 23, 30, tzinfo=dt.UTC)) == "15.01.2026"
    assert tags.czas(dt.datetime(2026, 7, 1, 6, 30, tzinfo=dt.UTC)) == "01.07.2026 08:30"
    assert tags.nip("5265877635") == "526-587-76-35" and tags.nip("BE123") == "BE123"


def test_a_chip_is_never_colour_alone() -> None:
    shown = Template('{% load liczydlo %}{% chip "accepted" %}{% chip odd %}').render(Context({"odd": "<b>"}))
    assert "Przyjęta" in shown and "<svg" in shown
    assert "&lt;b&gt;" in shown and "<b>" not in shown


def test_production_settings_are_strict() -> None:
    assert live.DEBUG is False
    assert live.SESSION_COOKIE_HTTPONLY and live.SECURE_CONTENT_TYPE_NOSNIFF
    assert live.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


@pytest.mark.django_db
def test_the_mark_is_at_the_old_address_too() -> None:
    answer = Client().get("/favicon.ico")
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/x-icon"
    assert content.startswith(b"\x00\x00\x01\x00") and "public" in answer["Cache-Control"]


def test_every_landmark_of_a_page_has_a_name_of_its_own() -> None:
    """axe's landmark-unique: no two regions of a template are named by one label."""
    for file in ROOT.rglob("*.html"):
        named = re.findall(r'<(?:section|nav|aside|form)\b[^>]*aria-labelledby="([^"]+)"', file.read_text())
        named += re.findall(r'role="region"[^>]*aria-labelledby="([^"]+)"', file.read_text())
        assert len(named) == len(set(named)), file


@pytest.mark.django_db
def test_the_menu_of_a_phone_holds_everything(owner: Any, company: Any, browse: Any) -> None:
    page = browse(owner).get(company.get_absolute_url()).content.decode()
    menu = page.partition('<ul class="nav">')[2].partition("</ul>")[0]
    assert (
        menu.count("<li>") == 7
        and "Kontrahenci" in menu
        and "Płatności" in menu
        and "Usługi dodatkowe" in menu
        and "nav-more" not in menu
    )
