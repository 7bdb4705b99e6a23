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
class StoredStatements:
    """What became of a file: ``new`` statements were kept, ``again`` were here already."""

    new: list[Statement] = field(default_factory=list)
    already_stored: list[Statement] = field(default_factory=list)


def take(company: Company, content: bytes, *, file_name: str, by: User) -> StoredStatements:
    """Read a file and keep what is new of it. Raises StatementError and UnknownAccounts, with nothing kept."""
    form, statements = read(content)
    with transaction.atomic():
        accounts = _accounts(company, statements)
        result = StoredStatements()
        for statement in statements:
            account = accounts[statement.account, statement.currency]
            digest = _digest(statement)
            existing = Statement.objects.of(company).filter(account=account, digest=digest).first()
            if existing is not None:
                result.already_stored.append(existing)
                continue
            result.new.append(
                _keep(account, statement, digest=digest, form=form, file_name=file_name[:255], by=by)
            )
    return result


def _accounts(company: Company, statements: Sequence[ReadStatement]) -> dict[tuple[str, str], BankAccount]:
    """The firm's accounts of the statements, locked: another session's lines are there before ours are compared."""
    account_numbers = list(dict.fromkeys((one.account, one.currency) for one in statements))
    rows = BankAccount.objects.of(company).filter(iban__in={iban for iban, _ in account_numbers})
    rows = rows.select_for_update(no_key=True).order_by("pk")
    existing = {(row.iban, row.currency): row for row in rows}
    if unknown := [one for one in account_numbers if one not in existing]:
        raise UnknownAccounts(unknown)
    return existing


def _digest(statement: ReadStatement) -> str:
    return hashlib.sha256(json.dumps(asdict(statement), default=str, sort_keys=True).encode()).hexdigest()


def keys(statement: ReadStatement) -> list[str]:
    """What makes each line one on its account, whichever statement says it: the day, the amount and the bank's own
    reference; without one the balance before the line, which overlapping statements have in common too."""
    line_keys, balance, equal = [], statement.opening, Counter[str]()
    for line in statement.lines:
        place = line.bank_reference or str(balance)
        balance += line.amount
        identifying = (line.booked_on, line.amount, place, line.title, line.party_account)
        text = json.dumps([str(one) for one in identifying])
        equal[text] += 1
        line_keys.append(hashlib.sha256(f"{text}{equal[text]}".encode()).hexdigest())
    return line_keys


def _keep(
    account: BankAccount,
    read_statement: ReadStatement,
    *,
    digest: str,
    form: Format,
    file_name: str,
    by: User,
) -> Statement:
    company_id, line_keys = account.company_id, keys(read_statement)
    stored_keys: set[str] = set()
    for at in range(0, len(line_keys), CHUNK):
        rows = StatementLine.objects.filter(account=account, key__in=line_keys[at : at + CHUNK])
        stored_keys.update(rows.order_by().values_list("key", flat=True))
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
        line_count=len(line_keys),
        known_count=len(stored_keys),
        by=by,
    )
    StatementLine.objects.bulk_create(
        (
            _row(statement, line, key=key, position=position)
            for position, (line, key) in enumerate(zip(read_statement.lines, line_keys, strict=True), start=1)
            if key not in stored_keys
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
