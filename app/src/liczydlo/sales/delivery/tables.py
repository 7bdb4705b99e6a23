"""How a firm writes to its buyers, the letters, and the links that stand in them."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company, CompanyOwned
from liczydlo.contacts.models import LANGUAGES, Contractor
from liczydlo.sales.delivery.bounces.tables import BounceMailbox  # noqa: F401 - a table of this app
from liczydlo.web import times
from liczydlo.web.reasons import Reason


class LetterSettings(models.Model):
    """One row of a firm; without it nothing goes by itself. Empty texts are the program's own."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="letter_settings")
    automatic = models.BooleanField(default=False)
    as_link = models.BooleanField(default=False)
    link_days = models.PositiveSmallIntegerField(default=30)
    reply_to = models.EmailField(blank=True, default="")
    subject_pl = models.CharField(max_length=200, blank=True, default="")
    text_pl = models.TextField(blank=True, default="")
    subject_en = models.CharField(max_length=200, blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    # days before and after the day of payment; None: no reminder
    remind_before = models.PositiveSmallIntegerField(null=True, blank=True)
    remind_after = models.PositiveSmallIntegerField(null=True, blank=True)
    # of what was to be reminded of earlier nobody is: switching it on writes to no one about last year
    reminders_since = models.DateField(null=True, blank=True)
    reminder_subject_pl = models.CharField(max_length=200, blank=True, default="")
    reminder_text_pl = models.TextField(blank=True, default="")
    reminder_subject_en = models.CharField(max_length=200, blank=True, default="")
    reminder_text_en = models.TextField(blank=True, default="")
    note_subject_pl = models.CharField(max_length=200, blank=True, default="")
    note_text_pl = models.TextField(blank=True, default="")
    note_subject_en = models.CharField(max_length=200, blank=True, default="")
    note_text_en = models.TextField(blank=True, default="")
    statement_subject_pl = models.CharField(max_length=200, blank=True, default="")
    statement_text_pl = models.TextField(blank=True, default="")
    statement_subject_en = models.CharField(max_length=200, blank=True, default="")
    statement_text_en = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.company}: {'automatic' if self.automatic else 'by hand'}"


class BuyerLetter(CompanyOwned):
    """A letter to one address: about an invoice, or with an ``Enclosure`` of what a person has sent.

    ``about`` is the id of what that was printed of, a note of interest. ``automatic``: the program sends it by itself,
    once of a kind for each invoice, as the constraint says. A row in ``sending`` was committed before the mail server
    was given the letter; whoever finds one after a death cannot know whether the server took it, so it is in doubt and
    goes again only when a person says so.
    """

    class State(models.TextChoices):
        """Kept with rows, so never renamed."""

        WAITING = "waiting", _("Czeka na wysłanie")
        SENDING = "sending", _("Wysyłanie")
        SENT = "sent", _("Przyjęty przez serwer poczty")
        REFUSED = "refused", _("Niewysłany")
        DOUBT = "doubt", _("Nie wiadomo, czy wysłany")
        RETURNED = "returned", _("Zwrócony")

    class Kind(models.TextChoices):
        """What it is about; kept with rows, so never renamed."""

        INVOICE = "invoice", _("Faktura")
        BEFORE = "before", _("Przypomnienie przed terminem")
        AFTER = "after", _("Przypomnienie po terminie")
        NOTE = "note", _("Nota odsetkowa")
        STATEMENT = "statement", _("Wyciąg rozrachunków")

    invoice = models.ForeignKey(
        "sales.Invoice", models.CASCADE, null=True, blank=True, related_name="letters"
    )
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.INVOICE)
    about = models.PositiveBigIntegerField(null=True, blank=True)
    contractor = models.ForeignKey(Contractor, models.SET_NULL, null=True, blank=True, related_name="letters")
    automatic = models.BooleanField(default=False)
    key = models.CharField(
        max_length=80
    )  # of the form that it came from: a second POST makes no second letter
    address = models.EmailField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    subject = models.CharField(max_length=200)  # with its places
    text = models.TextField()
    as_link = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason_json = models.JSONField(
        null=True, blank=True
    )  # what the mail server said, or what stood in the way
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=times.now)
    ended_at = models.DateTimeField(null=True, blank=True)  # sent, refused or in doubt
    message_id = models.CharField(max_length=255, blank=True, default="")  # by which its report is known
    returned_at = models.DateTimeField(null=True, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)  # a person has read that it came back

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["invoice", "kind"],
                condition=models.Q(automatic=True),
                name="one_automatic_letter_of_a_kind",
            ),
            models.UniqueConstraint(fields=["company", "key"], name="one_buyer_letter_per_key"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["note", "statement"]) ^ models.Q(invoice__isnull=False),
                name="buyer_letter_has_its_matter",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["company", "id"],
                name="buyer_letter_open",
                condition=models.Q(state__in=["waiting", "sending"]),
            ),
            models.Index(
                fields=["company", "id"],
                name="buyer_letter_returned",
                condition=models.Q(state="returned", noticed_at=None),
            ),
            models.Index(
                fields=["message_id"], name="buyer_letter_message", condition=~models.Q(message_id="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id or self.kind} → {self.address}"

    @property
    def reason(self) -> Reason | None:
        """Why it was not sent, when that needs saying."""
        return Reason.from_json(self.reason_json)

    @property
    def chip(self) -> str:
        """The look of its state, a key of ``web.chips``."""
        return f"letter-{self.state}"


class Enclosure(CompanyOwned):
    """What a letter without an invoice brings: the print as it was when a person sent it, and what the places of the
    texts became then, by their names."""

    letter = models.OneToOneField(BuyerLetter, models.CASCADE, related_name="enclosure")
    title = models.CharField(max_length=200)  # in the letter's language
    name = models.CharField(max_length=120)  # of the file
    content = models.BinaryField()  # PDF
    values = models.JSONField()

    def __str__(self) -> str:
        return self.name


class PublicLink(CompanyOwned):
    """An address at which what a letter is about is shown without a login; of it the SHA-256 alone is kept."""

    letter = models.OneToOneField(BuyerLetter, models.CASCADE, related_name="link")
    digest = models.CharField(max_length=64, unique=True)  # lower-case hex
    made_at = models.DateTimeField(default=times.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)  # the last time

    def __str__(self) -> str:
        """The beginning of the digest."""
        return self.digest[:12]

    def works(self, now: dt.datetime) -> bool:
        """Whether somebody who has the address sees it."""
        return self.revoked_at is None and now < self.expires_at
