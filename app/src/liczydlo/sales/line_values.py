"""A line of the form and the ``fa3`` line that it means, both ways. Prices of an invoice are all net, or all gross."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from liczydlo.fa3 import money
from liczydlo.fa3.draft import Line
from liczydlo.sales.line_choices import GROSS, LINE_RATES, MARGIN, NET, OSS, PROCEDURES
from liczydlo.web.fields import amount_text

WORDS: Final = ("gtu", "pkwiu", "cn", "pkob", "gtin", "index", "procedure", "uu_id")
"""Fields of a line that are text, called the same in the form."""
ORIGINAL_LINE: Final = "kept"
"""The key of the line itself among the values of one that came from elsewhere (``sales.preserved_lines``)."""
_AMOUNTS: Final = ("quantity", "price", "discount", "oss_rate", "excise", "exchange_rate")
_RATES: Final = frozenset(code for code, _ in LINE_RATES)
_PROCEDURES: Final = frozenset(code for code, _ in PROCEDURES)


def prices_of(lines: Iterable[Line]) -> str:
    """``GROSS`` where a line has a gross price, else ``NET``."""
    return GROSS if any(line.gross_price is not None for line in lines) else NET


def line(typed: Mapping[str, Any]) -> Line:
    """The line that the form's values mean; a rate of OSS counts only with OSS. ``KEPT`` is one that is known."""
    if typed.get(ORIGINAL_LINE) is not None:
        original: Line = typed[ORIGINAL_LINE]
        return original
    is_gross, rate = typed.get("prices") == GROSS, typed["rate"]

    def word(name: str) -> str | None:
        return typed.get(name) or None

    return Line(
        name=typed["name"],
        rate=None if rate in (MARGIN, OSS) else rate,
        oss_rate=typed.get("oss_rate") if rate == OSS else None,
        quantity=typed["quantity"],
        unit=typed["unit"] or None,
        net_price=None if is_gross else typed["price"],
        gross_price=typed["price"] if is_gross else None,
        discount=typed.get("discount"),
        annex_15=bool(typed.get("annex_15")),
        excise=typed.get("excise"),
        sale_date=typed.get("sale_date") or None,
        exchange_rate=typed.get("exchange_rate"),
        gtu=word("gtu"),
        pkwiu=word("pkwiu"),
        cn=word("cn"),
        pkob=word("pkob"),
        gtin=word("gtin"),
        index=word("index"),
        procedure=word("procedure"),
        uu_id=word("uu_id"),
    )


def values(line: Line, prices: str) -> dict[str, Any]:
    """The form's values of a line of an invoice with ``prices``: without a price where it has only the other kind. What
    has no field in the form is left out, and space around a text, which a form takes away."""
    return {
        "name": line.name.strip() if line.name else line.name,
        "quantity": line.quantity,
        "unit": (line.unit or "").strip(),
        "prices": prices,
        "price": line.gross_price if prices == GROSS else line.net_price,
        "rate": rate_name(line),
        "oss_rate": line.oss_rate,
        "discount": line.discount,
        "annex_15": line.annex_15,
        "excise": line.excise,
        "sale_date": line.sale_date,
        "exchange_rate": line.exchange_rate,
        **{name: (getattr(line, name) or "").strip() for name in WORDS},
    }


def initial(line: Line, prices: str) -> dict[str, Any]:
    """What the form shows of a line, as ``values``."""
    values_of_line = values(line, prices)
    return values_of_line | {name: amount_text(values_of_line[name]) for name in _AMOUNTS}


def rate_name(line: Line) -> str:
    """The form's name of a line's rate: of P_12, ``OSS``, or ``MARGIN`` for a line without one."""
    return OSS if line.oss_rate is not None else line.rate or MARGIN


def fits(line: Line) -> bool:
    """Whether the form takes a line as it stands: its price and quantity, choices that it offers, and under a margin
    procedure a gross price."""
    price = line.gross_price if line.gross_price is not None else line.net_price
    if price is None or not line.quantity or (line.oss_rate is not None and line.rate is not None):
        return False
    if line.discount is not None and not 0 <= line.discount <= money.product(line.quantity, price):
        return False
    if rate_name(line) == MARGIN and line.gross_price is None:
        return False
    return rate_name(line) in _RATES and (line.procedure or "") in _PROCEDURES
