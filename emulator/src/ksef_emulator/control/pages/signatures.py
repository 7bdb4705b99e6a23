"""Test signatures and seals: a form that hands out a file, as a trust service would."""

from __future__ import annotations

import base64
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter, ValidationError

from ...pages.fields import NIP, PERSON_NAME, PESEL, Wrong, moment, required, required_text
from ...pages.words import Both
from ..certificates import CertificateOrder, Issued, issue
from .frame import CurrentPanel, Panel, of_validation

HERE = "/panel/podmioty/certyfikat"
KINDS: dict[str, Both] = {
    "pesel": ("Podpis osoby z numerem PESEL", "A person's signature, with PESEL"),
    "nip": ("Podpis osoby z numerem NIP", "A person's signature, with NIP"),
    "seal": ("Pieczęć firmy", "A company's seal"),
    "foreigner": ("Podpis cudzoziemca bez PESEL i NIP", "A foreigner's signature without PESEL and NIP"),
    "foreign-seal": ("Pieczęć firmy zagranicznej", "A foreign company's seal"),
}
_PEOPLE = frozenset({"pesel", "nip", "foreigner"})
_ORDER: TypeAdapter[CertificateOrder] = TypeAdapter(CertificateOrder)
_UNTIL: Both = ("Ważny do", "Valid until")

router = APIRouter(prefix=HERE)


def render(panel: Panel, request: Request, **more: Any) -> Response:
    query = request.query_params
    fields = {
        "kind": "pesel",
        "format": "p12",
        **{key: query[key] for key in ("kind", "pesel", "nip", "first", "last", "name") if key in query},
    }
    values: dict[str, Any] = {"kinds": KINDS, "fields": fields}
    return panel.show(request, "panel_signature.html", **(values | more))


@router.get("")
async def form(panel: CurrentPanel, request: Request) -> Response:
    return render(panel, request)


@router.post("")
async def hand_out(panel: CurrentPanel, request: Request) -> Response:
    fields = await panel.form(request)
    try:
        order = _order(fields)
        made = await run_in_threadpool(issue, panel.emulator.ca, order, panel.emulator.clock.now())
    except Wrong as wrong:
        return render(panel, request, status=400, error=wrong, fields={**fields, "password": ""})
    except ValidationError as error:
        refusal = of_validation(error)
        return render(panel, request, status=400, error=refusal, fields={**fields, "password": ""})
    return panel.with_cookie(request, _file(made))


def _order(form: Any) -> Any:
    """The form as ``POST /certificates`` takes it. Raises Wrong, ValidationError."""
    kind = form.get("kind") if form.get("kind") in KINDS else "pesel"
    body: dict[str, Any] = {
        "kind": "person" if kind in ("pesel", "nip") else kind,
        "key": "RSA" if form.get("key") == "RSA" else "EC",
    }
    if kind in _PEOPLE:
        body["givenName"] = required_text(form, "first", PERSON_NAME)
        body["surname"] = required_text(form, "last", PERSON_NAME)
    else:
        body["name"] = form.get("name", "")
        if not 1 <= len(body["name"]) <= 256:
            raise Wrong("Podaj nazwę firmy.", "Give the company's name.", "name")
    if kind == "pesel":
        body["pesel"] = required(form, "pesel", PESEL)
    if kind in ("nip", "seal"):
        body["nip"] = required(form, "nip", NIP)
    if form.get("format") != "pem":
        if not 1 <= len(form.get("password", "")) <= 128:
            raise Wrong("Plik .p12 musi mieć hasło.", "A .p12 file needs a password.", "password")
        body["password"] = form["password"]
    until = moment(form, "until", _UNTIL)
    if until is not None:
        body["validTo"] = until
    return _ORDER.validate_python(body)


def _file(made: Issued) -> Response:
    """PKCS#12, or the key and the certificate in one PEM."""
    if made.pkcs12:
        content, name, kind = base64.b64decode(made.pkcs12), "certyfikat.p12", "application/x-pkcs12"
    else:
        content, name = f"{made.privateKey}{made.certificate}".encode(), "certyfikat.pem"
        kind = "application/x-pem-file"
    return Response(content, media_type=kind, headers={"Content-Disposition": f"attachment; filename={name}"})
