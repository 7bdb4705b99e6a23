"""Corrections of our own invoices: what each comes to now, and the drafts of new ones (art. 106j).

Counted is what was issued and is not refused; a correction of a correction counts for the first invoice, whose state
after all of them is where the next one begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Final

from django.db.models import Q

from liczydlo.companies.models import Company
from liczydlo.documents.credit_notes import KIND as KOR_PEF
from liczydlo.documents.models import Direction, Document, IndexEntry
from liczydlo.documents.remembered import Remembered
from liczydlo.fa3 import money, standing
from liczydlo.fa3.document import Document as Checked
from liczydlo.fa3.draft import Original
from liczydlo.fa3.model import DaneFaKorygowanej, Faktura
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse
from liczydlo.fa3.standing import Standing
from liczydlo.pef import back
from liczydlo.pef.reading import NotHeld
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.links import CorrectionLink
from liczydlo.sales.states import OPEN, REFUSED, State
from liczydlo.web.reasons import Reason

PEF: Final = "VAT_PEF"
KINDS: Final = ("KOR", "KOR_ZAL", "KOR_ROZ", KOR_PEF)
CHUNK: Final = 400
TOGETHER: Final = 50  # invoices whose documents are in memory at once
READ: Final = 4096
"""Invoices of which a process keeps what they come to, about 3 kB each."""
Chain = tuple[tuple[str, str], ...]
"""An invoice and the corrections of it that count, the oldest first: the kind and the SHA-256 of each."""
_states: Remembered[Chain, Standing | None] = Remembered(READ)


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """The corrections of an invoice: those that count, those that are not issued yet, and the collective ones."""

    counted: Sequence[Invoice]
    open: Sequence[Invoice]
    collective: Sequence[Invoice]
    total: Decimal
    """P_15 after those that count."""

    def __bool__(self) -> bool:
        return bool(self.counted or self.open or self.collective)


def link(row: Invoice, faktura: Faktura) -> None:
    """Note which invoices of ours the document of ``row`` corrects; call it where the document is stored."""
    CorrectionLink.objects.of(row.company).filter(correction=row).delete()
    referenced = faktura.fa.dane_fa_korygowanej if faktura.fa.rodzaj_faktury in KINDS else ()
    if not referenced:
        return
    nip = faktura.podmiot1.dane_identyfikacyjne.nip
    others = {one.pk for one in _referenced(row, nip, referenced)}
    further = CorrectionLink.objects.of(row.company).filter(correction__in=others)
    others |= {pk for pk in further.values_list("original_id", flat=True) if pk != row.pk}
    CorrectionLink.objects.bulk_create(
        CorrectionLink(
            company_id=row.company_id, correction=row, original_id=pk, collective=len(referenced) > 1
        )
        for pk in sorted(others)
    )


def take_over(refused: Invoice, row: Invoice) -> None:
    """A technical correction stands for the refused invoice: what corrects that one corrects it."""
    CorrectionLink.objects.of(row.company).filter(original=refused).update(original=row)


def _referenced(row: Invoice, nip: str, references: Sequence[DaneFaKorygowanej]) -> Iterable[Invoice]:
    """By the KSeF number, or by number and day."""
    rows = Invoice.objects.of(row.company).filter(
        environment=row.environment,
        entry__company=row.company,
        entry__environment=row.environment,
        entry__direction=Direction.of_issued(row.company, nip),
        entry__rejected=False,
        entry__seller_nip=nip,
    )
    rows = rows.exclude(state=State.CORRECTED).exclude(pk=row.pk).select_related("entry")
    for at in range(0, len(references), CHUNK):
        some = references[at : at + CHUNK]
        ksef = [one.nr_ksef_fa_korygowanej for one in some if one.nr_ksef_fa_korygowanej is not None]
        own = {
            (one.nr_fa_korygowanej, one.data_wyst_fa_korygowanej)
            for one in some
            if one.nr_ksef_fa_korygowanej is None
        }
        matching = Q(entry__ksef_number__in=ksef) | Q(entry__number__in=[number for number, _ in own])
        for one in rows.filter(matching):
            if one.entry.ksef_number in ksef or (one.entry.number, one.entry.issue_date) in own:
                yield one


def of(original: Invoice) -> Corrections:
    """The corrections of an invoice, the oldest first."""
    return of_each(original.company, [original])[original.pk]


def of_each(company: Company, originals: Sequence[Invoice]) -> dict[int, Corrections]:
    """As :func:`of`, by the invoices' ids."""
    links: dict[int, list[CorrectionLink]] = {row.pk: [] for row in originals}
    for at in range(0, len(originals), CHUNK):
        rows = CorrectionLink.objects.of(company).filter(original__in=originals[at : at + CHUNK])
        rows = rows.select_related("correction__entry").order_by("correction__issued_at", "correction_id")
        for one in rows:
            links[one.original_id].append(one)
    return {row.pk: _told_apart(row, links[row.pk]) for row in originals}


def _told_apart(original: Invoice, links: Iterable[CorrectionLink]) -> Corrections:
    counted, drafts, collective = [], [], []
    for one in links:
        row = one.correction
        if row.state in REFUSED:
            continue
        if row.state in OPEN:
            drafts.append(row)
        elif one.collective:
            collective.append(row)
        else:
            counted.append(row)
    total = money.total((original.entry.gross, *(row.entry.gross for row in counted)))
    return Corrections(counted=counted, open=drafts, collective=collective, total=total)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a list says of a row: the numbers that it corrects, or what it comes to after its corrections."""

    corrects: Sequence[str] = ()
    total: Decimal | None = None


def listed(company: Company, rows: Sequence[Invoice]) -> dict[int, Listed]:
    """By the invoices' ids; only those that correct or are corrected."""
    pks = {row.pk for row in rows}
    if not pks:
        return {}
    links = CorrectionLink.objects.of(company).select_related("correction__entry", "original__entry")
    entries: dict[int, Listed] = {}
    for one in links.filter(Q(correction__in=pks) | Q(original__in=pks)).order_by("pk"):
        correction, original = one.correction, one.original
        if original.entry.kind in KINDS:
            continue
        if correction.pk in pks:
            before = entries.get(correction.pk, Listed()).corrects
            entries[correction.pk] = Listed(corrects=(*before, original.entry.number))
        if original.pk in pks and not one.collective and correction.state not in (*OPEN, *REFUSED):
            so_far = entries.get(original.pk, Listed()).total
            total = original.entry.gross if so_far is None else so_far
            entries[original.pk] = Listed(total=money.total((total, correction.entry.gross)))
    return entries


def originals(correction: Invoice) -> list[Invoice]:
    """The invoices of ours that a correction corrects, the oldest first."""
    links = CorrectionLink.objects.of(correction.company).filter(correction=correction)
    return [one.original for one in links.select_related("original__entry").order_by("original_id")]


def root(invoice: Invoice) -> Invoice:
    """The invoice whose state a correction of this one would change: for a correction that of its original."""
    if invoice.entry.kind not in KINDS:
        return invoice
    return next((one for one in originals(invoice) if one.entry.kind not in KINDS), invoice)


def can_be_corrected(invoice: Invoice) -> bool:
    """Whether the program can make a correction of it: an issued one, of the company's present environment, of which it
    is the seller or the buyer that bills itself."""
    entry = invoice.entry
    if entry.document_id is None or invoice.state in REFUSED or entry.kind not in (*standing.KINDS, PEF):
        return False
    company = invoice.company
    is_ours = entry.seller_nip == company.nip or entry.is_self_billed
    return invoice.environment == company.environment and is_ours


def read_back(kind: str, xml: bytes) -> Faktura:
    """A document as FA(3), whichever its structure. Raises DocumentError, and ValueError for a PEF that is not
    understood."""
    return back.faktura(xml) if kind in (PEF, KOR_PEF) else read(xml)


def not_understood(original: Invoice) -> Reason | None:
    """Whether a PEF, or a PEF_KOR of it, says what its correction would lose, and which element does."""
    if original.entry.kind != PEF:
        return None
    try:
        standing_of(original)
    except NotHeld as error:
        return Reason("correction-pef-unread", {"element": error.element})
    return None


def standing_of(original: Invoice) -> Standing:
    """What an invoice says after the corrections that count. Raises ValueError for what a draft cannot hold."""
    counted = of(original).counted
    entries = IndexEntry.objects.of(original.company).select_related("document")
    frozen = entries.in_bulk([row.entry_id for row in counted])
    documents = [frozen[row.entry_id] for row in counted]
    first = read_back(original.entry.kind, original.entry.xml)
    return standing.standing(first, [read_back(entry.kind, entry.xml) for entry in documents])


def states_of(company: Company, originals: Sequence[Invoice]) -> dict[int, Standing | None]:
    """What invoices come to after the corrections that count, without their lines, by the invoices' ids; None of what a
    draft cannot hold. Documents that were read a moment ago are not read again."""
    chains = {
        pk: [of_pk, *(row.entry_id for row in each.counted)]
        for (pk, each), of_pk in zip(
            of_each(company, originals).items(), (row.entry_id for row in originals), strict=True
        )
    }
    said: dict[int, tuple[str, str]] = {}
    every = [pk for chain in chains.values() for pk in chain]
    for at in range(0, len(every), CHUNK):
        rows = IndexEntry.objects.of(company).filter(pk__in=every[at : at + CHUNK])
        said |= {
            pk: (kind, digest) for pk, kind, digest in rows.values_list("pk", "kind", "document__sha256")
        }
    keys: dict[int, Chain] = {pk: tuple(said[one] for one in chain) for pk, chain in chains.items()}
    states = _states.of(keys.values(), partial(_read_states, company))
    return {pk: states[key] for pk, key in keys.items()}


def _read_states(company: Company, chains: Collection[Chain]) -> dict[Chain, Standing | None]:
    states: dict[Chain, Standing | None] = {}
    every = list(chains)
    for at in range(0, len(every), TOGETHER):
        some = every[at : at + TOGETHER]
        rows = Document.objects.of(company).filter(
            sha256__in={digest for chain in some for _, digest in chain}
        )
        xml = dict(rows.values_list("sha256", "xml"))
        for chain in some:
            try:
                first, *others = (read_back(kind, bytes(xml[digest])) for kind, digest in chain)
                state = standing.standing(first, others)
            except ValueError:
                states[chain] = None
            else:
                states[chain] = replace(state, draft=standing.with_lines(state.draft, ()))
    return states


def original_of(original: Invoice) -> Original:
    """What a correction says of its original: its number at KSeF when it has one, else that it has none (yet)."""
    entry = original.entry
    return Original(number=entry.number, issue_date=entry.issue_date, ksef_number=entry.ksef_number or None)


def warnings(checked: Checked, *, draft: Invoice | None) -> list[Reason]:
    """What the issuer of a correction should know of others of the same invoice: one is open, one is collective."""
    if draft is None or checked.kind not in KINDS:
        return []
    reasons = []
    for original in originals(draft):
        if original.entry.kind == PEF:
            reasons.append(Reason("correction-of-pef", {"number": original.entry.number}))
        own = of(original)
        others = ", ".join(row.entry.number for row in own.open if row.pk != draft.pk)
        if others:
            reasons.append(Reason("correction-open", {"number": original.entry.number, "others": others}))
        collective = ", ".join(row.entry.number for row in own.collective)
        if collective:
            reasons.append(
                Reason("correction-collective", {"number": original.entry.number, "others": collective})
            )
    return reasons


def outdated(draft: Invoice, faktura: Faktura) -> Reason | None:
    """Whether a correction of one invoice starts from a state that is not the present one, and which it is."""
    links = list(
        CorrectionLink.objects.of(draft.company)
        .filter(correction=draft)
        .select_related("original__entry__document")
    )
    first = [one.original for one in links if one.original.entry.kind not in KINDS and not one.collective]
    if len(first) != 1 or first[0].entry.document_id is None:
        return None
    try:
        now, correction = standing_of(first[0]), reverse(faktura)[0]
    except ValueError:  # what a draft cannot hold is not followed
        return None
    if not standing.contradicts(now, correction):
        return None
    return Reason("correction-outdated", {"number": first[0].entry.number})


def lock(draft: Invoice) -> None:
    """Lock what a correction corrects until the transaction ends, so that two of one invoice are issued in turn."""
    rows = Invoice.objects.filter(
        company_id=draft.company_id, links_to_corrections__correction=draft
    ).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def rebated(original: Invoice, begins: dt.date, ends: dt.date) -> list[Invoice]:
    """What a rebate for a period would name: invoices to the original's buyer in its currency, issued in those days."""
    entry = original.entry
    rows = Invoice.objects.of(original.company).filter(
        environment=original.environment,
        entry__company=original.company,
        entry__environment=original.environment,
        entry__direction=entry.direction,
        entry__document__isnull=False,
        entry__kind__in=("VAT", "UPR"),
        entry__seller_nip=entry.seller_nip,
        entry__buyer_nip=entry.buyer_nip,
        entry__buyer_id=entry.buyer_id,
        entry__currency=entry.currency,
        entry__issue_date__range=(begins, ends),
    )
    if not (entry.buyer_nip or entry.buyer_id):
        rows = rows.filter(entry__buyer_name=entry.buyer_name)
    rows = rows.exclude(state__in=REFUSED).select_related("entry", "company")
    return list(rows.order_by("entry__issue_date", "pk"))
