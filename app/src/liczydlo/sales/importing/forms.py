"""Which column of a file of invoices is which, and what holds where the file does not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from liczydlo.contacts.importing.forms import ColumnsForm
from liczydlo.documents.choices import RATES, payments
from liczydlo.sales.importing.fields import LABELS, PRICES
from liczydlo.spreadsheets.columns import Columns
from liczydlo.spreadsheets.model import Table


class InvoiceColumnsForm(ColumnsForm):
    """The columns, the rate of VAT and the form of payment of rows that have none."""

    def __init__(
        self,
        table: Table,
        columns: Columns,
        options: Mapping[str, str],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(LABELS, table, columns, data, required=("name",), initial=dict(options))
        self.fields["default_rate"] = forms.ChoiceField(
            label=_("Stawka VAT, gdy plik jej nie podaje"), choices=[("", "—"), *RATES], required=False
        )
        self.fields["default_payment"] = forms.ChoiceField(
            label=_("Forma płatności, gdy plik jej nie podaje"),
            choices=[(str(code), label) for code, label in payments()],
            required=False,
            initial="6",
        )

    def clean(self) -> dict[str, Any]:
        """A line has some price."""
        values = super().clean() or self.cleaned_data
        if not any(values.get(name) is not None for name in PRICES):
            self.add_error("net_price", _("Wskaż cenę albo wartość pozycji: netto lub brutto."))
        return values
