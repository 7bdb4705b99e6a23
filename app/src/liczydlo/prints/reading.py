"""Reading a document so that nothing is lost: what has not been read by the end is printed as „other data"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from lxml import etree

from liczydlo.prints.labels import Language, choice, label

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})")
Pair = tuple[str, str]


class Reader:
    """Remembers which leaves were read."""

    def __init__(self, root: etree._Element, language: Language) -> None:
        """``root`` is the document's root element."""
        self.language: Language = language
        self._read: set[etree._Element] = set()
        self.root = Node(root, self)

    def mark(self, element: etree._Element) -> None:
        """It is on the print."""
        self._read.add(element)

    def unread(self) -> Iterator[etree._Element]:
        """Leaves with text that nobody has read, in the order of the document."""
        for element in self.root.element.iter("*"):
            if not len(element) and element not in self._read and (element.text or "").strip():
                yield element


class Node:
    """An element whose children are reached by their local names."""

    def __init__(self, element: etree._Element, reader: Reader) -> None:
        """See ``Reader``."""
        self.element = element
        self.reader = reader

    @property
    def name(self) -> str:
        """The local name."""
        return str(etree.QName(self.element).localname)

    def child(self, path: str) -> Node | None:
        """The first descendant of a path of local names."""
        return next(self.children(path), None)

    def children(self, path: str) -> Iterator[Node]:
        """All of them."""
        for element in self.element.iterfind("/".join(f"{{*}}{step}" for step in path.split("/"))):
            yield Node(element, self.reader)

    def text(self, path: str = "") -> str:
        """The text of a leaf, read now; empty when it is not there."""
        node = self.child(path) if path else self
        if node is None:
            return ""
        self.reader.mark(node.element)
        return " ".join("".join(map(str, node.element.itertext())).split())

    def skip(self, *paths: str) -> None:
        """These say nothing that a reader of the print needs."""
        for path in paths:
            for node in self.children(path):
                self.reader.mark(node.element)

    def pair(self, path: str) -> list[Pair]:
        """Label and value of a leaf, shown as its kind asks; nothing when it is not there."""
        found = []
        for node in self.children(path):
            value = node.text()
            if value:
                found.append(
                    (label(node.name, self.reader.language), show(node.name, value, self.reader.language))
                )
        return found

    def pairs(self, *paths: str) -> list[Pair]:
        """Several of them."""
        return [pair for path in paths for pair in self.pair(path)]

    def leaves(self) -> list[Pair]:
        """Every leaf below, in order."""
        found = []
        for element in self.element.iter("*"):
            if not len(element) and (element.text or "").strip():
                found.append(_leaf(Node(element, self.reader)))
        return found


def _leaf(node: Node) -> Pair:
    language = node.reader.language
    return label(node.name, language), show(node.name, node.text(), language)


def show(name: str, value: str, language: Language) -> str:
    """A value as people write it: dates, choices, account numbers in groups."""
    if day := _DAY.fullmatch(value):
        return f"{day[3]}.{day[2]}.{day[1]}"
    if moment := _MOMENT.match(value):
        return f"{moment[3]}.{moment[2]}.{moment[1]} {moment[4]}"
    if name == "NrRB" and value.isdigit() and len(value) == 26:
        return " ".join([value[:2], *(value[at : at + 4] for at in range(2, 26, 4))])
    return choice(name, value, language)


def amount(value: str, *, least: int = 2) -> str:
    """``1234.5`` as ``1 234,50``: at least ``least`` decimal places, narrow no-break spaces between thousands."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    places = max(least, -int(number.normalize().as_tuple().exponent))
    whole, _, rest = f"{abs(number):,.{places}f}".partition(".")
    sign = "−" if number < 0 else ""
    return sign + whole.replace(",", "\u202f") + (f",{rest}" if rest else "")
