"""Paths, pages and queries, methods, and pages that are not there."""

from __future__ import annotations

import pytest

from ..invoicing.conftest import Firm
from ..login.conftest import code
from ..valid_bodies import BODIES
from .conftest import NAMED, WITH_PATH, never_broken, place, send

PAGED = [
    name
    for name, each in NAMED.items()
    if each.path in ("/sessions", "/tokens", "/auth/sessions", "/peppol/query", "/certificates/query")
    or "query" in each.path
    or (each.path.endswith(("/invoices", "/failed", "/ksef/{ksefNumber}")) and each.method == "GET")
]
SEGMENTS = [
    "x",
    "%00",
    "%0a",
    "%20",
    "%FF%FE",
    "%c5%bc" * 18,
    "..",
    "%2e%2e",
    "x" * 36,
    "x" * 5000,
    "' OR 1=1",
    "-1",
    "null",
    "20260101-SO-0123456789-ABCDEF0123-46",
    "*",
]
NUMBERS = ["0", "-1", "9", "1001", "x", "", "10.5", "1e3", "%00", "99999999999999999999", "9" * 5000, "null"]


@pytest.mark.parametrize("name", WITH_PATH)
def test_path_parameters(name: str, anybody: Firm) -> None:
    operation = NAMED[name]
    parameters = [part.strip("{}") for part in operation.path.split("/") if part.startswith("{")]
    more = {"json": BODIES[name]} if name in BODIES else {}
    with never_broken() as broken:
        for parameter in parameters:
            for segment in SEGMENTS:
                path = place(operation, **{parameter: segment})
                broken.note(send(anybody, operation, path=path, **more), path)
    answer = send(anybody, operation, **more)
    expected = {
        "/auth/{referenceNumber}": 401,
        "/auth/sessions/{referenceNumber}": 403,
        "/tokens/{referenceNumber}": 403,
        "/collective-identifiers/ksef/{ksefNumber}": 200,
    }
    if not operation.path.startswith("/permissions"):  # where what is wrong comes out later
        assert answer.status_code == expected.get(operation.path, 400), answer.text


@pytest.mark.parametrize("name", PAGED)
def test_pages(name: str, anybody: Firm) -> None:
    more = {"json": BODIES[name]} if name in BODIES else {}
    extra = "&sessionType=Online" if NAMED[name].path == "/sessions" else ""
    with never_broken() as broken:
        for number in NUMBERS:
            for parameter in ("pageSize", "pageOffset"):
                path = f"{place(NAMED[name])}?{parameter}={number}{extra}"
                broken.note(send(anybody, NAMED[name], path=path, **more), path)
        for token in ("x", "", "%%%", "AAAA", "eyJhIjoxfQ", "[" * 200, "A" * 3000):
            headers = {"x-continuation-token": token}
            path = f"{place(NAMED[name])}?{extra.lstrip('&')}"
            broken.note(send(anybody, NAMED[name], path=path, headers=headers, **more), token)


@pytest.mark.parametrize(
    "path",
    [
        "/sessions",
        "/sessions?sessionType=Nothing",
        "/sessions?sessionType=Online&statuses=x",
        "/sessions?sessionType=Online&referenceNumber=x",
        "/sessions?sessionType=Online&dateCreatedFrom=x",
        "/tokens?status=x",
        "/tokens?authorIdentifierType=x",
    ],
)
def test_query_parameters_that_are_refused(path: str, anybody: Firm) -> None:
    assert code(anybody.get(path)) == 21405


@pytest.mark.parametrize(
    "path",
    [
        "/sessions?sessionType=Online&dateCreatedFrom=9999-12-31T23:59:59-23:59",
        "/sessions?sessionType=Online&dateCreatedFrom=0001-01-01T00:00:00%2B23:59",
        "/sessions?sessionType=Online&dateCreatedFrom=2026-10-02T00:00:00Z&dateCreatedTo=2026-10-01T00:00:00Z",
        "/sessions?sessionType=Online&sessionType=Batch",
        "/sessions?sessionType=Online&statuses=" + "&statuses=".join(["Failed"] * 500),
        "/sessions?" + "&".join(f"x{i}=1" for i in range(500)),
        "/tokens?description=%00",
        "/tokens?description=" + "x" * 5000,
        "/tokens?authorIdentifier=%00&authorIdentifierType=Nip",
        "/auth/sessions?pageSize=10&pageSize=20",
    ],
)
def test_query_parameters(path: str, anybody: Firm) -> None:
    assert anybody.get(path).status_code < 500


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"])
def test_methods(method: str, anybody: Firm) -> None:
    with never_broken() as broken:
        for path in {place(item) for item in NAMED.values() if item.method == "POST"}:
            broken.note(anybody.door.call(method, path, anybody.token), path)


PAGES = [
    "/",
    "/qr",
    "/qr/invoice/x/y/z",
    "/qr/invoice/5265877635/99-99-9999/AAAA",
    "/qr/invoice/5265877635/01-10-2026/" + "A" * 43,
    "/qr/invoice/%00/%00/%00",
    "/qr/certificate/Nip/5265877635/5265877635/0123456789ABCDEF/AAAA/AAAA",
    "/qr/certificate/Nothing/%FF/%FF/%FF/%FF/%FF",
    "/qr/certificate/Nip/x/x/" + "0" * 5000 + "/x/x",
    "/latarnia/status",
    "/latarnia/messages",
    "/latarnia/nothing",
    "/storage/x",
    "/storage/%00?sig=%00",
    "/storage/upos/20260101-EU-0123456789-ABCDEF0123-45?sig=x&se=9999",
    "/v2",
    "/v2/",
    "/v2//",
    "/v2/sessions/online/",
    "/api/v2/sessions/../../../etc/passwd",
    "/docs/v2/openapi.json?x=%00",
    "/" + "a/" * 3000,
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path[:40])
def test_pages_and_what_is_not_there(path: str, anybody: Firm, undescribed: list[str]) -> None:
    with never_broken() as broken:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            answer = anybody.door.http.request(method, anybody.door.running.url + path, content=b"\0" * 10)
            broken.note(answer, f"{method} {path}")
    undescribed.clear()  # what is no operation is described nowhere
