"""Costs outside KSeF: typed in beside a scan, they live among the purchases, and change while nobody booked them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from liczydlo.audit.actions import Action
from liczydlo.audit.models import Entry
from liczydlo.documents import storage
from liczydlo.documents.models import IndexEntry, StoredFile
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.purchases import letters, lifecycle, reading, ties
from liczydlo.purchases.attachments import services as attachments
from liczydlo.purchases.models import Attachment, Event, ReceivedInvoice
from liczydlo.purchases.outside import services
from liczydlo.purchases.outside.forms import OutsideForm
from liczydlo.purchases.outside.services import NotChanged
from liczydlo.web import times

from app.tests.documents.test_kinds import PDF, png
from app.tests.purchases.test_attachments import upload
from app.tests.purchases.test_pages import address, bought, text_of
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
TYPED = {
    "kind": "VAT",
    "seller_name": "Hotel „Zum Löwen”",
    "country": "DE",
    "tax_id": "DE 123456789",
    "number": "RE/2026-77",
    "issue_date": "2026-03-02",
    "received_on": "2026-03-05",
    "currency": "eur",
    "net": "100",
    "vat": "7,00",
    "gross": "107.00",
    "payment_due": "2026-03-16",
    "account": "DE89 3704 0044 0532 0130 00",
    "category": "Delegacje",
    "concerns": "Jan",
    "note": "Targi",
}


def outside(company: Any, by: Any, content: bytes = PDF, **typed: str) -> ReceivedInvoice:
    """A cost that somebody typed in."""
    form = OutsideForm(TYPED | typed)
    assert form.is_valid(), form.errors
    file = storage.keep(company, content)
    return services.add(company, form.cleaned_data, [(file, "skan.pdf")], by=by)


def typed(**values: Any) -> dict[str, Any]:
    return {**TYPED, "files": upload("Rechnung.PDF", PDF), **values}


def test_a_cost_stands_on_the_list_with_the_rest(ala: Client, company: Any, owner: Any) -> None:
    bought(company)
    answer = ala.post(address("add", company), typed())
    row = ReceivedInvoice.objects.get(entry__ksef_number="")
    assert answer["Location"] == row.get_absolute_url()
    entry = row.entry
    assert (entry.number, entry.seller_nip, entry.seller_id, entry.currency) == (
        "RE/2026-77",
        "",
        "DE123456789",
        "EUR",
    )
    assert (entry.net, entry.vat, entry.gross, entry.document) == (100, None, 107, None)
    assert (entry.issue_date, entry.payment_due) == (dt.date(2026, 3, 2), dt.date(2026, 3, 16))
    assert timezone.localdate(entry.acquired_at) == dt.date(2026, 3, 5)
    assert (row.account, row.category, row.state, row.payment) == (
        "DE89370400440532013000",
        "Delegacje",
        "new",
        "due",
    )
    assert [(event.step, event.by) for event in row.events.all()] == [("add", owner), ("attach", owner)]
    shown = text_of(ala.get(address("list", company)))
    assert "RE/2026-77" in shown and "Poza KSeF</span>" in shown and "DE123456789" in shown and "D/1" in shown
    for query in (
        {"q": "zum lowen"},
        {"q": "107"},
        {"q": "re 2026 77"},
        {"skad": "outside"},
        {"platnosc": "overdue"},
        {"stan": "new", "sort": "due"},
        {"od": "2026-03-01", "do": "2026-03-31", "sort": "-seller"},
    ):
        assert "RE/2026-77" in text_of(ala.get(address("list", company), query)), query
    assert "D/1<" not in text_of(ala.get(address("list", company), {"skad": "outside"}))
    assert "RE/2026-77" not in text_of(ala.get(address("list", company), {"skad": "ksef"}))


def test_its_page_shows_the_paper_and_no_code_of_ksef(ala: Client, company: Any, owner: Any) -> None:
    row = outside(company, owner)
    shown = text_of(ala.get(row.get_absolute_url()))
    one = row.attachments.get()
    assert f'<iframe class="paper" src="{address("attachment", company, row.pk, one.pk)}"' in " ".join(
        shown.split()
    )
    assert "Poza KSeF" in shown and "107,00 EUR" in shown
    assert "KOD I" not in shown and "faktura.xml" not in shown and "Numer KSeF" not in shown
    for name in ("pdf", "xml"):
        assert ala.get(address(name, company, row.pk)).status_code == 404
    picture = outside(company, owner, png(), number="2")
    assert "<img" in text_of(ala.get(picture.get_absolute_url()))


def test_the_rest_of_a_purchases_life_is_the_same(ala: Client, company: Any, owner: Any) -> None:
    row = outside(company, owner)
    ala.post(address("move", company, row.pk), {"step": "check"})
    ala.post(
        address("pay", company, row.pk),
        {"payment": "part", "amount": "7", "paid_on": "2026-03-06", "seen": "0"},
    )
    ala.post(address("describe", company, row.pk), {"category": "Noclegi", "seen": "0"})
    ala.post(address("selected", company), {"action": "book", "all": "1", "query": "skad=outside"})
    row.refresh_from_db()
    assert (row.state, row.payment, row.paid_amount, row.category) == ("booked", "part", 7, "Noclegi")
    assert lifecycle.suggested_category(outside(company, owner, number="2", category="")) == "Noclegi"
    nobody = outside(company, owner, number="3", country="US", tax_id="")
    assert (
        lifecycle.suggested_category(
            outside(company, owner, number="4", country="US", tax_id="", category="")
        )
        == ""
    )
    assert (nobody.entry.seller_nip, nobody.entry.seller_id) == ("", "US")


def test_what_waits_for_documents_of_ksef_passes_it_by(company: Any, owner: Any, settings: Any) -> None:
    settings.LICZYDLO_SENDS_MAIL = True
    row = outside(company, owner)
    registry.enqueue(None, reading.ROUND)
    registry.run(Job.objects.get(name=reading.ROUND).pk)
    assert not Job.objects.filter(company=company, name=reading.READ_JOB, due_at__isnull=False).exists()
    named = ties.of(company, row.entry)
    assert not (named.referenced or named.corrections or named.settlements or named.changes)
    letters.set_frequency(company, owner, "each", now=times.now() - dt.timedelta(minutes=1))
    outside(company, owner, number="2")
    registry.enqueue(company.pk, letters.NAME)
    registry.run(Job.objects.get(name=letters.NAME).pk)
    assert not mail.outbox


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": " \u202e\u200b "}, "number"),
        ({"number": ""}, "number"),
        ({"number": "x" * 257}, "number"),
        ({"seller_name": "—"}, "seller_name"),
        ({"country": "Niemcy"}, "country"),
        ({"country": "D1"}, "country"),
        ({"currency": "zł"}, "currency"),
        ({"country": "PL", "tax_id": "5217994950"}, "tax_id"),
        ({"country": "FR", "tax_id": "ąę"}, "tax_id"),
        ({"issue_date": "2099-01-01"}, "issue_date"),
        ({"issue_date": "0026-01-01"}, "issue_date"),
        ({"issue_date": "wczoraj"}, "issue_date"),
        ({"received_on": ""}, "received_on"),
        ({"payment_due": "2999-01-01"}, "payment_due"),
        ({"account": "123"}, "account"),
        ({"gross": "108"}, "gross"),
        ({"gross": "", "vat": ""}, "gross"),
        ({"net": "", "gross": ""}, "gross"),
        ({"net": "", "vat": "", "gross": ""}, "gross"),
        ({"net": "-1", "vat": "1", "gross": "0"}, "gross"),
        ({"net": "0", "vat": "0", "gross": "0"}, "gross"),
        ({"gross": "sto"}, "gross"),
        ({"gross": "9" * 17, "net": "", "vat": ""}, "gross"),
        ({"kind": "ZAL"}, "kind"),
    ],
)
def test_what_is_wrong_is_refused_by_its_field_and_the_file_is_not_lost(
    ala: Client, company: Any, change: dict[str, str], field: str
) -> None:
    answer = ala.post(address("add", company), typed(**change))
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert not IndexEntry.objects.exists()
    assert f'name="kept" value="{StoredFile.objects.get().sha256}:Rechnung.pdf"' in text_of(answer)


def test_a_file_is_not_asked_for_twice(ala: Client, company: Any) -> None:
    ala.post(address("add", company), typed(gross="1"))
    kept = f"{StoredFile.objects.get().sha256}:zdj\u202e\u0119cie"
    answer = ala.post(address("add", company), {**TYPED, "kept": kept, "next": "1"})
    assert answer["Location"] == address("add", company)
    assert Attachment.objects.get().name == "zdjęcie.pdf"


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"kept": "0" * 64 + ":x"},
        {"kept": ""},
        {"kept": "\0:x"},
        {"files": upload("a.pdf", b"<html>%PDF-")},
    ],
)
def test_no_cost_without_a_paper(ala: Client, company: Any, files: dict[str, Any]) -> None:
    answer = ala.post(address("add", company), {**TYPED, **files})
    assert answer.status_code == 400 and not IndexEntry.objects.exists()
    assert 'value="RE/2026-77"' in text_of(answer)


def test_a_file_that_is_here_is_named_and_may_be_used_once_more(
    ala: Client, company: Any, owner: Any
) -> None:
    first = bought(company, number="D/7")
    file = storage.keep(company, PDF)
    attachments.attach(first, [(file, "skan.pdf")], by=owner)
    answer = ala.post(address("add", company), typed())
    assert (
        answer.status_code == 400 and "D/7" in text_of(answer) and first.get_absolute_url() in text_of(answer)
    )
    assert not ReceivedInvoice.objects.filter(entry__ksef_number="").exists()
    assert ala.post(address("add", company), typed(twice="1")).status_code == 302
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (("100", "23", ""), ("100", "23", "123")),
        (("", "23", "123"), ("100", "23", "123")),
        (("100", "", "123"), ("100", "23", "123")),
        (("", "", "49,99"), ("49.99", "0", "49.99")),
        (("-100", "-23", ""), ("-100", "-23", "-123")),
    ],
)
def test_two_amounts_are_enough(amounts: tuple[str, ...], expected: tuple[str, ...]) -> None:
    form = OutsideForm(
        {**TYPED, **dict(zip(("net", "vat", "gross"), amounts, strict=True)), "currency": "PLN"}
    )
    assert form.is_valid(), form.errors
    assert tuple(form.cleaned_data[name] for name in ("net", "vat", "gross")) == tuple(map(Decimal, expected))


def test_polish_vat_of_a_foreign_amount_is_typed(company: Any, owner: Any) -> None:
    assert outside(company, owner, vat_pln="30,10").entry.vat == Decimal("30.10")


def test_a_cost_is_changed(ala: Client, company: Any, owner: Any) -> None:
    row = outside(company, owner)
    place = address("edit", company, row.pk)
    shown = text_of(ala.get(place))
    assert 'value="123456789"' in shown and 'value="107,00"' in shown and 'value="2026-03-05"' in shown
    change = {**TYPED, "number": "RE/78", "country": "PL", "tax_id": "521-799-49-52", "seen": "0"}
    assert ala.post(place, change)["Location"] == row.get_absolute_url()
    row = ReceivedInvoice.objects.select_related("entry").get()
    assert (row.entry.number, row.entry.seller_nip, row.entry.seller_id) == ("RE/78", "5217994952", "")
    assert row.entry.words.startswith("re 78")
    event = Event.objects.get(step="edit")
    assert event.details["was"] == {"number": "RE/2026-77", "seller_nip": "", "seller_id": "DE123456789"}
    assert ala.post(place, {**change, "seen": str(event.pk)}).status_code == 302  # nothing is different
    assert Event.objects.filter(step="edit").count() == 1
    stale = ala.post(place, {**change, "number": "RE/79"})
    assert stale.status_code == 409 and 'value="RE/79"' in text_of(stale)
    assert ala.post(place, {**change, "gross": "1", "seen": str(event.pk)}).status_code == 400


def test_a_cost_is_deleted_with_its_files_and_the_log_says_what_it_was(
    ala: Client, company: Any, owner: Any
) -> None:
    row = outside(company, owner)
    answer = ala.post(address("delete", company, row.pk))
    assert answer["Location"] == address("list", company)
    assert not (IndexEntry.objects.exists() or Event.objects.exists() or StoredFile.objects.exists())
    entry = Entry.objects.get(action=Action.COST_DELETED)
    assert entry.by == owner and entry.details["name"] == "RE/2026-77, Hotel „Zum Löwen”, 107.00 EUR"
    assert ala.post(address("delete", company, row.pk)).status_code == 404


def test_what_is_booked_is_neither_changed_nor_deleted(ala: Client, company: Any, owner: Any) -> None:
    row = outside(company, owner)
    ReceivedInvoice.objects.update(state="booked")
    ala.post(address("edit", company, row.pk), {**TYPED, "number": "X", "seen": "0"})
    ala.post(address("delete", company, row.pk))
    ala.post(address("detach", company, row.pk, row.attachments.get().pk))
    assert IndexEntry.objects.get().number == "RE/2026-77" and Attachment.objects.exists()
    shown = text_of(ala.get(row.get_absolute_url()))
    assert address("edit", company, row.pk) not in shown and address("delete", company, row.pk) not in shown


def test_its_last_file_stays(ala: Client, company: Any, owner: Any) -> None:
    row = outside(company, owner)
    ala.post(address("detach", company, row.pk, row.attachments.get().pk))
    assert "musi mieć plik" in text_of(ala.get(row.get_absolute_url()))
    ala.post(address("attach", company, row.pk), {"files": upload("2.png", png())})
    ala.post(address("detach", company, row.pk, row.attachments.first().pk))
    assert [one.name for one in row.attachments.all()] == ["2.png"]


def test_an_invoice_from_ksef_is_no_such_cost(ala: Client, company: Any) -> None:
    row = bought(company)
    assert ala.get(address("edit", company, row.pk)).status_code == 404
    assert ala.post(address("edit", company, row.pk), TYPED).status_code == 404
    assert ala.post(address("delete", company, row.pk)).status_code == 404
    assert IndexEntry.objects.get().number == "D/1"


def test_others_add_and_change_nothing(
    company: Any, owner: Any, stranger: Any, member: Any, browse: Any
) -> None:
    row = outside(company, owner)
    theirs = stranger.companies.get()
    for client, place, status in (
        (browse(stranger), company, 404),
        (browse(stranger), theirs, 404),
        (browse(member("viewer")), company, 403),
    ):
        assert client.get(address("edit", place, row.pk)).status_code == status
        assert client.post(address("edit", place, row.pk), TYPED).status_code == status
        assert client.post(address("delete", place, row.pk)).status_code == status
        if place != theirs:
            assert client.get(address("add", place)).status_code == status
            assert client.post(address("add", place), typed(number="2")).status_code == status
    assert client.get(row.get_absolute_url()).status_code == 200  # the viewer's
    kept = f"{StoredFile.objects.get().sha256}:x"  # another firm's file is nobody's
    browse(stranger).post(address("add", theirs), {**TYPED, "kept": kept})
    assert ReceivedInvoice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_changes_a_cost(company: Any, owner: Any) -> None:
    row = outside(company, owner)
    form = OutsideForm(TYPED)
    assert form.is_valid()
    for turn in range(5):
        seen = at_once(partial(lifecycle.last_event, row, services.EDITS))[0]
        changes = [form.cleaned_data | {"number": f"{turn}/{one}"} for one in (1, 2)]
        outcomes = at_once(
            *(partial(services.edit, row, one, by=owner, last_seen_event=seen) for one in changes)
        )
        codes = sorted(one.code if isinstance(one, NotChanged) else str(one) for one in outcomes)
        assert codes == ["True", "changed"], outcomes
