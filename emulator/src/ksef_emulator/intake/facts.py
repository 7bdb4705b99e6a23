"""What KSeF reads out of a document: the fields that its register, its filters and its receipts need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

INVOICE_TYPES: dict[str, str] = {
    "VAT": "Vat",
    "KOR": "Kor",
    "ZAL": "Zal",
    "ROZ": "Roz",
    "UPR": "Upr",
    "KOR_ZAL": "KorZal",
    "KOR_ROZ": "KorRoz",
    "VAT_RR": "VatRr",
    "KOR_VAT_RR": "KorVatRr",
    "VAT_PEF": "VatPef",
    "VAT_PEF_SP": "VatPefSp",
    "KOR_PEF": "KorPef",
}
"""`RodzajFaktury` of FA and FA_RR, and names of ours for UBL, which has none → `invoiceType` of the API."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """One subject of a document: identifier type of the API (`Nip`, `InternalId`, `VatUe`, `Other`, `None`),
    value, name, and for third and authorised subjects their role number (0 = a role told in words)."""

    kind: str
    value: str | None = None
    name: str | None = None
    role: int = 0


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The index of one invoice. Amounts are grosze of the invoice's currency, VAT is grosze of PLN."""

    seller: Party
    buyer: Party
    third: tuple[Party, ...]
    authorized: Party | None
    number: str
    issue_date: date
    kind: str
    currency: str
    net: int
    vat: int
    gross: int
    self_invoicing: bool
    has_attachment: bool

    @property
    def invoice_type(self) -> str:
        """`invoiceType` as the API calls it."""
        return INVOICE_TYPES[self.kind]


def grosze(amount: str) -> int:
    """An amount with up to two decimal places as hundredths; what is finer is rounded."""
    whole, point, fraction = amount.partition(".")
    if not point:
        return int(whole) * 100
    if len(fraction) == 2 and fraction.isdigit() and whole.isdigit():
        return int(whole + fraction)
    return int((Decimal(amount) * 100).to_integral_value())
