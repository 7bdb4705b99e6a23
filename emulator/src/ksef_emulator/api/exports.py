"""Exports of invoices in encrypted packages, and the packages' parts, which a link leads to (ksef-docs
przyrostowe-pobieranie-faktur.md)."""

import base64
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse

from .. import problems
from ..emulator import Emulator
from ..intake.archives import Compression
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.identity.contexts import ContextType
from ..model.receiving.export_records import Export, Package
from ..model.receiving.exports import Gone, TooMany
from ..model.time.moments import timestamp
from . import problems_receiving
from .answers import json_answer
from .contract.invoices import InvoiceExportRequest
from .filters import question
from .parameters import Reference
from .security import CurrentEmulator, require
from .sending import author_of, opened_key

LINK_LIFE = timedelta(hours=1)
SUBJECTS = {
    ContextType.NIP: ("Subject1", "Subject2", "Subject3", "SubjectAuthorized"),
    ContextType.INTERNAL_ID: ("Subject3",),
    ContextType.NIP_VAT_UE: ("Subject1", "Subject2", "Subject3"),
    ContextType.PEPPOL_ID: (),
}
"""As which subjects of an invoice a context can appear at all."""

router = APIRouter(tags=["Pobieranie faktur"])
Reader = Annotated[Principal, Depends(require(Permission.INVOICE_READ))]


@router.post("/invoices/exports", status_code=201)
def begin_export(body: InvoiceExportRequest, emulator: CurrentEmulator, principal: Reader) -> Response:
    context = principal.context
    query = question(body.filters, emulator.clock.now(), descending=False)
    if query.subject not in SUBJECTS[context.type]:
        raise problems_receiving.wrong_export(query.subject, context.type)
    key = opened_key(emulator, body.encryption)
    emulator.intake_queue.settle()
    try:
        reference = emulator.exports.begin(
            query,
            context=context,
            author=author_of(principal),
            only_metadata=body.onlyMetadata,
            compression=Compression(body.compressionType or Compression.ZIP),
            key=key,
            iv=base64.b64decode(body.encryption.initializationVector),
        )
    except TooMany as error:
        raise problems_receiving.too_many_exports(error.args[0]) from error
    emulator.export_work.add(reference)
    return json_answer({"referenceNumber": reference}, 201)


@router.get("/invoices/exports/{referenceNumber}")
def export_status(reference: Reference, emulator: CurrentEmulator, principal: Reader) -> Response:
    try:
        export = emulator.exports.poll(reference, principal.context)
    except Gone as error:
        raise problems.gone("Operacja wygasła i nie jest już dostępna.") from error
    if export is None:
        raise problems_receiving.no_such_export()
    shown: dict[str, Any] = {"status": {"code": export.code, "description": export.description}}
    if export.details:
        shown["status"]["details"] = [export.details]
    if export.completed is not None:
        shown["completedDate"] = timestamp(export.completed)
    if export.expires is not None:
        shown["packageExpirationDate"] = timestamp(export.expires)
    if export.package is not None:
        shown["package"] = _package(emulator, export, export.package)
    return json_answer(shown)


storage = APIRouter(include_in_schema=False)


@storage.api_route("/storage/invoice-parts/{reference}/{ordinal}", methods=["GET", "HEAD"])
def stored_part(
    request: Request, reference: str, ordinal: str, emulator: CurrentEmulator, se: str = "", sig: str = ""
) -> Response:
    if not emulator.links.valid(request.url.path, se, sig):
        raise problems.forbidden("insufficient-resource-access", "Link wygasł albo jest nieprawidłowy.")
    export = emulator.exports.find(reference)
    parts = export.package.parts if export is not None and export.package is not None else ()
    part = next((part for part in parts if str(part.ordinal) == ordinal), None)
    if export is None or part is None:
        raise problems.gone("Paczka faktur wygasła i nie jest już dostępna.")
    return FileResponse(
        emulator.exports.place(export, part.ordinal),
        media_type="application/octet-stream",
        filename=export.part_name(part.ordinal),
        headers={"x-ms-meta-hash": _base64(part.sealed_sha256), "x-ms-blob-type": "BlockBlob"},
    )


def _package(emulator: Emulator, export: Export, package: Package) -> dict[str, Any]:
    """``InvoicePackage``, its links new each time."""
    until = emulator.clock.now() + LINK_LIFE
    if export.expires is not None:
        until = min(until, export.expires)
    shown: dict[str, Any] = {
        "invoiceCount": package.count,
        "size": package.size,
        "parts": [],
        "isTruncated": package.truncated,
        "compressionType": export.compression,
    }
    for part in package.parts:
        path = f"/storage/invoice-parts/{export.reference}/{part.ordinal}"
        url, expires = emulator.links.sign(emulator.config.storage_base, path, until=until)
        shown["parts"].append(
            {
                "ordinalNumber": part.ordinal,
                "partName": export.part_name(part.ordinal),
                "method": "GET",
                "url": url,
                "partSize": part.size,
                "partHash": _base64(part.sha256),
                "encryptedPartSize": part.sealed_size,
                "encryptedPartHash": _base64(part.sealed_sha256),
                "expirationDate": timestamp(expires),
            }
        )
    if package.last_issue is not None:
        shown["lastIssueDate"] = package.last_issue.isoformat()
    for name, date in (
        ("lastInvoicingDate", package.last_invoicing),
        ("lastPermanentStorageDate", package.last_storage),
        ("permanentStorageHwmDate", package.mark),
    ):
        if date is not None:
            shown[name] = timestamp(date)
    return shown


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
