"""A rebate on all sales to a buyer in a period in the editor: one correction of many invoices (art. 106j ust. 3)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.fa3 import money, rebates
from liczydlo.fa3 import totals as fa_totals
from liczydlo.fa3.draft import Correction, InvoiceDraft, Party, Sum
from liczydlo.fa3.merging import merged
from liczydlo.fa3.standing import Standing
from liczydlo.sales import composing, corrections, numbering
from liczydlo.sales.composing import LINES, Totals
from liczydlo.sales.correction_forms import CorrectionForm, CorrectionLineForm, CorrectionLines, RebateForm
from liczydlo.sales.editing.corrects import Corrects, identifier, more_of
from liczydlo.sales.forms import HeadForm
from liczydlo.sales.models import Invoice
from liczydlo.sales.preserved_forms import ShownPage
from liczydlo.web import times
from liczydlo.web.fields import amount_text
from liczydlo.web.templatetags.liczydlo import data as day_text

KINDS: Final = ("VAT", "UPR")
"""Kinds of invoices that have one."""
AMOUNT: Final = ("begins", "ends", "invoices", "percent", "gross")
"""Fields of which the amount comes."""
LOOK: Final = "look"
"""The button that shows the invoices of another period, all of them chosen."""
NOT_TOGETHER: Final = {
    "nothing": gettext_lazy("Zaznacz co najmniej jedną fakturę, z której coś jeszcze zostało."),
    "buyer": gettext_lazy("Rabat zbiorczy jest dla jednego nabywcy."),
    "currency": gettext_lazy("Te faktury są w różnych walutach."),
    "kind": gettext_lazy("Rabat zbiorczy nie obejmuje faktur zaliczkowych ani rozliczeniowych."),
    "above": gettext_lazy("Rabat jest większy niż to, na co są te faktury."),
}
_PERIOD: Final = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})–(\d\d)\.(\d\d)\.(\d{4})")
_NO_LINES: Final = {f"{LINES}-TOTAL_FORMS": "0", f"{LINES}-INITIAL_FORMS": "0"}
_PLACES: Final = 2  # of a percent that people agree on; another one is shown as the amount it came to

Listed = Sequence[tuple[Invoice, Decimal]]
"""Invoices that a rebate may name, and what each comes to now."""


class NotUnderstood(ValueError):
    """An invoice that a draft cannot hold; ``number`` is the invoice's."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class Rebating(Corrects):
    """A rebate on sales to the buyer of ``original``. What it takes off stays as ``said`` has it while the period, the
    invoices and the amount are not changed, whatever they have come to since."""

    name = "rebate"
    title = gettext_lazy("Rabat za okres")
    head = RebateForm
    line_form = CorrectionLineForm
    lines = CorrectionLines
    buttons = (LOOK,)

    def __init__(
        self, original: Invoice, correction_draft: InvoiceDraft | None = None, rebated: Sequence[Invoice] = ()
    ) -> None:
        """``rebated`` are the invoices that ``correction_draft`` names.

        Raises ValueError for what a draft cannot hold.
        """
        super().__init__(original, correction_draft)
        if correction_draft is not None and _gross(correction_draft.sums or ()) >= 0:
            raise ValueError("no rebate")
        self._rebated = rebated
        self._lists: dict[tuple[dt.date, dt.date], Listed] = {}
        self._states: dict[int, Standing | None] = {}
        self._period = _quarter(original.entry.issue_date)
        if correction_draft is not None and correction_draft.correction is not None:
            self._period = _days(correction_draft.correction.period or "")

    @property
    def address(self) -> str:
        return reverse("sales:correct_rebate", args=[self.company.pk, self.original.pk])

    def _form(self, *data: Any, **options: Any) -> CorrectionForm:
        values = data[0] if data else options.get("initial") or {}
        return super()._form(*data, listed=self._listed(values), **options)

    @cached_property
    def shown(self) -> ShownPage:
        """As :class:`Corrects`; what is taken off, and of what, has to be right."""
        shown = super().shown
        return replace(shown, checked=(*shown.checked, *AMOUNT))

    def posted(self, form: HeadForm) -> dict[str, Any]:
        return {**super().posted(form), "invoices": [str(one) for one in form["invoices"].value() or ()]}

    def line_set(self, *data: Any, prices: str | None, **options: Any) -> Any:  # noqa: ARG002 - it has none
        """As :class:`Sale`: nothing but sums."""
        return self.lines(*(_NO_LINES,) if data else (), prefix=LINES)

    def initial(self, draft: InvoiceDraft | None = None) -> dict[str, Any]:
        """As :class:`Sale`; of a new one the quarter of the invoice, and every invoice of which something is left."""
        says, (begins, ends) = draft or self.now.draft, self._period
        values = {**self.initial_own_fields(says, says.buyer or Party()), "begins": begins, "ends": ends}
        if draft is None or draft.correction is None:
            today = times.today()
            number = numbering.propose(self.company, today, self.series, seller=self._seller)
            return {**values, "number": number, "issue_date": today, "invoices": self._left(values)}
        percent = self._percent()
        return {
            **values,
            "number": draft.number,
            "issue_date": draft.issue_date,
            "reason": draft.correction.reason or "",
            "percent": amount_text(percent),
            "gross": amount_text(-_gross(draft.sums or ())) if percent is None else "",
            "invoices": [row.pk for row in self._rebated],
        }

    def refilled(self, typed: dict[str, Any], post: Mapping[str, Any]) -> dict[str, Any]:
        """As :class:`Sale`: another period, with all of its invoices."""
        return {**typed, "invoices": self._left(typed)} if LOOK in post else typed

    def check(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
        """As :class:`Sale`; and the invoices can be in one rebate."""
        try:
            self.draft(form.cleaned_data, lines)
        except rebates.NotTogether as error:
            form.add_error("invoices", NOT_TOGETHER[error.code])
        except NotUnderstood as error:
            say = _("Faktury %(number)s program nie rozumie w całości: odznacz ją i skoryguj osobno.")
            form.add_error("invoices", say % {"number": error.number})
        return not form.errors

    def draft(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:  # noqa: ARG002 - none
        """As :class:`Sale`. Raises ``fa3.rebates`` NotTogether, and NotUnderstood."""
        correction = self._made(typed)
        was = (self.correction_draft or self.now.draft).buyer or Party()
        buyer = merged(was, more_of(was, self._before), more_of(was, typed))
        if self.correction_draft is not None and self._is_same(typed):
            correction = replace(
                correction, sums=self.correction_draft.sums, marks=self.correction_draft.marks
            )
        return replace(correction, buyer=buyer, **self.own_fields(typed))

    def says_all(self) -> bool:
        """Whether the page, as it shows ``said``, would make the same rebate."""
        return self.draft(self._before, ()) == self.correction_draft

    def _made(self, typed: Mapping[str, Any]) -> InvoiceDraft:
        selected = set(map(int, typed["invoices"]))
        rows = [row for row, _total in self._listed(typed) if row.pk in selected]
        correction = Correction(
            originals=tuple(map(corrections.original_of, rows)),
            reason=" ".join(typed["reason"].split()) or None,
            effect=2,
            period=f"{day_text(typed['begins'])}–{day_text(typed['ends'])}",
        )
        how = {name: typed[name] for name in ("number", "issue_date", "percent", "gross")}
        return rebates.rebate(self._standings(rows), correction, **how)

    def _is_same(self, typed: Mapping[str, Any]) -> bool:
        before = self._before
        same = all(typed[name] == before[name] for name in ("begins", "ends", "percent", "gross"))
        return same and set(map(int, typed["invoices"])) == {row.pk for row in self._rebated}

    def _percent(self) -> Decimal | None:
        """The percent of which ``said`` came; None where it was an amount, or the invoices come to another now."""
        if self.correction_draft is None or self.correction_draft.correction is None:
            return None
        try:
            states = self._standings(self._rebated)
        except NotUnderstood:
            return None
        gross_total = money.total(one.amounts["p_15"] for one in states)
        if gross_total <= 0:
            return None
        exact = -_gross(self.correction_draft.sums or ()) * 100 / gross_total
        how: dict[str, Any] = {
            "number": self.correction_draft.number,
            "issue_date": self.correction_draft.issue_date,
        }
        for places in range(_PLACES + 1):
            percent = exact.quantize(Decimal(1).scaleb(-places))
            try:
                rebate_draft = rebates.rebate(
                    states, self.correction_draft.correction, percent=percent, **how
                )
            except rebates.NotTogether:
                continue
            if rebate_draft.sums == self.correction_draft.sums:
                return percent
        return None

    def _standings(self, rows: Sequence[Invoice]) -> list[Standing]:
        """What invoices come to, without their lines. Raises NotUnderstood."""
        unread = [row for row in rows if row.pk not in self._states]
        self._states |= corrections.states_of(self.company, unread)
        states = []
        for row in rows:
            state = self._states[row.pk]
            if state is None:
                raise NotUnderstood(row.entry.number)
            states.append(state)
        return states

    def _listed(self, values: Mapping[str, Any]) -> Listed:
        """The invoices of the period that ``values`` name; none where they name none."""
        days = tuple(_clean(RebateForm.base_fields[name], values.get(name)) for name in ("begins", "ends"))
        if None in days:
            return ()
        if days not in self._lists:
            rows = corrections.rebated(self.original, *days)
            totals = corrections.of_each(self.company, rows)
            self._lists[days] = [(row, totals[row.pk].total) for row in rows]
        return self._lists[days]

    def _left(self, values: Mapping[str, Any]) -> list[int]:
        return [row.pk for row, total in self._listed(values) if total > 0]

    def totals(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> Totals:  # noqa: ARG002 - it has none
        """As :class:`Sale`: what is taken off, once it is said how much; of more invoices than are kept once they were
        read it is said when the form is saved."""
        currency, fields = self.now.draft.currency, form.fields
        typed = {
            name: _clean(fields[name], form[name].value()) for name in ("begins", "ends", "percent", "gross")
        }
        typed["invoices"] = _clean(fields["invoices"], form["invoices"].value()) or ()
        nothing = Totals(currency=currency, sums=(), total=money.ZERO, tax_pln=None)
        if (typed["percent"] is None) == (typed["gross"] is None) or not self._listed(typed):
            return nothing
        if len(typed["invoices"]) > corrections.READ:
            return nothing
        if self.correction_draft is not None and self._is_same(typed):
            sums: Sequence[Sum] = self.correction_draft.sums or ()
        else:
            try:
                rebate_draft = self._made({**typed, "reason": "", "number": None, "issue_date": None})
            except ValueError:
                return nothing
            sums = rebate_draft.sums or ()
        tax_pln = [one.tax_pln for one in sums if one.tax_pln is not None]
        return Totals(
            currency=currency,
            sums=tuple(map(_sum, sums)),
            total=_gross(sums),
            tax_pln=money.total(tax_pln) if tax_pln else None,
        )

    def amount(self, totals: Totals) -> Decimal | None:
        return totals.total

    def context(self) -> dict[str, object]:
        """As :class:`Corrects`; whom it is for."""
        buyer = self.now.draft.buyer or Party()
        return {**super().context(), "rebated": buyer, "buyer_number": identifier(buyer)}


def rebated_by(correction: Invoice) -> Sequence[Invoice]:
    """The invoices of ours that a collective correction names, the oldest first."""
    rows = corrections.originals(correction)
    return sorted(
        (one for one in rows if one.entry.kind in KINDS), key=lambda one: (one.entry.issue_date, one.pk)
    )


def _sum(amount: Sum) -> composing.Sum:
    net = f"p_13_{amount.group}"
    name = next((name for name, rate in fa_totals.RATES.items() if rate.net == net), None)
    if name is None:
        name = _("marża") if net == fa_totals.MARGIN.net else "OSS"
    rate = f"{name}%" if name.isdigit() else name
    return composing.Sum(rate=rate, net=amount.net or money.ZERO, tax=amount.tax or money.ZERO)


def _gross(sums: Sequence[Sum]) -> Decimal:
    return money.total((one.net or money.ZERO) + (one.tax or money.ZERO) for one in sums)


def _clean(field: forms.Field, value: Any) -> Any:
    """What a field says; None of one that is wrong."""
    try:
        return field.clean(value)
    except ValidationError:
        return None


def _days(period: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of a period as this form writes it. Raises ValueError."""
    matched = _PERIOD.fullmatch(period)
    if matched is None:
        raise ValueError(period)
    numbers = list(map(int, matched.groups()))
    return dt.date(*reversed(numbers[:3])), dt.date(*reversed(numbers[3:]))


def _quarter(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the quarter of a day."""
    first = dt.date(day.year, day.month - (day.month - 1) % 3, 1)
    after = dt.date(first.year + (first.month == 10), first.month + 3 if first.month < 10 else 1, 1)
    return first, after - dt.timedelta(days=1)
