"""The codes on an invoice's print (ksef-docs kody-qr.md): what is drawn is a link and a caption."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import zxingcpp

_DARK: Final = re.compile(rb"\x00+")
_OVERLAP: Final = 1.04  # modules: neighbouring rows touch for certain, so that no viewer shows seams


@dataclass(frozen=True, kw_only=True)
class Codes:
    """``kod_1`` is the link that shows whether KSeF holds the invoice, ``caption`` its KSeF number or OFFLINE;
    ``kod_2``, only on an offline invoice without a number, is the link that names the issuer."""

    kod_1: str
    caption: str
    kod_2: str | None = None


def svg(text: str) -> str:
    """A QR code (ISO/IEC 18004, error correction M) without its quiet zone, as an SVG picture.

    Raises ValueError when the text is longer than a code can hold (2331 bytes).
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    picture = memoryview(image)
    side = (picture.shape or (0,))[0]
    modules = bytes(picture)
    strokes = "".join(
        f"M{run.start() - row * side} {row}.5h{run.end() - run.start()}"
        for row in range(side)
        for run in _DARK.finditer(modules, row * side, (row + 1) * side)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path stroke="#000" stroke-width="{_OVERLAP}" d="{strokes}"/></svg>'
    )
