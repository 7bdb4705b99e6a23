"""Lines of an invoice pasted from a spreadsheet: read, checked by the line's own form, and put into the table together.

Either all of them are put there, or none, and the rows that are wrong are named; what was pasted stays to be mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liczydlo.contacts.importing.fields import ITEM_NAMES
from liczydlo.contacts.importing.words import rate_of
from liczydlo.documents.choices import GTU
from liczydlo.sales.line_choices import GROSS, LINE_RATES
from liczydlo.sales.line_forms import MOST_LINES, LineForm
from liczydlo.spreadsheets import delimited
from liczydlo.spreadsheets.columns import plain, recognise
from liczydlo.spreadsheets.model import Row, Table, TableError
from liczydlo.spreadsheets.numbers import parse_decimal
from liczydlo.web.fields import amount_text
from liczydlo.web.files import printable
from liczydlo.web.reasons import explain

BUTTON: Final = "paste"
FIELD: Final = "pasted"
NUMBERS: Final = ("quantity", "price", "discount")
NAMES: Final[Mapping[str, Sequence[str]]] = {
    "name": ITEM_NAMES["name"],
    "quantity": ("ilosc", "ilosc szt", "liczba", "liczba sztuk", "sztuk", "szt", "quantity", "qty", "amount"),
    "unit": ITEM_NAMES["unit"],
    "price": ITEM_NAMES["net_price"],
    "gross": ("cena brutto", "cena jednostkowa brutto", "cena jedn brutto", "gross price", "price gross"),
    "rate": ITEM_NAMES["rate"],
    "discount": ("rabat", "upust", "opust", "discount"),
    "gtu": ITEM_NAMES["gtu"],
    "pkwiu": ITEM_NAMES["pkwiu"],
    "cn": ITEM_NAMES["cn"],
    "gtin": ("gtin", "ean", "kod ean", "kod kreskowy"),
    "index": ITEM_NAMES["symbol"],
}
"""Of each field what columns are called, as ``spreadsheets.columns.plain`` writes it."""
MOST_FAULTS: Final = 20
_RATES: Final = {
    **{plain(code): code for code, _label in LINE_RATES},
    **dict.fromkeys(("marza", "vat marza", "margin"), "margin"),
}


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """What came of it: how many lines, or the rows that are wrong and the ``text`` as it was pasted."""

    text: str = ""
    faults: Sequence[str] = ()
    more: int = 0  # faults that are not shown
    message: str = ""


NOTHING: Final = Pasted()


def fill(rows: list[dict[str, Any]], post: Mapping[str, Any], form: type[LineForm]) -> Pasted:
    """Put what was pasted after the typed ``rows``; lines that nobody has begun give way to it."""
    text = str(post.get(FIELD, ""))
    if BUTTON not in post:
        return Pasted(text=text)
    begun = [row for row in rows if row.get("name") or row.get("price")]
    usual = {"quantity": "1", "unit": "szt.", "rate": begun[-1]["rate"] if begun else "23"}
    try:
        lines, faults = _lines(delimited.pasted(text), usual, form, prices=str(post.get("prices", "")))
    except TableError as error:
        lines, faults = [], [explain(error)]
    if not faults and len(begun) + len(lines) > MOST_LINES:
        faults = [_("Faktura ma najwyżej %(most)d pozycji.") % {"most": MOST_LINES}]
    if faults or not lines:
        faults = faults or [_("Nie ma tu żadnego wiersza. Skopiuj pozycje w arkuszu i wklej je tutaj.")]
        return Pasted(text=text, faults=faults[:MOST_FAULTS], more=max(0, len(faults) - MOST_FAULTS))
    rows[:] = [*begun, *lines]
    message = ngettext("Wklejono %(n)d pozycję.", "Wklejono pozycje: %(n)d.", len(lines)) % {"n": len(lines)}
    return Pasted(message=message)


def _lines(
    table: Table, usual: Mapping[str, str], form: type[LineForm], *, prices: str
) -> tuple[list[dict[str, str]], list[str]]:
    """The lines and what is wrong with them, by row."""
    places, rows = _places(table, form)
    if "gross" in places and prices == GROSS:
        places["price"] = places["gross"]
    if "price" not in places and "gross" in places:
        return [], [_("Arkusz ma ceny brutto, a faktura ceny netto: wybierz u góry „Ceny brutto”.")]
    places.pop("gross", None)
    check = form({}, prices=prices) if prices else form({})
    lines, faults = [], []
    for row in rows:
        values, errors = _line(row, places)
        line = {**usual, **values}
        check.data = line
        check.full_clean()
        labels = {name: str(field.label) for name, field in check.fields.items()}
        errors |= {
            name: " ".join(map(str, words)) for name, words in check.errors.items() if name not in errors
        }
        faults += [
            _("Wiersz %(row)d, %(field)s: %(why)s")
            % {"row": row.number, "field": labels.get(name, "").lower() or "—", "why": why}
            for name, why in errors.items()
        ]
        lines.append(line)
    return lines, faults


def _places(table: Table, form: type[LineForm]) -> tuple[dict[str, int], Sequence[Row]]:
    """Columns by field, and the rows below the header; without one the columns are those of the form's table."""
    if not table.rows:
        return {}, ()
    first = recognise(Table(rows=table.rows[:1]), NAMES)
    if "name" in first.places and len(first.places) > 1:
        offered = {*form.base_fields, "gross"}
        return {name: at for name, at in first.places.items() if name in offered}, table.rows[1:]
    return {name: at for at, name in enumerate(LineForm.PLAIN)}, table.rows


def _line(row: Row, places: Mapping[str, int]) -> tuple[dict[str, str], dict[str, str]]:
    """What a row says, as a person types it, and which of it is no number or rate."""
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, at in places.items():
        text = printable(row.cell(at))
        values[name] = text
        value: str | Promise | None = text
        if not text:
            continue
        if name == "rate":
            value = rate_of(text) or _RATES.get(plain(text))
        elif name in NUMBERS and not (name == "discount" and text.endswith("%")):
            number = parse_decimal(text)
            value = None if number is None else amount_text(number)
        elif name == "gtu":
            value = next((code for code, _label in GTU if plain(code) == plain(text)), None)
        if value is None:
            errors[name] = _("nie da się odczytać „%(text)s”.") % {"text": text[:60]}
        else:
            values[name] = str(value)
    return values, errors
