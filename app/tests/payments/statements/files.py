"""Statement files, written as Polish banks write them: the fixtures of the readers' tests are made, never copied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from liczydlo.payments.statements.reading.model import ReadLine, ReadStatement

ACCOUNT = "PL61109010140000071219812874"
OTHER_ACCOUNT = "PL27114020040000300201355387"
DAY = dt.date(2026, 11, 16)


def line(amount: str, title: str = "", **fields: object) -> ReadLine:
    """A line of the day; ``amount`` is signed."""
    known = {"booked_on": DAY, "value_on": DAY, "amount": Decimal(amount), "title": title, **fields}
    return ReadLine(**known)  # type: ignore[arg-type]


def statement(
    *lines: ReadLine,
    number: str = "12/1",
    opening: str = "1000.00",
    account: str = ACCOUNT,
    currency: str = "PLN",
) -> ReadStatement:
    """A statement whose balances fit its lines."""
    start = Decimal(opening)
    return ReadStatement(
        account=account,
        number=number,
        currency=currency,
        opening=start,
        closing=start + sum((one.amount for one in lines), Decimal(0)),
        opened_on=DAY,
        closed_on=DAY,
        lines=list(lines),
    )


def _comma(value: Decimal) -> str:
    return f"{abs(value):.2f}".replace(".", ",")


def _balance(tag: str, value: Decimal, day: dt.date, currency: str) -> str:
    return f":{tag}:{'D' if value < 0 else 'C'}{day:%y%m%d}{currency}{_comma(value)}"


def _pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]


def details(one: ReadLine, sign: str, *, end: str = "\r\n", filler: str = "") -> str:
    """``:86:`` with fields after ``sign``, the title in pieces of 27 that break anywhere."""
    title = _pieces(one.title, 27)
    fields = ["00PRZELEW", *(f"{20 + at}{piece}" for at, piece in enumerate(title))]
    if filler:
        fields += [f"{20 + at}{filler}" for at in range(len(title), 6)]
    fields += ["3010901014", f"31{one.party_account.removeprefix('PL')}"]
    name = _pieces(one.party_name, 27)
    fields += [f"{32 + at}{piece}" for at, piece in enumerate(name[:2])]
    fields += [f"38{one.party_nip or one.party_account}"]
    return ":86:020" + end.join(f"{sign}{field}" for field in fields)


def mt940(
    *statements: ReadStatement, sign: str = "~", end: str = "\r\n", filler: str = "", framed: bool = False
) -> str:
    """The file that a bank would write of these statements."""
    made = []
    for one in statements:
        rows = [
            ":20:LICZYDLO",
            f":25:/{one.account}",
            f":28C:{one.number}",
            _balance("60F", one.opening, one.opened_on, one.currency),
        ]
        for of_line in one.lines:
            mark = "C" if of_line.amount >= 0 else "D"
            if of_line.is_reversal:
                mark = "RD" if of_line.amount >= 0 else "RC"
            reference = f"//{of_line.bank_reference}" if of_line.bank_reference else ""
            value = of_line.value_on or of_line.booked_on
            rows += [
                f":61:{value:%y%m%d}{of_line.booked_on:%m%d}{mark}{_comma(of_line.amount)}NTRFNONREF{reference}",
                details(of_line, sign, end=end, filler=filler),
            ]
        rows += [_balance("62F", one.closing, one.closed_on, one.currency)]
        text = end.join(rows)
        made.append(
            f"{{1:F01BANKPLPWXXXX0000000000}}{{2:O940N}}{{4:{end}{text}{end}-}}{end}"
            if framed
            else f"{text}{end}-{end}"
        )
    return "".join(made)


def _camt_party(one: ReadLine, *, eighth: bool) -> str:
    who = "Dbtr" if (one.amount >= 0) != one.is_reversal else "Cdtr"
    name = f"<Nm>{escape(one.party_name)}</Nm>" if one.party_name else ""
    party = f"<Pty>{name}</Pty>" if eighth else name
    number = one.party_account
    account = f"<IBAN>{number}</IBAN>" if number.startswith("PL") else f"<Othr><Id>{number}</Id></Othr>"
    of_account = f"<{who}Acct><Id>{account}</Id></{who}Acct>" if number else ""
    return f"<RltdPties><{who}>{party}</{who}>{of_account}</RltdPties>"


def camt_details(one: ReadLine, currency: str, *, eighth: bool, with_amount: bool = False) -> str:
    """``TxDtls`` of a line, its title in pieces of 35."""
    titles = "".join(f"<Ustrd>{escape(piece)}</Ustrd>" for piece in _pieces(one.title, 35) if piece)
    money = (
        f'<Amt Ccy="{currency}">{abs(one.amount)}</Amt>'
        f"<CdtDbtInd>{'DBIT' if one.amount < 0 else 'CRDT'}</CdtDbtInd>"
        if with_amount
        else ""
    )
    return (
        f"<TxDtls><Refs><AcctSvcrRef>{one.bank_reference or 'NONREF'}</AcctSvcrRef></Refs>{money}"
        f"{_camt_party(one, eighth=eighth)}<RmtInf>{titles}</RmtInf></TxDtls>"
    )


def entry(
    parts: Sequence[ReadLine], currency: str = "PLN", *, eighth: bool = False, status: str = "BOOK"
) -> str:
    """An ``Ntry`` of one transaction, or of several that make its amount."""
    total, first = sum((one.amount for one in parts), Decimal(0)), parts[0]
    marked = f"<Cd>{status}</Cd>" if eighth else status
    value = first.value_on or first.booked_on
    return (
        f'<Ntry><Amt Ccy="{currency}">{abs(total)}</Amt><CdtDbtInd>{"DBIT" if total < 0 else "CRDT"}</CdtDbtInd>'
        f"{'<RvslInd>true</RvslInd>' if first.is_reversal else ''}<Sts>{marked}</Sts>"
        f"<BookgDt><Dt>{first.booked_on}</Dt></BookgDt><ValDt><Dt>{value}</Dt></ValDt><NtryDtls>"
        + "".join(camt_details(one, currency, eighth=eighth, with_amount=len(parts) > 1) for one in parts)
        + "</NtryDtls></Ntry>"
    )


def camt(
    *statements: ReadStatement, version: str = "02", entries: Sequence[str] | None = None, head: str = ""
) -> str:
    """The file of these statements; ``entries`` in place of those that their lines make."""
    eighth = version == "08"
    made = []
    for one in statements:
        of_lines = (
            entries
            if entries is not None
            else [entry([row], one.currency, eighth=eighth) for row in one.lines]
        )
        balances = "".join(
            f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{one.currency}">{abs(value)}</Amt>'
            f"<CdtDbtInd>{'DBIT' if value < 0 else 'CRDT'}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
            for kind, value, day in (
                ("OPBD", one.opening, one.opened_on),
                ("CLBD", one.closing, one.closed_on),
            )
        )
        made.append(
            f"<Stmt><Id>{one.number}</Id><Acct><Id><IBAN>{one.account}</IBAN></Id></Acct>"
            f"{balances}{''.join(of_lines)}</Stmt>"
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>{''.join(made)}</BkToCstmrStmt></Document>"
    )
