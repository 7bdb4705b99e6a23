"""What a line may pay, the strongest reason first. Only KSeF numbers and collective identifiers with the exact amount
are certain."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.payments.models import StatementLine
from liczydlo.payments.statements import candidates, titles
from liczydlo.payments.statements.candidates import Candidate, Pool
from liczydlo.payments.statements.titles import Title

BACK: Final = dt.timedelta(days=730)
"""How long before a line an invoice may have been issued that nothing but its amount or its party names."""
MOST_PROPOSALS: Final = 3
"""Proposals for a line; further ones are searched for by hand."""
_SUMMED: Final = 12
"""Open invoices of a party of which sums are tried."""
_TOGETHER: Final = 4
"""Invoices in one sum."""


class Reason(enum.StrEnum):
    """Why an invoice is proposed; kept with settlements, so never renamed. The order is that of strength."""

    KSEF_NUMBER = "ksef-number"
    COLLECTIVE = "collective"
    ORDER = "order"
    NUMBER = "number"
    ACCOUNT = "account"
    NIP = "nip"
    SUM = "sum"
    NAME = "name"
    AMOUNT = "amount"
    MANUAL = "manual"


WORDS: Final[dict[str, str | Promise]] = {
    Reason.KSEF_NUMBER: _("numer KSeF w tytule"),
    Reason.COLLECTIVE: _("identyfikator zbiorczy w tytule"),
    Reason.ORDER: _("przelew ze zlecenia"),
    Reason.NUMBER: _("numer faktury w tytule"),
    Reason.ACCOUNT: _("znany rachunek i kwota"),
    Reason.NIP: _("NIP i kwota"),
    Reason.SUM: _("suma kilku faktur tej firmy"),
    Reason.NAME: _("nazwa i kwota"),
    Reason.AMOUNT: _("tylko kwota"),
    Reason.MANUAL: _("wskazane ręcznie"),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """How much of an invoice the line pays, with the sign of its whole."""

    invoice: Candidate
    amount: Decimal
    last_seen_event: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to pay of it then."""
        return self.amount == self.invoice.unpaid


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Invoices that a line may pay. ``rest`` is what the line has over. ``is_certain``: confirmed with one click."""

    line: StatementLine
    parts: tuple[Part, ...]
    reason: Reason
    is_certain: bool = False

    @property
    def words(self) -> str | Promise:
        """The reason for people."""
        return WORDS[self.reason]

    @property
    def remainder(self) -> Decimal:
        """With the line's sign."""
        return self.line.left - sum((one.amount * one.invoice.sign for one in self.parts), Decimal(0))


def of(company: Company, currency: str, lines: Sequence[StatementLine]) -> dict[int, list[Proposal]]:
    """Proposals by line, of open lines alone."""
    open_lines = [line for line in lines if line.is_open]
    titles_of_lines = candidates.parse_titles(open_lines)
    pool = candidates.load(company, currency, open_lines, titles_of_lines)
    proposals = {line.pk: _best(line, titles_of_lines[line.pk], pool) for line in open_lines}
    return _with_events(company, _doubted(proposals))


def certain(company: Company, currency: str, lines: Sequence[StatementLine]) -> list[Proposal]:
    """The certain proposals alone, in the order of lines: their invoices are looked up by what their titles name."""
    open_lines = [
        line
        for line in lines
        if line.is_open and (titles.ksef_numbers(line.title) or titles.collective(line.title))
    ]
    titles_of_lines = candidates.parse_titles(open_lines)
    pool = candidates.load(company, currency, open_lines, titles_of_lines, named_only=True)
    proposals = {
        line.pk: [
            *_by_ksef_number(line, titles_of_lines[line.pk], pool),
            *_by_collective(line, titles_of_lines[line.pk], pool),
        ]
        for line in open_lines
    }
    proposed = _with_events(company, _doubted(proposals))
    return [one for line in open_lines for one in proposed[line.pk] if one.is_certain]


def digest(proposals: Sequence[Proposal]) -> str:
    """What a person has seen of the certain ones, so that a click confirms nothing else."""
    text = ";".join(
        f"{one.line.pk}:{part.invoice.pk}:{part.amount}:{part.last_seen_event}"
        for one in proposals
        for part in one.parts
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _best(line: StatementLine, title: Title, pool: Pool) -> list[Proposal]:
    proposals: list[Proposal] = []
    invoice_sets: set[frozenset[int]] = set()
    for one in _all(line, title, pool):
        key = frozenset(part.invoice.pk for part in one.parts)
        if key not in invoice_sets:
            invoice_sets.add(key)
            proposals.append(one)
        if len(proposals) == MOST_PROPOSALS:
            break
    return proposals


def _all(line: StatementLine, title: Title, pool: Pool) -> Iterator[Proposal]:
    yield from _by_ksef_number(line, title, pool)
    yield from _by_collective(line, title, pool)
    yield from _by_order(line, pool)
    yield from _by_number(line, title, pool)
    of_account = pool.of_account.get(line.party_account, frozenset())
    nips = frozenset(filter(None, (line.party_nip, *title.nips)))
    exact = [one for one in pool.by_move.get(line.left, ()) if _is_issued_before(line, one)]
    for nips_known, reason in ((of_account, Reason.ACCOUNT), (nips, Reason.NIP)):
        yield from (_full_payment(line, one, reason) for one in exact if one.party_nip in nips_known)
    yield from _sums(line, sorted(of_account | nips), pool)
    yield from (_full_payment(line, one, Reason.NAME) for one in exact if candidates.same_party(line, one))
    if len(exact) == 1:
        yield _full_payment(line, exact[0], Reason.AMOUNT)


def _is_issued_before(line: StatementLine, invoice: Candidate) -> bool:
    return line.booked_on - BACK <= invoice.issue_date <= line.booked_on


def _full_payment(line: StatementLine, candidate: Candidate, reason: Reason) -> Proposal:
    return Proposal(line=line, parts=(Part(invoice=candidate, amount=candidate.unpaid),), reason=reason)


def _fits(line: StatementLine, invoice: Candidate) -> bool:
    """Whether the line's money goes the way that the invoice's does, and something of it can still be settled."""
    return invoice.room != 0 and (invoice.sign * invoice.payable > 0) == (line.left > 0)


def _by_ksef_number(line: StatementLine, title: Title, pool: Pool) -> Iterator[Proposal]:
    invoices = [pool.by_ksef_number[number] for number in title.ksef_numbers if number in pool.by_ksef_number]
    if not invoices:
        return
    exact = sum((one.move for one in invoices), Decimal(0)) == line.left and all(
        one.unpaid for one in invoices
    )
    if exact:
        parts = tuple(Part(invoice=one, amount=one.unpaid) for one in invoices)
        all_are_here = len(invoices) == len(title.ksef_numbers) and not line.is_reversal
        yield Proposal(line=line, parts=parts, reason=Reason.KSEF_NUMBER, is_certain=all_are_here)
    elif fitting := [one for one in invoices if _fits(line, one)]:
        yield Proposal(line=line, parts=_shared(line, fitting), reason=Reason.KSEF_NUMBER)


def _by_collective(line: StatementLine, title: Title, pool: Pool) -> Iterator[Proposal]:
    """All that the identifiers of the title were made for, each with its amount in the transfer."""
    numbers = [number for number in title.collective if number in pool.of_collective]
    items = [item for number in numbers for item in pool.of_collective[number] if item[0] in pool.by_pk]
    parts = tuple(Part(invoice=pool.by_pk[pk], amount=amount) for pk, amount in items)
    moved_total = sum((part.amount * part.invoice.sign for part in parts), Decimal(0))
    if parts and moved_total == line.left and all(within(part.amount, part.invoice.unpaid) for part in parts):
        is_alone = numbers == list(title.collective) and len(numbers) == 1 and not title.ksef_numbers
        yield Proposal(
            line=line, parts=parts, reason=Reason.COLLECTIVE, is_certain=is_alone and not line.is_reversal
        )
    elif fitting := [part.invoice for part in parts if _fits(line, part.invoice)]:
        yield Proposal(line=line, parts=_shared(line, fitting), reason=Reason.COLLECTIVE)


def within(amount: Decimal, payable: Decimal) -> bool:
    """Whether an amount is a part of what there is, or all of it."""
    return amount != 0 and (amount > 0) == (payable > 0) and abs(amount) <= abs(payable)


def _by_order(line: StatementLine, pool: Pool) -> Iterator[Proposal]:
    for items in pool.ordered.get((line.party_account, -line.left), ()):
        parts = tuple(Part(invoice=pool.by_pk[pk], amount=amount) for pk, amount in items if pk in pool.by_pk)
        if parts and all(abs(part.amount) <= abs(part.invoice.room) for part in parts):
            yield Proposal(line=line, parts=parts, reason=Reason.ORDER)


def _shared(line: StatementLine, invoices: Sequence[Candidate]) -> tuple[Part, ...]:
    """The line's money over invoices in their order: the last one gets a part, or something is left over."""
    left, parts = abs(line.left), []
    for one in invoices:
        open_amount = one.unpaid or one.room  # one that somebody has marked as paid is tied to its line
        size = min(abs(open_amount), left)
        if not size:
            break
        left -= size
        parts.append(Part(invoice=one, amount=size if open_amount > 0 else -size))
    return tuple(parts)


def _by_number(line: StatementLine, title: Title, pool: Pool) -> Iterator[Proposal]:
    nips = {line.party_nip, *title.nips, *pool.of_account.get(line.party_account, ())} - {""}
    near = [one for token in title.tokens for one in pool.by_token.get(token, ())]
    near += [one for nip in nips for one in pool.by_party.get(nip, ())]
    near += pool.by_move.get(line.left, ())
    invoices_named = {one.pk: one for one in near if _fits(line, one) and title.names(one.folded)}
    if not invoices_named:
        return
    # of several firms' invoices of one number, those of the party that the line names
    of_party = [
        one for one in invoices_named.values() if one.party_nip in nips or candidates.same_party(line, one)
    ]
    candidates_of_party = sorted(
        of_party or invoices_named.values(), key=lambda one: (one.issue_date, one.pk)
    )  # the oldest debt first
    if len({one.party_nip for one in candidates_of_party}) == 1 and len(candidates_of_party) > 1:
        yield Proposal(line=line, parts=_shared(line, candidates_of_party), reason=Reason.NUMBER)
    for one in sorted(
        candidates_of_party, key=lambda sale: (sale.move != line.left, -sale.issue_date.toordinal())
    ):
        yield Proposal(line=line, parts=_shared(line, [one]), reason=Reason.NUMBER)


def _sums(line: StatementLine, nips: Sequence[str], pool: Pool) -> Iterator[Proposal]:
    """Several invoices, corrections among them, of one party that make the line's amount."""
    for nip in nips:
        of_party = [one for one in pool.by_party.get(nip, ()) if _is_issued_before(line, one)]
        if len(of_party) > 1 and sum((one.move for one in of_party), Decimal(0)) == line.left:
            yield _together(line, of_party)
            continue
        oldest = sorted(of_party, key=lambda one: (one.issue_date, one.pk))[:_SUMMED]
        total, sizes = _grosze(line.left), [_grosze(one.move) for one in oldest]
        for size in range(2, min(_TOGETHER, len(oldest)) + 1):
            places = combinations(range(len(oldest)), size)
            some = next(
                (combination for combination in places if sum(sizes[at] for at in combination) == total), None
            )
            if some is not None:
                yield _together(line, [oldest[at] for at in some])
                break


def _grosze(amount: Decimal) -> int:
    return int(amount * 100)


def _together(line: StatementLine, invoices: Sequence[Candidate]) -> Proposal:
    parts = tuple(Part(invoice=one, amount=one.unpaid) for one in invoices)
    return Proposal(line=line, parts=parts, reason=Reason.SUM)


def _doubted(made: dict[int, list[Proposal]]) -> dict[int, list[Proposal]]:
    """Two lines that would certainly pay the same invoice are both in doubt."""
    invoice_counts = Counter(
        part.invoice.pk
        for proposals in made.values()
        for one in proposals
        if one.is_certain
        for part in one.parts
    )
    return {
        pk: [
            Proposal(line=one.line, parts=one.parts, reason=one.reason)
            if any(invoice_counts[part.invoice.pk] > 1 for part in one.parts)
            else one
            for one in proposals
        ]
        for pk, proposals in made.items()
    }


def _with_events(company: Company, made: dict[int, list[Proposal]]) -> dict[int, list[Proposal]]:
    """The same with the last event of each purchase's payment, which those who confirm have seen."""
    pks = {part.invoice.pk for proposals in made.values() for one in proposals for part in one.parts}
    last = candidates.last_events(company, pks)
    return {
        pk: [
            Proposal(
                line=one.line,
                parts=tuple(
                    Part(
                        invoice=part.invoice, amount=part.amount, last_seen_event=last.get(part.invoice.pk, 0)
                    )
                    for part in one.parts
                ),
                reason=one.reason,
                is_certain=one.is_certain,
            )
            for one in proposals
        ]
        for pk, proposals in made.items()
    }
