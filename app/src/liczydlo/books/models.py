"""What JPK files say of a firm and invoices do not: its tax office, and its address in parts."""

from __future__ import annotations

import re
from typing import Any, Final

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.books.offices import VOIVODESHIPS
from liczydlo.companies.models import Company
from liczydlo.jpk.writing import Address
from liczydlo.web.files import printable

POLAND: Final = "PL"
IN_POLAND: Final = ("office", "voivodeship", "county", "municipality", "house", "town", "postcode")
"""What may not be missing of a firm registered in Poland (TAdresPolski1)."""
ABROAD: Final = ("office", "town")
"""The same of one registered elsewhere (TAdresZagraniczny)."""
_TOWN: Final = re.compile(r"(\d{2}-\d{3})\s+(\S.*)")
_STREET: Final = re.compile(r"(?:ul\.\s*)?(\S.*?)\s+(\d+[^\s/]{0,4})(?:\s*(?:/|m\.?|lok\.?)\s*(\w+))?")


class Taxpayer(models.Model):
    """One row of a firm. Lengths are those of the common types (ElementarneTypyDanych)."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="taxpayer")
    office = models.CharField(
        _("urząd skarbowy"), max_length=4, blank=True, validators=[RegexValidator(r"\A\d{4}\Z")]
    )
    country = models.CharField(_("kraj"), max_length=2, default=POLAND)
    voivodeship = models.CharField(
        _("województwo"), max_length=36, blank=True, choices=[(name, name) for name in VOIVODESHIPS.values()]
    )
    county = models.CharField(_("powiat"), max_length=36, blank=True)
    municipality = models.CharField(_("gmina"), max_length=36, blank=True)
    street = models.CharField(_("ulica"), max_length=65, blank=True)
    house = models.CharField(_("numer domu"), max_length=9, blank=True)
    flat = models.CharField(_("numer lokalu"), max_length=10, blank=True)
    town = models.CharField(_("miejscowość"), max_length=56, blank=True)
    postcode = models.CharField(_("kod pocztowy"), max_length=8, blank=True)

    def __str__(self) -> str:
        return f"{self.company}: {self.office}"

    def missing(self) -> list[str]:
        """Names of the fields without which there is no file."""
        needed = IN_POLAND if self.country == POLAND else ABROAD
        return [str(_field(name).verbose_name) for name in needed if not getattr(self, name)]

    def address(self) -> Address:
        """For the file; what is empty is absent."""
        names = ("voivodeship", "county", "municipality", "street", "house", "flat", "postcode")
        return Address(
            country=self.country, town=self.town, **{name: getattr(self, name) or None for name in names}
        )


def of(company: Company) -> Taxpayer:
    """The firm's row, or one with what its address on invoices suggests."""
    row: Taxpayer | None = Taxpayer.objects.filter(company=company).first()
    return row or Taxpayer(company=company, **suggested(company))


def suggested(company: Company) -> dict[str, str]:
    """Parts of the two lines of the address on invoices, where they are written as most people do."""
    address: dict[str, str] = {}
    if town := _TOWN.fullmatch(printable(company.line2)):
        address |= {"postcode": town[1], "town": town[2]}
    if street := _STREET.fullmatch(printable(company.line1)):
        address |= {"street": street[1], "house": street[2], "flat": street[3] or ""}
    return {name: value for name, value in address.items() if len(value) <= (_field(name).max_length or 0)}


def _field(name: str) -> Any:
    return Taxpayer._meta.get_field(name)
