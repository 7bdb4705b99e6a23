"""Collective identifiers over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ksef_emulator.intake.identifiers import crc8
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.model.receiving import collective

from ..invoicing.conftest import Firm, problem

PATH = "/collective-identifiers"


def issued(firm: Firm, count: int, **options: Any) -> list[str]:
    """KSeF numbers of new invoices."""
    session = firm.open()
    first = options.pop("first", 0)
    return [firm.issue(session, number=f"FV/{first + i}", **options)["ksefNumber"] for i in range(count)]


def make(firm: Firm, *invoices: str | dict[str, Any]) -> str:
    body = [each if isinstance(each, dict) else {"ksefNumber": each} for each in invoices]
    answer = firm.post(PATH, {"invoices": body})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["collectiveIdentifierNumber"])


def query(firm: Firm, path: str = f"{PATH}/query", token: str = "", **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    body = {
        "dateCreatedFrom": (now - timedelta(days=1)).isoformat(),
        "dateCreatedTo": (now + timedelta(days=1)).isoformat(),
    }
    answer = firm.post(path, body | changes, headers={"x-continuation-token": token} if token else {})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def members(firm: Firm, *numbers: str) -> list[dict[str, Any]]:
    answer = firm.post(f"{PATH}/invoices?pageSize=500", {"collectiveIdentifierNumbers": numbers})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["invoices"])


def of_invoice(firm: Firm, ksef_number: str) -> list[str]:
    answer = firm.get(f"{PATH}/ksef/{ksef_number}")
    assert answer.status_code == 200, answer.text
    return [each["collectiveIdentifierNumber"] for each in answer.json()["collectiveIdentifiers"]]


def test_the_seller_makes_two_and_finds_them(firm: Firm) -> None:
    numbers = issued(firm, 5)
    first, second = make(firm, *numbers[:3]), make(firm, *numbers[3:])
    assert re.fullmatch(rf"{firm.nip}-IZ\d{{6}}-[0-9A-F]{{12}}-[0-9A-F]{{2}}", first)
    assert first[-2:] == crc8(first[:-3])
    shown = query(firm)["collectiveIdentifiers"]
    assert [each["collectiveIdentifierNumber"] for each in shown] == [second, first]
    assert [each["invoiceCount"] for each in shown] == [2, 3]
    assert all(each["createdInCurrentContext"] for each in shown)
    found = members(firm, first, second)
    assert [each["ksefNumber"] for each in found] == sorted(numbers, reverse=True)
    belongs = {each["ksefNumber"]: each["collectiveIdentifierNumber"] for each in found}
    assert belongs == {each: first if each in numbers[:3] else second for each in numbers}
    assert of_invoice(firm, numbers[0]) == [first]


def test_what_is_said_of_payments(firm: Firm, enter: Callable[..., Firm]) -> None:
    payer, other, stranger = enter(), enter(), enter()
    (one,) = issued(firm, 1, buyer=f"<NIP>{payer.nip}</NIP>")
    third = (
        f"<Podmiot3><DaneIdentyfikacyjne><NIP>{payer.nip}</NIP><Nazwa>Płatnik</Nazwa></DaneIdentyfikacyjne>"
        "<Adres><KodKraju>PL</KodKraju><AdresL1>Polna 3</AdresL1></Adres><Rola>6</Rola></Podmiot3>"
    )
    (two,) = issued(firm, 1, first=1, buyer=f"<NIP>{other.nip}</NIP>", third=third)
    payment = {"amount": 45.5, "currency": "PLN"}
    said = {"ksefNumber": one, "payment": payment, "description": "Zaliczka"}
    number = make(payer, said, two)
    for firm_of_invoice in (payer, firm):
        shown = {each["ksefNumber"]: each for each in members(firm_of_invoice, number)}
        assert shown[one] == said | {"collectiveIdentifierNumber": number, "detailsHidden": False}
        assert shown[two] == {
            "ksefNumber": two,
            "collectiveIdentifierNumber": number,
            "detailsHidden": False,
        }
    hidden = {each["ksefNumber"]: each for each in members(other, number)}
    assert hidden[one] == {"ksefNumber": one, "collectiveIdentifierNumber": number, "detailsHidden": True}
    assert hidden[two]["detailsHidden"] is False
    assert members(stranger, number) == []
    assert of_invoice(stranger, one) == []
    assert of_invoice(other, two) == of_invoice(firm, two) == [number]


def test_who_finds_what(firm: Firm, enter: Callable[..., Firm]) -> None:
    buyer = enter()
    numbers = issued(firm, 3, buyer=f"<NIP>{buyer.nip}</NIP>")
    sellers, buyers = make(firm, *numbers), make(buyer, *numbers[:2])

    def found(who: Firm, **changes: Any) -> list[str]:
        return [each["collectiveIdentifierNumber"] for each in query(who, **changes)["collectiveIdentifiers"]]

    assert found(firm) == [buyers, sellers]
    assert found(buyer) == [buyers]
    assert found(firm, createdInCurrentContext=True) == [sellers]
    assert found(firm, createdInCurrentContext=False) == [buyers]
    assert found(buyer, createdInCurrentContext=False) == []
    assert found(firm, collectiveIdentifierNumber=sellers) == [sellers]
    assert found(firm, invoiceCountFrom=3) == [sellers]
    assert found(firm, invoiceCountTo=2) == [buyers]
    assert found(firm, invoiceCountFrom=4) == []
    past = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    assert found(firm, dateCreatedFrom=past, dateCreatedTo=past) == []
    assert found(enter()) == []


def test_pages(firm: Firm) -> None:
    numbers = issued(firm, 12)
    made = [make(firm, *numbers) for _ in range(11)]
    first = query(firm)
    assert len(first["collectiveIdentifiers"]) == 10
    second = query(firm, token=first["continuationToken"])
    assert "continuationToken" not in second
    shown = [*first["collectiveIdentifiers"], *second["collectiveIdentifiers"]]
    assert [each["collectiveIdentifierNumber"] for each in shown] == made[::-1]
    seen: list[tuple[str, str]] = []
    token = ""
    while True:
        answer = firm.post(
            f"{PATH}/invoices?pageSize=50",
            {"collectiveIdentifierNumbers": made[:10]},
            headers={"x-continuation-token": token} if token else {},
        ).json()
        seen += [(each["ksefNumber"], each["collectiveIdentifierNumber"]) for each in answer["invoices"]]
        token = answer.get("continuationToken", "")
        if not token:
            break
    assert seen == sorted(((n, m) for n in numbers for m in made[:10]), reverse=True)
    page = firm.get(f"{PATH}/ksef/{numbers[0]}").json()
    rest = firm.get(
        f"{PATH}/ksef/{numbers[0]}", headers={"x-continuation-token": page["continuationToken"]}
    ).json()
    assert [each["collectiveIdentifierNumber"] for each in rest["collectiveIdentifiers"]] == made[:1]


def test_refusals(firm: Firm, enter: Callable[..., Firm], monkeypatch: pytest.MonkeyPatch) -> None:
    buyer, other = enter(), enter()
    one, two = issued(firm, 2, buyer=f"<NIP>{buyer.nip}</NIP>")
    (foreign,) = issued(other, 1, buyer=f"<NIP>{buyer.nip}</NIP>")

    def refused(who: Firm, *numbers: str) -> tuple[int, str, list[str]]:
        return problem(who.post(PATH, {"invoices": [{"ksefNumber": each} for each in numbers]}))

    assert refused(firm, one, two, one) == (
        71005,
        "Powtórzony numer KSeF w żądaniu.",
        [f"Powtórzony numer KSeF {one}."],
    )
    missing = f"{firm.nip}-20260612-6310EC800000-DA"
    for who, numbers, which in ((firm, (one, missing), missing), (firm, (one, foreign), foreign)):
        assert refused(who, *numbers) == (
            71001,
            "Faktura o podanym identyfikatorze nie istnieje.",
            [f"Faktura o numerze KSeF {which} nie została znaleziona."],
        )
    assert refused(buyer, one, foreign, two) == (
        71004,
        "Faktury mają różnych sprzedawców.",
        [f"Faktura o numerze KSeF {foreign} ma innego sprzedawcę."],
    )
    monkeypatch.setattr(collective, "MOST_OF_INVOICE", 1)
    make(firm, one, two)
    assert refused(firm, one, two)[0] == 71002
    make(buyer, one, two)
    assert refused(firm, one)[0] == 21405


def test_wrong_requests(firm: Firm) -> None:
    numbers = issued(firm, 3)
    emulator = firm.door.emulator
    for path, body, headers in (
        (PATH, {"invoices": [{"ksefNumber": "x"}, {"ksefNumber": numbers[0]}]}, {}),
        (PATH, {}, {}),
        (f"{PATH}/query", {"dateCreatedFrom": "2026-01-01T00:00:00Z"}, {}),
        (f"{PATH}/query", {"dateCreatedFrom": "2026-01-02", "dateCreatedTo": "2026-01-01"}, {}),
        (
            f"{PATH}/query",
            {"dateCreatedFrom": "2026-01-01T00:00:00Z", "dateCreatedTo": "2026-05-01T00:00:00Z"},
            {},
        ),
        (f"{PATH}/invoices", {"collectiveIdentifierNumbers": ["x"] * 11}, {}),
        (f"{PATH}/invoices?pageSize=501", {"collectiveIdentifierNumbers": []}, {}),
    ):
        assert problem(firm.post(path, body, headers=headers))[0] == 21405, (path, body)
    limits = emulator.limits.context(Context.of_nip(firm.nip))
    emulator.limits.set_context(Context.of_nip(firm.nip), type(limits)(collective=2))
    body = {"invoices": [{"ksefNumber": each} for each in numbers]}
    assert problem(firm.post(PATH, body))[0] == 21405
    for token in ("?", "W10=", "WzEsMl0=", "WyJhIiwiYiJd"):
        answer = firm.get(f"{PATH}/ksef/{numbers[0]}", headers={"x-continuation-token": token})
        assert problem(answer)[:2] == (21418, "Przesłany token kontynuacji jest nieprawidłowy.")
    assert firm.post(f"{PATH}/invoices", {"collectiveIdentifierNumbers": ["x"]}).json() == {"invoices": []}


def test_nobody(firm: Firm) -> None:
    nobody = Firm(door=firm.door, nip=firm.nip, token="none")
    assert nobody.post(PATH, {"invoices": []}).status_code == 401
    assert nobody.get(f"{PATH}/ksef/{firm.nip}-20260612-6310EC800000-DA").status_code == 401
