"""What an invoice comes to once its corrections are counted: the state from which the next one starts (art. 106j).

A correction says the lines that it changes before and after it, or their differences. Lines are tied by UU_ID; where a
line has none, it gets one that follows from the invoice and its place, so that every reader makes the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import money
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import InvoiceDraft, Kind, Line
from liczydlo.fa3.model import Fa, Faktura
from liczydlo.fa3.reverse import reverse

KINDS: Final[Mapping[Kind, Kind]] = {"VAT": "KOR", "UPR": "KOR", "ZAL": "KOR_ZAL", "ROZ": "KOR_ROZ"}
"""What a correction of each kind of invoice is called."""
AMOUNTS: Final = (
    *(name for name in Fa.__dataclass_fields__ if name.startswith(("p_13_", "p_14_"))),
    "p_15",
)
_DISCOUNTED: Final = ("discount", "excise")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An invoice after its corrections.

    ``draft`` is of the original's kind, with its number and day, and with the lines (of an advance those of the order)
    as they are now, each with its UU_ID. ``amounts`` are P_13 to P_15: the document's and the differences of every
    correction; the draft states none of them.
    """

    draft: InvoiceDraft
    amounts: Mapping[str, Decimal]

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is corrected: the lines, or those of an advance's order."""
        return lines_of(self.draft)

    @property
    def total(self) -> Decimal:
        """P_15 as it is now."""
        return self.amounts["p_15"]


def standing(original: Faktura, corrections: Iterable[Faktura] = ()) -> Standing:
    """The state of an invoice after its corrections, the oldest first.

    Each of them must correct this invoice alone: the amounts of a collective one cannot be told apart. Raises
    ValueError for a document that is a correction itself, or says what a draft cannot hold.
    """
    draft = _draft_of(original)
    if draft.kind not in KINDS:
        raise ValueError(f"{draft.kind} is a correction itself")
    free = replace(draft, sums=None, total=None, advance=None)
    state = Standing(draft=_identified(free), amounts=amounts_of(original))
    for correction in corrections:
        state = with_correction(state, _draft_of(correction), amounts_of(correction))
    return state


def with_correction(
    before: Standing, correction: InvoiceDraft, differences: Mapping[str, Decimal]
) -> Standing:
    """The state after one more correction, whose P_13 to P_15 are ``differences``."""
    details = correction.correction
    draft = with_lines(before.draft, tuple(_applied(before.lines, lines_of(correction))))
    draft = replace(
        draft,
        buyer=correction.buyer if details is not None and details.buyers else draft.buyer,
        seller=correction.seller if details is not None and details.seller is not None else draft.seller,
        marks=correction.marks if correction.marks.exemption is not None else draft.marks,
    )
    return Standing(draft=_identified(draft), amounts=sum_of_amounts(before.amounts, differences))


def rekeyed(before: Standing, correction: InvoiceDraft) -> InvoiceDraft:
    """The correction with the UU_IDs of this state for the lines that it shows as they were under others."""
    places: set[int] = set()
    keys: dict[str | None, str | None] = {}
    for line in lines_of(correction):
        if line.before and (place := _place(before.lines, line, places)) is not None:
            places.add(place)
            keys[line.uu_id] = before.lines[place].uu_id
    keys.pop(None, None)
    lines = (replace(line, uu_id=keys.get(line.uu_id, line.uu_id)) for line in lines_of(correction))
    return with_lines(correction, tuple(lines))


def contradicts(now: Standing, correction: InvoiceDraft) -> bool:
    """Whether a correction shows, as the state before it, another one than the present."""
    details = correction.correction
    if details is not None and details.amount_before not in (None, now.total):
        return True
    places: set[int] = set()
    for line in lines_of(correction):
        if not line.before:
            continue
        place = _place(now.lines, line, places)
        if place is None:
            return True
        places.add(place)
        one = now.lines[place]
        if (one.name, one.rate, rows_of.worth(one)) != (line.name, line.rate, rows_of.worth(line)):
            return True
    return False


def amounts_of(faktura: Faktura) -> dict[str, Decimal]:
    """P_13 to P_15 as a document states them."""
    return {name: amount for name in AMOUNTS if (amount := getattr(faktura.fa, name)) is not None}


def sum_of_amounts(
    one: Mapping[str, Decimal], other: Mapping[str, Decimal], sign: int = 1
) -> dict[str, Decimal]:
    """Amounts name by name; ``sign`` −1 takes the other ones off."""
    zero = money.ZERO
    names = (name for name in AMOUNTS if name in one or name in other)
    return {name: money.total((one.get(name, zero), sign * other.get(name, zero))) for name in names}


def lines_of(draft: InvoiceDraft) -> tuple[Line, ...]:
    """The lines that a correction of this kind is about."""
    if draft.kind not in ("ZAL", "KOR_ZAL"):
        return draft.lines
    return draft.order.lines if draft.order is not None else ()


def with_lines(draft: InvoiceDraft, lines: tuple[Line, ...]) -> InvoiceDraft:
    """The draft with other lines, or with an order of other lines."""
    if draft.kind not in ("ZAL", "KOR_ZAL"):
        return replace(draft, lines=lines)
    return (
        draft if draft.order is None else replace(draft, order=replace(draft.order, lines=lines, value=None))
    )


def zero(line: Line) -> Line:
    """The line with nothing left of it; its price stays."""
    stated: dict[str, Any] = {
        name: money.ZERO for name in ("net", "gross", "vat") if getattr(line, name) is not None
    }
    none_left = Decimal(0) if line.quantity is not None else None
    return replace(line, quantity=none_left, discount=None, excise=None, **stated)


def is_zero(line: Line) -> bool:
    """Whether the line is worth nothing."""
    return not any(rows_of.worth(line))


def _draft_of(faktura: Faktura) -> InvoiceDraft:
    draft, left = reverse(faktura)
    if left:
        raise ValueError(f"not held: {', '.join(left)}")
    return draft


def _identified(draft: InvoiceDraft) -> InvoiceDraft:
    """Every line with a UU_ID of its own, counted anew."""
    return with_lines(draft, tuple(identified(draft, lines_of(draft))))


def identified(draft: InvoiceDraft, lines: Iterable[Line]) -> Iterator[Line]:
    """Lines of an invoice, with a UU_ID where one has none or that of a line before it."""
    lines = list(lines)
    used = {line.uu_id for line in lines}
    ids: set[str | None] = {None}
    for number, line in enumerate(lines, 1):
        uu_id = line.uu_id
        if uu_id in ids:
            uu_id = _free(draft, number, used)
            used.add(uu_id)
        ids.add(uu_id)
        yield replace(line, uu_id=uu_id, number=None, before=False)


def _free(draft: InvoiceDraft, number: int, used: Collection[str | None]) -> str:
    nip = draft.seller.nip if draft.seller is not None else None
    place = f"{nip}/{draft.kind}/{draft.number}/{number}"
    while (uu_id := hashlib.sha256(place.encode()).hexdigest()[:16]) in used:
        place += "/"
    return uu_id


def _applied(lines: Sequence[Line], changes: Sequence[Line]) -> list[Line]:
    """Lines after a correction that says some of them before and after, or differences."""
    now = list(lines)
    if not any(line.before for line in changes):
        for line in changes:
            _add(now, line)
        return now
    numbers = {id(line): number for number, line in rows_of.numbered(changes)}
    places: list[tuple[Line, int]] = []
    for line in changes:
        if line.before and (place := _place(now, line, {at for _, at in places})) is not None:
            places.append((line, place))
    removed = {place for _, place in places}
    for line in changes:
        if line.before:
            continue
        place = _partner(line, places, numbers)
        if place is None:
            now.append(line)
        else:
            now[place] = replace(line, uu_id=line.uu_id or now[place].uu_id)
            removed.discard(place)
            places = [one for one in places if one[1] != place]
    return [line for at, line in enumerate(now) if at not in removed]


def _place(now: Sequence[Line], line: Line, used: set[int]) -> int | None:
    """Where the line is that a correction shows as it was."""
    tests: tuple[Callable[[Line], bool], ...] = (
        lambda one: line.uu_id is not None and one.uu_id == line.uu_id,
        lambda one: one.name == line.name and rows_of.worth(one) == rows_of.worth(line),
        lambda one: one.name == line.name,
    )
    for test in tests:
        for at, one in enumerate(now):
            if at not in used and test(one):
                return at
    return None


def _partner(line: Line, places: Sequence[tuple[Line, int]], numbers: Mapping[int, int]) -> int | None:
    """The place of the line whose state after the correction this is: by UU_ID, then by number, then by name."""
    tests: tuple[Callable[[Line], bool], ...] = (
        lambda one: line.uu_id is not None and one.uu_id == line.uu_id,
        lambda one: not (line.uu_id and one.uu_id) and numbers[id(one)] == numbers[id(line)],
        lambda one: not (line.uu_id and one.uu_id) and one.name == line.name,
    )
    for test in tests:
        for one, place in places:
            if test(one):
                return place
    return None


def _add(now: list[Line], change: Line) -> None:
    """A difference goes into its line where that says the same; else it stands beside it."""
    for at, line in enumerate(now):
        if change.uu_id is None or line.uu_id != change.uu_id:
            continue
        if is_zero(line):
            now[at] = change
            return
        for merged in _merged(line, change):
            if _worth_of_both(line, change, merged):
                now[at] = merged
                return
    now.append(change)


def _merged(line: Line, change: Line) -> Iterator[Line]:
    if (line.name, line.unit, line.rate, line.oss_rate) != (
        change.name, change.unit, change.rate, change.oss_rate,
    ):  # fmt: skip
        return
    stated: dict[str, Any] = {name: _sum(line, change, name) for name in ("net", "gross", "vat")}
    if (line.net_price, line.gross_price) == (change.net_price, change.gross_price):
        off: dict[str, Any] = {name: _sum(line, change, name) or None for name in _DISCOUNTED}
        yield replace(line, quantity=_sum(line, change, "quantity"), **stated, **off)
    if line.quantity == change.quantity:
        prices: dict[str, Any] = {name: _sum(line, change, name) for name in ("net_price", "gross_price")}
        yield replace(line, **prices, **stated)


def _sum(line: Line, change: Line, name: str) -> Decimal | None:
    one, other = getattr(line, name), getattr(change, name)
    return one if other is None else other if one is None else money.total((one, other))


def _worth_of_both(line: Line, change: Line, merged: Line) -> bool:
    parts = zip(rows_of.worth(line), rows_of.worth(change), rows_of.worth(merged), strict=True)
    return all(
        whole
        == (None if one is None and other is None else money.total((one or money.ZERO, other or money.ZERO)))
        for one, other, whole in parts
    )
