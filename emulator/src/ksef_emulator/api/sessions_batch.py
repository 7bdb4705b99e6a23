"""Batch sessions: open, close (ksef-docs sesja-wsadowa.md); parts go to ``uploads.py``."""

import base64
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from .. import problems
from ..emulator import Emulator
from ..intake.archives import Compression
from ..model.access.logins import Principal
from ..model.sending.batch_records import MAX_PART, Batch, Part
from ..model.sending.batches import Incomplete, WrongSize
from ..model.sending.session_records import CANCELLED, OPEN, Kind, Session
from . import problems_sending
from .answers import json_answer
from .contract.sessions import BatchFileInfo, OpenBatchSessionRequest
from .parameters import Reference
from .security import CurrentEmulator, require
from .sending import WRITERS, opening
from .sessions import find

FORMS = ("FA (2)", "FA (3)", "FA_RR (1)")
MAX_PARTS = 50
DECLARABLE_PART = 100 << 20
"""Bytes: a declaration beyond it is refused, while one between 100 MB and 100 MiB fails when it is processed."""
UPLOAD_HEADERS = {"x-ms-blob-type": "BlockBlob"}


class Route(APIRoute):
    """A declaration that is out of bounds has codes and words of its own."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's, with the refusal of a body looked at."""
        usual = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await usual(request)
            except RequestValidationError as error:
                raise _refusal(error) or error from error

        return handler


def _refusal(error: RequestValidationError) -> problems.Problem | None:
    errors = error.errors()
    if len(errors) != 1:
        return None
    place = tuple(str(step).lower() for step in errors[0]["loc"][1:])
    if place == ("batchfile", "fileparts") and errors[0]["type"] == "too_long":
        return problems_sending.too_many_parts(MAX_PARTS)
    if place == ("batchfile", "filesize") and errors[0]["type"] == "less_than_equal":
        return problems.invalid_input(f"'fileSize' must be less than or equal to '{errors[0]['ctx']['le']}'.")
    return None


router = APIRouter(tags=["Wysyłka wsadowa"], route_class=Route)
Writer = Annotated[Principal, Depends(require(*WRITERS))]


@router.post("/sessions/batch", status_code=201)
def open_batch_session(
    body: OpenBatchSessionRequest,
    emulator: CurrentEmulator,
    principal: Writer,
    feature: Annotated[str | None, Header(alias="X-KSeF-Feature", include_in_schema=False)] = None,
) -> Response:
    batch = _declared(body.batchFile, offline=body.offlineMode)
    arguments = opening(
        emulator,
        principal,
        form=body.formCode,
        encryption=body.encryption,
        feature=feature,
        forms=FORMS,
    )
    emulator.batches.sweep()
    session = emulator.sessions.open_batch(batch, **arguments)
    return json_answer(
        {
            "referenceNumber": session.reference,
            "partUploadRequests": [_upload(emulator, session, part) for part in batch.parts],
        },
        201,
    )


def _upload(emulator: Emulator, session: Session, part: Part) -> dict[str, Any]:
    path = f"/storage/batch-parts/{session.reference}/{part.ordinal}"
    url, _ = emulator.links.sign(emulator.config.storage_base, path, until=session.valid_until)
    return {"ordinalNumber": part.ordinal, "method": "PUT", "url": url, "headers": UPLOAD_HEADERS}


@router.post("/sessions/batch/{referenceNumber}/close", status_code=204)
def close_batch_session(reference: Reference, emulator: CurrentEmulator, principal: Writer) -> Response:
    emulator.sessions.expire()
    session = find(emulator, principal, reference, kind=Kind.BATCH)
    if session.code == CANCELLED:
        raise problems_sending.out_of_time()
    if session.code != OPEN:
        raise problems.session_status(f"Status sesji {session.code} uniemożliwia jej zamknięcie.")
    try:
        emulator.batches.check(session)
    except Incomplete as error:
        raise problems_sending.part_missing(error.args[0]) from error
    except WrongSize as error:
        raise problems_sending.other_part_size(error.args[0]) from error
    emulator.sessions.close(session)
    emulator.batch_work.add(session)
    return Response(status_code=204)


def _declared(file: BatchFileInfo, *, offline: bool) -> Batch:
    """The declaration; its parts are numbered from one, in any order. Raises problems 21157, 21405."""
    parts = sorted(file.fileParts, key=lambda part: part.ordinalNumber)
    if [part.ordinalNumber for part in parts] != list(range(1, len(parts) + 1)):
        raise problems.invalid_input("batchFile.fileParts: numery części muszą być kolejne, od 1.")
    for part in parts:
        if part.fileSize > DECLARABLE_PART:
            text = f"Rozmiar części '{part.ordinalNumber}' nie może przekraczać {MAX_PART} bajtów."
            raise problems_sending.wrong_part_size(text)
    return Batch(
        compression=Compression(file.compressionType or Compression.ZIP),
        size=file.fileSize,
        sha256=base64.b64decode(file.fileHash),
        offline=offline,
        parts=tuple(
            Part(ordinal=part.ordinalNumber, size=part.fileSize, sha256=base64.b64decode(part.fileHash))
            for part in parts
        ),
    )
