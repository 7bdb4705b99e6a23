"""A note of interest on paper, in the language that is in force, of what was kept when it was made."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liczydlo.payments.models import InterestNote
from liczydlo.prints import typesetting
from liczydlo.web.templatetags.liczydlo import data, zl


def pdf(note: InterestNote, *, language: str) -> bytes:
    """The note as PDF in one of the print's languages. Raises PrintError."""
    content = {
        "language": language,
        "words": {
            "title": _("Nota odsetkowa %(number)s") % {"number": note.number},
            "day": _("Z dnia %(day)s") % {"day": data(note.day)},
            "seller": _("Wierzyciel"),
            "buyer": _("Dłużnik"),
            "nothing": "",
            "sum": _("Razem odsetki"),
            "overdue": _("Razem do zapłaty"),
            "page": _("strona"),
            "lost": _("Znaki, których nie da się wydrukować, zastąpiono."),
        },
        "heads": [_("Faktura"), _("Od"), _("Do"), _("Kwota"), _("Dni"), _("Odsetki"), _("Stawka roczna")],
        "seller": note.content["seller"],
        "buyer": note.content["buyer"],
        "accounts": [
            {
                "rows": [_row(debt, part) for debt in note.content["debts"] for part in debt["parts"]],
                "sums": ["", "", zl(note.interest)],
                "overdue": zl(note.total),
            }
        ],
        "notes": [*basis(note), *(words for debt in note.content["debts"] if (words := compensation(debt)))],
    }
    moment = int(note.at.timestamp())
    return typesetting.pdf("statement.typ", content, attachment=b"", moment=moment)


def _row(debt: dict[str, Any], part: dict[str, Any]) -> list[str]:
    since, until = (data(dt.date.fromisoformat(part[name])) for name in ("since", "until"))
    money = zl(Decimal(part["amount"])), str(part["days"]), zl(Decimal(part["interest"]))
    return [debt["number"], since, until, *money, percent(part)]


def percent(part: dict[str, Any]) -> str:
    """„13,75%"."""
    return f"{part['percent'].replace('.', ',')}%"


def basis(note: InterestNote) -> list[str]:
    """The law, the announcements of the rates, and that this is no invoice."""
    sources = dict.fromkeys(part["source"] for debt in note.content["debts"] for part in debt["parts"])
    law = (
        _("Odsetki ustawowe za opóźnienie (art. 481 Kodeksu cywilnego).")
        if note.kind == "civil"
        else _(
            "Odsetki ustawowe za opóźnienie w transakcjach handlowych (art. 7 i 8 ustawy z 8 marca 2013 r."
            " o przeciwdziałaniu nadmiernym opóźnieniom w transakcjach handlowych)."
        )
    )
    return [
        law,
        _("Stawki ogłoszono w: %(sources)s. Rok ma 365 dni.") % {"sources": ", ".join(sources)},
        _("Nota nie jest fakturą i nie podlega VAT."),
    ]


def compensation(debt: dict[str, Any]) -> str:
    """What a debt's compensation is made of; empty without one."""
    extra = debt["compensation"]
    if extra is None:
        return ""
    say = _(
        "Faktura %(number)s: rekompensata za koszty odzyskiwania należności (art. 10 ust. 1) %(eur)s EUR × %(rate)s"
        " = %(amount)s, kurs z tabeli %(table)s."
    )
    return say % {
        "number": debt["number"],
        "eur": extra["eur"],
        "rate": extra["rate"].replace(".", ","),
        "amount": zl(Decimal(extra["amount"])),
        "table": extra["table"],
    }
