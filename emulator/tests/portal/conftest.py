"""A browser without scripts at the portal's door: it keeps its cookie and repeats the form's secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from ..login.conftest import Door, door, running

__all__ = ["door", "running"]
_SECRET = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(kw_only=True)
class Browser:
    """One visit."""

    http: httpx2.Client

    def get(self, path: str) -> httpx2.Response:
        return self.http.get(path, follow_redirects=True)

    def post(self, path: str, *, on: str | None = None, **more: Any) -> httpx2.Response:
        """Send a form of the page ``on``, which is the form's own address unless said otherwise."""
        secret = _SECRET.search(self.get(on or path).text)
        assert secret is not None
        data = {"csrf": secret[1], **more.pop("data", {})}
        return self.http.post(path, data=data, follow_redirects=True, **more)

    def log_in(self, nip: str = "7771234567", person: str = "-1") -> httpx2.Response:
        """Through the stand-in of login.gov.pl."""
        self.post("/portal/logowanie/gov", data={"kind": "Nip", "value": nip})
        return self.post("/portal/logowanie/gov/podpis", data={"person": person, "way": "pz"})


@pytest.fixture
def browser(door: Door) -> Iterator[Browser]:
    with httpx2.Client(base_url=door.running.url, trust_env=False, timeout=20) as http:
        yield Browser(http=http)


@pytest.fixture
def another(door: Door) -> Iterator[Browser]:
    with httpx2.Client(base_url=door.running.url, trust_env=False, timeout=20) as http:
        yield Browser(http=http)
