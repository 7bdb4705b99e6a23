"""Interactive sessions: open, send, close (ksef-docs sesja-interaktywna.md)."""

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Header, Response

from .. import problems
from ..intake.schemas import FormCode
from ..model.auth import Principal
from ..model.invoices import SessionFull, SessionNotOpen
from ..model.keys import KeyUsage
from ..model.permissions import Permission
from ..model.session_records import OPEN
from .answers import json_answer
from .present import timestamp
from .security import require
from .session_models import OpenOnlineSessionRequest, SendInvoiceRequest
from .sessions import authentication_of, author_of, find

if TYPE_CHECKING:
    from ..emulator import Emulator

VALIDATION = "subject-identifier-validation"


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter(prefix="/sessions/online", tags=["Wysyłka interaktywna"])
    writer = Depends(require(emulator, Permission.INVOICE_WRITE, Permission.ENFORCEMENT_OPERATIONS))

    @api.post("", status_code=201)
    def open_session(
        body: OpenOnlineSessionRequest,
        principal: Annotated[Principal, writer],
        feature: Annotated[str, Header(alias="X-KSeF-Feature")] = "",
    ) -> Response:
        form = _form(emulator, body)
        initialization = _bytes(body.encryption.initializationVector, "initializationVector")
        sealed = _bytes(body.encryption.encryptedSymmetricKey, "encryptedSymmetricKey")
        session = emulator.sessions.open_online(
            context_type=principal.context.type,
            context_value=principal.context.value,
            author=author_of(principal),
            authentication=authentication_of(emulator, principal),
            form=form,
            key=_key(emulator, sealed, body.encryption.publicKeyId),
            iv=initialization,
            verify_identifiers=VALIDATION in feature,
        )
        answer = {"referenceNumber": session.reference, "validUntil": timestamp(session.valid_until)}
        return json_answer(answer, 201)

    @api.post("/{reference}/invoices", status_code=202)
    def send(reference: str, body: SendInvoiceRequest, principal: Annotated[Principal, writer]) -> Response:
        session = find(emulator, principal, reference, problems.no_such_session_to_send_in)
        content = _bytes(body.encryptedInvoiceContent, "encryptedInvoiceContent")
        if len(content) != body.encryptedInvoiceSize:
            raise problems.wrong_file_size()
        if hashlib.sha256(content).digest() != _bytes(body.encryptedInvoiceHash, "encryptedInvoiceHash"):
            raise problems.wrong_file_hash()
        corrected = _corrected(emulator, principal, body)
        try:
            sent = emulator.invoices.accept(
                session,
                sealed=content,
                sha256=_bytes(body.invoiceHash, "invoiceHash"),
                size=body.invoiceSize,
                offline=body.offlineMode,
                corrected_sha256=corrected,
            )
        except SessionFull as error:
            raise problems.session_full(reference, error.args[0]) from error
        except SessionNotOpen as error:
            raise problems.session_status(
                f"Status sesji {error.args[0]} uniemożliwia wysyłkę faktur."
            ) from error
        return json_answer({"referenceNumber": sent}, 202)

    @api.post("/{reference}/close", status_code=204)
    def close(reference: str, principal: Annotated[Principal, writer]) -> Response:
        session = find(emulator, principal, reference, problems.no_such_session_to_send_in)
        if session.code != OPEN:
            raise problems.session_status(f"Status sesji {session.code} uniemożliwia jej zamknięcie.")
        emulator.sessions.close(session)
        return Response(status_code=204)

    return api


def _form(emulator: "Emulator", body: OpenOnlineSessionRequest) -> FormCode:
    code = body.formCode
    found = emulator.desk.schemas.find(code.systemCode, code.schemaVersion, code.value)
    if found is None:
        raise problems.invalid_input("Wskazany kod formularza nie jest wspierany.")
    return found


def _bytes(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise problems.invalid_input(f"{name}: nieprawidłowy format Base64.") from error


def _key(emulator: "Emulator", sealed: bytes, key_id: str | None) -> bytes | None:
    """The session's key; None when it cannot be decrypted, which the session's status tells (415)."""
    try:
        return emulator.keys.decrypt(KeyUsage.SYMMETRIC_KEY, sealed, key_id)
    except LookupError as error:
        raise problems.unknown_key(key_id or "") from error
    except ValueError:
        return None


def _corrected(emulator: "Emulator", principal: Principal, body: SendInvoiceRequest) -> bytes | None:
    """The hash that a technical correction names (ksef-docs offline/korekta-techniczna.md).

    Raises problems 21166, 21167, 21405.
    """
    if body.hashOfCorrectedInvoice is None:
        return None
    if not body.offlineMode:
        raise problems.invalid_input("Korekta techniczna wymaga trybu offline.")
    digest = _bytes(body.hashOfCorrectedInvoice, "hashOfCorrectedInvoice")
    if any(earlier.ksef_number for earlier in emulator.invoices.correction_of(digest)):
        raise problems.already_corrected()
    context = principal.context
    originals = emulator.invoices.sent_with_hash(
        digest, context_type=context.type, context_value=context.value
    )
    if any(original.ksef_number for original in originals):
        raise problems.accepted_needs_no_correction()
    return digest
