"""What counts as the same invoice in other bytes, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from liczydlo.fa3.compare import compare, differences
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write

from app.tests.fa3.made import FAKTURY
from app.tests.fa3.test_round_trip import EXAMPLES
from app.tests.sales.world import document

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NIP = "5265877635"


def dated(faktura: Faktura) -> Faktura:
    """The same in a file made at another moment by another program."""
    return replace(
        faktura, naglowek=replace(faktura.naglowek, data_wytworzenia_fa=NOW, system_info="Nowy program")
    )


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.xml")), ids=lambda path: path.stem)
def test_an_example_rebuilt_says_the_same(path: Path) -> None:
    one = read(path.read_bytes())
    fields = compare(one, read(write(dated(one))))
    assert differences(fields) == []
    assert {field.path for field in fields if not field.same} == {
        "Naglowek/DataWytworzeniaFa",
        "Naglowek/SystemInfo",
    }
    assert len(fields) > 20


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(FAKTURY, FAKTURY)
def test_two_documents_differ_exactly_where_their_models_do(one: Faktura, other: Faktura) -> None:
    assert differences(compare(one, dated(one))) == []
    assert bool(differences(compare(one, other))) == (dated(one) != dated(other))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        (">\n", ">\n\n  "),
        ("<P_15>177.00<", "<P_15>177.0<"),
        ("liczydło dębowe", "  liczydło   dębowe "),
        ("liczydło", "liczyd&#x142;o"),
        ("<Fa>", "<!-- to samo --><Fa>"),
    ],
    ids=["line ends", "indents", "scale", "spaces", "references", "comment"],
)
def test_what_is_only_written_otherwise_is_no_difference(old: str, new: str) -> None:
    xml = document(NIP, number="FV/1")
    changed = xml.decode().replace(old, new).encode()
    assert changed != xml
    assert differences(compare(read(xml), read(changed))) == []


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ("<P_15>177.00<", "<P_15>178.00<", ["Fa/P_15"]),
        ("<P_2>FV/1<", "<P_2>FV/2<", ["Fa/P_2"]),
        ("8567346215", "5265877635", ["Podmiot2/DaneIdentyfikacyjne/NIP"]),
        ("nauka rachunków", "nauka", ["Fa/FaWiersz[2]/P_7"]),
        ("<P_8A>godz.</P_8A>", "", ["Fa/FaWiersz[2]/P_8A"]),
        ("<AdresL1>ul. Prosta 1</AdresL1>", "<AdresL1>ul. Prosta 2</AdresL1>", ["Podmiot2/Adres/AdresL1"]),
    ],
)
def test_content_that_differs_is_named_by_its_place(old: str, new: str, paths: list[str]) -> None:
    xml = document(NIP, number="FV/1")
    fields = differences(compare(read(xml), read(xml.decode().replace(old, new).encode())))
    assert [field.path for field in fields] == paths
    assert fields[0].before != fields[0].after


def test_a_line_more_or_in_another_place_is_a_difference() -> None:
    one = read(document(NIP, number="FV/1"))
    first, second = one.fa.fa_wiersz
    turned = replace(one, fa=replace(one.fa, fa_wiersz=(second, first)))
    more = replace(one, fa=replace(one.fa, fa_wiersz=(first, second, replace(second, p_11=Decimal(0)))))
    assert {field.name for field in differences(compare(one, turned))} >= {"P_7", "P_11"}
    assert all(field.before is None for field in differences(compare(one, more)))
