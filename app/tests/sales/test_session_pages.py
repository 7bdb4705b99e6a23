"""„Sesje w KSeF": how far each session is, its invoices with what to do, its collective UPO."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.urls import reverse
from django.utils import timezone
from liczydlo.ksef import packing, upo
from liczydlo.sales import services
from liczydlo.sales.models import BatchPart, Invoice, Session
from liczydlo.sales.progress import progress
from liczydlo.sales.sending import batches
from liczydlo.sales.states import State
from liczydlo.web import paging
from liczydlo.web.reasons import Reason

from app.tests.sales.test_limits import set_rates
from app.tests.sales.test_run import issue
from app.tests.sales.test_sending import fresh, from_another_program, settled
from app.tests.sales.world import Wire, Worker, document, once

pytestmark = pytest.mark.django_db


def address(company: Any, name: str = "sessions", *arguments: Any) -> str:
    return reverse(f"sales:{name}", args=[company.pk, *arguments])


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()  # type: ignore[no-any-return]


def session(company: Any, reference: str = "S-1", **columns: Any) -> Session:
    now = timezone.now()
    values = {"opened_at": now, "used_at": now, "valid_until": now + dt.timedelta(hours=12), **columns}
    return Session.objects.create(
        company=company, environment=company.environment, reference=reference, sealed_key=b"x", **values
    )


def inside(company: Any, where: Session, *states: str) -> list[Invoice]:
    rows = issue(company, len(states))
    for row, state in zip(rows, states, strict=True):
        Invoice.objects.filter(pk=row.pk).update(session=where, state=state)
    return rows


def test_counts_are_one_question_for_all(company: Any, django_assert_num_queries: Any) -> None:
    first = session(company, sent=6)
    inside(company, first, "accepted", "accepted", "rejected", "processing", "sending")
    second = session(company, "S-2", kind="batch", sent=2)
    for ordinal in (1, 2, 3):
        uploaded = timezone.now() if ordinal < 3 else None
        BatchPart.objects.create(
            company=company, session=second, ordinal=ordinal, size=1, sha256="", uploaded_at=uploaded,
            sealed_upload=b"x",
        )  # fmt: skip
    with django_assert_num_queries(3):
        one, two = progress(company, [first, second])
    assert (one.sent, one.accepted, one.refused, one.undecided, one.returned) == (6, 2, 1, 2, 1)
    assert (two.uploaded, two.parts, two.returned) == (2, 3, 2)


def test_a_killed_run_counts_too_little_and_the_page_does_not(company: Any) -> None:
    where = session(company, sent=0)
    inside(company, where, "accepted", "processing")
    assert progress(company, [where])[0].sent == 2


def test_a_package_with_its_refusal_and_receipt(
    connected: Any, owner: Any, browse: Any, sender: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "WORTHWHILE", 3)
    from_another_program(connected, document(connected.nip, number="FV/1"))
    rows = [
        *issue(connected, 3),
        services.issue(connected, document(connected.nip, number="FV/1", Prosta="Krzywa")),
    ]
    sender.until(connected, lambda: all(map(settled, rows)))
    client, where = browse(owner), Session.objects.get(kind="batch")
    listed = text_of(client.get(address(connected)))
    assert where.reference in listed and "Wsadowa" in listed and "Zamknięta" in listed
    shown = text_of(client.get(address(connected, "session", where.pk)))
    assert "z innym numerem" in shown, "what to do is on the row"
    assert fresh(rows[0]).entry.ksef_number in shown
    page = where.upo_pages.get()
    link = address(connected, "session_upo", where.pk, page.pk)
    assert link in shown
    assert len(upo.verify(client.get(link).content).documents) == 3


def test_a_session_that_ksef_broke_says_why(
    connected: Any, owner: Any, browse: Any, sender: Worker, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "WORTHWHILE", 3)
    monkeypatch.setattr(packing, "PART_SIZE", 600)
    rows = issue(connected, 4)
    wire.rules.append(once("PUT", "/1", httpx2.Response(403)))
    sender.until(connected, lambda: all(map(settled, rows)))
    where = Session.objects.get(kind="batch")
    (row,) = progress(connected, [where])
    assert where.broken and row.reason is not None and row.reason.code == "session-broken"
    client = browse(owner)
    assert "Przerwana" in text_of(client.get(address(connected)))
    shown = text_of(client.get(address(connected, "session", where.pk)))
    assert "KSeF przerwał tę sesję" in shown and "Wróciły do kolejki" in shown
    assert "Żadna faktura nie należy już do tej sesji" in shown


def test_no_session_yet_and_many(
    company: Any, owner: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(owner)
    assert "Nie było jeszcze żadnej sesji" in text_of(client.get(address(company)))
    monkeypatch.setitem(paging.page.__kwdefaults__, "size", 2)
    for number in range(3):
        session(company, f"S-{number}")
    first = client.get(address(company))
    assert "S-2" in text_of(first) and "S-0" not in text_of(first)
    assert "S-0" in text_of(client.get(address(company) + first.context["page"].older))


def test_who_may(company: Any, owner: Any, stranger: Any, member: Any, browse: Any) -> None:
    where = session(company, reason_json=Reason("session-broken").as_json(), broken=True)
    assert "S-1" in text_of(browse(member("viewer")).get(address(company, "session", where.pk)))
    other, theirs = browse(stranger), stranger.companies.get()
    for firm in (company, theirs):
        assert other.get(address(firm, "session", where.pk)).status_code == 404
        assert other.get(address(firm, "session_upo", where.pk, 1)).status_code == 404
    assert "S-1" not in text_of(other.get(address(theirs)))
    company.environment = "TEST"
    company.save()
    assert browse(owner).get(address(company, "session", where.pk)).status_code == 404


def test_when_the_hour_is_used_up_one_by_one_few_go_as_a_package(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    set_rates(connected, invoiceSend=2)
    before = issue(connected, 2)
    sender.until(connected, lambda: all(map(settled, before)))
    after = issue(connected)
    sender.until(connected, lambda: settled(after[0]))
    kinds = [fresh(one).session.kind for one in (*before, *after)]
    assert kinds == ["online", "online", "batch"]
    assert {fresh(one).state for one in after} == {State.ACCEPTED}
