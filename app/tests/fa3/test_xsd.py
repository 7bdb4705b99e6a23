"""What the official schema says of a document, told in codes with line, path and the figures a person needs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.fa3 import findings, source, xsd
from liczydlo.fa3.draft import Address, Party
from liczydlo.fa3.problems import DocumentError, Problem, nested
from liczydlo.fa3.write import write
from liczydlo.web.reasons import explain
from lxml import etree

PARTY = Party(nip="5265877635", name="Pracownia", address=Address(line1="ul. Garncarska 3"))
PLAIN = write(faktura_of(samples(PARTY, PARTY, date(2026, 11, 23))["basic"])).decode().replace("><", ">\n<")


def checked(xml: bytes) -> list[Problem]:
    """What the schema has against a file."""
    return xsd.of_tree(source.parse(xml))


def violations(old: str, new: str) -> list[Problem]:
    """Of the plain invoice with one thing changed."""
    assert old in PLAIN
    return checked(PLAIN.replace(old, new, 1).encode())


def line(text: str) -> int:
    """Of the first place of ``text`` in the plain invoice."""
    return PLAIN[: PLAIN.index(text)].count("\n") + 1


def test_an_invoice_that_is_right() -> None:
    assert checked(PLAIN.encode()) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "path", "told"),
    [
        ("<KodWaluty>PLN", "<KodWaluty>PLX", "schema-enumeration", "Fa/KodWaluty", "„PLX”"),
        ("<RodzajFaktury>VAT", "<RodzajFaktury>V", "schema-enumeration", "Fa/RodzajFaktury", "VAT, KOR, ZAL"),
        ("<P_1>2026-11-23", "<P_1>23.11.2026", "schema-type", "Fa/P_1", "RRRR-MM-DD"),
        ("<P_1>2026", "<P_1>1999", "schema-too-small", "Fa/P_1", "2006-01-01"),
        ("<P_1>2026", "<P_1>2051", "schema-too-great", "Fa/P_1", "2050-01-01"),
        ("<P_15>", "<P_15>1,", "schema-type", "Fa/P_15", "z kropką"),
        ("<P_15>", "<P_15>0", "schema-pattern", "Fa/P_15", "z kropką"),
        ("<P_15>", "<P_15>12345678901234567", "schema-digits", "Fa/P_15", "18 cyfr"),
        ("<P_2>", "<P_2>" + "9" * 256, "schema-too-long", "Fa/P_2", "najwyżej 256"),
        ("<AdresL1>ul. Garncarska 3", "<AdresL1>", "schema-empty", "Podmiot1/Adres/AdresL1", "jest pusty"),
        (
            "<NIP>5265877635",
            "<NIP>526-587-76-35",
            "schema-pattern",
            "Podmiot1/DaneIdentyfikacyjne/NIP",
            "10 cyfr",
        ),
        ("<JST>2", "<JST>nie", "schema-type", "Podmiot2/JST", "1 (tak) albo 2 (nie)"),
        (
            "<DataWytworzeniaFa>",
            "<DataWytworzeniaFa>x",
            "schema-type",
            "Naglowek/DataWytworzeniaFa",
            "GG:MM:SS",
        ),
        ("<P_2>", "<P_3/>\n<P_2>", "schema-unexpected", "Fa/P_3", "Oczekiwano: P_1M, P_2"),
        ("<Fa>", "<Fa>tekst", "schema-text", "Fa", "tekst"),
    ],
)
def test_a_violation_has_its_code_place_and_figures(
    old: str, new: str, code: str, path: str, told: str
) -> None:
    first, *rest = violations(old, new)
    assert (first.code, first.path, first.line) == (code, path, line(old))
    assert told in explain(first, "pl")
    assert explain(first, "en") != explain(first, "pl")
    assert "{" not in explain(first, "pl") + explain(first, "en")
    assert rest == []


@pytest.mark.parametrize(
    ("attributes", "code", "name", "told"),
    [
        (
            'kodSystemowy="FA (2)" wersjaSchemy="1-0E"',
            "fixed",
            "kodSystemowy",
            "„FA (2)”, a musi mieć dokładnie „FA (3)”",
        ),
        ('kodSystemowy="FA\u00a0(3)" wersjaSchemy="1-0E"', "fixed", "kodSystemowy", "U+00A0"),
        ('kodSystemowy="FA (3)\u200b" wersjaSchemy="1-0E"', "fixed", "kodSystemowy", "U+200B"),
        (
            'kodSystemowy="" wersjaSchemy="1-0E"',
            "fixed",
            "kodSystemowy",
            "„”, a musi mieć dokładnie „FA (3)”",
        ),
        (
            'kodSystemowy="FA (3)" wersjaSchemy="1-1E"',
            "fixed",
            "wersjaSchemy",
            "„1-1E”, a musi mieć dokładnie „1-0E”",
        ),
        ('kodSystemowy="FA (3)"', "missing", "wersjaSchemy", "brakuje atrybutu wersjaSchemy"),
        ('kodSystemowy="FA (3)" wersjaSchemy="1-0E" x="1"', "unknown", "x", "atrybut x jest tu niedozwolony"),
    ],
)
def test_an_attribute_is_named_with_its_value(attributes: str, code: str, name: str, told: str) -> None:
    (problem,) = violations('kodSystemowy="FA (3)" wersjaSchemy="1-0E"', attributes)
    assert (problem.code, problem.path) == (f"schema-attribute-{code}", f"Naglowek/KodFormularza/@{name}")
    assert told in explain(problem, "pl")
    assert name in explain(problem, "en")
    assert "{" not in explain(problem, "pl") + explain(problem, "en")


def test_every_wrong_attribute_of_an_element_is_told() -> None:
    problems = violations(
        'kodSystemowy="FA (3)" wersjaSchemy="1-0E"', 'kodSystemowy="FA (2)" wersjaSchemy="2"'
    )
    assert [item.params["attribute"] for item in problems] == ["kodSystemowy", "wersjaSchemy"]


def test_a_choice_of_an_attribute_tells_its_values() -> None:
    head = '<TNaglowek><Kol Typ="tekst"><NKom>x</NKom></Kol></TNaglowek>'
    table = f"<Tabela>{head}<Wiersz><WKom>y</WKom></Wiersz></Tabela>"
    block = f"<BlokDanych><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane>{table}</BlokDanych>"
    (problem,) = violations("</Faktura>", f"<Zalacznik>{block}</Zalacznik></Faktura>")
    assert (problem.code, problem.params["value"]) == ("schema-attribute-enumeration", "tekst")
    assert "atrybut Typ" in explain(problem, "pl")
    assert "datetime" in explain(problem, "pl")


def test_a_space_that_is_none_is_told_where_a_value_is_not_on_the_list() -> None:
    (problem,) = violations("<RodzajFaktury>VAT", "<RodzajFaktury>VAT\u00a0")
    assert "U+00A0" in explain(problem, "pl")
    (problem,) = violations("<RodzajFaktury>VAT", "<RodzajFaktury>V A T")
    assert "U+" not in explain(problem, "pl")


@pytest.mark.parametrize(
    ("old", "new", "code", "hint"),
    [
        ("<P_2>", "<NrKSeF>x</NrKSeF><P_2>", "schema-unexpected", "Oczekiwano: "),
        ("<JST>2", "<JST>3", "schema-enumeration", "Dozwolone: 1, 2."),
        ("<P_16>2", "<P_16>0", "schema-enumeration", "Dozwolone: 1, 2."),
        ("<P_8B>", "<P_8B>x", "schema-type", "z kropką"),
        ("<NrWierszaFa>1", "<NrWierszaFa>x", "schema-type", "liczba całkowita"),
        ("<NrWierszaFa>1", "<NrWierszaFa>0", "schema-not-above", "większa niż 0."),
    ],
)
def test_a_hint_says_how_it_is_written(old: str, new: str, code: str, hint: str) -> None:
    first = violations(old, new)[0]
    assert first.code == code
    assert hint in explain(first, "pl")
    assert hint not in explain(first, "en")


@pytest.mark.parametrize(
    ("number", "element", "hint"),
    [
        ("<IDWew>x</IDWew>", "IDWew", "łącznik i 5 cyfr"),
        ("<KodUE>DE</KodUE><NrVatUE>DE-1</NrVatUE>", "NrVatUE", "bez kodu kraju"),
    ],
)
def test_a_third_partys_number_is_explained(number: str, element: str, hint: str) -> None:
    party = f"<Podmiot3><DaneIdentyfikacyjne>{number}</DaneIdentyfikacyjne></Podmiot3>"
    problems = [violation for violation in violations("<Fa>", f"{party}<Fa>") if hint in explain(violation)]
    assert [violation.params["element"] for violation in problems] == [element]


def test_a_way_of_payment_is_explained() -> None:
    """SWIFT, an address to pay at, moments, choices of one and of two values."""
    account = f"<RachunekBankowy><NrRB>{'1' * 26}</NrRB><SWIFT>zły</SWIFT></RachunekBankowy>"
    link = "<LinkDoPlatnosci>https://example.com</LinkDoPlatnosci>"
    paid = "<Zaplacono>2</Zaplacono><DataZaplaty>wczoraj</DataZaplaty>"
    assert "</Adnotacje>" in PLAIN
    start, end = PLAIN.index("<Platnosc>"), PLAIN.index("</Platnosc>")
    xml = PLAIN[:start] + f"<Platnosc>{paid}{account}{link}" + PLAIN[end:]
    message = {item.params["element"]: explain(item) for item in checked(xml.encode())}
    for element, hint in (
        ("SWIFT", "8 albo 11"),
        ("LinkDoPlatnosci", "IPKSeF"),
        ("DataZaplaty", "RRRR-MM-DD"),
    ):
        assert hint in message[element], element


@pytest.mark.parametrize("count", [20, 21])
def test_a_list_is_told_up_to_twenty_values(count: int) -> None:
    values = ", ".join(f"'{number}'" for number in range(count))
    message = f"[facet 'enumeration'] The value 'x' is not an element of the set {{{values}}}."
    element = etree.fromstring("<a>x</a>")
    code, params = findings.of("SCHEMAV_CVC_ENUMERATION_VALID", message, element)
    assert code == "schema-enumeration"
    text = ", ".join(map(str, range(count)))
    assert params["allowed"] == (nested("allowed", values=text) if count == 20 else None)


def test_what_libxml2_may_say_some_day_has_words_of_ours() -> None:
    """Unknown kinds and words carry no figure and no hint, and never an error."""
    element = etree.fromstring("<a>" + "x" * 90 + "</a>")
    code, params = findings.of("SCHEMAV_NEW", "{http://x}Element 'a': new", element)
    assert (code, params) == (
        "schema",
        {"element": "a", "value": "x" * 80},
    )
    for kind, expected in (
        ("SCHEMAV_CVC_ENUMERATION_VALID", {"allowed": None}),
        ("SCHEMAV_CVC_PATTERN_VALID", {"hint": None}),
        ("SCHEMAV_CVC_DATATYPE_VALID_1_2_1", {"hint": None}),
        ("SCHEMAV_CVC_DATATYPE_VALID_1_2_2", {"hint": None}),
        ("SCHEMAV_CVC_DATATYPE_VALID_1_2_3", {"hint": None}),
    ):
        _, params = findings.of(kind, "x", element)
        assert {name: params[name] for name in expected} == expected
    _, params = findings.of("SCHEMAV_ELEMENT_CONTENT", "x", element)
    assert params["expected"] is None
    for kind in ("3_1", "3_2_1", "3_2_2", "4"):
        assert findings.of(f"SCHEMAV_CVC_COMPLEX_TYPE_{kind}", "x", element)[0] == "schema-attribute"
    for kind in ("2_1", "2_3"):
        assert findings.of(f"SCHEMAV_CVC_COMPLEX_TYPE_{kind}", "x", element)[0] == "schema-text"


def test_what_is_expected_is_told_in_both_languages() -> None:
    violation = violations("<P_2>", "<P_3/>\n<P_2>")[0]
    assert " Oczekiwano: P_1M, P_2" in explain(violation, "pl")
    assert " Expected: P_1M, P_2" in explain(violation, "en")


def test_a_long_list_of_values_is_not_told() -> None:
    (currency,) = violations("<KodWaluty>PLN", "<KodWaluty>PLX")
    assert currency.params["allowed"] is None
    (kind,) = violations("<RodzajFaktury>VAT", "<RodzajFaktury>V")
    assert explain(kind, "pl").endswith("Dozwolone: VAT, KOR, ZAL, ROZ, UPR, KOR_ZAL, KOR_ROZ.")
    assert explain(kind, "en").endswith("Allowed: VAT, KOR, ZAL, ROZ, UPR, KOR_ZAL, KOR_ROZ.")
    assert (kind.params["element"], kind.params["value"]) == ("RodzajFaktury", "V")


@pytest.mark.parametrize(
    ("facet", "limit", "value", "code"),
    [
        ("minInclusive", "1", "0", "schema-too-small"),
        ("maxInclusive", "1", "2", "schema-too-great"),
        ("minExclusive", "0", "0", "schema-not-above"),
        ("maxExclusive", "10", "10", "schema-not-below"),
        ("totalDigits", "2", "123", "schema-digits"),
        ("fractionDigits", "2", "1.234", "schema-places"),
        ("minLength", "3", "ab", "schema-too-short"),
        ("maxLength", "3", "abcd", "schema-too-long"),
    ],
)
def test_every_limit_of_a_schema_is_told_with_its_figure(
    facet: str, limit: str, value: str, code: str
) -> None:
    """libxml2 words each facet in its own way; a sentence of ours never carries its English."""
    base = "string" if "Length" in facet else "decimal"
    schema = etree.XMLSchema(
        etree.fromstring(
            '<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"><s:element name="a"><s:simpleType>'
            f'<s:restriction base="s:{base}"><s:{facet} value="{limit}"/></s:restriction>'
            "</s:simpleType></s:element></s:schema>"
        )
    )
    element = etree.fromstring(f"<a>{value}</a>")
    assert not schema.validate(element)
    (error,) = schema.error_log
    entry, params = findings.of(error.type_name, error.message, element)
    assert (entry, params["limit"], params["value"]) == (code, limit, value)
    assert limit in explain(Problem(code=entry, params=params))


def test_what_is_missing_is_named() -> None:
    start, end = PLAIN.index("<GV>"), PLAIN.index("</GV>") + len("</GV>")
    (problem,) = checked((PLAIN[:start] + PLAIN[end:]).encode())
    assert (problem.code, problem.path) == ("schema-missing", "Podmiot2")
    assert "Oczekiwano: GV." in explain(problem)


def test_repeated_elements_are_numbered_and_told_in_order() -> None:
    start, end = PLAIN.index("<FaWiersz>"), PLAIN.index("</FaWiersz>") + len("</FaWiersz>\n")
    row = PLAIN[start:end].replace("<P_12>23", "<P_12>99")
    problems = checked((PLAIN[:start] + row * 3 + PLAIN[end:]).encode())
    assert [problem.path for problem in problems] == [f"Fa/FaWiersz[{n}]/P_12" for n in (1, 2, 3)]
    lines = [problem.line or 0 for problem in problems]
    assert lines == sorted(set(lines))


def test_prefixes_of_the_document_do_not_matter() -> None:
    prefixed = PLAIN.replace("<KodWaluty>PLN", "<KodWaluty>PLX")
    prefixed = (
        prefixed.replace("</", "</@").replace("<", "<t:").replace("<t:/@", "</t:").replace("<t:?", "<?")
    )
    (problem,) = checked(prefixed.replace("xmlns=", "xmlns:t=").encode())
    assert (problem.code, problem.path, problem.line) == (
        "schema-enumeration",
        "Fa/KodWaluty",
        line("<KodWaluty>"),
    )


def test_lines_beyond_sixteen_bits() -> None:
    (problem,) = violations("<KodWaluty>PLN", "\n" * 70_000 + "<KodWaluty>PLX")
    assert problem.line == line("<KodWaluty>") + 70_000


def test_a_thousand_faults_are_told_up_to_a_limit() -> None:
    problems = violations("<FaWiersz>", "<FaWiersz><Obcy/></FaWiersz>\n" * 1000 + "<FaWiersz>")
    assert len(problems) == xsd.MOST


def test_threads_do_not_see_each_others_findings() -> None:
    wrong = [PLAIN.replace("<P_2>", f"<P_2>{'9' * 256}{n}", 1).encode() for n in range(8)]
    together = threading.Barrier(8)

    def look(number: int) -> list[list[Problem]]:
        together.wait(timeout=30)
        return [checked(wrong[number] if turn % 2 else PLAIN.encode()) for turn in range(20)]

    with ThreadPoolExecutor(8) as threads:
        for number, problems in enumerate(threads.map(look, range(8))):
            assert all(item == [] for item in problems[::2])
            for (problem,) in problems[1::2]:
                assert problem.params["value"].startswith("9" * 80)
                assert problem.params["length"] == str(len(str(number)) + 256 + len(number_of_invoice()))


def number_of_invoice() -> str:
    """P_2 of the plain invoice."""
    return PLAIN.partition("<P_2>")[2].partition("<")[0]


def test_the_schema_is_compiled_once() -> None:
    checked(PLAIN.encode())
    before = len(xsd._idle)
    for _ in range(5):
        checked(PLAIN.encode())
    assert len(xsd._idle) == before


def test_foreign_addresses_are_refused() -> None:
    resolver = xsd._OnlyThese({"known.xsd": b"<a/>"})
    parser = etree.XMLParser(load_dtd=True, resolve_entities=True, no_network=False)
    parser.resolvers.add(resolver)
    with pytest.raises((xsd.SchemaFilesError, etree.XMLSyntaxError)):
        etree.fromstring(b'<!DOCTYPE a SYSTEM "http://example.org/foreign.dtd"><a/>', parser)


@pytest.mark.parametrize("damage", ["changed", "absent", "not installed"])
def test_other_schema_files_than_the_checked_ones_are_refused(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "documents" / "fa3" / "schemas"
    folder.mkdir(parents=True)
    for name, content in xsd.files().items():
        (folder / name).write_bytes(content + b" " if damage == "changed" else content)
    if damage == "absent":
        (folder / "KodyKrajow_v10-0E.xsd").unlink()

    class Spec:
        submodule_search_locations = (str(tmp_path),)

    def find(_name: str) -> Any:
        return None if damage == "not installed" else Spec

    monkeypatch.setattr(xsd.importlib.util, "find_spec", find)
    with pytest.raises(xsd.SchemaFilesError):
        xsd.files.__wrapped__()


def test_not_fa3_at_all() -> None:
    with pytest.raises(DocumentError) as caught:
        checked(b"<html/>")
    assert caught.value.code == "not-fa3"
