"""Bodies: every member spoiled, what is no JSON, other content types, what is no login document."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from ..invoicing.conftest import Firm
from ..login.conftest import code
from ..valid_bodies import BODIES
from .conftest import FOR_EU_ENTITIES, NAMED, as_json, never_broken, place, send

WITH_BODY = [name for name in NAMED if name in BODIES]
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
