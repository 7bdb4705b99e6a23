"""A contractor sends an invoice: real FA(3) documents for a firm that trains, as many as it likes."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ..api.contract.common import Nip
from ..api.security import CurrentEmulator
from ..model.sending.invoice_records import Invoice
from ..pages.model_forms import Label
from .contractors.delivery import Kind, Order, Refused, deliver
from .contractors.paper import zloty
from .contractors.people import SELLERS, Seller, anyone, known

if TYPE_CHECKING:
    from ..emulator import Emulator

MOST = 1000
_Name = Annotated[str, Field(min_length=1, max_length=256)]


class Contractor(BaseModel):
    """Who sends: a made-up contractor by its NIP, or anybody else by NIP and name."""

    model_config = ConfigDict(extra="forbid")

    nip: Nip
    name: _Name | None = None

    def seller(self) -> Seller:
        """The made-up one, or one of this name."""
        found = known(self.nip)
        if found is not None and self.name in (None, found.name):
            return found
        return anyone(self.nip, self.name or f"Kontrahent {self.nip}")


class Delivery(BaseModel):
    """``count`` invoices for the firm ``buyer``. Without ``seller`` they come from various made-up contractors, without
    ``gross`` (in zlotys, of each) they are of various amounts. ``kind``: an invoice, a simplified one (at most 450
    zł), an advance, a settlement (after an advance of its own) or a correction (of the seller's newest invoices to the
    buyer, or of new ones)."""

    model_config = ConfigDict(extra="forbid")

    buyer: Nip
    buyerName: _Name | None = None  # noqa: N815
    seller: Contractor | None = None
    kind: Kind = "VAT"
    gross: Annotated[
        Decimal | None,
        Field(ge=Decimal("0.01"), le=10_000_000, decimal_places=2),
        Label("Kwota brutto w zł", "Gross amount in zł"),
    ] = None
    count: Annotated[int, Field(ge=1, le=MOST), Label("Liczba faktur", "Number of invoices")] = 1


class Delivered(BaseModel):
    """One accepted invoice; ``gross`` in zlotys, ``date`` is P_1."""

    ksefNumber: str  # noqa: N815
    number: str
    kind: str
    date: date
    sellerNip: str  # noqa: N815
    sellerName: str  # noqa: N815
    gross: str


class NotDelivered(BaseModel):
    """One that the intake refused: code and text of its status."""

    number: str
    code: int
    text: str


class Deliveries(BaseModel):
    """In the order of issue."""

    invoices: list[Delivered]
    refused: list[NotDelivered]


class SellerList(BaseModel):
    """The made-up ones."""

    sellers: list[Contractor]


router = APIRouter(tags=["Faktury od kontrahentów"])


@router.get("/contractors")
def contractors() -> SellerList:
    """Who is there to send invoices."""
    return SellerList(sellers=[Contractor(nip=each.nip, name=each.name) for each in SELLERS])


@router.post("/invoices", status_code=201)
def issue(emulator: CurrentEmulator, body: Delivery) -> Deliveries:
    """Contractors issue invoices to a firm: FA(3) documents, dated today by the emulator's clock, which go through
    the same intake as all others, get KSeF numbers, and are found by the firm's queries."""
    found, refused = send(emulator, body)
    return Deliveries(
        invoices=[_summary(each) for each in found],
        refused=[NotDelivered(number=each.number, code=each.code, text=each.text) for each in refused],
    )


def send(emulator: "Emulator", wanted: Delivery) -> tuple[list[Invoice], list[Refused]]:
    """What was accepted and what was refused. Raises problem 21405 and those of sessions."""
    name = wanted.buyerName or emulator.firms.called(wanted.buyer)
    order = Order(
        buyer_nip=wanted.buyer,
        buyer_name=name or f"Firma {wanted.buyer}",
        kind=wanted.kind,
        seller=wanted.seller.seller() if wanted.seller else None,
        gross=int(wanted.gross * 100) if wanted.gross is not None else None,
        count=wanted.count,
    )
    return deliver(emulator, order)


def _summary(invoice: Invoice) -> Delivered:
    return Delivered(
        ksefNumber=invoice.ksef_number,
        number=invoice.number,
        kind=invoice.kind,
        date=invoice.issue_date,
        sellerNip=invoice.seller_nip,
        sellerName=invoice.seller.name or "",
        gross=zloty(invoice.gross),
    )
