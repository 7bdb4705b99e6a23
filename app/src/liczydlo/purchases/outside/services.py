"""Adding, changing and deleting costs outside KSeF, each under a lock and with an event; what is booked stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import CompanyRequest
from liczydlo.companies.models import Company, User
from liczydlo.documents import storage
from liczydlo.documents.models import Direction, IndexEntry, StoredFile
from liczydlo.purchases import due, lifecycle
from liczydlo.purchases.attachments.services import attach_locked
from liczydlo.purchases.doubles import matching
from liczydlo.purchases.models import Event, ReceivedInvoice
from liczydlo.purchases.states import Payment, State, Step
from liczydlo.web import times
from liczydlo.web.search import fold

EDITS: Final = (Step.EDIT,)
COPIED: Final = (
    "kind", "number", "issue_date", "seller_nip", "seller_id", "seller_name", "currency", "net", "vat", "gross",
    "payment_due",
)  # fmt: skip
"""Values of the form that are columns of ``IndexEntry``."""


class NotChanged(Exception):
    """A cost was not changed or deleted; ``code`` says why. Nothing is done."""

    def __init__(
        self, code: Literal["booked", "gone", "changed", "transfer", "paid", "ordered", "line", "currency"]
    ) -> None:
        super().__init__(code)
        self.code = code


WHY: Final[dict[str, str | Promise]] = {
    "booked": _("Ten koszt jest zaksięgowany. Cofnij go najpierw do nowych."),
    "gone": _("Tego kosztu już nie ma: ktoś go usunął albo połączył z fakturą z KSeF."),
    "transfer": _(
        "Ten koszt był w zleceniu przelewów albo opłaciła go linia wyciągu, więc zostaje na liście. Możesz go ukryć."
    ),
    "paid": _(
        "Ten koszt jest zapłacony, choćby w części, albo stoi w zleceniu przelewów, więc jego kwoty i waluty nie można"
        " zmienić. Cofnij najpierw zapłatę albo anuluj zlecenie."
    ),
    "ordered": _("Koszt i faktura z KSeF są w otwartych zleceniach przelewów. Anuluj najpierw jedno z nich."),
    "line": _(
        "Jedna linia wyciągu opłaca i koszt, i fakturę z KSeF. Cofnij najpierw jedno z tych dopasowań."
    ),
    "currency": _(
        "Koszt ma zapłaty albo przelewy w innej walucie niż faktura z KSeF. Cofnij je najpierw albo popraw walutę"
        " kosztu."
    ),
    "changed": _("Ktoś zmienił ten koszt w międzyczasie. Sprawdź go i spróbuj ponownie."),
}


def add(
    company: Company, values: dict[str, Any], files: Sequence[tuple[StoredFile, str]], *, by: User
) -> ReceivedInvoice:
    """A new cost with its files. Raises NotAttached."""
    now = times.now()
    with transaction.atomic():
        entry = IndexEntry.objects.create(
            company=company,
            environment=company.environment,
            direction=Direction.PURCHASE,
            buyer_nip=company.nip,
            buyer_name=company.name,
            **_columns(values),
        )
        row = ReceivedInvoice.objects.create(
            company=company,
            environment=company.environment,
            entry=entry,
            role="",
            stored_at=now,
            read_at=now,  # there is nothing to read, and nobody to warn of
            judged_at=now,
            account=values["account"],
            **due.columns(entry),
            **{name: values[name] for name in ("category", "concerns", "note")},
        )
        Event.objects.create(company=company, invoice=row, step=Step.ADD, by=by)
        attach_locked(row, files, by=by)
        matching.request(company)
    matching.look(company, [row.pk])
    return row


def edit(row: ReceivedInvoice, values: dict[str, Any], *, by: User, last_seen_event: int) -> bool:
    """Change a cost; whether anything changes.

    ``last_seen_event`` as in ``lifecycle.pay``, of EDITS. Raises NotChanged.
    """
    with transaction.atomic():
        current = _locked(row)
        if current.state == State.BOOKED:
            raise NotChanged("booked")
        if lifecycle.last_event(current, EDITS) != last_seen_event:
            raise NotChanged("changed")
        columns = _columns(values)
        was = {name: getattr(current.entry, name) for name in columns} | {"account": current.account}
        now = columns | {"account": values["account"]}
        different = [name for name in now if now[name] != was[name] and name not in ("words", "seller_key")]
        if not different:
            return False
        if {"gross", "currency"} & {*different} and _is_paid(current):
            raise NotChanged("paid")
        IndexEntry.objects.filter(pk=current.entry_id, company_id=current.company_id).update(**columns)
        changed = IndexEntry(**{name: columns[name] for name in COPIED})
        ReceivedInvoice.objects.filter(pk=current.pk).update(
            account=values["account"], **due.columns(changed)
        )
        Event.objects.create(
            company_id=current.company_id,
            invoice=current,
            step=Step.EDIT,
            by=by,
            details={
                "was": {name: str(was[name]) for name in different if was[name] is not None},
                "now": {name: str(now[name]) for name in different if now[name] is not None},
            },
        )
        matching.request(current.company)
    matching.look(current.company, [current.pk])
    return True


def _is_paid(cost: ReceivedInvoice) -> bool:
    """Whether anything of it is paid, or about to be."""
    rows = ReceivedInvoice.objects.filter(pk=cost.pk)
    used = Q(entry__settlements__isnull=False) | Q(transfer_items__is_open=True)
    return cost.payment != Payment.DUE or rows.filter(used).exists()


def delete(row: ReceivedInvoice, request: CompanyRequest) -> None:
    """Delete a cost with its files; the audit log keeps what it was. Raises NotChanged."""
    with transaction.atomic():
        matching.lock(row.company_id)
        current = _locked(row)
        if current.state == State.BOOKED:
            raise NotChanged("booked")
        entry = current.entry
        remove(current)
        log(
            current.company,
            Action.COST_DELETED,
            request=request,
            name=f"{entry.number}, {entry.seller_name}, {entry.gross} {entry.currency}",
        )


def remove(cost: ReceivedInvoice) -> None:
    """Remove a cost that the caller has locked, with files that nothing else refers to. Raises NotChanged."""
    files = list(cost.attachments.values_list("file_id", flat=True))
    try:
        IndexEntry.objects.filter(pk=cost.entry_id, company_id=cost.company_id, ksef_number="").delete()
    except ProtectedError as error:
        raise NotChanged("transfer") from error
    storage.release(cost.company, files)


def _locked(row: ReceivedInvoice) -> ReceivedInvoice:
    rows = ReceivedInvoice.objects.filter(pk=row.pk, company_id=row.company_id, entry__ksef_number="")
    rows = rows.select_related("entry", "company")
    cost: ReceivedInvoice | None = rows.select_for_update(no_key=True, of=("self",)).first()
    if cost is None:
        raise NotChanged("gone")
    return cost


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """What the index says of it."""
    received: dt.date = values["received_on"]
    return {name: values[name] for name in COPIED} | {
        "acquired_at": timezone.make_aware(dt.datetime.combine(received, dt.time())),
        "words": fold(f"{values['number']} {values['seller_name']}"),
        "seller_key": fold(values["seller_name"])[:512],
    }
