"""Elements of UBL by their local names: core and extension name them alike."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree


class NotHeld(ValueError):
    """A document says what an FA(3) made of it would not; ``element`` is where."""

    def __init__(self, element: str) -> None:
        super().__init__(element)
        self.element = element


def local(element: etree._Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def every(element: etree._Element, path: str) -> Sequence[etree._Element]:
    """Elements at a path of local names."""
    return element.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def first(element: etree._Element, path: str) -> etree._Element:
    """The first element at a path. Raises NotHeld where there is none."""
    elements = every(element, path)
    if not elements:
        raise NotHeld(path)
    return elements[0]


def texts(element: etree._Element, path: str) -> list[str]:
    """The values at a path."""
    return [one.text.strip() for one in every(element, path) if one.text]


def text(element: etree._Element, path: str) -> str:
    """The first value at a path, or an empty text."""
    return next(iter(texts(element, path)), "")
