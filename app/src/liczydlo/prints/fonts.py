"""What our type can draw, and how wide: read from the font file itself (OpenType 1.9: cmap, hhea, hmtx).

A PDF/A may not hold a character without a glyph, and an invoice may hold any character: what the type lacks is
replaced here, before Typst meets it. Widths let the columns of a long table be measured once, in Python.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "typefaces"
"""Inter in two weights (SIL Open Font License), written by ``app/tests/prints/make_typefaces.py``."""
MISSING: Final = "□"
"""Stands for a character that our type lacks."""
BREAK: Final = "\u200b"
"""Where a long word may break; ours alone, ``reading`` takes it out of documents."""
POINT: Final = 0.352778  # mm
_INVISIBLE: Final = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"}


class Advances(dict[str, float]):
    """Character → width in ems, of the regular weight; one that the type lacks is drawn as another."""

    def __missing__(self, character: str) -> float:
        return 0.7


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """``plain`` are the characters that can be drawn as they are, ``other`` finds the rest in a text."""

    advances: Advances
    plain: frozenset[str]
    other: re.Pattern[str]

    def width(self, text: str, size: float) -> float:
        """How wide the text is on one line, in the unit of ``size``; figures and hyphens are tabular."""
        return size * sum(map(self.advances.__getitem__, text))

    def millimetres(self, text: str, size: float) -> float:
        """The width of a text in mm; ``size`` is in points."""
        return self.width(text, size) * POINT


@cache
def metrics(path: Path = FOLDER / "Inter-Regular.ttf") -> Metrics:
    """Widths of the glyphs of a typeface, the regular weight by default; the file is read once."""
    data = path.read_bytes()
    tables = {}
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        tables[tag] = offset
    em = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    count = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    widths = struct.unpack_from(f">{2 * count}H", data, tables[b"hmtx"])[::2]
    advances = Advances(
        (chr(point), widths[min(glyph, count - 1)] / em)
        for point, glyph in _characters(data, tables[b"cmap"]).items()
    )
    figure = max(advances[digit] for digit in "0123456789")
    advances.update(dict.fromkeys("0123456789-+", figure))
    visible = (character for character in advances if unicodedata.category(character) not in _INVISIBLE)
    plain = frozenset((*visible, BREAK))
    return Metrics(
        advances=advances, plain=plain, other=re.compile(f"[^{re.escape(''.join(sorted(plain)))}]")
    )


def _characters(data: bytes, cmap: int) -> dict[int, int]:
    """Code point → glyph of all Unicode subtables, formats 4 and 12."""
    glyphs: dict[int, int] = {}
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">HHL", data, cmap + 4 + 8 * index)[2]
        form = struct.unpack_from(">H", data, start)[0]
        if form == 12:
            for group in range(struct.unpack_from(">L", data, start + 12)[0]):
                first, last, glyph = struct.unpack_from(">LLL", data, start + 16 + 12 * group)
                glyphs.update((first + step, glyph + step) for step in range(last - first + 1))
        elif form == 4:
            glyphs.update(_segments(data, start))
    return {point: glyph for point, glyph in glyphs.items() if glyph}


def _segments(data: bytes, start: int) -> dict[int, int]:
    """A cmap subtable of format 4."""
    glyphs = {}
    double = struct.unpack_from(">H", data, start + 6)[0]
    for step in range(0, double, 2):
        at = start + 14 + step
        last, first = (struct.unpack_from(">H", data, at + skip)[0] for skip in (0, double + 2))
        delta, reach = (struct.unpack_from(">H", data, at + 2 + skip * double)[0] for skip in (2, 3))
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if reach:
                where = at + 2 + 3 * double + reach + 2 * (point - first)
                glyph = struct.unpack_from(">H", data, where)[0]
                if not glyph:
                    continue
            glyphs[point] = (glyph + delta) & 0xFFFF
    return glyphs


def drawable(text: str) -> tuple[str, bool]:
    """The text with every character drawable, and whether one had to be replaced by ``MISSING``.

    Characters without a shape of their own (controls, directions, joiners) are left out: a text that turns its
    own direction round could show another amount than it has.
    """
    text = unicodedata.normalize("NFC", text)  # one glyph where there is one: the prints' type composes none
    advances = metrics().advances
    changed: dict[int, str] = {}
    lost = False
    for character in set(metrics().other.findall(text)):  # a set of the whole text takes ten times as long
        if unicodedata.category(character) in _INVISIBLE:
            changed[ord(character)] = " " if character in "\n\t\r\u2028\u2029" else ""
        else:
            plain = unicodedata.normalize("NFKC", character)
            there = all(part in advances for part in plain)
            changed[ord(character)] = plain if there else MISSING
            lost = lost or not there
    return (text.translate(changed) if changed else text), lost
