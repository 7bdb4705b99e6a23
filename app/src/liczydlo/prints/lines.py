"""The table of an invoice's lines, or of an order's: measured here, so that Typst need not try widths."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from liczydlo.prints.choices import word
from liczydlo.prints.fonts import BREAK, POINT, metrics
from liczydlo.prints.labels import Language, label
from liczydlo.prints.reading import Node
from liczydlo.prints.values import NUMBERS, amount, number, show, soft

PAGE: Final = 174.0  # mm between the margins
_PADDING: Final = 3.0  # mm, both sides of a cell
_SIZES: Final = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
_WIDEST_TEXT: Final = 24.0  # mm; longer units and codes wrap
_MARGIN: Final = 1.04
_ROUNDED: Final = 0.02  # mm
_NAME_PART: Final = 0.28
_LONGEST: Final = 24  # characters of a word in the column of names
_NAMES: Final = ("P_7", "P_7Z", "P_5RR")
_ORDER: Final[tuple[str, ...]] = (
    "NrWierszaFa",
    "NrWierszaZam",
    "P_7",
    "P_7Z",
    "P_8B",
    "P_8BZ",
    "P_8A",
    "P_8AZ",
    "P_9A",
    "P_9AZ",
    "P_9B",
    "P_10",
    "P_11",
    "P_11NettoZ",
    "P_12",
    "P_12Z",
    "P_12_XII",
    "P_12Z_XII",
    "P_11Vat",
    "P_11VatZ",
    "P_11A",
    *("P_5RR", "P_6BRR", "P_6ARR", "P_6C", "P_7RR", "P_8RR", "P_9RR", "P_10RR", "P_11RR"),
)
_CODES: Final = ("PKWiU", "CN", "PKOB", "GTIN", "Indeks", "GTU", "Procedura", "KwotaAkcyzy")
_BELOW: Final = (
    *(name + order for name in _CODES for order in ("", "Z")),
    *("P_12_Zal_15", "P_12Z_Zal_15", "P_6A", "P_4AARR", "KursWaluty", "UU_ID", "UU_IDZ"),
)
"""Details that stand in small print under a line's name instead of in a column of their own."""
_BEFORE: Final = ("StanPrzed", "StanPrzedZ")
_SUBTRACTED: Final = frozenset(
    {
        *("P_8B", "P_8BZ", "P_9A", "P_9AZ", "P_9B"),
        *("P_11", "P_11NettoZ", "P_11Vat", "P_11VatZ", "P_11A"),
        *("P_6BRR", "P_7RR", "P_8RR", "P_10RR", "P_11RR"),
    }
)
_PRICES: Final = ("P_9A", "P_9AZ", "P_9B", "P_7RR")
_NUMBERED: Final = ("NrWierszaFa", "NrWierszaZam")
_IDS: Final = ("UU_ID", "UU_IDZ")
_SAME: Final = (_IDS, _NUMBERED, _NAMES)


def lines(nodes: list[Node], language: Language) -> dict[str, Any] | None:
    """A column for what any line has, small print for the rest; a line stands before a correction, after it and as
    their difference, one below the other, in the place of the first of them."""
    if not nodes:
        return None
    present = {child.name for node in nodes for child in node.children}
    names: list[str] = [name for name in _ORDER if name in present]
    if not present & set(_NAMES):
        names.insert(1, "P_7")
    names += sorted(present - set(_ORDER) - set(_BELOW) - set(_BEFORE))
    partners = _partners(nodes)
    afters = {before: after for after, before in partners.items() if before is not None}
    rows = []
    for node in nodes:
        if _is_before(node):
            after = afters.get(node)
            rows.append(_row(node, names, "before"))
            rows += [] if after is None else [_row(after, names, "after")]
            rows.append(_difference(node, after, names))
        elif node not in partners:
            rows.append(_row(node, names, ""))
        elif partners[node] is None:
            rows += [_row(node, names, "after"), _difference(None, node, names)]
    return {**_measured(names, rows, language), "rows": rows}


def _is_before(node: Node) -> bool:
    return any(node.text(name) for name in _BEFORE)


def _partners(nodes: list[Node]) -> dict[Node, Node | None]:
    """Line after a correction → the line as it was; None for one that was added. Empty where nothing was before.

    FA(3) does not tie the two together. An identifier does; then the number, for each state is numbered from 1; then
    the name, for some go on counting.
    """
    waiting = {node: None for node in nodes if _is_before(node)}
    if not waiting:
        return {}
    after = [node for node in nodes if node not in waiting]
    partners: dict[Node, Node | None] = dict.fromkeys(after)
    for same in _SAME:
        groups: dict[str, list[Node]] = {}
        for node in waiting:
            groups.setdefault(_first(node, same), []).append(node)
        for node in after:
            value = _first(node, same)
            if partners[node] is None and value:
                alike = (one for one in groups.get(value, ()) if one in waiting)
                partner = next((one for one in alike if same is _IDS or not _differ(one, node)), None)
                if partner is not None:
                    del waiting[partner]
                    partners[node] = partner
    return partners


def _differ(one: Node, other: Node) -> bool:
    """Whether both have an identifier: those of one line have met by it."""
    return bool(_first(one, _IDS) and _first(other, _IDS))


def _first(node: Node, names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := node.text(name))), "")


def _row(node: Node, names: list[str], state: str) -> dict[str, Any]:
    cells = [" · ".join(_cell(child) for child in node.all(name)) for name in names]
    below = [f"{title}: {soft(value, _LONGEST)}" for title, value in node.pairs(*_BELOW)]
    if state:
        below.insert(0, word(state, node.language))
    return {"cells": cells, "below": " · ".join(below), "state": state}


def _cell(node: Node) -> str:
    return node.words(longest=_LONGEST) if node.name in _NAMES else soft(node.shown(), _LONGEST // 2)


def _difference(before: Node | None, after: Node | None, names: list[str]) -> dict[str, Any]:
    """What a correction changed; no figure where one of the two lines has none. A line that was added or removed
    changes by its whole quantity and value, not by its price."""
    node = after or before
    assert node is not None
    whole = before is None or after is None
    cells = []
    for name in names:
        old, new = (Decimal(0) if one is None else number(one.text(name)) for one in (before, after))
        change = None if old is None or new is None else new - old
        if name in _NAMES:
            cells.append(word("difference", node.language))
        elif name not in _SUBTRACTED or change is None or (whole and name in _PRICES):
            cells.append("")
        else:
            cells.append(
                amount(change, least=NUMBERS[name]) if change or name.startswith(("P_11", "P_8RR")) else ""
            )
    return {"cells": cells, "below": "", "state": "difference"}


def _measured(names: list[str], rows: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    kinds = ("name" if name in _NAMES else "num" if name in NUMBERS else "text" for name in names)
    return measured([(label(name, language), kind) for name, kind in zip(names, kinds, strict=True)], rows)


def measured(heads: Sequence[tuple[str, str]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Columns with widths in mm, and the size of type (pt) at which the name keeps its part of the page.

    Says of each row whether it has ``one`` line. ``heads``: the titles, and for each whether it is the ``name``, a
    ``num`` or a ``text``.
    """
    ems = [
        0 if kind == "name" else max(metrics().width(cell, 1) for cell in {row["cells"][at] for row in rows})
        for at, (_title, kind) in enumerate(heads)
    ]
    columns: list[dict[str, Any]] = []
    size = _SIZES[0]
    for size, whole in itertools.product(_SIZES, (True, False)):
        columns = [
            _column(title, kind, em, size=size, whole=whole)
            for (title, kind), em in zip(heads, ems, strict=True)
        ]
        if PAGE - sum(column["width"] for column in columns) >= PAGE * _NAME_PART:
            break
    room = PAGE - sum(column["width"] for column in columns)
    widths = [(column["width"] or room) - _PADDING for column in columns]
    name = next((at for at, (_title, kind) in enumerate(heads) if kind == "name"), 0)
    for row in rows:
        row["cells"] = [
            _unbroken(cell, width, size) for cell, width in zip(row["cells"], widths, strict=True)
        ]
        row["below"] = _unbroken(row["below"], widths[name], size)
        row["one"] = _has_one_line(row, widths, size)
    return {"columns": columns, "size": size}


def _unbroken(text: str, width: float, size: float) -> str:
    """Without places to break in words that have room: what is copied from the print is then what was written."""
    if BREAK not in text:
        return text
    whole = text.replace(BREAK, "")
    widest = max(metrics().millimetres(word, size) for word in whole.split())
    return whole if widest * _MARGIN <= width else text


def _has_one_line(row: dict[str, Any], widths: list[float], size: float) -> bool:
    """Whether no cell can need a second line; of a bold row nothing is known."""
    if row["state"] or row["below"]:
        return False
    return all(
        "\n" not in cell and metrics().millimetres(cell, size) * _MARGIN <= width + _ROUNDED
        for cell, width in zip(row["cells"], widths, strict=True)
    )


def _column(title: str, kind: str, ems: float, *, size: float, whole: bool) -> dict[str, Any]:
    """``ems``: the widest cell; ``whole``: the heading stays on one line."""
    if kind == "name":
        return {"label": title, "kind": kind, "width": 0}
    width = ems * size * POINT * _MARGIN
    if kind == "text":
        width = min(width, _WIDEST_TEXT)
    parts = [title] if whole else title.split()
    heading = max(metrics().millimetres(part, size - 1.3) for part in parts) * 1.1
    return {"label": title, "kind": kind, "width": round(max(width, heading) + _PADDING, 2)}


def rates(nodes: list[Node]) -> set[str]:
    """The rates (P_12) that the lines use."""
    return {rate.value for node in nodes for name in ("P_12", "P_12Z") for rate in node.all(name)}


def show_all(node: Node, names: tuple[str, ...]) -> list[str]:
    """Values of a row of a plain table."""
    return [show(name, node.text(name), node.language) for name in names]
