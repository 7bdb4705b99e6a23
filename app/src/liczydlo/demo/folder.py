"""Anybody's FA(3) files as the demo takes them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lxml import etree

_NUMBER = "{*}Fa/{*}P_2"
_LONGEST = 256  # characters of P_2 (TZnakowy, FA(3) schema)


def files(folder: Path) -> list[Path]:
    """The XML files of a folder, by name. Raises ValueError with one line for people when there are none."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".xml" and path.is_file())
    if not paths:
        raise ValueError(f"there are no .xml files in {folder}")
    return paths


def renumbered(xml: bytes, ending: str) -> bytes:
    """The document with ``ending`` added to its P_2; what is not an invoice comes back as it is, to be refused.

    Only the text of that element changes: the rest of the tree is written as it was read.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        return xml
    number = root.find(_NUMBER)
    if number is None or b"<!DOCTYPE" in xml:
        return xml
    number.text = (number.text or "")[: _LONGEST - len(ending)] + ending
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def ending(name: str, run: str) -> str:
    """An ending of P_2 that is unique to a file within a run, and to the run."""
    return f"/{hashlib.sha256(f'{run}/{name}'.encode()).hexdigest()[:8].upper()}"
