"""Invoices from a spreadsheet in Chromium: chosen, columns corrected, looked through, stored as drafts; both themes, a
phone, axe, and without JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.sales.models import Invoice

from app.tests.connection.test_browser import page
from app.tests.contacts.test_browser import LONG
from app.tests.sales.test_browser import look
from app.tests.sales.test_imports import HEADER

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_invoices_from_a_file(page: Any, company: Any, tmp_path: Path) -> None:
    file = tmp_path / "faktury z programu.csv"
    lines = [
        f"{HEADER.replace('Stawka VAT', 'Ile procent')};Numer zamówienia",
        f"A/1;{LONG};8567346215;ul. Prosta 1;30-001;Kraków;Kubek z bardzo długą nazwą;3;10,00;23%;Z-7",
        "A/1;;;;;;Książka;1;1 000,50;5;",
        "A/2;Zły NIP;8567346216;ul. A 1;;;Kubek;-1;10,00;19;",
        "A/3;Żaneta Łącka;;;;;Kubek;1;10,00;8;",
    ]
    file.write_bytes("\r\n".join(lines).encode("cp1250"))
    page.goto(reverse("sales:list", args=[company.pk]))
    page.get_by_role("link", name="Z arkusza").first.click()
    look(page, "arkusz-plik")
    look(page, "arkusz-plik", phone=True)
    page.get_by_label("Plik z tabelą").set_input_files(str(file))
    page.get_by_role("button", name="Pokaż faktury").click()
    page.get_by_text("Stawka VAT: nie ma jej w pliku").first.wait_for()
    page.get_by_text("Popraw kolumny", exact=True).click()
    look(page, "arkusz-kolumny")
    look(page, "arkusz-kolumny", phone=True)
    page.get_by_label("Pozycja: stawka VAT").select_option(label="10. Ile procent (23%)")
    page.get_by_role("button", name="Ustaw kolumny").click()
    page.get_by_text("Kolumny ustawione").wait_for()
    page.get_by_text("nie jest poprawny NIP").wait_for()
    look(page, "arkusz-odrzucone")
    look(page, "arkusz-odrzucone", phone=True)
    page.get_by_role("link", name="Do zapisania (2)").click()
    page.get_by_text("Zamówienie: Z-7").wait_for()
    look(page, "arkusz-faktury")
    look(page, "arkusz-faktury", phone=True)
    page.get_by_label("Pomiń 1 odrzuconą fakturę").check()
    page.get_by_role("button", name="Zapisz (2)").click()
    page.get_by_text("Zapisano szkice z arkusza: 2").wait_for()
    look(page, "arkusz-szkice")
    assert Invoice.objects.of(company).count() == 2
    page.get_by_role("button", name="Wyślij wszystkie z tej strony").wait_for()
    page.goto(reverse("sales:import_invoices", args=[company.pk]))
    page.get_by_label("Plik z tabelą").set_input_files(str(file))
    page.get_by_role("button", name="Pokaż faktury").click()
    page.get_by_role("link", name="Pominięte (2)").click()
    page.get_by_text("Już wczytane: to faktura A/1").wait_for()
    look(page, "arkusz-drugi-raz")
    look(page, "arkusz-drugi-raz", phone=True)


def test_without_javascript(page: Any, company: Any, live_server: Any, tmp_path: Path) -> None:
    file = tmp_path / "k.csv"
    file.write_text("Kto;Co;Ile;Za ile\nJan;Kubek;1;12,30\n", encoding="utf-8")
    context = page.context.browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(reverse("sales:import_invoices", args=[company.pk]))
    plain.get_by_label("Plik z tabelą").set_input_files(str(file))
    plain.get_by_role("button", name="Pokaż faktury").click()
    for label, value in (
        ("Nabywca: nazwa albo imię i nazwisko", "0"),
        ("Pozycja: nazwa", "1"),
        ("Pozycja: ilość", "2"),
        ("Pozycja: cena brutto", "3"),
        ("Stawka VAT, gdy plik jej nie podaje", "8"),
    ):
        plain.get_by_label(label).select_option(value)
    plain.get_by_role("button", name="Ustaw kolumny").click()
    plain.get_by_role("button", name="Zapisz (1)").click()
    assert str(Invoice.objects.of(company).get().entry.gross) == "12.30"
