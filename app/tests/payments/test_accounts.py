"""The firm's own bank accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.payments import accounts
from liczydlo.payments.models import BankAccount, Statement, StatementLine
from liczydlo.payments.statements import storing

from app.tests.payments.statements.files import line, mt940, statement
from app.tests.purchases.test_pages import text_of
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db

NRB, OTHER_NRB = "61109010140000071219812874", "27114020040000300201355387"
VALUES = {
    "iban": NRB,
    "name": "główny",
    "currency": "PLN",
    "file_format": "pain.001.001.09",
    "encoding": "cp1250",
}


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"payments:{name}", args=[company.pk, *arguments])


def add(client: Client, company: Any, **values: str) -> Any:
    return client.post(address("add_account", company), VALUES | values)


def test_the_first_account_is_the_default_and_another_can_be(ala: Client, company: Any) -> None:
    add(ala, company, iban="61 1090 1014 0000 0712 1981 2874")
    add(ala, company, iban=f"PL {OTHER_NRB}", name="drugi")
    first, second = BankAccount.objects.of(company).order_by("pk")
    assert (first.iban, first.is_default, second.iban, second.is_default) == (
        f"PL{NRB}",
        True,
        f"PL{OTHER_NRB}",
        False,
    )
    shown = text_of(ala.get(address("accounts", company)))
    assert "61 1090 1014 0000 0712 1981 2874" in shown and "domyślny" in shown
    ala.post(address("default_account", company, second.pk))
    assert accounts.default(company) == second
    ala.post(address("remove_account", company, second.pk))
    assert BankAccount.objects.of(company).get().is_default
    assert [entry.action for entry in Entry.objects.of(company).order_by("number")] == [
        "account-added",
        "account-added",
        "account-removed",
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"iban": "61109010140000071219812875"}, "Cyfry kontrolne się nie zgadzają"),
        ({"iban": "6110901014000007121981287"}, "Polski rachunek ma 26 cyfr"),
        ({"iban": "DE89370400440532013001"}, "Cyfry kontrolne się nie zgadzają"),
        ({"iban": "nie mam"}, "Polski rachunek ma 26 cyfr"),
        ({"currency": "zł"}, "Waluta to trzy litery"),
        ({"currency": "EUR", "file_format": "elixir-0"}, "Elixir-0 przenosi tylko złote"),
        ({"iban": "DE89370400440532013000", "file_format": "elixir-0"}, "Elixir-0 zna tylko polskie"),
        ({"name": ""}, "To pole jest wymagane"),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    ala: Client, company: Any, values: dict[str, str], said: str
) -> None:
    refused = add(ala, company, **values)
    assert refused.status_code == 400 and said in text_of(refused)
    assert not BankAccount.objects.exists()


def test_the_same_account_is_there_once_in_a_currency(ala: Client, company: Any) -> None:
    add(ala, company)
    assert "jest już na liście" in text_of(add(ala, company, name="inaczej"))
    assert add(ala, company, currency="EUR").status_code == 302
    euro = BankAccount.objects.get(currency="EUR")
    refused = ala.post(address("edit_account", company, euro.pk), VALUES)
    assert "jest już na liście" in text_of(refused)
    assert BankAccount.objects.count() == 2


def test_a_changed_number_is_in_the_audit_log(ala: Client, company: Any) -> None:
    add(ala, company)
    account = BankAccount.objects.get()
    form = ala.get(address("edit_account", company, account.pk)).context["form"]
    assert form.initial["iban"] == "61 1090 1014 0000 0712 1981 2874"
    ala.post(address("edit_account", company, account.pk), VALUES | {"iban": OTHER_NRB})
    details = Entry.objects.of(company).get(action="account-changed").details
    assert "6110" in details["before"].replace(" ", "") and "2711" in details["after"].replace(" ", "")


def test_the_account_of_invoices_is_proposed(ala: Client, company: Any) -> None:
    company.bank_account = NRB
    company.save(update_fields=["bank_account"])
    form = ala.get(address("add_account", company)).context["form"]
    assert form.initial["iban"] == f"PL{NRB}"
    add(ala, company, iban=OTHER_NRB)
    assert "który drukujesz na fakturach" in text_of(ala.get(address("accounts", company)))
    add(ala, company)
    assert "który drukujesz na fakturach" not in text_of(ala.get(address("accounts", company)))


def test_a_viewer_sees_and_a_stranger_does_not(
    ala: Client, company: Any, member: Any, stranger: Any, browse: Any
) -> None:
    add(ala, company)
    account = BankAccount.objects.get()
    other = stranger.companies.get()
    viewer, outside = browse(member("viewer")), browse(stranger)
    assert viewer.get(address("accounts", company)).status_code == 200
    assert outside.get(address("accounts", company)).status_code == 404
    for name in ("edit_account", "remove_account", "default_account"):
        assert viewer.post(address(name, company, account.pk), VALUES).status_code == 403
        assert outside.post(address(name, company, account.pk), VALUES).status_code == 404
        assert outside.post(address(name, other, account.pk), VALUES).status_code == 404
    assert add(viewer, company, iban=OTHER_NRB).status_code == 403
    assert BankAccount.objects.get() == account


@pytest.mark.django_db(transaction=True)
def test_of_two_first_accounts_one_is_the_default(company: Any, rf: Any) -> None:
    def adding(iban: str) -> Any:
        request = rf.get("/")
        request.user = None
        return lambda: accounts.add(company, VALUES | {"iban": f"PL{iban}"}, request)

    at_once(adding(NRB), adding(OTHER_NRB))
    (defaults,) = at_once(lambda: [row.is_default for row in BankAccount.objects.of(company)])
    assert defaults == [True, False]


@pytest.mark.django_db(transaction=True)
def test_an_account_that_gets_a_statement_stays(company: Any, owner: Any, rf: Any) -> None:
    request = rf.post("/")
    request.user = owner
    content = mt940(statement(line("1.00"))).encode()

    def take() -> str:
        try:
            storing.take(company, content, file_name="a.sta", by=owner)
        except storing.UnknownAccounts:
            return "unknown"
        return "taken"

    def remove() -> str:
        try:
            accounts.remove(accounts.of(company).get(), request)
        except accounts.InUse:
            return "in use"
        return "removed"

    def begin() -> None:
        for model in (StatementLine, Statement, BankAccount):
            model.objects.all().delete()
        BankAccount.objects.create(company=company, **VALUES | {"iban": f"PL{NRB}"})

    for _ in range(6):
        at_once(begin)
        assert at_once(take, remove) in (["taken", "in use"], ["unknown", "removed"])
