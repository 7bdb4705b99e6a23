"""A file of another program, changed by who saw a part of it: what was not shown stays as the file has it.

The change is the difference between two documents that this program builds: of what was shown, and of what came back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3 import money
from liczydlo.fa3.compare import Field, compare
from liczydlo.fa3.merging import merged
from liczydlo.rr import wording
from liczydlo.rr.build import build, in_words, total
from liczydlo.rr.draft import RrDraft
from liczydlo.rr.model import Faktura, FakturaRR
from liczydlo.rr.reverse import reverse

POLAND: Final = "PLN"
SHOWN_OTHERWISE = ("Naglowek/", "Podmiot2/")
"""What the program writes by itself: when the file was made, and the company as the buyer."""


def can_be_edited(faktura: Faktura) -> bool:
    """Whether its amounts are those that this program counts: in złoty, or in another currency at one rate, which every
    line states (art. 116 ust. 2b); and of a correction that shows lines before and after it, not differences."""
    content = faktura.faktura_rr
    if any(row.p_6b < 0 for row in content.faktura_rr_wiersz):
        return False
    return content.kod_waluty == POLAND or rate(faktura) is not None


def rate(faktura: Faktura) -> Decimal | None:
    """The one rate of exchange of an invoice in a foreign currency; None where there is no such, or several."""
    content = faktura.faktura_rr
    if content.kod_waluty == POLAND:
        return None
    rates = {row.kurs_waluty for row in content.faktura_rr_wiersz}
    return next(iter(rates)) if len(rates) == 1 else None


def tied(draft: RrDraft) -> RrDraft:
    """The draft with a ``uid`` in each line: the form sends it back, so that a line is known by it."""
    lines = (replace(line, uid=line.uid or str(number)) for number, line in enumerate(draft.lines, 1))
    return replace(draft, lines=tuple(lines))


def draft_of(document: Faktura) -> RrDraft:
    """The draft of a file, without what no draft can hold; its lines have a ``uid``."""
    return tied(reverse(document))


def edited(document: Faktura, before: RrDraft, after: RrDraft, *, created: datetime) -> Faktura:
    """``document`` with what differs between ``before``, which was shown of it, and ``after``. Where a line or a
    deduction is changed, sums are counted anew; ``created`` is the moment of the change."""
    was, now = (build(one, created=created) for one in (before, after))
    if was == now:
        return document
    changed = merged(_declared(document), was, now)
    head = replace(changed.naglowek, data_wytworzenia_fa=created)
    content = changed.faktura_rr
    if (was.faktura_rr.faktura_rr_wiersz, was.faktura_rr.rozliczenie) != (
        now.faktura_rr.faktura_rr_wiersz,
        now.faktura_rr.rozliczenie,
    ):
        content = _recounted(content, rate(document))
    return replace(changed, naglowek=head, faktura_rr=content)


def _declared(document: Faktura) -> Faktura:
    """With the farmer's declaration first, as it is shown."""
    described = sorted(
        document.faktura_rr.dodatkowy_opis, key=lambda one: one.klucz != wording.DECLARATION_KEY
    )
    return replace(document, faktura_rr=replace(document.faktura_rr, dodatkowy_opis=tuple(described)))


def _recounted(content: FakturaRR, rate: Decimal | None) -> FakturaRR:
    """``rate`` turns a foreign currency into złoty, also of lines that were added."""
    net, refund = (total(content.faktura_rr_wiersz, name) for name in ("p_8", "p_10"))
    if rate is not None:
        rows = tuple(replace(row, kurs_waluty=rate) for row in content.faktura_rr_wiersz)
        in_zloty, refunded = money.grosze(net * rate), money.grosze(refund * rate)
        due_in_zloty = money.total((in_zloty, refunded))
        content = replace(
            content, faktura_rr_wiersz=rows, p_11_1w=in_zloty, p_11_2w=refunded, p_12_1w=due_in_zloty
        )
    due, settlement = money.total((net, refund)), content.rozliczenie
    if settlement is not None:
        added = money.total(one.kwota for one in settlement.obciazenia)
        deducted = money.total(one.kwota for one in settlement.odliczenia)
        settlement = replace(
            settlement,
            suma_obciazen=added if settlement.obciazenia else None,
            suma_odliczen=deducted if settlement.odliczenia else None,
            do_zaplaty=money.difference(money.total((due, added)), deducted),
            do_rozliczenia=None,
        )
    words = in_words(due, content.kod_waluty)
    return replace(content, p_11_1=net, p_11_2=refund, p_12_1=due, p_12_2=words, rozliczenie=settlement)


def unshown(document: Faktura, before: RrDraft) -> list[Field]:
    """What the file says and a form of ``before`` does not show; it stays as it is."""
    again: Any = build(before, created=document.naglowek.data_wytworzenia_fa)
    fields = compare(document, again)
    return [
        one for one in fields if one.before and one.after is None and not one.path.startswith(SHOWN_OTHERWISE)
    ]
