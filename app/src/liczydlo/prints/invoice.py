"""An invoice for people: PDF/A-3 with the XML inside, or a part of a page, both of one reading."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from liczydlo.fa3.source import TURNING
from liczydlo.prints import content, large, typesetting
from liczydlo.prints.codes import Codes
from liczydlo.prints.fonts import BREAK
from liczydlo.prints.labels import Language
from liczydlo.prints.look import PLAIN, Look
from liczydlo.prints.typesetting import PrintError

__all__ = ["Codes", "PrintError", "invoice_html", "invoice_pdf"]


def invoice_pdf(
    xml: bytes, *, codes: Codes | None = None, language: Language | None = None, look: Look = PLAIN
) -> bytes:
    """The print of an FA document, PDF/A-3b; ``language`` instead of the look's. Raises PrintError."""
    language = language or look.language
    if len(xml) > large.LARGE:
        return large.pdf(xml, codes=codes, language=language, look=look)
    view = content.invoice(xml, codes=codes, language=language, look=look)
    return typesetting.pdf(typesetting.INVOICE, view, attachment=xml, moment=view.moment, accent=look.accent)


def invoice_html(xml: bytes, *, language: Language) -> SafeString | None:
    """The same without codes and with the beginning of a large attachment, in HTML; None for what is not an FA document
    and can only be downloaded."""
    try:
        view = content.invoice(xml, codes=None, language=language, brief=True)
    except PrintError:
        return None
    html: str = render_to_string("prints/invoice.html", {"view": view})
    # turning characters are shown, instead of what they would make of a line
    html = TURNING.sub(lambda one: f"⟨U+{ord(one[0]):04X}⟩", html)
    return mark_safe(html.replace(BREAK, ""))  # noqa: S308 - the template escapes; a page breaks words by itself
