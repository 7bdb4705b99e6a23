"""How a firm's own invoices are printed: its logo and colour, a note, the language, an envelope with a window."""

from __future__ import annotations

import base64
import re
from typing import Any, Final

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.documents import kinds
from liczydlo.prints.look import ACCENT, Look

LARGEST_LOGO: Final = 300_000  # bytes; they are in each PDF
MOST_PIXELS: Final = 4_000_000
COLOUR: Final = re.compile(r"\A#[0-9a-f]{6}\Z")
LEAST_CONTRAST: Final = 4.5
"""Of small text on white paper (WCAG 2.2, 1.4.3)."""


class PrintSettings(models.Model):
    """One row of a firm; without it prints are plain. ``logo`` holds the bytes of a PNG or JPEG picture."""

    class Language(models.TextChoices):
        """In which languages labels are printed."""

        POLISH = "pl", _("polski")
        ENGLISH = "en", _("angielski")
        BOTH = "both", _("polski i angielski")

    class Window(models.TextChoices):
        """Where the envelope shows the buyer's address."""

        NONE = "", _("bez okienka")
        LEFT = "left", _("okienko po lewej (DIN 5008)")
        RIGHT = "right", _("okienko po prawej (DL)")

    company = models.OneToOneField(Company, models.CASCADE, related_name="print_settings")
    language = models.CharField(_("język wydruku"), max_length=4, choices=Language, default=Language.POLISH)
    window = models.CharField(_("koperta"), max_length=5, choices=Window, default=Window.NONE, blank=True)
    accent = models.CharField(_("kolor"), max_length=7, default=ACCENT, validators=[RegexValidator(COLOUR)])
    note = models.TextField(_("notatka pod kwotami"), blank=True, validators=[MaxLengthValidator(500)])
    logo = models.BinaryField(blank=True, default=b"")

    def __str__(self) -> str:
        return f"{self.company}: {self.language}, {self.accent}"


def of(company: Company) -> PrintSettings:
    """The firm's choices, or the plain ones."""
    row: PrintSettings | None = PrintSettings.objects.filter(company=company).first()
    return row or PrintSettings(company=company)


def look(company: Company, **choices: Any) -> Look:
    """How the firm's invoices look; ``choices`` are those of one print (``language``, ``duplicate``)."""
    row = of(company)
    options = {"language": row.language, "window": row.window, "accent": row.accent, "note": row.note}
    return Look(**{**options, "logo": drawing(bytes(row.logo)), "transfer_code": True, **choices})


def drawing(logo: bytes) -> str:
    """A picture as the SVG that prints take; empty for none."""
    if not logo:
        return ""
    kind = kinds.recognise(logo)
    width, height = kinds.size(kind, logo)
    data = base64.b64encode(logo).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><image width="{width}" '
        f'height="{height}" href="data:{kind.content_type};base64,{data}"/></svg>'
    )


def contrast(colour: str) -> float:
    """How much a colour (``#0f766e``) stands out from white: 1 to 21 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
