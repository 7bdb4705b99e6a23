"""Metadata queries: pages, the limit of ten thousand, and the date up to which they are complete."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from liczydlo.ksef import invoices
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
    found = list(query)
    assert [one.invoice_number for one in found] == ["FV/1", "FV/2"]
    assert query.hwm == HWM
    assert (found[0].net, found[0].gross, found[0].vat) == (Decimal("100.1"), Decimal(123), Decimal("22.9"))
    assert (found[0].buyer.kind, found[0].buyer.value, found[0].buyer.name) == ("Nip", "1111111111", None)
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
