"""NIP, internal identifier and KSeF number: checksums and construction.

Source: the guide's `faktury/numer-ksef.md`; NIP weights from the Ministry's description of the number.
"""

from __future__ import annotations

import re
from datetime import date

_NIP = re.compile(r"[1-9](\d[1-9]|[1-9]\d)\d{7}")
_INTERNAL_ID = re.compile(r"([1-9](?:\d[1-9]|[1-9]\d)\d{7})-\d{5}")
_KSEF_NUMBER = re.compile(
    r"(?P<nip>[1-9](?:\d[1-9]|[1-9]\d)\d{7})-(?P<day>\d{8})-(?P<technical>[0-9A-F]{6}-?[0-9A-F]{6})-(?P<crc>[0-9A-F]{2})"
)
_NIP_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


def _crc8_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = ((value << 1) ^ 0x07) & 0xFF if value & 0x80 else value << 1
        table.append(value)
    return tuple(table)


_CRC8 = _crc8_table()


def crc8(text: str) -> str:
    """CRC-8 (polynomial 0x07, initial 0x00) of ASCII `text`, as two upper-case hexadecimal digits."""
    value = 0
    for byte in text.encode("ascii"):
        value = _CRC8[value ^ byte]
    return f"{value:02X}"


def nip_checksum_holds(nip: str) -> bool:
    """Whether the tenth digit is the weighted sum of the first nine modulo 11."""
    if not _NIP.fullmatch(nip):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_NIP_WEIGHTS, nip, strict=False)) % 11 == int(
        nip[9]
    )


def internal_id_checksum_holds(value: str) -> bool:
    """Whether the NIP inside an `InternalId` (`nip-5digits`) has a right checksum."""
    match = _INTERNAL_ID.fullmatch(value)
    return match is not None and nip_checksum_holds(match[1])


def ksef_number(*, seller_nip: str, day: date, technical: int) -> str:
    """The 35-character KSeF number; `technical` is a number below 2**48, unique for the whole system."""
    body = f"{seller_nip}-{day:%Y%m%d}-{technical:012X}"
    return f"{body}-{crc8(body)}"


def ksef_number_holds(value: str) -> bool:
    """Whether `value` looks like a KSeF number and its checksum is right.

    36 characters (KSeF 1.0, a dash inside the technical part) are taken too, as the OpenAPI's pattern does.
    """
    match = _KSEF_NUMBER.fullmatch(value)
    return match is not None and crc8(value[:-3]) == match["crc"]
