"""The codes on an invoice's print (ksef-docs kody-qr.md): what is drawn is a link and a caption."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import zxingcpp

_QR: Any = zxingcpp.BarcodeFormat.QRCode
_RUN: Final = re.compile(rb"\x00+|\xff+")
_SIDE: Final = re.compile(r'viewBox="0 -\.5 (\d+) ')
_PATH: Final = re.compile(r' d="([^"]*)"')
_MOVE: Final = re.compile(r"M0 (\d+)|([mh])(\d+)")
_QUIET: Final = 4  # modules of white around a code (ISO/IEC 18004)
_SCALE: Final = 3  # dots a module is drawn with, to be read
_PNG_SCALE: Final = 8
_OVERLAP: Final = 1.04  # modules: neighbouring rows touch for certain, so that no viewer shows seams


@dataclass(frozen=True, kw_only=True)
class Codes:
    """``kod_1`` is the link that shows whether KSeF holds the invoice, ``caption`` its KSeF number or OFFLINE;
    ``kod_2``, only on an offline invoice without a number, is the link that names the issuer."""

    kod_1: str
    caption: str
    kod_2: str | None = None


@lru_cache(maxsize=64)
def svg(text: str, level: str = "M") -> str:
    """A QR code (ISO/IEC 18004, error correction ``level``) without its quiet zone, as an SVG picture.

    The last ones are kept: what was proved a moment ago is what goes on paper. Rows lie at whole numbers, which are
    shorter in a PDF than halves.

    Raises ValueError when the text is longer than a code can hold (2331 bytes).
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    image: Any = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    picture = memoryview(image)
    side = (picture.shape or (0,))[0]
    modules = bytes(picture)
    strokes = "".join(
        f"M0 {row}"
        + "".join(
            _strokes(modules[at : min(at + 8, (row + 1) * side)])
            for at in range(row * side, (row + 1) * side, 8)
        )
        for row in range(side)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -.5 {side} {side}">'
        f'<path fill="none" stroke="#000" stroke-width="{_OVERLAP}" d="{strokes}"/></svg>'
    )


@cache
def _strokes(modules: bytes) -> str:
    """At most eight modules of a row as SVG's relative strokes and moves: of so few, the same return all the time."""
    runs = (run[0] for run in _RUN.finditer(modules))
    return "".join(f"m{len(run)} 0" if run[0] else f"h{len(run)}" for run in runs)


def read(picture: str) -> str | None:
    """What a scanner reads from a picture of ``svg``, drawn as it is printed; None when it reads nothing."""
    dots = _dots(picture, _SCALE)
    scan = None if dots is None else zxingcpp.read_barcode(dots, formats=_QR)
    return scan.text if scan is not None else None


def png(picture: str) -> bytes:
    """A picture of ``svg`` with its quiet zone as PNG (RFC 2083), eight dots a module, one bit a dot.

    Raises ValueError for what is no such picture.
    """
    dots = _dots(picture, _PNG_SCALE)
    if dots is None:
        raise ValueError("not a picture of a code")
    side = dots.shape[0] if dots.shape else 0
    grey = dots.cast("B").tobytes()
    lines = b"".join(b"\0" + _bits(grey[at : at + side]) for at in range(0, side * side, side))
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # greyscale, one bit
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _bits(line: bytes) -> bytes:
    """Dots, black 0 and white 255, eight in a byte; white fills the last one."""
    bits = "".join("1" if dot else "0" for dot in line).ljust(-(-len(line) // 8) * 8, "1")
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _dots(picture: str, scale: int) -> memoryview | None:
    """The picture in dots, black 0 and white 255, with its quiet zone; None for what is no such picture."""
    sides, paths = _SIDE.search(picture), _PATH.search(picture)
    if sides is None or paths is None:
        return None
    side = int(sides[1])
    size = (side + 2 * _QUIET) * scale
    lines = {row: bytearray(b"\xff" * size) for row in range(side)}
    row = at = 0
    for begins, verb, length in _MOVE.findall(paths[1]):
        if begins:
            row, at = int(begins), 0
            continue
        count = int(length)
        if verb == "h" and row < side:
            lines[row][(at + _QUIET) * scale : (at + count + _QUIET) * scale] = bytes(count * scale)
        at += count
    margin = b"\xff" * (size * _QUIET * scale)
    dots = margin + b"".join(bytes(line[:size]) * scale for line in lines.values()) + margin
    return memoryview(dots).cast("B", (size, size))
