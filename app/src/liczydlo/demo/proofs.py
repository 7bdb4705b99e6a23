"""What proves that an invoice has arrived: its receipt verifies, and its print carries the right codes."""

from __future__ import annotations

import pypdfium2
import zxingcpp

from liczydlo.documents import files
from liczydlo.ksef import upo
from liczydlo.sales.models import Invoice

_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_SCALE = 2.5  # 180 dpi: a module of a code is then some five pixels wide


class NotProved(Exception):
    """A receipt or a print that is not what it should be; the text says what is wrong."""


def receipt(invoice: Invoice, xml: bytes) -> None:
    """Verify a UPO: its seal, its KSeF number and the digest of the document. Raises NotProved, UpoError."""
    document = upo.verify(xml).document(invoice.entry.ksef_number)
    if document is None:
        raise NotProved(f"the UPO does not name {invoice.entry.ksef_number}")
    if document.sha256.hex() != invoice.entry.sha256:
        raise NotProved("the UPO is for another document")


def codes(invoice: Invoice, pdf: bytes) -> None:
    """Read the codes of a print with a scanner's eyes and compare their links. Raises NotProved."""
    kod_1 = files.kod_1(invoice.entry)
    expected = {kod_1, invoice.kod_2} if invoice.carries_codes_offline else {kod_1}
    scanned = scan(pdf)
    if scanned != expected:
        raise NotProved(f"the print's codes say {sorted(scanned)}, not {sorted(expected)}")


def scan(pdf: bytes) -> set[str]:
    """The texts of all QR codes in a PDF."""
    texts: set[str] = set()
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            bitmap = page.render(scale=_SCALE, grayscale=True)
            pixels = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
            texts |= {code.text for code in zxingcpp.read_barcodes(pixels, formats=_QR)}
    finally:
        document.close()
    return texts
