"""The firm's own bank accounts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned


class FileFormat(models.TextChoices):
    """The file of transfers that a bank takes."""

    PAIN = "pain.001.001.09", _("ISO 20022: pain.001.001.09 (nowszy)")
    ELIXIR = "elixir-0", _("Elixir-0 (starszy, tylko złote)")


class Encoding(models.TextChoices):
    """The code page of Elixir-0, which the format leaves to each bank; pain.001 is always UTF-8."""

    WINDOWS_1250 = "cp1250", "Windows-1250"
    ISO_8859_2 = "iso8859-2", "ISO-8859-2"
    CP852 = "cp852", "CP852"
    UTF_8 = "utf-8", "UTF-8"


class BankAccount(CompanyOwned):
    """An account that the firm pays from; statements of it are read. ``iban`` has its country and no spaces."""

    iban = models.CharField(max_length=34)
    name = models.CharField(max_length=60)  # the firm's own word
    currency = models.CharField(max_length=3, default="PLN")  # ISO 4217
    is_default = models.BooleanField(default=False)
    file_format = models.CharField(max_length=16, choices=FileFormat, default=FileFormat.PAIN)
    encoding = models.CharField(max_length=10, choices=Encoding, default=Encoding.WINDOWS_1250)

    class Meta:
        ordering = ("-is_default", "name", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "iban", "currency"], name="one_row_per_bank_account"),
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(is_default=True), name="one_default_bank_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {grouped(self.iban)}"

    @property
    def grouped(self) -> str:
        """The number as people read it."""
        return grouped(self.iban)


def grouped(iban: str) -> str:
    """``61 1090 1014 …``: a Polish number without its country; another with it, in fours."""
    if iban.startswith("PL"):
        return " ".join((iban[2:4], *(iban[at : at + 4] for at in range(4, len(iban), 4))))
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
