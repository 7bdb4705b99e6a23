"""What a statement says, whatever its file was."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from liczydlo.fa3.identifiers import IdentifierError, bare, parse_iban

MOST_LINES: Final = 20_000
"""Lines of one file; a busy firm's month has some thousands."""
_GREATEST: Final = Decimal(10) ** 15
_AMOUNT: Final = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{0,5})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class Format(enum.StrEnum):
    """The structure of a statement's file."""

    MT940 = "mt940"
    CAMT = "camt.053"


class StatementError(Exception):
    """A file that is not taken, whole: ``code`` says why, ``params`` where."""

    family: Final = "statement"

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, kw_only=True)
class ReadLine:
    """One line of a statement. ``amount`` is negative for what left the account."""

    booked_on: dt.date
    value_on: dt.date | None
    amount: Decimal
    title: str = ""
    party_name: str = ""
    party_account: str = ""  # an IBAN where it is one, else as the bank writes it
    party_nip: str = ""
    bank_reference: str = ""
    is_reversal: bool = False


@dataclass(frozen=True, kw_only=True)
class ReadStatement:
    """A statement: ``opening`` and the lines make ``closing``. ``account`` is an IBAN where it is one."""

    account: str
    number: str
    currency: str
    opening: Decimal
    closing: Decimal
    opened_on: dt.date
    closed_on: dt.date
    lines: list[ReadLine] = field(default_factory=list)

    def check(self) -> None:
        """Raises StatementError where the lines do not lead from one balance to the other."""
        total = self.opening + sum((line.amount for line in self.lines), Decimal(0))
        if total != self.closing:
            raise StatementError(
                "balance", number=self.number, computed=str(total), closing=str(self.closing)
            )


def check_count(*counts: int) -> None:
    """Of lines, statements or their parts in one file, before each is read. Raises StatementError."""
    if max(counts) > MOST_LINES:
        raise StatementError("too-many-lines", most=MOST_LINES)


@functools.lru_cache(maxsize=4096)
def account(text: str) -> str:
    """An account in any spelling, as an IBAN where it is one; what only looks like one stays as it is."""
    try:
        return parse_iban(text)
    except IdentifierError:
        return bare(text)[:34]


def amount(text: str, *, where: str) -> Decimal:
    """A number without a sign, of two decimal places at most. Raises StatementError."""
    if _AMOUNT.fullmatch(text) is None:
        raise StatementError("amount", amount=text[:40], where=where)
    value = Decimal(text.replace(",", ".").removesuffix("."))
    exact = value.quantize(Decimal("0.01"))
    if exact != value or value >= _GREATEST:
        raise StatementError("amount", amount=text[:40], where=where)
    return exact


def currency(text: str | None) -> str:
    """A code of ISO 4217. Raises StatementError."""
    if text is None or _CURRENCY.fullmatch(text) is None:
        raise StatementError("currency", currency=(text or "")[:10])
    return text


def cleaned(text: str) -> str:
    """Text without control characters and outer spaces; a run of spaces is one."""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())
