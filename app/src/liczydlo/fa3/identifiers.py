"""Numbers that identify people, firms and documents: NIP, PESEL, the KSeF number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Self

_NIP_SHAPE: Final = re.compile(r"[1-9](?:[0-9][1-9]|[1-9][0-9])[0-9]{7}")
_NIP_WEIGHTS: Final = (6, 5, 7, 2, 3, 4, 5, 6, 7)
_PESEL_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_KSEF_SHAPE: Final = re.compile(r"([0-9A-Z]{10})-([0-9]{8})-([0-9A-F]{12})-([0-9A-F]{2})")
_CENTURIES: Final = {0: 1900, 1: 2000, 2: 2100, 3: 2200, 4: 1800}

_INTERNAL: Final = re.compile(r"([0-9]{10})-?([0-9]{5})")  # IDWew of the FA(3) schema
_VAT_UE: Final = re.compile(r"[0-9A-Z+*]{1,12}")  # TNrVatUE of the FA(3) schema
_ACCOUNT: Final = re.compile(r"[0-9A-Z]{10,34}")  # TNrRB of the FA(3) schema
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")  # ISO 13616; Norway's is the shortest
_NRB: Final = re.compile(r"[0-9]{26}")  # a Polish account; an IBAN without its country
_VAT_UE_ALIASES: Final = {"GR": "EL", "GB": "XI"}  # a country's own code, where its VAT prefix is another one

Code = Literal[
    "nip-shape",
    "nip-checksum",
    "internal-shape",
    "vat-ue-shape",
    "account-shape",
    "iban-shape",
    "iban-checksum",
    "ksef-number-shape",
    "ksef-number-date",
    "ksef-number-checksum",
]


class IdentifierError(ValueError):
    """A number that cannot be right; ``code`` says why, ``value`` is what was given."""

    def __init__(self, code: Code, value: str) -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.value = value


def bare(value: str) -> str:
    """A number as people write it, without what only separates: spaces, dashes, dots, slashes, colons, underscores and
    invisible characters of every kind. Letters become capitals; nothing else is taken away."""
    return "".join(
        sign
        for sign in value.upper()
        if not (sign.isspace() or sign in "./:_" or unicodedata.category(sign) in ("Pd", "Cf") or sign == "−")
    )


def is_nip(value: str) -> bool:
    """Whether ``value`` is ten digits of a NIP with the right check digit."""
    return _NIP_SHAPE.fullmatch(value) is not None and _nip_digit(value) == int(value[9])


def _nip_digit(value: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(_NIP_WEIGHTS, value, strict=False)) % 11


def bare_nip(value: str) -> str:
    """The digits of what ought to be a NIP, in any spelling; unchecked."""
    return bare(value).removeprefix("NIP").removeprefix("PL")


def parse_nip(value: str) -> str:
    """The ten digits of a NIP in any spelling: with PL, spaces, dashes, dots. Raises IdentifierError."""
    digits = bare_nip(value)
    if _NIP_SHAPE.fullmatch(digits) is None:
        raise IdentifierError("nip-shape", value.strip()[:40])
    if not is_nip(digits):
        raise IdentifierError("nip-checksum", digits)
    return digits


def parse_internal(value: str) -> str:
    """An internal identifier as FA(3) writes it: a NIP, a dash and five digits. Raises IdentifierError."""
    shape = _INTERNAL.fullmatch(bare_nip(value))
    if shape is None:
        raise IdentifierError("internal-shape", value.strip()[:40])
    if not is_nip(shape[1]):
        raise IdentifierError("nip-checksum", shape[1])
    return f"{shape[1]}-{shape[2]}"


def parse_vat_ue(value: str, prefix: str) -> str:
    """An EU VAT number in any spelling, without its prefix (``DE``; ``EL`` for Greece). Raises IdentifierError."""
    number = bare(value)
    aliases = (prefix, *(own for own, used in _VAT_UE_ALIASES.items() if used == prefix))
    number = next((number[len(one) :] for one in aliases if number.startswith(one)), number)
    if _VAT_UE.fullmatch(number) is None:
        raise IdentifierError("vat-ue-shape", value.strip()[:40])
    return number


def vat_ue_prefix(value: str) -> str:
    """The prefix of a whole EU VAT number, however it is written. Raises IdentifierError."""
    letters = bare(value)[:2]
    if not (letters.isascii() and letters.isalpha() and len(letters) == 2):
        raise IdentifierError("vat-ue-shape", value.strip()[:40])
    return _VAT_UE_ALIASES.get(letters, letters)


def parse_account(value: str) -> str:
    """A bank account in any spelling, as ``NrRB`` takes it. Raises IdentifierError."""
    account = bare(value)
    if _ACCOUNT.fullmatch(account) is None:
        raise IdentifierError("account-shape", value.strip()[:40])
    return account


def parse_iban(value: str) -> str:
    """An IBAN in any spelling, a Polish one with or without PL, its checksum right (ISO 7064 mod 97-10).

    Raises IdentifierError.
    """
    account = bare(value)
    if _NRB.fullmatch(account):
        account = f"PL{account}"
    if _IBAN.fullmatch(account) is None or (account.startswith("PL") and not _NRB.fullmatch(account[2:])):
        raise IdentifierError("iban-shape", value.strip()[:40])
    if int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 != 1:
        raise IdentifierError("iban-checksum", account)
    return account


def is_pesel(value: str) -> bool:
    """Whether ``value`` is eleven digits of a PESEL: a real birthday and the right check digit."""
    if re.fullmatch(r"[0-9]{11}", value) is None:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_PESEL_WEIGHTS, value, strict=False))
    if (10 - total % 10) % 10 != int(value[10]):
        return False
    century, month = divmod(int(value[2:4]), 20)
    try:
        date(_CENTURIES[century] + int(value[:2]), month, int(value[4:6]))
    except ValueError:
        return False
    return True


def _crc8_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1) ^ 0x07 if byte & 0x80 else byte << 1
    return byte & 0xFF


_CRC8: Final = tuple(map(_crc8_of, range(256)))


def crc8(data: bytes) -> int:
    """CRC-8 with polynomial 0x07 and initial value 0 (``ksef-docs`` faktury/numer-ksef.md)."""
    crc = 0
    for byte in data:
        crc = _CRC8[crc ^ byte]
    return crc


@dataclass(frozen=True, kw_only=True, slots=True)
class KsefNumber:
    """The number KSeF gives an invoice. ``nip`` is the seller's, ``date`` the day of acceptance."""

    value: str
    nip: str
    date: date

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read a number of 35 characters. Raises IdentifierError: shape, date or checksum.

        The part before the date may also be an identifier of another kind (``M`` and nine digits, three letters and
        seven digits), as the schema's ``TNumerKSeF`` allows.
        """
        match = _KSEF_SHAPE.fullmatch(value)
        if match is None:
            raise IdentifierError("ksef-number-shape", value[:40])
        nip, day = match[1], match[2]
        try:
            accepted = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        except ValueError:
            raise IdentifierError("ksef-number-date", value) from None
        if crc8(value[:32].encode()) != int(match[4], 16):
            raise IdentifierError("ksef-number-checksum", value)
        return cls(value=value, nip=nip, date=accepted)


def looks_like_ksef_number(value: str) -> bool:
    """Whether ``value`` is written as a KSeF number, right or mistyped."""
    return _KSEF_SHAPE.fullmatch(value) is not None


def is_ksef_number(value: str) -> bool:
    """Whether ``value`` is a KSeF number with a real day and the right checksum."""
    try:
        KsefNumber.parse(value)
    except IdentifierError:
        return False
    return True
