"""Which documents an order comes to, and in which order they are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from ...model.sending.invoice_records import Invoice, Sent
from . import lines, scams
from .amounts import account
from .documents import Documents
from .fa import FaInvoice
from .orders import Kind, Order, check
from .pef import PefInvoice
from .people import FARMERS, SELLERS, Seller
from .rr import RrInvoice
from .sending import Document, send

if TYPE_CHECKING:
    from ...emulator import Emulator

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A document that the intake did not take: its number, the code and what was said."""

    number: str
    code: int
    text: str


def deliver(emulator: Emulator, order: Order) -> tuple[list[Invoice], list[Refused]]:
    """Issue them; what was accepted, in the order of issue, and what was refused.

    What refers to another document (a settlement, most corrections, a double) comes after one of its own; that one is
    among the accepted. Raises problems 21405, 21208 and the like when an order cannot be, or when sessions take no
    documents.
    """
    check(order, emulator.intake_queue.examination.schemas)
    return _Delivery(emulator, order).run()


class _Delivery:
    def __init__(self, emulator: Emulator, order: Order) -> None:
        self.emulator = emulator
        self.order = order
        self.documents = Documents(emulator, order)
        self.accepted: list[Invoice] = []
        self.refused: list[Refused] = []

    @property
    def _by_kind(self) -> dict[Kind, Callable[[Sequence[Seller]], object]]:
        return {
            "VAT": self._sales,
            "UPR": self._sales,
            "ZAL": self._advances,
            "ROZ": self._settlements,
            "KOR": self._corrections,
            "KOR_ZAL": self._corrected_advances,
            "KOR_ROZ": self._corrected_settlements,
            "VAT_RR": self._bought_from_farmers,
            "KOR_VAT_RR": self._corrected_rr,
            "VAT_PEF": self._pefs,
            "KOR_PEF": self._credit_notes,
        }

    def run(self) -> tuple[list[Invoice], list[Refused]]:
        order = self.order
        farmers = order.kind in ("VAT_RR", "KOR_VAT_RR")
        choice = FARMERS if farmers else SELLERS
        sellers = [
            order.seller or choice[self.documents.dice.randrange(len(choice))] for _ in range(order.count)
        ]
        if farmers:
            sellers = [
                one if one in FARMERS else replace(FARMERS[0], nip=one.nip, name=one.name) for one in sellers
            ]
        if order.scam:
            self._scams(sellers)
        else:
            self._by_kind[order.kind](sellers)
        return self.accepted, self.refused

    def _sales(self, sellers: Sequence[Seller]) -> None:
        self._send([self.documents.sale(seller) for seller in sellers])

    def _advances(self, sellers: Sequence[Seller]) -> list[tuple[FaInvoice, Invoice]]:
        return self._send([self.documents.advance(seller) for seller in sellers])

    def _settlements(self, sellers: Sequence[Seller]) -> list[tuple[FaInvoice, Invoice]]:
        return self._send(
            [self.documents.settlement(advance, invoice) for advance, invoice in self._advances(sellers)]
        )

    def _corrections(self, sellers: Sequence[Seller]) -> None:
        if self.order.correction != "discount":
            originals = self._send([self.documents.sale(seller) for seller in sellers])
            self._send([self.documents.correction(sale, invoice) for sale, invoice in originals])
            return
        originals_of: list[tuple[Seller, Invoice]] = []
        missing: list[Seller] = []
        for nip in dict.fromkeys(seller.nip for seller in sellers):
            several = [seller for seller in sellers if seller.nip == nip]
            newest = self.emulator.invoices.newest(nip, self.order.buyer.nip, "VAT", size=len(several))
            usable = [
                one
                for one in newest
                if one.gross >= (self.order.gross or 1) and one.currency == self.order.currency
            ]
            originals_of += zip(several, usable, strict=False)
            missing += several[len(usable) :]
        gross = None if self.order.gross is None else self.order.gross * 100 // lines.DISCOUNT
        fresh = self._send([self.documents.sale(seller, gross) for seller in missing])
        originals_of += [(sale.seller, invoice) for sale, invoice in fresh]
        self._send([self.documents.discount(seller, invoice) for seller, invoice in originals_of])

    def _corrected_advances(self, sellers: Sequence[Seller]) -> None:
        self._send(
            [self.documents.smaller_order(advance, invoice) for advance, invoice in self._advances(sellers)]
        )

    def _corrected_settlements(self, sellers: Sequence[Seller]) -> None:
        settled = self._settlements(sellers)
        self._send([self.documents.discount(settlement.seller, invoice) for settlement, invoice in settled])

    def _bought_from_farmers(self, sellers: Sequence[Seller]) -> list[tuple[RrInvoice, Invoice]]:
        return self._send([self.documents.bought_from_farmer(seller) for seller in sellers])

    def _corrected_rr(self, sellers: Sequence[Seller]) -> None:
        self._send(
            [
                self.documents.cheaper_from_farmer(bought, invoice)
                for bought, invoice in self._bought_from_farmers(sellers)
            ]
        )

    def _pefs(self, sellers: Sequence[Seller]) -> list[tuple[PefInvoice, Invoice]]:
        return self._send([self.documents.pef(seller) for seller in sellers])

    def _credit_notes(self, sellers: Sequence[Seller]) -> None:
        self._send([self.documents.credit_note(sale, invoice) for sale, invoice in self._pefs(sellers)])

    def _scams(self, sellers: Sequence[Seller]) -> None:
        """After an honest invoice of the same seller, but for a stranger's."""
        scam = self.order.scam
        if scam == "stranger":
            self._send(
                [
                    replace(
                        self.documents.sale(scams.stranger(self.documents.dice)),
                        days=scams.URGENT_DAYS,
                        notes=scams.URGENT_NOTES,
                    )
                    for _ in sellers
                ]
            )
            return
        honest = self._send([self.documents.sale(seller) for seller in sellers])
        self._send([self._scam(sale) for sale, _ in honest])

    def _scam(self, honest: FaInvoice) -> FaInvoice:
        seller = honest.seller
        match self.order.scam:
            case "account":
                return replace(
                    self.documents.sale(seller),
                    account=account(seller.nip[::-1]),
                    notes=scams.CHANGED_ACCOUNT,
                )
            case "look-alike":
                return self.documents.sale(scams.look_alike(seller))
            case "double-number":
                return replace(honest, number=scams.respelt(honest.number))
            case _:
                return replace(honest, number=self.documents.number(seller))

    def _send(self, documents: Sequence[D]) -> list[tuple[D, Invoice]]:
        """Those that were accepted, with what they became."""
        sent = send(self.emulator, documents)
        pairs = [(document, self._verdict(one)) for document, one in zip(documents, sent, strict=True)]
        became = [(document, invoice) for document, invoice in pairs if invoice is not None]
        self.accepted += [invoice for _, invoice in became]
        return became

    def _verdict(self, sent: Sent) -> Invoice | None:
        if sent.ksef_number is not None:
            return self.emulator.invoices.by_ksef_number(sent.ksef_number)
        reason = " ".join((sent.status.description, *sent.status.details))
        self.refused.append(Refused(number=sent.number or "", code=sent.status.code, text=reason))
        return None
