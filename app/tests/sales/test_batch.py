"""„Wyślij wszystkie": number and sums first, what became of each afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.sales import services
from liczydlo.sales.models import Draft, Event, Invoice
from liczydlo.sales.states import State, Step

from app.tests.sales.test_pages import draft_of, text_of
from app.tests.sales.world import document, new_nip

pytestmark = pytest.mark.django_db


def ask(client: Client, company: Any, *drafts: Invoice, **more: str) -> Any:
    ids = [str(one.pk) for one in drafts]
    return client.post(
        reverse("sales:issue_drafts", args=[company.pk]), {"id": [*ids, "x", "9" * 30], **more}
    )


def in_euro(company: Any) -> Invoice:
    tax = "<P_14_1>23.00</P_14_1><P_14_1W>98.00</P_14_1W>"
    second = "<P_14_2>4.00</P_14_2><P_14_2W>17.00</P_14_2W>"
    xml = document(company.nip).decode().replace("PLN", "EUR")
    xml = xml.replace("<P_14_1>23.00</P_14_1>", tax).replace("<P_14_2>4.00</P_14_2>", second)
    return services.save_draft(company, xml.encode())


def test_number_and_sums_of_each_currency_come_before_anything_is_sent(ala: Client, company: Any) -> None:
    drafts = [draft_of(company), draft_of(company), in_euro(company)]
    shown = ask(ala, company, *drafts)
    text = text_of(shown)
    assert shown.status_code == 200
    assert [str(one).replace("\u00a0", " ") for one in shown.context["sums"]] == ["354,00 zł", "177,00 EUR"]
    assert len(shown.context["good"]) == 3 and "354,00 zł" in text and "177,00 EUR" in text
    assert all(one.entry.number in text for one in drafts)
    assert set(Invoice.objects.values_list("state", flat=True)) == {State.DRAFT}
    sent = ask(ala, company, *drafts, seen=shown.context["digest"])
    assert sent.status_code == 302
    assert set(Invoice.objects.values_list("state", flat=True)) == {State.QUEUED}
    listed = text_of(ala.get(sent["Location"]))
    assert "Faktury w drodze do KSeF: 3, razem 354,00 zł, 177,00 EUR." in listed


def test_what_cannot_go_says_why_and_the_rest_goes(ala: Client, company: Any) -> None:
    good, foreign = draft_of(company), draft_of(company)
    Draft.objects.filter(invoice=foreign).update(xml=document(new_nip()))
    shown = ask(ala, company, good, foreign)
    assert shown.context["good"] == [good]
    assert "Nie zostanie wysłana." in text_of(shown)
    sent = text_of(ask(ala, company, good, foreign, seen=shown.context["digest"]))
    assert "W drodze do KSeF: 1 z 2, razem 177,00 zł." in sent
    assert "Nie wysłano: 1" in sent and foreign.entry.number in sent
    assert Invoice.objects.get(pk=good.pk).state == State.QUEUED
    assert Invoice.objects.get(pk=foreign.pk).state == State.DRAFT


def test_a_draft_that_changed_meanwhile_is_shown_again(ala: Client, company: Any) -> None:
    draft = draft_of(company)
    seen = ask(ala, company, draft).context["digest"]
    services.save_draft(
        company, document(company.nip, number=draft.entry.number, **{"nauka": "kurs"}), draft=draft
    )
    again = ask(ala, company, draft, seen=seen)
    assert "coś się zmieniło" in text_of(again)
    assert Invoice.objects.get().state == State.DRAFT


def test_what_somebody_else_issued_meanwhile_is_not_issued_again(ala: Client, company: Any) -> None:
    mine, theirs = draft_of(company), draft_of(company)
    seen = ask(ala, company, mine, theirs).context["digest"]
    services.issue(company, services.draft_of(theirs).content, draft=theirs)
    again = ask(ala, company, mine, theirs, seen=seen)
    assert again.context["good"] == [mine] and "coś się zmieniło" in text_of(again)
    assert Event.objects.filter(invoice=theirs, step=Step.ISSUE).count() == 1
    assert Invoice.objects.get(pk=mine.pk).state == State.DRAFT


def test_nothing_left_to_send_is_said(ala: Client, company: Any, stranger: Any) -> None:
    other = stranger.companies.get()
    foreign = services.save_draft(other, document(other.nip))
    issued = services.issue(company, document(company.nip))
    response = ask(ala, company, issued, foreign, seen="")
    assert response.status_code == 302
    assert "Nie ma już czego wysłać" in text_of(ala.get(response["Location"]))
    assert Invoice.objects.get(pk=foreign.pk).state == State.DRAFT


def test_the_page_of_drafts_names_their_number(ala: Client, company: Any) -> None:
    draft_of(company), draft_of(company)
    shown = text_of(ala.get(reverse("sales:list", args=[company.pk]), {"stan": "draft"}))
    assert "Wyślij wszystkie z tej strony do KSeF (2)" in shown
