"""Requests of sessions and of the metadata query, with the constraints of the OpenAPI 2.9.0."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .testdata import Nip

Hash = Annotated[str, Field(min_length=44, max_length=44)]
KSEF_NUMBER = (
    r"^([1-9](\d[1-9]|[1-9]\d)\d{7})-(20[2-9][0-9]|2[1-9]\d{2}|[3-9]\d{3})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
    r"-([0-9A-F]{6})-?([0-9A-F]{6})-([0-9A-F]{2})$"
)
KsefNumber = Annotated[str, Field(min_length=35, max_length=36, pattern=KSEF_NUMBER)]


class FormCode(BaseModel):
    """``FormCode``."""

    systemCode: str  # noqa: N815
    schemaVersion: str  # noqa: N815
    value: str


class EncryptionInfo(BaseModel):
    """``EncryptionInfo``: the session's AES key under KSeF's public key, and the IV; both base64."""

    encryptedSymmetricKey: str  # noqa: N815
    initializationVector: str  # noqa: N815
    publicKeyId: Hash | None = None  # noqa: N815


class OpenOnlineSessionRequest(BaseModel):
    """``OpenOnlineSessionRequest``."""

    formCode: FormCode  # noqa: N815
    encryption: EncryptionInfo


class SendInvoiceRequest(BaseModel):
    """``SendInvoiceRequest``; sizes in bytes, hashes SHA-256 as base64."""

    invoiceHash: Hash  # noqa: N815
    invoiceSize: Annotated[int, Field(ge=1)]  # noqa: N815
    encryptedInvoiceHash: Hash  # noqa: N815
    encryptedInvoiceSize: Annotated[int, Field(ge=1)]  # noqa: N815
    encryptedInvoiceContent: str  # noqa: N815
    offlineMode: bool = False  # noqa: N815
    hashOfCorrectedInvoice: Hash | None = None  # noqa: N815


class DateRange(BaseModel):
    """``InvoiceQueryDateRange``."""

    dateType: Literal["Issue", "Invoicing", "PermanentStorage"]  # noqa: N815
    start: Annotated[datetime, Field(alias="from")]
    to: datetime | None = None
    restrictToPermanentStorageHwmDate: bool | None = None  # noqa: N815


class Amount(BaseModel):
    """``InvoiceQueryAmount``."""

    type: Literal["Brutto", "Netto", "Vat"]
    low: Annotated[float | None, Field(alias="from")] = None
    to: float | None = None


class BuyerIdentifier(BaseModel):
    """``InvoiceQueryBuyerIdentifier``."""

    type: Literal["Nip", "VatUe", "Other", "None"]
    value: Annotated[str | None, Field(max_length=50)] = None


class InvoiceQueryFilters(BaseModel):
    """``InvoiceQueryFilters``."""

    subjectType: Literal["Subject1", "Subject2", "Subject3", "SubjectAuthorized"]  # noqa: N815
    dateRange: DateRange  # noqa: N815
    ksefNumber: KsefNumber | None = None  # noqa: N815
    invoiceNumber: Annotated[str | None, Field(max_length=256)] = None  # noqa: N815
    amount: Amount | None = None
    sellerNip: Nip | None = None  # noqa: N815
    buyerIdentifier: BuyerIdentifier | None = None  # noqa: N815
    currencyCodes: list[Annotated[str, Field(pattern=r"^[A-Z]{3}$")]] | None = None  # noqa: N815
    invoicingMode: Literal["Online", "Offline"] | None = None  # noqa: N815
    isSelfInvoicing: bool | None = None  # noqa: N815
    formType: Literal["FA", "PEF", "FA_RR"] | None = None  # noqa: N815
    invoiceTypes: (  # noqa: N815
        list[
            Literal[
                "Vat",
                "Zal",
                "Kor",
                "Roz",
                "Upr",
                "KorZal",
                "KorRoz",
                "VatPef",
                "VatPefSp",
                "KorPef",
                "VatRr",
                "KorVatRr",
            ]
        ]
        | None
    ) = None
    hasAttachment: bool | None = None  # noqa: N815
