"""„Wystaw podobną" and templates in the editor: a new document that begins with what an earlier one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company
from liczydlo.fa3.draft import TRANSFER, IncompleteDraft, InvoiceDraft
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.totals import PLN
from liczydlo.lookups.models import Service
from liczydlo.lookups.services import is_on
from liczydlo.sales import composing, foreign_currency, numbering, services, similar
from liczydlo.sales.editing import unshown
from liczydlo.sales.editing.advance import NewAdvance
from liczydlo.sales.editing.sale import About, Sale, SimplifiedSale
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating import making
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence
from liczydlo.web import times
from liczydlo.web.reasons import Reason

PAGES: Final = {
    "similar": "similar",
    "template": "from_template",
    "contents": "template_contents",
    "occurrence": "from_occurrence",
}
"""Addresses by the name of the editor."""


class SimilarSale(Sale):
    """A new sale that begins with what an earlier invoice, or a template, says."""

    def __init__(
        self, company: Company, about: About, source: similar.Source, *, name: str = "similar"
    ) -> None:
        super().__init__(company)
        self.name = name
        self.about = about
        self.source = source
        if source.draft.payment is None:  # the form always says how it is paid
            payment = composing.payment({**self.beginning(times.today()), "payment": TRANSFER})
            self.source = replace(source, draft=replace(source.draft, payment=payment))

    @property
    def address(self) -> str:
        """As :class:`Sale`."""
        return reverse(f"sales:{PAGES[self.name]}", args=[self.company.pk, self.about and self.about.pk])

    def initial(self, draft: InvoiceDraft | None = None) -> dict[str, Any]:
        """As :class:`Sale`: all that the form shows of the earlier invoice, with the next number."""
        if draft is not None:
            return super().initial(draft)
        number = numbering.propose(self.company, times.today(), self.series)
        return {**super().initial(self.source.draft), "number": number}

    def context(self) -> dict[str, object]:
        """What is not taken over."""
        about = self.about.recurrence.template if isinstance(self.about, Occurrence) else self.about
        return {**super().context(), "similar_to": about, "left_out": self.left_out()}

    def saved(self, row: Invoice) -> None:
        """The day of a recurrence that was finished here has its invoice. Raises NotIssued where it has one already."""
        if isinstance(self.about, Occurrence):
            open_one = Occurrence.objects.of(self.company).filter(pk=self.about.pk, invoice=None)
            if not open_one.update(invoice=row):
                raise services.NotIssued(Reason("recurring-made"))

    def left_out(self) -> Sequence[str]:
        """Words for what the form does not show of the earlier invoice, and the paths that even a draft has no place
        for. The rate of exchange is never taken over: NBP's of the new day is, where the firm has it switched on."""
        held = self.source.draft
        named = unshown.words(self.company, held)
        if held.currency != PLN and not is_on(self.company, Service.NBP):
            named.append(_("kurs waluty: wpisz ten z właściwego dnia"))
        return [*named, *self.source.unread]

    def make(self) -> Invoice | None:
        """The new invoice as a draft, where the form shows all of it; None where a person has to look at the form.

        What a template leaves unread was named when it was made.
        """
        draft = replace(self.source.draft, seller=composing.seller(self.company))
        if not self.fits(replace(draft, number=self.name)):
            return None
        if self.source.unread and self.name == "similar":
            return None
        rated = draft if draft.currency == PLN else foreign_currency.rated(self.company, draft)
        if rated is None:
            return None
        try:
            return similar.store(self.company, rated, self.series)
        except (services.NotIssued, DocumentError, IncompleteDraft):
            return None  # the form says why


class SimilarSimplified(SimilarSale, SimplifiedSale):
    """A simplified invoice."""


class SimilarAdvance(SimilarSale, NewAdvance):
    """The first advance of a new order like that one."""


KINDS: Final[Mapping[str, type[SimilarSale]]] = {
    "VAT": SimilarSale,
    "UPR": SimilarSimplified,
    "ZAL": SimilarAdvance,
}


def editor(company: Company, invoice: Invoice) -> SimilarSale:
    """The editor of an invoice like this one. Raises NotIssued with the reason where there is none."""
    if (reason := similar.refusal(company, invoice)) is not None:
        raise services.NotIssued(reason)
    try:
        source = similar.source(invoice, times.today())
        return KINDS[invoice.entry.kind](company, invoice, source)
    except ValueError as error:
        raise services.NotIssued(Reason("similar-unread")) from error


def from_template(company: Company, template: InvoiceTemplate) -> SimilarSale:
    """The editor of an invoice of a template."""
    source = making.draft_by_hand(template, times.today())
    return KINDS[source.draft.kind](company, template, source, name="template")


def from_occurrence(company: Company, occurrence: Occurrence) -> SimilarSale:
    """The editor of the invoice of a day of a recurrence, of which the program could make no draft."""
    row, today = occurrence.recurrence, times.today()
    draft = making.draft_of(row, occurrence.nominal, today)
    source = similar.Source(draft=draft, unread=row.template.unread)
    return KINDS[draft.kind](company, occurrence, source, name="occurrence")


def contents(company: Company, template: InvoiceTemplate) -> SimilarSale:
    """The editor of what a template says: its days count from today, and it is stored in the template."""
    held = similar.Source(draft=similar.moved(template.draft, times.today()), unread=template.unread)
    edited = KINDS[held.draft.kind](company, template, held, name="contents")
    edited.keeps, edited.title = template, gettext_lazy("Treść szablonu")
    return edited
