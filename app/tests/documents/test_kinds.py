"""What a file is by its bytes: what browsers show and run nothing of, and nothing else."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.documents import kinds, storage
from liczydlo.documents.kinds import FileRefused, recognise

pytestmark = pytest.mark.pure
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 40


def png(width: int = 40, height: int = 30) -> bytes:
    """The head of a PNG, which is all that is read of it."""
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
        + struct.pack(">II", width, height)
        + b"\x08\x02\x00\x00\x00"
        + b"\x00" * 20
    )


def jpeg(width: int = 40, height: int = 30) -> bytes:
    """Start, an empty application segment, a progressive frame, the scan."""
    frame = struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\x00" * 9
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc2" + frame + b"\xff\xda\x00\x02\xff\xd9"


def webp(form: str = "VP8X", width: int = 40, height: int = 30) -> bytes:
    body = {
        "VP8X": b"VP8X\x0a\x00\x00\x00\x00\x00\x00\x00"
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little"),
        "VP8L": b"VP8L\x08\x00\x00\x00\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14),
        "VP8 ": b"VP8 \x08\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height),
    }[form]
    return b"RIFF\x00\x00\x00\x00WEBP" + body + b"\x00" * 8


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, kinds.PDF),
        (png(), kinds.PNG),
        (jpeg(), kinds.JPEG),
        *((webp(form), kinds.WEBP) for form in ("VP8X", "VP8L", "VP8 ")),
        (HEIC, kinds.HEIC),
        (png(12_000, 10_000), kinds.PNG),
    ],
)
def test_scans_and_photos_are_known_by_their_bytes(content: bytes, kind: kinds.Kind) -> None:
    assert recognise(content) == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (PDF + b"\x00" * kinds.LARGEST, "too-large"),
        (b"<html><script>alert(1)</script>%PDF-1.7 %%EOF", "unknown-kind"),
        (b" " + PDF, "unknown-kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "unknown-kind"),
        (b"GIF89a" + b"\x00" * 40, "unknown-kind"),
        (b"MZ\x90\x00" + PDF, "unknown-kind"),
        (b"PK\x03\x04", "unknown-kind"),
        (b"%PDF-1.7 and the rest was lost", "damaged"),
        (png(0, 30), "damaged"),
        (png()[:18], "damaged"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rJUNK" + b"\x00" * 20, "damaged"),
        (jpeg()[:10], "damaged"),
        (b"\xff\xd8\xff\xd9", "damaged"),
        (b"\xff\xd8\xff\xe0\x00\x02oops", "damaged"),
        (webp()[:20], "damaged"),
        (b"RIFF\x00\x00\x00\x00WEBPXXXX" + b"\x00" * 40, "damaged"),
        (png(60_000, 60_000), "too-many-pixels"),
        (png(2**31 - 1, 2**31 - 1), "damaged"),
        (jpeg(65_000, 65_000), "too-many-pixels"),
        *((webp(form, 16_000, 16_000), "too-many-pixels") for form in ("VP8X", "VP8L", "VP8 ")),
    ],
)
def test_anything_else_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        recognise(content)
    assert refusal.value.code == code


@given(st.sampled_from([PDF, png(), jpeg(), webp(), HEIC, b""]), st.binary(max_size=60), st.integers(0, 80))
def test_no_bytes_break_it(head: bytes, junk: bytes, at: int) -> None:
    try:
        assert recognise(head[:at] + junk + head[at:]) in kinds.KINDS.values()
    except FileRefused as refusal:
        assert refusal.code != "too-large"


@pytest.mark.parametrize(
    ("name", "ending", "shown"),
    [
        ("skan.pdf", ".pdf", "skan.pdf"),
        ("SKAN.PDF", ".pdf", "SKAN.pdf"),
        ("zdjęcie.JPEG", ".jpg", "zdjęcie.jpg"),
        ("faktura.exe", ".pdf", "faktura.exe.pdf"),
        ("fak\u202efdp.exe", ".png", "fakfdp.exe.png"),
        ("../../etc/passwd", ".pdf", "-..-etc-passwd.pdf"),
        ("\u200b\u2066 ", ".pdf", "plik.pdf"),
        ("x" * 500, ".png", "x" * 150 + ".png"),
        ("a\nb\x00c.png", ".png", "a bc.png"),
        ("skan.pdf", "", "skan.pdf"),
    ],
)
def test_a_name_says_what_the_file_is(name: str, ending: str, shown: str) -> None:
    assert storage.file_name_of(name, ending) == shown


@given(st.text(max_size=80), st.sampled_from([kind.ending for kind in kinds.KINDS.values()]))
def test_no_name_hides_its_ending(name: str, ending: str) -> None:
    shown = storage.file_name_of(name, ending)
    assert shown.endswith(ending) and len(shown) > len(ending)
    assert "/" not in shown and "\n" not in shown and "\u202e" not in shown
