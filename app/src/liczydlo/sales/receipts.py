"""Fetching receipts (UPO): each is verified, compared with its invoice and kept as it came."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from liczydlo.companies.models import Company
from liczydlo.ksef import upo
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import Refused
from liczydlo.sales.models import Invoice, Receipt
from liczydlo.work.claims import Claim

BATCH: Final = 50
NOT_YET: Final = dt.timedelta(seconds=2)
LATER: Final = dt.timedelta(minutes=5)  # after a refusal or a receipt that proves nothing
UPO_NOT_YET: Final = "21178"  # OpenAPI, GET …/upo: the receipt has not been made yet

log = logging.getLogger(__name__)


class Receipts:
    """Receipts of one company's invoices during one run of the sending job."""

    def __init__(self, claim: Claim, company: Company, ksef: Client) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company, self._ksef = claim, company, ksef

    def _pending(self) -> QuerySet[Invoice]:
        rows = Invoice.objects.of(self._company)
        return rows.filter(upo_pending=True, environment=self._company.environment)

    def fetch(self) -> None:
        """Fetch what can be fetched now. Raises KsefError but for refusals, ClaimLost."""
        due = self._pending().filter(Q(poll_at=None) | Q(poll_at__lte=self._claim.clock()))
        for invoice in due.order_by("id")[:BATCH]:
            self._claim.step("upo.ask")
            try:
                xml = self._ksef.upo(invoice.session_reference, invoice.invoice_reference)
                proved = proves(xml, invoice)
            except Refused as error:
                wait = NOT_YET if error.code == UPO_NOT_YET else LATER
                log.info("no receipt of invoice %s yet: %s", invoice.pk, error.code)
            except upo.UpoError as error:
                wait = LATER
                log.warning("the receipt of invoice %s proves nothing: %s", invoice.pk, error)
            else:
                if proved:
                    self._store(invoice, xml)
                    continue
                wait = LATER
                log.warning("the receipt of invoice %s is of another document", invoice.pk)
            self._pending().filter(pk=invoice.pk).update(poll_at=self._claim.clock() + wait)

    def _store(self, invoice: Invoice, xml: bytes) -> None:
        self._claim.step("upo.answered")
        with transaction.atomic():
            Receipt.objects.get_or_create(
                company=self._company,
                invoice=invoice,
                defaults={"xml": xml, "received_at": self._claim.clock()},
            )
            self._pending().filter(pk=invoice.pk).update(upo_pending=False, poll_at=None)
        self._claim.step("upo.stored")

    def next_look(self) -> dt.datetime | None:
        """When there is a receipt to ask for again."""
        pending = self._pending().order_by("poll_at").values_list("poll_at", flat=True)
        if pending.filter(poll_at=None).exists():
            return self._claim.clock()
        return pending.first()


def proves(xml: bytes, invoice: Invoice) -> bool:
    """Whether a receipt is genuine and is of this very document. Raises UpoError when it is not genuine."""
    entry = upo.verify(xml).document(invoice.ksef_number)
    return entry is not None and entry.sha256.hex() == invoice.sha256
