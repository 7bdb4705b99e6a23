"""MT940, the way Polish banks write it. Fields, dates, signs and balances by ``mt940``; ``:86:`` by ``details``."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Final

from mt940 import tags
from mt940.models import Transaction, Transactions
from mt940.options import Options

from liczydlo.payments.statements.reading import details
from liczydlo.payments.statements.reading.model import (
    ReadLine,
    ReadStatement,
    StatementError,
    account,
    amount,
    check_count,
    cleaned,
    currency,
)
from liczydlo.spreadsheets.encodings import decode

_MARK: Final = re.compile(rb"(?:^|[\r\n{:])\s*:?(?:20|25|28C?|60[FM]):")
_LINE: Final = re.compile(r"^:61:", re.MULTILINE)
_BLOCK: Final = re.compile(r"^(?=:20:)", re.MULTILINE)
# the frame of the SWIFT network: {1:…}{2:…}{4: before, -} and {5:…} after; what has no end is no frame, and a search
# for the end must not begin anew at every brace
_BRACED: Final = r"[^{}]*+(?:\{[^{}]*\}[^{}]*+)*+\}"
_FRAME: Final = re.compile(rf"\{{[1235]:{_BRACED}|\{{4:\s*|^-\}}(?:\{{5:{_BRACED})?\s*$", re.MULTILINE)
# from its first space on: a search that begins anew at every space of a long run takes hours
_TRAILING: Final = re.compile(r"(?<! ) +$", re.MULTILINE)
_OPTIONS: Final = Options(
    reversal_sign=True, case_insensitive_marks=True, unbounded_details=True, merge_keeps_values=True
)
# The library trims lines, but a space before a break belongs to the title: it goes through as a private sign.
_SPACE: Final = "\ue000"
_NO_REFERENCE: Final = ("NONREF", "NOTPROVIDED", "")
_OPENING: Final = ("final_opening_balance", "intermediate_opening_balance", "opening_balance")
_CLOSING: Final = ("final_closing_balance", "intermediate_closing_balance", "closing_balance")


class _Number(tags.StatementNumber):
    """Banks number their statements in more ways than the standard has („12/2026", „00123/01")."""

    pattern: ClassVar[str] = r"(?P<statement_number>[\s\S]{0,35})"


class _PlainNumber(_Number):
    """``:28:`` of older files."""

    id: ClassVar[str | int] = "28"


_CLOSED: Final = re.compile(r"^:62[FM]:", re.MULTILINE)
_DETAILS: Final = re.compile(r"^:86:", re.MULTILINE)
_TAGS: Final[dict[int | str, tags.Tag]] = {"28C": _Number(), 28: _Number(), "28": _PlainNumber()}


def is_mt940(content: bytes) -> bool:
    """Whether a file begins like one."""
    return len(set(_MARK.findall(content[:4000]))) > 1


def read(content: bytes) -> list[ReadStatement]:
    """The statements of a file. Raises StatementError."""
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
    text = _FRAME.sub("\n", text)
    text = re.sub(r"^[ \t]+(?=:[0-9]{2}[A-Z]?:)", "", text, flags=re.MULTILINE)
    blocks = [block for block in _BLOCK.split(text) if block.startswith(":20:")]
    if not blocks:
        raise StatementError("unknown-format")
    check_count(len(blocks), len(_LINE.findall(text)))
    return [_statement(block) for block in blocks]


def _statement(block: str) -> ReadStatement:
    block = _without_summary(block)
    parsed = Transactions(
        processors={
            "pre_statement": [],
            "post_statement": [_with_type],
            "post_transaction_details": [],
        },
        tags=_TAGS,
        options=_OPTIONS,
    )
    try:
        parsed.parse(_TRAILING.sub(lambda spaces: _SPACE * len(spaces[0]), block))
    except (RuntimeError, ValueError, InvalidOperation, KeyError) as error:
        raise StatementError("line", line=_line_of(error)) from error
    fields = {name: value for name, value in parsed.data.items() if value is not None}
    number = cleaned(str(fields.get("statement_number", "")).replace(_SPACE, ""))
    number = number or cleaned(str(fields.get("transaction_reference", "")).replace(_SPACE, ""))
    if "account_identification" not in fields:
        raise StatementError("no-account", number=number)
    opening, closing = _balance(fields, _OPENING, number), _balance(fields, _CLOSING, number)
    if opening[0] != closing[0]:
        raise StatementError("two-currencies", number=number)
    if len(parsed) != len(_LINE.findall(block)):
        raise StatementError("lost-line", number=number)
    return ReadStatement(
        account=_account(fields["account_identification"].replace(_SPACE, ""), opening[0]),
        number=number[:35],
        currency=opening[0],
        opening=opening[1],
        closing=closing[1],
        opened_on=opening[2],
        closed_on=closing[2],
        lines=[_read_line(one, number) for one in parsed],
    )


def _without_summary(block: str) -> str:
    """The library would add what stands after the balances, and is of the whole statement, to the last line's title."""
    closed = [one.end() for one in _CLOSED.finditer(block)]
    about = _DETAILS.search(block, closed[-1]) if closed else None
    return block if about is None else block[: about.start()]


def _account(text: str, code: str) -> str:
    """Some banks write the currency behind the number."""
    plain = account(text.strip().removesuffix(code))
    return plain if plain.startswith("PL") else account(text)


def _with_type(_all: Any, _tag: Any, _parsed: Any, result: dict[str, Any]) -> dict[str, Any]:
    """The library begins a new line only after one that has its type, which some banks leave out."""
    return {**result, "id": result.get("id") or "NMSC"}


def _line_of(error: Exception) -> str:
    text = str(error.args[2]) if len(error.args) > 2 else str(error)
    return cleaned(text.replace(_SPACE, " "))[:80]


def _balance(fields: dict[str, Any], names: tuple[str, ...], number: str) -> tuple[str, Decimal, dt.date]:
    balance = next((fields[name] for name in names if name in fields), None)
    if balance is None:
        raise StatementError("no-balance", number=number)
    value = balance.amount.amount
    size = amount(f"{abs(value):f}", where=number)
    return currency(balance.amount.currency), -size if value < 0 else size, _day(balance.date)


def _day(value: dt.date) -> dt.date:
    return dt.date(value.year, value.month, value.day)


def _read_line(transaction: Transaction, number: str) -> ReadLine:
    fields = transaction.data
    value = fields["amount"].amount
    size = amount(f"{abs(value):f}", where=number)
    transaction_details = details.parse((fields.get("transaction_details") or "").replace(_SPACE, " "))
    reference = (fields.get("bank_reference") or "").replace(_SPACE, "").strip()
    if reference in _NO_REFERENCE:
        reference = transaction_details.reference
    return ReadLine(
        booked_on=_day(fields.get("entry_date") or fields["date"]),
        value_on=_day(fields["date"]),
        amount=-size if value < 0 else size,
        title=transaction_details.title or cleaned((fields.get("extra_details") or "").replace(_SPACE, " ")),
        party_name=transaction_details.party_name,
        party_account=transaction_details.party_account,
        party_nip=transaction_details.party_nip,
        bank_reference=cleaned(reference)[:64],
        is_reversal=str(fields.get("status", "")).upper().startswith("R"),
    )
