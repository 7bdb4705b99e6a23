"""The attachment: blocks of keys, paragraphs and tables (Zalacznik).

A table is typed as a spreadsheet gives it: a line for a row, tabs between cells, the headings first. KSeF takes such an
invoice in a batch session alone, once the firm has declared it (ksef-docs limity.md, faktury/faktury-z-zalacznikami).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import (
    BlokDanych,
    Kolumna,
    MetaDane,
    MetaDaneTabeli,
    NaglowekTabeli,
    SumaTabeli,
    Tabela,
    Tekst,
    WierszTabeli,
    Zalacznik,
)
from liczydlo.sales.sections.base import Part, Section, Typed
from liczydlo.sales.sections.fields import Text

TYPES: Final = ("date", "datetime", "dec", "int", "time", "txt")  # of a column
MOST_COLUMNS: Final = 20
MOST_LINES: Final = 1000  # rows of a table, keys
MOST_PARAGRAPHS: Final = 10
LONGEST, LONGEST_PARAGRAPH = 256, 512  # characters
_INT: Final = re.compile(r"-?\d{1,15}")
_DEC: Final = re.compile(r"-?\d{1,15}([.,]\d+)?")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Lines(forms.CharField):
    """Lines, each cut at its ends; empty ones fall away. The value is a list."""

    def __init__(self, label: Any, most: int, longest: int, rows: int = 3, **options: Any) -> None:
        """``most``: lines; ``longest``: characters of one."""
        self.most, self.longest = most, longest
        super().__init__(
            label=label, required=options.pop("required", False), strip=False,
            widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}), **options,
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        """Raises ValidationError for too many lines and for too long a one."""
        text = super().clean(value)
        lines = [self.line(line) for line in text.replace("\r\n", "\n").split("\n") if line.strip(" \r\n")]
        if self.required and not lines:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(lines) > self.most:
            raise ValidationError(_("Za dużo wierszy: najwyżej %(most)d.") % {"most": self.most})
        return lines

    def line(self, text: str) -> Any:
        """One line."""
        word = " ".join(text.split())
        self.check(word, self.longest)
        return word

    @staticmethod
    def check(text: str, longest: int) -> None:
        """Refuse too long a text."""
        if len(text) > longest:
            raise ValidationError(_("Za długi tekst: najwyżej %(most)d znaków.") % {"most": longest})


class Pairs(Lines):
    """Lines of a key, a colon and a value."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(
            label, MOST_LINES, LONGEST, help_text=_("W każdym wierszu nazwa, dwukropek i wartość."), **options
        )

    def line(self, text: str) -> tuple[str, str]:
        """A key and a value."""
        key, _colon, value = (part.strip() for part in " ".join(text.split()).partition(":"))
        if not key or not value:
            raise ValidationError(
                _("Brak nazwy, dwukropka albo wartości: %(line)s") % {"line": text.strip()[:60]}
            )
        self.check(key, self.longest)
        self.check(value, self.longest)
        return key, value


class Cells(Lines):
    """Rows of cells with tabs between them."""

    def line(self, text: str) -> tuple[str, ...]:
        """The cells, of which some may be empty."""
        cells = tuple(" ".join(cell.split()) for cell in text.split("\t"))
        if len(cells) > MOST_COLUMNS:
            raise ValidationError(_("Tabela ma najwyżej 20 kolumn."))
        for cell in cells:
            self.check(cell, self.longest)
        return cells


class BlockForm(forms.Form):
    """A block without its tables."""

    heading = Text(_("Nagłówek bloku"), 512)
    meta = Pairs(_("Dane bloku"), required=True)
    text = Lines(
        _("Akapity"),
        MOST_PARAGRAPHS,
        LONGEST_PARAGRAPH,
        help_text=_("Każdy wiersz to akapit, najwyżej dziesięć."),
    )


class TableForm(forms.Form):
    """A table of one of the blocks."""

    block = forms.IntegerField(
        label=_("W bloku nr"), min_value=1, initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
    )  # fmt: skip
    description = Text(_("Opis tabeli"), 512)
    cells = Cells(
        _("Tabela"), MOST_LINES + 1, LONGEST, 6, required=True,
        help_text=_("Wklej z arkusza: pierwszy wiersz to nagłówki kolumn, między komórkami tabulator."),
    )  # fmt: skip
    sums = Cells(_("Wiersz sum"), 1, LONGEST, 1)
    types = Text(
        _("Typy kolumn"),
        help_text=_(
            "Po przecinku: txt, int, dec, date, datetime, time. Puste: program rozpozna je z komórek."
        ),
    )
    meta = Pairs(_("Dane tabeli"))

    def clean(self) -> dict[str, Any]:
        """Headings, at least one row, and no more cells than headings; a type for each column."""
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        headings, *rows = values["cells"]
        if not rows or not all(headings):
            self.add_error("cells", _("Tabela ma nagłówek każdej kolumny i co najmniej jeden wiersz."))
            return values
        for number, row in enumerate((*rows, *values["sums"]), 2):
            if len(row) > len(headings):
                self.add_error("cells", _("Wiersz %(n)d ma więcej komórek niż nagłówków.") % {"n": number})
                return values
        types = (
            [one.strip() for one in values["types"].split(",")]
            if values["types"]
            else _guessed(headings, rows)
        )
        if len(types) != len(headings) or any(one not in TYPES for one in types):
            self.add_error("types", _("Podaj typ każdej kolumny: txt, int, dec, date, datetime albo time."))
        return {**values, "types": types}


def _guessed(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The type of each column by what its cells look like."""
    columns = []
    for column in range(len(headings)):
        cells = [row[column] for row in rows if column < len(row) and row[column]]
        kinds = (("int", _INT), ("dec", _DEC), ("date", _DATE))
        columns.append(
            next((name for name, shape in kinds if cells and all(map(shape.fullmatch, cells))), "txt")
        )
    return columns


class Attachment(Section):
    """What is sent with the invoice as data."""

    name = "attachment"
    title = _("Załącznik")
    rows: ClassVar = {"blocks": BlockForm, "tables": TableForm}

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        blocks = draft.attachment.blok_danych if draft.attachment is not None else ()
        return {
            "blocks": [
                {
                    "heading": one.z_naglowek,
                    "meta": "\n".join(f"{pair.z_klucz}: {pair.z_wartosc}" for pair in one.meta_dane),
                    "text": "\n".join(one.tekst.akapit) if one.tekst is not None else "",
                }
                for one in blocks
            ],
            "tables": [_of(table, number) for number, one in enumerate(blocks, 1) for table in one.tabela],
        }

    def check(self, part: Part) -> None:
        """A table is in one of the blocks."""
        count = len(part.rows["blocks"].typed)
        for one in part.rows["tables"]:
            if one.has_changed() and one.cleaned_data["block"] > count:
                one.add_error("block", _("Nie ma bloku o tym numerze."))

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        blocks = tuple(
            BlokDanych(
                z_naglowek=one["heading"],
                meta_dane=tuple(MetaDane(z_klucz=key, z_wartosc=value) for key, value in one["meta"]),
                tekst=Tekst(akapit=tuple(one["text"])) if one["text"] else None,
                tabela=tuple(_table(table) for table in typed["tables"] if table["block"] == number),
            )
            for number, one in enumerate(typed["blocks"], 1)
        )
        return replace(draft, attachment=Zalacznik(blok_danych=blocks) if blocks else None)


def _table(typed: Typed) -> Tabela:
    headings, *rows = typed["cells"]
    pairs = zip(headings, typed["types"], strict=True)
    return Tabela(
        t_meta_dane=tuple(MetaDaneTabeli(t_klucz=key, t_wartosc=value) for key, value in typed["meta"]),
        opis=typed["description"],
        t_naglowek=NaglowekTabeli(kol=tuple(Kolumna(n_kom=name, typ=kind) for name, kind in pairs)),
        wiersz=tuple(WierszTabeli(w_kom=row) for row in rows),
        suma=SumaTabeli(s_kom=typed["sums"][0]) if typed["sums"] else None,
    )


def _of(table: Tabela, block: int) -> dict[str, Any]:
    columns = table.t_naglowek.kol
    lines = ([one.n_kom for one in columns], *(row.w_kom for row in table.wiersz))
    return {
        "block": block,
        "description": table.opis,
        "cells": "\n".join(map("\t".join, lines)),
        "sums": "\t".join(table.suma.s_kom) if table.suma is not None else "",
        "types": ", ".join(one.typ for one in columns),
        "meta": "\n".join(f"{pair.t_klucz}: {pair.t_wartosc}" for pair in table.t_meta_dane),
    }
