"""What people decide: a warning is settled, a seller trusted or hidden, an invoice reported as an abuse.

Rows are locked in one order, the seller and then its invoices, as ``judging`` does, so of two people one wins.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import HttpRequest

from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import User
from liczydlo.purchases import lifecycle
from liczydlo.purchases.models import Event, ReceivedInvoice
from liczydlo.purchases.states import Step
from liczydlo.purchases.warnings import judging
from liczydlo.purchases.warnings.models import AccountUse, InvoiceWarning, Seller, SellerAccount
from liczydlo.purchases.warnings.rules import Code


def settle(row: InvoiceWarning, *, by: User, note: str, now: dt.datetime) -> bool:
    """Somebody has checked what a warning says; whether nobody had before. A new account is the seller's from now."""
    with transaction.atomic():
        invoice = ReceivedInvoice.objects.select_related("entry").get(pk=row.invoice_id)
        seller = _locked_seller(invoice)
        _lock(invoice)
        open_one = InvoiceWarning.objects.filter(pk=row.pk, settled_at=None)
        if not open_one.update(settled_at=now, settled_by=by, note=note):
            return False
        judging.recount({invoice.pk})
        if row.code == Code.ACCOUNT and seller is not None:
            SellerAccount.objects.filter(seller=seller, number__in=row.params["accounts"]).update(
                doubted=False
            )
        Event.objects.create(
            company_id=row.company_id,
            invoice=invoice,
            step=Step.SETTLE,
            by=by,
            details={"code": row.code, "note": note},
        )
    return True


def trust(seller: Seller, *, on: bool, request: HttpRequest, by: User, now: dt.datetime) -> bool:
    """Warn less of a seller, or as of any other again; whether that is a change."""
    rows = Seller.objects.filter(pk=seller.pk, trusted_at__isnull=on)
    with transaction.atomic():
        if not rows.update(trusted_at=now if on else None, trusted_by=by if on else None):
            return False
        _log(seller, Action.SELLER_TRUSTED if on else Action.SELLER_NOT_TRUSTED, request)
    return True


def hide(seller: Seller, *, on: bool, request: HttpRequest, by: User, now: dt.datetime) -> int | None:
    """Put a seller's invoices out of sight, those to come too, or show them all again; how many there are now that
    changed. None: it is so already. What is in the books stays."""
    with transaction.atomic():
        rows = Seller.objects.filter(pk=seller.pk, hidden_at__isnull=on)
        if not rows.update(hidden_at=now if on else None, hidden_by=by if on else None):
            return None
        invoices = ReceivedInvoice.objects.filter(
            company_id=seller.company_id, environment=seller.environment, entry__seller_nip=seller.nip
        )
        done = lifecycle.move_all(invoices, Step.HIDE if on else Step.SHOW, by=by)
        _log(seller, Action.SELLER_HIDDEN if on else Action.SELLER_SHOWN, request, done)
    return done


def report(invoice: ReceivedInvoice, *, request: HttpRequest, by: User, now: dt.datetime) -> bool:
    """Remember that somebody has reported an invoice to the Ministry. Accounts that only it names are doubted."""
    with transaction.atomic():
        seller = _locked_seller(invoice)
        unreported = ReceivedInvoice.objects.filter(
            pk=invoice.pk, company=invoice.company_id, reported_at=None
        )
        if not unreported.update(reported_at=now, reported_by=by):
            return False
        if seller is not None:
            elsewhere = AccountUse.objects.filter(account__seller=seller).exclude(entry=invoice.entry_id)
            accounts = SellerAccount.objects.filter(seller=seller, uses__entry=invoice.entry_id)
            alone = list(accounts.exclude(pk__in=elsewhere.values("account")).values_list("pk", flat=True))
            SellerAccount.objects.filter(pk__in=alone).update(doubted=True)
        _note(invoice, Step.REPORT, by)
        _log_invoice(invoice, Action.ABUSE_REPORTED, request)
    return True


def take_back_report(invoice: ReceivedInvoice, *, request: HttpRequest, by: User) -> bool:
    """It was not reported after all."""
    with transaction.atomic():
        reported = ReceivedInvoice.objects.filter(
            pk=invoice.pk, company=invoice.company_id, reported_at__isnull=False
        )
        if not reported.update(reported_at=None, reported_by=None):
            return False
        _note(invoice, Step.UNREPORT, by)
        _log_invoice(invoice, Action.ABUSE_TAKEN_BACK, request)
    return True


def _locked_seller(invoice: ReceivedInvoice) -> Seller | None:
    rows = Seller.objects.filter(
        company=invoice.company_id, environment=invoice.environment, nip=invoice.entry.seller_nip
    )
    seller: Seller | None = rows.select_for_update(no_key=True).first()
    return seller


def _lock(invoice: ReceivedInvoice) -> None:
    ReceivedInvoice.objects.select_for_update(no_key=True).get(pk=invoice.pk)


def _note(invoice: ReceivedInvoice, step: Step, by: User) -> None:
    Event.objects.create(company_id=invoice.company_id, invoice=invoice, step=step, by=by)


def _log(seller: Seller, action: Action, request: HttpRequest, invoices: int | None = None) -> None:
    count = "" if invoices is None else str(invoices)
    audit.log(seller.company, action, request=request, nip=seller.nip, name=seller.name, invoices=count)


def _log_invoice(invoice: ReceivedInvoice, action: Action, request: HttpRequest) -> None:
    entry = invoice.entry
    audit.log(
        invoice.company,
        action,
        request=request,
        reference=entry.ksef_number,
        number=entry.number,
        nip=entry.seller_nip,
    )
