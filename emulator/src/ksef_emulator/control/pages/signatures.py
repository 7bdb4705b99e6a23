"""Test signatures and seals: a form that hands out a file, as a trust service would."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ...pages.fields import Wrong
from ...pages.model_forms import FormField, form_field, from_form
from ...pages.words import Both
from ..certificates import ForeignerOrder, ForeignSealOrder, Issued, PersonOrder, SealOrder, issue
from .frame import CurrentPanel, Panel

HERE = "/panel/podmioty/certyfikat"
KINDS: dict[str, Both] = {
    "pesel": ("Podpis osoby z numerem PESEL", "A person's signature, with PESEL"),
    "nip": ("Podpis osoby z numerem NIP", "A person's signature, with NIP"),
    "seal": ("Pieczęć firmy", "A company's seal"),
    "foreigner": ("Podpis cudzoziemca bez PESEL i NIP", "A foreigner's signature without PESEL and NIP"),
    "foreign-seal": ("Pieczęć firmy zagranicznej", "A foreign company's seal"),
}
FORMATS: dict[str, Both] = {
    "p12": ("PKCS#12 (.p12) z hasłem", "PKCS#12 (.p12) with a password"),
    "pem": (
        "PEM: klucz bez hasła i certyfikat w jednym pliku",
        "PEM: a key without a password and the certificate in one file",
    ),
}
Order = PersonOrder | SealOrder | ForeignerOrder | ForeignSealOrder
_MODELS: dict[str, type[Order]] = {
    **{"pesel": PersonOrder, "nip": PersonOrder, "seal": SealOrder},
    **{"foreigner": ForeignerOrder, "foreign-seal": ForeignSealOrder},
}
_NAMES = {"givenName": "first", "surname": "last", "validTo": "until"}
INPUTS = {
    "kind": FormField(name="kind", label=("Rodzaj", "Kind"), kind="radio", options=tuple(KINDS.items())),
    "format": FormField(
        name="format", label=("Postać", "Form"), kind="radio", options=tuple(FORMATS.items())
    ),
    "name": replace(form_field(SealOrder, "name"), required=False),
} | {
    place: replace(form_field(PersonOrder, name, place=place), required=False)
    for name, place in (
        *_NAMES.items(),
        *((name, name) for name in ("pesel", "nip", "key", "password")),
    )
}

router = APIRouter(prefix=HERE)


def render(panel: Panel, request: Request, **more: Any) -> Response:
    query = request.query_params
    fields = {
        "kind": "pesel",
        "format": "p12",
        **{key: query[key] for key in ("kind", "pesel", "nip", "first", "last", "name") if key in query},
    }
    values: dict[str, Any] = {"inputs": INPUTS, "fields": fields}
    return panel.show(request, "panel_signature.html", **(values | more))


@router.get("")
async def form(panel: CurrentPanel, request: Request) -> Response:
    return render(panel, request)


@router.post("")
async def hand_out(panel: CurrentPanel, request: Request) -> Response:
    fields = await panel.form(request)
    try:
        order = _order(fields)
        issued = await run_in_threadpool(issue, panel.emulator.ca, order, panel.emulator.clock.now())
    except Wrong as wrong:
        return render(panel, request, status=400, error=wrong, fields={**fields, "password": ""})
    return panel.with_cookie(request, _file(issued))


def _order(form: Any) -> Order:
    """The form as ``POST /certificates`` takes it. Raises Wrong."""
    kind, pem = form.get("kind"), form.get("format") == "pem"
    kind = kind if kind in KINDS else "pesel"
    ready: dict[str, Any] = {"password": None} if pem else {}
    if kind in ("pesel", "nip"):
        ready |= {"kind": "person", "nip" if kind == "pesel" else "pesel": None}
    order = from_form(_MODELS[kind], form, _NAMES, (kind,), **{"kind": kind} | ready)
    if order.password is None and not pem:
        raise Wrong("Plik .p12 musi mieć hasło.", "A .p12 file needs a password.", "password")
    return order


def _file(issued: Issued) -> Response:
    """PKCS#12, or the key and the certificate in one PEM."""
    if issued.pkcs12:
        content, name, kind = base64.b64decode(issued.pkcs12), "certyfikat.p12", "application/x-pkcs12"
    else:
        content, name = f"{issued.privateKey}{issued.certificate}".encode(), "certyfikat.pem"
        kind = "application/x-pem-file"
    return Response(content, media_type=kind, headers={"Content-Disposition": f"attachment; filename={name}"})
