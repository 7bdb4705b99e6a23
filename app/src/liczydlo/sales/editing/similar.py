"""„Wystaw podobną" and templates in the editor: a new document that begins with what an earlier one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
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
from liczydlo.sales.editing.preserving import Preserving
from liczydlo.sales.editing.sale import About, Sale, SimplifiedSale
from liczydlo.sales.editing.self_billed import SelfBilledAdvance, SelfBilledSale, SelfBilledSimplified
from liczydlo.sales.line_forms import MOST_LINES
from liczydlo.sales.models import Invoice
from liczydlo.sales.preserved_forms import ShownPage
from liczydlo.sales.recounting import lines_of
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


class Similar(Sale):
    """A new document that begins with what an earlier invoice, or a template, says: ``source``."""

    source: similar.Source

    def begin(self, about: About, source: similar.Source, name: str) -> None:
        """Call it before anything else."""
        self.name, self.about, self.source = name, about, source

    @property
    def address(self) -> str:
        return reverse(f"sales:{PAGES[self.name]}", args=[self.company.pk, self.about and self.about.pk])

    def initial(self, draft: InvoiceDraft | None = None) -> dict[str, Any]:
        """As :class:`Sale`: all that the form shows of the earlier invoice, with the next number."""
        if draft is not None:
            return super().initial(draft)
        return self.numbered(super().initial(self.source.draft))

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
        """Words for what is not taken over of the earlier invoice, and the paths that even a draft has no place for.

        The rate of exchange never is: NBP's of the new day is, where the firm has it switched on.
        """
        draft = self.source.draft
        named = unshown.words_of_fields((*self.source.fields_left, *self.source.unread))
        if draft.currency != PLN and not is_on(self.company, Service.NBP):
            named.append(_("kurs waluty: wpisz ten z właściwego dnia"))
        if len(lines_of(draft)) > MOST_LINES:
            named.append(unshown.TOO_MANY % {"most": MOST_LINES})
        return named

    def make(self) -> Invoice | None:
        """The new invoice as a draft; None where a person has to look at the form, for something that counts is left
        out of it or KSeF would refuse it.

        What a template does not take over was named when it was made.
        """
        draft = composing.as_now(self.company, self.source.draft)
        if not self.fits(replace(draft, number=self.name)):
            return None
        names = {one.partition(".")[0] for one in self.source.fields_left} - set(similar.OF_ONE_SALE)
        if (names or self.source.unread) and self.name == "similar":
            return None
        rated = draft if draft.currency == PLN else foreign_currency.rated(self.company, draft)
        if rated is None:
            return None
        try:
            return similar.store(self.company, rated, self.series)
        except (services.NotIssued, DocumentError, IncompleteDraft):
            return None  # the form says why


class SimilarSale(Similar):
    """A sale."""

    def begin(self, about: About, source: similar.Source, name: str) -> None:
        """As :class:`Similar`; the form always says how it is paid."""
        if source.draft.payment is None:
            payment = composing.payment({**self.beginning(times.today()), "payment": TRANSFER})
            source = replace(source, draft=replace(source.draft, payment=payment))
        super().begin(about, source, name)


class SimilarSimplified(SimilarSale, SimplifiedSale):
    """A simplified invoice."""


class SimilarAdvance(SimilarSale, NewAdvance):
    """The first advance of a new order like that one."""


class SimilarSelfBilled(SimilarSale, SelfBilledSale):
    """An invoice in a supplier's name."""


class SimilarSelfBilledSimplified(SimilarSale, SelfBilledSimplified):
    """A simplified one."""


class SimilarSelfBilledAdvance(SimilarSale, SelfBilledAdvance):
    """The first advance of a new order from a supplier."""


class SimilarKept(Similar, Preserving):
    """A document of which the form shows a part: the rest is taken over as it is."""

    def __init__(self, company: Company, draft: InvoiceDraft) -> None:
        super().__init__(company, composing.as_now(company, draft))
        if self.kind == "ZAL" and not self.is_self_billed:
            self.series = numbering.ADVANCES

    @cached_property
    def shown(self) -> ShownPage:
        """As :class:`Preserving`; a rate of exchange has to be given anew."""
        shown = super().shown
        return replace(shown, checked=(*shown.checked, "exchange_rate"))

    def has_own_rate(self, data: Mapping[str, Any]) -> bool:  # noqa: ARG002 - as of a new sale
        return False


KINDS: Final[Mapping[str, type[SimilarSale]]] = {
    "VAT": SimilarSale,
    "UPR": SimilarSimplified,
    "ZAL": SimilarAdvance,
}
OF_SUPPLIERS: Final[Mapping[str, type[SimilarSale]]] = {
    "VAT": SimilarSelfBilled,
    "UPR": SimilarSelfBilledSimplified,
    "ZAL": SimilarSelfBilledAdvance,
}


def _begun(company: Company, about: About, source: similar.Source, name: str) -> Similar:
    """The plain editor where it shows all of what is taken over, or has no room for its lines; else one that keeps the
    rest. Raises KeyError for a kind that is not repeated."""
    editors = OF_SUPPLIERS if source.draft.marks.self_billing else KINDS
    plain = editors[source.draft.kind](company)
    plain.begin(about, source, name)
    draft = replace(composing.as_now(company, plain.source.draft), number=name)
    if plain.fits(draft) or len(lines_of(draft)) > MOST_LINES:
        return plain
    preserving = SimilarKept(company, source.draft)
    preserving.begin(about, source, name)
    return preserving


def editor(company: Company, invoice: Invoice) -> Similar:
    """The editor of an invoice like this one. Raises NotIssued with the reason where there is none."""
    if (reason := similar.refusal(company, invoice)) is not None:
        raise services.NotIssued(reason)
    try:
        return _begun(company, invoice, similar.source(invoice, times.today()), "similar")
    except ValueError as error:
        raise services.NotIssued(Reason("similar-unread")) from error


def from_template(company: Company, template: InvoiceTemplate) -> Similar:
    """The editor of an invoice of a template."""
    return _begun(company, template, making.draft_by_hand(template, times.today()), "template")


def from_occurrence(company: Company, occurrence: Occurrence) -> Similar:
    """The editor of the invoice of a day of a recurrence, of which the program could make no draft."""
    row, today = occurrence.recurrence, times.today()
    draft = making.draft_of(row, occurrence.nominal, today)
    source = similar.Source(draft=draft, unread=row.template.unread)
    return _begun(company, occurrence, source, "occurrence")


def contents(company: Company, template: InvoiceTemplate) -> Similar:
    """The editor of what a template says: its days count from today, and it is stored in the template."""
    source = similar.Source(draft=similar.moved_to(template.draft, times.today()), unread=template.unread)
    edited = _begun(company, template, source, "contents")
    edited.keeps, edited.title = template, gettext_lazy("Treść szablonu")
    return edited
