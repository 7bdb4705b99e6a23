"""Biała lista against purchases: what to ask when they come, and warnings from the answers, whenever those come."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from liczydlo.companies.models import Company
from liczydlo.lookups import white_list
from liczydlo.lookups.models import Answer, Service
from liczydlo.lookups.white_list import ACTIVE, Pair, Verdict
from liczydlo.purchases.models import AccountUse, InvoiceWarning, ReceivedInvoice, SellerAccount
from liczydlo.purchases.states import State
from liczydlo.purchases.warnings import judging
from liczydlo.purchases.warnings.rules import Code
from liczydlo.rr.build import KINDS
from liczydlo.web import times

LIMIT: Final = Decimal(15_000)
"""PLN, art. 19 of Prawo przedsiębiorców: what is above it goes to an account of the list."""
MOST: Final = 3000  # purchases that are asked about when a firm switches the service on


@dataclass(frozen=True, kw_only=True)
class Checked:
    """An account of a purchase and what the list said last."""

    account: SellerAccount
    verdict: Verdict


def ask(company: Company, rows: Sequence[ReceivedInvoice]) -> None:
    """Have the accounts of purchases that have just come checked; what was answered today counts at once."""
    uses = _uses(company).filter(entry__in=[row.entry_id for row in rows]).select_related(None)
    pairs = uses.order_by().values_list("account__seller__nip", "account__number").distinct()
    today = times.today()
    request_row = white_list.request(company, pairs, today)
    if request_row:
        warn(company, request_row)


def ask_of_all(*, company: Company, service: str, **_: object) -> None:
    """The firm has switched the service on: ask of what came lately and is not paid."""
    if service != Service.WHITE_LIST:
        return
    since = times.now() - judging.RECENT
    rows = ReceivedInvoice.objects.of(company).filter(
        environment=company.environment, state=State.NEW, received_at__gte=since
    )
    ask(company, list(rows.order_by("-pk")[:MOST]))


def once_answered(*, company: Company, answers: Sequence[Answer], **_: object) -> None:
    """Let the answers of the list become warnings."""
    warn(company, [one for one in answers if one.service == Service.WHITE_LIST])


def warn(company: Company, answers: Sequence[Answer]) -> None:
    """Warn of new purchases that name an account which is not listed, or have VAT of who is no active payer."""
    bad = {
        tuple(one.question.split("/", 1)): one
        for one in answers
        if not one.content["listed"] or one.content.get("status", ACTIVE) != ACTIVE
    }
    if not bad:
        return
    since = times.now() - judging.RECENT
    uses = _uses(company).filter(
        account__seller__nip__in={nip for nip, _ in bad},
        account__number__in={number for _, number in bad},
        entry__environment=answers[0].environment,
        entry__purchase__state=State.NEW,
        entry__acquired_at__gte=since,
    )
    answers_by_entry: dict[int, list[tuple[AccountUse, Answer]]] = defaultdict(list)
    for use in uses.select_related("entry__purchase"):
        if (one := bad.get((use.account.seller.nip, use.account.number))) is not None:
            answers_by_entry[use.entry.purchase.pk].append((use, one))
    judging.keep(
        [
            InvoiceWarning(company=company, invoice_id=invoice, code=code, params=params, made_at=times.now())
            for invoice, several in answers_by_entry.items()
            for code, params in _warnings_of(several)
        ]
    )


def _warnings_of(several: Sequence[tuple[AccountUse, Answer]]) -> Iterable[tuple[Code, dict[str, Any]]]:
    entry, first = several[0][0].entry, several[0][1]
    proof = {"day": first.day.isoformat(), "request_id": first.request_id}
    not_listed = [use.account.number for use, one in several if not one.content["listed"]]
    if not_listed:
        over = entry.currency == "PLN" and entry.gross > LIMIT
        yield Code.NOT_LISTED, {"accounts": not_listed, "over": over, **proof}
    status = next((one.content["status"] for _, one in several if "status" in one.content), ACTIVE)
    if status != ACTIVE and entry.vat:
        yield Code.NOT_VAT, {"status": status, **proof}


def checked_accounts(company: Company, invoice: ReceivedInvoice, day: dt.date | None = None) -> list[Checked]:
    """The accounts of a purchase with the latest answers; a factor's is not the seller's and is not asked about."""
    accounts = [
        use.account for use in _uses(company).filter(entry=invoice.entry_id) if not use.account.is_factor
    ]
    verdicts = white_list.verdicts(company, [_pair(one) for one in accounts], day)
    return [Checked(account=one, verdict=verdicts[_pair(one)]) for one in accounts]


def check_now(company: Company, invoice: ReceivedInvoice) -> list[Checked]:
    """„Sprawdź teraz": ask today, within seconds."""
    accounts = [one.account for one in checked_accounts(company, invoice)]
    verdicts = white_list.check_accounts(company, [_pair(one) for one in accounts], times.today(), again=True)
    return [Checked(account=one, verdict=verdicts[_pair(one)]) for one in accounts]


def _pair(account: SellerAccount) -> Pair:
    return account.seller.nip, account.number


def _uses(company: Company) -> Any:
    """Accounts of sellers who may be VAT payers: a flat-rate farmer is exempt, and the list knows him as none."""
    rows = AccountUse.objects.of(company).filter(account__is_factor=False).exclude(entry__kind__in=KINDS)
    return rows.select_related("account__seller").order_by("pk")
