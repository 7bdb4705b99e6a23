"""How long a login lasts, the list of one's sessions, and how all others are ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

pytestmark = pytest.mark.django_db
PASSWORD = "Kwiecień-plecień 2026"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/firmy/?strona=2"}


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Turns the clock on: ``turn(hours=12)``."""
    passed = dt.timedelta()
    real = timezone.now

    def on(**parts: float) -> None:
        nonlocal passed
        passed += dt.timedelta(**parts)
        monkeypatch.setattr(timezone, "now", lambda: real() + passed)

    return on


def logged_in(person: Any, **options: Any) -> Client:
    browser = Client(**options)
    browser.post("/konto/login/", {"login": person.email, "password": PASSWORD})
    return browser


def test_a_login_ends_after_twelve_hours_without_work(owner: Any, company: Any, turn: Any) -> None:
    browser = logged_in(owner)
    assert browser.get("/firmy/").status_code == 200
    turn(hours=11, minutes=59)
    assert browser.get("/firmy/").status_code == 200
    turn(hours=11, minutes=59)
    assert browser.get("/firmy/").status_code == 200, "work keeps it"
    turn(hours=12, minutes=1)
    answer = browser.get("/firmy/")
    assert answer.status_code == 302 and answer["Location"].startswith("/konto/login/?next=/firmy/")


def test_what_an_open_page_asks_by_itself_is_no_work(owner: Any, company: Any, turn: Any) -> None:
    browser = logged_in(owner)
    assert browser.get("/firmy/").status_code == 200
    for _ in range(4):
        turn(hours=3)
        last = browser.get("/firmy/", headers=HTMX)
    turn(minutes=1)
    last = browser.get("/firmy/", headers=HTMX)
    assert last.status_code == 204, "a part of the page leads the whole page to the login"
    assert last["HX-Redirect"] == "/konto/login/?next=%2Ffirmy%2F%3Fstrona%3D2"
    assert browser.get("/firmy/").status_code == 302


def test_reading_pages_writes_the_session_once_in_five_minutes(owner: Any, company: Any, turn: Any) -> None:
    def writes() -> int:
        with CaptureQueriesContext(connection) as request:
            browser.get("/firmy/")
        return sum("django_session" in one["sql"] and "UPDATE" in one["sql"] for one in request)

    browser = logged_in(owner)
    assert writes() == 1
    assert writes() == 0
    turn(minutes=4)
    assert writes() == 0
    turn(minutes=2)
    assert writes() == 1


def test_the_setting_is_in_hours(owner: Any, company: Any, settings: Any, turn: Any) -> None:
    settings.SESSION_COOKIE_AGE = 3600
    browser = logged_in(owner)
    assert browser.get("/firmy/").status_code == 200
    turn(minutes=61)
    assert browser.get("/firmy/").status_code == 302


def test_the_session_of_the_first_account_is_on_the_list(db: None) -> None:
    browser = Client(headers={"User-Agent": FIREFOX})
    account = {"name": "Ala", "email": "ala@example.com", "password": PASSWORD, "repeated": PASSWORD}
    browser.post("/start/", account)
    page = browser.get("/konto/sessions/").content.decode()
    assert "Firefox · Linux" in page and "to urządzenie" in page


def test_all_sessions_are_listed_and_all_others_ended(owner: Any, company: Any, browse: Any) -> None:
    old = browse(owner)  # one that allauth's login did not see
    old.get("/firmy/")
    phone, here = logged_in(owner, headers={"User-Agent": "iPhone Safari/1"}), logged_in(owner)
    page = here.get("/konto/sessions/").content.decode()
    assert page.count('data-label="Adres IP"') == 3 and "Safari · iPhone" in page
    assert here.post("/konto/sessions/").status_code == 302
    assert here.get("/firmy/").status_code == 200
    assert old.get("/firmy/").status_code == phone.get("/firmy/").status_code == 302
    assert UserSession.objects.count() == Session.objects.count() == 1


def test_one_that_ran_out_is_not_on_the_list(owner: Any, company: Any, turn: Any) -> None:
    logged_in(owner).get("/firmy/")
    turn(hours=13)
    page = logged_in(owner).get("/konto/sessions/").content.decode()
    assert page.count('data-label="Adres IP"') == 1


def test_a_strangers_sessions_stay(owner: Any, company: Any, stranger: Any) -> None:
    theirs, mine = logged_in(stranger, headers={"User-Agent": FIREFOX}), logged_in(owner)
    assert theirs.get("/firmy/").status_code == 200
    assert "Firefox" not in mine.get("/konto/sessions/").content.decode()
    logged_in(owner)
    mine.post("/konto/sessions/")
    assert theirs.get("/firmy/").status_code == 200


def test_a_new_password_ends_all_other_sessions(owner: Any, company: Any) -> None:
    here, other = logged_in(owner), logged_in(owner)
    assert other.get("/firmy/").status_code == 200
    new = "Lipiec, lipiec 2027"
    answer = here.post(
        "/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert other.get("/firmy/").status_code == 302
    assert here.get("/firmy/").status_code == 200
    assert here.get("/konto/sessions/").content.decode().count('data-label="Adres IP"') == 1


def test_a_new_password_writes_back_nothing_else(owner: Any, company: Any, rf: Any) -> None:
    from allauth.account.adapter import get_adapter
    from liczydlo.companies.models import User

    stale = User.objects.get(pk=owner.pk)
    User.objects.filter(pk=owner.pk).update(is_active=False, name="Ala Nowak-Kos")
    get_adapter(rf.get("/")).set_password(stale, "Lipiec, lipiec 2027")
    now = User.objects.get(pk=owner.pk)
    assert not now.is_active and now.name == "Ala Nowak-Kos" and now.check_password("Lipiec, lipiec 2027")


@pytest.mark.parametrize("password", ["739154826034", "739154826034750192"])
def test_a_password_of_digits_alone_is_refused(password: str, owner: Any, company: Any) -> None:
    from liczydlo.companies.models import User

    change = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert "cyfr" in logged_in(owner).post("/konto/password/change/", change).content.decode()
    User.objects.all().delete()
    account = {"name": "Ala", "email": "a@example.com", "password": password, "repeated": password}
    assert "cyfr" in Client().post("/start/", account).content.decode()
    assert not User.objects.exists()
