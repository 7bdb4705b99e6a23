"""Sessions and invoices as the API tells them: model objects → JSON objects of the OpenAPI. Absent values
are left out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..intake.facts import Party
from ..intake.schemas import FORM_CODES
from ..model.sending.invoice_records import Invoice, Sent
from ..model.sending.session_records import DONE, NOTHING_VALID, PROCESSING, Kind, Session
from ..model.time.moments import timestamp

_FORMS = {code.system_code: code for code in FORM_CODES}


def session_status(session: Session, upo: list[dict[str, Any]]) -> dict[str, Any]:
    """`SessionStatusResponse`; `upo` are the pages with their links, empty while there is no collective
    UPO."""
    return _present(
        {
            "status": _status(session.code, session.description, session.details),
            "dateCreated": _moment(session.created),
            "dateUpdated": _moment(session.updated),
            "validUntil": _moment(session.valid_until),
            "upo": {"pages": upo} if upo else None,
            "invoiceCount": _count(session, session.invoices),
            "successfulInvoiceCount": _count(session, session.successful),
            "failedInvoiceCount": _count(session, session.failed),
        }
    )


def unpacking(session: Session) -> bool:
    """Whether the documents of a closed batch are not told of yet."""
    return session.kind is Kind.BATCH and session.code == PROCESSING and not session.invoices


def _count(session: Session, count: int) -> int | None:
    """A count of documents. The live system leaves nothing out of account only at the end of a batch."""
    if unpacking(session):
        return None
    return count if count or (session.kind is Kind.BATCH and session.code in (DONE, NOTHING_VALID)) else None


def session_item(session: Session) -> dict[str, Any]:
    """`SessionsQueryResponseItem`."""
    return {
        "referenceNumber": session.reference,
        "status": _status(session.code, session.description, session.details),
        "dateCreated": _moment(session.created),
        "dateUpdated": _moment(session.updated),
        "validUntil": _moment(session.valid_until),
        "totalInvoiceCount": session.invoices,
        "successfulInvoiceCount": session.successful,
        "failedInvoiceCount": session.failed,
    }


def upo_page(reference: str, url: str, expires: datetime) -> dict[str, Any]:
    """`UpoPageResponse`."""
    return {"referenceNumber": reference, "downloadUrl": url, "downloadUrlExpirationDate": _moment(expires)}


def sent_status(sent: Sent, upo: tuple[str, datetime] | None) -> dict[str, Any]:
    """`SessionInvoiceStatusResponse`; `upo` is the link to the receipt and when it expires."""
    status = _status(sent.status.code, sent.status.description, sent.status.details)
    if sent.status.extensions:
        status["extensions"] = dict(sent.status.extensions)
    return _present(
        {
            "ordinalNumber": sent.ordinal,
            "invoiceNumber": sent.number,
            "ksefNumber": sent.ksef_number,
            "referenceNumber": sent.reference,
            "invoiceHash": base64.b64encode(sent.sha256).decode(),
            "invoiceFileName": sent.file_name,
            "acquisitionDate": _moment(sent.acquisition),
            "invoicingDate": _moment(sent.invoicing),
            "permanentStorageDate": _moment(sent.storage),
            "upoDownloadUrl": upo[0] if upo else None,
            "upoDownloadUrlExpirationDate": _moment(upo[1]) if upo else None,
            "invoicingMode": sent.mode,
            "status": status,
        }
    )


def metadata(invoice: Invoice) -> dict[str, Any]:
    """`InvoiceMetadata`."""
    form = _FORMS[invoice.form]
    authorized = invoice.authorized
    return _present(
        {
            "ksefNumber": invoice.ksef_number,
            "invoiceNumber": invoice.number,
            "issueDate": invoice.issue_date.isoformat(),
            "invoicingDate": _moment(invoice.invoicing),
            "acquisitionDate": _moment(invoice.acquisition),
            "permanentStorageDate": _moment(invoice.storage),
            "seller": _present({"nip": invoice.seller_nip, "name": invoice.seller.name}),
            "buyer": _present({"identifier": _identifier(invoice.buyer), "name": invoice.buyer.name}),
            "netAmount": invoice.net / 100,
            "grossAmount": invoice.gross / 100,
            "vatAmount": invoice.vat / 100,
            "currency": invoice.currency,
            "invoicingMode": invoice.mode,
            "invoiceType": invoice.invoice_type,
            "formCode": {
                "systemCode": form.system_code,
                "schemaVersion": form.schema_version,
                "value": form.value,
            },
            "isSelfInvoicing": invoice.self_invoicing,
            "hasAttachment": invoice.has_attachment,
            "invoiceHash": base64.b64encode(invoice.sha256).decode(),
            "hashOfCorrectedInvoice": base64.b64encode(invoice.corrected_sha256).decode()
            if invoice.corrected_sha256
            else None,
            "thirdSubjects": [
                _present({"identifier": _identifier(party), "name": party.name, "role": party.role})
                for party in invoice.third
            ]
            or None,
            "authorizedSubject": _present(
                {"nip": authorized.value, "name": authorized.name, "role": authorized.role}
            )
            if authorized
            else None,
        }
    )


def _moment(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment is not None else None


def _status(code: int, description: str, details: tuple[str, ...]) -> dict[str, Any]:
    return _present({"code": code, "description": description, "details": list(details) or None})


def _identifier(party: Party) -> dict[str, Any]:
    return _present({"type": party.kind, "value": party.value})


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
