"""Contractors: who they are, where they are, and how the company trades with them."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liczydlo.companies.models import CompanyOwned
from liczydlo.documents.choices import BUYER_KINDS, RATES
from liczydlo.web.reasons import Reason

LANGUAGES: Final = [("pl", pgettext_lazy("język", "polski")), ("en", pgettext_lazy("język", "angielski"))]

INVOICE_LETTERS: Final = [("", _("jak w ustawieniach firmy")), ("on", _("tak")), ("off", _("nie"))]


class Contractor(CompanyOwned):
    """A firm or a person that the company sells to or buys from.

    ``number`` is a NIP, an EU VAT number without its prefix, or another tax number; ``country`` is its prefix (EL for
    Greece) or ISO 3166 code, empty with a NIP. A private person has none. ``key`` is what makes two of them one, see
    ``contractors.key_of``. Empty defaults mean the program's own.
    """

    kind = models.CharField(max_length=6, choices=BUYER_KINDS)
    country = models.CharField(max_length=2, blank=True, default="")
    number = models.CharField(max_length=50, blank=True, default="")
    key = models.CharField(max_length=80)
    name = models.CharField(_("nazwa"), max_length=512)
    name_key = models.CharField(max_length=512)  # the folded name, which lists sort by
    words = models.TextField()  # the folded name and number, for search
    email = models.EmailField(blank=True, default="")
    payment_days = models.PositiveSmallIntegerField(null=True, blank=True)
    payment_form = models.PositiveSmallIntegerField(null=True, blank=True)  # FormaPlatnosci
    currency = models.CharField(max_length=3, blank=True, default="")  # ISO 4217
    language = models.CharField(max_length=2, blank=True, default="", choices=LANGUAGES)
    local_authority = models.BooleanField(default=False)  # JST: the buyer is its subordinate unit
    vat_group = models.BooleanField(default=False)  # GV: the buyer is a member of a VAT group
    # whether an invoice goes to him by itself: as the firm has said, always, or never
    invoice_letters = models.CharField(max_length=3, blank=True, default="", choices=INVOICE_LETTERS)
    no_reminders = models.BooleanField(default=False)  # he is not reminded of payments
    note = models.TextField(blank=True, default="")
    is_hidden = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # grows with each edit
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("name_key", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "key"], name="one_contractor_per_number"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "is_hidden", "name_key"], name="contractor_list"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("contacts:contractor", args=[self.company_id, self.pk])

    @property
    def identifier(self) -> str:
        """Country and number in one, as ``IndexEntry`` keeps the number of a party without a NIP."""
        return f"{self.country}{self.number}"


class Recipient(CompanyOwned):
    """Who gets the goods or is billed in the contractor's name: Podmiot3 of a recipient, a unit or a group's member.

    ``number`` is a NIP, an internal identifier (NIP and five digits after a dash), or empty.
    """

    contractor = models.ForeignKey(Contractor, models.CASCADE, related_name="recipients")
    name = models.CharField(max_length=512)
    number = models.CharField(max_length=20, blank=True, default="")
    line1 = models.CharField(max_length=512, blank=True, default="")
    line2 = models.CharField(max_length=512, blank=True, default="")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Address(CompanyOwned):
    """One of a contractor's addresses, in the two lines of FA(3); ``country`` is ISO 3166. One is the default."""

    contractor = models.ForeignKey(Contractor, models.CASCADE, related_name="addresses")
    label = models.CharField(max_length=60, blank=True, default="")
    line1 = models.CharField(max_length=512)
    line2 = models.CharField(max_length=512, blank=True, default="")
    country = models.CharField(max_length=2, default="PL")
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ("-is_default", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["contractor"], condition=models.Q(is_default=True), name="one_default_address"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.line1, self.line2)))


class Item(CompanyOwned):
    """A good or a service that the company sells, one row for each name and currency.

    ``symbol`` is the firm's own, one item's in a currency. ``rate`` is a value of P_12, ``gtu`` of GTU.
    """

    name = models.CharField(max_length=512)
    name_key = models.CharField(max_length=512)  # the folded name, for search and order
    symbol = models.CharField(max_length=50, blank=True, default="")
    unit = models.CharField(max_length=256, blank=True, default="")
    net_price = models.DecimalField(max_digits=18, decimal_places=8, null=True, blank=True)
    currency = models.CharField(max_length=3, default="PLN")  # ISO 4217
    rate = models.CharField(max_length=6, choices=RATES)
    gtu = models.CharField(max_length=6, blank=True, default="")
    pkwiu = models.CharField(max_length=50, blank=True, default="")
    cn = models.CharField(max_length=50, blank=True, default="")
    annex_15 = models.BooleanField(default=False)  # of annex 15 to ustawa o VAT: split payment
    is_hidden = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # grows with each edit

    class Meta:
        ordering = ("name_key", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "name_key", "currency"], name="one_item_per_name"),
            models.UniqueConstraint(
                fields=["company", "symbol", "currency"],
                condition=~models.Q(symbol=""),
                name="one_item_per_symbol",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "is_hidden", "name_key"], name="item_list"),
        ]

    def __str__(self) -> str:
        return self.name


class StoppedAddress(CompanyOwned):
    """An e-mail address that takes no letters: one came back for good. The program by itself does not write there until
    a person says so, the address is typed anew, or a later letter has stayed there (``stopped``)."""

    address = models.CharField(max_length=254)  # lower case
    reason_json = models.JSONField()  # what came back
    stopped_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "address"], name="one_stop_of_an_address"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def reason(self) -> Reason | None:
        """Why the letter came back."""
        return Reason.from_json(self.reason_json)


class ImportKind(models.TextChoices):
    """What the lines of a file are."""

    CONTRACTORS = "contractors", _("Kontrahenci")
    ITEMS = "items", _("Towary i usługi")
    INVOICES = "invoices", _("Faktury sprzedaży")


class Upload(CompanyOwned):
    """A file that somebody is reading in: kept from its upload until it is stored, given up, or a day old.

    ``columns`` are the places of fields as a person chose them; None while they are those that were recognised.
    """

    kind = models.CharField(max_length=12, choices=ImportKind)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    columns = models.JSONField(null=True)
    options = models.JSONField(default=dict)  # what a person chose besides columns
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class ColumnChoice(CompanyOwned):
    """Which columns a firm's people chose for files with one header; ``header`` is ``spreadsheets.Columns.digest``."""

    kind = models.CharField(max_length=12, choices=ImportKind)
    header = models.CharField(max_length=64)
    columns = models.JSONField()
    options = models.JSONField(default=dict)  # as ``Upload``'s

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "kind", "header"], name="one_choice_of_columns_per_header"
            ),
        ]

    def __str__(self) -> str:
        """The beginning of the header's digest."""
        return f"{self.kind} {self.header[:12]}"
