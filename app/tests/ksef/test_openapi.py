"""Every conversation asks for what the official OpenAPI describes, and reads whatever that may answer."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from liczydlo import ksef
from liczydlo.ksef import (
    certificates,
    exports,
    invoices,
    limits,
    login,
    permission_lists,
    permissions,
    public_keys,
    sessions,
    tokens,
)
from liczydlo.ksef.conversation import Answer, Conversation, Request, converse
from liczydlo.ksef.invoices import MetadataFilter

pytestmark = pytest.mark.shared

NUMBER = "5265877635-20250916-0200A0D6723E-C2"
REFERENCE = "20250604-AU-461EA5B000-537A6BA15D-D7"
MOMENT = "2026-03-02T12:00:00.1234567+00:00"


@pytest.fixture(scope="session")
def openapi(shared: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((shared / "spec/openapi-2.9.0.json").read_text())
    return result


def operation(openapi: dict[str, Any], request: Request) -> dict[str, Any]:
    """The operation that a request addresses."""
    for template, methods in openapi["paths"].items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, request.path) and request.method.lower() in methods:
            if "{" in template and request.path in openapi["paths"]:
                continue
            result: dict[str, Any] = methods[request.method.lower()]
            return result
    raise AssertionError(f"no operation {request.method} {request.path}")


class Answering:
    """Answers from the schemas alone: only what is required, or everything; codes are those of success."""

    def __init__(self, openapi: dict[str, Any], everything: bool, certificate: str) -> None:
        self.openapi = openapi
        self.everything = everything
        self.certificate = certificate
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Answer:
        self.requests.append(request)
        result = operation(self.openapi, request)
        self.check(request, result)
        status = next(code for code in result["responses"] if code.startswith("2"))
        content = result["responses"][status].get("content", {})
        if request.expects == "json":
            value = self.value(content["application/json"]["schema"])
            return Answer(status=int(status), body=json.dumps(value).encode())
        assert ("application/xml" in content) == (request.expects == "xml")
        return Answer(status=int(status), body=b"<a/>" if content else b"")

    def check(self, request: Request, found: dict[str, Any]) -> None:
        """Security, parameters and body are as described."""
        assert bool(found.get("security")) == (request.bearer != "")
        parameters = {
            (parameter["in"], parameter["name"].lower()): parameter
            for parameter in found.get("parameters", [])
        }
        for place, given in (("query", request.query), ("header", request.headers)):
            for name, text in given.items():
                schema = parameters[place, name.lower()]["schema"]
                value = int(text) if schema.get("type") == "integer" else text
                self.validate(schema, value)
        body = found.get("requestBody", {}).get("content", {})
        assert ("application/xml" in body) == (request.xml is not None)
        if "application/json" in body:
            self.validate(body["application/json"]["schema"], request.json)
        else:
            assert request.json is None

    def validate(self, schema: dict[str, Any], value: Any) -> None:
        whole = {**schema, "components": self.openapi["components"]}
        jsonschema_rs.Draft4Validator(whole).validate(value)

    def value(self, schema: dict[str, Any], name: str = "") -> Any:
        """An instance of a schema."""
        if "$ref" in schema:
            key = schema["$ref"].rsplit("/", 1)[1]
            return self.value(self.openapi["components"]["schemas"][key], key)
        if "allOf" in schema and "properties" not in schema:
            return self.value(schema["allOf"][0], name)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            return {
                key: self.value(inner, key)
                for key, inner in schema.get("properties", {}).items()
                if self.everything or key in schema.get("required", [])
            }
        if kind == "array":
            return [self.value(schema["items"], name)]
        if kind == "integer":
            return 200 if name == "code" else 1
        if kind == "number":
            return 1.5
        if kind == "boolean":
            return name == "canRequest"
        return self.text(schema, name)

    def text(self, schema: dict[str, Any], name: str) -> str | None:
        known = {"KsefNumber": NUMBER, "ReferenceNumber": REFERENCE, "certificate": self.certificate}
        if name in known:
            return known[name]
        if name == "continuationToken":
            return None if len(self.requests) > 1 else "next"
        if name == "certificateSerialNumber":
            return "01F20A5D352AE590"
        formats = {
            "date-time": MOMENT,
            "date": "2026-03-02",
            "byte": "A" * max(4, schema.get("minLength", 4)),
            "uri": "https://x/y",
        }
        return formats.get(schema.get("format", ""), "x" * schema.get("minLength", 1))


SESSION = ksef.OnlineSession(
    reference=REFERENCE, key=ksef.SessionKey.new(), valid_until=datetime.fromisoformat(MOMENT)
)
TOKENS = ksef.Tokens(
    access="a", access_valid_until=SESSION.valid_until, refresh="r", refresh_valid_until=SESSION.valid_until
)
CRITERIA = MetadataFilter(
    subject="Subject2",
    date_from=SESSION.valid_until,
    date_to=SESSION.valid_until,
    until_hwm=True,
    ksef_number=NUMBER,
    invoice_number="1",
    seller_nip="5265877635",
)


@cache
def all_of_them() -> dict[str, Callable[[], Conversation[Any]]]:
    """A way to begin each conversation that needs no certificate."""
    return {
        "challenge": login.challenge,
        "refresh": lambda: login.refresh(TOKENS),
        "active sessions": login.active_sessions,
        "end session": login.end_current_session,
        "public keys": public_keys.fetch,
        "limits": certificates.limits,
        "rate limits": limits.rate_limits,
        "context limits": limits.context_limits,
        "enrollment data": certificates.enrollment_data,
        "request": lambda: certificates.request("Komputer 1", "Offline", b"CSR", SESSION.valid_until),
        "enrollment": lambda: certificates.status(REFERENCE),
        "retrieve": lambda: certificates.retrieve(["01F20A5D352AE590"]),
        "query": lambda: certificates.query(purpose="Offline", status="Active", name="K"),
        "revoke": lambda: certificates.revoke("01F20A5D352AE590", "KeyCompromise"),
        "send": lambda: sessions.send_invoice(SESSION, b"<a/>"),
        "correct": lambda: sessions.send_invoice(SESSION, b"<a/>", offline=True, corrected_sha256=b"x" * 32),
        "close": lambda: sessions.close_online(REFERENCE),
        "session": lambda: sessions.session_status(REFERENCE),
        "invoices": lambda: sessions.invoice_page(REFERENCE, "token"),
        "invoice": lambda: sessions.invoice_status(REFERENCE, REFERENCE),
        "upo": lambda: sessions.invoice_upo(REFERENCE, REFERENCE),
        "session upo": lambda: sessions.session_upo(REFERENCE, REFERENCE),
        "download": lambda: invoices.invoice(NUMBER),
        "metadata": lambda: invoices.metadata_page(CRITERIA, 0),
        "take away": lambda: permissions.revoke(REFERENCE),
        "take away between entities": lambda: permissions.revoke(REFERENCE, authorization=True),
        "operation": lambda: permissions.operation(REFERENCE),
        "personal": permission_lists.personal,
        "persons": lambda: permission_lists.grants("persons", queryType="PermissionsInCurrentContext"),
        "subunits": lambda: permission_lists.grants("subunits"),
        "entities": lambda: permission_lists.grants("entities"),
        "authorizations": lambda: permission_lists.grants(
            "authorizations", queryType="Granted", permissionTypes=["SelfInvoicing"]
        ),
        "eu": lambda: permission_lists.grants("eu-entities"),
        "roles": permission_lists.entity_roles,
        "subordinates": permission_lists.subordinate_roles,
        "make token": lambda: tokens.make(["InvoiceRead", "InvoiceWrite"], "Program do faktur"),
        "tokens": tokens.listed,
        "revoke token": lambda: tokens.revoke(REFERENCE),
        "end login": lambda: tokens.end_session(REFERENCE),
    }


@pytest.fixture
def answering(openapi: dict[str, Any], certificate: Any, private_key: Any) -> Callable[[bool], Answering]:
    der = certificate(private_key("RSA")).public_bytes(Encoding.DER)
    return lambda everything: Answering(openapi, everything, base64.b64encode(der).decode())


@pytest.mark.parametrize("everything", [False, True], ids=["required", "everything"])
@pytest.mark.parametrize("name", sorted(all_of_them()))
def test_each_conversation(name: str, everything: bool, answering: Any) -> None:
    ksef_side = answering(everything)
    converse(all_of_them()[name](), ksef_side, lambda seconds: None)
    assert ksef_side.requests


def test_login(answering: Any, credential: Any, now: datetime) -> None:
    ksef_side = answering(False)
    context = ksef.Context(value="5265877635")
    tokens = converse(
        login.certificate_login(context, credential(), clock=lambda: now), ksef_side, lambda seconds: None
    )
    assert tokens.access
    assert len(ksef_side.requests) == 4


class WithKeys(Answering):
    """Its public keys are for symmetric keys."""

    def value(self, schema: dict[str, Any], name: str = "") -> Any:
        result = super().value(schema, name)
        return "SymmetricKeyEncryption" if name == "PublicKeyCertificateUsage" else result


def test_opening_a_session(answering: Any, now: datetime) -> None:
    made = answering(True)
    ksef_side = WithKeys(made.openapi, True, made.certificate)
    opened = converse(
        sessions.open_online(api="x", cache=ksef.PublicKeyCache(), clock=lambda: now),
        ksef_side,
        lambda seconds: None,
    )
    assert opened.reference == REFERENCE


def test_an_export(answering: Any, now: datetime) -> None:
    made = answering(True)
    ksef_side = WithKeys(made.openapi, True, made.certificate)
    begun = exports.begin(
        CRITERIA, ksef.SessionKey.new(), api="x", cache=ksef.PublicKeyCache(), clock=lambda: now
    )
    assert converse(begun, ksef_side, lambda seconds: None) == REFERENCE
    export = converse(exports.status(REFERENCE), ksef_side, lambda seconds: None)
    assert export is not None
    assert (export.count, [one.ordinal for one in export.parts]) == (1, [1])
    assert export.hwm == datetime.fromisoformat(MOMENT)


def test_every_code_that_the_openapi_names_is_explained(openapi: dict[str, Any], answering: Any) -> None:
    """A person meets no bare code of the operations that we use."""
    from liczydlo.web.catalogue.ksef_refusals import REFUSALS

    made = answering(False)
    for begin in all_of_them().values():
        converse(begin(), made, lambda seconds: None)
    # 21001: our JSON is readable
    known = set(REFUSALS) | {"21001"}
    requests = [
        *made.requests,
        Request(method="POST", path="/invoices/exports"),
        Request(method="GET", path=f"/invoices/exports/{REFERENCE}"),
    ]
    for request in requests:
        text = operation(openapi, request)["responses"].get("400", {}).get("description") or ""
        missing = set(re.findall(r"^\s*\|\s*(\d{4,5})\s*\|", text, re.MULTILINE)) - known
        assert not missing, f"{request.method} {request.path}: {missing}"
