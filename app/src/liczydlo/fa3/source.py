"""From bytes to a tree: what KSeF asks of a file before its schema (ksef-docs faktury/weryfikacja-faktury.md)."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from liczydlo.fa3 import syntax
from liczydlo.fa3.problems import DocumentError, Problem

NAMESPACE: Final = "http://crd.gov.pl/wzor/2025/06/25/13775/"
ROOT: Final = f"{{{NAMESPACE}}}Faktura"
LIMIT: Final = 1_000_000  # bytes (ksef-docs limity/limity.md)
LIMIT_WITH_ATTACHMENT: Final = 3_000_000  # bytes
_MARKS: Final = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"<\x00?\x00": "UTF-16",
    b"\x00<\x00?": "UTF-16",
    b"<\x00F\x00": "UTF-16",
    b"\x00<\x00F": "UTF-16",
}
_DECLARED: Final = re.compile(rb"""\A<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# Before the root only; the same letters in a CDATA section are text.
_DOCTYPE: Final = re.compile(rb"\A(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE\b", re.DOTALL)
# XML 1.0 advises against DEL, C1 and non-characters; KSeF refuses them together with what XML itself refuses.
_PLANES: Final = "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}-{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
)
CONTROL: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef{_PLANES}]")
"""A character that KSeF refuses."""
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates of the bidirectional algorithm (UAX #9), which KSeF takes. Hebrew and Arabic need
none of them: their letters have a direction of their own."""
# The same in quick looks at bytes: those of one byte, C1 (C2 80 to C2 9F), and how the others begin.
_CONTROL_BYTES: Final = bytes(byte for byte in (*range(0x20), 0x7F) if byte not in b"\t\n\r")
_C1: Final = re.compile(rb"\xc2[\x80-\x9f]")
_LEADS: Final = (b"\xef", b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
_KNOWN_NAMESPACES: Final = {
    "http://crd.gov.pl/wzor/2023/06/29/12648/": "FA(2)",
    "http://crd.gov.pl/wzor/2021/11/29/11089/": "FA(1)",
    "http://crd.gov.pl/wzor/2026/03/06/14189/": "FA_RR(1)",
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2": "PEF (UBL Invoice)",
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2": "PEF (UBL CreditNote)",
    "http://upo.schematy.mf.gov.pl/KSeF/v4-3": "UPO",
}


def parse(xml: bytes, *, root_tag: str = ROOT) -> etree._ElementTree:
    """The tree, without comments, of a file that KSeF would open, with a root of that name. Raises DocumentError with
    the line."""
    if not xml or xml.isspace():
        raise DocumentError([Problem(code="empty")])
    if len(xml) > LIMIT_WITH_ATTACHMENT:
        raise DocumentError([_too_large(xml, LIMIT_WITH_ATTACHMENT)])
    _encoding(xml)
    if b"<!DOCTYPE" in xml and (doctype := _DOCTYPE.match(xml)):
        raise DocumentError([Problem(code="doctype", line=_line(xml, doctype.end()))])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        params = {"reason": syntax.reason(getattr(error, "code", 0))}
        raise DocumentError([Problem(code="not-xml", line=error.lineno, params=params)]) from error
    tree = root.getroottree()
    _content(xml, tree, root_tag)
    return tree


def _encoding(xml: bytes) -> None:
    if xml.startswith(tuple(_MARKS)):
        name = next(name for mark, name in _MARKS.items() if xml.startswith(mark))
        raise DocumentError([Problem(code="encoding", line=1, params={"encoding": name})])
    if xml.startswith(b"\xef\xbb\xbf"):
        raise DocumentError([Problem(code="bom", line=1)])
    declared = _DECLARED.match(xml)
    if declared and declared[1].lower() != b"utf-8":
        name = declared[1].decode("ascii")
        raise DocumentError([Problem(code="encoding", line=1, params={"encoding": name})])
    try:
        text = xml.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError([Problem(code="not-utf-8", line=_line(xml, error.start))]) from error
    if not _suspicious(xml):
        return
    if control := CONTROL.search(text):
        raise DocumentError([_control(control[0], text.count("\n", 0, control.start()) + 1)])


def _suspicious(xml: bytes) -> bool:
    if len(xml.translate(None, _CONTROL_BYTES)) < len(xml):
        return True
    return not xml.isascii() and (any(lead in xml for lead in _LEADS) or _C1.search(xml) is not None)


def _control(character: str, line: int | None) -> Problem:
    params = {"character": f"U+{ord(character):04X}"}
    return Problem(code="control-character", line=line, params=params)


def _content(xml: bytes, tree: etree._ElementTree, root_tag: str) -> None:
    root = tree.getroot()
    if b"<?" in xml[2:]:
        instructions: Any = tree.xpath("//processing-instruction()")
        for instruction in instructions:
            params = {"target": str(instruction.target)}
            raise DocumentError(
                [Problem(code="processing-instruction", line=line_of(instruction), params=params)]
            )
    if b"&#" in xml:  # a character may also be written as a number
        for element in root.iter():
            texts = (element.text, element.tail, *map(str, element.attrib.values()))
            if control := CONTROL.search("".join(filter(None, texts))):
                raise DocumentError([_control(control[0], line_of(element))])
    if root.tag != root_tag:
        name = etree.QName(root)
        shown_name = _KNOWN_NAMESPACES.get(name.namespace or "", f"<{name.localname}>")
        raise DocumentError([Problem(code="not-fa3", line=line_of(root), params={"found": shown_name})])


def line_of(element: Any) -> int | None:
    """The line on which an element's start tag ends."""
    line: int | None = element.sourceline
    return line


def too_large(xml: bytes, *, has_attachment: bool) -> Problem | None:
    """The problem of a file over the limit, which is higher with an attachment."""
    limit = LIMIT_WITH_ATTACHMENT if has_attachment else LIMIT
    return _too_large(xml, limit) if len(xml) > limit else None


def _too_large(xml: bytes, limit: int) -> Problem:
    return Problem(code="too-large", params={"size": str(len(xml)), "limit": str(limit)})


def _line(xml: bytes, at: int) -> int:
    return xml.count(b"\n", 0, at) + 1
