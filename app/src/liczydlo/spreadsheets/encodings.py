"""Text of a file that names no encoding: UTF-8 or UTF-16 where it fits, else the page in which Polish letters make
sense."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

FILLER: Final = 0xFF
"""What banks put into empty fields, in every code page."""
PAGES: Final = ("cp1250", "cp852", "iso8859-2")
_POLISH: Final = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
# a capital inside a word is the mark of the wrong page: „ą" of CP852 is „Ą" of Windows-1250
_MISPLACED: Final = re.compile(r"(?<=[^\W\d_A-ZĄĆĘŁŃÓŚŹŻ])[ĄĆĘŁŃÓŚŹŻ]|[ąćęłńśźż](?=[A-Z]{2})")
_WIDE: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def decode(content: bytes) -> str:
    """The text of a file; every byte means something in one of the pages."""
    if (wide := _wide(content)) is not None:
        return wide
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    high = bytes(byte for byte in content if byte >= 0x80 and byte != FILLER)
    # the words around such letters decide; the rest of a file is ASCII in every page
    words = (word for word in re.findall(rb"[A-Za-z\x80-\xfe]+", content) if not word.isascii())
    sample = b" ".join(islice(words, 5000))
    page = max(PAGES, key=lambda name: _score(sample, name)) if high else PAGES[0]
    return content.decode(page, errors="replace").replace(bytes([FILLER]).decode(page), "\xa0")


def _wide(content: bytes) -> str | None:
    """UTF-16, with its mark or known by the zero that every ASCII letter has in it; None for anything else."""
    encoding = _WIDE.get(content[:2])
    if encoding is None:
        start = content[:2000]
        zeros = start[0::2].count(0), start[1::2].count(0)
        if max(zeros) < max(1, len(start) // 4) or min(zeros) > max(zeros) // 4:
            return None
        encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def _score(sample: bytes, page: str) -> int:
    text = sample.decode(page, errors="replace")
    polish = sum(text.count(letter) for letter in _POLISH)
    others = sum(1 for sign in text if ord(sign) > 0x7F and sign not in _POLISH)
    return polish - 3 * others - 2 * len(_MISPLACED.findall(text))
