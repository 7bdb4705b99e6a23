"""Orders of transfers, which are files for the bank, and what each pays."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.connection.models import ChangeState, RemoteChange
from liczydlo.payments.models.accounts import BankAccount, Encoding, FileFormat, grouped
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web import times


class OrderState(models.TextChoices):
    """How far an order has come; a person's word makes it paid, or that its lines in statements are matched."""

    PREPARED = "prepared", _("Przygotowane")
    DOWNLOADED = "downloaded", _("Plik pobrany")
    PAID = "paid", _("Zapłacone")
    CANCELLED = "cancelled", _("Anulowane")


OPEN: Final = (OrderState.PREPARED, OrderState.DOWNLOADED)


class TransferOrder(CompanyOwned):
    """Transfers from one account on one day. What the file says is in the rows, whatever changes elsewhere later.

    ``content`` is the file from the first download on, so that each later one is the same bytes.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="orders")
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.PREPARED)
    day = models.DateField()
    message_id = models.CharField(max_length=35, unique=True)
    payer_name = models.CharField(max_length=512)
    payer_street = models.CharField(max_length=70, blank=True)
    payer_postcode = models.CharField(max_length=16, blank=True)
    payer_town = models.CharField(max_length=35)
    iban = models.CharField(max_length=34)
    currency = models.CharField(max_length=3)
    file_format = models.CharField(max_length=16, choices=FileFormat)
    encoding = models.CharField(max_length=10, choices=Encoding)
    with_numbers = models.BooleanField(default=False)  # KSeF numbers in the titles
    content = models.BinaryField(default=b"")
    made_at = models.DateTimeField(default=times.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=times.now)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "-id"], name="transfer_orders"),
        ]

    def __str__(self) -> str:
        return str(_("Zlecenie %(number)s") % {"number": self.pk})

    def get_absolute_url(self) -> str:
        return reverse("payments:order", args=[self.company_id, self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it may still be paid or cancelled."""
        return self.state in OPEN

    @property
    def chip(self) -> str:
        """The look of its state, a key of ``web.chips``."""
        return f"transfers-{self.state}"

    @property
    def grouped(self) -> str:
        """The account that pays, as people read it."""
        return grouped(self.iban)


class AccountSource(models.TextChoices):
    """Where the payee's account comes from."""

    DOCUMENT = "document", _("z faktury")
    FACTOR = "factor", _("faktora, z faktury")
    PERSON = "person", _("wpisany ręcznie")


class Transfer(CompanyOwned):
    """One transfer of an order, as the bank gets it."""

    order = models.ForeignKey(TransferOrder, models.CASCADE, related_name="transfers")
    position = models.PositiveIntegerField()
    reference = models.CharField(max_length=35, unique=True)  # InstrId and EndToEndId
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    name = models.CharField(max_length=512)
    street = models.CharField(max_length=70, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    town = models.CharField(max_length=35)
    country = models.CharField(max_length=2)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    account_source = models.CharField(max_length=8, choices=AccountSource)
    title = models.CharField(max_length=140)
    is_split = models.BooleanField(default=False)
    checked = models.JSONField(default=dict, blank=True)  # ``white_list.Check.evidence`` of the file's day
    # by which KSeF makes the collective identifier of several invoices; the title takes its number then
    change = models.ForeignKey(RemoteChange, models.RESTRICT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("position",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "position"], name="one_transfer_per_position"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def grouped(self) -> str:
        """The payee's account, as people read it."""
        return grouped(self.iban)

    @property
    def identifier(self) -> str:
        """The collective identifier; empty where it needs none, or has none yet."""
        done = self.change is not None and self.change.state == ChangeState.DONE
        return self.change.reference if done and self.change is not None else ""

    @property
    def is_ready(self) -> bool:
        """Whether its title is known."""
        return self.change is None or bool(self.identifier)

    @property
    def is_by_person(self) -> bool:
        """Whether somebody typed the account."""
        return self.account_source == AccountSource.PERSON


class TransferItem(CompanyOwned):
    """What a transfer pays of a purchase: negative for a correction that is set off.

    ``is_whole``: nothing is due afterwards. ``is_open`` until the order ends or ``settlement``, which is the line of a
    statement that shows it carried out; a purchase has one open row at most.
    """

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="items")
    purchase = models.ForeignKey(ReceivedInvoice, models.PROTECT, related_name="transfer_items")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    is_whole = models.BooleanField()
    is_open = models.BooleanField(default=True)
    settlement = models.OneToOneField(
        "payments.Settlement", models.SET_NULL, null=True, blank=True, related_name="transfer_item"
    )

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["purchase"], condition=models.Q(is_open=True), name="one_open_transfer_per_purchase"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} {self.amount}"
