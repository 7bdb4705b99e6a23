"""Whose address counts: in the limits of logins, in the sessions' list, in the audit log."""

from __future__ import annotations

import runpy
from typing import Any

import liczydlo.settings
import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.audit.models import Entry
from liczydlo.web.caller import address_of

PASSWORD = "Kwiecień-plecień 2026"
PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counts"),
    [
        (0, "203.0.113.5", PROXY),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.9, 203.0.113.5", "203.0.113.5"),
        (1, " 198.51.100.9 ,\t203.0.113.5 ", "203.0.113.5"),
        (2, "198.51.100.9, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "203.0.113.5", PROXY),
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, "203.0.113.5,", PROXY),
        (1, "203.0.113.5, <script>", PROXY),
        (1, "2001:DB8::0:7", "2001:db8::7"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),
        (1, "203.0.113.5" * 100, PROXY),
    ],
)
def test_the_address_is_counted_from_the_right(
    proxies: int, forwarded: str, counts: str, rf: Any, settings: Any
) -> None:
    settings.LICZYDLO_PROXIES = proxies
    assert address_of(rf.get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded)) == counts


def test_without_a_header_it_is_who_opened_the_connection(rf: Any, settings: Any) -> None:
    settings.LICZYDLO_PROXIES = 1
    assert address_of(rf.get("/", REMOTE_ADDR="::1")) == "::1"
    assert address_of(rf.get("/", REMOTE_ADDR="")) == ""


@pytest.mark.parametrize("value", ["-1", "1.5", "yes", "١", "10", " 1", "1000000000"])
def test_a_number_of_proxies_that_cannot_be_meant_stops_the_start(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LICZYDLO_PROXIES", value)
    with pytest.raises(ImproperlyConfigured, match="LICZYDLO_PROXIES must be a whole number from 0 to 9"):
        runpy.run_path(str(liczydlo.settings.__file__))


def try_to_log_in(email: str, password: str, forwarded: str) -> Any:
    browser = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded})
    return browser.post("/konto/login/", {"login": email, "password": password})


@pytest.mark.django_db
class TestLimits:
    """Each test with an empty cache, where allauth counts."""

    @pytest.fixture(autouse=True)
    def behind_a_proxy(self, settings: Any) -> None:
        settings.LICZYDLO_PROXIES = 1
        cache.clear()

    def test_two_callers_behind_one_proxy_do_not_lock_each_other_out(self, owner: Any) -> None:
        for number in range(12):
            refused = try_to_log_in(f"nikt{number}@example.com", "nie to", "203.0.113.5")
        assert "Zbyt wiele" in refused.content.decode(), "the one who guesses is stopped"
        assert try_to_log_in(owner.email, PASSWORD, "203.0.113.6").status_code == 302

    def test_guessing_an_owners_password_does_not_lock_the_owner_out(self, owner: Any) -> None:
        for _ in range(6):
            refused = try_to_log_in(owner.email, "nie to", "203.0.113.5")
        assert "Zbyt wiele" in refused.content.decode()
        assert "Zbyt wiele" in try_to_log_in(owner.email, PASSWORD, "203.0.113.5").content.decode()
        assert try_to_log_in(owner.email, PASSWORD, "203.0.113.6").status_code == 302

    def test_a_forged_entry_gives_no_further_tries(self, owner: Any) -> None:
        for number in range(12):
            refused = try_to_log_in(owner.email, "nie to", f"198.51.100.{number}, 203.0.113.5")
        assert "Zbyt wiele" in refused.content.decode()

    def test_without_proxies_a_forged_header_gives_no_further_tries(self, owner: Any, settings: Any) -> None:
        settings.LICZYDLO_PROXIES = 0
        for number in range(12):
            refused = try_to_log_in(owner.email, "nie to", f"198.51.100.{number}")
        assert "Zbyt wiele" in refused.content.decode()


@pytest.mark.django_db
def test_the_audit_log_and_the_list_of_sessions_name_the_caller(
    company: Any, owner: Any, rf: Any, settings: Any
) -> None:
    settings.LICZYDLO_PROXIES = 1
    request = rf.get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR="198.51.100.9, 203.0.113.5")
    request.user = owner
    audit.log(company, Action.COPIED, request=request)
    assert Entry.objects.of(company).get().address == "203.0.113.5"
    browser = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.5"})
    browser.post("/konto/login/", {"login": owner.email, "password": PASSWORD})
    page = browser.get("/konto/sessions/").content.decode()
    assert "203.0.113.5" in page and "198.51.100.9" not in page and PROXY not in page
