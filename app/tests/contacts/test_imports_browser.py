"""A file of contractors in Chromium: chosen, columns corrected, looked through, stored; both themes, a phone, axe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.contacts.models import Contractor
from openpyxl import Workbook

from app.tests.connection.test_browser import page
from app.tests.contacts.test_browser import LONG
from app.tests.sales.test_browser import look

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_contractors_from_a_file(page: Any, company: Any, tmp_path: Path) -> None:
    file = tmp_path / "kontrahenci z programu.csv"
    lines = [
        "Nazwa;NIP;Ulica;Kod pocztowy;Miejscowość;E-mail",
        f"{LONG};8567346215;ul. Prosta 1;30-001;Kraków;{'a' * 60}@{'b' * 60}.pl",
        "Zły NIP;8567346216;ul. A 1;;;",
        "Müller GmbH;DE136695976;Hauptstraße 5;10115;Berlin;",
    ]
    file.write_bytes("\r\n".join(lines).encode("cp1250"))
    page.goto(reverse("contacts:contractors", args=[company.pk]))
    page.get_by_role("link", name="Wczytaj z pliku").first.click()
    look(page, "import-plik")
    look(page, "import-plik", phone=True)
    page.get_by_label("Plik z tabelą").set_input_files(str(file))
    page.get_by_role("button", name="Pokaż, co się zmieni").click()
    page.get_by_text("nie jest poprawny NIP").wait_for()
    look(page, "import-podglad")
    look(page, "import-podglad", phone=True)
    page.get_by_text("Popraw kolumny").click()
    look(page, "import-kolumny")
    look(page, "import-kolumny", phone=True)
    page.get_by_label("Notatka").select_option(label="5. Miejscowość (Kraków)")
    page.get_by_role("button", name="Ustaw kolumny").click()
    page.get_by_text("Kolumny ustawione").wait_for()
    page.get_by_role("link", name="Nowe (2)").click()
    page.get_by_text("Notatka: Berlin").wait_for()
    look(page, "import-nowe")
    look(page, "import-nowe", phone=True)
    page.get_by_label("Pomiń 1 odrzucony wiersz").check()
    page.get_by_role("button", name="Zapisz (2)").click()
    page.get_by_text("Zapisano plik: nowe 2").wait_for()
    assert Contractor.objects.of(company).count() == 2
    lines[1] = lines[1].replace("ul. Prosta 1", "ul. Krzywa 2")
    file.write_bytes("\r\n".join([*lines[:2], lines[3]]).encode("utf-16"))
    page.goto(reverse("contacts:import_contractors", args=[company.pk]))
    page.get_by_label("Plik z tabelą").set_input_files(str(file))
    page.get_by_role("button", name="Pokaż, co się zmieni").click()
    page.locator("ins", has_text="ul. Krzywa 2").wait_for()
    look(page, "import-zmiany")
    look(page, "import-zmiany", phone=True)


def test_goods_from_a_workbook(page: Any, company: Any, tmp_path: Path) -> None:
    file, made = tmp_path / "cennik.xlsx", Workbook()
    for row in (
        ["Symbol", "Nazwa", "Cena netto", "VAT"],
        ["G-1", LONG, 12.5, 0.23],
        ["G-2", "Zła", "drogo", "8%"],
    ):
        made.active.append(row)
    made.save(file)
    page.goto(reverse("contacts:items", args=[company.pk]))
    look(page, "towary-puste-import")
    look(page, "towary-puste-import", phone=True)
    page.get_by_role("link", name="Wczytaj z pliku").first.click()
    page.get_by_label("Plik z tabelą").set_input_files(str(file))
    page.get_by_role("button", name="Pokaż, co się zmieni").click()
    page.get_by_role("link", name="Nowe (1)").click()
    page.get_by_text("Cena netto: 12,5", exact=True).wait_for()
    look(page, "import-towary")
    look(page, "import-towary", phone=True)
    page.get_by_label("Pomiń 1 odrzucony wiersz").check()
    page.get_by_role("button", name="Zapisz (1)").click()
    page.get_by_text("Zapisano plik: nowe 1").wait_for()
    look(page, "towary-po-imporcie")
    look(page, "towary-po-imporcie", phone=True)


def test_without_javascript(page: Any, company: Any, live_server: Any, tmp_path: Path) -> None:
    file = tmp_path / "k.csv"
    file.write_text("Kto;NIP;Ulica\nGęśla;8567346215;ul. A 1\n", encoding="utf-8")
    context = page.context.browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(reverse("contacts:import_contractors", args=[company.pk]))
    plain.get_by_label("Plik z tabelą").set_input_files(str(file))
    plain.get_by_role("button", name="Pokaż, co się zmieni").click()
    plain.get_by_label("Nazwa albo imię i nazwisko").select_option("0")
    plain.get_by_role("button", name="Ustaw kolumny").click()
    plain.get_by_role("button", name="Zapisz (1)").click()
    assert Contractor.objects.of(company).get().name == "Gęśla"
