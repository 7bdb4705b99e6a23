"""Sessions in the portal: the logins that are alive, and the sessions in which documents were sent."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ..api.sending import author_of
from ..api.sessions import OF_OTHERS
from ..api.sessions import find as session_of
from ..intake.polish_time import in_poland
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.sending.session_records import Kind, Session, SessionFilter
from ..problems import Problem
from .frame import CurrentPortal, Member, Portal

HERE = "/portal/sesje"
MOST = 50
"""Sessions of a kind that are listed."""
SENDERS = frozenset({Permission.INVOICE_WRITE, *OF_OTHERS})

router = APIRouter(prefix=HERE)


@router.get("")
async def logins(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    rows = [
        {
            "reference": login.reference,
            "started": in_poland(login.started).strftime("%d.%m.%Y %H:%M"),
            "method": login.method.display_name,
            "until": in_poland(login.refresh_until).strftime("%d.%m.%Y %H:%M") if login.refresh_until else "",
            "current": login.reference == principal.login,
        }
        for login in portal.emulator.auth.active(principal)
    ]
    return portal.show(request, "sessions.html", rows=rows, done=request.query_params.get("done", ""))


@router.post("/{reference}/zakoncz")
async def end(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    await portal.form(request)
    reference = request.path_params["reference"]
    if reference not in {login.reference for login in portal.emulator.auth.active(principal)}:
        return portal.show(request, "absent.html", status=404)
    portal.emulator.auth.revoke(reference)
    if reference == principal.login:
        portal.visit(request).forget_login()
        return portal.go(request, "/portal")
    return portal.go(request, f"{HERE}?done={reference}")


@router.get("/wysylki")
async def sendings(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    allowed = bool(principal.permissions & SENDERS)
    rows = [_row(session) for session in _sessions(portal, principal)] if allowed else []
    return portal.show(request, "sendings.html", rows=rows, allowed=allowed, most=MOST)


@router.get("/wysylki/{reference}")
async def sending(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    session = _mine(portal, principal, request.path_params["reference"])
    if session is None:
        return portal.show(request, "absent.html", status=404)
    documents = portal.emulator.invoices.in_session(session, size=MOST)
    return portal.show(
        request,
        "sending.html",
        row=_row(session),
        documents=documents,
        most=MOST,
        upos=portal.emulator.sessions.upo_references(session),
    )


@router.get("/wysylki/{reference}/upo/{page}")
async def receipt(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    session = _mine(portal, principal, request.path_params["reference"])
    page = request.path_params["page"]
    document = portal.emulator.upos.page(session, page) if session is not None else None
    if document is None:
        return portal.show(request, "absent.html", status=404)
    headers = {
        "Content-Disposition": f'attachment; filename="UPO-{page}.xml"',
        "Cache-Control": "no-store",
    }
    return Response(document, media_type="application/xml", headers=headers)


def _sessions(portal: Portal, principal: Principal) -> list[Session]:
    """The newest of both kinds; those of others for who may see them."""
    portal.emulator.intake_queue.settle()
    context = principal.context
    author = None if principal.permissions & OF_OTHERS else author_of(principal)
    sessions = [
        session
        for kind in Kind
        for session in portal.emulator.sessions.listing(
            SessionFilter(kind=kind, author=author),
            context=context,
            after=None,
            size=MOST,
        )
    ]
    return sorted(sessions, key=lambda session: session.created, reverse=True)[:MOST]


def _mine(portal: Portal, principal: Principal, reference: str) -> Session | None:
    if not principal.permissions & SENDERS:
        return None
    portal.emulator.intake_queue.settle()
    try:
        return session_of(portal.emulator, principal, reference)
    except Problem:
        return None


def _row(session: Session) -> dict[str, Any]:
    return {
        "reference": session.reference,
        "kind": session.kind,
        "created": in_poland(session.created).strftime("%d.%m.%Y %H:%M"),
        "code": session.code,
        "description": session.description,
        "invoices": session.invoices,
        "successful": session.successful,
        "failed": session.failed,
    }
