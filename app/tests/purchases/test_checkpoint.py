"""How far the program has looked: what it asks KSeF for, what it keeps of the answer, and when the mark moves."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from liczydlo import guards
from liczydlo.documents.models import IndexEntry
from liczydlo.ksef.errors import KsefError
from liczydlo.purchases import services
from liczydlo.purchases.filters import narrowed
from liczydlo.purchases.models import Checkpoint, ReceivedInvoice

from app.tests.purchases.test_pages import bought
from app.tests.purchases.test_synchronising import sell, seller
from app.tests.sales.world import Wire, new_nip

__all__ = ["seller"]

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def buyer_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every role goes the same way: ``test_packages`` has the others."""
    monkeypatch.setattr(services, "ROLES", (services.BUYER,))


class Lists:
    """KSeF's answers to metadata queries: each is a mark and the entries before it, or a fault."""

    def __init__(self, wire: Wire) -> None:
        self.answers: list[Any] = []
        self.requests: list[dict[str, Any]] = []
        wire.rules.append(self)

    def __call__(self, request: httpx2.Request) -> Any:
        if not request.url.path.endswith("/invoices/query/metadata"):
            return None
        self.requests.append(json.loads(request.content))
        answer = self.answers.pop(0)
        if isinstance(answer, httpx2.Response):
            return answer
        mark, entries = answer
        body = {"hasMore": False, "isTruncated": False, "invoices": entries}
        if mark is not None:
            body["permanentStorageHwmDate"] = mark.isoformat()
        return httpx2.Response(200, json=body)

    @property
    def windows(self) -> list[tuple[dt.datetime, dt.datetime | None]]:
        ranges = [request["dateRange"] for request in self.requests]
        ends = [each.get("to") for each in ranges]
        return [
            (dt.datetime.fromisoformat(each["from"]), dt.datetime.fromisoformat(end) if end else None)
            for each, end in zip(ranges, ends, strict=True)
        ]


@pytest.fixture
def lists(connected: Any, wire: Wire) -> Lists:
    return Lists(wire)


def listed_entry(company: Any, stored: dt.datetime, **columns: Any) -> dict[str, Any]:
    """KSeF's entry of an invoice that is here already."""
    entry = bought(company, f"<a>{stored}</a>".encode(), seller_name="Hurtownia Świt", **columns).entry
    moment = stored.isoformat()
    return {
        "ksefNumber": entry.ksef_number,
        "invoiceNumber": entry.number,
        "issueDate": entry.issue_date.isoformat(),
        "invoicingDate": moment,
        "acquisitionDate": moment,
        "permanentStorageDate": moment,
        "seller": {"nip": entry.seller_nip, "name": entry.seller_name},
        "buyer": {"identifier": {"type": "Nip", "value": company.nip}, "name": company.name},
        "netAmount": 1,
        "grossAmount": 1,
        "vatAmount": 0,
        "currency": "PLN",
        "invoicingMode": "Online",
        "invoiceType": "Vat",
        "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
        "isSelfInvoicing": False,
        "hasAttachment": False,
        "invoiceHash": "AA==",
    }


def set_checkpoint(company: Any, until: dt.datetime) -> None:
    """The program has looked up to there before."""
    Checkpoint.objects.create(
        company=company, environment=company.environment, subject="Subject2", until=until
    )


def until() -> dt.datetime:
    return Checkpoint.objects.get(subject="Subject2").until


def test_the_first_question_is_about_everything_since_ksef_began(connected: Any, lists: Lists) -> None:
    """1 February 2026 in Warsaw, as the buyer, by the date of permanent storage, up to KSeF's own mark."""
    lists.answers = [(None, [])] * 20
    services.synchronise(connected)
    assert lists.windows[-1][0] == dt.datetime(2026, 1, 31, 23, tzinfo=dt.UTC)
    assert lists.windows[0][1] is None, "the newest first, up to KSeF's own mark"
    for (start, _), (_, end) in itertools.pairwise(lists.windows):
        assert start == end, "windows touch"
    for request in lists.requests:
        assert request["subjectType"] == "Subject2"
        assert request["dateRange"]["dateType"] == "PermanentStorage"
        assert request["dateRange"]["restrictToPermanentStorageHwmDate"] is True


def test_the_mark_moves_to_what_ksef_guarantees_or_to_the_last_invoice(connected: Any, lists: Lists) -> None:
    """The later of the two; an answer that says neither moves nothing, and none moves it back. Hours from the mark."""
    begun = timezone.now() - DAY
    set_checkpoint(connected, begun)

    def hour(number: int) -> dt.datetime:
        return begun + dt.timedelta(hours=number)

    entries = {number: listed_entry(connected, hour(number)) for number in (1, 2, 3)}
    for mark, listed, expected in (
        (5, [1], 5),  # the last invoice is older than the mark
        (None, [1, 2], 2),
        (1, [3], 3),
        (None, [], 0),
        (-5, [], 0),
    ):
        Checkpoint.objects.update(until=begun, looked_at=None, covered_json=None)
        lists.answers = [(None if mark is None else hour(mark), [entries[number] for number in listed])]
        before = timezone.now()
        result = services.synchronise(connected)
        assert until() == result.until == hour(expected)
        assert (result.new, result.already_stored) == (0, len(listed))
        looked_at = Checkpoint.objects.get(subject="Subject2").looked_at
        assert looked_at is not None
        assert looked_at >= before


@pytest.mark.parametrize("ahead", [True, False])
def test_a_window_guarantees_no_more_than_its_end_and_ksefs_mark(
    ahead: bool, connected: Any, lists: Lists
) -> None:
    """Interrupted in the window before: the next run goes on there, from the earlier of the two."""
    begun = timezone.now() - 100 * DAY
    set_checkpoint(connected, begun)
    gap = begun, timezone.now() - 85 * DAY
    lists.answers = [(None, []), (gap[1] + DAY if ahead else gap[1] - DAY, [])]
    services.synchronise(connected)
    end = Checkpoint.objects.get(subject="Subject2").timeline[-1].end
    assert abs(end - (gap[1] if ahead else gap[1] - DAY)) < dt.timedelta(seconds=5)
    lists.answers = [(None, []), httpx2.Response(400, json={"title": "x", "status": 400, "detail": "x"})]
    Checkpoint.objects.update(looked_at=None)
    with pytest.raises(KsefError):
        services.synchronise(connected)
    assert Checkpoint.objects.get(subject="Subject2").looked_at is None, "this synchronisation was not whole"


def test_each_role_and_environment_has_a_mark_of_its_own(connected: Any, lists: Lists, stranger: Any) -> None:
    other = stranger.companies.get()
    for company, environment, subject in (
        (other, connected.environment, "Subject2"),
        (connected, "TEST", "Subject2"),
        (connected, connected.environment, "Subject1"),
    ):
        Checkpoint.objects.create(company=company, environment=environment, subject=subject, until=NOW)
    mark = timezone.now()
    lists.answers = [(mark, [])] * 10
    services.synchronise(connected)
    assert lists.windows[-1][0] == services.BEGINNING
    assert Checkpoint.objects.filter(until=NOW).count() == 3


def test_an_invoice_of_another_environment_or_firm_is_not_the_one_that_came(
    connected: Any, seller: Any, stranger: Any
) -> None:
    """The same KSeF number in another place hides nothing."""
    (xml,) = sell(seller, connected)
    services.synchronise(connected)
    number = IndexEntry.objects.get().ksef_number
    guards.remove(connection, "documents_indexentry")
    for place in ({"environment": "TEST"}, {"company": stranger.companies.get()}):
        IndexEntry.objects.update(**place)
        ReceivedInvoice.objects.update(**place)
        Checkpoint.objects.all().delete()
        assert services.synchronise(connected).new == 1
        entry = IndexEntry.objects.get(company=connected, environment=connected.environment)
        assert (entry.ksef_number, entry.xml) == (number, xml)
        ReceivedInvoice.objects.exclude(entry=entry).delete()
        IndexEntry.objects.exclude(pk=entry.pk).delete()
    guards.install(connection)


def test_documents_are_stored_as_soon_as_there_are_enough_of_them(
    connected: Any, seller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full chunk is stored before the next document is asked for, and each document once."""
    monkeypatch.setattr(services, "CHUNK", 2)
    sell(seller, connected, 4)
    set_checkpoint(connected, timezone.now() - DAY)
    steps: list[tuple[str, int]] = []
    result = services.synchronise(
        connected,
        step=lambda name: steps.append((name.removeprefix("receive."), ReceivedInvoice.objects.count())),
    )
    assert (result.new, result.already_stored) == (4, 0)
    assert steps == [
        ("ask", 0),
        *[("document", 0), ("document", 0), ("store", 0), ("stored", 2)],
        *[("document", 2), ("document", 2), ("store", 2), ("stored", 4)],
        *[("store", 4), ("stored", 4)],  # up to KSeF's mark
    ]


def test_a_row_says_what_ksef_lists(connected: Any, seller: Any) -> None:
    (xml,) = sell(seller, connected)
    services.synchronise(connected)
    row = ReceivedInvoice.objects.get()
    assert row.entry.xml == xml
    assert (row.environment, row.entry.kind, row.mode, row.entry.currency) == (
        connected.environment,
        "VAT",
        "Online",
        "PLN",
    )
    assert (row.entry.net, row.entry.vat, row.entry.gross) == (Decimal(150), Decimal(27), Decimal(177))
    assert (row.entry.seller_nip, row.entry.seller_name) == (seller.nip, "Żółta Łódź – Jan Gęśl")
    assert row.entry.buyer_name == "Kupiec „Świt” sp. z o.o."
    assert f"<P_2>{row.entry.number}</P_2>".encode() in xml
    assert row.entry.issue_date == timezone.localdate()
    assert abs(row.entry.acquired_at - timezone.now()) < dt.timedelta(minutes=5)
    assert row.stored_at >= row.entry.acquired_at - dt.timedelta(seconds=1)
    assert row.entry.ksef_number.startswith(f"{seller.nip}-")
    assert not row.entry.has_attachment


def shown(company: Any, **words: str) -> set[str]:
    query = QueryDict(mutable=True)
    query.update(words)
    return {row.ksef_number for row in narrowed(company, query)[1]}


def test_an_invoice_that_came_in_is_found_by_what_people_know_of_it(connected: Any, seller: Any) -> None:
    sell(seller, connected)
    services.synchronise(connected)
    row = ReceivedInvoice.objects.get()
    nip = seller.nip
    for text in (
        "żółta łódź", "JAN GĘŚL", row.entry.number, row.entry.number.lower()[:5], nip, f"PL{nip}",
        f" {nip[:3]}-{nip[3:6]}-{nip[6:8]}-{nip[8:]} ", row.entry.ksef_number, row.entry.ksef_number.lower(),
    ):  # fmt: skip
        assert shown(connected, q=text) == {row.entry.ksef_number}, text
    for text in ("kowalski", new_nip(), row.entry.ksef_number[:-2] + "00"):
        assert shown(connected, q=text) == set(), text


@pytest.fixture
def three(company: Any) -> list[str]:
    """Invoices of three days in a row, the first of them in another environment besides."""
    days = [dt.date(2026, 11, day) for day in (1, 2, 3)]
    rows = [listed_entry(company, NOW + DAY * at, issue_date=day) for at, day in enumerate(days)]
    listed_entry(company, NOW + 9 * DAY, issue_date=days[0], environment="TEST")
    return [row["ksefNumber"] for row in rows]


def test_days_are_narrowed_with_both_ends(company: Any, three: list[str]) -> None:
    first, second, third = three
    assert shown(company) == set(three), "of this environment alone"
    assert shown(company, od="2026-11-02") == {second, third}
    assert shown(company, do="2026-11-02") == {first, second}
    assert shown(company, od="2026-11-02", do="2026-11-02") == {second}
    assert shown(company, od="wczoraj") == set(three), "nonsense narrows nothing"
    assert shown(company, q="  ") == set(three)
