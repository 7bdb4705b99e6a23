"""A technical correction and the evidence in Chromium: both themes, a phone, axe; a certificate that KSeF revoked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.connection.certificates import status
from liczydlo.sales import lifecycle, proof, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import Step
from liczydlo.web.reasons import Reason
from playwright.sync_api import expect

from app.tests.connection.test_browser import faults, page
from app.tests.sales.test_technical import offline_invoice

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def look(page: Any, name: str, *, phone: bool = False) -> None:
    """Wide and light, and on a phone in the dark; kept as pictures where somebody wants them."""
    folder = os.environ.get("LICZYDLO_SCREENS")
    ways = (("light", (1280, 860)), ("dark", (390, 844)))
    for theme, size in ways[1:] if phone else ways[:1]:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert not faults(page), f"{name} {theme}"
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}-{theme}.png"), full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 860})


def test_a_technical_correction_the_evidence_and_a_void_certificate(
    page: Any, company: Any, files: Any, tmp_path: Path
) -> None:
    from liczydlo.connection.credentials import storing

    made = files("Offline", nip=company.nip)
    storing.store_offline(company, made.key, made.certificate, made.password, None)
    refused, waiting = (
        offline_invoice(company, number="FV/2026/11/1"),
        offline_invoice(company, number="FV/2026/11/2"),
    )
    lifecycle.move(refused, Step.QUEUE)
    why = Reason("bad-content", ksef_code="450", details=("Błąd weryfikacji semantyki", "Linia 7: P_12"))
    lifecycle.move(refused, Step.REJECT, reason=why)

    page.goto(refused.get_absolute_url())
    page.get_by_role("link", name="Korekta techniczna").click()
    page.get_by_text("ta sama treść").wait_for()
    look(page, "korekta-techniczna")
    look(page, "korekta-techniczna", phone=True)
    wrong = tmp_path / "zla.xml"
    wrong.write_bytes(refused.entry.xml.replace(b"Kupiec", b"Sprzedawca"))
    page.set_input_files("#file", str(wrong))
    page.get_by_role("button", name="Porównaj").click()
    page.get_by_text("Tego pliku nie można wysłać").wait_for()
    look(page, "korekta-techniczna-inna-tresc")
    page.get_by_role("button", name="Wyślij korektę techniczną").click()
    page.get_by_text("Korekta techniczna jest w drodze do KSeF.").wait_for()
    assert Invoice.objects.get(corrects=refused).entry.number == "FV/2026/11/1"

    status.note(company, {proof.serial(waiting.kod_2): "Revoked"}, at=timezone.now())
    page.goto(waiting.get_absolute_url())
    page.get_by_text("Faktura jest ważna: wyślij ją").wait_for()
    look(page, "niewazny-kod-ii")
    page.get_by_role("link", name="Dowody").click()
    page.get_by_role("heading", name="Kody QR").wait_for()
    expect(page.get_by_text("NIE:")).to_have_count(1)
    look(page, "dowody", phone=True)
    with page.expect_download() as download:
        page.get_by_role("link", name="Pobierz wszystko (ZIP)").click()
    assert download.value.suggested_filename == "dowody-FV-2026-11-2.zip"
    page.goto(f"/firmy/{company.pk}/sprzedaz/?stan=void")
    look(page, "lista-niewazny-kod-ii", phone=True)
    page.goto(f"/firmy/{company.pk}/ustawienia/ksef/certyfikaty/")
    page.get_by_text("jeszcze niewysłane").wait_for()
    look(page, "certyfikaty-niewazny")
    services.send(waiting)
