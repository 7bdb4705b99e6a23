"""What is owed, and a letter to the buyer, in Chromium: both themes, a phone, axe."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.contacts.models import Contractor
from liczydlo.payments.statements import matching
from liczydlo.sales import services
from liczydlo.sales.delivery import links
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.web import times
from playwright.sync_api import expect

from app.tests.connection.test_browser import page
from app.tests.mail import MailServer, mail_server
from app.tests.payments.statements.world import ksef_number
from app.tests.sales.test_browser import look
from app.tests.sales.test_buyer_letters import ADDRESS, BUYER, run
from app.tests.sales.test_order import accept, fresh
from app.tests.sales.world import document

__all__ = ["mail_server", "page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TERM = "<Platnosc><TerminPlatnosci><Termin>{}</Termin></TerminPlatnosci></Platnosc></Fa>"
LONG = "Przedsiębiorstwo Produkcyjno-Handlowo-Usługowe „Świt” Spółka z ograniczoną odpowiedzialnością sp. k."


def both(page: Any, name: str) -> None:
    look(page, name)
    look(page, name, phone=True)


def test_from_what_is_owed_to_a_letter(
    page: Any, company: Any, owner: Any, mail_server: MailServer, settings: Any
) -> None:
    settings.LICZYDLO_URL = "https://faktury.example.pl"
    columns = {"name_key": "kupiec", "words": "kupiec", "key": f"nip:{BUYER}"}
    Contractor.objects.create(company=company, kind="nip", number=BUYER, name=LONG, email=ADDRESS, **columns)
    made = []
    for number, day in (("FV/1/11/2026", "2020-01-31"), ("FV/2/11/2026", "2039-01-31"), ("FV/3/11/2026", "")):
        changes = {"</Fa>": TERM.format(day)} if day else {}
        row = services.issue(company, document(company.nip, BUYER, number=number, **changes))
        accept(row, ksef_number(company.nip))
        made.append(fresh(row))
    matching.say_paid(company, made[1].entry, Decimal(77), on=times.today(), by=owner)
    matching.say_paid(company, made[2].entry, Decimal(177), on=times.today(), by=owner)

    contractor = Contractor.objects.get()
    page.goto(contractor.get_absolute_url())
    page.get_by_role("link", name="Wyciąg rozrachunków").click()
    page.get_by_role("link", name="FV/1/11/2026").wait_for()
    both(page, "wyciag-rozrachunkow")
    page.goto(company.get_absolute_url())
    page.get_by_role("link", name="Należności po terminie").wait_for()
    both(page, "pulpit-naleznosci")
    page.get_by_role("link", name="Do otrzymania").click()
    page.get_by_text("zostało 100,00 zł").wait_for()
    both(page, "sprzedaz-nieoplacone")
    page.get_by_role("link", name="Termin płatności").click()
    page.get_by_role("link", name="FV/1/11/2026").click()
    page.get_by_role("link", name="Wyślij do nabywcy").click()
    both(page, "list-do-nabywcy")
    page.get_by_label("link zamiast załączników").check()
    page.get_by_role("button", name="Wyślij").click()
    page.get_by_text("List czeka na wysłanie.").wait_for()
    run(company)
    page.reload()
    page.get_by_text("Wysłany", exact=True).wait_for()
    both(page, "faktura-list")

    letter = BuyerLetter.objects.get()
    link = links.new_link(days=30, now=times.now())
    links.keep(letter, link)
    path = link.address.removeprefix("https://faktury.example.pl")
    page.context.clear_cookies()
    page.goto(path)
    page.get_by_role("heading", name="Faktura FV/1/11/2026").wait_for()
    both(page, "faktura-publiczna")


def test_settings_of_letters(page: Any, company: Any, mail_server: MailServer) -> None:
    page.goto(reverse("sales:letter_settings", args=[company.pk]))
    both(page, "listy-ustawienia")
    page.get_by_label("wysyłaj fakturę sam").check()
    page.get_by_label("Temat po polsku").fill("Faktura {numer}")
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_text("Ustawienia listów zostały zapisane.").wait_for()
    expect(page.get_by_label("wysyłaj fakturę sam")).to_be_checked()
