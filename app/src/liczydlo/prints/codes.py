"""The codes on an invoice's print (ksef-docs kody-qr.md): what is drawn is a link and a caption."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import zxingcpp

_QR: Any = zxingcpp.BarcodeFormat.QRCode
_RUN: Final = re.compile(rb"\x00+|\xff+")
_SIDE: Final = re.compile(r'viewBox="0 0 (\d+) ')
_PATH: Final = re.compile(r' d="([^"]*)"')
_MOVE: Final = re.compile(r"M0 (\d+)\.5|([mh])(\d+)")
_QUIET: Final = 4  # modules of white around a code (ISO/IEC 18004)
_SCALE: Final = 3  # dots a module is drawn with, to be read
_OVERLAP: Final = 1.04  # modules: neighbouring rows touch for certain, so that no viewer shows seams


@dataclass(frozen=True, kw_only=True)
class Codes:
    """``kod_1`` is the link that shows whether KSeF holds the invoice, ``caption`` its KSeF number or OFFLINE;
    ``kod_2``, only on an offline invoice without a number, is the link that names the issuer."""

    kod_1: str
    caption: str
    kod_2: str | None = None


@lru_cache(maxsize=64)
def svg(text: str) -> str:
    """A QR code (ISO/IEC 18004, error correction M) without its quiet zone, as an SVG picture.

    The last ones are kept: what was proved a moment ago is what goes on paper.

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


def read(picture: str) -> str | None:
    """What a scanner reads from a picture of ``svg``, drawn as it is printed; None when it reads nothing."""
    dots = _dots(picture)
    found = None if dots is None else zxingcpp.read_barcode(dots, formats=_QR)
    return found.text if found is not None else None


def _dots(picture: str) -> memoryview | None:
    """The picture in dots, black 0 and white 255, with its quiet zone; None for what is no such picture."""
    sides, paths = _SIDE.search(picture), _PATH.search(picture)
    if sides is None or paths is None:
        return None
    side = int(sides[1])
    size = (side + 2 * _QUIET) * _SCALE
    lines = {row: bytearray(b"\xff" * size) for row in range(side)}
    row = at = 0
    for begins, verb, length in _MOVE.findall(paths[1]):
        if begins:
            row, at = int(begins), 0
            continue
        count = int(length)
        if verb == "h" and row < side:
            lines[row][(at + _QUIET) * _SCALE : (at + count + _QUIET) * _SCALE] = bytes(count * _SCALE)
        at += count
    margin = b"\xff" * (size * _QUIET * _SCALE)
    dots = margin + b"".join(bytes(line[:size]) * _SCALE for line in lines.values()) + margin
    return memoryview(dots).cast("B", (size, size))
