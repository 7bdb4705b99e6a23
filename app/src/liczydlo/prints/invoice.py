"""An invoice on paper: PDF/A-3 with the XML inside, or pictures of its pages for a preview."""

from __future__ import annotations

from liczydlo.prints import content, typesetting
from liczydlo.prints.codes import Codes
from liczydlo.prints.labels import Language
from liczydlo.prints.typesetting import PrintError

__all__ = ["Codes", "PrintError", "invoice_pdf", "pages_png"]

TEMPLATE = "invoice.typ"


def invoice_pdf(xml: bytes, *, codes: Codes | None = None, language: Language = "pl") -> bytes:
    """The print of an FA document, PDF/A-3b. Raises PrintError."""
    made = content.invoice(xml, codes=codes, language=language)
    return typesetting.pdf(TEMPLATE, made.data, attachment=xml, moment=made.moment)


def pages_png(
    xml: bytes, *, codes: Codes | None = None, language: Language = "pl", ppi: float = 110.0
) -> list[bytes]:
    """The same, a PNG picture of each page. Raises PrintError."""
    return typesetting.png(TEMPLATE, content.invoice(xml, codes=codes, language=language).data, ppi=ppi)
