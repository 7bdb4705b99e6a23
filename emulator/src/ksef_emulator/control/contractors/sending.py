"""Documents of contractors, sent as any others: encrypted, in sessions of who issues them, to the intake's judgment.

A document with an attachment goes in a batch, PEF through a provider of Peppol services, whom the seller has to have
authorised as it has who issues for it; made-up contractors have.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ... import problems
from ...intake.archives import Compression
from ...intake.cipher import BLOCK_BITS, IV_BYTES, KEY_BYTES
from ...intake.schemas import FA_RR, PEF, FormCode
from ...model.access.grants import Grant, Identifier
from ...model.access.grants import Kind as GrantKind
from ...model.identity.contexts import Context, ContextType
from ...model.identity.peppol import STANDING
from ...model.sending.batch_records import Batch, Part
from ...model.sending.invoice_records import Sent
from ...model.sending.invoices import SessionFull, SessionNotOpen
from ...model.sending.session_records import Session
from ...model.time.progress import AT_ONCE
from ...receipts.upo import Authentication
from .people import MADE_UP, Seller

if TYPE_CHECKING:
    from ...emulator import Emulator

PATIENCE = 30.0
"""Seconds to wait for documents that another thread examines."""
PROVIDER = Context(type=ContextType.PEPPOL_ID, value=STANDING[0][0])


class Document(Protocol):
    """What a contractor issues."""

    @property
    def form(self) -> FormCode: ...

    @property
    def seller(self) -> Seller: ...

    @property
    def issuer_nip(self) -> str:
        """Who issues it: the seller, or the buyer in the seller's name."""
        ...

    @property
    def has_attachment(self) -> bool: ...

    def xml(self) -> bytes: ...


def send(emulator: Emulator, documents: Sequence[Document]) -> list[Sent]:
    """What became of each, in their order: a session for each issuer, structure and way of sending. Raises problems
    21208 and the like when a session takes none."""
    sessions: dict[tuple[Context, FormCode, bool], list[int]] = {}
    for place, document in enumerate(documents):
        _authorise(emulator, document)
        key = (_issuer(document), document.form, document.has_attachment)
        sessions.setdefault(key, []).append(place)
    outcomes: dict[int, Sent] = {}
    for (issuer, form, attachments), places in sessions.items():
        one = _Session(emulator, issuer, form)
        xmls = [documents[place].xml() for place in places]
        sent = one.batch(xmls) if attachments else one.online(xmls)
        outcomes |= zip(places, sent, strict=True)
    return [outcomes[place] for place in range(len(documents))]


def _issuer(document: Document) -> Context:
    return PROVIDER if document.form.value == PEF.value else Context.of_nip(document.issuer_nip)


def _authorise(emulator: Emulator, document: Document) -> None:
    """What a made-up seller did before: its authorization of who issues, its consent to attachments."""
    seller, issuer = document.seller.nip, _issuer(document)
    if seller not in MADE_UP:
        return
    if document.has_attachment and not emulator.consents.attachments_allowed(seller):
        emulator.consents.give(seller)
    if issuer == Context.of_nip(seller):
        return
    scope = (
        "PefInvoicing" if issuer == PROVIDER else "RRInvoicing" if document.form == FA_RR else "SelfInvoicing"
    )
    if emulator.permissions.authorized(owner_nip=seller, kind=issuer.type, value=issuer.value, scope=scope):
        return
    owner = Identifier.of(Context.of_nip(seller))
    grant = Grant(
        kind=GrantKind.AUTHORIZATION,
        context=owner,
        subject=Identifier.of(issuer),
        permission=scope,
        giver=owner,
        author=owner,
        description=f"Kontrahent {document.seller.name}",
    )
    emulator.granting.give(Context.of_nip(seller), [grant])


class _Session:
    """One session. Documents show as done at once, whatever others wait for."""

    def __init__(self, emulator: Emulator, issuer: Context, form: FormCode) -> None:
        self.emulator = emulator
        self.key, self.iv = os.urandom(KEY_BYTES), os.urandom(IV_BYTES)
        self.issuer, self.form = issuer, form
        login = base64.b64encode(hashlib.sha256(issuer.value.encode()).digest()).decode()
        self.authentication = Authentication(context=issuer, document_hash=login)

    def online(self, documents: Sequence[bytes]) -> list[Sent]:
        """Open, send, close, wait for the verdicts."""
        emulator = self.emulator
        session = emulator.sessions.open_online(
            context=self.issuer,
            author=str(self.issuer),
            authentication=self.authentication,
            form=self.form,
            key=self.key,
            iv=self.iv,
        )
        try:
            with emulator.store.transaction():
                for xml in documents:
                    emulator.invoices.accept(
                        session,
                        sealed=self._sealed(xml),
                        sha256=hashlib.sha256(xml).digest(),
                        size=len(xml),
                        progress=AT_ONCE,
                    )
                emulator.sessions.close(session)
        except SessionFull as error:
            raise problems.session_full(session.reference, error.args[0]) from error
        except SessionNotOpen as error:
            raise problems.session_status(
                f"Status sesji kontrahenta {error.args[0]} uniemożliwia wysyłkę faktur."
            ) from error
        _wait(emulator.intake_queue.settle, lambda: self._settled(session, len(documents)))
        return emulator.invoices.in_session(session, size=len(documents))

    def batch(self, documents: Sequence[bytes]) -> list[Sent]:
        """One part with all of them."""
        emulator = self.emulator
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, xml in enumerate(documents, 1):
                archive.writestr(f"faktura-{place:04d}.xml", xml)
        packed = file.getvalue()
        sealed = self._sealed(packed)
        session = emulator.sessions.open_batch(
            Batch(
                compression=Compression.ZIP,
                size=len(packed),
                sha256=hashlib.sha256(packed).digest(),
                offline=False,
                parts=(Part(ordinal=1, size=len(sealed), sha256=hashlib.sha256(sealed).digest()),),
            ),
            context=self.issuer,
            author=str(self.issuer),
            authentication=self.authentication,
            form=self.form,
            key=self.key,
            iv=self.iv,
        )
        with emulator.batches.receive(session.reference, 1) as receiving:
            receiving.write(sealed)
            receiving.done()
        emulator.sessions.close(session)
        emulator.batch_work.add(session)
        _wait(lambda: None, lambda: self._settled(session, len(documents)))
        sent = emulator.invoices.in_session(session, size=len(documents))
        if len(sent) < len(documents):
            raise problems.session_status("Paczka kontrahenta nie została przetworzona.")
        return sent

    def _settled(self, session: Session, documents: int) -> bool:
        now = self.emulator.sessions.with_id(session.id)
        return now is None or now.successful + now.failed >= documents

    def _sealed(self, content: bytes) -> bytes:
        padder = PKCS7(BLOCK_BITS).padder()
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.iv)).encryptor()
        return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


def _wait(work: Callable[[], None], done: Callable[[], bool]) -> None:
    """Work until it is done, or until `PATIENCE` is over."""
    end = time.monotonic() + PATIENCE
    work()
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
        work()
