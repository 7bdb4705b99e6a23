"""What KSeF asks of any XML before it looks at the schema (weryfikacja-faktury.md, „Weryfikacja XML").

XML 1.0, UTF-8 without a byte order mark, an optional prolog that names no other encoding, no document type,
no processing instructions, none of the code points that XML discourages. Parsed once; the tree is what
everything after works on.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from .refusals import wrong_content

_DECLARATION = re.compile(rb"""^<\?xml\s[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_PROLOG = re.compile(rb"<\?xml\s")
_DISCOURAGED = re.compile(
    "[\u007f-\u0084\u0086-\u009f\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_LEADS = (b"\x7f", b"\xc2", b"\xef\xb7", b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""Bytes of which every discouraged character needs one: they spare most documents the slower search."""
_PARSER_OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,  # of the tree, where one would cut the text of its element in two
    "remove_pis": False,
}


def parse(xml: bytes) -> etree._Element:
    """The root of a document that keeps the rules; raises a `Refusal` 450 naming the rule (and line)
    otherwise."""
    if xml.startswith(codecs.BOM_UTF8):
        raise wrong_content("Nieprawidłowy XML", "Dokument nie może zawierać znacznika BOM.")
    declared = _DECLARATION.match(xml)
    if declared and declared[1].lower() not in {b"utf-8", b"utf8"}:
        raise wrong_content("Nieprawidłowy XML", "Dokument musi być zapisany w kodowaniu UTF-8.")
    try:
        text = xml.decode("utf-8")
    except UnicodeDecodeError as error:
        line = xml.count(b"\n", 0, error.start) + 1
        raise wrong_content(
            "Nieprawidłowy XML", f"Dokument musi być zapisany w kodowaniu UTF-8. Linia {line}."
        ) from None
    _refuse_discouraged(xml, text)
    parser = etree.XMLParser(**_PARSER_OPTIONS)  # type: ignore[arg-type]  # one parser per document: they keep state
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise wrong_content("Nieprawidłowy XML", f"Linia {error.lineno or 1}: {error.msg}") from None
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise wrong_content("Nieprawidłowy XML", "Dokument nie może zawierać deklaracji DOCTYPE.")
    if b"<?" in (xml[5:] if _PROLOG.match(xml) else xml):
        _refuse_instructions(tree)
    return root


def _refuse_discouraged(xml: bytes, text: str) -> None:
    """Characters stand in the document as themselves or, rarely, as numeric references; both are refused."""
    if any(lead in xml for lead in _LEADS):
        character = _DISCOURAGED.search(text)
        if character is not None:
            raise _discouraged(character[0], text.count("\n", 0, character.start()) + 1)
    if "&#" in text:
        for reference in re.finditer(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));", text):
            point = int(reference[1], 16) if reference[1] else int(reference[2])
            if point <= 0x10FFFF and _DISCOURAGED.match(chr(point)):
                raise _discouraged(chr(point), text.count("\n", 0, reference.start()) + 1)


def _discouraged(character: str, line: int) -> Exception:
    return wrong_content(
        "Nieprawidłowy XML",
        f"Dokument zawiera niezalecany znak Unicode U+{ord(character):04X}. Linia {line}.",
    )


def _refuse_instructions(tree: etree._ElementTree) -> None:
    root = tree.getroot()
    outside = [*root.itersiblings(preceding=True), *root.itersiblings()]
    for node in [*outside, *root.iter(etree.ProcessingInstruction)]:
        if isinstance(node, etree._ProcessingInstruction):
            raise wrong_content(
                "Nieprawidłowy XML",
                f"Dokument nie może zawierać instrukcji przetwarzania. Linia {node.sourceline or 1}.",
            )
