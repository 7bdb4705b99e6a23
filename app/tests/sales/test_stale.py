"""A page that was opened before somebody else issued, changed or deleted the draft."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.sales import services
from liczydlo.sales.models import Draft, Event, Invoice

from app.tests.sales.test_editor import LINE, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(ala: Client, company: Any) -> Invoice:
    ala.post(reverse("sales:new", args=[company.pk]), form())
    return Invoice.objects.select_related("company").get()  # type: ignore[no-any-return]


def address(name: str, invoice: Invoice) -> str:
    return reverse(f"sales:{name}", args=[invoice.company_id, invoice.pk])


def issue(draft: Invoice) -> Invoice:
    return services.issue(draft.company, services.draft_of(draft).content, draft=draft)


@pytest.mark.parametrize("verb", ["get", "post"])
def test_an_issued_invoice_is_not_edited_from_another_tab(ala: Client, draft: Invoice, verb: str) -> None:
    seen = services.draft_of(draft).digest
    issued = issue(draft)
    response = getattr(ala, verb)(address("edit", draft), form(LINE, seen=seen), follow=True)
    assert response.redirect_chain == [(issued.get_absolute_url(), 302)]
    assert "Ta faktura jest już wystawiona." in response.content.decode()
    row = Invoice.objects.get()
    assert (row.state, row.entry.number, row.entry.xml) == ("queued", issued.entry.number, issued.entry.xml)


def test_what_was_read_of_a_draft_says_all_when_it_is_deleted_next(
    draft: Invoice, django_assert_num_queries: Any
) -> None:
    """Its page reads it once: what follows must not come back to rows that another session has deleted meanwhile."""
    stored = services.draft_of(draft)
    same = services.holder_of(draft.company, services.check(draft.company, stored.content))
    draft.entry.delete()
    assert not Invoice.objects.exists()
    with django_assert_num_queries(0):
        assert stored.invoice_draft is not None and stored.invoice_draft.number == stored.invoice.entry.number
        assert same is not None and same.entry.number == stored.invoice.entry.number


def test_it_is_not_deleted_and_its_story_stays(ala: Client, draft: Invoice) -> None:
    issue(draft)
    response = ala.post(address("delete", draft), follow=True)
    assert "Wystawionej faktury nie można usunąć" in response.content.decode()
    assert Event.objects.filter(invoice=draft).count() == 2


@pytest.mark.parametrize("mode", ["online", "offline24"])
def test_what_was_not_seen_is_not_issued(ala: Client, draft: Invoice, mode: str) -> None:
    seen = services.draft_of(draft).digest
    assert f'name="seen" value="{seen}"' in ala.get(draft.get_absolute_url()).content.decode()
    ala.post(address("edit", draft), form({**LINE, "price": "9 999"}, seen=seen))
    response = ala.post(address("issue", draft), {"mode": mode, "seen": seen}, follow=True)
    assert "Szkic zmieniono po otwarciu tej strony" in response.content.decode()
    assert Invoice.objects.get().state == "draft"


def test_another_persons_change_is_replaced_only_knowingly(ala: Client, draft: Invoice) -> None:
    seen = services.draft_of(draft).digest
    ala.post(address("edit", draft), form({**LINE, "name": "tamta"}, seen=seen))
    theirs = services.draft_of(draft).digest
    response = ala.post(address("edit", draft), form({**LINE, "name": "moja"}, seen=seen))
    shown = response.content.decode()
    assert response.status_code == 409
    assert "moja" in shown and f'name="seen" value="{theirs}"' in shown
    assert b"tamta" in services.draft_of(draft).content
    ala.post(address("edit", draft), form({**LINE, "name": "moja"}, seen=theirs))
    assert b"moja" in services.draft_of(draft).content


def test_what_was_typed_outlives_a_deleted_draft(ala: Client, draft: Invoice, company: Any) -> None:
    edit = address("edit", draft)
    services.delete_draft(draft)
    assert ala.get(edit).status_code == 404
    response = ala.post(edit, form({**LINE, "name": "moja"}))
    assert response.status_code == 409
    shown = response.content.decode()
    assert "Ten szkic w międzyczasie usunięto" in shown and "moja" in shown
    new = reverse("sales:new", args=[company.pk])
    assert f'action="{new}"' in shown
    ala.post(new, form({**LINE, "name": "moja"}))
    assert b"moja" in Draft.objects.get().content


def test_a_stranger_learns_nothing(draft: Invoice, stranger: Any, browse: Any) -> None:
    for name in ("edit", "issue", "delete", "send"):
        assert browse(stranger).post(address(name, draft)).status_code == 404
    assert Invoice.objects.get().state == "draft"
