"""Invoices as documents, whoever issued them. The frozen XML is the invoice; rows beside it are an index."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from liczydlo.companies.models import CompanyOwned


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
