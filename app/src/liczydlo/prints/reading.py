"""Reading a document so that nothing is lost: what has not been read by the end is printed as „other data"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from lxml import etree

from liczydlo.prints.fonts import BREAK, metrics
from liczydlo.prints.labels import Language, label
from liczydlo.prints.typesetting import PrintError
from liczydlo.prints.values import show, soft

Pair = tuple[str, str]
Fitted = tuple[str, str, bool, bool]
TEXTS: Final = frozenset(
    (
        *("P_7", "P_7Z", "P_5RR", "Wartosc", "StopkaFaktury", "Akapit", "Note"),
        *("AdresL1", "AdresL2", "PrzyczynaKorekty", "P_19A", "P_19B", "P_19C", "Powod", "OpisPlatnosci"),
        *("WarunkiSkonta", "WarunkiDostawy", "ZdarzeniePoczatkowe", "ZWartosc", "TWartosc", "WKom", "SKom"),
    )
)
"""What people type in several lines."""
_SURE: Final = 0.95  # of a column's width: kerning and our sums differ by less
FARMER: Final = {
    "FakturaRR": "Fa",
    "FakturaRRWiersz": "FaWiersz",
    **{
        name: f"{name}RR"
        for name in (
            *("Podmiot1", "Podmiot1K", "P_4AA", "P_5", "P_6A", "P_6B", "P_7", "P_8", "P_9", "P_10", "P_11"),
            *("FormaPlatnosci", "RachunekBankowy1", "RachunekBankowy2"),
        )
    },
}
"""What FA_RR(1) calls otherwise than FA, or calls by a name that means another thing in FA (``P_7`` is its price)."""
MAX_SIZE = 64 * 1024 * 1024  # bytes; KSeF takes invoices of 3 MB, its receipts grow to some 10


class Node:
    """An element as plain data, reached by local names; it remembers whether it has been read."""

    __slots__ = ("by_name", "children", "kind", "language", "name", "read", "unit", "value")

    def __init__(
        self, element: etree._Element, language: Language, names: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """``kind`` is the attribute ``Typ`` of a column's heading, ``unit`` that of a quantity or amount in PEF;
        ``names`` are other names by those of the document."""
        name: str = element.tag.rpartition("}")[2]
        self.name: str = names.get(name, name)
        self.unit: str = element.get("unitCode") or element.get("currencyID") or ""
        self.language: Language = language
        self.kind: str = element.get("Typ", "")
        self.read = False
        self.children = [Node(child, language, names) for child in element]
        self.value = "" if self.children else self._text((element.text or "").replace(BREAK, ""))
        self.by_name: dict[str, list[Node]] = {}
        for child in self.children:
            self.by_name.setdefault(child.name, []).append(child)

    def _text(self, written: str) -> str:
        """One space for any run of them; free texts keep their lines."""
        if self.name not in TEXTS:
            return " ".join(written.split())
        return "\n".join(filter(None, (" ".join(line.split()) for line in written.splitlines())))

    def all(self, path: str) -> list[Node]:
        """All elements at a path of local names."""
        here, _, below = path.partition("/")
        nodes = self.by_name.get(here, [])
        for step in below.split("/") if below else ():
            nodes = [child for node in nodes for child in node.by_name.get(step, ())]
        return nodes

    def first(self, path: str) -> Node | None:
        """The first element at a path of local names, or None."""
        nodes = self.all(path)
        return nodes[0] if nodes else None

    def text(self, path: str = "") -> str:
        """The text of a leaf, read now; empty when it is not there."""
        node = self.first(path) if path else self
        if node is None:
            return ""
        node.read = True
        return node.value

    def skip(self, *paths: str) -> None:
        """Mark elements as read that a print leaves out, so that they are no „other data"."""
        for path in paths:
            for node in self.all(path):
                node.read = True

    def shown(self) -> str:
        """The text of a leaf as people write it."""
        return soft(show(self.name, self.text(), self.language))

    def pairs(self, *paths: str) -> list[Pair]:
        """Label and value of leaves, as many as there are."""
        return [
            (label(node.name, self.language), node.shown())
            for path in paths
            for node in self.all(path)
            if node.value
        ]

    def words(self, path: str = "", *, longest: int = 36) -> str:
        """The text of a leaf, whose words may break where they are longer than ``longest``."""
        return soft(self.text(path), longest)

    def leaves(self) -> list[Pair]:
        """Label and value of every leaf below that nobody has read, in order."""
        return [(label(node.name, self.language), node.shown()) for node, _ in self.unread()]

    def unread(self) -> Iterator[tuple[Node, Node]]:
        """Leaves with text that nobody has read, in the order of the document, each with its parent."""
        for child in self.children:
            if child.children:
                yield from child.unread()
            elif child.value and not child.read:
                yield child, self


def fitted(pairs: list[Pair], *, value: float = 51.0, name: float = 28.0) -> list[Fitted]:
    """Label, value, whether a word at 8.5 pt is wider than its column (``name`` or ``value`` mm), so that the two stand
    one under the other, and whether both surely have one line."""
    rows = []
    for title, written in pairs:
        text = written.replace(BREAK, "")  # where it has room it is copied as it is
        if metrics().millimetres(text, 8.5) > (name + value) * _SURE:
            text = written
        widest, widths = zip(*((max(parts), sum(parts)) for parts in map(_words, (title, text))), strict=True)
        is_wide = widest[0] > name or widest[1] > value
        is_one = widths[0] < name * _SURE and widths[1] < value * _SURE and "\n" not in title + text
        rows.append((title, text, is_wide, is_one))
    return rows


def _words(text: str) -> list[float]:
    """Widths of the words with a space, in mm."""
    return [metrics().millimetres(part, 8.5) for part in re.split("(?<=[ \n])", text)]


def document(xml: bytes, language: Language) -> Node:
    """The root of a document. Raises PrintError for what is not XML, or has a DOCTYPE."""
    if len(xml) > MAX_SIZE:
        raise PrintError("too-large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PrintError("not-xml", str(error)) from error
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise PrintError("not-xml", "DOCTYPE")
    is_farmer = any(child.tag.rpartition("}")[2] == "FakturaRR" for child in root)
    return Node(root, language, FARMER) if is_farmer else Node(root, language)
