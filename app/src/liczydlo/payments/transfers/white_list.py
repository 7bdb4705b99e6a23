"""Biała lista once more when a file of transfers is made, and what a person decides where it confirms no account.

What counts is the list of the day on which a transfer is ordered. Above 15 000 PLN of a transaction between firms a
transfer to another account may be no tax cost; the answer with its number and date is the evidence for art. 117ba of
Ordynacja podatkowa, and ZAW-NR goes to the tax office within 7 days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liczydlo.companies.models import User
from liczydlo.lookups import services, white_list
from liczydlo.lookups.models import Service
from liczydlo.lookups.white_list import Verdict
from liczydlo.payments.models import AccountSource, Transfer, TransferOrder
from liczydlo.purchases.warnings.white_list import LIMIT
from liczydlo.rr.build import KINDS
from liczydlo.web import times


@dataclass(frozen=True, kw_only=True)
class Check:
    """A transfer's account and what the list says of it with the seller's ``nip``."""

    transfer: Transfer
    numbers: tuple[str, ...]  # of its invoices
    nip: str
    verdict: Verdict
    is_over: bool  # whether an invoice is above the law's limit

    @property
    def is_listed(self) -> bool:
        """Whether the list confirms the account."""
        return self.verdict.state == "listed"

    @property
    def token(self) -> str:
        """The answer that a person has seen: a decision about another one counts for nothing."""
        evidence_id = self.verdict.request_id or self.verdict.code
        return f"{self.transfer.pk}:{self.verdict.state}:{evidence_id}"

    def evidence(self, by: User) -> dict[str, Any]:
        """What is kept with the transfer; ``by`` is who decided to pay all the same."""
        verdict = self.verdict
        known = {
            "state": verdict.state,
            "code": verdict.code,
            "request_id": verdict.request_id,
            "at": verdict.at.isoformat() if verdict.at else "",
            "day": (verdict.day or times.today()).isoformat(),
            "nip": self.nip,
        }
        return known if self.is_listed else known | {"by": by.pk, "who": by.name or by.email}


def ask(order: TransferOrder) -> list[Check]:
    """Ask of the accounts of an order whose file is not made yet; nothing where the firm has not switched it on.

    A factor's account and a foreign one are not in the list, nor is a seller without NIP. A flat-rate farmer is no VAT
    payer, so that what is due on invoices VAT RR alone goes to whichever account of his.
    """
    if order.content or not order.is_open or not services.is_on(order.company, Service.WHITE_LIST):
        return []
    pairs: list[tuple[Transfer, list[Any], tuple[str, str]]] = []
    rows = order.transfers.exclude(account_source=AccountSource.FACTOR)
    for transfer in rows.prefetch_related("items__purchase__entry"):
        entries = [item.purchase.entry for item in transfer.items.all()]
        if all(entry.kind in KINDS for entry in entries):
            continue
        pair = (entries[0].seller_nip, transfer.iban.removeprefix("PL"))
        if transfer.iban.startswith("PL") and white_list.is_checkable(*pair):
            pairs.append((transfer, entries, pair))
    verdicts = white_list.check_accounts(order.company, [pair for _, _, pair in pairs], times.today())
    return [
        Check(
            transfer=transfer,
            numbers=tuple(entry.number for entry in entries),
            nip=pair[0],
            verdict=verdicts[pair],
            is_over=any(entry.currency == "PLN" and entry.gross > LIMIT for entry in entries),
        )
        for transfer, entries, pair in pairs
    ]


def undecided(checks: Sequence[Check], decided: Sequence[str]) -> list[Check]:
    """Those that stop the file: not confirmed by the list, and nobody said of that very answer to pay all the same."""
    return [one for one in checks if not one.is_listed and one.token not in decided]
