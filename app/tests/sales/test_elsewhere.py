"""Own sales that another program sent to KSeF come in as sales, once, and are never sent."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.documents.models import IndexEntry
from liczydlo.purchases import services as purchases
from liczydlo.purchases import set_aside
from liczydlo.purchases.models import ReceivedInvoice, SetAside
from liczydlo.sales import lifecycle, numbering, services
from liczydlo.sales.models import Event, Invoice
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

from app.tests.prints.papers import text
from app.tests.purchases.test_synchronising import sell
from app.tests.sales.world import Worker, document, new_nip

pytestmark = pytest.mark.django_db


class Buyer:
    """Whoever it is sold to."""

    nip = new_nip()


@pytest.fixture(autouse=True)
def seller_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other roles have tests of their own."""
    monkeypatch.setattr(purchases, "ROLES", (purchases.SELLER,))


def rows(company: Any) -> list[Invoice]:
    return list(Invoice.objects.of(company).select_related("entry__document"))


def again(company: Any) -> Any:
    """A further run, after whatever is set aside is due."""
    set_aside.try_now(company, now=timezone.now())
    from liczydlo.purchases.models import Checkpoint

    Checkpoint.objects.update(looked_at=None)
    return purchases.synchronise(company)


def test_what_another_program_issued_is_a_sale_with_a_mark(connected: Any, client: Any, owner: Any) -> None:
    day = timezone.localdate()
    (xml,) = sell(connected, Buyer, documents=[document(connected.nip, number=f"FV/{day:%Y/%m}/017")])
    result = purchases.synchronise(connected)
    assert (result.new, ReceivedInvoice.objects.count()) == (1, 0)
    (row,) = rows(connected)
    assert (row.state, row.issued_elsewhere, row.chip) == (State.ACCEPTED, True, "elsewhere")
    assert row.entry.sha256 == hashlib.sha256(xml).hexdigest()
    assert row.entry.ksef_number.startswith(connected.nip)
    assert (row.entry.gross, row.entry.net, row.upo_pending, row.is_moving) == (177, 150, False, False)
    assert [event.step for event in Event.objects.filter(invoice=row)] == [Step.IMPORT]
    assert numbering.propose(connected, day) == f"FV/{day:%Y/%m}/018", "its number is not proposed again"
    assert (again(connected).new, len(rows(connected))) == (0, 1)
    client.force_login(owner)
    page = client.get(row.get_absolute_url())
    assert "Wystawiona poza programem" in page.content.decode()
    print_of = f"{row.get_absolute_url()}faktura.pdf"
    assert "Faktura / Invoice" in text(client.get(f"{print_of}?jezyk=oba").content)
    assert "DUPLIKAT Z DNIA" in text(client.get(f"{print_of}?duplikat").content)
    for choice in ("", "?jezyk=en", "?jezyk=de"):
        answer = client.get(print_of + choice)
        assert (answer.status_code, "uplikat" in text(answer.content)) == (200, False)


def test_what_this_program_issued_is_not_doubled(connected: Any, sender: Worker) -> None:
    row = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: Invoice.objects.get(pk=row.pk).state == State.ACCEPTED)
    assert purchases.synchronise(connected).new == 0
    assert [one.issued_elsewhere for one in rows(connected)] == [False]


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.PROCESSING])
def test_one_on_its_way_learns_its_number_itself(connected: Any, state: State, sender: Worker) -> None:
    """Its answer was lost or is not there yet: KSeF lists the document before this program knows its number."""
    row = services.issue(connected, document(connected.nip))
    sell(connected, Buyer, documents=[row.entry.xml])
    if state != State.QUEUED:
        lifecycle.move(row, Step.SEND)
    if state == State.PROCESSING:
        lifecycle.move(row, Step.ARRIVE)
    assert purchases.synchronise(connected).new == 0
    (same,) = rows(connected)
    assert (same.state, same.entry.ksef_number) == (state, "")


def test_a_refused_one_that_another_program_sent_is_accepted(connected: Any) -> None:
    row = services.issue(connected, document(connected.nip))
    lifecycle.move(row, Step.REJECT, reason=Reason("no-permission"))
    sell(connected, Buyer, documents=[row.entry.xml])
    assert purchases.synchronise(connected).new == 1
    (same,) = rows(connected)
    assert (same.pk, same.state, same.entry.rejected) == (row.pk, State.ACCEPTED, False)
    assert same.entry.ksef_number
    assert not same.issued_elsewhere, "this program wrote it"


def test_a_number_that_is_taken_here_waits_by_name_until_it_is_free(connected: Any) -> None:
    draft = services.save_draft(connected, document(connected.nip, number="A/1"))
    other = document(connected.nip, number="A/1", **{"liczydło dębowe": "liczydło bukowe"})
    sell(connected, Buyer, documents=[other, document(connected.nip)])
    result = purchases.synchronise(connected)
    assert (result.new, result.set_aside) == (1, 1)
    row = SetAside.objects.get()
    assert row.reason is not None
    assert "A/1" in str(row.reason)
    assert again(connected).new == 0
    assert SetAside.objects.get().failures == 2
    services.delete_draft(draft)
    assert again(connected).new == 1
    assert not SetAside.objects.exists()
    assert IndexEntry.objects.filter(number="A/1").exclude(ksef_number="").count() == 1


def test_a_stranger_gets_nothing(connected: Any, stranger: Any, client: Any) -> None:
    sell(connected, Buyer, documents=[document(connected.nip)])
    purchases.synchronise(connected)
    (row,) = rows(connected)
    client.force_login(stranger)
    assert client.get(row.get_absolute_url()).status_code == 404
