"""Which invoice was read in from a file, so that its order or its rows are not read in again; and what a file that is
being read in would become, invoice by invoice."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.contacts.importing.plan import Outcome
from liczydlo.contacts.models import Upload


class ImportedSale(CompanyOwned):
    """An invoice that came from a table: ``key`` is a SHA-256 of what its rows are known by (their number, order, or
    all they say), in lower-case hex, ``order`` the order that it is of. With a deleted draft it goes too."""

    environment = models.CharField(max_length=10, choices=Environment)
    invoice = models.OneToOneField("sales.Invoice", models.CASCADE, related_name="imported")
    key = models.CharField(max_length=64)
    order = models.CharField(max_length=256, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment", "key"], name="one_invoice_per_rows"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "order"], name="imported_order"),
        ]

    def __str__(self) -> str:
        """The order, or the beginning of the key."""
        return self.order or self.key[:12]


class Report(CompanyOwned):
    """How far a file has been checked, in one language: ``done`` of ``total`` invoices have their lines.

    ``key`` is a SHA-256 of all that the check depends on but the list of invoices, whose state is ``list_state``;
    ``digest`` one of what the lines would store. It goes with its file.
    """

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="reports")
    language = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    list_state = models.CharField(max_length=64)
    header = models.PositiveIntegerField()  # the header's number in the file
    places = models.JSONField()  # columns by field
    options = models.JSONField()
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["upload", "language"], name="one_report_per_language"),
        ]

    def __str__(self) -> str:
        """How far it has come."""
        return f"{self.done}/{self.total}"

    @property
    def is_finished(self) -> bool:
        """Whether all invoices have been checked."""
        return self.done >= self.total


class ReportLine(CompanyOwned):
    """What becomes of one invoice of a file: ``content`` is what people read; of one to be stored ``draft`` is the JSON
    of what it means, ``entry`` its row of the index. ``is_ours``: the program chose its number. ``is_known``: it is
    left out because of an invoice that is here already."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Outcome])
    content = models.JSONField()
    key = models.CharField(max_length=64)
    order = models.CharField(max_length=256, blank=True, default="")
    number = models.CharField(max_length=256, blank=True, default="")
    is_ours = models.BooleanField(default=False)
    is_known = models.BooleanField(default=False)
    draft = models.JSONField(null=True)
    entry = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    xml = models.BinaryField(default=b"")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "position"], name="one_line_per_position"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["report", "outcome", "position"], name="report_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.outcome}"
