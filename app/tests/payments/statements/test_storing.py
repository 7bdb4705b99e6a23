"""Statements are kept once, whoever reads them in and however they overlap."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from liczydlo.payments.models import Statement, StatementLine
from liczydlo.payments.statements import storing
from liczydlo.payments.statements.reading.model import StatementError

from app.tests.payments.statements.files import OTHER_ACCOUNT, camt, line, mt940, statement
from app.tests.payments.statements.world import account_of
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db


def take(company: Any, owner: Any, text: str) -> storing.StoredStatements:
    return storing.take(company, text.encode(), file_name="w.sta", by=owner)


def test_the_same_file_twice_is_kept_once(company: Any, owner: Any) -> None:
    account_of(company)
    text = mt940(
        statement(line("10.00", "a"), line("10.00", "a")), statement(line("-3.00", "b"), number="13")
    )
    first, again = take(company, owner, text), take(company, owner, text)
    assert (len(first.new), len(again.new), again.already_stored) == (2, 0, first.new)
    assert StatementLine.objects.count() == 3


def test_of_overlapping_statements_no_line_is_twice(company: Any, owner: Any) -> None:
    account_of(company)
    first = [line("10.00", "a", bank_reference="BR1"), line("10.00", "a"), line("10.00", "a")]
    whole = [*first, line("10.00", "a"), line("-5.00", "c")]
    take(company, owner, mt940(statement(*first, number="1")))
    taken = take(company, owner, mt940(statement(*whole, number="miesiac")))
    assert (taken.new[0].line_count, taken.new[0].known_count) == (5, 3)
    assert StatementLine.objects.count() == 5


def test_equal_lines_of_statements_that_follow_each_other_are_both_kept(company: Any, owner: Any) -> None:
    account_of(company)
    take(company, owner, mt940(statement(line("10.00", "a"), number="1", opening="0.00")))
    take(company, owner, mt940(statement(line("10.00", "a"), number="2", opening="10.00")))
    assert StatementLine.objects.count() == 2


def test_an_unknown_account_keeps_nothing(company: Any, owner: Any) -> None:
    account_of(company)
    ours, theirs = statement(line("1.00")), statement(line("1.00"), account=OTHER_ACCOUNT)
    for text in (mt940(ours, theirs), camt(ours, theirs)):
        with pytest.raises(storing.UnknownAccounts) as refused:
            take(company, owner, text)
        assert refused.value.accounts == [(OTHER_ACCOUNT, "PLN")]
    assert not Statement.objects.exists()


def test_an_account_in_another_currency_is_another_account(company: Any, owner: Any) -> None:
    account_of(company)
    with pytest.raises(storing.UnknownAccounts):
        take(company, owner, mt940(statement(currency="EUR")))


def test_another_firms_account_does_not_count(company: Any, owner: Any, stranger: Any) -> None:
    account_of(stranger.companies.get())
    with pytest.raises(storing.UnknownAccounts):
        take(company, owner, mt940(statement()))


def test_one_bad_statement_keeps_nothing_of_the_file(company: Any, owner: Any) -> None:
    account_of(company)
    text = mt940(statement(line("1.00"), number="1"), statement(line("1.00"), number="2", opening="7.00"))
    with pytest.raises(StatementError):
        take(company, owner, text.replace("C261116PLN8,00", "C261116PLN8,01"))
    assert not Statement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_read_the_same_file_in_at_once(company: Any, owner: Any) -> None:
    account_of(company)
    one = mt940(statement(line("10.00", "a"), line("11.00", "b"), number="1"))
    other = mt940(statement(line("10.00", "a"), line("11.00", "b"), line("12.00", "c"), number="2"))
    answers = at_once(*(partial(take, company, owner, text) for text in (one, one, other)))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert at_once(StatementLine.objects.count, Statement.objects.count) == [3, 2]
