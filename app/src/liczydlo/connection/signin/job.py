"""What is done behind „Połącz w 3 krokach": login, both requests, both certificates, login with the new one.

Every step commits what it got before the next begins, so that a killed process is carried on. One gap cannot be closed:
KSeF uses a challenge up when it gets the signed document, and tells the login's number in that answer alone. When just
that answer is lost, the document has to be signed once more; the certificates are still asked for once.
"""

from __future__ import annotations

import logging
from typing import Any, TypeVar

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.connection import clients, vault
from liczydlo.connection.certificates import enrollments
from liczydlo.connection.credentials import storing
from liczydlo.connection.errors import NotStored
from liczydlo.connection.models import Enrollment, EnrollmentState, Purpose, SignIn, SignInState
from liczydlo.connection.signals import connected
from liczydlo.connection.waiting import later
from liczydlo.jobs.claims import Claim
from liczydlo.web import times
from liczydlo.web.reasons import Reason

log = logging.getLogger(__name__)
T = TypeVar("T", ksef.Operation, ksef.Tokens)
NO_RIGHTS = "415"  # status of a login (OpenAPI, GET /auth/{referenceNumber})
_UNAUTHORIZED = 401
SIGN_AGAIN = Reason("sign-again")
LOGIN_OVER = Reason("login-over")
UNREADABLE = Reason("secrets-not-readable")


def underway(company: Company) -> SignIn | None:
    """The sign-in that the program is working on, if there is one."""
    row: SignIn | None = (
        SignIn.objects.of(company).filter(environment=company.environment, state=SignInState.WORKING).first()
    )
    return row


def carry_on(claim: Claim, company: Company, row: SignIn) -> bool:
    """Take it as far as KSeF lets it; whether it has ended, well or badly. Raises Later, ClaimLost."""
    try:
        done = SignInJob(claim, company, row).go()
    except enrollments.NotIssued as error:
        end(row, SignInState.FAILED, error.reason)
        return True
    except vault.VaultError:
        log.exception("company %s: the sign-in's secrets do not open", company.pk)
        end(row, SignInState.FAILED, UNREADABLE)
        return True
    except NotStored as error:
        end(row, SignInState.FAILED, Reason.of(error))
        return True
    except ksef.LoginRefused as error:
        log.info("company %s: the signer's login is over: %s", company.pk, error.code)
        end(row, SignInState.FAILED, LOGIN_OVER)
        return True
    except ksef.Refused as error:
        end(row, SignInState.FAILED, Reason.of(error))
        return True
    except ksef.KsefError as error:
        raise later(error, company, clock=claim.clock) from error
    return done


def end(row: SignIn, state: SignInState, reason: Reason | None = None) -> None:
    """Close it, forget its secrets and tell the audit log; to be signed again, it has to be begun anew."""
    with transaction.atomic():
        ended = SignIn.objects.filter(pk=row.pk, state=SignInState.WORKING).update(
            state=state,
            reason_json=reason.as_json() if reason else None,
            sealed_signed=b"",
            sealed_operation=b"",
            sealed_tokens=b"",
            ended_at=times.now(),
        )
        if ended:
            audit.log(
                row.company,
                Action.SIGNIN_DONE if state == SignInState.DONE else Action.SIGNIN_FAILED,
                by=row.by,
                address=row.address,
                reference=reason.reference if reason else "",
                holder=row.signer,
                reason=reason.code if reason else "",
            )


class SignInJob:
    """One run over a sign-in."""

    def __init__(self, claim: Claim, company: Company, row: SignIn) -> None:
        self.claim, self.company, self.row = claim, company, row

    def go(self) -> bool:
        """As far as KSeF lets it; whether all is done. Raises KsefError, NotIssued, VaultError, NotStored."""
        where = clients.environment(self.company)
        with ksef.Client(
            where,
            http=clients.connections(where),
            clock=self.claim.clock,
            tokens=self._opened("tokens", ksef.Tokens),
            on_tokens=lambda tokens: self._seal("tokens", tokens),
        ) as client:
            if client.tokens is None and not self._log_in(client):
                return self.row.state != SignInState.WORKING
            storing.claim_nip(self.company)  # before KSeF issues certificates that could not be kept
            return self._certificates(client)

    def _log_in(self, client: ksef.Client) -> bool:
        """The signer's login; whether there is one now."""
        operation = self._opened("operation", ksef.Operation)
        if operation is None:
            operation = self._submit(client)
            if operation is None:
                return False
        self.claim.step("signin.decided")
        try:
            if not client.login_decided(operation):
                return False
        except ksef.Refused as refusal:
            if refusal.status == _UNAUTHORIZED:  # the operation's token has run out
                return self._sign_again()
            raise self._not_let_in(refusal) from refusal
        self.claim.step("signin.redeem")
        try:
            client.redeem_login(operation)
        except ksef.Refused as refusal:
            log.warning("company %s: the login was redeemed already: %s", self.company.pk, refusal.code)
            return self._sign_again()
        self.claim.step("signin.redeemed")
        self.claim.progressed()
        return True

    def _submit(self, client: ksef.Client) -> ksef.Operation | None:
        again = self.row.submitted
        self._save(submitted=True)
        self.claim.step("signin.submit")
        signed = vault.unseal(bytes(self.row.sealed_signed), **self.row.label("signed-request"))
        try:
            operation = client.submit_login(signed)
        except ksef.Refused as refusal:
            if again:
                self._sign_again()
                return None
            raise self._not_let_in(refusal) from refusal
        self.claim.step("signin.submitted")
        self._seal("operation", operation)
        return operation

    def _not_let_in(self, refusal: ksef.Refused) -> NotStored:
        """Who signed has no rights here, or KSeF's own reason."""
        if refusal.code != NO_RIGHTS:
            return NotStored.of_login(refusal, clients.environment(self.company))
        return NotStored(
            f"no-rights-{self.company.kind}",
            reference=refusal.reference,
            ksef_code=refusal.code,
            signer=self.row.signer or "–",
            company=self.company.nip,
        )

    def _sign_again(self) -> bool:
        end(self.row, SignInState.FAILED, SIGN_AGAIN)
        self.row.state = SignInState.FAILED
        return False

    def _certificates(self, client: ksef.Client) -> bool:
        """Both requests, then the connection; whether it stands."""
        rows = {purpose: self._request(purpose, client) for purpose in Purpose}
        issued = [self._carry_on(row, client) for row in rows.values()]  # both go on, whichever is first
        if not all(issued):
            return False
        self._connect(rows)
        clients.leave(client)
        return True

    def _carry_on(self, row: Enrollment, client: ksef.Client) -> bool:
        before = row.state
        issued = enrollments.carry_on(row, client, step=self.claim.step, clock=self.claim.clock)
        if row.state != before:
            self.claim.progressed()
        return issued

    def _request(self, purpose: Purpose, client: ksef.Client) -> Enrollment:
        self.claim.step("signin.data")
        return enrollments.prepare(
            self.company, purpose, client.enrollment_data(), by=self.row.by, clock=self.claim.clock
        )

    @sensitive_variables()
    def _connect(self, rows: dict[Purpose, Enrollment]) -> None:
        """Log in with the new certificate, and only then put both in their places."""
        credentials = {purpose: enrollments.credential_of(row) for purpose, row in rows.items()}
        self.claim.step("signin.prove")
        with clients.client_with(
            self.company, credentials[Purpose.AUTHENTICATION], clock=self.claim.clock
        ) as client:
            try:
                tokens = client.login()
            except ksef.LoginRefused as refusal:  # of the new certificate, not of the signer
                raise NotStored.of_login(refusal, clients.environment(self.company)) from refusal
        self.claim.step("signin.store")
        now = self.claim.clock()
        with transaction.atomic():
            for purpose, credential in credentials.items():
                storing.keep(self.company, credential, purpose, self.row.by, proved_at=now)
                row = rows[purpose]
                row.state, row.sealed_key = EnrollmentState.IN_USE, b""
                row.save(update_fields=["state", "sealed_key"])
            storing.keep_login(self.company, credentials[Purpose.AUTHENTICATION], tokens)
            end(self.row, SignInState.DONE)
        self.claim.step("signin.stored")
        log.info("company %s is connected to KSeF %s the short way", self.company.pk, self.row.environment)
        connected.send(sender=SignIn, company=self.company)

    @sensitive_variables()
    def _opened(self, name: str, kind: type[T]) -> T | None:
        sealed = bytes(getattr(self.row, f"sealed_{name}"))
        if not sealed:
            return None
        return kind.from_json(vault.unseal(sealed, **self.row.label(name)).decode())

    @sensitive_variables()
    def _seal(self, name: str, value: ksef.Operation | ksef.Tokens) -> None:
        self._save(**{f"sealed_{name}": vault.seal(value.to_json().encode(), **self.row.label(name))})

    def _save(self, **values: Any) -> None:
        """Keep values while it is under way.

        One that has ended or was stopped by a person keeps no secret any more: the signer's login may still be renewed
        when its session is ended.
        """
        if SignIn.objects.filter(pk=self.row.pk, state=SignInState.WORKING).update(**values):
            for name, value in values.items():
                setattr(self.row, name, value)
