"""The metadata query over HTTP: dates, filters, pages, the high water mark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from .conftest import Firm, problem, sha256, yesterday


def ask(firm: Firm, query: str = "", **changes: Any) -> httpx2.Response:
    """A question for the last day, unless ``changes`` say otherwise."""
    now = datetime.now(UTC)
    dates = {
        "dateType": "PermanentStorage",
        "from": (now - timedelta(days=1)).isoformat(),
        "to": (now + timedelta(hours=1)).isoformat(),
    } | changes.pop("dateRange", {})
    body = {"subjectType": "Subject1", "dateRange": dates} | changes
    return firm.post(f"/invoices/query/metadata{query}", body)


def found(firm: Firm, query: str = "", **changes: Any) -> list[str]:
    """Numbers of the invoices in the answer."""
    answer = ask(firm, query, **changes)
    assert answer.status_code == 200, answer.text
    return [invoice["invoiceNumber"] for invoice in answer.json()["invoices"]]


def test_one_invoice(firm: Firm) -> None:
    one = firm.issue(firm.open())
    answer = ask(firm).json()
    assert (answer["hasMore"], answer["isTruncated"]) == (False, False)
    (shown,) = answer["invoices"]
    assert shown["ksefNumber"] == one["ksefNumber"]
    assert (shown["netAmount"], shown["vatAmount"], shown["grossAmount"]) == (100.0, 23.0, 123.0)
    assert (shown["currency"], shown["invoiceType"], shown["invoicingMode"]) == ("PLN", "Vat", "Offline")
    assert shown["seller"] == {"nip": firm.nip, "name": "Sprzedawca"}
    assert shown["buyer"] == {"identifier": {"type": "Nip", "value": "1111111111"}, "name": "Nabywca"}
    assert shown["formCode"] == {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"}
    assert (shown["invoiceHash"], shown["issueDate"]) == (sha256(one["xml"]), yesterday())
    assert (shown["isSelfInvoicing"], shown["hasAttachment"]) == (False, False)


def test_pages(firm: Firm) -> None:
    session = firm.open()
    for i in range(11):
        firm.issue(session, number=str(i))
    assert found(firm, "?pageSize=10") == [str(i) for i in range(10)]
    assert ask(firm, "?pageSize=10").json()["hasMore"]
    assert found(firm, "?pageSize=10&pageOffset=1") == ["10"]
    assert not ask(firm, "?pageSize=10&pageOffset=1").json()["hasMore"]
    assert found(firm, "?pageSize=10&sortOrder=Desc") == [str(i) for i in range(10, 0, -1)]


def test_filters(firm: Firm, enter: Callable[..., Firm]) -> None:
    session, buyer = firm.open(), enter()
    first = firm.issue(session, number="A", gross="100.00")
    firm.issue(session, number="B", currency="EUR", buyer="<KodUE>DE</KodUE><NrVatUE>123456789</NrVatUE>")
    firm.issue(session, number="C", kind="UPR", buyer=f"<NIP>{buyer.nip}</NIP>")
    everything = ["A", "B", "C"]
    vat_ue = {"type": "VatUe", "value": "DE123456789"}
    for expected, filters in (
        (everything, {}),
        (["A"], {"ksefNumber": first["ksefNumber"]}),
        (["B"], {"invoiceNumber": "B"}),
        (["B"], {"currencyCodes": ["EUR", "USD"]}),
        (["A", "B"], {"invoiceTypes": ["Vat", "Kor"]}),
        (["C"], {"invoiceTypes": ["Upr"]}),
        (["A"], {"amount": {"type": "Brutto", "to": 100}}),
        (["B", "C"], {"amount": {"type": "Brutto", "from": 100.01}}),
        (everything, {"amount": {"type": "Netto", "from": 100, "to": 100}}),
        (everything, {"sellerNip": firm.nip}),
        ([], {"sellerNip": buyer.nip}),
        (["C"], {"buyerIdentifier": {"type": "Nip", "value": buyer.nip}}),
        (["B"], {"buyerIdentifier": vat_ue}),
        (everything, {"invoicingMode": "Offline"}),
        ([], {"invoicingMode": "Online"}),
        (everything, {"isSelfInvoicing": False, "hasAttachment": False, "formType": "FA"}),
        ([], {"isSelfInvoicing": True}),
        ([], {"hasAttachment": True}),
        ([], {"formType": "PEF"}),
        ([], {"subjectType": "Subject2"}),
    ):
        assert found(firm, **filters) == expected, filters
    assert found(buyer, subjectType="Subject2") == ["C"]
    assert found(buyer, subjectType="Subject1") == found(buyer, subjectType="Subject3") == []


def test_dates(firm: Firm) -> None:
    firm.issue(firm.open())
    noon = f"{yesterday()}T12:00:00+00:00"
    day = {"from": noon, "to": noon}
    assert found(firm, dateRange={"dateType": "Issue", **day}) == ["FV/1/2026"]
    assert found(firm, dateRange={"dateType": "Invoicing", **day}) == []
    assert found(firm, dateRange={"dateType": "Invoicing"}) == ["FV/1/2026"]
    assert ask(firm, dateRange={"dateType": "Issue"}).json()["permanentStorageHwmDate"] is None


def test_dates_without_an_offset_are_polish(firm: Firm) -> None:
    one = firm.issue(firm.open())
    stored = datetime.fromisoformat(one["permanentStorageDate"])
    local = stored.astimezone(ZoneInfo("Europe/Warsaw")).replace(tzinfo=None)
    for seconds, expected in ((1, []), (-1, ["FV/1/2026"])):
        start = (local + timedelta(seconds=seconds)).isoformat()
        assert found(firm, dateRange={"from": start, "to": None}) == expected


def test_the_high_water_mark(firm: Firm) -> None:
    one = firm.issue(firm.open())
    old = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="microseconds")
    mark = ask(firm, dateRange={"to": old}).json()["permanentStorageHwmDate"]
    assert datetime.fromisoformat(mark) == datetime.fromisoformat(old)
    mark = ask(firm).json()["permanentStorageHwmDate"]
    assert one["permanentStorageDate"] <= mark
    assert datetime.fromisoformat(mark) <= datetime.now(UTC)
    later = firm.issue(firm.open(), number="2")
    assert later["permanentStorageDate"] > mark
    upto = {"from": mark, "restrictToPermanentStorageHwmDate": True}
    assert found(firm, dateRange=upto) == ["2"]


def test_beyond_the_mark(firm: Firm) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    dates = {"from": tomorrow, "to": None, "restrictToPermanentStorageHwmDate": True}
    assert problem(ask(firm, dateRange=dates)) == (
        21183,
        "Zakres filtrowania wykracza poza dostępny zakres danych.",
        [
            "Parametr dateRange.from jest późniejszy niż PermanentStorageHwmDate przy włączonym"
            " restrictToPermanentStorageHwmDate."
        ],
    )


@pytest.mark.parametrize(
    ("query", "changes"),
    [
        ("?pageSize=9", {}),
        ("?pageSize=251", {}),
        ("?pageOffset=-1", {}),
        ("?pageSize=250&pageOffset=40", {}),
        ("?sortOrder=Up", {}),
        ("", {"subjectType": "Subject4"}),
        ("", {"dateRange": {"from": None}}),
        ("", {"dateRange": {"from": "2026-05-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}}),
        ("", {"dateRange": {"from": "2026-01-01T00:00:00Z", "to": "2026-04-12T00:00:00Z"}}),
        ("", {"ksefNumber": "x"}),
        ("", {"currencyCodes": ["zl"]}),
    ],
)
def test_wrong_questions(firm: Firm, query: str, changes: dict[str, Any]) -> None:
    assert problem(ask(firm, query, **changes))[0] == 21405


def test_a_hundred_days(firm: Firm) -> None:
    dates = {"from": "2026-01-01T00:00:00Z", "to": "2026-04-11T00:00:00Z"}
    assert found(firm, dateRange=dates) == []
    assert problem(ask(firm, dateRange={**dates, "to": "2026-04-11T00:00:00.0000001Z"}))[0] == 21405
