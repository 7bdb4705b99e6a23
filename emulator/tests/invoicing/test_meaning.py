"""What a document says: the facts that are read out of it, and the rules of meaning in the order that KSeF answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from ksef_emulator.intake.examine import READERS, Rules, examine
from ksef_emulator.intake.facts import Facts, Party
from ksef_emulator.intake.facts_fa import read_fa, read_rr
from ksef_emulator.intake.refusals import Refusal
from ksef_emulator.intake.schemas import FA3, FORM_CODES, Schemas
from ksef_emulator.pages.reading import read
from lxml import etree

from .conftest import BUYER, SELLER, fa3
from .test_forms import RR

SCHEMAS = Schemas()
RULES = Rules(form=FA3, day=date(2026, 11, 23), may_issue=lambda _: True, consented=lambda _: True)
STRICT = replace(RULES, verify_identifiers=True)
GOOD_NIP, WRONG_NIP = "7980332920", "7980332921"


def third(identifier: str, role: str = "<Rola>2</Rola>") -> str:
    return f"<Podmiot3><DaneIdentyfikacyjne>{identifier}<Nazwa>Trzeci</Nazwa></DaneIdentyfikacyjne>{role}</Podmiot3>"


def authorized(nip: str) -> str:
    return (
        f"<PodmiotUpowazniony><DaneIdentyfikacyjne><NIP>{nip}</NIP><Nazwa>Organ</Nazwa></DaneIdentyfikacyjne>"
        "<Adres><KodKraju>PL</KodKraju><AdresL1>Sądowa 1</AdresL1></Adres><RolaPU>3</RolaPU></PodmiotUpowazniony>"
    )


def facts(**parts: Any) -> Facts:
    return examine(fa3(**parts), RULES, SCHEMAS)


def refused(xml: bytes, rules: Rules = RULES) -> Refusal:
    with pytest.raises(Refusal) as caught:
        examine(xml, rules, SCHEMAS)
    return caught.value


class TestFacts:
    @pytest.mark.parametrize("self_invoicing", [True, False])
    def test_self_invoicing_is_p_17(self, self_invoicing: bool) -> None:
        assert facts(self_invoicing=self_invoicing).self_invoicing is self_invoicing

    def test_all_rates_are_summed(self) -> None:
        result = facts(
            amounts="<P_13_1>100.00</P_13_1><P_14_1>23.00</P_14_1><P_13_2>10.00</P_13_2><P_14_2>0.80</P_14_2>"
            "<P_13_7>5.05</P_13_7>",
            gross="138.85",
        )
        assert (result.net, result.vat, result.gross) == (11505, 2380, 13885)

    def test_vat_in_pln_where_some_rates_have_it(self) -> None:
        """P_14_xW replaces P_14_x of its own rate and no other."""
        result = facts(
            currency="EUR",
            amounts="<P_13_1>100.00</P_13_1><P_14_1>23.00</P_14_1><P_14_1W>99.13</P_14_1W>"
            "<P_13_2>10.00</P_13_2><P_14_2>0.80</P_14_2><P_14_2W>3.45</P_14_2W>",
        )
        assert result.vat == 9913 + 345

    def test_a_correction_may_be_negative(self) -> None:
        xml = fa3(amounts="<P_13_1>-100.00</P_13_1><P_14_1>-23.00</P_14_1>", gross="-123.00")
        result = read_fa(etree.fromstring(xml))
        assert (result.net, result.vat, result.gross) == (-10000, -2300, -12300)

    def test_parties_by_name(self) -> None:
        result = facts(third=third(f"<NIP>{GOOD_NIP}</NIP>"), authorized=authorized(GOOD_NIP))
        assert result.seller == Party(kind="Nip", value=SELLER, name="Sprzedawca")
        assert result.buyer == Party(kind="Nip", value=BUYER, name="Nabywca")
        assert result.third == (Party(kind="Nip", value=GOOD_NIP, name="Trzeci", role=2),)
        assert result.authorized == Party(kind="Nip", value=GOOD_NIP, name="Organ", role=3)
        assert facts().authorized is None
        assert facts().third == ()

    def test_several_third_parties_in_their_order(self) -> None:
        message = "<RolaInna>1</RolaInna><OpisRoli>Świadek</OpisRoli>"
        result = facts(
            third=third("<BrakID>1</BrakID>", "<Rola>4</Rola>")
            + third("<KodUE>DE</KodUE><NrVatUE>123456789</NrVatUE>", message)
            + third(f"<IDWew>{SELLER}-12345</IDWew>", "<Rola>10</Rola>")
        )
        assert [(item.kind, item.value, item.role) for item in result.third] == [
            ("None", None, 4),
            ("VatUe", "DE123456789", 0),
            ("InternalId", f"{SELLER}-12345", 10),
        ]

    def test_comments_in_the_midst_of_a_value(self) -> None:
        """To XML a comment is no part of the text around it: ``FV<!-- -->/1`` is ``FV/1``."""
        xml = fa3(self_invoicing=True, number="FV/1", third=third("<BrakID>1</BrakID>", "<Rola>10</Rola>"))
        facts, page = read_fa(etree.fromstring(xml)), read(xml)
        for before, after in (
            ("<P_2>FV/1", "<P_2>FV<!-- a -->/<!-- b -->1"),
            ("<RodzajFaktury>VAT", "<RodzajFaktury><!-- a -->VAT"),
            ("<KodWaluty>PLN", "<KodWaluty>P<!-- a -->LN"),
            ("<Nazwa>Nabywca", "<Nazwa>Naby<!-- a -->wca"),
            ("<Rola>10", "<Rola>1<!-- a -->0"),
            ("<P_17>1", "<P_17><!-- a -->1"),
            ("<P_15>123", "<P_15>12<!-- a -->3"),
        ):
            assert before.encode() in xml
            xml = xml.replace(before.encode(), after.encode())
        assert examine(xml, RULES, SCHEMAS) == facts
        assert read(xml) == page

    def test_comments_between_elements(self) -> None:
        xml = fa3(third=third("<BrakID>1</BrakID>"), authorized=authorized(GOOD_NIP), self_invoicing=True)
        dotted = xml.replace(b"><", b"><!-- a --><").replace(b"?><!-- a -->", b"?>")
        assert dotted.count(b"<!--") > 20
        assert examine(dotted, RULES, SCHEMAS) == examine(xml, RULES, SCHEMAS)

    def test_the_farmers_invoice(self) -> None:
        result = read_rr(etree.fromstring(RR))
        assert (result.seller.name, result.buyer.name, result.kind) == ("Rolnik", "Skup", "VAT_RR")
        assert (result.number, result.issue_date, result.currency) == ("RR/1", date(2026, 11, 22), "PLN")
        assert (result.net, result.vat, result.gross) == (10000, 700, 10700)
        assert (result.third, result.authorized, result.self_invoicing, result.has_attachment) == (
            (),
            None,
            False,
            False,
        )
        parties = third("<BrakID>1</BrakID>").encode() + b"<FakturaRR>"
        abroad = RR.replace(b"<P_12_1>", b"<P_11_2W>30.10</P_11_2W><P_12_1>").replace(b"<FakturaRR>", parties)
        result = read_rr(etree.fromstring(abroad))
        assert result.vat == 3010
        assert result.third == (Party(kind="None", name="Trzeci", role=2),)


class TestIdentifiers:
    """„Walidacja NIP": the checksums of every subject, only where they are verified."""

    @pytest.mark.parametrize(
        ("parts", "where"),
        [
            ({"seller": WRONG_NIP}, "Podmiot1"),
            ({"buyer": f"<NIP>{WRONG_NIP}</NIP>"}, "Podmiot2"),
            ({"third": third(f"<NIP>{WRONG_NIP}</NIP>")}, "Podmiot3"),
            ({"third": third("<BrakID>1</BrakID>") + third(f"<NIP>{WRONG_NIP}</NIP>")}, "Podmiot3"),
            ({"authorized": authorized(WRONG_NIP)}, "PodmiotUpowazniony"),
        ],
        ids=["seller", "buyer", "third", "second third", "authorized"],
    )
    def test_a_wrong_nip_anywhere(self, parts: dict[str, Any], where: str) -> None:
        refusal = refused(fa3(**parts), STRICT)
        assert (refusal.code, refusal.details) == (
            450,
            (f"Nieprawidłowy numer NIP w elemencie {where}.",),
        )
        facts(**parts)

    def test_right_ones_everywhere(self) -> None:
        xml = fa3(
            third=third(f"<NIP>{GOOD_NIP}</NIP>") + third(f"<IDWew>{GOOD_NIP}-12345</IDWew>"),
            authorized=authorized(GOOD_NIP),
        )
        assert len(examine(xml, STRICT, SCHEMAS).third) == 2

    def test_the_nip_inside_a_third_partys_internal_identifier(self) -> None:
        parts = {"third": third(f"<IDWew>{WRONG_NIP}-12345</IDWew>")}
        assert refused(fa3(**parts), STRICT).details == (
            "Nieprawidłowy identyfikator wewnętrzny w elemencie Podmiot3.",
        )
        facts(**parts)

    @pytest.mark.parametrize("identifier", ["<KodUE>DE</KodUE><NrVatUE>1</NrVatUE>", "<NrID>1</NrID>"])
    def test_numbers_of_other_kinds_have_no_checksum(self, identifier: str) -> None:
        examine(fa3(buyer=identifier), STRICT, SCHEMAS)


class TestOrder:
    def test_what_was_read_is_told_with_the_refusal(self) -> None:
        assert refused(fa3(day="2026-11-24", number="FV/7")).invoice_number == "FV/7"
        assert refused(fa3(kind="NIEZNANY")).invoice_number is None

    def test_the_date_then_the_identifiers_then_the_right_then_the_attachment(self, attachment: str) -> None:
        xml = fa3(day="2026-11-24", seller=WRONG_NIP, attachment=attachment)
        rules = replace(STRICT, may_issue=lambda _: False, consented=lambda _: False)
        assert "P_1" in refused(xml, rules).details[0]
        rules = replace(rules, day=date(2026, 11, 24))
        assert "NIP" in refused(xml, rules).details[0]
        rules = replace(rules, verify_identifiers=False)
        assert (refused(xml, rules).code, refused(xml, rules).details) == (
            410,
            ("Brak uprawnienia fakturowego",),
        )
        rules = replace(rules, may_issue=lambda _: True)
        assert refused(xml, rules).code == 415
        rules = replace(rules, attachments=True)
        assert (refused(xml, rules).code, WRONG_NIP in refused(xml, rules).details[0]) == (410, True)
        rules = replace(rules, consented=lambda nip: nip == WRONG_NIP)
        assert examine(xml, rules, SCHEMAS).has_attachment

    def test_the_right_is_asked_of_the_facts(self) -> None:
        rules = replace(RULES, may_issue=lambda found: found.seller.value == SELLER)
        examine(fa3(), rules, SCHEMAS)
        assert refused(fa3(seller=GOOD_NIP), rules).code == 410

    def test_the_structure_of_the_session_is_named(self) -> None:
        refusal = refused(fa3().replace(b'"FA (3)"', b'"FA (2)"'))
        assert refusal.details == (
            "Dokument nie jest zgodny ze schemą (xsd).",
            "Linia 3: kodSystemowy „FA (2)” nie odpowiada schemie sesji „FA (3)”.",
        )


class TestSizes:
    """Limits are of the context, and any of the two may be the higher one."""

    def padded(self, size: int, **parts: Any) -> bytes:
        xml = fa3(**parts)
        return xml.replace(b"<Fa>", b"<!--" + b"x" * (size - len(xml) - 7) + b"--><Fa>")

    @pytest.mark.parametrize(("plain", "attached"), [(5_000, 9_000), (9_000, 5_000)])
    def test_without_an_attachment(self, plain: int, attached: int) -> None:
        rules = replace(RULES, max_bytes=plain, max_bytes_with_attachment=attached)
        assert len(self.padded(plain)) == plain
        examine(self.padded(plain), rules, SCHEMAS)
        refusal = refused(self.padded(plain + 1), rules)
        assert refusal.code == 430

    def test_with_an_attachment(self, attachment: str) -> None:
        rules = replace(RULES, attachments=True, max_bytes=5_000, max_bytes_with_attachment=9_000)
        assert examine(self.padded(9_000, attachment=attachment), rules, SCHEMAS).has_attachment
        refusal = refused(self.padded(9_001, attachment=attachment), rules)
        assert (refusal.code, "9000" in refusal.details[0]) == (430, True)


def test_attachments_of_other_structures_need_no_declaration(
    monkeypatch: pytest.MonkeyPatch, build: Callable[..., bytes]
) -> None:
    """Those of PEF are part of any message: no batch and no consent are asked for."""
    pef = next(form for form in FORM_CODES if form.value == "PEF")
    attached = replace(facts(), has_attachment=True)
    monkeypatch.setitem(READERS, "PEF", lambda _: attached)
    monkeypatch.setattr(Schemas, "check", lambda *_: None)
    rules = replace(RULES, form=pef, consented=lambda _: False)
    assert examine(build(), rules, SCHEMAS) == attached
    with pytest.raises(Refusal) as caught:
        monkeypatch.setitem(READERS, "FA", lambda _: attached)
        examine(build(), replace(rules, form=FA3), SCHEMAS)
    assert caught.value.code == 415
