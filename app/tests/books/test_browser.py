"""From the list of sales to a JPK_FA file in Chromium: both themes, a phone, axe."""

from __future__ import annotations

import zipfile
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.sales import services
from liczydlo.web import times

from app.tests.connection.test_browser import page
from app.tests.jpk.schema import checked, texts
from app.tests.sales.test_browser import look
from app.tests.sales.world import document

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def both(page: Any, name: str) -> None:
    look(page, name)
    look(page, name, phone=True)


def test_from_the_list_to_the_file(page: Any, company: Any) -> None:
    today = times.today()
    services.issue(company, document(company.nip, number="FV/1", issued=today))
    page.goto(reverse("sales:list", args=[company.pk]))
    page.get_by_role("link", name="JPK_FA dla urzędu").click()
    page.get_by_text("Do pliku brakuje").wait_for()
    both(page, "jpk-fa-braki")
    page.get_by_role("link", name="Uzupełnij raz").click()
    page.get_by_role("heading", name="Adres zarejestrowany").wait_for()
    both(page, "urzad-skarbowy")
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_text("To pole jest wymagane.").first.wait_for()
    both(page, "urzad-skarbowy-bledy")
    page.get_by_label("Urząd skarbowy").select_option("1435")
    page.get_by_label("Województwo").select_option("mazowieckie")
    page.get_by_label("Powiat").fill("m.st. Warszawa")
    page.get_by_label("Gmina").fill("Warszawa")
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_text("Dane do plików JPK zostały zapisane.").wait_for()
    both(page, "jpk-fa")
    page.get_by_label("Od dnia").fill(today.replace(day=1).isoformat())
    page.get_by_label("Do dnia").fill(today.isoformat())
    with page.expect_download() as download:
        page.get_by_role("button", name="Pobierz JPK_FA").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        (name,) = archive.namelist()
        assert texts(checked(archive.read(name)), "./Faktura/P_2A") == ["FV/1"]
