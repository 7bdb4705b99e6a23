"""Permissions in the portal: giving one to a person, as the Ministry's form is drawn; the list; taking away."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ..intake.polish_time import in_poland
from ..model.granting import ACCEPTED, DESCRIPTIONS
from ..model.grants import Grant, Identifier, Kind
from ..model.logins import Principal
from ..model.permissions import Permission
from .fields import FINGERPRINT, NIP, PERSON_NAME, PESEL, Wrong, required, required_text
from .frame import Portal

HERE = "/portal/uprawnienia"
SCOPES = {
    Permission.INVOICE_WRITE: ("wystawiania faktur", "issue invoices"),
    Permission.INVOICE_READ: ("przeglądania faktur", "look at invoices"),
    Permission.CREDENTIALS_READ: ("przeglądania uprawnień", "look at permissions"),
    Permission.INTROSPECTION: (
        "przeglądania historii sesji (generowania UPO)",
        "look at the history of sessions (receipts)",
    ),
    Permission.SUBUNIT_MANAGE: ("zarządzania jednostkami podrzędnymi", "manage subunits"),
}
"""The five scopes of the form."""
NAMES: dict[str, tuple[str, str]] = {
    Permission.INVOICE_WRITE: ("Wystawianie faktur", "Issuing invoices"),
    Permission.INVOICE_READ: ("Przeglądanie faktur", "Looking at invoices"),
    Permission.CREDENTIALS_READ: ("Przeglądanie uprawnień", "Looking at permissions"),
    Permission.CREDENTIALS_MANAGE: ("Zarządzanie uprawnieniami", "Managing permissions"),
    Permission.INTROSPECTION: ("Przeglądanie historii sesji", "Looking at the history of sessions"),
    Permission.SUBUNIT_MANAGE: ("Zarządzanie jednostkami podrzędnymi", "Managing subunits"),
    Permission.ENFORCEMENT_OPERATIONS: ("Operacje egzekucyjne", "Enforcement operations"),
    Permission.COLLECTIVE_IDENTIFIER_MANAGE: ("Identyfikatory zbiorcze", "Collective identifiers"),
}
_RULES = {"Nip": NIP, "Pesel": PESEL, "Fingerprint": FINGERPRINT}


def router(portal: Portal) -> APIRouter:
    """The pages."""
    pages = APIRouter(prefix=HERE)
    emulator = portal.emulator

    def shown(grant: Grant) -> dict[str, Any]:
        assert grant.start is not None
        person = grant.details.get("subjectPersonDetails", {})
        return {
            "uid": grant.uid,
            "who": f"{grant.subject.type.upper()}: {grant.subject.value}",
            "name": " ".join((person.get("firstName", ""), person.get("lastName", ""))).strip(),
            "permission": NAMES.get(grant.permission, (grant.permission, grant.permission)),
            "since": in_poland(grant.start).strftime("%d.%m.%Y %H:%M"),
            "active": emulator.permissions.holds(grant),
        }

    def given(principal: Principal) -> list[Grant]:
        kind, value = principal.context.type, principal.context.value
        found = emulator.permissions.grants.find(giver_type=kind, giver_value=value)
        return [grant for grant in found if grant.kind in (Kind.PERSON, Kind.ENTITY, Kind.INDIRECT)]

    def may(principal: Principal) -> bool:
        return Permission.CREDENTIALS_MANAGE in principal.permissions

    @pages.get("")
    @portal.for_members
    async def listing(request: Request, principal: Principal) -> Response:
        allowed = may(principal) or Permission.CREDENTIALS_READ in principal.permissions
        rows = [shown(grant) for grant in given(principal)] if allowed else []
        return portal.show(request, "grants.html", rows=rows, allowed=allowed, manages=may(principal))

    @pages.get("/nadaj")
    @portal.for_members
    async def form(request: Request, principal: Principal) -> Response:
        return _form(request, principal)

    @pages.post("/nadaj")
    @portal.for_members
    async def give(request: Request, principal: Principal) -> Response:
        fields = await portal.form(request)
        if not may(principal):
            return _form(request, principal, status=403)
        try:
            grants = _grants(principal, fields)
        except Wrong as wrong:
            return _form(request, principal, status=400, error=wrong, fields=fields)
        portal.visit(request).given = {
            "reference": emulator.granting.give(principal.context, grants),
            "whom": f"{grants[0].subject.type.upper()}: {grants[0].subject.value}",
            "permissions": [NAMES[grant.permission] for grant in grants],
        }
        return portal.go(request, f"{HERE}/nadane")

    @pages.get("/nadane")
    @portal.for_members
    async def given_last(request: Request, principal: Principal) -> Response:
        told = portal.visit(request).given
        found = emulator.granting.operation(principal.context, told["reference"]) if told else None
        if found is None:
            return portal.go(request, HERE)
        answer = portal.show(
            request, "grant_done.html", code=found.code, description=DESCRIPTIONS[found.code], **told
        )
        if found.code == ACCEPTED:
            answer.headers["Refresh"] = "1"
        return answer

    @pages.get("/{uid}/odbierz")
    @portal.for_members
    async def confirm(request: Request, principal: Principal) -> Response:
        found = [each for each in given(principal) if each.uid == request.path_params["uid"]]
        if not found or not may(principal):
            return portal.show(request, "absent.html", status=404)
        return portal.show(request, "take.html", row=shown(found[0]))

    @pages.post("/{uid}/odbierz")
    @portal.for_members
    async def take(request: Request, principal: Principal) -> Response:
        await portal.form(request)
        if may(principal):
            emulator.granting.take(principal.context, request.path_params["uid"], authorization=False)
        return portal.go(request, HERE)

    def _form(
        request: Request, principal: Principal, *, status: int = 200, error: Any = "", fields: Any = None
    ) -> Response:
        kept = {"identifier": "Pesel", "value": "", "first": "", "last": "", **(fields or {})}
        chosen = kept.get("scope_all", [kept["scope"]] if kept.get("scope") else [])
        return portal.show(
            request,
            "grant.html",
            status=status,
            error=error,
            fields=kept,
            chosen=chosen,
            scopes=SCOPES,
            manages=may(principal),
        )

    return pages


def _grants(principal: Principal, fields: Any) -> list[Grant]:
    """What the form asks for. Raises Wrong."""
    kind = fields.get("identifier") if fields.get("identifier") in _RULES else "Pesel"
    value = required(fields, "value", _RULES[kind])
    first, last = required_text(fields, "first", PERSON_NAME), required_text(fields, "last", PERSON_NAME)
    wanted = fields.get("scope_all", [fields["scope"]] if fields.get("scope") else [])
    scopes = [each for each in SCOPES if each in wanted]
    if not scopes:
        raise Wrong("Zaznacz co najmniej jedno uprawnienie.", "Tick at least one permission.", "scope")
    context = Identifier(type=principal.context.type, value=principal.context.value)
    details = {
        "subjectDetailsType": "PersonByFingerprintWithoutIdentifier"
        if kind == "Fingerprint"
        else "PersonByIdentifier",
        "firstName": first,
        "lastName": last,
    }
    return [
        Grant(
            kind=Kind.PERSON,
            context=context,
            giver=context,
            subject=Identifier(type=kind, value=value),
            author=Identifier(type=principal.subject.type, value=principal.subject.value),
            permission=scope,
            description=f"{first} {last}",
            details={"subjectPersonDetails": details},
        )
        for scope in scopes
    ]
