"""What a purchase asks to be paid: the columns of ``ReceivedInvoice`` from which the database computes what is left."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Round

from liczydlo.documents import facts
from liczydlo.documents.facts import Facts
from liczydlo.documents.models import IndexEntry
from liczydlo.purchases.states import Payment

LEFT: Final = Case(
    When(payment=Payment.PAID.value, then=Value(Decimal(0))),
    default=Round(F("payable") - Coalesce(F("paid_amount"), Value(Decimal(0))), 2),
)
"""What is still to pay, of the columns of a purchase."""


def columns(entry: IndexEntry, document_facts: Facts | None = None) -> dict[str, Any]:
    """Amount (``facts.payable``), currency and day, of a document that has been read or of what KSeF lists."""
    payable = facts.payable(entry.gross, document_facts or Facts())
    return {"payable": payable, "currency": entry.currency, "payment_due": entry.payment_due}


def columns_of_listed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The same of the columns of an entry whose document has not been read."""
    return {"payable": entry["gross"], "currency": entry["currency"], "payment_due": None}
