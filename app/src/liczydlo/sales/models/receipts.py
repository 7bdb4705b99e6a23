"""UPO: the Ministry's receipts, of single invoices and of whole batch sessions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from liczydlo.documents.models import WrittenOnce
from liczydlo.sales.models.invoices import Invoice
from liczydlo.sales.models.sessions import Session
from liczydlo.web import times


class UpoPage(WrittenOnce):
    """A page of a batch session's collective UPO as it came: one signed file that names up to 10 000 invoices."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="upo_pages")
    reference = models.CharField(max_length=36)
    xml = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "reference"], name="one_row_per_upo_page"),
        ]

    def __str__(self) -> str:
        return self.reference


class Receipt(WrittenOnce):
    """UPO: the Ministry's signed receipt for one invoice, a file of its own or a page that names it."""

    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="receipt")
    xml = models.BinaryField(blank=True, default=b"")
    page = models.ForeignKey(UpoPage, models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(default=times.now)

    def __str__(self) -> str:
        return f"UPO {self.invoice_id}"

    @property
    def content(self) -> bytes:
        """The signed XML as it came."""
        return bytes(self.xml if self.page is None else self.page.xml)
