"""The patterns by which a firm numbers its invoices."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.sales.patterns import LONGEST, Pattern

SALES: Final = "sales"
CORRECTIONS: Final = "corrections"
ADVANCES: Final = "advances"
SETTLEMENTS: Final = "settlements"
SERIES: Final = (SALES, CORRECTIONS, ADVANCES, SETTLEMENTS)
"""Series by name, as the fields of ``NumberPatterns``."""


class NumberPatterns(models.Model):
    """One row of a firm; without it the defaults. A settlement without a pattern is numbered as a sale."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="number_patterns")
    sales = models.CharField(_("faktury"), max_length=LONGEST, default="FV/{rrrr}/{mm}/{nnn}")
    corrections = models.CharField(_("korekty"), max_length=LONGEST, default="KOR/{rrrr}/{mm}/{nnn}")
    advances = models.CharField(_("zaliczki"), max_length=LONGEST, default="ZAL/{rrrr}/{mm}/{nnn}")
    settlements = models.CharField(_("rozliczenia"), max_length=LONGEST, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.company}: {self.sales}"


def row_of(company: Company) -> NumberPatterns:
    """The firm's patterns as they are stored, or the defaults."""
    row: NumberPatterns | None = NumberPatterns.objects.filter(company=company).first()
    return row or NumberPatterns(company=company)


def of(company: Company) -> dict[str, Pattern]:
    """By series."""
    row = row_of(company)
    return {name: Pattern(getattr(row, name) or row.sales) for name in SERIES}
