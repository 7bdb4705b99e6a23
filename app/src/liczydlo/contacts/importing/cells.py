"""What stands in the cells of a line, as text of people: cleaned, and refused where a program has broken it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from liczydlo.spreadsheets.columns import plain
from liczydlo.spreadsheets.model import Row
from liczydlo.web.files import printable

_ERROR: Final = re.compile(
    r"#(?:N/A|N/D|DIV/0!|DZIEL/0!|REF!|ADR!|NAME\?|NAZWA\?|NULL!|ZERO!|NUM!|LICZBA!|VALUE!|ARG!)"
)
_REPLACED: Final = "\ufffd"


class Fault(Exception):
    """Why a line is refused, in words."""


def texts_of(
    row: Row, places: Mapping[str, int], labels: Mapping[str, object], *, width: int
) -> dict[str, str]:
    """The text of each field that is not empty. ``width`` is the header's. Raises Fault."""
    if len(row.cells) > width:
        raise Fault(
            _("Wiersz ma więcej pól niż nagłówek: pewnie w którymś polu jest znak, który rozdziela kolumny.")
        )
    texts = {}
    for field, place in places.items():
        text = row.cell(place)
        if not text.isprintable() or text[:1].isspace() or text[-1:].isspace() or "  " in text:
            text = printable(text)
        if not text:
            continue
        if _REPLACED in text:
            raise Fault(_("%(field)s: jest tu znak, którego nie da się odczytać.") % {"field": labels[field]})
        if text[0] == "#" and _ERROR.fullmatch(text):
            raise Fault(
                _("%(field)s: arkusz ma tu błąd (%(text)s).") % {"field": labels[field], "text": text}
            )
        texts[field] = text
    return texts


def pick(text: str, words: Mapping[str, str]) -> str | None:
    """What a word means, whatever its case and marks; None for one that is not on the list."""
    return words.get(plain(text))
