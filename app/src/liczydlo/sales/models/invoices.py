"""Sales invoices and their drafts. What an invoice says is in ``documents``."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import ClassVar, Final

from django.db import models
from django.db.models.expressions import OrderBy
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.documents.models import RR_KINDS, IndexEntry, WrittenOnce
from liczydlo.fa3.codec import from_json
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.ksef.modes import Mode
from liczydlo.ksef.sessions import FA3, FA_RR
from liczydlo.sales.models.sessions import Session
from liczydlo.sales.states import MOVING, OPEN, REFUSED, UNSENT, State
from liczydlo.web import times
from liczydlo.web.reasons import Reason

MODES: Final = {
    Mode.ONLINE: _("Online"),
    Mode.OFFLINE24: _("Offline24"),
    Mode.OFFLINE: _("Offline – niedostępność KSeF"),
    Mode.EMERGENCY: _("Awaryjny"),
    Mode.TOTAL_FAILURE: _("Awaria całkowita"),
}
"""How an invoice is issued, and what people call it."""

OF_OUTAGE: Final = (Mode.OFFLINE, Mode.EMERGENCY, Mode.TOTAL_FAILURE)
"""Modes that an announcement allows."""
PATIENCE: Final = dt.timedelta(minutes=1)
"""KSeF answers within seconds; what takes longer is told, and another way is offered."""


class Invoice(WrittenOnce):
    """One sales invoice of a company."""

    environment = models.CharField(max_length=10, choices=Environment)
    entry = models.OneToOneField(IndexEntry, models.CASCADE, related_name="sale")
    state = models.CharField(_("stan"), max_length=10, choices=State)
    mode = models.CharField(_("tryb"), max_length=16, choices=list(MODES.items()), default=Mode.ONLINE)
    mode_reason_json = models.JSONField(null=True, blank=True)
    due_date = models.DateField(_("termin wysłania"), null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    send_after = models.DateTimeField(null=True, blank=True)
    kod_2 = models.TextField(blank=True, default="")
    # of a technical correction: the offline invoice that KSeF refused (offline/korekta-techniczna.md)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason_json = models.JSONField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)  # so often KSeF has taken the file
    looks = models.PositiveIntegerField(default=0)  # tries in vain, in a row, of what is under way now

    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="+")
    session_reference = models.CharField(max_length=36, blank=True, default="")
    invoice_reference = models.CharField(max_length=36, blank=True, default="")
    upo_pending = models.BooleanField(default=False)
    issued_elsewhere = models.BooleanField(default=False)  # by another program; fetched from KSeF

    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(default=times.now)
    queued_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    poll_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["corrects"], condition=~models.Q(state="rejected"), name="one_technical_correction"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "state"], name="invoice_state"),
            models.Index(
                fields=["company", "environment", "due_date"],
                name="invoice_due",
                condition=models.Q(due_date__isnull=False),
            ),
            models.Index(
                fields=["company", "environment", "looks", "due_date", "queued_at", "id"],
                name="invoice_outgoing",
                condition=models.Q(state="queued"),
            ),
            models.Index(
                fields=["company"],
                name="invoice_unsent",
                condition=models.Q(state__in=["issued", "waiting", "queued", "sending"]),
            ),
            models.Index(fields=["company"], name="invoice_upo", condition=models.Q(upo_pending=True)),
            models.Index(
                fields=["company", "environment"],
                name="invoice_of_outage",
                condition=models.Q(mode__in=["offline", "awaryjny", "awaria-calkowita"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)

    def get_absolute_url(self) -> str:
        return reverse("sales:detail", args=[self.company_id, self.pk])

    @property
    def reason(self) -> Reason | None:
        """Why it is where it is, when that needs saying."""
        return Reason.from_json(self.reason_json)

    @property
    def is_farm(self) -> bool:
        """Whether it is a VAT RR, which the company issues as the buyer."""
        return self.entry.kind in RR_KINDS

    @property
    def form(self) -> str:
        """Of which structure its document is, by KSeF's system code: one session takes one."""
        return (FA_RR if self.is_farm else FA3).system_code

    @property
    def is_moving(self) -> bool:
        """Whether it will change by itself, so that pages look again."""
        return self.state in MOVING or self.upo_pending

    @property
    def is_offline(self) -> bool:
        """Issued in an offline mode."""
        return self.mode != Mode.ONLINE

    @property
    def mode_reason(self) -> Reason | None:
        """Why it was issued in its mode; it decides the mark of the row in JPK_V7 when there is no number."""
        return Reason.from_json(self.mode_reason_json)

    @property
    def is_printable(self) -> bool:
        """Whether it may be handed over: it has its number, or is lawfully an invoice without one.

        That is what was issued in an offline mode, and an online invoice that KSeF may have but has given no number
        yet, or that missed its day: law and KSeF take it for offline24 then.
        """
        if self.entry.ksef_number:
            return True
        if self.state in OPEN or self.state in REFUSED:
            return False
        if self.is_offline:
            return bool(self.kod_2) or self.carries_no_codes
        return self.is_in_doubt or self.missed_its_day

    @property
    def corrected_sha256(self) -> bytes | None:
        """Of a technical correction: the digest of the file that KSeF refused."""
        return bytes.fromhex(self.corrects.entry.sha256) if self.corrects is not None else None

    @property
    def is_in_doubt(self) -> bool:
        """Sent online a while ago, and no word of KSeF's yet: it may hold it."""
        sent = not self.is_offline and self.state in (State.SENDING, State.PROCESSING)
        return sent and self.sent_at is not None and self.sent_at < times.now() - PATIENCE

    @property
    def missed_its_day(self) -> bool:
        """Issued online and not in KSeF on the day of P_1."""
        return not self.is_offline and self.state in UNSENT and self.entry.issue_date < times.today()

    @property
    def carries_codes_offline(self) -> bool:
        """Whether a print now carries „OFFLINE" and KOD II: only until it has its number (kody-qr.md)."""
        return bool(self.kod_2) and not self.entry.ksef_number

    @property
    def carries_no_codes(self) -> bool:
        """Whether its print has none at all: issued in a total failure, outside KSeF (tryby-offline.md)."""
        return self.mode == Mode.TOTAL_FAILURE

    @property
    def was_late(self) -> bool:
        """Whether KSeF got it after the day by which it had to be sent."""
        acquired = self.entry.acquired_at
        return bool(acquired and self.due_date and timezone.localdate(acquired) > self.due_date)

    @classmethod
    def nearest_deadline(cls) -> tuple[OrderBy, str, str]:
        """The order in which invoices go out: what has no deadline comes last."""
        return models.F("due_date").asc(nulls_last=True), "queued_at", "id"

    def is_overdue(self, today: dt.date) -> bool:
        """Whether the day by which it had to be sent has passed."""
        return self.due_date is not None and self.due_date < today and self.state in UNSENT

    @property
    def chip(self) -> str:
        """The key of its state chip: the state, or the mark that says more."""
        if self.state == State.ISSUED and self.reason_json:
            return "held"
        if self.state == State.DRAFT and self.reason_json:
            return "returned"
        if self.issued_elsewhere:
            return "elsewhere"
        return "overdue" if self.is_overdue(times.today()) else self.state


class Draft(CompanyOwned):
    """An invoice that is not issued yet: its XML, and what the issuer means by it unless it came as a ready file."""

    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="draft")
    draft_json = models.JSONField(null=True, blank=True)
    xml = models.BinaryField(null=True, blank=True)
    file_name = models.CharField(max_length=255, blank=True, default="")

    def __str__(self) -> str:
        return self.file_name or "draft"

    @property
    def invoice_draft(self) -> InvoiceDraft | None:
        """What the issuer means; None for a ready file that was not edited, and for a VAT RR (``farm.drafts``)."""
        values = None if self.invoice.is_farm else self.draft_json
        return None if values is None else from_json(InvoiceDraft, values)

    @property
    def content(self) -> bytes:
        """The XML that it would be issued with."""
        return bytes(self.xml or b"")

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex. A page keeps it in its forms, so that a click is about what was seen."""
        return hashlib.sha256(self.content).hexdigest()


class MendedFile(CompanyOwned):
    """A file that a person uploaded in place of a refused offline invoice's, until it is sent or replaced."""

    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="mended")
    xml = models.BinaryField()
    file_name = models.CharField(max_length=255, blank=True, default="")

    def __str__(self) -> str:
        return self.file_name


class Awaited(CompanyOwned):
    """That an invoice waits for the KSeF number of another one, to which it refers."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="awaited")
    original = models.ForeignKey(Invoice, models.CASCADE, related_name="awaiting")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["invoice", "original"], name="one_wait_per_original"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} after {self.original_id}"
