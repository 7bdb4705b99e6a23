"""Who a line names: a Polish NIP, an EU VAT number, another tax number, or nobody's."""

from __future__ import annotations

import functools
from typing import Final

from django.utils.translation import gettext as _

from liczydlo.contacts.importing.cells import Fault
from liczydlo.documents.choices import EU
from liczydlo.fa3.identifiers import IdentifierError, bare, bare_nip, is_pesel, parse_nip, parse_vat_ue
from liczydlo.prints.countries import COUNTRIES
from liczydlo.spreadsheets.columns import plain
from liczydlo.spreadsheets.numbers import is_shortened

_PREFIXES: Final = {"GR": "EL"}
_NONE: Final = ("brak", "nie dotyczy", "n d", "nd", "none", "n a")
Identity = tuple[str, str, str]
"""Kind, country and number, as ``Contractor`` has them."""


@functools.cache
def _codes() -> dict[str, str]:
    names = {plain(word): code for code, words in COUNTRIES.items() for word in words}
    return names | {"el": "GR", "uk": "GB", "rp": "PL", "rzeczpospolita polska": "PL"}


def country(text: str) -> str:
    """The ISO 3166 code of a country's name or code; empty for nothing. Raises Fault."""
    if not text:
        return ""
    code = text.strip().upper()
    if code in COUNTRIES:
        return code
    named = _codes().get(plain(text))
    if named is None:
        raise Fault(_("Kraj: „%(text)s” to nie jest nazwa ani dwuliterowy kod kraju.") % {"text": text[:40]})
    return named


def identity(number: str, eu_number: str, place: str) -> Identity:
    """Who has this number in this country. Raises Fault of a number that cannot be right."""
    text = next((one for one in (number, eu_number) if bare(one) and plain(one) not in _NONE), "")
    if not text:
        return "person", "", ""
    if is_shortened(text):
        raise Fault(
            _(
                "NIP: „%(text)s” to liczba skrócona przez arkusz, a jej cyfry przepadły. Ustaw kolumnę jako tekst."
            )
            % {"text": text[:40]}
        )
    code, digits = country(place), bare(text)
    if digits.startswith("PL") or digits.startswith("NIP") or (digits[:1].isdigit() and code in ("", "PL")):
        return "nip", "", _nip(text)
    prefix = _PREFIXES.get(digits[:2], digits[:2]) if digits[:2].isalpha() else _PREFIXES.get(code, code)
    if code in ("", "PL") or prefix == _PREFIXES.get(code, code) or eu_number == text:
        if prefix in EU:
            return "eu", prefix, _eu(text, prefix)
        if code in ("", "PL"):
            raise Fault(
                _("NIP: „%(text)s” to nie jest NIP ani numer VAT UE. Numer spoza Unii musi mieć podany kraj.")
                % {"text": text[:40]}
            )
    return "abroad", code, "".join(text.split()).upper()[:60]


def _nip(text: str) -> str:
    try:
        return parse_nip(text)
    except IdentifierError as error:
        if is_pesel(bare_nip(text)):
            raise Fault(
                _("NIP: „%(text)s” to PESEL. Usuń go: osoba prywatna nie ma numeru.") % {"text": text[:40]}
            ) from error
        raise Fault(
            _("NIP: „%(text)s” to nie jest poprawny NIP, sprawdź cyfry.") % {"text": text[:40]}
        ) from error


def _eu(text: str, prefix: str) -> str:
    try:
        return parse_vat_ue(text, prefix)
    except IdentifierError as error:
        raise Fault(
            _(
                "Numer VAT UE: „%(text)s” to nie jest poprawny numer: po literach kraju ma najwyżej 12 cyfr i liter."
            )
            % {"text": text[:40]}
        ) from error
