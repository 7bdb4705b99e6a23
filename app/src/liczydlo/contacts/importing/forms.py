"""Which column of a file is which, as a person corrects it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from liczydlo.spreadsheets.columns import Columns
from liczydlo.spreadsheets.model import Table

_SHOWN = 40
"""Characters of a column's name, and of an example from it."""


class ColumnsForm(forms.Form):
    """A select of the file's columns for each field."""

    def __init__(
        self,
        labels: Mapping[str, str | Promise],
        table: Table,
        columns: Columns,
        data: Mapping[str, Any] | None = None,
        *,
        required: Collection[str] = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """``labels`` are those of the fields; ``initial`` is of fields that a subclass has besides."""
        super().__init__(data, label_suffix="", initial={**(initial or {}), **columns.places})
        self.labels, choices = labels, [("", "—"), *_choices(table, columns)]
        for name, label in labels.items():
            self.fields[name] = forms.TypedChoiceField(
                label=str(label), choices=choices, coerce=int, empty_value=None, required=name in required
            )

    def places(self) -> dict[str, int]:
        """Numbers of the chosen columns by the names of fields; a field without one is left out."""
        chosen = self.cleaned_data
        return {name: chosen[name] for name in self.labels if chosen[name] is not None}

    def options(self) -> dict[str, str]:
        """Choices of the form other than columns, by their names."""
        return {
            name: str(value or "") for name, value in self.cleaned_data.items() if name not in self.labels
        }


def _choices(table: Table, columns: Columns) -> list[tuple[int, str]]:
    rows = columns.rows(table)
    width = max([len(columns.header.cells), *(len(row.cells) for row in rows[:50])])
    choices = []
    for place in range(width):
        name = columns.header.cell(place).strip()[:_SHOWN] or _("bez nazwy")
        example = next((row.cell(place) for row in rows[:50] if row.cell(place).strip()), "")
        shown = f" ({' '.join(example.split())[:_SHOWN]})" if example else ""
        choices.append((place, f"{place + 1}. {name}{shown}"))
    return choices
