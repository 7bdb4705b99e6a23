"""Invoices as documents, whoever issued them. The frozen XML is the invoice; rows beside it are an index."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company, CompanyOwned, Environment
from liczydlo.documents.indexes import SearchIndex


class Frozen(Exception):
    """Somebody tried to change what must never change."""


class WrittenOnce(CompanyOwned):
    """A row that is inserted and never saved again: another session's change would be overwritten unseen.

    What may change in it is changed by a conditional UPDATE; for invoices that is ``lifecycle.move``.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises Frozen for one that is there already."""
        if not self._state.adding:
            raise Frozen(f"{self._meta.object_name} {self.pk} is written once")
        super().save(*args, **kwargs)


class Document(WrittenOnce):
    """An invoice's bytes, addressed by their SHA-256 and never rewritten."""

    sha256 = models.CharField(max_length=64)  # lower-case hex
    xml = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "sha256"], name="one_document_per_digest"),
        ]

    def __str__(self) -> str:
        """The beginning of the digest."""
        return self.sha256[:12]


class StoredFile(CompanyOwned):
    """Bytes of a file that somebody brought, addressed by their SHA-256; unlike a Document it may be removed."""

    sha256 = models.CharField(max_length=64)  # lower-case hex
    content = models.BinaryField()
    content_type = models.CharField(max_length=40)  # of ``kinds.KINDS``
    size = models.PositiveIntegerField()  # bytes
    kept_at = models.DateTimeField()  # when it was brought last

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "sha256"], name="one_file_per_digest"),
        ]

    def __str__(self) -> str:
        """The beginning of the digest."""
        return self.sha256[:12]


RR_KINDS: Final = ("VAT_RR", "KOR_VAT_RR")
"""``IndexEntry.kind`` of invoices VAT RR (FA_RR(1)) and their corrections."""
OTHER: Final = "OTHER"
"""``IndexEntry.kind`` of a receipt, a ticket, a policy: costs that no invoice documents."""
SORTED: Final = {
    "seller_key": "seller_key",
    "net": "net",
    "vat": "vat",
    "gross": "gross",
    "due": "payment_due",
}
"""Columns that lists are sorted by, beside those with an index for another reason, by the names of their indexes."""
LIST_PREFIX: Final = ("company", "environment", "direction", "hidden")
"""What indexes of lists begin with. A list shows what is hidden or what is not: with 50 000 hidden of 1 000 000, the
first page by net read all of them, 38 ms instead of 1."""


class Direction(models.TextChoices):
    """Whose invoice it is for the company.

    ``SELF_BILLED`` is what the company issued as the buyer: a VAT RR of a flat-rate farmer (art. 116 ustawy o VAT), or
    an FA(3) in the supplier's name (samofakturowanie, art. 106d). It goes to KSeF as a sale does, is none, and comes
    back from KSeF as a purchase, with an entry of that kind, which is what is booked and paid.
    """

    SALE = "sale"
    PURCHASE = "purchase"
    SELF_BILLED = "self"

    @classmethod
    def of_issued(cls, company: Company, seller_nip: str) -> Direction:
        """Of what a company issues with this seller."""
        return cls.SALE if seller_nip == company.nip else cls.SELF_BILLED

    @property
    def life(self) -> str:
        """The relation from an entry to the row of its own life."""
        return "purchase" if self == Direction.PURCHASE else "sale"

    @property
    def party(self) -> str:
        """On which columns of an entry the other party stands: ``buyer`` of a sale, else ``seller``."""
        return "buyer" if self == Direction.SALE else "seller"


class IndexEntry(WrittenOnce):
    """What an invoice says, issued or received, so that lists and books ask one table; ``index`` fills it.

    Net and gross are in ``currency``, VAT in PLN, as KSeF lists them; both are empty where an older program kept a
    document that cannot be read. A draft has no document, nor has a cost outside KSeF, which people type in: it has
    no KSeF number either. What KSeF rejected gives its number back.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    direction = models.CharField(max_length=8, choices=Direction)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    rejected = models.BooleanField(default=False)
    # of purchases, as ``ReceivedInvoice.state`` says; the database keeps it in step (``purchases.guards``)
    hidden = models.BooleanField(default=False)
    number = models.CharField(max_length=256, blank=True, default="")
    kind = models.CharField(max_length=16)  # RodzajFaktury, „VAT" or „KOR_ZAL"; OTHER for what is no invoice
    issue_date = models.DateField()
    seller_nip = models.CharField(max_length=10, blank=True)
    seller_id = models.CharField(max_length=60, blank=True, default="")  # without NIP: „DE123456789"
    seller_name = models.CharField(max_length=512, blank=True, default="")
    buyer_nip = models.CharField(max_length=10, blank=True, default="")
    buyer_id = models.CharField(max_length=60, blank=True, default="")  # without NIP: „DE123456789"
    buyer_name = models.CharField(max_length=512, blank=True, default="")
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    vat = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    gross = models.DecimalField(max_digits=18, decimal_places=2)
    # of purchases: the first TerminPlatnosci, once they are read, and the folded seller's name that lists sort by
    payment_due = models.DateField(null=True, blank=True)
    seller_key = models.CharField(max_length=512, blank=True, default="")
    has_attachment = models.BooleanField(default=False)
    ksef_number = models.CharField(max_length=36, blank=True, default="")
    acquired_at = models.DateTimeField(null=True, blank=True)  # of a purchase the day of receipt: art. 106na
    # what ``web.search.fold`` makes of the number and the other party's name
    words = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["document", "environment"],
                condition=models.Q(direction=Direction.SALE),
                name="one_invoice_per_document",
            ),
            # KSeF's own key (weryfikacja-faktury.md): seller, kind, number
            models.UniqueConstraint(
                fields=["company", "environment", "seller_nip", "kind", "number"],
                condition=models.Q(direction=Direction.SALE, rejected=False),
                name="one_invoice_per_number",
            ),
            models.UniqueConstraint(
                fields=["document", "environment"],
                condition=models.Q(direction=Direction.SELF_BILLED),
                name="one_self_billed_per_document",
            ),
            models.UniqueConstraint(
                fields=["company", "environment", "seller_nip", "kind", "number"],
                condition=models.Q(direction=Direction.SELF_BILLED, rejected=False),
                name="one_self_billed_per_number",
            ),
            models.UniqueConstraint(
                fields=["company", "environment", "ksef_number"],
                condition=models.Q(direction=Direction.PURCHASE) & ~models.Q(ksef_number=""),
                name="one_purchase_per_ksef_number",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=[*LIST_PREFIX, "-id"], name="entry_list"),
            models.Index(
                fields=["company", "environment", "direction", "issue_date", "id"], name="entry_date"
            ),
            models.Index(fields=["company", "environment", "direction", "number", "id"], name="entry_number"),
            models.Index(  # with „hidden", or SQLite takes the index of a list for a number that is sought in it
                fields=["company", "environment", "direction", "ksef_number", "hidden"],
                name="entry_ksef_number",
            ),
            models.Index(
                fields=["company", "environment", "direction", "buyer_nip", "-id"], name="entry_buyer"
            ),
            models.Index(
                fields=["company", "environment", "direction", "seller_nip", "-id"], name="entry_seller"
            ),
            *(
                models.Index(fields=[*LIST_PREFIX, column, "id"], name=f"entry_{name}")
                for name, column in SORTED.items()
            ),
            SearchIndex(name="entry_words", listed=[*LIST_PREFIX, "-id"]),
        ]

    def __str__(self) -> str:
        return self.number or str(_("szkic"))

    @property
    def party_name(self) -> str:
        """The name of the other party: the buyer of a sale, else the seller."""
        return str(getattr(self, f"{Direction(self.direction).party}_name"))

    @property
    def party_nip(self) -> str:
        """The NIP of the other party: ten digits, or empty."""
        return str(getattr(self, f"{Direction(self.direction).party}_nip"))

    @property
    def is_self_billed(self) -> bool:
        """Whether the company issued it as the buyer: a VAT RR, or in the supplier's name."""
        return self.direction == Direction.SELF_BILLED

    @property
    def sha256(self) -> str:
        """The digest of the frozen bytes, lower-case hex. Raises Frozen for a draft."""
        return self._frozen.sha256

    @property
    def xml(self) -> bytes:
        """The frozen bytes. Raises Frozen for a draft."""
        return bytes(self._frozen.xml)

    @property
    def _frozen(self) -> Document:
        if self.document is None:
            raise Frozen("a draft is not frozen yet")
        return self.document
