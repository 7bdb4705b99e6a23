"""Contractors issue invoices to a firm: real documents, through the intake, found by the buyer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from ksef_emulator.control.contractors.amounts import account, from_gross, from_net, zloty
from ksef_emulator.control.contractors.people import SELLERS
from ksef_emulator.intake.identifiers import nip_checksum_holds
from lxml import etree

from ..invoicing.conftest import Firm
from ..login.conftest import Door, code
from ..portal.conftest import Browser

BUYER = "7771234567"
PAGE = "/panel/faktury"
Enter = Callable[..., Firm]


def issue(desk: Browser, **body: Any) -> Any:
    """By JSON."""
    answer = desk.http.post("/invoices", json={"buyer": BUYER} | body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def received(firm: Firm, role: str = "Subject2") -> list[Any]:
    """What the firm's metadata query finds in a role."""
    now = firm.door.emulator.clock.now()
    dates = {
        "dateType": "PermanentStorage",
        "from": (now - timedelta(days=1)).isoformat(),
        "to": (now + timedelta(hours=1)).isoformat(),
    }
    answer = firm.post("/invoices/query/metadata?pageSize=250", {"subjectType": role, "dateRange": dates})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["invoices"])


def document(door: Door, number: str) -> Any:
    """The XML of an invoice."""
    entry = door.emulator.invoices.by_ksef_number(number)
    return etree.fromstring(door.emulator.invoices.document(entry))


def value(root: Any, name: str) -> str:
    return str(root.findtext(f".//{{*}}{name}"))


class TestByJson:
    def test_each_party_finds_it_in_its_own_role(self, desk: Browser, enter: Enter) -> None:
        third, authorised = "8567346215", "5265877635"
        seller = {"nip": "1111111111", "name": "Sprzedawca sp. z o.o."}
        (made,) = issue(desk, seller=seller, thirdParty=third, authorised=authorised)["invoices"]
        parties = {
            "Subject1": "1111111111",
            "Subject2": BUYER,
            "Subject3": third,
            "SubjectAuthorized": authorised,
        }
        for nip in parties.values():
            firm = enter(nip)
            seen = {role: [one["ksefNumber"] for one in received(firm, role)] for role in parties}
            assert {role for role, numbers in seen.items() if made["ksefNumber"] in numbers} == {
                role for role, party in parties.items() if party == nip
            }

    def test_found_by_the_buyer(self, desk: Browser, door: Door, enter: Enter) -> None:
        done = issue(desk, count=30)
        assert len(done["invoices"]) == 30
        assert done["refused"] == []
        inbox = received(enter(BUYER))
        assert {invoice["ksefNumber"] for invoice in inbox} == {
            invoice["ksefNumber"] for invoice in done["invoices"]
        }
        assert len({invoice["seller"]["name"] for invoice in inbox}) > 3, "lifelike: various contractors"
        assert len({invoice["grossAmount"] for invoice in inbox}) > 20, "and amounts"
        assert all(invoice["buyer"]["name"] == "Anna Nowak" for invoice in inbox)
        assert all(invoice["invoicingMode"] == "Online" for invoice in inbox)

    def test_dated_by_the_emulators_clock(self, desk: Browser, door: Door) -> None:
        door.emulator.clock.set(datetime(2027, 2, 1, 23, 30, tzinfo=UTC))
        (one,) = issue(desk)["invoices"]
        assert one["date"] == "2027-02-02"
        assert one["ksefNumber"][11:19] == "20270202"

    @pytest.mark.parametrize("kind", ["VAT", "UPR", "ZAL"])
    @pytest.mark.parametrize("gross", ["0.01", "1.00", "123.45", "400.01"])
    def test_amounts_to_the_grosz(self, kind: str, gross: str, desk: Browser, door: Door) -> None:
        done = issue(desk, kind=kind, gross=gross, count=3)
        assert [invoice["gross"] for invoice in done["invoices"]] == [gross] * 3
        for invoice in done["invoices"]:
            adds_up(document(door, invoice["ksefNumber"]))

    def test_various_amounts_add_up(self, desk: Browser, door: Door) -> None:
        for kind in ("VAT", "UPR", "ZAL", "ROZ"):
            for invoice in issue(desk, kind=kind, count=10)["invoices"]:
                adds_up(document(door, invoice["ksefNumber"]))

    def test_simplified_ones_stay_simple(self, desk: Browser) -> None:
        done = issue(desk, kind="UPR", count=40)
        assert all(Decimal(invoice["gross"]) <= 450 for invoice in done["invoices"])
        refused = desk.http.post("/invoices", json={"buyer": BUYER, "kind": "UPR", "gross": "450.01"})
        assert code(refused) == 21405

    def test_a_settlement_names_its_advance(self, desk: Browser, door: Door) -> None:
        advance, settlement = issue(desk, kind="ROZ", gross="1000.00")["invoices"]
        assert (advance["kind"], settlement["kind"]) == ("ZAL", "ROZ")
        assert Decimal(advance["gross"]) + Decimal(settlement["gross"]) == 1000
        root = document(door, settlement["ksefNumber"])
        assert value(root, "NrKSeFFaZaliczkowej") == advance["ksefNumber"]

    def test_a_correction_of_the_newest(self, desk: Browser, door: Door) -> None:
        seller = {"nip": SELLERS[0].nip}
        (original,) = issue(desk, seller=seller, gross="500.00")["invoices"]
        (correction,) = issue(desk, seller=seller, kind="KOR")["invoices"]
        assert correction["gross"] == "-50.00"
        root = document(door, correction["ksefNumber"])
        assert value(root, "NrKSeFFaKorygowanej") == original["ksefNumber"]
        assert value(root, "NrFaKorygowanej") == original["number"]

    def test_a_correction_of_nothing_begins_with_an_invoice(self, desk: Browser) -> None:
        made = issue(desk, kind="KOR", gross="10.00", seller={"nip": SELLERS[1].nip})["invoices"]
        assert [(item["kind"], item["gross"]) for item in made] == [("VAT", "100.00"), ("KOR", "-10.00")]

    def test_somebody_elses_firm_sells(self, desk: Browser) -> None:
        seller = {"nip": "5217994952", "name": "Ćma & Syn <s.c.>"}
        (one,) = issue(desk, seller=seller)["invoices"]
        assert (one["sellerNip"], one["sellerName"]) == ("5217994952", "Ćma & Syn <s.c.>")

    def test_numbers_never_meet(self, desk: Browser) -> None:
        seller = {"nip": SELLERS[2].nip}
        numbers = [
            invoice["number"] for _ in range(3) for invoice in issue(desk, seller=seller, count=4)["invoices"]
        ]
        assert len(set(numbers)) == 12

    def test_whatever_work_takes(self, desk: Browser, door: Door) -> None:
        """Slow progress and a stuck fault are for the one who trains, not for the contractor."""
        desk.http.put("/progress", json={"polls": 5})
        door.emulator.faults.set("invoice-stuck")
        assert len(issue(desk, count=2)["invoices"]) == 2

    def test_a_lag_holds_them_back(self, desk: Browser, door: Door, enter: Enter) -> None:
        firm = enter(BUYER)
        desk.http.put("/high-water-mark", json={"lag": 3600})
        issue(desk)
        assert received(firm) == []

    def test_a_session_that_takes_none(self, desk: Browser, door: Door) -> None:
        seller = {"nip": SELLERS[0].nip}
        issue(desk, seller=seller)
        door.emulator.faults.set("session-cooldown")
        refused = desk.http.post("/invoices", json={"buyer": BUYER, "seller": seller})
        assert refused.status_code == 400
        assert "415" in refused.text

    @pytest.mark.parametrize(
        "change",
        [
            {"buyer": "1"},
            {"count": 0},
            {"count": 1001},
            {"gross": "0"},
            {"gross": "1.001"},
            {"seller": {"name": "Ala"}},
            {"colour": "red"},
        ],
    )
    def test_refusals(self, change: dict[str, Any], desk: Browser, door: Door) -> None:
        assert code(desk.http.post("/invoices", json={"buyer": BUYER} | change)) == 21405

    def test_described(self, desk: Browser) -> None:
        paths = desk.http.get("/openapi.json").json()["paths"]
        assert "post" in paths["/invoices"]
        assert "put" in paths["/latarnia/silence"]
        assert not any(path.startswith("/panel") for path in paths)
        sellers = desk.http.get("/contractors").json()["sellers"]
        assert len(sellers) == len(SELLERS)


class TestByPage:
    def test_a_thousand(self, desk: Browser, door: Door) -> None:
        answer = desk.post(PAGE, data={"buyer": "777-123-45-67", "kind": "VAT", "count": "1000"})
        assert "dostała: 1000 faktur" in answer.text
        assert "Tu widać najnowsze 50" in answer.text
        with door.emulator.store.transaction() as db:
            assert db.execute("SELECT COUNT(*) FROM register").fetchone()[0] == 1000

    def test_from_another_firm(self, desk: Browser) -> None:
        data = {
            "buyer": BUYER,
            "buyer_name": "Ja & Spółka",
            "seller": "inny",
            "seller_nip": "5217994952",
            "seller_name": "Ćma",
            "gross": "1 234,50",
            "count": "1",
        }
        page = desk.post(PAGE, data=data).text
        assert "Ćma" in page
        assert "1\u202f234,50\u00a0zł" in page

    @pytest.mark.parametrize(
        "change",
        [
            {"buyer": "7771234568"},
            {"count": "1001"},
            {"count": ""},
            {"gross": "-1"},
            {"gross": "1,001"},
            {"gross": "dużo"},
            {"kind": "UPR", "gross": "451"},
            {"seller": "inny", "seller_name": "Ala"},
            {"seller": "inny", "seller_nip": "5217994952"},
            {"seller": "inny", "seller_nip": BUYER, "seller_name": "Ja"},
        ],
    )
    def test_refused_in_place(self, change: dict[str, str], desk: Browser, door: Door) -> None:
        data = {"buyer": BUYER, "buyer_name": "Zachowana", "count": "1"} | change
        answer = desk.post(PAGE, data=data)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert 'value="Zachowana"' in answer.text
        with door.emulator.store.transaction() as db:
            assert db.execute("SELECT COUNT(*) FROM register").fetchone()[0] == 0


def adds_up(root: Any) -> None:
    """Lines come to the totals; net and VAT to what is due."""
    totals = {name: Decimal(value(root, name)) for name in ("P_15",)}
    nets = [Decimal(line.text) for line in root.iterfind(".//{*}Fa/*") if "}P_13_" in line.tag]
    taxes = [Decimal(line.text) for line in root.iterfind(".//{*}Fa/*") if "}P_14_" in line.tag]
    assert sum(nets) + sum(taxes) == totals["P_15"]
    lines = root.findall(".//{*}FaWiersz")
    for line in lines:
        price, whole = (line.findtext(f"{{*}}{name}") for name in ("P_9A", "P_11"))
        gross_price, gross = (line.findtext(f"{{*}}{name}") for name in ("P_9B", "P_11A"))
        times = Decimal(line.findtext("{*}P_8B"))
        assert times * Decimal(price or gross_price) == Decimal(whole or gross)
    if value(root, "RodzajFaktury") in ("VAT", "UPR"):
        from_net_lines = [line.findtext("{*}P_11") for line in lines]
        from_gross_lines = [line.findtext("{*}P_11A") for line in lines]
        if all(from_net_lines):
            assert sum(map(Decimal, from_net_lines)) == sum(nets)
        elif all(from_gross_lines):
            assert sum(map(Decimal, from_gross_lines)) == totals["P_15"]
    order = root.find(".//{*}Zamowienie")
    if order is not None:
        rows = [row for row in order.iterfind("{*}ZamowienieWiersz") if row.find("{*}StanPrzedZ") is None]
        parts = [line.text for row in rows for line in row if "P_11" in line.tag]
        assert sum(map(Decimal, parts)) == Decimal(order.findtext("{*}WartoscZamowienia"))


class TestArithmetic:
    @pytest.mark.parametrize("rate", [5, 8, 23])
    def test_any_gross_is_reached(self, rate: int) -> None:
        for gross in range(1, 3000):
            entry = from_gross(gross, rate)
            assert entry.gross == gross
            assert entry.from_gross or from_net(entry.net, rate) == entry

    def test_below_zero(self) -> None:
        assert from_gross(-12345, 23).gross == -12345
        assert zloty(-5) == "-0.05"

    def test_identifiers_hold(self) -> None:
        assert all(nip_checksum_holds(seller.nip) for seller in SELLERS)
        for seller in SELLERS:
            number = account(seller.nip)
            assert len(number) == 26
            assert int(f"{number[2:]}2521{number[:2]}") % 97 == 1
