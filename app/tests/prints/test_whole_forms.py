"""Every element of the schemas of FA(2), FA_RR(1), PEF(3) and PEF_KOR(3) is on the paper and on the page."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest
from liczydlo.pef import kor
from liczydlo.prints import reading
from liczydlo.prints.invoice import invoice_html, invoice_pdf
from lxml import etree

from app.tests.pef import test_kor
from app.tests.prints import papers

pytestmark = [pytest.mark.pure, pytest.mark.shared]

XSD = papers.example_folder().parent / "xsd"
UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
XS: Final = papers.XS
_CODED: Final = {"EmbeddedDocumentBinaryObject"}


def said_by(xml: bytes) -> dict[str, str]:
    """All text of the paper, and of the page."""
    page = invoice_html(xml, language="pl")
    assert page is not None
    plain = html.unescape(re.sub(r"<[^>]+>", " ", page))
    paper = papers.text(invoice_pdf(xml, codes=papers.OFFLINE))
    return {"paper": papers.squeezed(paper), "page": papers.squeezed(plain)}


@pytest.mark.parametrize(
    ("path", "names"),
    [("fa/schemat_FA(2)_v1-0E.xsd", {}), ("rr/schemat_FA_RR(1)_v1-1E.xsd", reading.FARMER)],
    ids=["FA(2)", "FA_RR"],
)
def test_every_element_of_the_schema_is_shown(path: str, names: dict[str, str]) -> None:
    everything = papers.Everything((XSD / path).read_bytes(), names)
    assert len(everything.leaves) > 90
    for said in said_by(everything.xml).values():
        assert papers.lost(reading.document(everything.xml, "pl"), said) == []


class Ubl:
    """A UBL document with every element of its schema down to ``depth`` below its root."""

    def __init__(self, root: str, schema: str) -> None:
        self.types: dict[str, etree._Element] = {}
        self.elements: dict[str, tuple[str, etree._Element]] = {}
        self.count = 0
        for path in (
            XSD / "pef" / schema,
            *(XSD / f"pef/bazowe/UBL-Common{part}Components-2.1.xsd" for part in ("Aggregate", "Basic")),
        ):
            parsed = etree.parse(path).getroot()
            for item in parsed:
                if item.tag == f"{XS}complexType":
                    self.types[item.get("name", "")] = item
                elif item.tag == f"{XS}element":
                    self.elements[item.get("name", "")] = (parsed.get("targetNamespace", ""), item)
        self.xml = etree.tostring(self._made(root, 0))

    def _made(self, name: str, depth: int) -> etree._Element:
        space, declared = self.elements[name]
        made = etree.Element(f"{{{space}}}{name}")
        kind = self.types.get(declared.get("type", "").rpartition(":")[2])
        below = [] if kind is None else [element.get("ref", "") for element in kind.iter(f"{XS}element")]
        for child in below:
            name_of = child.rpartition(":")[2]
            if name_of in self.elements and (depth < 3 or child.startswith("cbc:")) and name_of not in _CODED:
                part = self._made(name_of, depth + 1)
                if len(part) or part.text:
                    made.append(part)
        if not below and space.endswith("CommonBasicComponents-2"):
            self.count += 1
            made.text = f"tekst-{self.count}-x"
        return made


@pytest.mark.parametrize(
    ("root", "schema"),
    [("Invoice", "Schemat_PEF(3)_v2-1.xsd"), ("CreditNote", "Schemat_PEF_KOR(3)_v2-1.xsd")],
)
def test_every_field_of_pef_is_shown(root: str, schema: str) -> None:
    made = Ubl(root, schema)
    assert made.count > 500
    for said in said_by(made.xml).values():
        texts = [(element.tag, element.text) for element in etree.fromstring(made.xml).iter() if element.text]
        lost = [(tag.rpartition("}")[2], text) for tag, text in texts if text not in said]
        assert lost == []


def test_a_correction_shows_before_the_changes_and_after() -> None:
    """Every value of a PEF_KOR as this program makes it, of its extensions too, but for the names of the extensions,
    for which the print has its own."""
    now = test_kor.state()
    first, second = now.lines
    right = test_kor.with_lines(now.draft, (replace(first, quantity=Decimal(4)), replace(second, rate="23")))
    xml = test_kor.build_correction(now, test_kor.correction(now, right))
    for said in said_by(xml).values():
        lost = [value for _, value in papers.lost(reading.document(xml, "pl"), said)]
        assert set(lost) <= {kor.BEFORE, kor.CHANGES, kor.TITLE}
        assert all(word in said for word in ("przedkorektą", "różnica", "pokorekcie"))
        assert "Innedane" not in said  # every field has its place
