"""„Wydruk": a firm's logo, colour, note, language and envelope on its own invoices."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from liczydlo.prints.look import ACCENT
from liczydlo.sales.print_settings import LEAST_CONTRAST, PrintSettings, contrast, look

pytestmark = pytest.mark.django_db

PLAIN = {"language": "pl", "window": "", "accent": ACCENT, "note": ""}


def png(width: int = 4, height: int = 2) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\x00" + b"\xcc\x00\x00" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def page(company: Any) -> str:
    return reverse("sales:print_settings", args=[company.pk])


def send(
    client: Any, page: str, *, logo: bytes | None = None, shown: dict[str, str] = PLAIN, **fields: str
) -> Any:
    data: dict[str, Any] = {**PLAIN, **fields, **{f"shown-{name}": value for name, value in shown.items()}}
    if logo is not None:
        data["logo"] = SimpleUploadedFile("logo.png", logo, "image/png")
    return client.post(page, data)


def test_choices_are_kept_and_printed(browse: Any, owner: Any, company: Any, page: str) -> None:
    client = browse(owner)
    assert client.get(page).status_code == 200
    answer = send(
        client, page, logo=png(), language="both", window="right", accent="#7A1F1F", note="Dziękujemy."
    )
    assert answer.status_code == 302
    made = look(company)
    assert (made.language, made.window, made.accent, made.note) == ("both", "right", "#7a1f1f", "Dziękujemy.")
    assert made.transfer_code and 'viewBox="0 0 4 2"' in made.logo
    assert look(company, language="en").language == "en"
    assert "usuń obecne logo" in client.get(page).content.decode()


def test_a_logo_stays_until_it_is_replaced_or_removed(
    browse: Any, owner: Any, company: Any, page: str
) -> None:
    client = browse(owner)
    send(client, page, logo=png())
    send(client, page, note="Nowa notatka")
    assert look(company).logo and look(company).note == "Nowa notatka"
    send(client, page, logo=png(6, 3), shown={**PLAIN, "note": "Nowa notatka"}, note="Nowa notatka")
    assert "0 0 6 3" in look(company).logo
    send(client, page, shown={**PLAIN, "note": "Nowa notatka"}, note="Nowa notatka", remove_logo="1")
    assert look(company).logo == ""


@pytest.mark.parametrize(
    ("logo", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "PNG ani JPEG"),
        (b"%PDF-1.7\n%%EOF", "PNG ani JPEG"),
        (b"", "pusty"),
        (png()[:-20], "uszkodzony"),
        (png()[:45] + b"\x00" * 8 + png()[53:], "uszkodzony"),
        (b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x04\x00\x04", "uszkodzony"),
        (png() + b"\x00" * 300_000, "300 kB"),
        (png(3000, 2000), "za dużo punktów"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(
    browse: Any, owner: Any, company: Any, page: str, logo: bytes, words: str
) -> None:
    answer = send(browse(owner), page, logo=logo, note="Dziękujemy.")
    assert answer.status_code == 200 and words in answer.content.decode()
    assert look(company).logo == "" == look(company).note


@pytest.mark.parametrize("colour", ["#ffff00", "red", "#0f766", "#0f766e;", "url(x)", ""])
def test_a_colour_that_nobody_can_read_is_refused(
    browse: Any, owner: Any, company: Any, page: str, colour: str
) -> None:
    assert send(browse(owner), page, accent=colour).status_code == 200
    assert look(company).accent == ACCENT


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#ffffff") == pytest.approx(1)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)
    assert contrast(ACCENT) > LEAST_CONTRAST


def test_two_people_change_two_things(browse: Any, owner: Any, company: Any, page: str) -> None:
    """The second one's page is older; only the same thing changed twice is asked about."""
    client = browse(owner)
    send(client, page, note="Pierwsza")
    send(client, page, language="en")
    assert (look(company).note, look(company).language) == ("Pierwsza", "en")
    answer = send(client, page, note="Druga")
    assert "ktoś zmienił te same dane" in answer.content.decode() and "Druga" in answer.content.decode()
    assert look(company).note == "Pierwsza"


def test_a_viewer_and_a_stranger_change_nothing(
    browse: Any, owner: Any, member: Any, stranger: Any, company: Any, page: str
) -> None:
    assert send(browse(member("viewer")), page, note="x").status_code == 403
    assert send(browse(stranger), page, note="x").status_code == 404
    assert not PrintSettings.objects.exists()
