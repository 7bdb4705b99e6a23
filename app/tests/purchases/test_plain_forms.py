"""Everything that is done with purchases is done by the forms of the pages as they come, without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from liczydlo.companies.models import SavedFilter
from liczydlo.purchases.models import ReceivedInvoice
from lxml import html

from app.tests.documents.test_kinds import PDF
from app.tests.purchases.test_pages import address, bought

pytestmark = pytest.mark.django_db


class Plain:
    """A browser that follows links and sends forms, and runs nothing."""

    def __init__(self, client: Client, url: str) -> None:
        self._client, self.url = client, url
        self._load(client.get(url))

    def _load(self, answer: Any) -> None:
        assert answer.status_code == 200, (self.url, answer.status_code)
        if getattr(answer, "redirect_chain", None):
            self.url = answer.redirect_chain[-1][0]
        self.page = html.document_fromstring(answer.content.decode())

    def form(self, button: str) -> Any:
        """The form of the button whose text begins so."""
        for one in self.page.iter("button"):
            if " ".join(one.text_content().split()).startswith(button):
                return next(one.iterancestors("form")), one
        raise AssertionError(f"no button {button!r} at {self.url}")

    def press(self, button: str, **typed: Any) -> Any:
        """Fill the form in and send it: controls that it does not have cannot be filled in."""
        form, pressed = self.form(button)
        names = {one.get("name") for one in form.iter("input", "select", "textarea")}
        assert typed.keys() <= names, typed.keys() - names
        values: dict[str, Any] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        values |= typed
        if pressed.get("name"):
            values[pressed.get("name")] = pressed.get("value")
        target = pressed.get("formaction") or form.get("action") or self.url.partition("?")[0]
        if form.method == "GET":
            answer = self._client.get(target, values, follow=True)
            self.url = answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"]
        else:
            assert values["csrfmiddlewaretoken"]
            answer = self._client.post(target, values, follow=True)
        if answer["Content-Type"].startswith("text/html"):
            self._load(answer)
        return answer

    @property
    def text(self) -> str:
        return " ".join(self.page.text_content().split())


def test_the_list_without_scripts(ala: Client, company: Any) -> None:
    rows = [bought(company, number=f"W/{number}") for number in range(3)]
    browser = Plain(ala, address("list", company))
    browser.press("Filtruj", q="W/1")
    assert "W/1" in browser.text and "W/2" not in browser.text
    browser.press("Zapisz filtr", name="Jedynki")
    assert SavedFilter.objects.get().query == "q=W%2F1" and "Jedynki" in browser.text
    browser.press("Wykonaj", action="check", all="1")
    assert "Zmieniono faktur: 1." in browser.text and "q=W%2F1" in browser.url
    browser = Plain(ala, address("list", company))
    for action, state in (("book", "booked"), ("reopen", "new"), ("hide", "hidden")):
        browser.press("Wykonaj", action=action, id=[str(rows[0].pk), str(rows[2].pk)])
        states = ReceivedInvoice.objects.filter(pk__in=[rows[0].pk, rows[2].pk]).values_list(
            "state", flat=True
        )
        assert set(states) == {state}
    (link,) = browser.page.xpath("//a[contains(., 'ukrytych')]/@href")
    hidden = Plain(ala, address("list", company) + link)
    archive = hidden.press("Pobierz pliki", all="1", co=["xml"])
    assert archive["Content-Type"] == "application/zip"
    hidden.press("Wykonaj", action="show", all="1")
    assert not ReceivedInvoice.objects.filter(state="hidden").exists()


def test_one_purchase_without_scripts(ala: Client, company: Any) -> None:
    row = bought(company, number="J/1")
    browser = Plain(ala, row.get_absolute_url())
    note = next(one for one in browser.page.iter("textarea") if one.get("name") == "note")
    (save,) = next(note.iterancestors("form")).xpath(".//button")
    browser.press(
        " ".join(save.text_content().split()), category="Paliwo", concerns="Auto", note="Do wyjaśnienia"
    )
    upload = browser.page.xpath("//input[@type='file']")[0]
    (send,) = next(upload.iterancestors("form")).xpath(".//button")
    browser.press(" ".join(send.text_content().split()), files=SimpleUploadedFile("skan.pdf", PDF))
    assert "skan.pdf" in browser.text
    steps = browser.page.xpath("//form[contains(@action, '/stan/')]//button[@name='step']/@value")
    assert {"check", "book", "hide"} <= set(steps)
    label = browser.page.xpath("//button[@name='step'][@value='book']")[0].text_content()
    browser.press(" ".join(label.split()))
    row.refresh_from_db()
    assert (row.state, row.category, row.concerns, row.note) == ("booked", "Paliwo", "Auto", "Do wyjaśnienia")
