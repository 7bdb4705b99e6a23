"""Keeping statements: each once, and of overlapping ones no line twice, whoever reads them in at the same moment."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from django.db import transaction

from liczydlo.companies.models import Company, User
from liczydlo.payments.models import BankAccount, Statement, StatementLine
from liczydlo.payments.statements.reading import read
from liczydlo.payments.statements.reading.model import Format, ReadLine, ReadStatement

CHUNK: Final = 500
"""Rows in one statement: a database takes only so many parameters."""


class UnknownAccounts(Exception):
    """Statements of accounts that are not on the firm's list; nothing is kept."""

    def __init__(self, accounts: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"{len(accounts)} unknown accounts")
        self.accounts = list(accounts)  # number and currency


@dataclass(kw_only=True)
class Taken:
    """What became of a file: ``new`` statements were kept, ``again`` were here already."""

    new: list[Statement] = field(default_factory=list)
    again: list[Statement] = field(default_factory=list)


def take(company: Company, content: bytes, *, file_name: str, by: User) -> Taken:
    """Read a file and keep what is new of it. Raises StatementError and UnknownAccounts, with nothing kept."""
    form, statements = read(content)
    with transaction.atomic():
        accounts = _accounts(company, statements)
        taken = Taken()
        for statement in statements:
            account = accounts[statement.account, statement.currency]
            digest = _digest(statement)
            here = Statement.objects.of(company).filter(account=account, digest=digest).first()
            if here is not None:
                taken.again.append(here)
                continue
            taken.new.append(
                _keep(account, statement, digest=digest, form=form, file_name=file_name[:255], by=by)
            )
    return taken


def _accounts(company: Company, statements: Sequence[ReadStatement]) -> dict[tuple[str, str], BankAccount]:
    """The firm's accounts of the statements, locked: another session's lines are there before ours are compared."""
    named = list(dict.fromkeys((one.account, one.currency) for one in statements))
    rows = BankAccount.objects.of(company).filter(iban__in={iban for iban, _ in named})
    rows = rows.select_for_update(no_key=True).order_by("pk")
    here = {(row.iban, row.currency): row for row in rows}
    if unknown := [one for one in named if one not in here]:
        raise UnknownAccounts(unknown)
    return here


def _digest(statement: ReadStatement) -> str:
    return hashlib.sha256(json.dumps(asdict(statement), default=str, sort_keys=True).encode()).hexdigest()


def keys(statement: ReadStatement) -> list[str]:
    """What makes each line one on its account, whichever statement says it: the day, the amount and the bank's own
    reference; without one the balance before the line, which overlapping statements have in common too."""
    made, before, equal = [], statement.opening, Counter[str]()
    for line in statement.lines:
        place = line.bank_reference or str(before)
        before += line.amount
        said = (line.booked_on, line.amount, place, line.title, line.party_account)
        text = json.dumps([str(one) for one in said])
        equal[text] += 1
        made.append(hashlib.sha256(f"{text}{equal[text]}".encode()).hexdigest())
    return made


def _keep(
    account: BankAccount,
    read_statement: ReadStatement,
    *,
    digest: str,
    form: Format,
    file_name: str,
    by: User,
) -> Statement:
    company_id, made = account.company_id, keys(read_statement)
    known: set[str] = set()
    for at in range(0, len(made), CHUNK):
        rows = StatementLine.objects.filter(account=account, key__in=made[at : at + CHUNK])
        known.update(rows.order_by().values_list("key", flat=True))
    statement = Statement.objects.create(
        company_id=company_id,
        account=account,
        digest=digest,
        format=form,
        file_name=file_name,
        number=read_statement.number,
        opened_on=read_statement.opened_on,
        closed_on=read_statement.closed_on,
        opening=read_statement.opening,
        closing=read_statement.closing,
        line_count=len(made),
        known_count=len(known),
        by=by,
    )
    StatementLine.objects.bulk_create(
        (
            _row(statement, line, key=key, position=position)
            for position, (line, key) in enumerate(zip(read_statement.lines, made, strict=True), start=1)
            if key not in known
        ),
        batch_size=CHUNK,
    )
    return statement


def _row(statement: Statement, line: ReadLine, *, key: str, position: int) -> StatementLine:
    return StatementLine(
        company_id=statement.company_id,
        account_id=statement.account_id,
        statement=statement,
        key=key,
        position=position,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount=line.amount,
        title=line.title,
        party_name=line.party_name,
        party_account=line.party_account,
        party_nip=line.party_nip,
        bank_reference=line.bank_reference,
        is_reversal=line.is_reversal,
    )
