"""Reading ASN.1 in DER, and in the BER that browsers write PKCS#12 in (ITU-T X.690), without trusting a byte of it.

Only lengths and tags are read; nothing is decrypted or computed, so that a file can be judged before a library
opens it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
SEQUENCE: Final = 0x30
_CONSTRUCTED: Final = 0x20
_DEEPEST: Final = 40
"""Levels of nesting; a PKCS#12 has about twenty, down to the extensions of a certificate in it."""
_MOST: Final = 10_000
"""Elements in one file; a PKCS#12 with a chain of four certificates has about a thousand."""


class DerError(ValueError):
    """Bytes that are not DER or BER, are cut off, or are nested beyond reason."""


@dataclass(frozen=True, slots=True)
class Element:
    """One value: its identifier octet (the first one, for tags above 30) and its contents."""

    tag: int
    content: bytes

    @property
    def constructed(self) -> bool:
        """Whether the contents are elements themselves."""
        return bool(self.tag & _CONSTRUCTED)

    def children(self) -> list[Element]:
        """The elements of a constructed value. Raises :class:`DerError`."""
        return elements(self.content)

    def octets(self) -> bytes:
        """The bytes of an OCTET STRING, put together when BER has it in pieces (X.690 §8.7.3)."""
        if not self.constructed:
            return self.content
        return b"".join(child.content for child in self.children())

    def number(self) -> int:
        """An INTEGER, taken as not negative."""
        return int.from_bytes(self.content, "big")

    def oid(self) -> str:
        """An OBJECT IDENTIFIER as dotted decimals. Raises :class:`DerError`."""
        arcs: list[int] = []
        value = 0
        for octet in self.content[:64]:
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(value)
                value = 0
        if not arcs:
            raise DerError("an empty object identifier")
        first = min(arcs[0] // 40, 2)
        return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def elements(data: bytes) -> list[Element]:
    """All values that stand one after another in ``data``. Raises :class:`DerError`."""
    values: list[Element] = []
    at = 0
    while at < len(data):
        element, at = _read(data, at, _DEEPEST)
        values.append(element)
        if len(values) > _MOST:
            raise DerError("too many elements")
    return values


def first(data: bytes) -> tuple[Element, int]:
    """The value that ``data`` begins with, and where it ends. Raises :class:`DerError`, also when it is cut off."""
    return _read(data, 0, _DEEPEST)


def walk(data: bytes) -> Iterator[Element]:
    """Every value in ``data``, outer before inner, those inside OCTET STRINGs too. Raises :class:`DerError`.

    An OCTET STRING is entered when its bytes are one whole SEQUENCE and nothing more: PKCS#12 keeps its parts that way.
    """
    waiting = [(element, 0) for element in reversed(elements(data))]
    count = 0
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if depth > _DEEPEST or count > _MOST:
            raise DerError("nested beyond reason")
        yield element
        waiting += [(inner, depth + 1) for inner in reversed(_inside(element))]


def _inside(element: Element) -> list[Element]:
    if element.tag & ~_CONSTRUCTED == OCTET_STRING:
        content = element.octets()
        try:
            inner = elements(content) if content[:1] == bytes([SEQUENCE]) else []
        except DerError:
            return []  # bytes that happen to begin like a SEQUENCE
        return inner if len(inner) == 1 and _is_whole(inner[0], _DEEPEST) else []
    return element.children() if element.constructed else []


def _is_whole(element: Element, levels: int) -> bool:
    """Whether all that it holds can be read. One salt or ciphertext in 65 536 begins like a SEQUENCE of its own length,
    and what follows is noise. Raises :class:`DerError` when it is nested beyond reason."""
    if not element.constructed:
        return True
    if levels == 0:
        raise DerError("nested beyond reason")
    try:
        inner = element.children()
    except DerError:
        return False
    return all(_is_whole(one, levels - 1) for one in inner)


def _read(data: bytes, at: int, levels: int) -> tuple[Element, int]:
    """The element at ``at``, and where the next one begins."""
    if levels == 0:
        raise DerError("nested beyond reason")
    tag, at = _octet(data, at)
    if tag & 0x1F == 0x1F:  # X.690 §8.1.2.4: the number follows
        more = 0x80
        while more & 0x80:
            more, at = _octet(data, at)
    length, at = _octet(data, at)
    if length == 0x80:
        return _indefinite(data, tag, at, levels)
    if length > 0x80:
        size = length & 0x7F
        if at + size > len(data):
            raise DerError("cut off")
        length, at = int.from_bytes(data[at : at + size], "big"), at + size
    if at + length > len(data):
        raise DerError("cut off")
    return Element(tag, data[at : at + length]), at + length


def _indefinite(data: bytes, tag: int, begin: int, levels: int) -> tuple[Element, int]:
    """X.690 §8.1.3.6: the contents end with two zero octets."""
    if not tag & _CONSTRUCTED:
        raise DerError("a primitive value without a length")
    at, count = begin, 0
    while data[at : at + 2] != b"\0\0":
        _, at = _read(data, at, levels - 1)
        count += 1
        if count > _MOST:
            raise DerError("too many elements")
    return Element(tag, data[begin:at]), at + 2


def _octet(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise DerError("cut off")
    return data[at], at + 1
