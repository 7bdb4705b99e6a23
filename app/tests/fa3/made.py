"""Invoices of every shape the model knows, made by hypothesis from the same annotations that reader and writer use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from liczydlo.fa3 import plan
from liczydlo.fa3.model import Faktura

NONCHARACTERS = "".join(
    map(
        chr, (*range(0xFDD0, 0xFDF0), *(plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF)))
    )
)
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters=NONCHARACTERS)
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: " ".join(text.split(" ")).strip(" "))
SCALARS: dict[type[Any], st.SearchStrategy[Any]] = {
    str: WORDS.filter(lambda text: "  " not in text),
    int: st.integers(0, 99),
    Decimal: st.decimals(-(10**12), 10**12, places=4),
    date: st.dates(date(2006, 1, 1), date(2050, 1, 1)),
    datetime: st.integers(1640995200, 2493072000).map(lambda second: datetime.fromtimestamp(second, UTC)),
}


MOST = 3  # of the fields that may be absent, how many a part is given: keeps invoices small


@cache
def of(model: type[Any]) -> st.SearchStrategy[Any]:
    """Instances of a class of the model."""

    @st.composite
    def instance(draw: st.DrawFn) -> Any:
        items = plan.of(model)
        spare = [item.attribute for item in items if item.optional or item.repeated]
        chosen = draw(st.sets(st.sampled_from(spare), max_size=MOST)) if spare else set()
        values = {}
        for item in items:
            one = of(item.type) if item.nested else SCALARS[item.type]
            if item.repeated:
                many = st.lists(one, min_size=1, max_size=2).map(tuple)
                values[item.attribute] = draw(many) if item.attribute in chosen else ()
            elif item.optional:
                values[item.attribute] = draw(one) if item.attribute in chosen else None
            else:
                values[item.attribute] = draw(one)
        return model(**values)

    return instance()


FAKTURY: st.SearchStrategy[Faktura] = of(Faktura)
