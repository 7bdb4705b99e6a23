"""The codes on an invoice's print (ksef-docs kody-qr.md): what is drawn is a link and a caption."""

from __future__ import annotations

import re
from dataclasses import dataclass

import zxingcpp

_DOCTYPE = re.compile(r"<\?xml[^>]*\?>\s*|<!DOCTYPE[^>]*>\s*")


@dataclass(frozen=True, kw_only=True)
class Codes:
    """``kod_1`` is the link that shows whether KSeF holds the invoice, ``caption`` its KSeF number or OFFLINE;
    ``kod_2``, only on an offline invoice without a number, is the link that names the issuer."""

    kod_1: str
    caption: str
    kod_2: str | None = None


def svg(text: str) -> str:
    """A QR code (ISO/IEC 18004, error correction M) with its quiet zone, as an SVG picture."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return _DOCTYPE.sub("", zxingcpp.write_barcode_to_svg(code, add_quiet_zones=True))
