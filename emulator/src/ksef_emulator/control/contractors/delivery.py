"""Invoices of contractors, sent as any other: a session of the seller, encrypted documents, the intake's judgment."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ... import problems
from ...intake.cipher import BLOCK_BITS, IV_BYTES, KEY_BYTES
from ...intake.polish_time import polish_day
from ...intake.schemas import FA3
from ...model.identity.contexts import Context
from ...model.sending.invoice_records import Invoice, Sent
from ...model.sending.invoices import SessionFull, SessionNotOpen
from ...model.time.progress import AT_ONCE
from ...receipts.upo import Authentication
from . import amounts
from .paper import Amounts, Line, Original, Paper, part
from .people import SELLERS, Seller

if TYPE_CHECKING:
    from ...emulator import Emulator

Kind = Literal["VAT", "UPR", "ZAL", "ROZ", "KOR"]
PATIENCE = 30.0
"""Seconds to wait for documents that another thread examines."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is wanted: ``count`` invoices of one kind for the buyer, of ``seller`` or, when None, of various
    contractors; ``gross`` in grosze is of each, None is various."""

    buyer_nip: str
    buyer_name: str
    kind: Kind = "VAT"
    seller: Seller | None = None
    gross: int | None = None
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A document that the intake did not take: its number, the code and what was said."""

    number: str
    code: int
    text: str


def deliver(emulator: Emulator, order: Order) -> tuple[list[Invoice], list[Refused]]:
    """Issue them; what was accepted, in the order of issue, and what was refused.

    A settlement (``ROZ``) comes after an advance of its own, a correction after an invoice of its own when the seller
    has not issued enough to the buyer yet; those are among the accepted. Raises problems 21405, 21208 and the like
    when the sellers' sessions take no documents.
    """
    if order.kind == "UPR" and (order.gross or 0) > amounts.SIMPLE:
        raise problems.invalid_input("Faktura uproszczona opiewa najwyżej na 450 zł.")
    return _Delivery(emulator, order).run()


class _Delivery:
    """One of them."""

    def __init__(self, emulator: Emulator, order: Order) -> None:
        self.emulator = emulator
        self.order = order
        self.now = emulator.clock.now()
        self.day = polish_day(self.now)
        self.dice = random.Random(os.urandom(8))
        self._taken: dict[str, set[str]] = {}
        self.accepted: list[Invoice] = []
        self.refused: list[Refused] = []

    def run(self) -> tuple[list[Invoice], list[Refused]]:
        """Send what has to be there first, then what refers to it."""
        chosen = [
            self.order.seller or SELLERS[self.dice.randrange(len(SELLERS))] for _ in range(self.order.count)
        ]
        if self.order.kind == "KOR":
            self._corrections(chosen)
        elif self.order.kind in ("ZAL", "ROZ"):
            self._advances(chosen)
        else:
            self._send([self._invoice(seller) for seller in chosen])
        return self.accepted, self.refused

    def _invoice(self, seller: Seller, gross: int | None = None) -> Paper:
        gross = gross or self.order.gross
        if gross is not None:
            counted = amounts.from_gross(gross, seller.rate)
            found = amounts.lines(seller, self.dice, counted)
        else:
            most = amounts.SIMPLE * 100 // (100 + seller.rate) if self.order.kind == "UPR" else 0
            found = amounts.lines(seller, self.dice, most=most)
            counted = amounts.total(found, seller.rate)
        kind = "VAT" if self.order.kind == "KOR" else self.order.kind
        return self._paper(kind, seller, found, counted)

    def _advances(self, sellers: Sequence[Seller]) -> None:
        papers = [self._advance(seller) for seller in sellers]
        sent = self._send(papers)
        if self.order.kind == "ROZ":
            self._send(
                [
                    self._settlement(paper, invoice)
                    for paper, invoice in zip(papers, sent, strict=True)
                    if invoice is not None
                ]
            )

    def _advance(self, seller: Seller) -> Paper:
        """Of an order so great that the amount is the advance, or, of a settlement, the whole of it."""
        gross, share = self.order.gross, 100 if self.order.kind == "ROZ" else amounts.ADVANCE
        if gross is None:
            found = amounts.lines(seller, self.dice)
            ordered = amounts.total(found, seller.rate)
        else:
            net = part(gross, 100 * 100, share * (100 + seller.rate))
            ordered = amounts.from_net(net, seller.rate)
            found = amounts.lines(seller, self.dice, ordered)
        paid = part(ordered.gross, amounts.ADVANCE, 100)
        if gross is not None and self.order.kind == "ZAL":
            paid = gross
        return self._paper("ZAL", seller, found, amounts.from_gross(paid, seller.rate), ordered=ordered)

    def _settlement(self, advance: Paper, invoice: Invoice) -> Paper:
        ordered, paid = advance.ordered, advance.amounts
        assert ordered is not None
        left = Amounts(net=ordered.net - paid.net, vat=ordered.vat - paid.vat)
        return self._paper(
            "ROZ", advance.seller, advance.lines, left, ordered=ordered, advance=invoice.ksef_number
        )

    def _corrections(self, sellers: Sequence[Seller]) -> None:
        wanted = {seller.nip: [each for each in sellers if each.nip == seller.nip] for seller in sellers}
        originals: list[tuple[Seller, Invoice]] = []
        missing: list[Seller] = []
        for nip, several in wanted.items():
            newest = self.emulator.invoices.newest(nip, self.order.buyer_nip, "VAT", size=len(several))
            found = [each for each in newest if each.gross >= (self.order.gross or 1)]
            originals += zip(several, found, strict=False)
            missing += several[len(found) :]
        fresh = [self._invoice(seller, self._original_of_correction()) for seller in missing]
        sent = self._send(fresh)
        originals += [
            (seller, invoice) for seller, invoice in zip(missing, sent, strict=True) if invoice is not None
        ]
        self._send([self._correction(seller, invoice) for seller, invoice in originals])

    def _original_of_correction(self) -> int | None:
        return None if self.order.gross is None else self.order.gross * 100 // amounts.DISCOUNT

    def _correction(self, seller: Seller, original: Invoice) -> Paper:
        """A discount after the sale: one line below zero."""
        off = self.order.gross or part(original.gross, amounts.DISCOUNT, 100)
        counted = amounts.from_gross(-off, seller.rate)
        price = counted.gross if counted.from_gross else counted.net
        line = Line(name=f"Rabat do faktury {original.number}", unit="usł.", quantity=-1, price=-price)
        corrected = Original(
            number=original.number, day=original.issue_date, ksef_number=original.ksef_number
        )
        return self._paper("KOR", seller, [line], counted, original=corrected)

    def _paper(
        self,
        kind: str,
        seller: Seller,
        lines: Sequence[Line],
        counted: Amounts,
        *,
        ordered: Amounts | None = None,
        original: Original | None = None,
        advance: str = "",
    ) -> Paper:
        return Paper(
            kind=kind,
            number=self._number(seller, "K/" if kind == "KOR" else ""),
            day=self.day,
            made=self.now,
            seller=seller,
            buyer_nip=self.order.buyer_nip,
            buyer_name=self.order.buyer_name,
            lines=lines,
            amounts=counted,
            ordered=ordered,
            original=original,
            advance=advance,
        )

    def _number(self, seller: Seller, before: str) -> str:
        """The seller's next number that no invoice of its own has."""
        taken = self._taken.setdefault(seller.nip, self.emulator.invoices.numbers(seller.nip))
        place = len(taken) + 1
        while True:
            told = before + seller.numbers.format(n=place, month=self.day.month, year=self.day.year)
            if told not in taken:
                taken.add(told)
                return told
            place += 1

    def _send(self, papers: Sequence[Paper]) -> list[Invoice | None]:
        """What each became, None for a refused one: a session for each seller."""
        found: dict[int, Invoice | None] = {}
        for nip in dict.fromkeys(paper.seller.nip for paper in papers):
            places = [place for place, paper in enumerate(papers) if paper.seller.nip == nip]
            sent = self._session(nip, [papers[place].xml() for place in places])
            found |= zip(places, sent, strict=True)
        ordered = [found[place] for place in range(len(papers))]
        self.accepted += [each for each in ordered if each is not None]
        return ordered

    def _session(self, nip: str, documents: Sequence[bytes]) -> list[Invoice | None]:
        """Open, send, close, wait for the verdicts. Documents show as done at once, whatever others wait for."""
        emulator = self.emulator
        key, iv = os.urandom(KEY_BYTES), os.urandom(IV_BYTES)
        login = base64.b64encode(hashlib.sha256(nip.encode()).digest()).decode()
        context = Context.of_nip(nip)
        session = emulator.sessions.open_online(
            context=context,
            author=str(context),
            authentication=Authentication(context=context, document_hash=login),
            form=FA3,
            key=key,
            iv=iv,
        )
        try:
            with emulator.store.transaction():
                for xml in documents:
                    emulator.invoices.accept(
                        session,
                        sealed=_sealed(xml, key, iv),
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
        _wait(emulator.intake_queue.settle, lambda: self._settled(session.id))
        return [self._verdict(each) for each in emulator.invoices.in_session(session, size=len(documents))]

    def _settled(self, session_id: int) -> bool:
        session = self.emulator.sessions.with_id(session_id)
        return session is None or session.successful + session.failed >= session.invoices

    def _verdict(self, sent: Sent) -> Invoice | None:
        if sent.ksef_number is not None:
            return self.emulator.invoices.by_ksef_number(sent.ksef_number)
        said = " ".join((sent.status.description, *sent.status.details))
        self.refused.append(Refused(number=sent.number or "", code=sent.status.code, text=said))
        return None


def _wait(work: Callable[[], None], done: Callable[[], bool]) -> None:
    """Work until it is done, or until `PATIENCE` is over."""
    end = time.monotonic() + PATIENCE
    work()
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
        work()


def _sealed(xml: bytes, key: bytes, iv: bytes) -> bytes:
    padder = PKCS7(BLOCK_BITS).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(xml) + padder.finalize()) + encryptor.finalize()
