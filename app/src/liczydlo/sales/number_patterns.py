"""The patterns by which a firm numbers its invoices, and their counters."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company, CompanyOwned
from liczydlo.sales.patterns import LONGEST, Pattern

SALES: Final = "sales"
CORRECTIONS: Final = "corrections"
ADVANCES: Final = "advances"
SETTLEMENTS: Final = "settlements"
FARM: Final = "farm"
SELF_BILLED: Final = "self_billed"
SERIES: Final = (SALES, CORRECTIONS, ADVANCES, SETTLEMENTS, FARM, SELF_BILLED)
OPTIONAL: Final = (SETTLEMENTS, FARM)
"""Series by name, as the fields of ``NumberPatterns``."""


class NumberPatterns(models.Model):
    """One row of a firm; without it the defaults. ``OPTIONAL`` series without a pattern are numbered as sales."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="number_patterns")
    sales = models.CharField(_("faktury"), max_length=LONGEST, default="FV/{rrrr}/{mm}/{nnn}")
    corrections = models.CharField(_("korekty"), max_length=LONGEST, default="KOR/{rrrr}/{mm}/{nnn}")
    advances = models.CharField(_("zaliczki"), max_length=LONGEST, default="ZAL/{rrrr}/{mm}/{nnn}")
    settlements = models.CharField(_("rozliczenia"), max_length=LONGEST, blank=True, default="")
    farm = models.CharField(_("VAT RR"), max_length=LONGEST, blank=True, default="RR/{rrrr}/{mm}/{nnn}")
    # counted for each supplier by itself
    self_billed = models.CharField(_("samofaktury"), max_length=LONGEST, default="SF/{rrrr}/{mm}/{nnn}")

    def __str__(self) -> str:
        return f"{self.company}: {self.sales}"


class Series(CompanyOwned):
    """The last number that a company has used in a period: see ``numbering``."""

    # environment, a supplier's NIP where it is his numbering, and the pattern with its dates filled in
    period = models.CharField(max_length=300)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "period"], name="one_counter_per_period"),
        ]

    def __str__(self) -> str:
        """The period and its last number."""
        return f"{self.period}: {self.last}"


def row_of(company: Company) -> NumberPatterns:
    """The firm's patterns as they are stored, or the defaults."""
    row: NumberPatterns | None = NumberPatterns.objects.filter(company=company).first()
    return row or NumberPatterns(company=company)


def of(company: Company) -> dict[str, Pattern]:
    """The pattern of each series; one that is not set has that of sales."""
    row = row_of(company)
    return {name: Pattern(getattr(row, name) or row.sales) for name in SERIES}
