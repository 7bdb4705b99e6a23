"""A bank's file as statements: MT940 or camt.053, told by its content. No Django, nothing stored."""

from __future__ import annotations

from typing import Final

from liczydlo.payments.statements.reading import camt, swift
from liczydlo.payments.statements.reading.model import Format, ReadStatement, StatementError, check_count

_XML: Final = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")
_OTHERS: Final = {b"%PDF": "PDF", b"PK\x03\x04": "ZIP", b"\xd0\xcf\x11\xe0": "Excel"}


def read(content: bytes) -> tuple[Format, list[ReadStatement]]:
    """The statements of a file, each with balances that its lines explain. Raises StatementError."""
    start = content[:64].lstrip()
    if not start and not content.strip():
        raise StatementError("empty")
    for mark, name in _OTHERS.items():
        if start.startswith(mark):
            raise StatementError("other-format", format=name)
    if start.startswith(_XML):
        form, statements = Format.CAMT, camt.read(content)
    elif swift.is_mt940(content):
        form, statements = Format.MT940, swift.read(content)
    else:
        raise StatementError("unknown-format")
    check_count(sum(len(statement.lines) for statement in statements))
    for statement in statements:
        statement.check()
    return form, statements
