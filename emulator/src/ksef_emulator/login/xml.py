"""Reading XML that a stranger sent."""

from __future__ import annotations

import re

from lxml import etree

from .. import problems

MAX_BYTES = 1_000_000
_DECLARED = re.compile(rb"""\A<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")


def parse(xml: bytes) -> etree._Element:
    """The root of a UTF-8 document without a document type.

    Raises problems 21217 (another encoding), 9101 (a document type, too large), 21001 (not well-formed).
    """
    if len(xml) > MAX_BYTES:
        raise problems.invalid_document("Dokument jest za duży.")
    declared = _DECLARED.match(xml.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        raise problems.wrong_encoding()
    try:
        text = xml.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise problems.wrong_encoding() from error
    if not text.strip():
        raise problems.unreadable("Dokument jest pusty.")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise problems.invalid_document("Deklaracja DOCTYPE jest niedozwolona.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise problems.unreadable(str(error)) from error
