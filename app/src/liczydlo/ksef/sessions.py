"""Interactive sessions: open, send, close, and what became of each invoice.

Guide: ``sesja-interaktywna.md``, ``faktury/sesje/sesja-sprawdzenie-stanu-i-pobranie-upo.md``; statuses are
those of the OpenAPI's ``SessionStatusResponse`` and ``SessionInvoiceStatusResponse``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from liczydlo.ksef import public_keys
from liczydlo.ksef.conversation import Answer, Conversation, Request, part
from liczydlo.ksef.envelope import SessionKey, base64_text, seal
from liczydlo.ksef.errors import Refused
from liczydlo.ksef.public_keys import PublicKeyCache
from liczydlo.ksef.runner import Runner
from liczydlo.ksef.session_states import InvoicePage, InvoiceStatus, SessionStatus, UpoPage
from liczydlo.ksef.wire import Malformed, Node

KEY_WITHDRAWN: Final = "21470"
_PAGE: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Form:
    """Which kind of document a session takes (``formCode``)."""

    system_code: str
    schema_version: str
    value: str

    def as_json(self) -> dict[str, str]:
        """The OpenAPI's ``FormCode``."""
        return {
            "systemCode": self.system_code,
            "schemaVersion": self.schema_version,
            "value": self.value,
        }


FA3: Final = Form(system_code="FA (3)", schema_version="1-0E", value="FA")
FA_RR: Final = Form(system_code="FA_RR (1)", schema_version="1-1E", value="FA_RR")
FORMS: Final = {form.system_code: form for form in (FA3, FA_RR)}
"""Those that the program sends, by their system codes."""


@dataclass(frozen=True, kw_only=True)
class OnlineSession:
    """An open interactive session. Its key encrypts every invoice of it; the session lives twelve hours."""

    reference: str
    key: SessionKey
    valid_until: datetime


def open_online(
    *, api: str, cache: PublicKeyCache, clock: Callable[[], datetime], form: Form = FA3
) -> Conversation[OnlineSession]:
    """``POST /sessions/online`` under a new symmetric key."""
    key = SessionKey.new()
    body = {"formCode": form.as_json()}
    answer = yield from post_with_key("/sessions/online", body, key, api=api, cache=cache, clock=clock)
    node = answer.object()
    return OnlineSession(
        reference=node.text("referenceNumber"), key=key, valid_until=node.moment("validUntil")
    )


def post_with_key(
    path: str,
    body: dict[str, Any],
    key: SessionKey,
    *,
    api: str,
    cache: PublicKeyCache,
    clock: Callable[[], datetime],
) -> Conversation[Answer]:
    """Post ``body`` with the symmetric key under KSeF's public key.

    When KSeF says that its public key is no longer in use (21470), the list is fetched again and the request repeated
    once, as the guide asks.
    """
    for attempt in (1, 2):
        public = yield from public_keys.current(cache, api, "SymmetricKeyEncryption", clock())
        encryption = {
            "encryptedSymmetricKey": base64_text(key.wrapped(public.key)),
            "initializationVector": base64_text(key.iv),
            "publicKeyId": public.id,
        }
        try:
            return (yield Request(method="POST", path=path, json={**body, "encryption": encryption}))
        except Refused as refusal:
            if refusal.code != KEY_WITHDRAWN or attempt == 2:
                raise
        cache.forget(api)
    raise AssertionError("unreachable")


def send_invoice(
    session: OnlineSession, xml: bytes, *, offline: bool = False, corrected_sha256: bytes | None = None
) -> Conversation[str]:
    """``POST /sessions/online/{referenceNumber}/invoices``; returns the invoice's reference.

    ``corrected_sha256`` makes it a technical correction of a rejected offline invoice, which is always
    offline itself (``offline/korekta-techniczna.md``). Never sent twice by itself: on
    ``Unavailable(answer_lost=True)`` look for the hash among the session's invoices first.
    """
    if corrected_sha256 is not None and not offline:
        raise ValueError("a technical correction is sent offline")
    sealed = seal(xml, session.key)
    body: dict[str, Any] = {
        "invoiceHash": base64_text(sealed.sha256),
        "invoiceSize": sealed.size,
        "encryptedInvoiceHash": base64_text(sealed.encrypted_sha256),
        "encryptedInvoiceSize": sealed.encrypted_size,
        "encryptedInvoiceContent": base64_text(sealed.encrypted),
        "offlineMode": offline,
    }
    if corrected_sha256 is not None:
        body["hashOfCorrectedInvoice"] = base64_text(corrected_sha256)
    answer = yield Request(
        method="POST", path=f"/sessions/online/{part(session.reference)}/invoices", json=body
    )
    return answer.object().text("referenceNumber")


def close_online(reference: str) -> Conversation[None]:
    """``POST /sessions/online/{referenceNumber}/close``: KSeF then makes the collective UPO."""
    yield Request(method="POST", path=f"/sessions/online/{part(reference)}/close", expects="nothing")


def session_status(reference: str) -> Conversation[SessionStatus]:
    """``GET /sessions/{referenceNumber}``: KSeF's code, its counts and the pages of the collective UPO."""
    answer = yield Request(method="GET", path=f"/sessions/{part(reference)}")
    node = answer.object()
    state, upo = node.node("status"), node.optional_node("upo")
    pages = tuple(
        UpoPage(
            reference=page.text("referenceNumber"),
            url=page.text("downloadUrl"),
            url_expires=page.moment("downloadUrlExpirationDate"),
        )
        for page in (upo.nodes("pages") if upo else ())
    )
    return SessionStatus(
        code=state.integer("code"),
        description=state.text("description"),
        details=state.texts("details"),
        created=node.moment("dateCreated"),
        updated=node.moment("dateUpdated"),
        valid_until=node.optional_moment("validUntil"),
        upo_pages=pages,
        invoices=node.optional_integer("invoiceCount"),
        accepted=node.optional_integer("successfulInvoiceCount"),
        rejected=node.optional_integer("failedInvoiceCount"),
    )


def invoice_page(reference: str, token: str | None = None) -> Conversation[InvoicePage]:
    """``GET /sessions/{referenceNumber}/invoices``, a thousand at a time."""
    answer = yield Request(
        method="GET",
        path=f"/sessions/{part(reference)}/invoices",
        query={"pageSize": str(_PAGE)},
        headers={"x-continuation-token": token} if token else {},
    )
    node = answer.object()
    return InvoicePage(
        invoices=tuple(_invoice_status(item) for item in node.nodes("invoices")),
        next_token=node.optional_text("continuationToken") or None,
    )


def invoice_status(reference: str, invoice_reference: str) -> Conversation[InvoiceStatus]:
    """``GET /sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}``."""
    answer = yield Request(
        method="GET", path=f"/sessions/{part(reference)}/invoices/{part(invoice_reference)}"
    )
    return _invoice_status(answer.object())


def invoice_upo(reference: str, invoice_reference: str) -> Conversation[bytes]:
    """``GET /sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}/upo``."""
    return (yield from document(f"/sessions/{part(reference)}/invoices/{part(invoice_reference)}/upo"))


def upo_by_number(reference: str, ksef_number: str) -> Conversation[bytes]:
    """``GET /sessions/{referenceNumber}/invoices/ksef/{ksefNumber}/upo``."""
    return (yield from document(f"/sessions/{part(reference)}/invoices/ksef/{part(ksef_number)}/upo"))


def session_upo(reference: str, upo_reference: str) -> Conversation[bytes]:
    """``GET /sessions/{referenceNumber}/upo/{upoReferenceNumber}``."""
    return (yield from document(f"/sessions/{part(reference)}/upo/{part(upo_reference)}"))


def document(path: str) -> Conversation[bytes]:
    """An XML document, whose hash is compared with the one in its header."""
    answer = yield Request(method="GET", path=path, expects="xml")
    return checked(answer)


def checked(answer: Answer) -> bytes:
    """The body, unless it differs from the announced ``x-ms-meta-hash``; then :class:`Malformed`."""
    announced = answer.headers.get("x-ms-meta-hash")
    if announced is not None and announced != base64_text(hashlib.sha256(answer.body).digest()):
        raise Malformed("x-ms-meta-hash")
    return answer.body


def _invoice_status(node: Node) -> InvoiceStatus:
    state = node.node("status")
    return InvoiceStatus(
        reference=node.text("referenceNumber"),
        ordinal=node.integer("ordinalNumber"),
        sha256=node.octets("invoiceHash"),
        code=state.integer("code"),
        description=state.text("description"),
        details=state.texts("details"),
        extensions=state.mapping("extensions"),
        invoice_number=node.optional_text("invoiceNumber"),
        ksef_number=node.optional_text("ksefNumber"),
        invoicing_date=node.moment("invoicingDate"),
        acquired=node.optional_moment("acquisitionDate"),
        stored=node.optional_moment("permanentStorageDate"),
        mode=node.optional_text("invoicingMode"),
        upo_url=node.optional_text("upoDownloadUrl"),
        upo_url_expires=node.optional_moment("upoDownloadUrlExpirationDate"),
    )


class SendingOperations(Runner):
    """Interactive sessions and their receipts."""

    def open_online(self, form: Form = FA3) -> OnlineSession:
        """Open an interactive session for one kind of document."""
        return self._run(
            open_online(api=self.environment.api, cache=self._keys, clock=self._clock, form=form)
        )

    def send_invoice(
        self,
        session: OnlineSession,
        xml: bytes,
        *,
        offline: bool = False,
        corrected_sha256: bytes | None = None,
    ) -> str:
        """Send one document; returns its reference within the session: see the module's function."""
        return self._run(send_invoice(session, xml, offline=offline, corrected_sha256=corrected_sha256))

    def close_online(self, reference: str) -> None:
        """Close an interactive session; its collective UPO is made afterwards."""
        self._run(close_online(reference))

    def session_status(self, reference: str) -> SessionStatus:
        """Where a session stands, and its UPO pages once it is done."""
        return self._run(session_status(reference))

    def invoice_page(self, reference: str, token: str | None = None) -> InvoicePage:
        """A thousand invoices of a session; ``token`` is the ``next_token`` of the page before."""
        return self._run(invoice_page(reference, token))

    def session_invoices(self, reference: str) -> Iterator[InvoiceStatus]:
        """What became of every invoice of a session, page after page."""
        token: str | None = None
        while True:
            page = self.invoice_page(reference, token)
            yield from page.invoices
            token = page.next_token
            if token is None:
                return

    def find_invoice(self, session_reference: str, sha256: bytes) -> InvoiceStatus | None:
        """What a session holds of the document with this hash: the thing to ask after a lost answer.

        Of several, the accepted one, else one in progress, else the last.
        """
        matching = [status for status in self.session_invoices(session_reference) if status.sha256 == sha256]
        return max(matching, key=lambda one: (one.accepted, one.in_progress, one.ordinal), default=None)

    def invoice_status(self, session_reference: str, invoice_reference: str) -> InvoiceStatus:
        """What became of one invoice."""
        return self._run(invoice_status(session_reference, invoice_reference))

    def upo(self, session_reference: str, invoice_reference: str) -> bytes:
        """The UPO of one accepted invoice: signed XML, compared with the hash that came with it."""
        return self._run(invoice_upo(session_reference, invoice_reference))

    def upo_by_number(self, session_reference: str, ksef_number: str) -> bytes:
        """The UPO of one accepted invoice by its KSeF number; the session may be another login's."""
        return self._run(upo_by_number(session_reference, ksef_number))

    def session_upo(self, session_reference: str, upo_reference: str) -> bytes:
        """A page of a session's collective UPO."""
        return self._run(session_upo(session_reference, upo_reference))
