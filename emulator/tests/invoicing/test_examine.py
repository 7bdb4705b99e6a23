"""What KSeF checks in a document, one behaviour a test."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from ksef_emulator.intake.examine import Rules, examine
from ksef_emulator.intake.facts import Facts
from ksef_emulator.intake.refusals import Refusal
from ksef_emulator.intake.schemas import FA3, Schemas

SCHEMAS = Schemas()
RULES = Rules(form=FA3, day=date(2026, 11, 23), may_issue=lambda _: True, consented=lambda _: True)


def refused(xml: bytes, rules: Rules = RULES) -> Refusal:
    with pytest.raises(Refusal) as caught:
        examine(xml, rules, SCHEMAS)
    return caught.value


def accepted(xml: bytes, rules: Rules = RULES) -> Facts:
    return examine(xml, rules, SCHEMAS)


def test_facts_of_a_plain_invoice(build: Callable[..., bytes]) -> None:
    facts = accepted(build())
    assert (facts.seller.value, facts.buyer.kind, facts.buyer.value) == ("5265877635", "Nip", "1111111111")
    assert (facts.number, facts.issue_date, facts.invoice_type) == ("FV/1/2026", date(2026, 11, 23), "Vat")
    assert (facts.net, facts.vat, facts.gross, facts.currency) == (10000, 2300, 12300, "PLN")
    assert not facts.self_invoicing
    assert not facts.has_attachment


def test_vat_of_a_foreign_currency_invoice_is_the_one_in_pln(build: Callable[..., bytes]) -> None:
    facts = accepted(
        build(
            currency="EUR",
            amounts="<P_13_1>100.00</P_13_1><P_14_1>23.00</P_14_1><P_14_1W>99.13</P_14_1W>",
        )
    )
    assert (facts.net, facts.vat, facts.currency) == (10000, 9913, "EUR")


@pytest.mark.parametrize(
    ("identifier", "kind", "value"),
    [
        ("<NIP>1111111111</NIP>", "Nip", "1111111111"),
        ("<KodUE>DE</KodUE><NrVatUE>123456789</NrVatUE>", "VatUe", "DE123456789"),
        ("<KodKraju>US</KodKraju><NrID>77</NrID>", "Other", "77"),
        ("<BrakID>1</BrakID>", "None", None),
    ],
)
def test_kinds_of_buyer(build: Callable[..., bytes], identifier: str, kind: str, value: str | None) -> None:
    buyer = accepted(build(buyer=identifier)).buyer
    assert (buyer.kind, buyer.value) == (kind, value)


def test_third_and_authorized_subjects(build: Callable[..., bytes]) -> None:
    third = (
        "<Podmiot3><DaneIdentyfikacyjne><IDWew>5265877635-12345</IDWew><Nazwa>Oddział</Nazwa></DaneIdentyfikacyjne>"
        "<Rola>2</Rola></Podmiot3>"
    )
    authorized = (
        "<PodmiotUpowazniony><DaneIdentyfikacyjne><NIP>7980332920</NIP><Nazwa>Organ</Nazwa></DaneIdentyfikacyjne>"
        "<Adres><KodKraju>PL</KodKraju><AdresL1>Sądowa 1</AdresL1></Adres><RolaPU>2</RolaPU>"
        "</PodmiotUpowazniony>"
    )
    facts = accepted(build(third=third, authorized=authorized))
    assert [(party.kind, party.value, party.role) for party in facts.third] == [
        ("InternalId", "5265877635-12345", 2)
    ]
    assert facts.authorized is not None
    assert (facts.authorized.value, facts.authorized.role) == ("7980332920", 2)


BREAKING = {
    "BOM": lambda xml: b"\xef\xbb\xbf" + xml,
    "kodowaniu UTF-8": lambda xml: xml.replace(b'encoding="UTF-8"', b'encoding="windows-1250"'),
    "UTF-8. Linia 14": lambda xml: xml.replace("Usługa".encode(), "Usługa".encode("windows-1250")),
    "DOCTYPE": lambda xml: xml.replace(b"<Faktura ", b'<!DOCTYPE Faktura [<!ENTITY a "b">]><Faktura ', 1),
    "instrukcji przetwarzania": lambda xml: xml.replace(b"<Fa>", b"<?php x?><Fa>"),
    "przetwarzania. Linia 2": lambda xml: xml.replace(
        b"<Faktura ", b'<?xml-stylesheet href="a"?><Faktura ', 1
    ),
    "U+0080": lambda xml: xml.replace("ł".encode(), "\x80".encode()),
    "U+FDD0": lambda xml: xml.replace("ł".encode(), "\ufdd0".encode()),
    "U+1FFFE": lambda xml: xml.replace("ł".encode(), "\U0001fffe".encode()),
    "U+10FFFF": lambda xml: xml.replace("ł".encode(), b"&#x10FFFF;"),
    "U+007F": lambda xml: xml.replace("ł".encode(), b"&#127;"),
    "Linia 15": lambda xml: xml.replace(b"</Faktura>", b"</Faktur>"),
}


@pytest.mark.parametrize("said", BREAKING)
def test_xml_that_breaks_a_rule_is_refused_with_the_rule(build: Callable[..., bytes], said: str) -> None:
    refusal = refused(BREAKING[said](build()))
    assert refusal.code == 450
    assert refusal.details[0] == "Nieprawidłowy XML"
    assert said in " ".join(refusal.details)


def test_utf_16_is_refused(build: Callable[..., bytes]) -> None:
    text = build().decode().replace("UTF-8", "UTF-16")
    assert refused(text.encode("utf-16")).details[0] == "Nieprawidłowy XML"


@pytest.mark.parametrize("text", ["zażółć \u0085", "\U0001f600", "&#x142;", "\u2028", "日本"])
def test_other_characters_pass(build: Callable[..., bytes], text: str) -> None:
    accepted(build(item=f"a{text}b"))


def test_a_prolog_is_optional(build: Callable[..., bytes]) -> None:
    accepted(build(head="<!-- bez prologu -->"))


def test_schema_errors_carry_line_and_rule(build: Callable[..., bytes]) -> None:
    refusal = refused(build(kind="NIEZNANY"))
    assert refusal.code == 450
    assert refusal.details[0] == "Dokument nie jest zgodny ze schemą (xsd)."
    assert refusal.details[1].startswith("Linia 13: ")
    assert "RodzajFaktury" in refusal.details[1]


def test_another_form_is_refused(build: Callable[..., bytes]) -> None:
    assert "FA (2)" in refused(build().replace(b"FA (3)", b"FA (2)")).details[1]


def test_a_document_that_is_no_invoice_is_refused() -> None:
    assert refused(b"<a/>").code == 450
    assert refused(b"").code == 450
    assert refused(b"%PDF-1.7").code == 450


def test_issue_date_may_be_today_but_not_tomorrow(build: Callable[..., bytes]) -> None:
    accepted(build(day="2026-11-23"))
    refusal = refused(build(day="2026-11-24"))
    assert refusal.code == 450
    assert "P_1" in refusal.details[0]


def test_nip_checksums_only_when_asked(build: Callable[..., bytes]) -> None:
    strict = replace(RULES, verify_identifiers=True)
    wrong = build(seller="5265877636")
    accepted(wrong)
    assert refused(wrong, strict).details == ("Nieprawidłowy numer NIP w elemencie Podmiot1.",)
    accepted(build(), strict)
    third = (
        "<Podmiot3><DaneIdentyfikacyjne><IDWew>5265877636-12345</IDWew><Nazwa>X</Nazwa></DaneIdentyfikacyjne>"
        "<Rola>2</Rola></Podmiot3>"
    )
    assert "Podmiot3" in refused(build(third=third), strict).details[0]


def test_sizes(build: Callable[..., bytes], attachment: str) -> None:
    xml = build()
    room = 1_000_000 - len(xml) - len("<!---->")
    accepted(xml.replace(b"<Fa>", b"<!--" + b"x" * room + b"--><Fa>"))
    assert refused(xml.replace(b"<Fa>", b"<!--" + b"x" * (room + 1) + b"--><Fa>")).code == 430
    big = build(attachment=attachment).replace(b"<Fa>", b"<!--" + b"x" * 1_500_000 + b"--><Fa>")
    accepted(big, replace(RULES, attachments=True))
    assert refused(b"x" * 3_000_001).code == 430


def test_attachment_and_right_to_issue(build: Callable[..., bytes], attachment: str) -> None:
    assert refused(build(attachment=attachment)).code == 415
    undeclared = replace(RULES, attachments=True, consented=lambda _: False)
    result = refused(build(attachment=attachment), undeclared)
    assert (result.code, result.details) == (
        410,
        ("Sprzedawca 5265877635 nie posiada zgody do wysyłania faktur z załącznikami",),
    )
    stranger = refused(build(), replace(RULES, may_issue=lambda _: False))
    assert (stranger.code, stranger.details) == (410, ("Brak uprawnienia fakturowego",))


@pytest.mark.shared
def test_the_ministrys_examples(shared: Path) -> None:
    files = sorted((shared / "spec/examples/fa3").glob("*.xml"))
    assert len(files) == 13
    for path in files:
        if path.stem == "przyklad_25":
            assert refused(path.read_bytes()).code == 415
        else:
            assert accepted(path.read_bytes()).seller.value == "9999999999"


def test_unsupported_forms_are_unknown_and_a_directory_adds_them(tmp_path: Path) -> None:
    assert SCHEMAS.find("FA (3)", "1-0E", "FA") == FA3
    assert SCHEMAS.find("FA (2)", "1-0E", "FA") is None
    assert SCHEMAS.find("FA (3)", "1-1E", "FA") is None
    assert Schemas(tmp_path).find("FA (2)", "1-0E", "FA") is None
    (tmp_path / "schemat_FA(2)_v1-0E.xsd").write_text("<x/>")
    assert Schemas(tmp_path).find("FA (2)", "1-0E", "FA") is not None


def test_threads_that_compile_schemas_at_the_same_time(build: Callable[..., bytes]) -> None:
    def one(_: int) -> str:
        return examine(build(), RULES, Schemas()).number

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(one, range(64))) == {"FV/1/2026"}
