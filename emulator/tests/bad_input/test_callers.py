"""Who asks: wrong and expired tokens, things of another context, headers of every sort."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ksef_emulator.model.access import jwt

from ..invoicing.conftest import Firm
from ..login.conftest import Door, code, self_signed
from ..valid_bodies import BODIES, KSEF_NUMBER
from .conftest import NAMED, WITH_PATH, enter, never_broken, place, send

PROTECTED = [name for name, each in NAMED.items() if not each.anonymous]


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
