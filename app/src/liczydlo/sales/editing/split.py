"""When the law asks for „mechanizm podzielonej płatności” on the invoice in the form (art. 106e ust. 1 pkt 18a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError

from liczydlo.fa3 import money
from liczydlo.fa3.rules.marks import SPLIT_FROM
from liczydlo.fa3.totals import PLN
from liczydlo.sales.forms import HeadForm

BUTTON: Final = "split"
"""The button that sets the mark."""


def marked(post: Mapping[str, Any], form: HeadForm) -> HeadForm:
    """The form with the mark set, and the keyboard on it, where the button was pressed."""
    if BUTTON in post and "split_payment" in form.fields:
        form.initial["split_payment"] = True
        form.fields["split_payment"].widget.attrs["autofocus"] = True
    return form


def is_due(form: HeadForm, lines: Sequence[dict[str, Any]], total: Decimal, currency: str) -> bool:
    """Whether a line is of annex 15, the buyer a firm and ``total`` more than 15 000 PLN. An amount in another currency
    without its rate of exchange cannot be judged."""
    if "split_payment" not in form.fields or not any(one.get("annex_15") for one in lines):
        return False
    if form["buyer_kind"].value() == "person":
        return False
    rate = Decimal(1) if currency == PLN else _rate(form)
    return rate is not None and money.converted(total, rate) > SPLIT_FROM


def _rate(form: HeadForm) -> Decimal | None:
    field = form.fields["exchange_rate"]
    try:
        rate: Decimal | None = field.clean(form["exchange_rate"].value())
    except ValidationError:
        return None
    return rate
