"""Fixtures of „Połącz w 3 krokach": who signs, with what, and a worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from liczydlo import ksef
from liczydlo.ksef import xades

from app.tests.conftest import Files, key_of, make_certificate, make_seal
from app.tests.sales.world import Worker, firm, wire

__all__ = ["firm", "wire"]


@pytest.fixture
def worker() -> Worker:
    return Worker("certificates")


@pytest.fixture
def seal(firm: Any) -> ksef.Credential:
    """The firm's own seal: it may do everything there."""
    key = key_of("EC", 99)
    return ksef.Credential(private_key=key, certificate=make_seal(key, nip=firm.nip, name=firm.name))


@pytest.fixture
def nobody() -> ksef.Credential:
    """A person with no rights in the firm."""
    key = key_of("EC", 98)
    return ksef.Credential(private_key=key, certificate=make_certificate(key, usage=None, nip="8567346215"))


@pytest.fixture
def p12() -> Callable[[ksef.Credential, str], bytes]:
    return lambda credential, password: Files(credential.private_key, credential.certificate, password).p12


class Desk:
    """The owner's browser on the page."""

    def __init__(self, browser: Any, company: Any) -> None:
        self.browser, self.company = browser, company
        self.base = f"/firmy/{company.pk}/ustawienia/ksef/polacz/"

    def page(self) -> str:
        answer = self.browser.get(self.base)
        assert answer.status_code == 200, answer
        return str(answer.content.decode())

    def document(self) -> bytes:
        """Ask for a document and download it."""
        answer = self.browser.post(self.base + "przygotuj/")
        assert answer.status_code == 302, answer.content.decode()[:2000]
        answer = self.browser.get(self.base + "dokument/")
        assert answer["Content-Disposition"].endswith(f'{self.company.nip}.xml"')
        return bytes(answer.content)

    def signed(self, credential: ksef.Credential) -> bytes:
        return xades.sign(self.document(), credential, signing_time=timezone.now())

    def upload(self, signed: bytes) -> Any:
        return self.browser.post(
            self.base + "podpisany/", {"signed": SimpleUploadedFile("podpisany.xml", signed)}
        )

    def bundle(self, data: bytes, password: str) -> Any:
        files = {"bundle": SimpleUploadedFile("podpis.p12", data), "password": password}
        return self.browser.post(self.base + "plik-p12/", files)

    def progress(self) -> str:
        answer = self.browser.get(self.base + "postep/")
        assert answer.status_code == 200
        return str(answer.content.decode())


@pytest.fixture
def desk(owner: Any, browse: Any, firm: Any) -> Desk:
    return Desk(browse(owner), firm)
