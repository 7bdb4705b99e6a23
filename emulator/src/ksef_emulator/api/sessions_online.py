"""Interactive sessions: open, send, close (ksef-docs sesja-interaktywna.md)."""

import base64
import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from .. import problems
from ..emulator import Emulator
from ..faults import Fault
from ..intake.schemas import FORM_CODES
from ..model.access.logins import Principal
from ..model.sending.invoices import SessionFull, SessionNotOpen
from ..model.sending.session_records import OPEN, Kind
from ..model.time.moments import timestamp
from .answers import json_answer
from .contract.sessions import OpenOnlineSessionRequest, SendInvoiceRequest
from .parameters import Reference
from .security import CurrentEmulator, require
from .sending import WRITERS, WRITERS_OF_PEF, opening
from .sessions import find

FORMS = tuple(code.system_code for code in FORM_CODES)

router = APIRouter(tags=["Wysyłka interaktywna"])
Writer = Annotated[Principal, Depends(require(*WRITERS, *WRITERS_OF_PEF))]


@router.post("/sessions/online", status_code=201)
def open_online_session(
    body: OpenOnlineSessionRequest,
    emulator: CurrentEmulator,
    principal: Writer,
    feature: Annotated[str | None, Header(alias="X-KSeF-Feature", include_in_schema=False)] = None,
) -> Response:
    arguments = opening(
        emulator,
        principal,
        form=body.formCode,
        encryption=body.encryption,
        feature=feature,
        forms=FORMS,
    )
    session = emulator.sessions.open_online(**arguments)
    answer = {"referenceNumber": session.reference, "validUntil": timestamp(session.valid_until)}
    return json_answer(answer, 201)


@router.post("/sessions/online/{referenceNumber}/invoices", status_code=202)
def send_invoice(
    reference: Reference, body: SendInvoiceRequest, emulator: CurrentEmulator, principal: Writer
) -> Response:
    session = find(emulator, principal, reference, problems.no_such_session_to_send_in, kind=Kind.ONLINE)
    if emulator.faults.happens(Fault.SESSION_UNAVAILABLE):
        raise problems.session_unavailable(reference)
    content = base64.b64decode(body.encryptedInvoiceContent)
    if len(content) != body.encryptedInvoiceSize:
        raise problems.wrong_file_size()
    if hashlib.sha256(content).digest() != base64.b64decode(body.encryptedInvoiceHash):
        raise problems.wrong_file_hash()
    corrected = _corrected(emulator, principal, body)
    try:
        sent = emulator.invoices.accept(
            session,
            sealed=content,
            sha256=base64.b64decode(body.invoiceHash),
            size=body.invoiceSize,
            offline=body.offlineMode,
            corrected_sha256=corrected,
        )
    except SessionFull as error:
        raise problems.session_full(reference, error.args[0]) from error
    except SessionNotOpen as error:
        raise problems.session_status(f"Status sesji {error.args[0]} uniemożliwia wysyłkę faktur.") from error
    return json_answer({"referenceNumber": sent}, 202)


@router.post("/sessions/online/{referenceNumber}/close", status_code=204)
def close_online_session(reference: Reference, emulator: CurrentEmulator, principal: Writer) -> Response:
    session = find(emulator, principal, reference, problems.no_such_session_to_send_in, kind=Kind.ONLINE)
    if session.code != OPEN:
        raise problems.session_status(f"Status sesji {session.code} uniemożliwia jej zamknięcie.")
    emulator.sessions.close(session)
    return Response(status_code=204)


def _corrected(emulator: Emulator, principal: Principal, body: SendInvoiceRequest) -> bytes | None:
    """The hash that a technical correction names (ksef-docs offline/korekta-techniczna.md).

    Raises problems 21166, 21167, 21405.
    """
    if body.hashOfCorrectedInvoice is None:
        return None
    if not body.offlineMode:
        raise problems.invalid_input("Korekta techniczna wymaga trybu offline.")
    digest = base64.b64decode(body.hashOfCorrectedInvoice)
    if any(earlier.ksef_number for earlier in emulator.invoices.correction_of(digest)):
        raise problems.already_corrected()
    originals = emulator.invoices.sent_with_hash(digest, principal.context)
    if any(original.ksef_number for original in originals):
        raise problems.accepted_needs_no_correction()
    return digest
