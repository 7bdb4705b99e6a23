"""Lines of a draft that the form cannot show all of, each with what it came from.

A line that comes back as it was shown is the line of the draft. One that was changed keeps what the form does not show;
values that were stated are worked out anew once something that they come from is changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from liczydlo.fa3.codec import to_json
from liczydlo.fa3.draft import Line, Margin
from liczydlo.fa3.merging import merged
from liczydlo.sales import line_values
from liczydlo.sales.line_choices import GROSS, NET
from liczydlo.sales.line_forms import LineForm, formset
from liczydlo.sales.line_values import ORIGINAL_LINE
from liczydlo.sales.preserved_forms import offered, plain
from liczydlo.web import widgets

NO_RATE: Final = ""
"""The form's name of no rate at all, where no margin procedure explains it."""
_WORTH: Final = ("quantity", "price", "discount")


@dataclass(frozen=True, kw_only=True)
class OriginalLine:
    """A line as it is held, and what the form shows of it: text, and the same as values. ``page`` says how the page
    shows prices, ``prices`` how this line's is."""

    line: Line
    page: str
    prices: str
    text: Mapping[str, Any]
    values: Mapping[str, Any]


def by_name(lines: Iterable[Line], prices: str, margin: Margin | None) -> dict[str, OriginalLine]:
    """The lines by a name that says what stands in them, so that it is never another one's."""
    return {name_of(line): _was(line, prices, margin) for line in lines}


def name_of(line: Line) -> str:
    """Equal lines have the same name."""
    line_json = json.dumps(to_json(line), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(line_json.encode()).hexdigest()[:16]


def initial(name: str, was: OriginalLine) -> dict[str, Any]:
    """What the form shows of a line."""
    return {**was.text, "held": name}


def _was(line: Line, prices: str, margin: Margin | None) -> OriginalLine:
    own = prices
    if prices == GROSS and line.gross_price is None and line.net_price is not None:
        own = NET
    elif prices == NET and line.net_price is None and line.gross_price is not None:
        own = GROSS
    bare = {"rate": NO_RATE} if line.rate is None and line.oss_rate is None and margin is None else {}
    return OriginalLine(
        line=line,
        page=prices,
        prices=own,
        text={**line_values.initial(line, own), "name": line.name or "", "unit": line.unit or "", **bare},
        values={**line_values.values(line, own), **bare},
    )


class PreservedLine(LineForm):
    """A line; ``was`` has those of the draft by their names, and ``held`` says which it is. Without it the line is none
    of them: one that is pasted."""

    held = forms.CharField(required=False, max_length=16, widget=widgets.Hidden)

    def __init__(self, *args: Any, was: Mapping[str, OriginalLine] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        name = self.data.get(self.add_prefix("held")) if self.is_bound else self.initial.get("held")
        self.was = (was or {}).get(str(name or ""))
        if self.was is None:
            return
        self.fields["rate"].choices = [*self.fields["rate"].choices, (NO_RATE, "—")]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["rate"].required = self.was.text["rate"] != NO_RATE
        offered(self, self.was.text)

    def clean_quantity(self) -> Decimal:
        """As LineForm; a difference, as in a correction, may be less than nothing."""
        was = self.was.line if self.was is not None else None
        if was is not None and was.quantity is not None and was.quantity <= 0:
            quantity: Decimal = self.cleaned_data["quantity"]
            return quantity
        return super().clean_quantity()

    @property
    def stays(self) -> str:
        """What of the line the fields do not say, in words."""
        if self.was is None:
            return ""
        line, says = self.was.line, []
        if line.before:
            says.append(_("przed korektą"))
        if self._prices != self.prices:
            says.append(_("cena brutto") if self._prices == GROSS else _("cena netto"))
        if line.net is not None or line.gross is not None or line.vat is not None:
            says.append(_("wartość podana wprost"))
        return " · ".join(says)

    def clean(self) -> dict[str, Any]:
        """As LineForm; the line itself is among the values."""
        values = super().clean()
        if self.was is None:
            return values
        changed = [name for name in self.fields if self._is_changed(name)]
        if self._prices != self.was.prices:
            changed.append("price")
        if not changed:
            self.errors.clear()
            return {**self.was.values, **values, ORIGINAL_LINE: self.was.line}
        base = LineForm({**self.was.text}, prices=self.was.prices)
        base.fields["rate"].choices, base.fields["rate"].required = (  # type: ignore[attr-defined]  # a ChoiceField
            self.fields["rate"].choices,  # type: ignore[attr-defined]  # a ChoiceField
            self.fields["rate"].required,
        )
        base.is_valid()
        for name in [name for name in self.errors if name not in changed]:
            if base.errors.get(name) == self.errors[name]:
                del self.errors[name]
        if set(_WORTH) & set(changed):
            for name in ("quantity", "price"):
                if name not in self.errors and values.get(name) is None:
                    self.add_error(name, ValidationError(_("To pole jest wymagane."), code="required"))
        if self.errors:
            return values
        values_before = {**self.was.values, **base.cleaned_data}
        values_after = {**self.was.values, **values, "prices": self._prices}
        return {
            **values_after,
            "prices": self.prices,
            ORIGINAL_LINE: _changed(self.was.line, values_before, values_after, changed),
        }

    @property
    def _prices(self) -> str:
        """How the price of this line is given: as it was, until the page's prices are changed."""
        return self.prices if self.was is None or self.prices != self.was.page else self.was.prices

    def _is_changed(self, name: str) -> bool:
        if self.was is None or name == "held":
            return False
        posted, shown_text = self[name].data, self.was.text.get(name)
        if isinstance(self.fields[name], forms.BooleanField):
            return bool(posted) != bool(shown_text)
        return plain(posted) != plain(shown_text)


def _changed(
    held: Line, values_before: Mapping[str, Any], values_after: Mapping[str, Any], changed: Iterable[str]
) -> Line:
    line = merged(held, _line(values_before), _line(values_after))
    if set(_WORTH) & set(changed):
        is_gross = values_after["prices"] == GROSS
        return replace(
            line,
            net=None,
            gross=None,
            vat=None,
            unvalued=False,
            net_price=None if is_gross else line.net_price,
            gross_price=line.gross_price if is_gross else None,
        )
    if {"rate", "oss_rate"} & set(changed):
        return replace(line, vat=None, gross=line.gross if line.net is None else None)
    return line


def _line(values: Mapping[str, Any]) -> Line:
    line = line_values.line(values)
    return replace(line, rate=line.rate or None)


class PreservedOrderLine(PreservedLine):
    """A line of an order: FA(3) has no gross price, discount or day of sale there."""

    discount = sale_date = exchange_rate = None  # type: ignore[assignment]  # Django's way of leaving a field out


PreservedLines = formset(PreservedLine, least=0)
PreservedOrderLines = formset(PreservedOrderLine, least=0)
