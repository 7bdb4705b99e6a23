"""What tests of the connection share."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from liczydlo import ksef
from liczydlo.connection.models import KsefLogin, StoredCertificate


@pytest.fixture
def ksef_away(settings: Any) -> None:
    """Nobody listens where the emulator should be."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.LICZYDLO_EMULATOR_URL = f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def send() -> Callable[..., HttpResponse]:
    """Posts the form: ``send(browser, company, "offline", key=bytes, certificate=bytes, password="…")``."""

    def post(browser: Client, company: Any, tab: str = "certyfikat", htmx: bool = False, **parts: Any) -> Any:
        names = {"key": "moj.key", "certificate": "moj.crt"}
        form = {
            name: SimpleUploadedFile(names[name], value) if isinstance(value, bytes) else value
            for name, value in parts.items()
        }
        address = f"/firmy/{company.pk}/ustawienia/ksef/{tab}/"
        return browser.post(address, form, headers={"HX-Request": "true"} if htmx else {})

    return post


@pytest.fixture
def nothing_stored() -> Callable[[], bool]:
    """Whether there is neither a certificate nor a login."""
    return lambda: not StoredCertificate.objects.exists() and not KsefLogin.objects.exists()


@pytest.fixture
def make_token(use_emulator: Any) -> Callable[..., str]:
    """Makes a KSeF token as a firm's owner does: ``make_token(nip, "InvoiceRead")``; ``revoked=True`` revokes it."""

    def make(nip: str, *permissions: Any, revoked: bool = False) -> str:
        issued = use_emulator.certificate(kind="seal", nip=nip, name="Firma")
        credential = ksef.load(issued.privateKey.encode(), issued.certificate.encode())
        where = ksef.emulator(use_emulator.url)
        with ksef.Client(
            where, credential=credential, context=ksef.Context(value=nip), trust_env=False
        ) as client:
            made = client.make_token(permissions or ("InvoiceRead", "InvoiceWrite"), "Program do faktur")
            if revoked:
                client.revoke_token(made.reference)
        return made.text

    return make
