"""Giving out a document to be signed, and taking the signed one; the rest is the job's."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company, User
from liczydlo.connection import clients, vault
from liczydlo.connection.certificates.enrollments import JOB
from liczydlo.connection.credentials.storing import PATIENCE, read_files
from liczydlo.connection.errors import NotStored
from liczydlo.connection.holders import holder_of
from liczydlo.connection.models import SignIn, SignInState
from liczydlo.jobs import registry
from liczydlo.ksef import xades
from liczydlo.ksef.signed_request import SignedRequestError, examine
from liczydlo.web import times

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
LIFETIME = dt.timedelta(minutes=10)
"""Of a challenge (ksef-docs uwierzytelnianie.md)."""
SPARE = dt.timedelta(seconds=15)
"""Less, so that what is uploaded in the last second still gets there."""


class NoDocument(Exception):
    """No document waits for a signature, or its ten minutes are over."""


def current(company: Company) -> SignIn | None:
    """What is under way in the company's environment, or how the last one ended."""
    rows = SignIn.objects.of(company).filter(environment=company.environment)
    return rows.order_by("-pk").first()


def begin(
    company: Company, *, by: User | None, clock: Clock = times.now, patience: float = PATIENCE
) -> SignIn:
    """Ask KSeF for a challenge and make the document to be signed; an earlier one is thrown away.

    What is being worked on is given back instead. Raises NotStored when KSeF could not be asked.
    """
    where = clients.environment(company)
    with ksef.Client(where, http=clients.connections(where), clock=clock, patience=patience) as client:
        try:
            challenge = client.challenge()
        except ksef.KsefError as error:
            raise NotStored.of_login(error, where) from error
    document = ksef.login_document(ksef.Context(value=company.nip), challenge.challenge)
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company.pk)
        sign_ins = SignIn.objects.of(company).filter(environment=company.environment)
        working: SignIn | None = sign_ins.filter(state=SignInState.WORKING).first()
        if working is not None:
            return working
        sign_ins.filter(state=SignInState.SIGNING).delete()
        audit.log(company, Action.SIGNIN_STARTED, by=by, clock=clock)
        row: SignIn = SignIn.objects.create(
            company=company,
            environment=company.environment,
            document=document,
            valid_until=clock() + LIFETIME - SPARE,
            by=by,
        )
    return row


@sensitive_variables()
def sign_with(row: SignIn, bundle: bytes, password: str | None, *, clock: Clock = times.now) -> bytes:
    """The document signed with a key of a ``.p12`` that is not kept. Raises NotStored for the file."""
    credential = read_files(bundle, None, password)
    if credential.purpose == "Offline":
        raise NotStored.of_files(ksef.CredentialError("offline-as-authentication"))
    if not credential.identified:
        raise NotStored("no-identity", file="key")
    return xades.sign(bytes(row.document), credential, signing_time=clock())


def take(
    company: Company,
    row: SignIn,
    signed: bytes,
    *,
    by: User | None,
    address: str = "",
    clock: Clock = times.now,
) -> SignIn:
    """Check the signed document, keep it and wake the job that goes on with it.

    Raises SignedRequestError for the file, NoDocument when the document ran out or somebody has uploaded it already;
    nothing has been stored then.
    """
    if clock() > row.valid_until:
        raise NoDocument
    certificate = examine(signed, unsigned=bytes(row.document), now=clock())
    holder = holder_of(certificate) if certificate is not None else None
    with transaction.atomic():
        is_first = (
            SignIn.objects.of(company)
            .filter(pk=row.pk, state=SignInState.SIGNING)
            .update(
                state=SignInState.WORKING,
                sealed_signed=vault.seal(signed, **row.label("signed-request")),
                submitted=False,
                signer=holder.name[:512] if holder else "",
                reason_json=None,
                by=by,
                address=address,
            )
        )
        if not is_first:
            raise NoDocument
        audit.log(
            company,
            Action.SIGNIN_SIGNED,
            by=by,
            address=address,
            clock=clock,
            holder=holder.name if holder else "",
        )
        registry.enqueue(company.pk, JOB, clock=clock)
    row.refresh_from_db()
    log.info("company %s: a signed login document was uploaded", company.pk)
    return row


def abandon(company: Company) -> None:
    """Stop what is under way; certificates that KSeF has issued meanwhile are taken up by the next attempt."""
    SignIn.objects.of(company).filter(
        environment=company.environment, state__in=[SignInState.SIGNING, SignInState.WORKING]
    ).update(
        state=SignInState.FAILED,
        sealed_signed=b"",
        sealed_operation=b"",
        sealed_tokens=b"",
        ended_at=times.now(),
    )


__all__ = [
    "JOB",
    "NoDocument",
    "SignedRequestError",
    "abandon",
    "begin",
    "current",
    "sign_with",
    "take",
]
