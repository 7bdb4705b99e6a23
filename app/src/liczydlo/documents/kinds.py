"""What a file is by its bytes, never by its name: scans and photos that browsers show and run nothing of.

PDF (ISO 32000), JPEG (ITU T.81), PNG (W3C), WebP (RFC 9649) and HEIC (ISO/IEC 23008-12). SVG and HTML are not among
them: they carry scripts.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Literal

LARGEST: Final = 10_000_000  # bytes
MOST_PIXELS: Final = 120_000_000
"""A few kilobytes may claim more, and fill the memory of whoever looks at them."""
_LONGEST_SIDE: Final = 65_535  # of JPEG
_HEIC: Final = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_STANDALONE: Final = (0x01, *range(0xD0, 0xD8))  # JPEG markers without a length
_NO_FRAME: Final = (0xC4, 0xC8, 0xCC)  # JPEG: DHT, JPG and DAC lie among the markers of frames

Code = Literal["empty", "too-large", "unknown-kind", "damaged", "too-many-pixels"]


class FileRefused(Exception):
    """A file cannot be kept; ``code`` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file: its content type, the ending of its name, and whether browsers can show it."""

    content_type: str
    ending: str
    is_shown: bool = True

    @property
    def is_image(self) -> bool:
        """Whether it is a picture."""
        return self.content_type.startswith("image/")


PDF: Final = Kind(content_type="application/pdf", ending=".pdf")
JPEG: Final = Kind(content_type="image/jpeg", ending=".jpg")
PNG: Final = Kind(content_type="image/png", ending=".png")
WEBP: Final = Kind(content_type="image/webp", ending=".webp")
HEIC: Final = Kind(content_type="image/heic", ending=".heic", is_shown=False)
KINDS: Final = {kind.content_type: kind for kind in (PDF, JPEG, PNG, WEBP, HEIC)}


def recognise(content: bytes) -> Kind:
    """The kind of a file. Raises FileRefused."""
    if not content:
        raise FileRefused("empty")
    if len(content) > LARGEST:
        raise FileRefused("too-large")
    kind = _by_signature(content)
    if kind is None:
        raise FileRefused("unknown-kind")
    if kind == PDF:
        if b"%%EOF" not in content[-2048:]:
            raise FileRefused("damaged")
        return kind
    if kind != HEIC:
        width, height = size(kind, content)
        if not (0 < width <= _LONGEST_SIDE and 0 < height <= _LONGEST_SIDE):
            raise FileRefused("damaged")
        if width * height > MOST_PIXELS:
            raise FileRefused("too-many-pixels")
    return kind


def _by_signature(content: bytes) -> Kind | None:
    """Only from the very first byte: a reader that looks further would show another file than the browser."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return HEIC
    return None


def size(kind: Kind, content: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the head of the file says. Raises FileRefused ``damaged``."""
    try:
        if kind == PNG:
            if content[12:16] != b"IHDR":
                raise FileRefused("damaged")
            width, height = struct.unpack(">II", content[16:24])
            return width, height
        return _of_jpeg(content) if kind == JPEG else _of_webp(content)
    except (struct.error, IndexError) as error:
        raise FileRefused("damaged") from error


def _of_jpeg(content: bytes) -> tuple[int, int]:
    """The largest of its frames. Raises struct.error, IndexError, FileRefused."""
    at, width, height = 2, 0, 0
    while at < len(content):
        if content[at] != 0xFF:
            raise FileRefused("damaged")
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in (0xD9, 0xDA):  # the end, or the picture itself
            break
        if marker in _STANDALONE:
            at += 2
            continue
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            high, wide = struct.unpack(">HH", content[at + 5 : at + 9])
            width, height = max(width, wide), max(height, high)
        at += 2 + max(length, 2)
    return width, height


def _of_webp(content: bytes) -> tuple[int, int]:
    """Raises struct.error, FileRefused."""
    form = content[12:16]
    if form == b"VP8X":
        low_wide, wide, low_high, high = struct.unpack("<HBHB", content[24:30])
        return (low_wide | wide << 16) + 1, (low_high | high << 16) + 1
    if form == b"VP8L":
        (bits,) = struct.unpack("<I", content[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise FileRefused("damaged")
