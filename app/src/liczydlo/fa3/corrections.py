"""The correction that leads from what an invoice says to what it should say (art. 106j ust. 2).

What it should say is a draft of the invoice's own kind: ``zeroed``, or made by whoever corrects. Each line is tied to
what it was by UU_ID; a line that is left out becomes one of nothing, so that whatever is shown before has its pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args

from liczydlo.fa3 import money, totals
from liczydlo.fa3.build import amounts, zal
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import Correction, Group, InvoiceDraft, Line, Marks, Party, Sum
from liczydlo.fa3.standing import (
    KINDS,
    Standing,
    identified,
    is_zero,
    lines_of,
    sum_of_amounts,
    with_lines,
    zero,
)

BUYER_KEY: Final = "0001"  # IDNabywcy, where the buyer has none: ties the two states of its data
_GROUPS: Final[tuple[Group, ...]] = get_args(Group)
_IDENTIFIERS: Final = ("nip", "vat_ue_country", "vat_ue", "tax_country", "tax_id", "internal_id")


class NotCorrected(ValueError):
    """A correction cannot say this; ``code`` is ``same`` (nothing differs) or ``buyer-number``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def zeroed(now: Standing) -> InvoiceDraft:
    """The invoice with nothing left of it, nor a term and an account to pay it to. An advance's order stays: what is
    undone is the payment."""
    free = replace(now.draft, payment=None)
    if now.draft.kind == "ZAL":
        return replace(free, advance=money.ZERO)
    return replace(with_lines(free, tuple(map(zero, now.lines))), total=money.ZERO)


def bare(draft: InvoiceDraft) -> InvoiceDraft:
    """An invoice without what its corrections do not repeat: its payment, place, descriptions and terms."""
    return replace(
        draft,
        payment=None,
        place=None,
        settlement=None,
        part_payments=(),
        delivery_notes=(),
        remarks=(),
        terms=None,
        attachment=None,
    )


def between(
    now: Standing,
    target: InvoiceDraft,
    correction: Correction,
    *,
    number: str | None,
    issue_date: date | None,
    differences: bool = False,
    anyway: bool = False,
) -> InvoiceDraft:
    """The correction after which the invoice says what ``target`` says: its lines, buyer, marks and, of an advance, the
    amount paid (None: as it was). A ``total`` of nothing undoes also what no line explains.

    ``correction`` has the originals, the reason and the effect. ``differences`` shows what changed instead of both
    states; an order of an advance is always shown in both. Payment and remarks are ``target``'s, the rate of exchange
    (art. 31b) and the rest are the original's. Raises NotCorrected; not for want of a difference where it is one
    ``anyway``, for what it says besides.
    """
    kind = KINDS[now.draft.kind]
    complete = _complete(now, target)
    changed = [(old, new) for old, new in complete if old != new]
    buyers = _buyers(now.draft.buyer or Party(), target.buyer or Party())
    is_advance = kind == "KOR_ZAL"
    paid = now.total if target.advance is None else target.advance
    change = _change(now, target, complete, paid)
    if not changed and buyers is None and not any(change.values()) and not anyway:
        raise NotCorrected("same")
    shown = complete if is_advance else changed
    rows = tuple(_differences(shown) if differences and not is_advance else _pairs(shown))
    buyer = target.buyer
    if buyers is not None:
        buyer = replace(target.buyer or Party(), buyer_id=buyers[0].buyer_id)
    draft = replace(
        bare(now.draft),
        kind=kind,
        number=number,
        issue_date=issue_date,
        buyer=buyer,
        marks=_marks(target.marks, rows),
        payment=target.payment,
        footer=target.footer,
        correction=replace(
            correction,
            buyers=buyers or (),
            amount_before=None if kind == "KOR" else now.total,
        ),
        advance=paid if is_advance else None,
    )
    draft = with_lines(draft, rows)
    return _stated(draft, change)


def _complete(now: Standing, target: InvoiceDraft) -> list[tuple[Line | None, Line]]:
    """Every line as it is and as it should be; what was added has no state before."""
    lines = list(lines_of(target))
    by_id = {line.uu_id: line for line in lines}
    whole = [by_id.get(old.uu_id) or zero(old) for old in now.lines]  # each of these has a UU_ID
    ids = {old.uu_id for old in now.lines}
    new = [line for line in lines if line.uu_id not in ids]
    numbered = list(identified(now.draft, [*whole, *new]))
    return [*zip(now.lines, numbered, strict=False), *((None, line) for line in numbered[len(whole) :])]


def _pairs(lines: Sequence[tuple[Line | None, Line]]) -> Iterator[Line]:
    for old, new in lines:
        if old is not None:
            yield replace(old, before=True)
        yield new


def _differences(lines: Sequence[tuple[Line | None, Line]]) -> Iterator[Line]:
    """What changed in each line: its quantity or its price, or the whole taken off and put on again."""
    for old, new in lines:
        if old is None or is_zero(old):
            yield new
        elif is_zero(new):
            yield _negative(old)
        elif (one := _difference(old, new)) is not None:
            yield one
        else:
            yield from (_negative(old), new)


def _negative(line: Line) -> Line:
    turned: dict[str, Any] = {
        name: -amount
        for name in ("discount", "net", "gross", "vat", "excise")
        if (amount := getattr(line, name)) is not None
    }
    if line.quantity is None and line.net is None and line.gross is None:
        return line
    return replace(line, quantity=None if line.quantity is None else -line.quantity, **turned)


def _difference(old: Line, new: Line) -> Line | None:
    """One line that is worth the difference, where the quantity alone or the price alone changed."""
    if old.quantity is None or new.quantity is None:
        return None
    new_alone = replace(new, discount=None, excise=None)
    fewer = money.difference(new.quantity, old.quantity)
    candidates = []
    if replace(old, quantity=new.quantity) == new:
        candidates.append(replace(new_alone, quantity=fewer))
    if (
        old.net_price is not None
        and new.net_price is not None
        and replace(old, net_price=new.net_price) == new
    ):
        candidates.append(replace(new_alone, net_price=money.difference(new.net_price, old.net_price)))
    if (
        old.gross_price is not None
        and new.gross_price is not None
        and replace(old, gross_price=new.gross_price) == new
    ):
        dearer = money.difference(new.gross_price, old.gross_price)
        candidates.append(replace(new_alone, gross_price=dearer))
    return next((one for one in candidates if _worth(one) == _worth(new) - _worth(old)), None)


def _worth(line: Line) -> Decimal:
    net, gross, _ = rows_of.worth(line)
    return net if net is not None else gross if gross is not None else money.ZERO


def _buyers(old: Party, new: Party) -> tuple[Party, ...] | None:
    """The buyer as it was, where its data change (Podmiot2K); its number may not: that takes a correction to zero."""
    if any(getattr(old, name) != getattr(new, name) for name in _IDENTIFIERS):
        raise NotCorrected("buyer-number")
    if (old.name, old.address) == (new.name, new.address):
        return None
    was = replace(old, post_address=None, contacts=(), eori=None, customer_number=None)
    return (replace(was, buyer_id=old.buyer_id or BUYER_KEY),)


def _marks(marks: Marks, rows: Sequence[Line]) -> Marks:
    """The marks as far as the lines shown are of their kind: an exemption goes with an exempt line."""
    exempt = not rows or any(line.rate == "zw" for line in rows)
    return marks if exempt else replace(marks, exemption=None)


def _change(
    now: Standing, target: InvoiceDraft, complete: Sequence[tuple[Line | None, Line]], paid: Decimal
) -> dict[str, Decimal]:
    """P_13 to P_15 of the correction.

    Tax is reckoned from whole sums before and after, not from the lines shown; what is undone is undone to the grosz,
    however the corrected documents were rounded.
    """
    nothing = dict.fromkeys(now.amounts, money.ZERO)
    if now.draft.kind == "ZAL":
        if not paid:
            return sum_of_amounts(nothing, now.amounts, -1)
        was = _of_part(now, [old for old, _ in complete if old is not None], now.total)
        return sum_of_amounts(_of_part(now, [new for _, new in complete], paid), was, -1)
    emptied = any(old != new for old, new in complete) and all(is_zero(new) for _, new in complete)
    if emptied or target.total == money.ZERO:
        return sum_of_amounts(nothing, now.amounts, -1)
    was = _of_lines(now.draft, [old for old, _ in complete if old is not None])
    return sum_of_amounts(_of_lines(now.draft, [new for _, new in complete]), was, -1)


def _of_lines(draft: InvoiceDraft, lines: Sequence[Line]) -> dict[str, Decimal]:
    shares = totals.shares(rows_of.rows(replace(draft, lines=tuple(lines))))
    return _fields(draft, shares)


def _of_part(now: Standing, lines: Sequence[Line], paid: Decimal) -> dict[str, Decimal]:
    if now.draft.order is None:
        return {"p_15": paid}
    order = with_lines(now.draft, tuple(lines))
    return _fields(now.draft, zal.part(order, paid, before=False)) if paid else {"p_15": money.ZERO}


def _fields(draft: InvoiceDraft, shares: Sequence[totals.Share]) -> dict[str, Decimal]:
    """The sums; tax in złoty only where every rate of exchange is known."""
    rate = rows_of.rate_of_tax(draft)
    has_rate = rate is not None or all(share.tax_pln is not None for share in shares)
    currency = draft.currency if has_rate else totals.PLN
    return totals.fields(shares, currency=currency, exchange_rate=rate)


def _stated(draft: InvoiceDraft, change: Mapping[str, Decimal]) -> InvoiceDraft:
    """The draft, with its amounts stated where they do not follow from the lines that it shows."""
    rows = rows_of.rows(draft)
    for one in (draft, replace(draft, total=change["p_15"])):
        try:
            if _same(amounts(one, rows), change):
                return one
        except ValueError:
            break
    sums = []
    for group in _GROUPS:
        names = (f"p_13_{group}", f"p_14_{group}", f"p_14_{group}w")
        net, tax, tax_pln = (change.get(name) for name in names)
        if net is not None or tax is not None or tax_pln is not None:
            sums.append(Sum(group=group, net=net, tax=tax, tax_pln=tax_pln))
    stated = replace(draft, sums=tuple(sums), advance=None)
    return stated if totals.gross(change) == change["p_15"] else replace(stated, total=change["p_15"])


def _same(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> bool:
    return not any(sum_of_amounts(one, other, -1).values())
