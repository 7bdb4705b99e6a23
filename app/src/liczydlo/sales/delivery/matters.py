"""What a letter to a buyer is about: an invoice, or a print that is made when a person sends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.contacts.models import Contractor
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.sales.models import Invoice
from liczydlo.web.templatetags.liczydlo import zl


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A print; ``title`` and ``name`` (of the file) are in its language, ``content`` is PDF."""

    title: str
    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Matter:
    """``title`` names it among people of the firm, ``page`` is its address and ``write`` that of the letter's form.

    ``values`` are what the places of the texts become in a language. ``paper`` prints it in a language and raises
    PrintError; of an invoice there is none: its files are made when the letter goes. ``action`` is how the audit log
    names the sending, ``details`` what it says of it.
    """

    company: Company
    kind: BuyerLetter.Kind
    contractor: Contractor | None
    title: str
    page: str
    write: str
    values: Callable[[str], dict[str, str]]
    action: Action
    details: dict[str, Any]
    invoice: Invoice | None = None
    about: int | None = None
    paper: Callable[[str], Paper] | None = None

    def letters(self) -> QuerySet[BuyerLetter]:
        """What was sent about it; about a contractor's statements, all of them."""
        rows: QuerySet[BuyerLetter] = BuyerLetter.objects.of(self.company)
        if self.invoice is not None:
            return rows.filter(invoice=self.invoice)
        if self.about is not None:
            return rows.filter(kind=self.kind, about=self.about)
        return rows.filter(kind=self.kind, contractor=self.contractor)


def money(amount: Decimal, currency: str, language: str) -> str:
    """An amount as a letter in a language says it."""
    shown = zl(amount, currency)
    return shown if language == "pl" else shown.replace("zł", "PLN")
