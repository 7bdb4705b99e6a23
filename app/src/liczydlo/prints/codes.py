"""The codes on an invoice's print (ksef-docs kody-qr.md): what is drawn is a link and a caption."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import zxingcpp

_RUN: Final = re.compile(rb"\x00+|\xff+")
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
        f"M0 {row}.5"
        + "".join(
            _strokes(modules[at : min(at + 8, (row + 1) * side)])
            for at in range(row * side, (row + 1) * side, 8)
        )
        for row in range(side)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path stroke="#000" stroke-width="{_OVERLAP}" d="{strokes}"/></svg>'
    )


@cache
def _strokes(modules: bytes) -> str:
    """At most eight modules of a row as SVG's relative strokes and moves: of so few, the same return all the time."""
    runs = (run[0] for run in _RUN.finditer(modules))
    return "".join(f"m{len(run)} 0" if run[0] else f"h{len(run)}" for run in runs)
