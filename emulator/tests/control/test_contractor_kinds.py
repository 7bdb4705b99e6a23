"""Every kind that a contractor can issue: through the intake, found by whom it concerns, in its export."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ksef_emulator.config import Config
from ksef_emulator.control.contractors import scams
from ksef_emulator.control.contractors.amounts import account, in_words
from ksef_emulator.control.contractors.marks import Mark
from ksef_emulator.control.contractors.orders import KINDS
from ksef_emulator.control.contractors.people import FARMERS, SELLERS
from ksef_emulator.intake.identifiers import nip_checksum_holds
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import Running, running_emulator

from ..invoicing.conftest import Firm
from ..login.conftest import Door, code
from ..portal.conftest import Browser
from ..receiving.conftest import Receiver
from .test_contractors import adds_up, document, issue, received, value

BUYER = "7771234567"
OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "xsd"
FA3_KINDS = [kind for kind in KINDS if "RR" not in kind and "PEF" not in kind]
Enter = Callable[..., Firm]
SELLER = {"nip": SELLERS[0].nip}


def last(panel: Browser, door: Door, **body: Any) -> Any:
    """The XML of the last document of an order, all of which were accepted."""
    answer = issue(panel, **body)
    assert answer["refused"] == []
    return document(door, answer["invoices"][-1]["ksefNumber"])


def exported(firm: Firm) -> set[str]:
    """KSeF numbers of the documents in the buyer's package."""
    receiver = Receiver(firm=firm)
    files = receiver.files(receiver.package(filters={"subjectType": "Subject2"}))
    return {name.removesuffix(".xml") for name in files if name.endswith(".xml")}


def every(root: Any, name: str) -> list[str]:
    return [item.text for item in root.iterfind(f".//{{*}}{name}")]


class TestFa3:
    @pytest.mark.parametrize("kind", FA3_KINDS)
    def test_every_kind_reaches_its_buyer(self, kind: str, desk: Browser, door: Door, enter: Enter) -> None:
        answer = issue(desk, kind=kind, count=2, seller=SELLER)
        assert answer["refused"] == []
        assert [one["kind"] for one in answer["invoices"]][-2:] == [kind, kind]
        numbers = {one["ksefNumber"] for one in answer["invoices"]}
        buyer = enter(BUYER)
        assert {one["ksefNumber"] for one in received(buyer)} == numbers == exported(buyer)
        assert {one["ksefNumber"] for one in received(enter(SELLERS[0].nip), "Subject1")} == numbers
        for number in numbers:
            adds_up(document(door, number))

    def test_a_lower_price_and_a_smaller_quantity(self, desk: Browser, door: Door) -> None:
        for correction, name in (("price", "P_9A"), ("quantity", "P_8B")):
            root = last(desk, door, kind="KOR", correction=correction, seller=SELLER)
            before, after = (Decimal(text) for text in every(root, name))
            assert before > after
            worth_before, worth_after = (Decimal(text) for text in every(root, "P_11"))
            assert Decimal(value(root, "P_13_1")) == worth_after - worth_before
            assert every(root, "StanPrzed") == ["1"]

    def test_a_corrected_address(self, desk: Browser, door: Door) -> None:
        root = last(desk, door, kind="KOR", correction="data")
        assert value(root, "P_15") == "0.00"
        old = root.findtext(".//{*}Podmiot2K/{*}Adres/{*}AdresL1")
        assert root.findtext("{*}Podmiot2/{*}Adres/{*}AdresL1") == f"{old} lok. 5"

    def test_a_corrected_advance(self, desk: Browser, door: Door) -> None:
        root = last(desk, door, kind="KOR_ZAL", gross="1000.00")
        assert value(root, "P_15ZK") == "1000.00"
        assert Decimal(value(root, "P_15")) < 0
        rows = root.findall(".//{*}ZamowienieWiersz")
        before = [row for row in rows if row.find("{*}StanPrzedZ") is not None]
        assert len(before) * 2 == len(rows)

    def test_a_corrected_settlement(self, desk: Browser, door: Door) -> None:
        done = issue(desk, kind="KOR_ROZ", seller=SELLER)["invoices"]
        assert [one["kind"] for one in done] == ["ZAL", "ROZ", "KOR_ROZ"]
        assert value(document(door, done[2]["ksefNumber"]), "NrFaKorygowanej") == done[1]["number"]

    @pytest.mark.parametrize(
        ("mark", "name", "said"),
        [
            ("split-payment", "P_18A", "1"),
            ("reverse-charge", "P_18", "1"),
            ("margin", "P_PMarzy_3_1", "1"),
            ("paid", "Zaplacono", "1"),
            ("instalments", "WysokoscSkonta", "2%"),
            ("mixed-rates", "P_19", "1"),
        ],
    )
    @pytest.mark.parametrize("gross", [None, "9999.99"])
    def test_features(
        self, mark: str, name: str, said: str, gross: str | None, desk: Browser, door: Door
    ) -> None:
        root = last(desk, door, features=[mark], gross=gross, seller=SELLER)
        assert value(root, name) == said
        adds_up(root)
        if gross:
            assert value(root, "P_15") == gross

    def test_several_rates(self, desk: Browser, door: Door) -> None:
        root = last(desk, door, features=["mixed-rates", "instalments", "split-payment"], seller=SELLER)
        assert set(every(root, "P_12")) == {"23", "8", "5", "zw"}
        assert len(every(root, "Termin")) == 3

    @pytest.mark.parametrize("kind", ["VAT", "UPR", "ZAL", "ROZ", "KOR"])
    def test_another_currency(self, kind: str, desk: Browser, door: Door, enter: Enter) -> None:
        answer = issue(desk, kind=kind, currency="EUR", seller=SELLER)
        assert answer["refused"] == []
        (row,) = [
            one for one in received(enter(BUYER)) if one["ksefNumber"] == answer["invoices"][-1]["ksefNumber"]
        ]
        root = document(door, row["ksefNumber"])
        assert (row["currency"], value(root, "KodWaluty")) == ("EUR", "EUR")
        assert Decimal(value(root, "P_14_1W")) == pytest.approx(
            Decimal(value(root, "P_14_1")) * Decimal("4.2613"), abs=1
        )
        assert every(root, "KursWalutyZ" if kind == "ZAL" else "KursWaluty")[0] == "4.2613"

    def test_an_attachment_goes_in_a_batch(self, desk: Browser, door: Door, enter: Enter) -> None:
        (made,) = issue(desk, features=["attachment"], gross="123.00")["invoices"]
        (row,) = received(enter(BUYER))
        assert (row["ksefNumber"], row["hasAttachment"]) == (made["ksefNumber"], True)
        assert every(document(door, made["ksefNumber"]), "ZNaglowek") == ["Protokół odbioru"]

    def test_a_third_party_in_any_role(self, desk: Browser, door: Door, enter: Enter) -> None:
        third = "8567346215"
        for role in range(1, 12):
            root = last(desk, door, thirdParty=third, thirdPartyRole=role)
            assert value(root, "Rola") == str(role)
            assert bool(every(root, "RachunekBankowyFaktora")) is (role == 1)
        assert len(received(enter(third), "Subject3")) == 11

    def test_the_buyer_issues_in_the_sellers_name(self, desk: Browser, enter: Enter) -> None:
        done = issue(desk, features=["self-invoicing"], seller=SELLER)
        assert done["refused"] == []
        (row,) = received(enter(BUYER))
        assert row["isSelfInvoicing"] is True

    def test_but_not_for_a_firm_that_did_not_let_it(self, desk: Browser, door: Door) -> None:
        mine = {"nip": "5217994952", "name": "Moja firma"}
        order = {"features": ["self-invoicing"], "seller": mine, "buyer": SELLERS[0].nip}
        assert [one["code"] for one in issue(desk, **order)["refused"]] == [410]

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "VAT_BIS"},
            {"kind": "VAT_RR"},
            {"kind": "KOR_PEF"},
            {"form": "FA (2)"},
            {"form": "FA (4)"},
            {"buyer": "0000000000"},
            {"buyer": SELLERS[0].nip, "seller": SELLER},
            {"features": ["free"]},
            {"features": ["paid", "instalments"]},
            {"features": ["margin", "mixed-rates"]},
            {"features": ["margin"], "kind": "ZAL"},
            {"correction": "price"},
            {"correction": "price", "kind": "KOR", "gross": "1.00"},
            {"currency": "XXX"},
            {"currency": "USD", "kind": "UPR"},
            {"currency": "EUR", "kind": "UPR", "gross": "100.01"},
            {"thirdParty": "8567346215", "thirdPartyRole": 12},
            {"scam": "prince"},
            {"scam": "account", "kind": "KOR"},
        ],
    )
    def test_refusals(self, change: dict[str, Any], desk: Browser, door: Door) -> None:
        """Without schemas of the Ministry, as here, FA(3) only."""
        assert code(desk.http.post("/invoices", json={"buyer": BUYER} | change)) == 21405
        with door.emulator.store.transaction() as db:
            assert db.execute("SELECT COUNT(*) FROM sessions").fetchone()[0] == 0

    def test_which_kinds_there_are(self, desk: Browser) -> None:
        known = desk.http.get("/contractors").json()
        assert known["kinds"] == FA3_KINDS
        assert len(known["farmers"]) == len(FARMERS)


class TestScams:
    def test_a_changed_account(self, desk: Browser, door: Door) -> None:
        honest, scam = issue(desk, scam="account", seller=SELLER)["invoices"]
        assert value(document(door, honest["ksefNumber"]), "NrRB") == account(SELLERS[0].nip)
        changed = value(document(door, scam["ksefNumber"]), "NrRB")
        assert changed != account(SELLERS[0].nip)
        assert int(f"{changed[2:]}2521{changed[:2]}") % 97 == 1, "a right number all the same"

    def test_a_look_alike(self, desk: Browser) -> None:
        honest, scam = issue(desk, scam="look-alike", seller=SELLER)["invoices"]
        assert (honest["sellerName"][:7], scam["sellerName"][:8]) == ("Papirus", "Pappirus")
        assert scam["sellerNip"] != honest["sellerNip"]
        assert nip_checksum_holds(scam["sellerNip"])

    def test_doubles(self, desk: Browser, door: Door) -> None:
        honest, scam = issue(desk, scam="double-number", seller=SELLER)["invoices"]
        assert scam["number"] == honest["number"].replace("/", "-")
        assert (scam["gross"], scam["sellerNip"]) == (honest["gross"], honest["sellerNip"])
        honest, scam = issue(desk, scam="double-amount", seller=SELLER)["invoices"]
        assert scam["number"] != honest["number"]
        roots = [document(door, one["ksefNumber"]) for one in (honest, scam)]
        assert every(roots[0], "P_7") == every(roots[1], "P_7")
        assert scam["gross"] == honest["gross"]

    def test_a_stranger(self, desk: Browser, door: Door) -> None:
        (scam,) = issue(desk, scam="stranger")["invoices"]
        assert Decimal(scam["gross"]) > 20_000
        root = document(door, scam["ksefNumber"])
        assert "PILNE" in every(root, "Klucz")
        assert scam["sellerNip"] not in {seller.nip for seller in SELLERS}

    def test_every_contractors_number_is_spelt_in_two_ways(self) -> None:
        for seller in SELLERS:
            number = seller.numbers.format(n=12, month=11, year=2026)
            assert scams.respelt(number) != number

    def test_strangers_have_right_numbers(self) -> None:
        assert all(nip_checksum_holds(scams.stranger(random.Random(seed)).nip) for seed in range(50))


class TestByPage:
    DATA = {"buyer": BUYER, "count": "1", "thirdPartyRole": "2", "seller": SELLERS[0].nip}  # noqa: RUF012

    def test_what_the_form_offers(self, desk: Browser, door: Door) -> None:
        data = self.DATA | {
            "kind": "VAT",
            "form": "FA (3)",
            "currency": "EUR",
            "features": ["split-payment", "instalments"],
            "thirdParty": "PL 856-734-62-15",
        }
        page = desk.post("/panel/faktury", data=data).text
        assert "\u00a0EUR" in page
        (number,) = re.findall(r"\d{10}-\d{8}-[0-9A-F]{12}-[0-9A-F]{2}", page)
        root = document(door, number)
        assert (value(root, "P_18A"), value(root, "Rola"), len(every(root, "Termin"))) == ("1", "2", 3)

    def test_one_feature_and_a_scam(self, desk: Browser, door: Door) -> None:
        page = desk.post("/panel/faktury", data=self.DATA | {"scam": "look-alike"}).text
        assert "Pappirus" in page
        page = desk.post("/panel/faktury", data=self.DATA | {"features": "paid"}).text
        assert "dostała: 1 faktura" in page

    @pytest.mark.parametrize(
        ("change", "said", "english"),
        [
            ({"kind": "VAT_RR", "seller": ""}, "Schemy FA_RR (1) nie ma w emulatorze", ""),
            ({"kind": "XYZ"}, "Rodzaj: wybierz z listy", "Kind: choose from the list"),
            ({"features": ["paid", "free"]}, "Cechy faktury FA: wybierz z listy", "Features of FA: choose"),
            ({"thirdParty": "8567346216"}, "ostatnia jest sumą kontrolną", "the last one is a checksum"),
            ({"thirdParty": "8567346215", "thirdPartyRole": "12"}, "zakresu 1–11", "1–11"),
        ],
    )
    def test_refused_in_place(
        self, change: dict[str, Any], said: str, english: str, desk: Browser, door: Door
    ) -> None:
        answer = desk.post("/panel/faktury", data=self.DATA | change | {"buyer_name": "Zachowana"})
        assert answer.status_code == 400
        assert said in answer.text
        assert 'value="Zachowana"' in answer.text
        if "features" in change:
            assert re.search(r'value="paid"\s+checked', answer.text)
        assert english in desk.post("/panel/faktury?lang=en", data=self.DATA | change).text


@pytest.fixture(scope="module")
def with_schemas() -> Iterator[Running]:
    """An emulator that has all official schemas."""
    with running_emulator(Config(progress=AT_ONCE, rate_limits="off", schemas=OFFICIAL)) as running:
        yield running


@pytest.mark.shared
@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not beside the repository")
class TestOtherStructures:
    @pytest.fixture
    def door(self, with_schemas: Running) -> Iterator[Door]:
        with httpx2.Client(trust_env=False, timeout=20) as http:
            yield Door(running=with_schemas, http=http)

    @pytest.fixture
    def desk(self, with_schemas: Running) -> Iterator[Browser]:
        with_schemas.emulator.reset()
        with httpx2.Client(base_url=with_schemas.control_url, trust_env=False, timeout=20) as http:
            yield Browser(http=http)

    @pytest.mark.parametrize("kind", ["VAT_RR", "KOR_VAT_RR", "VAT_PEF", "KOR_PEF"])
    @pytest.mark.parametrize("gross", [None, "1234.56"])
    def test_reaches_its_parties(
        self, kind: str, gross: str | None, desk: Browser, door: Door, enter: Enter
    ) -> None:
        answer = issue(desk, kind=kind, count=2, gross=gross)
        assert answer["refused"] == []
        numbers = {one["ksefNumber"] for one in answer["invoices"]}
        buyer = enter(BUYER)
        assert {one["ksefNumber"] for one in received(buyer)} == numbers == exported(buyer)
        made = answer["invoices"][-1]
        assert made["kind"] == kind
        seller = received(enter(made["sellerNip"]), "Subject1")
        assert made["ksefNumber"] in {one["ksefNumber"] for one in seller}

    @pytest.mark.parametrize("kind", FA3_KINDS)
    def test_fa_2(self, kind: str, desk: Browser, enter: Enter) -> None:
        answer = issue(desk, kind=kind, form="FA (2)", features=["split-payment"])
        assert answer["refused"] == []
        assert {one["formCode"]["systemCode"] for one in received(enter(BUYER))} == {"FA (2)"}

    def test_all_marks_of_fa_2(self, desk: Browser) -> None:
        for mark in set(Mark) - {Mark.ATTACHMENT}:
            assert issue(desk, form="FA (2)", features=[mark])["refused"] == []

    def test_the_words_of_an_invoice_rr(self, desk: Browser, door: Door) -> None:
        root = last(desk, door, kind="VAT_RR", gross="107.00")
        assert (value(root, "P_11_1"), value(root, "P_11_2")) == ("100.00", "7.00")
        assert value(root, "P_12_2") == "sto siedem zł 00/100"

    def test_nobody_issues_for_a_farmer_who_did_not_let_it(self, desk: Browser) -> None:
        mine = {"nip": "5217994952", "name": "Gospodarstwo moje"}
        for kind in ("VAT_RR", "VAT_PEF"):
            assert [one["code"] for one in issue(desk, kind=kind, seller=mine)["refused"]] == [410]

    def test_all_kinds_are_there(self, desk: Browser) -> None:
        assert desk.http.get("/contractors").json()["kinds"] == list(KINDS)


@pytest.mark.parametrize(
    ("grosze", "words"),
    [
        (0, "zero zł 00/100"),
        (10_705, "sto siedem zł 05/100"),
        (
            123_456_789,
            "jeden milion dwieście trzydzieści cztery tysiące pięćset sześćdziesiąt siedem zł 89/100",
        ),
        (1_200_000, "dwanaście tysięcy zł 00/100"),
        (-100, "minus jeden zł 00/100"),
    ],
)
def test_in_words(grosze: int, words: str) -> None:
    assert in_words(grosze) == words
