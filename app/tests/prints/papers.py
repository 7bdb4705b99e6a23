"""Documents to be printed, and eyes that read prints: text, codes, attachments."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pypdf
import pypdfium2
import zxingcpp
from liczydlo.demo.samples import faktura_of, samples
from liczydlo.fa3 import xsd
from liczydlo.fa3.draft import Address, Party
from liczydlo.fa3.write import write
from liczydlo.prints import values
from liczydlo.prints.codes import Codes
from lxml import etree

TODAY = date(2026, 11, 23)
NS = "http://crd.gov.pl/wzor/2025/06/25/13775/"
XS = "{http://www.w3.org/2001/XMLSchema}"
DIGEST = "UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
KSEF_NUMBER = "5265877635-20261123-0A1B2C3D4E5F-9A"
KOD_1 = f"https://qr-test.ksef.mf.gov.pl/invoice/5265877635/23-11-2026/{DIGEST}"
KOD_2 = (
    f"https://qr-test.ksef.mf.gov.pl/certificate/Nip/5265877635/5265877635/01F20A5D352AE590/{DIGEST}/"
    + "aB3_-z" * 14
)
RSA_KOD_2 = KOD_2 + "xY9-_q" * 43
ONLINE = Codes(kod_1=KOD_1, caption=KSEF_NUMBER)
OFFLINE = Codes(kod_1=KOD_1, caption="OFFLINE", kod_2=KOD_2)


def sample(name: str = "several-rates") -> bytes:
    """One of the project's own invoices."""
    return write(
        faktura_of(samples(_party("Garncarnia Łęg sp. z o.o."), _party("Sklep „Żółw”"), TODAY)[name])
    )


def names() -> list[str]:
    """Of all of them."""
    return list(samples(_party("A"), _party("B"), TODAY))


def _party(name: str) -> Party:
    address = Address(line1="ul. Gliniana 4", line2="30-001 Kraków")
    return Party(nip="5265877635", name=name, address=address)


def changed(xml: bytes, old: str, new: str) -> bytes:
    """A document with a text in another's place, which must be there."""
    assert old.encode() in xml
    return xml.replace(old.encode(), new.encode())


def text(pdf: bytes) -> str:
    """What a reader sees, in order, without line ends and with plain spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        result = " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return " ".join(result.replace("\u202f", " ").replace("\ufffe", "-").split())


def codes_of(pdf: bytes) -> set[str]:
    """The texts of all QR codes in a PDF, at 150 dots an inch, as a phone sees them."""
    result: set[str] = set()
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            bitmap = page.render(scale=150 / 72, grayscale=True)
            pixels = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
            result |= {code.text for code in zxingcpp.read_barcodes(pixels, formats=QR)}
    finally:
        document.close()
    return result


def attachments(pdf: bytes) -> dict[str, bytes]:
    """Files inside a PDF."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return {name: content for name, [content] in reader.attachments.items()}


def catalogue(pdf: bytes) -> Any:
    """The root of a PDF's objects."""
    return pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def example_folder() -> Path:
    """Official examples."""
    return Path(__file__).parents[4] / "shared/spec/examples"


DPI = 150
# asked for all kinds, the scanner sees a bar code in lines of text now and then
QR = zxingcpp.BarcodeFormat.QRCode


def first_code(pdf: bytes) -> Any:
    """The first code on the first page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[0].render(scale=DPI / 72, grayscale=True)
        pixels = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
        return zxingcpp.read_barcodes(pixels, formats=QR)[0]
    finally:
        document.close()


def page_count(pdf: bytes) -> int:
    """How many pages."""
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def text_of_page(pdf: bytes, at: int) -> str:
    """What a reader sees on one page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        result = document[at].get_textpage().get_text_range()
    finally:
        document.close()
    return " ".join(result.replace("\u202f", " ").replace("\ufffe", "-").split())


def before_and_after(xml: bytes) -> bytes:
    """The first line once more in front of itself, as it was before a correction: 2000.00 net."""
    root = etree.fromstring(xml)
    line = next(root.iter("{*}FaWiersz"))
    old = etree.fromstring(etree.tostring(line))
    space = f"{{{etree.QName(line).namespace}}}"
    net = old.find(f"{space}P_11")
    assert net is not None
    net.text = "2000.00"
    etree.SubElement(old, f"{space}StanPrzed").text = "1"
    line.addprevious(old)
    return etree.tostring(root)


_NO = {"P_19N", "P_22N", "P_PMarzyN", "P_PMarzy", "WariantFormularza", "RodzajFaktury", "NrKSeF", "RolaInna"}
_SAID = {
    *("P_16", "P_17", "P_18", "P_18A", "P_19", "P_22", "P_23", "P_42_5", "FP", "TP", "ZwrotAkcyzy"),
    *("P_PMarzy_2", "P_PMarzy_3_1", "P_PMarzy_3_2", "P_PMarzy_3_3", "JST", "GV", "NrKSeFZN", "PlatnoscInna"),
    *("TransportInny", "LadunekInny"),
}


def is_mark(name: str) -> bool:
    """An element whose 1 or 2 is not printed as a number: another test reads its words."""
    return name in _NO | _SAID


def shown(leaf: Any) -> str:
    """How a leaf is written on paper."""
    if leaf.name == "KodKraju" and leaf.value == "PL":
        return ""
    if leaf.name in ("ZWartosc", "TWartosc"):
        return dated(leaf.value)
    if leaf.name in ("WKom", "SKom", "AdresL1", "AdresL2"):
        return leaf.value.replace(".", ",") if leaf.value.replace(".", "").isdigit() else dated(leaf.value)
    return leaf.shown()


def lost(document: Any, said: str) -> list[tuple[str, str]]:
    """Leaves of a document whose texts are not among what the print says (squeezed)."""
    return [
        (leaf.name, leaf.value)
        for leaf, _ in document.unread()
        if not is_mark(leaf.name) and squeezed(shown(leaf)) not in said
    ]


SILENT = _NO | _SAID
"""Marks without a label of their own."""


def dated(value: str) -> str:
    """Days as people write them."""
    return values.day(value)


def squeezed(value: str) -> str:
    """Without spaces and capitals, for comparing texts that wrap or are headings."""
    return "".join(value.replace("\u200b", "").split()).casefold()


class Everything:
    """A document with every element of the schema, every branch of every choice: more than any valid one has."""

    def __init__(self, schema: bytes = b"", names: Mapping[str, str] = MappingProxyType({})) -> None:
        """``leaves``: name and text of each leaf, in order. ``schema`` is FA(3)'s unless given; ``names`` are those
        by which the print calls its elements."""
        self.schema = etree.fromstring(schema or xsd.files()["schemat_FA(3)_v1-0E.xsd"])
        self.space = self.schema.get("targetNamespace")
        self.names = names
        self.types = {item.get("name"): item for item in self.schema if item.get("name")}
        self.leaves: list[tuple[str, str]] = []
        root = self.schema.find(f"{XS}element[@name='Faktura']")
        assert root is not None
        self.xml = etree.tostring(self._element(root))

    def _element(self, declared: etree._Element) -> etree._Element:
        name = declared.get("name", "")
        made = etree.Element(f"{{{self.space}}}{name}")
        known = self.types.get(declared.get("type", "").rpartition(":")[2])
        kind = declared.find(f"{XS}complexType")
        base = kind.find(f"{XS}complexContent/{XS}extension") if kind is not None else None
        if base is not None:
            known = self.types.get(base.get("base", "").rpartition(":")[2])
        if (kind is None or base is not None) and known is not None and known.tag == f"{XS}complexType":
            kind = known
        within = list(kind.iter(f"{XS}sequence", f"{XS}choice")) if kind is not None else []
        if not within:
            made.text = self._text(self.names.get(name, name), declared, known)
            self.leaves.append((name, made.text))
            return made
        assert kind is not None
        for child in self._children(kind):
            made.append(self._element(child))
        return made

    def _children(self, kind: etree._Element) -> list[etree._Element]:
        result = []
        for item in kind:
            if item.tag == f"{XS}element":
                result.append(item)
            elif item.tag in (f"{XS}sequence", f"{XS}choice"):
                result += self._children(item)
        return result

    def _text(self, name: str, declared: etree._Element, known: etree._Element | None) -> str:
        """A text of its own for every leaf, of a shape that its kind could have."""
        at = len(self.leaves)
        if name in values.DATES or name in ("P_6_Od", "P_6_Do"):
            return f"20{at % 90 + 10}-01-02"
        if name in values.MOMENTS:
            return f"20{at % 90 + 10}-03-04T05:06:07Z"
        if name in values.NUMBERS:
            return f"{1000 + at}.25"
        if is_mark(name) or "TWybor" in declared.get("type", ""):
            return "1"
        options = [
            element.get("value")
            for element in (declared if known is None else known).iter(f"{XS}enumeration")
        ]
        return options[at % len(options)] or "" if options else f"tekst-{at}-x"
