"""What an issuer does not see in an own file: characters that turn the order of the letters around them."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from liczydlo.fa3.source import TURNING
from liczydlo.web.reasons import Reason

_BYTES: Final = re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|&#")
"""Such a character in UTF-8, or any that is written by its number."""


def warnings(xml: bytes) -> list[Reason]:
    """Which fields of a well-formed document hold such characters, and which characters."""
    if _BYTES.search(xml) is None:
        return []
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    fields: dict[str, None] = {}
    characters: set[str] = set()
    for element in root.iter(etree.Element):
        if turning := TURNING.findall(element.text or ""):
            fields[etree.QName(element).localname] = None
            characters |= {f"U+{ord(one):04X}" for one in turning}
    if not fields:
        return []
    return [
        Reason(
            "turning-characters",
            {"fields": ", ".join(fields), "characters": ", ".join(sorted(characters))},
        )
    ]
