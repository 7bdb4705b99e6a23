"""What became of a package's invoices: KSeF's list of them, a page at a time and as far as a run may last.

Where the list goes on is kept with the session, so that each page is asked for once: KSeF allows 20 in a minute (guide
``limity/limity-api.md``).
"""

from __future__ import annotations

import logging

from django.db.models import QuerySet

from liczydlo.jobs.claims import Claim
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import Refused
from liczydlo.ksef.session_states import InvoicePage, InvoiceStatus
from liczydlo.sales import lifecycle
from liczydlo.sales.models import Invoice, Session
from liczydlo.sales.sending.outcomes import Outcomes

log = logging.getLogger(__name__)


def settle(
    session: Session,
    invoices_of_session: QuerySet[Invoice],
    *,
    claim: Claim,
    ksef: Client,
    outcomes: Outcomes,
) -> bool:
    """Settle the invoices ``invoices_of_session`` the session that KSeF lists; whether the list was read to its end.

    Raises KsefError, ClaimLost.
    """
    while True:
        page = _page(ksef, session)
        if not outcomes.settle_all(_of_page(invoices_of_session, page)):
            return False
        session.list_token = page.next_token or ""
        Session.objects.of(session.company).filter(pk=session.pk).update(list_token=session.list_token)
        if not session.list_token:
            return True
        if claim.should_yield:
            return False


def _page(ksef: Client, session: Session) -> InvoicePage:
    """Where the list was left; from its beginning when KSeF does not know the place any more."""
    if session.list_token:
        try:
            return ksef.invoice_page(session.reference, session.list_token)
        except Refused as error:
            log.info("session %s: the list begins anew: %s", session.reference, error.code)
    return ksef.invoice_page(session.reference)


def _of_page(
    invoices_of_session: QuerySet[Invoice], page: InvoicePage
) -> list[tuple[Invoice, InvoiceStatus]]:
    """Those of the page that wait for a verdict, each with what KSeF says of it."""
    by_sha256 = {one.sha256.hex(): one for one in page.invoices}
    digests = list(by_sha256)
    rows: list[Invoice] = []
    for at in range(0, len(digests), lifecycle.CHUNK):
        chunk = invoices_of_session.filter(entry__document__sha256__in=digests[at : at + lifecycle.CHUNK])
        rows += chunk.select_related("entry__document").defer("entry__document__xml")
    return [(row, by_sha256[row.entry.sha256]) for row in rows]
