"""Reading a document so that nothing is lost: what has not been read by the end is printed as „other data"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from liczydlo.prints.fonts import BREAK, metrics
from liczydlo.prints.labels import Language, label
from liczydlo.prints.typesetting import PrintError
from liczydlo.prints.values import show, soft

Pair = tuple[str, str]
Fitted = tuple[str, str, bool]
TEXTS = frozenset(("P_7", "P_7Z", "Wartosc", "StopkaFaktury", "Akapit"))  # what people type in several lines
MAX_SIZE = 64 * 1024 * 1024  # bytes; KSeF takes invoices of 3 MB, its receipts grow to some 10


class Node:
    """An element as plain data, reached by local names; it remembers whether it has been read."""

    __slots__ = ("by_name", "children", "kind", "language", "name", "read", "value")

    def __init__(self, element: etree._Element, language: Language) -> None:
        """``kind`` is the attribute ``Typ`` of a column's heading."""
        self.name: str = element.tag.rpartition("}")[2]
        self.language: Language = language
        self.kind: str = element.get("Typ", "")
        self.read = False
        self.children = [Node(child, language) for child in element]
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
        found = self.by_name.get(here, [])
        for step in below.split("/") if below else ():
            found = [child for node in found for child in node.by_name.get(step, ())]
        return found

    def first(self, path: str) -> Node | None:
        """The first of them."""
        found = self.all(path)
        return found[0] if found else None

    def text(self, path: str = "") -> str:
        """The text of a leaf, read now; empty when it is not there."""
        node = self.first(path) if path else self
        if node is None:
            return ""
        node.read = True
        return node.value

    def skip(self, *paths: str) -> None:
        """These say nothing that a reader of the print needs."""
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


def fitted(pairs: list[Pair], *, value: float = 51.0) -> list[Fitted]:
    """Label, value, and whether the value is wider than ``value`` mm at 8.5 pt and cannot wrap into it."""
    return [
        (name, text, any(metrics().millimetres(part, 8.5) > value for part in text.split(" ")))
        for name, text in pairs
    ]


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
    return Node(root, language)
