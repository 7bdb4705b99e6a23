"""Anything at all, sent to every operation: never a 5xx, and always an answer that the OpenAPI describes.

What the answers look like is held by the ``undescribed`` fixture of ``conftest``: it fails a test after which it is not
empty. Here it is said what must be refused, and with which code.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from ksef_emulator.api.contract.operations import OPERATIONS, Operation
from ksef_emulator.config import Config
from ksef_emulator.model.access import jwt
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import Running, running_emulator

from .invoicing.conftest import Firm
from .login.conftest import Door, code, new_nip, self_signed
from .valid_bodies import BODIES, KSEF_NUMBER, PATHS

NAMED = {f"{each.method} {each.path}": each for each in OPERATIONS}
WITH_BODY = [name for name in NAMED if name in BODIES]
WITH_PATH = [name for name, each in NAMED.items() if "{" in each.path]
PROTECTED = [name for name, each in NAMED.items() if not each.anonymous]
PAGED = [
    name
    for name, each in NAMED.items()
    if each.path in ("/sessions", "/tokens", "/auth/sessions", "/peppol/query", "/certificates/query")
    or "query" in each.path
    or (each.path.endswith(("/invoices", "/failed", "/ksef/{ksefNumber}")) and each.method == "GET")
]
WRONG = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**400,
    1.5,
    1e308,
    "",
    " ",
    "\0",
    "a\0b",
    "ż" * 300,
    "\ud800",
    "🦊",
    "x" * 20_000,
    "%%%",
    "../../etc/passwd",
    "'; DROP TABLE sessions; --",
    "{{7*7}}${7*7}",
    "<a/>",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-13-45",
    "2026-10-01T12:00:00",
    [],
    [None],
    [[[[]]]],
    {},
    {"type": None},
    {"type": [], "value": {}},
]
FOR_EU_ENTITIES = ("POST /permissions/eu-entities/grants",)
"""Not for a context of the type Nip."""
DEEP = 100_000
RAW = {
    "nothing": b"",
    "half": b'{"a":',
    "two": b"{}{}",
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "number": b"5",
    "not a number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "many digits": b'{"a":' + b"9" * 6000 + b"}",
    "huge exponent": b'{"a":1e999999}',
    "null byte": b"\0",
    "null bytes inside": b'{"a":"\0"}',
    "not UTF-8": b'{"a":"\xff\xfe"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "comment": b"{/* */}",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "form": b"a=1&b=2",
    "a lot": b'{"a":"' + b"x" * 3_000_000 + b'"}',
}
TYPES = [
    "application/json",
    "application/json; charset=utf-16",
    "application/json; charset=no-such",
    "application/vnd.api+json",
    "text/plain",
    "text/json",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "nonsense",
    "",
    None,
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


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with running_emulator(Config(progress=AT_ONCE, rate_limits="off")) as one:
        yield one


@pytest.fixture(scope="module")
def door(running: Running) -> Iterator[Door]:
    with httpx2.Client(trust_env=False, timeout=60) as http:
        yield Door(running=running, http=http)


def enter(door: Door) -> Firm:
    """Somebody new, logged in to a context of their own."""
    nip = new_nip()
    access, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    return Firm(door=door, nip=nip, token=access)


@pytest.fixture
def firm(door: Door) -> Firm:
    """Whose context may be spoiled."""
    return enter(door)


@pytest.fixture(scope="module")
def anybody(door: Door) -> Firm:
    """Whose context stays as it is."""
    return enter(door)


class Refused(list[str]):
    """Answers with 5xx, each with what was sent."""

    def note(self, answer: httpx2.Response, what: object) -> None:
        if answer.status_code >= 500:
            self.append(f"{answer.status_code} {str(what)[:200]}: {answer.text[:200]}")


@contextmanager
def never_broken() -> Iterator[Refused]:
    refused = Refused()
    yield refused
    assert not refused, "\n".join(refused)


def place(operation: Operation, **parameters: str) -> str:
    return operation.path.format(**(PATHS | parameters))


def send(firm: Firm, operation: Operation, **more: Any) -> httpx2.Response:
    path = more.pop("path", None) or place(operation)
    if "content" in more:
        more["headers"] = {"Content-Type": "application/json"} | more.get("headers", {})
    return firm.door.call(operation.method, path, more.pop("token", firm.token), **more)


def as_json(body: Any) -> bytes:
    """Also what no encoder of text would write."""
    return json.dumps(body).encode()


def spoiled(body: Any) -> Iterator[tuple[str, Any]]:
    """The body with each member left out, and with each replaced by what it cannot be: by everything at the top, by a
    dozen things, others each time, further down."""
    for where in places(body):
        for wrong in WRONG if len(where) == 1 else random.Random(str(where)).sample(WRONG, 12):
            yield f"{'.'.join(map(str, where))} = {wrong!r}"[:120], changed(body, where, wrong)
        yield f"no {'.'.join(map(str, where))}", changed(body, where, missing=True)


def places(body: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if before:
        yield before
    if isinstance(body, dict):
        alike = before == ("rateLimits",)
        for name, value in list(body.items())[: 1 if alike else None]:
            yield from places(value, (*before, name))
    elif isinstance(body, list):
        yield from places(body[0], (*before, 0))


def changed(body: Any, where: tuple[str | int, ...], wrong: Any = None, *, missing: bool = False) -> Any:
    made = copy.deepcopy(body)
    node = made
    for step in where[:-1]:
        node = node[step]
    if missing:
        del node[where[-1]]
    else:
        node[where[-1]] = wrong
    return made


@pytest.mark.parametrize("name", WITH_BODY)
def test_the_bodies_to_spoil_are_well_formed(name: str, firm: Firm) -> None:
    answer = send(firm, NAMED[name], json=BODIES[name])
    if answer.status_code == 400:
        details = answer.json()["exception"]["exceptionDetailList"][0]
        fields = [
            line
            for line in details.get("details") or ()
            if line.partition(":")[0].split(".")[0] in BODIES[name]
        ]
        assert details["exceptionCode"] != 21001, answer.text
        assert details["exceptionCode"] != 21405 or not fields, answer.text
    assert answer.status_code not in (401, 404, 405), answer.text


@pytest.mark.parametrize("name", WITH_BODY)
def test_every_member_spoiled(name: str, firm: Firm) -> None:
    with never_broken() as broken:
        seen = set()
        for what, body in spoiled(BODIES[name]):
            answer = send(firm, NAMED[name], content=as_json(body))
            broken.note(answer, what)
            seen.add(answer.status_code)
    if name not in FOR_EU_ENTITIES:
        assert seen - {401, 403, 404}, "nothing came as far as the operation"


@pytest.mark.parametrize("name", WITH_BODY)
def test_what_is_no_json(name: str, anybody: Firm) -> None:
    with never_broken() as broken:
        for what, content in RAW.items():
            answer = send(anybody, NAMED[name], content=content)
            broken.note(answer, what)
            if what in ("half", "two", "null byte", "not UTF-8", "comment", "XML", "form"):
                assert code(answer) == 21001, (what, answer.text)


@pytest.mark.parametrize("name", WITH_BODY)
def test_other_content_types(name: str, firm: Firm) -> None:
    with never_broken() as broken:
        for kind in TYPES:
            content = as_json(BODIES[name])
            headers = {"Content-Type": kind} if kind is not None else {}
            token = {"Authorization": f"Bearer {firm.token}"}
            url = f"{firm.door.running.url}/v2{place(NAMED[name])}"
            answer = firm.door.http.request(NAMED[name].method, url, content=content, headers=token | headers)
            broken.note(answer, kind)
        for encoding in ("gzip", "br", "nonsense"):
            headers = {"Content-Encoding": encoding}
            broken.note(send(firm, NAMED[name], content=b"{}", headers=headers), encoding)


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


@pytest.fixture(scope="module")
def wrong_tokens(anybody: Firm) -> dict[str, str]:
    """Headers ``Authorization`` that open nothing."""
    secret = anybody.door.emulator.auth.tokens._secret
    identity = self_signed(serial_number=f"TINPL-{anybody.nip}")
    submitted = anybody.door.submit(identity, ("Nip", anybody.nip)).json()
    head, claims, signature = anybody.token.split(".")
    none = jwt._part(b'{"alg":"none","typ":"JWT"}')
    return {
        "none": "",
        "another scheme": "Basic YTpi",
        "empty": "Bearer",
        "word": "Bearer x",
        "dots": "Bearer ...",
        "not ASCII": "Bearer żółć",
        "signature cut": f"Bearer {anybody.token[:-2]}",
        "signature of another": f"Bearer {head}.{claims}.{signature[::-1]}",
        "no signature": f"Bearer {head}.{claims}.",
        "algorithm none": f"Bearer {none}.{claims}.",
        "another secret": f"Bearer {jwt.encode({'typ': 'ContextToken', 'exp': 2**40}, b'x' * 32)}",
        "no claims": f"Bearer {jwt.encode({}, secret)}",
        "of a login operation": f"Bearer {submitted['authenticationToken']['token']}",
        "long": f"Bearer {'x' * 20_000}",
    }


@pytest.mark.parametrize("name", PROTECTED)
def test_wrong_tokens(name: str, anybody: Firm, wrong_tokens: dict[str, str]) -> None:
    operation = NAMED[name]
    login = operation.path.startswith("/auth/") and "sessions" not in operation.path
    url = f"{anybody.door.running.url}/v2{place(operation)}"
    for what, header in wrong_tokens.items():
        if login and what == "of a login operation":
            continue
        headers = {"Authorization": header.encode()} if header else {}
        answer = anybody.door.http.request(operation.method, url, headers=headers)
        assert answer.status_code == 401, (what, answer.text)
        assert answer.headers["content-type"] == "application/json"


LOGIN = ("/auth/token/redeem", "/auth/token/refresh", "/auth/{referenceNumber}")
"""These take other kinds of tokens."""


@pytest.mark.parametrize("name", [name for name in PROTECTED if NAMED[name].path not in LOGIN])
def test_expired_tokens(name: str, anybody: Firm) -> None:
    more = {"json": BODIES[name]} if name in BODIES else {}
    clock = anybody.door.emulator.clock
    clock.move(timedelta(minutes=16))
    try:
        assert send(anybody, NAMED[name], **more).status_code == 401
    finally:
        clock.reset()


NOT_OURS = {
    "/invoices/ksef/{ksefNumber}": 21164,
    "/sessions/{referenceNumber}/invoices/ksef/{ksefNumber}/upo": 21178,
}
"""The codes for what belongs to another context, where it is not 21173."""


def test_things_of_another_context(door: Door) -> None:
    owner, stranger = enter(door), enter(door)
    session = owner.open()
    sent = owner.issue(session)
    owner.close(session)
    there = {
        "referenceNumber": session,
        "invoiceReferenceNumber": sent["referenceNumber"],
        "ksefNumber": sent["ksefNumber"],
    }
    with never_broken() as broken:
        for name in WITH_PATH:
            operation = NAMED[name]
            if not operation.path.startswith(("/sessions", "/invoices/ksef", "/collective-identifiers")):
                continue
            more = {"json": BODIES[name]} if name in BODIES else {}
            path = place(NAMED[name], **there)
            answer = send(stranger, NAMED[name], path=path, **more)
            broken.note(answer, path)
            if operation.path.startswith("/collective-identifiers"):
                assert answer.json() == {"collectiveIdentifiers": []}
            else:
                assert code(answer) == NOT_OURS.get(operation.path, 21173), path
    assert owner.get(f"/sessions/{session}").status_code == 200


def test_headers_of_every_sort(anybody: Firm) -> None:
    with never_broken() as broken:
        for headers in (
            {"X-Error-Format": "\x7f"},
            {"X-Error-Format": "problem-details, x"},
            {"X-KSeF-Feature": "x" * 5000},
            {"X-Test-System-Warning": "ż" * 2000},
            {"X-Test-System-Warning": ""},
            {"Accept": "*/*;q=x"},
            {"Accept": "text/html"},
            {"X-Forwarded-For": "not an address"},
            {"Expect": "100-continue"},
        ):
            raw = {name: value.encode() for name, value in headers.items()}
            broken.note(anybody.get(f"/invoices/ksef/{KSEF_NUMBER}", headers=raw), headers)
            broken.note(anybody.post("/sessions/online", {}, headers=raw), headers)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"])
def test_methods(method: str, anybody: Firm) -> None:
    with never_broken() as broken:
        for path in {place(each) for each in NAMED.values() if each.method == "POST"}:
            broken.note(anybody.door.call(method, path, anybody.token), path)


XML = {
    "nothing": b"",
    "no XML": b"abc",
    "JSON": b"{}",
    "half": b"<AuthTokenRequest>",
    "null bytes": b"<a>\0</a>",
    "not UTF-8": b"<a>\xff</a>",
    "another encoding": '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
    "an encoding that is none": b'<?xml version="1.0" encoding="nonsense"?><a/>',
    "XML 1.1": b'<?xml version="1.1"?><a/>',
    "external entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "external DTD": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>',
    "a billion laughs": b"<!DOCTYPE a [<!ENTITY b '"
    + b"x" * 100
    + b"'>"
    + b"".join(b"<!ENTITY b%d '%s'>" % (i, b"&b%d;" % (i - 1) * 10 if i else b"&b;" * 10) for i in range(9))
    + b"]><a>&b8;</a>",
    "deep": b"<a>" * DEEP + b"</a>" * DEEP,
    "wide": b"<a>" + b"<b/>" * 200_000 + b"</a>",
    "attributes": b"<a " + b" ".join(b'b%d="1"' % i for i in range(20_000)) + b"/>",
    "a long name": b"<" + b"a" * 1_000_000 + b"/>",
    "namespaces": b"<a " + b" ".join(b'xmlns:b%d="c%d"' % (i, i) for i in range(5000)) + b"/>",
    "inclusion": b'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd" parse="text"/></a>',
    "instruction": b'<?xml-stylesheet href="file:///etc/passwd"?><a/>',
    "a lot": b"<a>" + b"x" * 6_000_000 + b"</a>",
}


@pytest.mark.parametrize("what", XML)
def test_what_is_no_login_document(what: str, anybody: Firm) -> None:
    for kind in ("application/xml", "text/plain", "application/json", ""):
        answer = anybody.door.call(
            "POST", "/auth/xades-signature", content=XML[what], headers={"Content-Type": kind}
        )
        assert code(answer), answer.text
        assert "root:" not in answer.text


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
