"""How much each address takes, and from whom."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from liczydlo.companies import bodies


def status(client: Client, path: str, length: int, **headers: str) -> int:
    """The answer to a head alone that announces ``length`` bytes; ``-1`` for one that would have been read."""

    class Unread(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

    try:
        return client.generic(
            "POST", path, CONTENT_LENGTH=str(length), **{"wsgi.input": Unread()}, **headers
        ).status_code  # type: ignore[arg-type]
    except AssertionError:
        return -1


@pytest.fixture
def paths(company: Any) -> dict[str, tuple[str, int]]:
    base = f"/firmy/{company.pk}"
    return {
        "invoices": (f"{base}/sprzedaz/wgraj/", bodies.INVOICES),
        "editor": (f"{base}/sprzedaz/nowa/", bodies.LONG_FORM),
        "totals": (f"{base}/sprzedaz/nowa/sumy/", bodies.LONG_FORM),
        "edit": (f"{base}/sprzedaz/1/edycja/", bodies.LONG_FORM),
        "certificate": (f"{base}/ustawienia/ksef/certyfikat/", bodies.CREDENTIALS),
        "offline": (f"{base}/ustawienia/ksef/offline/", bodies.CREDENTIALS),
        "peek": (f"{base}/ustawienia/ksef/plik/", bodies.CREDENTIALS),
        "signed": (f"{base}/ustawienia/ksef/polacz/podpisany/", bodies.CREDENTIALS),
        "bundle": (f"{base}/ustawienia/ksef/polacz/plik-p12/", bodies.CREDENTIALS),
        "token": (f"{base}/ustawienia/ksef/token/", bodies.CREDENTIALS),
        "settings": (f"{base}/ustawienia/", bodies.FORM),
        "login": ("/konto/login/", bodies.FORM),
        "nowhere": ("/nie/ma/", bodies.FORM),
    }


def test_each_address_has_its_limit(
    paths: dict[str, tuple[str, int]], browse: Any, owner: Any, stranger: Any
) -> None:
    for name, (path, most) in paths.items():
        assert status(browse(owner), path, most + 1) == 413, name
        assert status(browse(owner), path, most) != 413, name
        assert status(browse(), path, bodies.STRANGERS + 1) == 413, name
        assert status(browse(), path, bodies.STRANGERS) != 413, name
        assert status(browse(stranger), path, bodies.FORM + 1) == 413, name


def test_the_page_says_what_to_do(paths: dict[str, tuple[str, int]], browse: Any, owner: Any) -> None:
    path, most = paths["certificate"]
    big = SimpleUploadedFile("duzy.key", b"\0" * (most + 1))
    for language, words in (
        (
            "pl",
            (
                "Za dużo danych",
                "najwyżej 4\N{NO-BREAK SPACE}000 kB",
                "Nic nie zostało zapisane",
                "mniejszy plik",
            ),
        ),
        ("en", ("Too much data", "at most 4\N{NO-BREAK SPACE}000 kB", "Nothing was stored", "smaller file")),
    ):
        answer = browse(owner, language=language).post(path, {"key": big})
        assert answer.status_code == 413
        for one in words:
            assert one in answer.content.decode()
        big.seek(0)
    assert "Zaloguj się" in browse().post(path, {"a": "x" * 70_000}).content.decode()


def test_more_files_than_any_page_takes(paths: dict[str, tuple[str, int]], browse: Any, owner: Any) -> None:
    def files(count: int) -> dict[str, list[SimpleUploadedFile]]:
        return {"files": [SimpleUploadedFile(f"{number}.xml", b"<a/>") for number in range(count)]}

    path, _ = paths["invoices"]
    assert browse(owner).post(path, files(201)).status_code == 413
    within = browse(owner).post(path, files(101))
    assert within.status_code == 422
    assert "Wgraj najwyżej 100" in within.content.decode()


def test_chunks_are_counted_and_refused(paths: dict[str, tuple[str, int]], browse: Any, owner: Any) -> None:
    class Endless(BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.taken += size or 0
            return b"\0" * (size or 0)

    path, most = paths["settings"]
    stream = Endless()
    sent: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "Chunked", "wsgi.input": stream}
    assert browse(owner).generic("POST", path, **sent).status_code == 413
    assert stream.taken == most + 1
    short = browse(owner).generic("POST", path, **(sent | {"wsgi.input": BytesIO(b"a" * most)}))
    assert short.status_code == 411
    assert "Content-Length" in short.content.decode()
