"""The audit log is written once: the model, the database and the chain of hashes each say so."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from liczydlo import guards
from liczydlo.audit.actions import Action
from liczydlo.audit.guards import TABLE
from liczydlo.audit.models import BEGINNING, AppendOnly, Entry
from liczydlo.audit.services import check, log

from app.tests.sessions import done

pytestmark = pytest.mark.django_db


def change(sql: str, *values: Any) -> None:
    """Someone with the database's own command line, who has taken the guard away first."""
    guards.remove(connection, TABLE)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    guards.install(connection)


def test_an_entry_tells_who_what_when_and_from_where(company: Any, owner: Any, rf: RequestFactory) -> None:
    """A request brings the person and the address; numbers and hashes follow each other."""
    request = rf.get("/", REMOTE_ADDR="192.0.2.7")
    request.user = owner
    first = log(company, Action.CONNECTED, request=request, reference="20261124-AU-1", serial="01AB")
    second = log(company, Action.GRANTED, by=owner, address="2001:db8::1", scope="InvoiceRead")
    alone = log(company, Action.CERTIFICATE_RENEWED)
    assert (first.who, first.address, first.by) == ("Ala Nowak <ala@example.com>", "192.0.2.7", owner)
    assert (first.environment, first.reference, first.details) == (
        "EMULATOR",
        "20261124-AU-1",
        {"serial": "01AB"},
    )
    assert second.address == "2001:db8::1"
    assert (alone.who, alone.by) == ("", None)
    assert [entry.number for entry in (first, second, alone)] == [1, 2, 3]
    assert (first.previous, second.previous, alone.previous) == (BEGINNING, first.digest, second.digest)
    result = check(company)
    assert result.is_whole
    assert (result.length, result.digest) == (3, alone.digest)


def test_a_company_has_a_chain_of_its_own(company: Any, stranger: Any) -> None:
    """The other firm's first entry follows the beginning too."""
    other = stranger.memberships.get().company
    log(company, Action.CONNECTED)
    assert log(other, Action.CONNECTED).previous == BEGINNING
    assert check(other).length == 1


def test_secrets_are_refused(company: Any) -> None:
    """A programmer's slip stops before anything is written."""
    with pytest.raises(ValueError, match="secrets"):
        log(company, Action.TOKEN_MADE, token="20261124-EC-1|nip-5265877635|ABCD")
    assert not Entry.objects.exists()


def test_the_model_refuses_every_way_of_changing(company: Any) -> None:
    """Row by row and by query."""
    entry = log(company, Action.CONNECTED)
    entry.who = "ktoś inny"
    for attempt in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.of(company).update(who="x"),
        lambda: Entry.objects.bulk_update([entry], ["who"]),
    ):
        with pytest.raises(AppendOnly):
            attempt()
    assert check(company).is_whole


@pytest.mark.parametrize("sql", ["UPDATE audit_entry SET who = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_too(company: Any, sql: str) -> None:
    """Whoever writes SQL meets the guards."""
    log(company, Action.CONNECTED)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert check(company).length == 1
    assert guards.missing(connection) == []


@pytest.mark.parametrize(
    ("sql", "number", "reason"),
    [
        ("UPDATE audit_entry SET who = 'x' WHERE number = 2", 2, "contents"),
        ("UPDATE audit_entry SET at = '2020-01-01 00:00:00+00:00' WHERE number = 1", 1, "contents"),
        ("DELETE FROM audit_entry WHERE number = 2", 3, "gap"),
        ("UPDATE audit_entry SET previous = digest WHERE number = 3", 3, "link"),
    ],
)
def test_the_chain_tells_of_a_change_behind_the_guard(
    company: Any, sql: str, number: int, reason: str
) -> None:
    """Even when the triggers were dropped for a moment."""
    for _ in range(3):
        log(company, Action.CONNECTED)
    change(sql)
    result = check(company)
    assert (result.broken_at, result.reason) == (number, reason)


def test_an_account_may_go_and_its_name_stays(company: Any, member: Any) -> None:
    """Deleting a person touches no entry."""
    person = member("accountant")
    log(company, Action.SESSION_ENDED, by=person)
    person.delete()
    assert Entry.objects.of(company).get().who == "accountant <accountant@example.com>"
    assert check(company).is_whole


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_wait_for_each_other(company: Any) -> None:
    def write(writer: int) -> None:
        for number in range(5):
            log(company, Action.GRANTED, to=f"{writer}/{number}")

    done(*(partial(write, writer) for writer in range(4)))
    chain = check(company)
    assert chain.is_whole and chain.length == 20
    assert len({entry.details["to"] for entry in Entry.objects.all()}) == 20
