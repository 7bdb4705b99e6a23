"""What a transfer's title says: KSeF numbers, collective identifiers, NIPs, and the parts of a split payment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from liczydlo.fa3.identifiers import IdentifierError, KsefNumber, crc8, is_nip
from liczydlo.web.search import fold

# banks break titles anywhere and some drop dashes, so spaces count for nothing and dashes may be missing
_KSEF: Final = re.compile(r"(?=([0-9A-Z]{10})-?([0-9]{8})-?([0-9A-F]{12})-?([0-9A-F]{2}))")
_COLLECTIVE: Final = re.compile(r"(?=([0-9]{10})-?(IZ[0-9]{6})-?([0-9A-F]{12})-?([0-9A-F]{2}))")
_NIP: Final = re.compile(r"(?<![0-9])(?:PL)?([0-9]{3}[ -]?[0-9]{2,3}[ -]?[0-9]{2,3}[ -]?[0-9]{2})(?![0-9])")
_SPLIT: Final = re.compile(r"/(VAT|IDC|INV|TXT)/")
_WORD: Final = re.compile(r"[^\s,;:|]+")
_BETWEEN: Final = ("", "/", "-", " ", "_")
_LONGEST: Final = 32
"""Characters of an invoice's number as one word; what is longer is KSeF's."""
_LEAST: Final = 4
"""Letters and digits of an invoice's number that make it recognisable without its spelling."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """A split payment's title (art. 108a): ``/VAT/…/IDC/…/INV/…/TXT/…``."""

    vat: str = ""
    seller: str = ""
    invoice: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Title:
    """What a title names; ``words`` is its text folded, ``plain`` its letters and digits alone."""

    ksef_numbers: tuple[str, ...]
    collective: tuple[str, ...]
    nips: tuple[str, ...]
    split: Split | None
    words: str
    plain: str
    tokens: frozenset[str]

    def names(self, folded: str) -> bool:
        """Whether the title has an invoice's folded number, as a whole: „1/2026" is not in „11/2026"."""
        plain = folded.replace(" ", "")
        if len(plain) < _LEAST or not any(sign.isdigit() for sign in plain):
            return False
        if plain not in self.plain:
            return False
        parts = [re.escape(part) for part in folded.split()]
        pattern = r"(?<![0-9])" if plain[0].isdigit() else r"(?<![a-z])"
        pattern += r"\s*".join(parts) + (r"(?![0-9])" if plain[-1].isdigit() else r"(?![a-z])")
        return re.search(pattern, self.words) is not None


def parse(text: str) -> Title:
    """Everything that a title names."""
    split = _split(text)
    words = fold(split.invoice + " " + split.text if split else text)
    numbers = collective(text)
    sellers = [split.seller] if split else []
    nips = [*_nips(text), *(nip for nip in (*sellers, *(one[:10] for one in numbers)) if is_nip(nip))]
    return Title(
        ksef_numbers=ksef_numbers(text),
        collective=numbers,
        nips=tuple(dict.fromkeys(nips)),
        split=split,
        words=words,
        plain=words.replace(" ", ""),
        tokens=_tokens(split.invoice if split else text),
    )


def _tokens(text: str) -> frozenset[str]:
    """What may be an invoice's number as the firm writes it: „fv 12/2026" is also „FV/12/2026"."""
    words = _WORD.findall(text)
    tokens: set[str] = set()
    for at, word in enumerate(words):
        if len(word) >= _LONGEST or not any(sign.isdigit() for sign in word):
            continue
        tokens.add(word)
        if at and len(words[at - 1]) < _LONGEST:
            tokens.update(f"{words[at - 1]}{between}{word}" for between in _BETWEEN)
    return frozenset(tokens | {one.upper() for one in tokens})


def ksef_numbers(text: str) -> tuple[str, ...]:
    """The KSeF numbers of a title, with their dashes; one whose checksum is wrong only looks like one."""
    numbers = []
    for match in _KSEF.finditer("".join(text.upper().split())):
        try:
            numbers.append(KsefNumber.parse("-".join(match.groups())).value)
        except IdentifierError:
            continue
    return tuple(dict.fromkeys(numbers))


def collective(text: str) -> tuple[str, ...]:
    """The collective identifiers of a title: ``NIP-IZRRRRMM-`` and 12 and 2 hexadecimal digits, the last of them KSeF's
    CRC-8 of what stands before."""
    numbers = ["-".join(match.groups()) for match in _COLLECTIVE.finditer("".join(text.upper().split()))]
    return tuple(dict.fromkeys(one for one in numbers if crc8(one[:32].encode()) == int(one[33:], 16)))


def _nips(text: str) -> list[str]:
    digits = (re.sub(r"[ -]", "", match) for match in _NIP.findall(text.upper()))
    return [one for one in digits if is_nip(one)]


def _split(text: str) -> Split | None:
    pieces = _SPLIT.split(text)
    parts = dict(zip(pieces[1::2], (piece.strip() for piece in pieces[2::2]), strict=True))
    if not {"VAT", "IDC", "INV"} <= parts.keys():
        return None
    return Split(
        vat=parts["VAT"],
        seller=re.sub(r"[ -]", "", parts["IDC"]).removeprefix("PL"),
        invoice=parts["INV"],
        text=parts.get("TXT", ""),
    )
