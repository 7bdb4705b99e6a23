"""Received invoices: when they came and who has seen them, and how far the program has looked."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.documents.models import IndexEntry, WrittenOnce
from liczydlo.fa3.codec import from_json
from liczydlo.ksef.invoices import InvoiceMetadata
from liczydlo.purchases import coverage, due
from liczydlo.purchases.attachments.models import Attachment as Attachment  # noqa: PLC0414 - Django looks here
from liczydlo.purchases.doubles.models import PossibleDouble as PossibleDouble  # noqa: PLC0414 - Django looks here
from liczydlo.purchases.states import Payment, State, Step, steps_from
from liczydlo.purchases.warnings.models import AccountUse, InvoiceWarning, Seller, SellerAccount
from liczydlo.purchases.words import LineWord as LineWord  # noqa: PLC0414 - Django looks here
from liczydlo.web import times
from liczydlo.web.reasons import Reason

__all__ = ["AccountUse", "InvoiceWarning", "Seller", "SellerAccount"]  # tables that stand with their rules

BUYER: Final = "Subject2"
"""KSeF's subjectType of most purchases."""
SELLER: Final = "Subject1"
"""KSeF's subjectType of the company's own sales, of which other programs may have issued some."""
BEGINNING: Final = dt.datetime(2026, 2, 1, tzinfo=ZoneInfo("Europe/Warsaw"))
"""KSeF 2.0 is in force since then."""


class ReceivedInvoice(CompanyOwned):
    """One invoice that somebody else issued and in which the company is named, as KSeF lists it; or a cost outside
    KSeF, whose index entry has no KSeF number and whose paper is an attachment.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    entry = models.OneToOneField(IndexEntry, models.CASCADE, related_name="purchase")
    role = models.CharField(max_length=20, default=BUYER)  # KSeF's subjectType in which it was seen first
    mode = models.CharField(max_length=16, blank=True)  # KSeF's invoicingMode
    # PermanentStorage, by which the checkpoint moves; of a cost outside KSeF when it was typed in
    stored_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True, blank=True)  # when ``reading`` took out what lists show
    judged_at = models.DateTimeField(null=True, blank=True)  # when its warnings were made
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    payment = models.CharField(max_length=8, choices=Payment, default=Payment.DUE)
    paid_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)  # of a part
    paid_on = models.DateField(null=True, blank=True)
    category = models.CharField(max_length=60, blank=True, default="")  # the firm's own word
    concerns = models.CharField(max_length=100, blank=True, default="")  # a person, a project, a place
    note = models.TextField(blank=True, default="")
    open_warnings = models.PositiveSmallIntegerField(default=0)  # those that nobody has settled
    reported_at = models.DateTimeField(null=True, blank=True)  # as an abuse, to the Ministry
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    account = models.CharField(max_length=34, blank=True, default="")  # typed, of a cost outside KSeF
    # what the document asks for (``due.columns``), beside the payment so that one narrow index has what is to pay
    payable = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3)
    payment_due = models.DateField(null=True, blank=True)
    # what is still to pay, with the sign of ``payable``; the database computes it from the payment in the same row
    left = models.GeneratedField(
        expression=due.LEFT,
        output_field=models.DecimalField(max_digits=18, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["company", "environment", "payment_due", "id", "left", "state", "currency"],
                name="received_due",
                condition=~models.Q(payment=Payment.PAID.value),
            ),
            models.Index(fields=["company", "environment", "state", "entry"], name="received_state"),
            models.Index(fields=["company", "environment", "payment", "entry"], name="received_payment"),
            models.Index(
                fields=["company"], name="received_unread", condition=models.Q(read_at__isnull=True)
            ),
            models.Index(
                fields=["company", "stored_at"], name="received_unjudged", condition=models.Q(judged_at=None)
            ),
            models.Index(
                fields=["company", "environment", "entry"],
                name="received_warned",
                condition=models.Q(open_warnings__gt=0),
            ),
            models.Index(
                fields=["company", "environment", "entry"],
                name="received_reported",
                condition=models.Q(reported_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)

    def get_absolute_url(self) -> str:
        return reverse("purchases:detail", args=[self.company_id, self.pk])

    @property
    def is_outside(self) -> bool:
        """Whether people typed it in: KSeF does not have it, and there is no XML."""
        return not self.entry.ksef_number

    @property
    def state_chip(self) -> str:
        """The look of its state, a key of ``web.chips``."""
        return f"purchase-{self.state}"

    @property
    def payment_chip(self) -> str:
        """The look of its payment."""
        return f"payment-{self.payment}"

    @property
    def steps(self) -> list[Step]:
        """What can be done with it now."""
        return steps_from(self.state)

    @property
    def is_new(self) -> bool:
        """Whether nobody has checked it yet."""
        return self.state == State.NEW


class Event(WrittenOnce):
    """What happened to a purchase here, who did it (None: the program) and when; ``details``: ``was`` and ``now``."""

    invoice = models.ForeignKey(ReceivedInvoice, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=times.now)
    step = models.CharField(max_length=10, choices=Step)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.get_step_display()


class Visit(CompanyOwned):
    """The newest ``ReceivedInvoice`` that a person has seen in the list: now, and before their present visit.

    Ids grow as invoices come.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    previous_seen_id = models.BigIntegerField(default=0)
    last_seen_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "person"], name="one_visit_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} up to {self.last_seen_id}"


class LetterChoice(CompanyOwned):
    """When a person wants letters about new purchases; ``last_notified_id`` is the newest
    ``ReceivedInvoice`` that a letter named."""

    class When(models.TextChoices):
        """How often at most."""

        NEVER = "never", _("Nie wysyłaj")
        AT_ONCE = "each", _("Od razu, gdy przyjdą nowe faktury")
        DAILY = "daily", _("Raz dziennie, o 8:00")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    when = models.CharField(max_length=8, choices=When, default=When.NEVER)
    last_notified_id = models.BigIntegerField(default=0)
    next_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "person"], name="one_letter_choice_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.when}"


class Reference(CompanyOwned):
    """That a purchase names another invoice by its KSeF number; the other one may come later, or never."""

    class Kind(models.TextChoices):
        """What the naming invoice is to the named one."""

        CORRECTION = "correction"
        SETTLEMENT = "settlement"

    environment = models.CharField(max_length=10, choices=Environment)
    entry = models.ForeignKey(IndexEntry, models.CASCADE, related_name="references")  # the one that names
    kind = models.CharField(max_length=10, choices=Kind)
    ksef_number = models.CharField(max_length=36)  # of the named one

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["entry", "kind", "ksef_number"], name="one_reference_of_a_kind"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "ksef_number"], name="reference_named"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ksef_number}"


class SetAside(CompanyOwned):
    """A document that KSeF lists and that could not be taken over; ``listed_json`` is its ``InvoiceMetadata``.

    It is tried again at ``next_at`` and goes away once it is here; ``dismissed_at``: somebody decided to do without it.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    ksef_number = models.CharField(max_length=36)
    role = models.CharField(max_length=20, default=BUYER)  # KSeF's subjectType
    listed_json = models.JSONField()
    reason_json = models.JSONField()
    failures = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()
    next_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("since", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "ksef_number"], name="one_row_per_document_set_aside"
            ),
        ]

    def __str__(self) -> str:
        return self.ksef_number

    @property
    def listed(self) -> InvoiceMetadata:
        """What KSeF's list says of it."""
        return from_json(InvoiceMetadata, self.listed_json)

    @property
    def reason(self) -> Reason | None:
        """Why it is not here."""
        return Reason.from_json(self.reason_json)


class Checkpoint(CompanyOwned):
    """What of a role is here: its time line, which grows with the documents that it covers, in one transaction.

    ``until`` is where the newest stretch of it ends; ``hwm`` is the furthest high-water mark that KSeF named.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    subject = models.CharField(max_length=20)  # KSeF's subjectType
    since = models.DateTimeField(default=BEGINNING)  # as far back as somebody wants it
    until = models.DateTimeField()
    hwm = models.DateTimeField(null=True, blank=True)
    # of ``coverage.as_json``; None: an earlier program's
    covered_json = models.JSONField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)  # when the last whole synchronisation ended
    failed_packages = models.PositiveSmallIntegerField(default=0)  # one after another (``packages``)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "subject"], name="one_checkpoint_per_role"
            ),
        ]

    def __str__(self) -> str:
        """The role and the moment."""
        return f"{self.subject} until {self.until:%Y-%m-%d %H:%M}"

    @property
    def timeline(self) -> coverage.Timeline:
        """What is covered; an earlier program began at the beginning and kept where it was."""
        if self.covered_json is not None:
            return coverage.of_json(self.covered_json)
        if self.until <= BEGINNING:
            return ()
        at = self.looked_at or self.until
        return (coverage.Stretch(start=BEGINNING, end=self.until, how="earlier", at=at),)


class Order(CompanyOwned):
    """An export that KSeF packs for a role, its key sealed, so that any process goes on with it.

    ``purpose``: „new" for what has never been read, „month" for a month that is compared.
    """

    purpose = models.CharField(max_length=5, default="new")
    environment = models.CharField(max_length=10, choices=Environment)
    subject = models.CharField(max_length=20)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=36)
    sealed_key = models.BinaryField()
    placed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "subject", "purpose"],
                name="one_export_per_role_and_purpose",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class LateDocument(CompanyOwned):
    """A document that appeared in a stretch of which everything was said to be here."""

    environment = models.CharField(max_length=10, choices=Environment)
    subject = models.CharField(max_length=20)
    ksef_number = models.CharField(max_length=36)
    stored_at = models.DateTimeField()  # PermanentStorage
    noticed_at = models.DateTimeField()

    class Meta:
        ordering = ("-noticed_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "ksef_number"], name="one_row_per_late_document"
            ),
        ]

    def __str__(self) -> str:
        return self.ksef_number


class MonthCheck(CompanyOwned):
    """A month of a role compared with KSeF's metadata: KSeF listed ``listed`` documents, of which ``already_stored``
    were stored before and the rest were stored by the comparison.

    ``stored_so_far``: documents that an unfinished comparison has stored. ``requested_at``: somebody wants it again.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    subject = models.CharField(max_length=20)
    month = models.DateField()  # its first day
    listed = models.PositiveIntegerField(default=0)
    already_stored = models.PositiveIntegerField(default=0)
    stored_so_far = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-month", "subject")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "subject", "month"], name="one_check_per_month_and_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.month:%Y-%m}"

    @property
    def newly_stored(self) -> int:
        """How many documents the comparison stored."""
        return self.listed - self.already_stored


class KsefRequest(CompanyOwned):
    """A request that counts against one of KSeF's limits; kept while the longest window lasts.

    ``refused_until``: KSeF answered 429.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    operation = models.CharField(max_length=10)  # of ``plan.NAMES``
    at = models.DateTimeField()
    refused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "operation", "at"], name="ksef_request_window"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.at:%H:%M:%S}"
