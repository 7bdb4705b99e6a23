"""A correction of one invoice in the editor, from what the invoice comes to now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.fa3.corrections import bare, between
from liczydlo.fa3.draft import Address, Correction, Exemption, InvoiceDraft, Line, Marks, Party
from liczydlo.fa3.merging import merged
from liczydlo.fa3.standing import lines_of, rekeyed, with_correction, with_lines
from liczydlo.sales import composing, corrections, numbering
from liczydlo.sales.composing import LINES, Totals
from liczydlo.sales.correction_forms import CorrectionForm, CorrectionLineForm, CorrectionLines
from liczydlo.sales.editing.corrects import OWN_FIELDS, PAID, Corrects, identifier, more_of
from liczydlo.sales.forms import HeadForm
from liczydlo.sales.line_choices import MARGIN, OSS
from liczydlo.sales.line_values import line as new_line
from liczydlo.sales.line_values import prices_of, rate_name
from liczydlo.sales.models import Invoice
from liczydlo.sales.sections import SECTIONS_FIELD
from liczydlo.sales.sections.buyers import BuyerMore, home
from liczydlo.sales.vat_values import EXEMPT
from liczydlo.web import times
from liczydlo.web.fields import amount_text


class Correcting(Corrects):
    """A correction of one invoice, to new values."""

    name = "correction"
    title = gettext_lazy("Nowa korekta")
    line_form = CorrectionLineForm
    lines = CorrectionLines

    def __init__(self, original: Invoice, correction_draft: InvoiceDraft | None = None) -> None:
        super().__init__(original, correction_draft)
        self.is_advance = self.now.draft.kind == "ZAL"
        self._lines = {line.uu_id: line for line in self.now.lines}
        if self.is_advance:
            self.lines_title = gettext_lazy("Zamówienie")

    @property
    def address(self) -> str:
        return reverse("sales:correct_values", args=[self.company.pk, self.original.pk])

    def _form(self, *data: Any, **options: Any) -> CorrectionForm:
        return super()._form(*data, is_advance=self.is_advance, **options)

    def _buyer(self, correction_draft: InvoiceDraft | None) -> Party:
        """The buyer as ``correction_draft`` has it, without the key between its two states; its name and address as
        they are now where it does not correct them."""
        now = self.now.draft.buyer or Party()
        if correction_draft is None or correction_draft.buyer is None:
            return now
        if correction_draft.correction is not None and correction_draft.correction.buyers:
            return replace(correction_draft.buyer, buyer_id=now.buyer_id)
        return replace(correction_draft.buyer, name=now.name, address=now.address)

    def line(self, typed: dict[str, Any]) -> Line:
        """A typed line as what it was and what is changed in it; values that were stated hold while nothing that they
        come from is changed."""
        was = self._lines.get(typed.get("uu_id") or None)
        if was is None:
            return new_line(typed)
        rate = typed["rate"]
        line = replace(
            was,
            name=typed["name"] or None,
            unit=typed["unit"] or None,
            rate=None if rate in ("", MARGIN, OSS) else rate,
            oss_rate=typed["oss_rate"] if rate == OSS else None,
        )
        if (typed["quantity"], typed["price"], typed["discount"]) != (*_shown(was), was.discount):
            line = _revalued(replace(line, discount=typed["discount"]), typed["quantity"], typed["price"])
        elif (line.rate, line.oss_rate) != (was.rate, was.oss_rate):
            net, gross = line.net, line.gross
            line = replace(line, vat=None, gross=gross if net is None else None)
        return line

    def worth(self, typed: dict[str, Any]) -> Decimal | None:
        return composing.worth(self.line(typed))

    def totals(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> Totals:  # noqa: ARG002 - as of a sale
        """As :class:`Sale`: what the invoice comes to after the correction."""
        draft = self.now.draft
        totals = composing.totals([self.line(one) for one in lines], draft.currency, draft.exchange_rate)
        totals_before = composing.totals(self.now.lines, draft.currency, None)
        return replace(totals, difference=None if self.is_advance else totals.total - totals_before.total)

    def says_all(self) -> bool:
        """Whether the page, as it shows ``said``, would make the same correction, its keys between lines apart."""
        rows = self.line_set(initial=self.initial(self.correction_draft)[LINES], prices=None)
        try:
            return self.draft(self._before, composing.filled(rows)) == self.correction_draft
        except ValueError:  # nothing would be corrected, or it cannot be worked out
            return False

    def draft(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        """The correction: ``said`` while it says the same, so that its own keys between lines stay. Raises ``fa3``
        NotCorrected when it would change nothing."""
        correction = self._made(typed, lines)
        is_same = self.correction_draft is not None and _untied(correction) == _untied(self.correction_draft)
        return self.correction_draft if self.correction_draft is not None and is_same else correction

    def _made(self, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
        lines_after = [self.line(one) for one in lines]
        draft, plain = self.now.draft, bare(self.now.draft)
        was = self._buyer(self.correction_draft)
        target = replace(
            with_lines(draft, tuple(lines_after)),
            buyer=merged(was, _buyer(was, self._before), _buyer(was, typed)),
            marks=_marks(draft.marks, lines_after, typed["exemption"]),
            advance=typed.get("advance"),
        )
        own_fields = self.own_fields(typed)
        is_more = target.buyer != draft.buyer or any(
            own_fields[name] != getattr(plain, name) for name in OWN_FIELDS if name not in PAID
        )
        correction = between(
            self.now,
            target,
            self.correction(typed),
            number=typed["number"],
            issue_date=typed["issue_date"],
            differences=typed["shape"] == "differences",
            anyway=is_more,
        )
        return replace(correction, **own_fields)

    def check(self, form: HeadForm, lines: Sequence[dict[str, Any]]) -> bool:
        """As :class:`Sale`; and a line comes under a margin procedure only in an invoice that is under one."""
        if self.now.draft.marks.margin is None and any(one["rate"] == MARGIN for one in lines):
            form.add_error(None, _("Ta faktura nie jest z procedury marży: pozycja musi mieć stawkę VAT."))
        return super().check(form, lines)

    def correction(self, typed: dict[str, Any]) -> Correction:
        """The original, the reason and the effect."""
        return Correction(
            originals=(corrections.original_of(self.original),),
            reason=" ".join(typed["reason"].split()) or None,
            effect=typed["effect"],
        )

    def initial(self, draft: InvoiceDraft | None = None) -> dict[str, Any]:
        """What the form shows of the invoice as it is now, or as it should be after ``draft``."""
        today = times.today()
        target = self.now if draft is None else with_correction(self.now, rekeyed(self.now, draft), {})
        says = target.draft
        buyer = self._buyer(draft)
        place = buyer.address or Address(line1="")
        correction = draft.correction if draft is not None else None
        initial: dict[str, Any] = {
            **self.initial_own_fields(draft or says, buyer),
            "buyer_name": buyer.name,
            "buyer_line1": place.line1,
            "buyer_line2": place.line2,
            "exemption": says.marks.exemption.text if says.marks.exemption is not None else "",
            "advance": amount_text(
                self.now.total if draft is None or draft.advance is None else draft.advance
            ),
            LINES: [self._typed(line) for line in target.lines],
        }
        if draft is None or correction is None:
            number = numbering.propose(self.company, today, self.series, seller=self._seller)
            return {**initial, "number": number, "issue_date": today, "effect": 2, "shape": "pairs"}
        differences = bool(draft.lines) and not any(line.before for line in draft.lines)
        return {
            **initial,
            "number": draft.number,
            "issue_date": draft.issue_date,
            "reason": correction.reason or "",
            "effect": correction.effect,
            "shape": "differences" if differences else "pairs",
        }

    def amount(self, totals: Totals) -> Decimal | None:
        """As :class:`Sale`: a correction asks for the difference."""
        return totals.difference

    def prices(self, chosen: str | None) -> str:  # noqa: ARG002 - as of a sale
        """As :class:`Sale`: of new lines, as those of the invoice."""
        return prices_of(self.now.lines)

    def _typed(self, line: Line) -> dict[str, Any]:
        quantity, price = _shown(line)
        is_bare = line.rate is None and line.oss_rate is None and self.now.draft.marks.margin is None
        return {
            "name": line.name or "",
            "quantity": amount_text(quantity),
            "unit": line.unit or "",
            "price": amount_text(price),
            "rate": "" if is_bare else rate_name(line),
            "oss_rate": amount_text(line.oss_rate),
            "discount": amount_text(line.discount),
            "uu_id": line.uu_id,
        }

    def context(self) -> dict[str, object]:
        """The invoice, what it comes to, its corrections; what the form cannot say of a line."""
        return {
            **super().context(),
            "now": self.now.total,
            "corrections": corrections.of(self.original),
            "buyer_number": identifier(self.now.draft.buyer or Party()),
            "is_advance": self.is_advance,
            "kept": {line.uu_id: _kept(line) for line in self.now.lines},
        }


def original_for(correction: Invoice) -> Invoice | None:
    """The one invoice that the editor would correct by this draft; None where it cannot."""
    invoices = [one for one in corrections.originals(correction) if one.entry.kind not in corrections.KINDS]
    if len(invoices) != 1 or not corrections.can_be_corrected(invoices[0]):
        return None
    return invoices[0]


def _shown(line: Line) -> tuple[Decimal | None, Decimal | None]:
    """Quantity and price as the form shows them; a line with a value alone is one piece of it."""
    price = line.net_price if line.net_price is not None else line.gross_price
    if price is not None:
        return line.quantity, price
    return line.quantity, line.net if line.net is not None else line.gross


def _revalued(line: Line, quantity: Decimal | None, price: Decimal | None) -> Line:
    """The line of another quantity or price, net or gross as it was."""
    free = replace(line, quantity=quantity, net=None, gross=None, vat=None)
    if line.net_price is not None:
        return replace(free, net_price=price, gross_price=None, unvalued=price is None)
    if line.gross_price is not None:
        return replace(free, gross_price=price, unvalued=price is None)
    if price is None:
        return free
    if quantity is not None:
        return replace(free, net_price=price, unvalued=False)
    if line.net is None and line.gross is not None:
        return replace(free, gross=price)
    return replace(free, net=price)


def _buyer(was: Party, typed: dict[str, Any]) -> Party:
    """The buyer as it should be; its number stays."""
    place = composing.address(typed["buyer_line1"], typed["buyer_line2"], home(was))
    buyer = replace(was, name=typed["buyer_name"] or None, address=place)
    if BuyerMore.name in typed[SECTIONS_FIELD]:
        return more_of(buyer, typed)
    if place is None or was.address is None:
        return buyer
    return replace(buyer, address=replace(was.address, line1=place.line1, line2=place.line2))


def _untied(draft: InvoiceDraft) -> InvoiceDraft:
    """The correction without what ties its lines and what follows from them; the seller is not edited."""
    lines = tuple(replace(one, uu_id=None, number=None) for one in lines_of(draft))
    order = draft.order
    if order is not None and order.lines:
        return replace(draft, order=replace(order, lines=lines), seller=None)
    return replace(draft, lines=lines, seller=None)


def _marks(was: Marks, lines: Sequence[Line], exemption: str) -> Marks:
    if not exemption or all(line.rate != EXEMPT for line in lines):
        return was
    if was.exemption is not None and was.exemption.text == exemption:
        return was
    return replace(was, exemption=replace(was.exemption or Exemption(text=""), text=exemption))


def _kept(line: Line) -> str:
    """What stays of a line beside what the form shows."""
    gross = _("cena brutto") if line.net_price is None and line.gross_price is not None else ""
    annex = _("załącznik nr 15") if line.annex_15 else ""
    excise = _("akcyza %(amount)s") % {"amount": amount_text(line.excise)} if line.excise is not None else ""
    codes = (line.gtu, line.procedure, line.pkwiu, line.cn, line.pkob, line.gtin, line.index)
    facts = (gross, annex, excise, *codes)
    return " · ".join(fact for fact in facts if fact)
