"""Giving permissions in the context of any firm, as ``/testdata/permissions`` does; and what was given so far."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ...model.identity.subjects import SubjectType
from ...pages.fields import FINGERPRINT, NIP, PESEL, Wrong, required
from ...pages.model_forms import form_field, from_form
from ...pages.words import moment
from ...portal.permission_words import NAMES
from ..seed import Seed, SeedPermission, load_seed
from .frame import CurrentPanel, Panel

HERE = "/panel/podmioty/uprawnienia"
SHOWN = 50
_RULES = {SubjectType.PESEL: PESEL, SubjectType.NIP: NIP, SubjectType.FINGERPRINT: FINGERPRINT}
_NAMES = {"context": "context", "subjectType": "type", "subject": "value", "permissions": "permission"}
INPUTS = {place: form_field(SeedPermission, name, place=place) for name, place in _NAMES.items()}

router = APIRouter(prefix=HERE)


def render(panel: Panel, request: Request, **more: Any) -> Response:
    query = request.query_params
    fields = {
        "type": "Pesel",
        **{key: query[key] for key in ("context", "value", "type") if key in query},
    }
    grants = panel.emulator.permissions.grants.find()
    values: dict[str, Any] = {
        "fields": fields,
        "inputs": INPUTS,
        "total": len(grants),
        "rows": [
            {
                "context": f"{grant.context.type.upper()}: {grant.context.value}",
                "who": f"{grant.subject.type.upper()}: {grant.subject.value or ''}",
                "permission": NAMES.get(grant.permission, (grant.permission, grant.permission)),
                "since": moment(grant.start) if grant.start else "",
            }
            for grant in grants[:SHOWN]
        ],
    }
    return panel.show(request, "panel_grants.html", **(values | more))


@router.get("")
async def form(panel: CurrentPanel, request: Request) -> Response:
    return render(panel, request)


@router.post("")
async def give(panel: CurrentPanel, request: Request) -> Response:
    fields = await panel.form(request)
    try:
        grant = _permission(fields)
    except Wrong as wrong:
        return render(panel, request, status=400, error=wrong, fields=fields)
    load_seed(panel.emulator, Seed(permissions=[grant]))
    return panel.done(
        request,
        HERE,
        f"{grant.subjectType.upper()} {grant.subject} ma uprawnienia w kontekście {grant.context}.",
        f"{grant.subjectType.upper()} {grant.subject} has permissions in the context {grant.context}.",
    )


def _permission(form: Any) -> SeedPermission:
    """The form as ``POST /seed`` takes it. Raises Wrong."""
    kind = next((rule for rule in _RULES if rule == form.get("type")), SubjectType.PESEL)
    subject = required(form, "value", _RULES[kind])
    return from_form(SeedPermission, form, _NAMES, subjectType=kind, subject=subject)
