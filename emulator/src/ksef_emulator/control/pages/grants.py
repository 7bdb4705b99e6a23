"""Giving permissions in the context of any firm, as ``/testdata/permissions`` does; and what was given so far."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ...model.access.permissions import Permission
from ...model.identity.subjects import SubjectType
from ...pages.fields import FINGERPRINT, NIP, PESEL, Wrong, required
from ...pages.words import moment
from ...portal.permission_words import NAMES
from ..seed import GRANTABLE, Seed, SeedPermission, load_seed
from .frame import CurrentPanel, Panel

HERE = "/panel/podmioty/uprawnienia"
SHOWN = 50
_RULES = {SubjectType.PESEL: PESEL, SubjectType.NIP: NIP, SubjectType.FINGERPRINT: FINGERPRINT}

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
        "types": list(_RULES),
        "permissions": [(item.value, NAMES.get(item, (item.value, item.value))) for item in GRANTABLE],
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
    values |= more
    kept = values["fields"]
    values["chosen"] = kept.get("permission_all", [kept["permission"]] if kept.get("permission") else [])
    return panel.show(request, "panel_grants.html", **values)


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
    ticked = form.get("permission_all", [form["permission"]] if form.get("permission") else [])
    permissions: list[Permission] = [grant for grant in GRANTABLE if grant in ticked]
    context, value = required(form, "context", NIP), required(form, "value", _RULES[kind])
    if not permissions:
        raise Wrong("Zaznacz co najmniej jedno uprawnienie.", "Tick at least one permission.", "permission")
    return SeedPermission(context=context, subjectType=kind, subject=value, permissions=permissions)
