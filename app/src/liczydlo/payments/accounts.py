"""The firm's accounts: adding, changing, removing. The first one is the default."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import CompanyRequest
from liczydlo.companies.models import Company
from liczydlo.fa3.identifiers import IdentifierError, parse_iban
from liczydlo.payments.models import BankAccount


class AlreadyThere(Exception):
    """The firm has this account in this currency."""


class InUse(Exception):
    """Transfers or statements belong to the account."""


def of(company: Company) -> QuerySet[BankAccount]:
    """The firm's accounts, the default first."""
    rows: QuerySet[BankAccount] = BankAccount.objects.of(company)
    return rows


def default(company: Company) -> BankAccount | None:
    """The account that is proposed first."""
    return of(company).first()


def from_invoices(company: Company) -> str:
    """The account that the firm prints on its invoices, where it is not on the list yet; else empty."""
    try:
        iban = parse_iban(company.bank_account)
    except IdentifierError:
        return ""
    return "" if of(company).filter(iban=iban).exists() else iban


def add(company: Company, values: dict[str, Any], request: CompanyRequest) -> BankAccount:
    """A new account. Raises AlreadyThere."""
    try:
        with transaction.atomic():
            Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # or two would both be first
            account = BankAccount.objects.create(
                company=company, is_default=not of(company).exists(), **values
            )
            log(company, Action.ACCOUNT_ADDED, request=request, name=str(account))
    except IntegrityError as error:
        raise AlreadyThere from error
    return account


def change(account: BankAccount, values: dict[str, Any], request: CompanyRequest) -> None:
    """Keep what somebody changed. Raises AlreadyThere."""
    try:
        with transaction.atomic():
            of(account.company).filter(pk=account.pk).update(**values)
            now = of(account.company).get(pk=account.pk)
            if str(now) != str(account):
                log(
                    account.company,
                    Action.ACCOUNT_CHANGED,
                    request=request,
                    before=str(account),
                    after=str(now),
                )
    except IntegrityError as error:
        raise AlreadyThere from error


def make_default(account: BankAccount) -> None:
    """Propose this one first."""
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=account.company_id)
        of(account.company).filter(is_default=True).update(is_default=False)
        of(account.company).filter(pk=account.pk).update(is_default=True)


def remove(account: BankAccount, request: CompanyRequest) -> None:
    """Take it off the list; another becomes the default where it was. Raises InUse."""
    company = account.company
    try:
        with transaction.atomic():
            Company.objects.select_for_update(no_key=True).get(pk=company.pk)
            # what another session is adding to the account is there once we have the lock, and nothing comes after
            list(of(company).select_for_update().filter(pk=account.pk).values_list("pk"))
            count, _models = of(company).filter(pk=account.pk).delete()
            if count:
                log(company, Action.ACCOUNT_REMOVED, request=request, name=str(account))
            if not of(company).filter(is_default=True).exists() and (left := of(company).first()):
                of(company).filter(pk=left.pk).update(is_default=True)
    except ProtectedError as error:
        raise InUse from error
