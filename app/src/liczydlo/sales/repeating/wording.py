"""Places in the texts of a template that say which period an invoice is of: ``{miesiąc}`` becomes „listopad". Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Literal

from liczydlo.fa3.draft import InvoiceDraft, Line
from liczydlo.sales.repeating.days import Period

Language = Literal["pl", "en"]

MONTHS: Final[Mapping[str, tuple[str, ...]]] = {
    "pl": (
        "styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec",
        "lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
QUARTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "pl": ("I", "II", "III", "IV"),
    "en": ("Q1", "Q2", "Q3", "Q4"),
}
_PLACE: Final = re.compile(r"\{([^{}]*)\}")


def month(period: Period, language: Language) -> str:
    """The month in which it begins."""
    return MONTHS[language][period.first.month - 1]


def year(period: Period, _language: Language) -> str:
    """The year in which it begins."""
    return str(period.first.year)


def quarter(period: Period, language: Language) -> str:
    """The quarter in which it begins."""
    return QUARTERS[language][(period.first.month - 1) // 3]


def span(period: Period, language: Language) -> str:
    """The whole period: one month, quarter or year by its name, anything else by its first and last day."""
    if period.count == 1 and period.unit == "month":
        return f"{month(period, language)} {period.first.year}"
    if period.count == 1 and period.unit == "quarter":
        word = " kwartał" if language == "pl" else ""
        return f"{quarter(period, language)}{word} {period.first.year}"
    if period.count == 1 and period.unit == "year":
        return str(period.first.year)
    return f"{_day(period.first, language)} – {_day(period.last, language)}"


def _day(day: dt.date, language: Language) -> str:
    if language == "pl":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {MONTHS['en'][day.month - 1]} {day.year}"


PLACES: Final[Mapping[str, Callable[[Period, Language], str]]] = {
    "miesiąc": month,
    "rok": year,
    "kwartał": quarter,
    "okres": span,
}
"""What may stand in braces; all else in braces stays as it was typed."""


def filled(draft: InvoiceDraft, period: Period, language: Language) -> InvoiceDraft:
    """The draft with the period in the names of its lines, or of its order's, in its notes and its descriptions."""
    footer, order = draft.footer, draft.order
    if footer is not None:
        notes = (
            replace(one, stopka_faktury=text(one.stopka_faktury, period, language))
            for one in footer.informacje
        )
        footer = replace(footer, informacje=tuple(notes))
    if order is not None:
        order = replace(order, lines=_lines_in_words(order.lines, period, language))
    remarks = (
        replace(one, wartosc=text(one.wartosc, period, language) or one.wartosc) for one in draft.remarks
    )
    return replace(
        draft,
        lines=_lines_in_words(draft.lines, period, language),
        order=order,
        remarks=tuple(remarks),
        footer=footer,
    )


def _lines_in_words(lines: tuple[Line, ...], period: Period, language: Language) -> tuple[Line, ...]:
    return tuple(replace(one, name=text(one.name, period, language)) for one in lines)


def text(typed: str | None, period: Period, language: Language) -> str | None:
    """One text with its places filled in."""
    if typed is None:
        return typed

    def fill(place: re.Match[str]) -> str:
        writer = PLACES.get(place[1].strip().lower())
        return writer(period, language) if writer is not None else place[0]

    return _PLACE.sub(fill, typed)
