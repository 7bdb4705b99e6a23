"""What a chosen file is, said before the form is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def peek(company: Any, owner: Any, browse: Any) -> Any:
    def ask(data: bytes) -> str:
        answer = browse(owner).post(
            f"/firmy/{company.pk}/ustawienia/ksef/plik/", {"key": SimpleUploadedFile("x", data)}
        )
        assert answer.status_code == 200
        return answer.content.decode()

    return ask


def test_kinds_are_told_apart(peek: Any, files: Any) -> None:
    mine, offline = files(), files("Offline")
    assert "Klucz prywatny" in peek(mine.key)
    assert "Certyfikat uwierzytelniający" in peek(mine.certificate)
    assert "Jan Gęśl" in peek(mine.certificate) and "526-587-76-35" in peek(mine.certificate)
    assert "Certyfikat offline" in peek(offline.certificate)
    assert "Paczka .p12" in peek(mine.p12)
    assert "z kluczem" in peek(mine.certificate + mine.key)


def test_what_will_not_do_is_said(peek: Any, files: Any) -> None:
    assert "dokument PDF" in peek(b"%PDF-1.7")
    assert "jest pusty" in peek(b"")
    assert "wygasł" in peek(files(ends=timedelta(days=-1)).certificate)
