"""Collective identifiers (OpenAPI, ``/collective-identifiers``): one number to pay several invoices of one seller by.

Its 35 characters are ``NIP-IZRRRRMM-12HEX-2HEX``, the NIP the seller's, the end CRC-8 as of a KSeF number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from liczydlo.ksef.conversation import Conversation, Request
from liczydlo.ksef.runner import Runner

__all__ = ["CollectiveOperations", "CollectivePayment"]

_PAGE: Final = 200
_INVOICES_PAGE: Final = 500


@dataclass(frozen=True, kw_only=True)
class CollectivePayment:
    """An invoice within an identifier; ``amount`` is what is paid of it, None where that is not said."""

    ksef_number: str
    amount: Decimal | None = None
    currency: str = "PLN"


def make(payments: Sequence[CollectivePayment]) -> Conversation[str]:
    """``POST /collective-identifiers``: two invoices or more, all of one seller."""
    invoices: list[dict[str, Any]] = []
    for one in payments:
        invoice: dict[str, Any] = {"ksefNumber": one.ksef_number}
        if one.amount is not None:
            invoice["payment"] = {"amount": float(one.amount), "currency": one.currency}
        invoices.append(invoice)
    answer = yield Request(method="POST", path="/collective-identifiers", json={"invoices": invoices})
    return answer.object().text("collectiveIdentifierNumber")


def own(start: dt.datetime, end: dt.datetime, count: int) -> Conversation[tuple[str, ...]]:
    """``POST /collective-identifiers/query``: those of this context made between, with so many invoices."""
    body = {
        "dateCreatedFrom": start.isoformat(),
        "dateCreatedTo": end.isoformat(),
        "invoiceCountFrom": count,
        "invoiceCountTo": count,
        "createdInCurrentContext": True,
    }
    numbers: list[str] = []
    headers: dict[str, str] = {}
    while True:
        answer = yield Request(
            method="POST",
            path="/collective-identifiers/query",
            json=body,
            query={"pageSize": str(_PAGE)},
            headers=headers,
        )
        page = answer.object()
        numbers += (one.text("collectiveIdentifierNumber") for one in page.nodes("collectiveIdentifiers"))
        token = page.optional_text("continuationToken")
        if not token:
            return tuple(numbers)
        headers = {"x-continuation-token": token}


def invoices(number: str) -> Conversation[frozenset[str]]:
    """``POST /collective-identifiers/invoices``: the KSeF numbers that an identifier stands for."""
    members: set[str] = set()
    headers: dict[str, str] = {}
    while True:
        answer = yield Request(
            method="POST",
            path="/collective-identifiers/invoices",
            json={"collectiveIdentifierNumbers": [number]},
            query={"pageSize": str(_INVOICES_PAGE)},
            headers=headers,
        )
        page = answer.object()
        members |= {one.text("ksefNumber") for one in page.nodes("invoices")}
        token = page.optional_text("continuationToken")
        if not token:
            return frozenset(members)
        headers = {"x-continuation-token": token}


class CollectiveOperations(Runner):
    """Collective identifiers of the present context."""

    def make_collective(self, payments: Sequence[CollectivePayment]) -> str:
        """A new identifier for invoices of one seller; each call makes another one.

        Raises :class:`Refused` 71001 (an invoice is not known), 71002 (one is in as many as it may be), 71004 (of
        different sellers), 71005 (one comes twice).
        """
        return self._run(make(payments))

    def own_collectives(self, start: dt.datetime, end: dt.datetime, count: int) -> tuple[str, ...]:
        """Identifiers of ``count`` invoices that this context made between, at most 100 days, the newest first."""
        return self._run(own(start, end, count))

    def collective_invoices(self, number: str) -> frozenset[str]:
        """The KSeF numbers of an identifier's invoices."""
        return self._run(invoices(number))
