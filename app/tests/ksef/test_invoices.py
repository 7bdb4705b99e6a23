"""Metadata queries: pages, the limit of ten thousand, and the date up to which they are complete."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef import invoices
from liczydlo.ksef.conversation import Answer
from liczydlo.ksef.errors import Unavailable
from liczydlo.ksef.invoices import MetadataFilter, MetadataQuery

START = datetime(2026, 3, 1, tzinfo=UTC)
HWM = datetime(2026, 3, 2, 11, 59, tzinfo=UTC)


def entry(number: int, stored: datetime = HWM, **more: Any) -> dict[str, Any]:
    return {
        "ksefNumber": f"5265877635-20260301-{number:012X}-00",
        "invoiceNumber": f"FV/{number}",
        "issueDate": "2026-03-01",
        "invoicingDate": stored.isoformat(),
        "acquisitionDate": stored.isoformat(),
        "permanentStorageDate": stored.isoformat(),
        "seller": {"nip": "5265877635", "name": "Sprzedawca"},
        "buyer": {"identifier": {"type": "Nip", "value": "1111111111"}, "name": None},
        "netAmount": 100.10,
        "grossAmount": 123,
        "vatAmount": 22.90,
        "currency": "PLN",
        "invoicingMode": "Online",
        "invoiceType": "Vat",
        "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
        "isSelfInvoicing": False,
        "hasAttachment": False,
        "invoiceHash": "RpKwxKdRTFYZJ3GO/qlFyDaVsI3yc7iKnpl4Jd3gbfo=",
        **more,
    }


def page(entries: Iterable[dict[str, Any]], *, more: bool = False, truncated: bool = False) -> dict[str, Any]:
    return {
        "hasMore": more,
        "isTruncated": truncated,
        "permanentStorageHwmDate": HWM.isoformat(),
        "invoices": list(entries),
    }


def ask(script: Any, answers: list[Any], criteria: MetadataFilter) -> tuple[MetadataQuery, Any]:
    """A query whose every page is played from one script."""
    played = script(answers)
    waiting = list(answers)

    def one(conversation: Any) -> Any:
        single = script([waiting.pop(0)])
        result = single.play(conversation)
        played.requests += single.requests
        return result

    return MetadataQuery(one, criteria), played


def test_pages_are_followed_and_amounts_are_exact(script: Any) -> None:
    query, played = ask(
        script,
        [page([entry(1)], more=True), page([entry(2)])],
        MetadataFilter(subject="Subject2", date_from=START, until_hwm=True),
    )
    assert query.hwm is None
    value = list(query)
    assert [one.invoice_number for one in value] == ["FV/1", "FV/2"]
    assert query.hwm == HWM
    assert (value[0].net, value[0].gross, value[0].vat) == (Decimal("100.1"), Decimal(123), Decimal("22.9"))
    assert (value[0].buyer.kind, value[0].buyer.value, value[0].buyer.name) == ("Nip", "1111111111", None)
    assert [request.query["pageOffset"] for request in played.requests] == ["0", "1"]
    assert played.requests[0].json == {
        "subjectType": "Subject2",
        "dateRange": {
            "dateType": "PermanentStorage",
            "from": "2026-03-01T00:00:00+00:00",
            "restrictToPermanentStorageHwmDate": True,
        },
    }
    assert all(request.repeatable for request in played.requests)


def test_ten_thousand_are_followed_from_the_last_date_without_repeating(script: Any) -> None:
    middle = START + timedelta(hours=5)
    query, played = ask(
        script,
        [
            page([entry(1, START), entry(2, middle)], more=True, truncated=True),
            page([entry(2, middle), entry(3)]),
        ],
        MetadataFilter(subject="Subject1", date_from=START, date_to=HWM, seller_nip="5265877635"),
    )
    assert [one.invoice_number for one in query] == ["FV/1", "FV/2", "FV/3"]
    second = played.requests[1]
    assert second.query["pageOffset"] == "0"
    assert second.json["dateRange"]["from"] == middle.isoformat()
    assert second.json["dateRange"]["to"] == HWM.isoformat()
    assert second.json["sellerNip"] == "5265877635"


@pytest.mark.parametrize("entries", [[], [entry(1, START)]])
def test_a_query_that_cannot_go_on_stops(entries: list[Any], script: Any) -> None:
    query, _ = ask(
        script,
        [page(entries, more=True, truncated=True)],
        MetadataFilter(subject="Subject1", date_from=START),
    )
    with pytest.raises(Unavailable) as caught:
        list(query)
    assert caught.value.code == "unreadable-answer"


def test_every_part_of_an_entry_is_read(script: Any) -> None:
    original = {
        "invoicingDate": "2026-03-01T10:00:00+00:00",
        "acquisitionDate": "2026-03-01T10:00:01+00:00",
        "permanentStorageDate": "2026-03-01T10:00:02+00:00",
        "hashOfCorrectedInvoice": "AA==",
        "isSelfInvoicing": True,
        "buyer": {"identifier": {"type": "VatUe", "value": "DE1"}, "name": "Käufer"},
    }
    played = script([page([entry(1, **original), entry(2, hasAttachment=True)], more=True)])
    value = played.play(invoices.metadata_page(MetadataFilter(subject="Subject1", date_from=START), 3))
    assert (value.has_more, value.truncated, value.hwm) == (True, False, HWM)
    first, second = value.invoices
    assert (first.ksef_number, first.invoice_number) == ("5265877635-20260301-000000000001-00", "FV/1")
    assert (first.issue_date, first.invoicing_date) == (
        date(2026, 3, 1),
        datetime(2026, 3, 1, 10, tzinfo=UTC),
    )
    assert [moment - first.invoicing_date for moment in (first.acquired, first.stored)] == [
        timedelta(seconds=1),
        timedelta(seconds=2),
    ]
    assert (first.seller.kind, first.seller.value, first.seller.name) == ("Nip", "5265877635", "Sprzedawca")
    assert (first.buyer.kind, first.buyer.value, first.buyer.name) == ("VatUe", "DE1", "Käufer")
    assert (first.currency, first.mode, first.kind, first.form) == ("PLN", "Online", "Vat", "FA (3)")
    assert (first.self_invoicing, first.has_attachment) == (True, False)
    assert (second.self_invoicing, second.has_attachment) == (False, True)
    assert (first.corrected_sha256, second.corrected_sha256) == (b"\x00", None)
    assert first.sha256.hex()[:4] == "4692"
    (request,) = played.requests
    assert (request.method, request.path) == ("POST", "/invoices/query/metadata")
    assert request.query == {"sortOrder": "Asc", "pageOffset": "3", "pageSize": "250"}


def test_the_whole_filter_is_sent(script: Any) -> None:
    whole = MetadataFilter(
        subject="SubjectAuthorized",
        date_from=START,
        date_to=HWM,
        date_type="PermanentStorage",
        ksef_number="K",
        invoice_number="FV/1",
        seller_nip="5265877635",
    )
    assert whole.to_json() == {
        "subjectType": "SubjectAuthorized",
        "dateRange": {
            "dateType": "PermanentStorage",
            "from": START.isoformat(),
            "to": HWM.isoformat(),
            "restrictToPermanentStorageHwmDate": False,
        },
        "ksefNumber": "K",
        "invoiceNumber": "FV/1",
        "sellerNip": "5265877635",
    }


def test_the_earliest_mark_of_several_answers_counts(script: Any) -> None:
    """Up to it every answer was complete; an answer without a mark says nothing of it."""
    marks = [HWM, HWM - timedelta(hours=1), None, HWM + timedelta(hours=1)]
    answers = [
        {**page([entry(number)], more=number < 3), "permanentStorageHwmDate": mark and mark.isoformat()}
        for number, mark in enumerate(marks)
    ]
    query, _ = ask(script, answers, MetadataFilter(subject="Subject2", date_from=START, until_hwm=True))
    assert len(list(query)) == 4
    assert query.hwm == HWM - timedelta(hours=1)


@pytest.mark.parametrize(
    ("date_type", "begins"),
    [
        ("PermanentStorage", START + timedelta(hours=3)),
        ("Invoicing", START + timedelta(hours=1)),
        ("Issue", datetime(2026, 3, 4, tzinfo=UTC)),
    ],
)
def test_ten_thousand_are_followed_from_the_date_that_was_asked_about(
    date_type: Any, begins: datetime, script: Any
) -> None:
    last = entry(
        1,
        issueDate="2026-03-04",
        invoicingDate=(START + timedelta(hours=1)).isoformat(),
        acquisitionDate=(START + timedelta(hours=2)).isoformat(),
        permanentStorageDate=(START + timedelta(hours=3)).isoformat(),
    )
    criteria = MetadataFilter(
        subject="Subject3",
        date_from=START,
        date_to=HWM,
        date_type=date_type,
        until_hwm=True,
        ksef_number="K",
        invoice_number="FV/1",
        seller_nip="5265877635",
    )
    query, played = ask(script, [page([last], more=True, truncated=True), page([last])], criteria)
    assert [one.invoice_number for one in query] == ["FV/1"]
    assert played.requests[1].json == replace(criteria, date_from=begins).to_json(), "all else stays"


def test_a_document_is_asked_for_by_its_number(script: Any) -> None:
    played = script([Answer(body=b"<Faktura/>")])
    assert played.play(invoices.invoice("5265877635-20260301-000000000001-00")) == b"<Faktura/>"
    (request,) = played.requests
    assert (request.method, request.path) == ("GET", "/invoices/ksef/5265877635-20260301-000000000001-00")


def test_a_client_asks_for_what_it_was_told(server: Any, now: datetime) -> None:
    tokens = ksef.Tokens(
        access="a", access_valid_until=now + timedelta(1), refresh="r", refresh_valid_until=now + timedelta(1)
    )
    server.handlers = [httpx2.Response(200, json=page([entry(1)]))]
    query = server.client(tokens=tokens).query_metadata(
        "Subject1",
        START,
        HWM,
        "Invoicing",
        until_hwm=True,
        ksef_number="K",
        invoice_number="FV/1",
        seller_nip="5265877635",
    )
    assert server.requests == [], "nothing is asked before the first invoice is wanted"
    assert [one.invoice_number for one in query] == ["FV/1"]
    expected = MetadataFilter(
        subject="Subject1",
        date_from=START,
        date_to=HWM,
        date_type="Invoicing",
        until_hwm=True,
        ksef_number="K",
        invoice_number="FV/1",
        seller_nip="5265877635",
    )
    assert json.loads(server.requests[0].content) == expected.to_json()


def test_other_dates_are_not_restricted() -> None:
    dates = MetadataFilter(subject="Subject1", date_from=START, date_type="Issue").to_json()["dateRange"]
    assert "restrictToPermanentStorageHwmDate" not in dates


@pytest.mark.parametrize(
    "broken", [{"ksefNumber": None}, {"netAmount": "100"}, {"issueDate": "1.03.2026"}, {"seller": []}]
)
def test_a_broken_entry_is_an_unreadable_answer(broken: dict[str, Any], script: Any) -> None:
    conversation = invoices.metadata_page(MetadataFilter(subject="Subject1", date_from=START), 0)
    with pytest.raises(Unavailable) as caught:
        script([page([entry(1, **broken)])]).play(conversation)
    assert (caught.value.code, caught.value.answer_lost) == ("unreadable-answer", False)
