"""Services with host names of their own, told apart by the Host header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from ksef_emulator.config import Config
from ksef_emulator.http.hosts import own
from ksef_emulator.testing import running_emulator

CONFIG = Config(
    public_url="https://ksef.test",
    qr_url="https://kody.test",
    storage_url="https://pliki.test:444",
    latarnia_url="https://proxy.test/latarnia-ksef",
    portal_url="https://portal.test/web/",
)
INVOICE = "/invoice/9992000202/01-02-2026/xNQ7PNqlo5SnyhwaVy_8C0Dl0P0JdKlzdK0FYpPtv8w"


@pytest.fixture(scope="module")
def ask() -> Iterator[Any]:
    with running_emulator(CONFIG) as one, httpx2.Client(trust_env=False, base_url=one.url) as http:
        yield lambda host, path, method="GET": http.request(method, path, headers={"Host": host})


@pytest.mark.parametrize("host", ["api-latarnia-test.ksef.mf.gov.pl", "API-LATARNIA.ksef.mf.gov.pl:8090"])
def test_latarnia_as_on_its_live_hosts(host: str, ask: Any) -> None:
    assert ask(host, "/status").json() == {"status": "AVAILABLE"}
    assert ask(host, "/messages").json() == []
    assert ask(host, "/latarnia/status").status_code == 200


def test_latarnia_behind_a_proxy_that_keeps_its_folder(ask: Any) -> None:
    assert ask("proxy.test", "/latarnia-ksef/status").json() == {"status": "AVAILABLE"}
    assert ask("proxy.test", "/status").json() == {"status": "AVAILABLE"}
    assert ask("proxy.test", "/latarnia-ksef-2/status").status_code == 404


@pytest.mark.parametrize(
    "host", ["qr-test.ksef.mf.gov.pl", "qr.ksef.mf.gov.pl", "kody.test", "kody.test:8443"]
)
def test_pages_of_codes_at_the_root(host: str, ask: Any) -> None:
    answer = ask(host, INVOICE)
    assert answer.status_code == 200
    assert answer.text == ask("ksef.test", f"/qr{INVOICE}").text


def test_the_hosts_of_the_first_months(ask: Any) -> None:
    assert ask("ksef-test.mf.gov.pl", f"/client-app{INVOICE}").status_code == 200
    assert ask("ksef.mf.gov.pl", "/api/v2/auth/challenge", "POST").status_code == 200


@pytest.mark.parametrize("host", ["api-test.ksef.mf.gov.pl", "localhost", "kody.test", "nothing.example", ""])
def test_the_api_is_everywhere(host: str, ask: Any) -> None:
    assert ask(host, "/v2/auth/challenge", "POST").status_code == 200
    assert ask(host, "/api/v2/auth/challenge", "POST").status_code == 200


@pytest.mark.parametrize("host", ["api-test.ksef.mf.gov.pl", "ksef.test", "[::1]:8090", "[", "\u00e9"])
def test_other_hosts_know_prefixes_only(host: str, ask: Any) -> None:
    for path in ("/status", INVOICE, "/web"):
        assert ask(host.encode("latin-1"), path).status_code == 404


@pytest.mark.parametrize("host", ["ap-test.ksef.mf.gov.pl", "portal.test"])
def test_the_portal(host: str, ask: Any) -> None:
    assert ask(host, "/web").status_code == 200
    assert ask(host, "/portal").status_code == 200


def test_addresses() -> None:
    assert CONFIG.api_base == "https://ksef.test/v2"
    assert CONFIG.qr_base == "https://kody.test"
    assert CONFIG.storage_base == "https://pliki.test:444"
    assert CONFIG.portal_base == "https://portal.test/web"
    assert own(CONFIG) == ["ksef.test", "pliki.test", "kody.test", "proxy.test", "portal.test"]
    usual = Config(host="::", port=1)
    assert usual.qr_base == "http://127.0.0.1:1/qr"
    assert usual.latarnia_base == "http://127.0.0.1:1/latarnia"
    assert usual.portal_base == "http://127.0.0.1:1/portal"
    assert Config(host="::1", port=1, tls=True).base == "https://[::1]:1"


def test_pages_show_the_configured_addresses(ask: Any) -> None:
    page = ask("ksef.test", "/portal").text
    for address in (CONFIG.api_base, CONFIG.qr_base, "https://proxy.test/latarnia-ksef/status"):
        assert re.search(rf"{re.escape(address)}[/<]", page), address
