"""Statuses of sessions and their documents, and receipts (ksef-docs sesja-sprawdzenie-stanu-i-pobranie-upo.md)."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from .. import problems
from ..emulator import Emulator
from ..intake.polish_time import from_polish_local
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.sending.invoice_records import Sent
from ..model.sending.session_records import Kind, Session, SessionFilter
from ..model.time.moments import micros
from .answers import json_answer, xml_answer
from .contract.common import ReferenceNumber
from .contract.sessions import CommonSessionStatus, SessionType
from .paging import continued, decode, pair
from .parameters import (
    Continuation,
    InvoiceReference,
    KsefNumberInPath,
    PageSize1000,
    Reference,
    UpoReference,
)
from .present import sent_status, session_item, session_status, unpacking, upo_page
from .security import CurrentEmulator, require
from .sending import WRITERS, WRITERS_OF_PEF, author_of

OF_OTHERS = {Permission.OWNER, Permission.INTROSPECTION, Permission.ENFORCEMENT_OPERATIONS}
"""Who looks at the sessions of others in the context (api-changelog.md, 2.0.0 RC5: GET /sessions)."""


def find(
    emulator: Emulator,
    principal: Principal,
    reference: str,
    missing: Callable[[str], problems.Problem] = problems.no_such_session,
    *,
    kind: Kind | None = None,
) -> Session:
    """The context's session with this reference number; one of that ``kind`` to send in or to close it, any to look at.

    Raises problem ``missing``, usually 21173, and 403 when somebody else of the context opened it.
    """
    session = emulator.sessions.find(reference, principal.context)
    if session is None or kind not in (None, session.kind):
        raise missing(reference)
    if not principal.permissions & (OF_OTHERS if kind is None else {Permission.OWNER}):
        identities = emulator.subjects.same(principal.subject)
        if session.author not in {f"{identity.type}:{identity.value}" for identity in identities}:
            raise problems.no_access_to_resource()
    return session


router = APIRouter(tags=["Status wysyłki i UPO"])
Lister = Annotated[Principal, Depends(require(*WRITERS, Permission.INTROSPECTION))]
Seer = Annotated[Principal, Depends(require(*WRITERS, *WRITERS_OF_PEF, Permission.INTROSPECTION))]


def _link(emulator: Emulator, path: str) -> tuple[str, datetime]:
    return emulator.links.sign(emulator.config.storage_base, f"/storage{path}")


def _shown(emulator: Emulator, session: Session, sent: Sent) -> dict[str, Any]:
    upo = _link(emulator, f"/upo/{session.id}/{sent.reference}") if sent.ksef_number else None
    return sent_status(sent, upo)


@router.get("/sessions")
def list_sessions(
    emulator: CurrentEmulator,
    principal: Lister,
    kind: Annotated[SessionType, Query(alias="sessionType")],
    size: PageSize1000 = 10,
    reference: Annotated[ReferenceNumber | None, Query(alias="referenceNumber")] = None,
    created_from: Annotated[datetime | None, Query(alias="dateCreatedFrom")] = None,
    created_to: Annotated[datetime | None, Query(alias="dateCreatedTo")] = None,
    closed_from: Annotated[datetime | None, Query(alias="dateClosedFrom")] = None,
    closed_to: Annotated[datetime | None, Query(alias="dateClosedTo")] = None,
    modified_from: Annotated[datetime | None, Query(alias="dateModifiedFrom")] = None,
    modified_to: Annotated[datetime | None, Query(alias="dateModifiedTo")] = None,
    statuses: Annotated[list[CommonSessionStatus] | None, Query()] = None,
    continuation: Continuation = None,
) -> Response:
    emulator.intake_queue.settle()
    everybody = principal.permissions & OF_OTHERS
    filters = SessionFilter(
        kind=Kind(kind),
        reference=reference,
        author=None if everybody else author_of(principal),
        created=(_aware(created_from), _aware(created_to)),
        closed=(_aware(closed_from), _aware(closed_to)),
        modified=(_aware(modified_from), _aware(modified_to)),
        statuses=tuple(statuses or ()),
    )
    sessions = emulator.sessions.listing(
        filters, context=principal.context, after=pair(continuation, int, int), size=size + 1
    )
    page, more = sessions[:size], len(sessions) > size
    last = [micros(page[-1].created), page[-1].id] if more else None
    return json_answer(
        continued(emulator.behaviour, last) | {"sessions": [session_item(session) for session in page]}
    )


@router.get("/sessions/{referenceNumber}")
def get_session(reference: Reference, emulator: CurrentEmulator, principal: Seer) -> Response:
    session = find(emulator, principal, reference)
    emulator.sessions.poll(session)
    emulator.intake_queue.settle()
    session = find(emulator, principal, reference)
    pages = []
    for name in emulator.sessions.upo_references(session):
        url, expires = _link(emulator, f"/session-upo/{session.id}/{name}")
        pages.append(upo_page(name, url, expires))
    return json_answer(session_status(session, pages))


def _documents(
    emulator: Emulator,
    reference: str,
    principal: Principal,
    size: int,
    continuation: str | None,
    *,
    refused: bool,
) -> Response:
    session = find(emulator, principal, reference)
    emulator.invoices.poll(session)
    emulator.intake_queue.settle()
    after = decode(continuation) if continuation else 0
    if not isinstance(after, int):
        raise problems.invalid_continuation()
    if unpacking(find(emulator, principal, reference)):
        return json_answer(continued(emulator.behaviour, None) | {"invoices": []})
    documents = emulator.invoices.in_session(session, after=after, size=size + 1, refused=refused)
    page, more = documents[:size], len(documents) > size
    answer = continued(emulator.behaviour, page[-1].ordinal if more else None)
    if page or not (refused and emulator.behaviour.live):
        answer["invoices"] = [_shown(emulator, session, sent) for sent in page]
    return json_answer(answer)


@router.get("/sessions/{referenceNumber}/invoices")
def list_invoices(
    reference: Reference,
    emulator: CurrentEmulator,
    principal: Seer,
    size: PageSize1000 = 10,
    continuation: Continuation = None,
) -> Response:
    return _documents(emulator, reference, principal, size, continuation, refused=False)


@router.get("/sessions/{referenceNumber}/invoices/failed")
def list_failed_invoices(
    reference: Reference,
    emulator: CurrentEmulator,
    principal: Seer,
    size: PageSize1000 = 10,
    continuation: Continuation = None,
) -> Response:
    return _documents(emulator, reference, principal, size, continuation, refused=True)


@router.get("/sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}")
def get_invoice_status(
    reference: Reference, invoice: InvoiceReference, emulator: CurrentEmulator, principal: Seer
) -> Response:
    session = find(emulator, principal, reference)
    emulator.invoices.poll(session, invoice)
    emulator.intake_queue.settle()
    sent = emulator.invoices.sent(session, invoice)
    if sent is None:
        raise problems.invalid_input(f"Faktura o numerze referencyjnym {invoice} nie została znaleziona.")
    return json_answer(_shown(emulator, session, sent))


@router.get("/sessions/{referenceNumber}/invoices/ksef/{ksefNumber}/upo")
def upo_by_ksef_number(
    reference: Reference,
    ksef_number: KsefNumberInPath,
    emulator: CurrentEmulator,
    principal: Seer,
) -> Response:
    absent = problems.no_such_upo(
        f"UPO o numerze KSeF {ksef_number} i numerze referencyjnym sesji {reference} nie zostało znalezione."
    )
    session = find(emulator, principal, reference, lambda _: absent)
    invoice = emulator.invoices.by_ksef_number(ksef_number)
    sent = emulator.invoices.sent_as(session, invoice) if invoice is not None else None
    xml = emulator.upos.of_invoice(session, sent) if sent is not None else None
    if xml is None:
        raise absent
    return xml_answer(xml)


@router.get("/sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}/upo")
def upo_of_invoice(
    reference: Reference, invoice: InvoiceReference, emulator: CurrentEmulator, principal: Seer
) -> Response:
    session = find(emulator, principal, reference)
    sent = emulator.invoices.sent(session, invoice)
    xml = emulator.upos.of_invoice(session, sent) if sent is not None else None
    if xml is None:
        raise problems.no_such_upo(f"UPO faktury {invoice} w sesji {reference} nie zostało znalezione.")
    return xml_answer(xml)


@router.get("/sessions/{referenceNumber}/upo/{upoReferenceNumber}")
def upo_of_session(
    reference: Reference, upo: UpoReference, emulator: CurrentEmulator, principal: Seer
) -> Response:
    session = find(emulator, principal, reference)
    xml = emulator.upos.page(session, upo)
    if xml is None:
        raise problems.no_such_upo(
            f"UPO o numerze referencyjnym {upo} dla sesji {reference} nie zostało znalezione."
        )
    return xml_answer(xml)


storage = APIRouter(include_in_schema=False)


def _opened(emulator: Emulator, request: Request, session_id: int, expires: str, signature: str) -> Session:
    if not emulator.links.valid(request.url.path, expires, signature):
        raise problems.forbidden("insufficient-resource-access", "Link wygasł albo jest nieprawidłowy.")
    session = emulator.sessions.with_id(session_id)
    if session is None:  # forgotten by a reset
        raise problems.no_such_upo("UPO nie zostało znalezione.")
    return session


def _stored_upo(xml: bytes | None) -> Response:
    if xml is None:
        raise problems.no_such_upo("UPO nie zostało znalezione.")
    return xml_answer(xml)


@storage.get("/storage/upo/{session_id}/{invoice}")
def stored_upo_of_invoice(
    request: Request, session_id: int, invoice: str, emulator: CurrentEmulator, se: str = "", sig: str = ""
) -> Response:
    session = _opened(emulator, request, session_id, se, sig)
    sent = emulator.invoices.sent(session, invoice)
    return _stored_upo(emulator.upos.of_invoice(session, sent) if sent is not None else None)


@storage.get("/storage/session-upo/{session_id}/{upo}")
def stored_upo_of_session(
    request: Request, session_id: int, upo: str, emulator: CurrentEmulator, se: str = "", sig: str = ""
) -> Response:
    session = _opened(emulator, request, session_id, se, sig)
    return _stored_upo(emulator.upos.page(session, upo))


def _aware(moment: datetime | None) -> datetime | None:
    return from_polish_local(moment) if moment is not None else None
