"""Charges and deductions beside the invoice's own amount (Rozliczenie)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3 import money
from liczydlo.fa3.draft import InvoiceDraft, Settlement
from liczydlo.fa3.model import KwotaZPowodem
from liczydlo.sales.sections.base import Part, Section, Typed
from liczydlo.sales.sections.fields import Text, amount, mark
from liczydlo.web.fields import Amount, amount_text


class ReasonForm(forms.Form):
    """An amount and its reason."""

    reason = Text(_("Powód"), required=True)
    amount: Amount = amount(_("Kwota"), required=True)


class SettlementForm(forms.Form):
    """Whether what is then to be paid is stated."""

    silent = mark(_("Bez kwoty do zapłaty na fakturze"))


class Settlements(Section):
    """What else is to be paid, or taken off."""

    name = "settlement"
    title = _("Rozliczenie: obciążenia i odliczenia")
    place = "payment"
    form = SettlementForm
    rows: ClassVar = {"charges": ReasonForm, "deductions": ReasonForm}
    is_summed = True

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        settlement = draft.settlement or Settlement()
        return {
            "silent": not settlement.states_due,
            "charges": [_of(one) for one in settlement.charges],
            "deductions": [_of(one) for one in settlement.deductions],
        }

    def check(self, part: Part) -> None:
        """What is not to be stated must be there."""
        if part.form.cleaned_data["silent"] and not any(rows.typed for rows in part.rows.values()):
            part.form.add_error("silent", _("Dodaj obciążenie albo odliczenie."))

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        settlement = Settlement(
            charges=tuple(map(_amount, typed["charges"])),
            deductions=tuple(map(_amount, typed["deductions"])),
            states_due=not typed["silent"],
        )
        is_there = bool(settlement.charges or settlement.deductions)
        return replace(draft, settlement=settlement if is_there else None)


def amount_due(total: Decimal, typed: Typed | None) -> Decimal | None:
    """What is to be paid of ``total`` with charges and deductions; None without any. Less than nothing is overpaid."""
    if typed is None or not (typed["charges"] or typed["deductions"]):
        return None
    charges, deductions = (
        money.total(one["amount"] for one in typed[name]) for name in ("charges", "deductions")
    )
    return money.total((total, charges, -deductions))


def _amount(typed: Typed) -> KwotaZPowodem:
    return KwotaZPowodem(kwota=typed["amount"], powod=typed["reason"])


def _of(amount: KwotaZPowodem) -> dict[str, Any]:
    return {"reason": amount.powod, "amount": amount_text(amount.kwota)}
