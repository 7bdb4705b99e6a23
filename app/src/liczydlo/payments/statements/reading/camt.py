"""camt.053 of ISO 20022, versions 001.02 and 001.08 and those between: elements by their local names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from liczydlo.fa3 import syntax
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

_NO_REFERENCE: Final = ("NOTPROVIDED", "NONREF", "")
_FULL: Final = (35, 140)
"""Lengths of a title's piece that goes on in the next one; a shorter one ends with its word."""


def read(content: bytes) -> list[ReadStatement]:
    """The statements of a file. Raises StatementError."""
    root = _unwrapped(_root(content))
    body = _child(root, "BkToCstmrStmt")
    if _name(root) != "Document" or body is None:
        raise StatementError("not-camt", root=_name(next(iter(root), root))[:40])
    statements = list(_children(body, "Stmt"))
    if not statements:
        raise StatementError("no-statement")
    check_count(len(statements), *(sum(1 for _ in body.iter(f"{{*}}{name}")) for name in ("Ntry", "TxDtls")))
    return [_statement(one) for one in statements]


def _root(content: bytes) -> Any:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise StatementError("doctype")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        reason = syntax.reason(getattr(error, "code", 0))
        raise StatementError("not-xml", line=error.lineno or 1, reason=reason) from error
    document: Any = root.getroottree().docinfo
    if document.doctype:  # of a file in UTF-16
        raise StatementError("doctype")
    return root


def _unwrapped(root: Any) -> Any:
    """The document of a message that came in its envelope, beside its Business Application Header (head.001)."""
    if _child(root, "AppHdr") is None:
        return root
    document = _child(root, "Document")
    return root if document is None else document


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _children(element: Any, name: str) -> Iterator[Any]:
    children: Iterator[Any] = element.iterchildren(
        f"{{*}}{name}"
    )  # of any namespace: each version has its own
    return children


def _child(element: Any, *path: str) -> Any:
    for name in path:
        if element is None:
            return None
        element = next(_children(element, name), None)
    return element


def _text(element: Any, *path: str) -> str:
    one = _child(element, *path)
    return "" if one is None else (one.text or "").strip()


def _day(element: Any, name: str, where: str) -> dt.date | None:
    text = _text(element, name, "Dt") or _text(element, name, "DtTm")
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise StatementError("date", day=text[:40], where=where) from None


def _statement(element: Any) -> ReadStatement:
    number = _text(element, "ElctrncSeqNb") or _text(element, "LglSeqNb") or _text(element, "Id")
    owner = _text(element, "Acct", "Id", "IBAN") or _text(element, "Acct", "Id", "Othr", "Id")
    if not owner:
        raise StatementError("no-account", number=number)
    balances = list(_children(element, "Bal"))
    # ITBD is where a page of a statement begins or ends
    opening = _balance(balances, ("OPBD", "PRCD", "ITBD"), number)
    closing = _balance(balances[::-1], ("CLBD", "ITBD"), number)
    if opening[0] != closing[0]:
        raise StatementError("two-currencies", number=number)
    lines = [line for entry in _children(element, "Ntry") for line in _lines(entry, opening[0], number)]
    return ReadStatement(
        account=account(owner),
        number=cleaned(number)[:35],
        currency=opening[0],
        opening=opening[1],
        closing=closing[1],
        opened_on=opening[2],
        closed_on=closing[2],
        lines=lines,
    )


def _balance(balances: Sequence[Any], kinds: tuple[str, ...], number: str) -> tuple[str, Decimal, dt.date]:
    """The first of the first kind that is there."""
    for kind in kinds:
        for balance in balances:
            if _text(balance, "Tp", "CdOrPrtry", "Cd") != kind:
                continue
            money, code = _money(_child(balance, "Amt"), number)
            day = _day(balance, "Dt", number)
            if day is None:
                raise StatementError("no-balance", number=number)
            return code, money * _sign(balance, number), day
    raise StatementError("no-balance", number=number)


def _money(element: Any, where: str) -> tuple[Decimal, str]:
    if element is None:
        raise StatementError("amount", amount="", where=where)
    return amount((element.text or "").strip(), where=where), currency(element.get("Ccy"))


def _sign(element: Any, where: str) -> int:
    mark = _text(element, "CdtDbtInd")
    if mark not in ("CRDT", "DBIT"):
        raise StatementError("sign", sign=mark[:10], where=where)
    return 1 if mark == "CRDT" else -1


def _lines(entry: Any, code: str, number: str) -> Iterator[ReadLine]:
    """The entry's lines: one for each of its transactions where their amounts make the entry's, else one for all."""
    if (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) in ("PDNG", "INFO"):
        return  # not booked, so no part of the balances
    total, of_entry = _money(_child(entry, "Amt"), number)
    if of_entry != code:
        raise StatementError("two-currencies", number=number)
    total *= _sign(entry, number)
    parts = [one for group in _children(entry, "NtryDtls") for one in _children(group, "TxDtls")]
    sums = [_part(one, code, total, number) for one in parts]
    known = [value for value in sums if value is not None]
    if len(parts) > 1 and len(known) == len(parts) and sum(known) == total:
        for one, value in zip(parts, known, strict=True):
            yield _line(entry, [one], value, number)
        return
    yield _line(entry, parts, total, number)


def _part(one: Any, code: str, total: Decimal, number: str) -> Decimal | None:
    """The signed amount of one transaction of an entry; None where the account's currency does not say it."""
    element = _child(one, "Amt")
    if element is None or element.get("Ccy") != code:
        element = _child(one, "AmtDtls", "TxAmt", "Amt")
    if element is None or element.get("Ccy") != code:
        return None
    value, _ = _money(element, number)
    sign = _sign(one, number) if _child(one, "CdtDbtInd") is not None else (1 if total >= 0 else -1)
    return value * sign


def _line(entry: Any, parts: list[Any], value: Decimal, number: str) -> ReadLine:
    booked = _day(entry, "BookgDt", number) or _day(entry, "ValDt", number)
    if booked is None:
        raise StatementError("date", day="", where=number)
    is_reversal = _text(entry, "RvslInd") in ("true", "1")
    # a reversal keeps the parties of what it reverses
    payer = (value > 0) != is_reversal
    name, of_party = "", ""
    for one in parts[:1]:
        name, of_party = _party(one, "Dbtr" if payer else "Cdtr")
    reference = _reference(entry, parts)
    titles = [title for one in parts if (title := _title(one))]
    return ReadLine(
        booked_on=booked,
        value_on=_day(entry, "ValDt", number),
        amount=value,
        title=" ".join(titles) or cleaned(_text(entry, "AddtlNtryInf")),
        party_name=cleaned(name)[:512],
        party_account=account(of_party),
        bank_reference=cleaned(reference)[:64],
        is_reversal=is_reversal,
    )


def _party(element: Any, who: str) -> tuple[str, str]:
    parties = _child(element, "RltdPties")
    name = _text(parties, who, "Pty", "Nm") or _text(parties, who, "Nm")
    of_party = _child(parties, f"{who}Acct", "Id")
    return name, _text(of_party, "IBAN") or _text(of_party, "Othr", "Id")


def _reference(entry: Any, parts: list[Any]) -> str:
    of_part = _text(parts[0], "Refs", "AcctSvcrRef") if len(parts) == 1 else ""
    for reference in (of_part, _text(entry, "AcctSvcrRef"), _text(entry, "NtryRef")):
        if reference not in _NO_REFERENCE:
            return reference
    return ""


def _title(element: Any) -> str:
    """The title of a transaction, its pieces joined, and the payee's structured reference behind it."""
    about = _child(element, "RmtInf")
    if about is None:
        return ""
    text = ""
    for piece in _children(about, "Ustrd"):
        written = piece.text or ""
        text += written if len(written) in _FULL else f"{written} "
    for structured in _children(about, "Strd"):
        for reference in (
            _text(structured, "CdtrRefInf", "Ref"),
            *(_text(document, "Nb") for document in _children(structured, "RfrdDocInf")),
            _text(structured, "AddtlRmtInf"),
        ):
            text += f" {reference}" if reference else ""
    return cleaned(text)
