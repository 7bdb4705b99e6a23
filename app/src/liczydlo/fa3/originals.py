"""The documents that a correction or a settlement refers to, and their KSeF numbers.

A correction names its originals in DaneFaKorygowanej, a settlement and the last of advances the advances before it in
FakturaZaliczkowa; each either by a KSeF number, or as issued outside KSeF (NrKSeFN, NrKSeFZN) by the issuer's own
number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from liczydlo.fa3.model import DaneFaKorygowanej, Faktura, FakturaZaliczkowa

_KINDS: Final = {
    "KOR": ("VAT", "UPR", "KOR"),
    "KOR_ZAL": ("ZAL", "KOR_ZAL"),
    "KOR_ROZ": ("ROZ", "KOR_ROZ"),
}
_ADVANCES: Final = ("ZAL", "KOR_ZAL")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One document, named without a KSeF number. ``issue_date`` is None where FA(3) does not give it.

    ``kinds`` are the values of RodzajFaktury that it most likely has: they tell two documents of one number apart.
    """

    number: str
    issue_date: date | None
    kinds: tuple[str, ...]


def unnumbered(faktura: Faktura) -> tuple[Reference, ...]:
    """The documents that are referred to without a KSeF number."""
    fa = faktura.fa
    kinds = _KINDS.get(fa.rodzaj_faktury, ())
    corrected = tuple(_corrected(one, kinds) for one in fa.dane_fa_korygowanej if kinds)
    advances = map(
        _advance, fa.faktura_zaliczkowa
    )  # of a settlement, or of the last advance (art. 106f ust. 4)
    return tuple(one for one in (*corrected, *advances) if one is not None)


def numbered(faktura: Faktura, numbers: Mapping[Reference, str]) -> Faktura:
    """The document with the KSeF numbers of those references that have one."""
    fa = faktura.fa
    kinds = _KINDS.get(fa.rodzaj_faktury, ())
    corrected = []
    for one in fa.dane_fa_korygowanej:
        reference = _corrected(one, kinds)
        if reference is not None and (number := numbers.get(reference)):
            corrected.append(replace(one, nr_ksef=1, nr_ksef_fa_korygowanej=number, nr_ksef_n=None))
        else:
            corrected.append(one)
    advances = []
    for advance in fa.faktura_zaliczkowa:
        reference = _advance(advance)
        number = numbers.get(reference) if reference is not None else None
        advances.append(FakturaZaliczkowa(nr_ksef_fa_zaliczkowej=number) if number else advance)
    changed = replace(fa, dane_fa_korygowanej=tuple(corrected), faktura_zaliczkowa=tuple(advances))
    return replace(faktura, fa=changed)


def _corrected(original: DaneFaKorygowanej, kinds: tuple[str, ...]) -> Reference | None:
    if original.nr_ksef_fa_korygowanej is not None:
        return None
    return Reference(
        number=original.nr_fa_korygowanej, issue_date=original.data_wyst_fa_korygowanej, kinds=kinds
    )


def _advance(advance: FakturaZaliczkowa) -> Reference | None:
    if advance.nr_ksef_fa_zaliczkowej is not None or advance.nr_fa_zaliczkowej is None:
        return None
    return Reference(number=advance.nr_fa_zaliczkowej, issue_date=None, kinds=_ADVANCES)
