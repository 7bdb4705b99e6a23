"""A contractor sends an invoice: real documents of every kind for a firm that trains, as many as it likes."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ..api.contract.common import Nip
from ..api.security import CurrentEmulator
from ..model.sending.invoice_records import Invoice
from ..pages.model_forms import Choices, Label
from .contractors.amounts import zloty
from .contractors.delivery import Refused, deliver
from .contractors.fa import FACTOR, Buyer
from .contractors.marks import Mark
from .contractors.names import CORRECTION_NAMES, FORM_NAMES, KIND_NAMES, MARK_NAMES, SCAM_NAMES
from .contractors.orders import CURRENCIES, Correction, Currency, Form, Kind, Order, Scam, available
from .contractors.people import FARMERS, SELLERS, Seller, anyone, by_nip

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
        contractor = by_nip(self.nip)
        if contractor is not None and self.name in (None, contractor.name):
            return contractor
        return anyone(self.nip, self.name or f"Kontrahent {self.nip}")


class Delivery(BaseModel):
    """``count`` documents for the firm ``buyer``. Without ``seller`` they come from various made-up contractors,
    without ``gross`` (of each, in ``currency``) they are of various amounts.

    ``kind``: ``VAT``, ``UPR`` (simplified, at most 450 zł or 100 euro), ``ZAL``, ``ROZ`` (after an advance of its
    own), ``KOR`` (see ``correction``), ``KOR_ZAL``, ``KOR_ROZ``, ``VAT_RR`` and ``KOR_VAT_RR`` (the buyer issues for a
    farmer), ``VAT_PEF`` and ``KOR_PEF`` (through a provider of Peppol services). What is no FA(3) needs its schema.

    ``correction`` of KOR: ``discount`` of the seller's newest invoices to the buyer (or of new ones); ``price``,
    ``quantity`` (rows before and after) and ``data`` (the buyer's address) of new ones.

    ``thirdParty`` is named in the role ``thirdPartyRole`` (a factor), ``authorised`` as the seller's tax
    representative; both find the documents in their roles. ``scam``: an invoice that nobody should pay, after an honest
    one of the same seller."""

    model_config = ConfigDict(extra="forbid")

    buyer: Nip
    buyerName: _Name | None = None  # noqa: N815
    seller: Contractor | None = None
    kind: Annotated[Kind, Label("Rodzaj", "Kind"), Choices(KIND_NAMES)] = "VAT"
    form: Annotated[Form, Label("Struktura faktury FA", "Structure of FA"), Choices(FORM_NAMES)] = "FA (3)"
    correction: Annotated[
        Correction,
        Label("Co zmienia korekta KOR", "What a correction KOR changes"),
        Choices(CORRECTION_NAMES),
    ] = "discount"
    features: Annotated[frozenset[Mark], Label("Cechy faktury FA", "Features of FA"), Choices(MARK_NAMES)] = (
        frozenset()
    )
    scam: Annotated[Scam | None, Label("Oszustwo", "Scam"), Choices(SCAM_NAMES)] = None
    gross: Annotated[
        Decimal | None,
        Field(ge=Decimal("0.01"), le=10_000_000, decimal_places=2),
        Label(
            "Kwota brutto",
            "Gross amount",
            ("Każdej z faktur. Puste: różne kwoty.", "Of each. Empty: various."),
        ),
    ] = None
    currency: Annotated[
        Currency, Label("Waluta", "Currency"), Choices({code: (code, code) for code in CURRENCIES})
    ] = "PLN"
    count: Annotated[
        int,
        Field(ge=1, le=MOST),
        Label("Liczba faktur", "Number of invoices", (f"1–{MOST}", f"1–{MOST}")),
    ] = 1
    thirdParty: Annotated[Nip | None, Label("NIP podmiotu trzeciego", "A third party's NIP")] = None  # noqa: N815
    thirdPartyRole: Annotated[  # noqa: N815
        int,
        Field(ge=1, le=11),
        Label(
            "Rola podmiotu trzeciego", "The third party's role", ("1–11, 1 to faktor", "1–11, 1 is a factor")
        ),
    ] = FACTOR
    authorised: Annotated[Nip | None, Label("NIP podmiotu upoważnionego", "An authorised party's NIP")] = None

    def order(self, buyer: Buyer) -> Order:
        """What the contractors are asked for."""
        return Order(
            buyer=buyer,
            kind=self.kind,
            form=self.form,
            seller=self.seller.seller() if self.seller else None,
            gross=int(self.gross * 100) if self.gross is not None else None,
            count=self.count,
            currency=self.currency,
            correction=self.correction,
            marks=self.features,
            third_party=self.thirdParty or "",
            third_role=self.thirdPartyRole,
            authorised=self.authorised or "",
            scam=self.scam,
        )


class Delivered(BaseModel):
    """One accepted invoice; ``gross`` in ``currency``, ``date`` is P_1."""

    ksefNumber: str  # noqa: N815
    number: str
    kind: str
    date: date
    sellerNip: str  # noqa: N815
    sellerName: str  # noqa: N815
    gross: str
    currency: str


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
    """The made-up ones, the farmers among them apart, and the kinds of documents whose schemas are there."""

    sellers: list[Contractor]
    farmers: list[Contractor]
    kinds: list[Kind]


router = APIRouter(tags=["Faktury od kontrahentów"])


@router.get("/contractors")
def contractors(emulator: CurrentEmulator) -> SellerList:
    """Who is there to send invoices, and of which kinds."""
    return SellerList(
        sellers=[Contractor(nip=seller.nip, name=seller.name) for seller in SELLERS],
        farmers=[Contractor(nip=seller.nip, name=seller.name) for seller in FARMERS],
        kinds=available(emulator.intake_queue.examination.schemas),
    )


@router.post("/invoices", status_code=201)
def issue(emulator: CurrentEmulator, body: Delivery) -> Deliveries:
    """Contractors issue invoices to a firm: documents dated today by the emulator's clock, which go through the same
    intake as all others, get KSeF numbers, and are found by the firm's queries."""
    accepted, refused = send(emulator, body)
    return Deliveries(
        invoices=[_summary(invoice) for invoice in accepted],
        refused=[
            NotDelivered(number=invoice.number, code=invoice.code, text=invoice.text) for invoice in refused
        ],
    )


def send(emulator: "Emulator", delivery: Delivery) -> tuple[list[Invoice], list[Refused]]:
    """What was accepted and what was refused. Raises problem 21405 and those of sessions."""
    name = delivery.buyerName or emulator.firms.called(delivery.buyer) or f"Firma {delivery.buyer}"
    return deliver(emulator, delivery.order(Buyer(nip=delivery.buyer, name=name)))


def _summary(invoice: Invoice) -> Delivered:
    return Delivered(
        ksefNumber=invoice.ksef_number,
        number=invoice.number,
        kind=invoice.kind,
        date=invoice.issue_date,
        sellerNip=invoice.seller_nip,
        sellerName=invoice.seller.name or "",
        gross=zloty(invoice.gross),
        currency=invoice.currency,
    )
