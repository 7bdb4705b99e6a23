"""Who belongs to a company: invitations, roles, leaving. Every change is in the company's audit log.

A person comes by a link that holds for a week and works once. With ``LICZYDLO_EMAIL_URL`` it goes to their address,
which proves the address; without mail the owner hands it over, which is the owner's word for it. Nobody but the link's
holder sets the new account's password, and an account that exists joins only by logging in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from liczydlo.companies import addresses
from liczydlo.companies.models import Company, Invitation, Membership, Role, User
from liczydlo.companies.signals import report

LASTS: Final = dt.timedelta(days=7)
MOST: Final = 50
"""Open invitations of one company, so that nobody sends letters without end."""


class NotInvited(Exception):
    """``code``: ``member`` (belongs to the company already), ``too-many`` (open invitations)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LastOwner(Exception):
    """A company keeps at least one owner."""


class InvitationGone(Exception):
    """The invitation was used, withdrawn or has run out."""


class AccountExists(Exception):
    """There is an account with the invited address: its person logs in to join."""


def invite(company: Company, email: str, role: Role, request: HttpRequest) -> str:
    """The code of a new invitation; an earlier one to the same address ends. Raises NotInvited."""
    email = email.strip().lower()
    code = secrets.token_urlsafe(24)
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)
        if Membership.objects.filter(company=company, user__email=email).exists():
            raise NotInvited("member")
        rows = Invitation.objects.of(company)
        rows.filter(expires_at__lte=timezone.now()).delete()
        rows.filter(email=email).delete()
        if rows.count() >= MOST:
            raise NotInvited("too-many")
        rows.create(
            company=company,
            email=email,
            role=role,
            code_hash=_hash(code),
            invited_by=request.user,
            expires_at=timezone.now() + LASTS,
        )
        report(company, "member-invited", request=request, subject=email, role=role.value)
    return code


def withdraw(company: Company, invitation_id: int, request: HttpRequest) -> None:
    """End an open invitation; harmless when there is none."""
    with transaction.atomic():
        row = Invitation.objects.of(company).filter(pk=invitation_id).first()
        if row is not None and Invitation.objects.filter(pk=row.pk).delete()[0]:
            report(company, "invitation-withdrawn", request=request, subject=row.email)


def invitation(code: str) -> Invitation:
    """The open invitation of a code. Raises Gone."""
    rows = Invitation.objects.select_related("company", "invited_by")
    row: Invitation | None = rows.filter(code_hash=_hash(code), expires_at__gt=timezone.now()).first()
    if row is None:
        raise InvitationGone
    return row


def account_of(row: Invitation) -> User | None:
    """The account that the invited address has already."""
    return User.objects.filter(email=row.email).first()


def join(row: Invitation, person: User, request: HttpRequest) -> Membership:
    """Make the invited person a member; the invitation is used up. Raises Gone."""
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=row.company_id)
        if not Invitation.objects.filter(pk=row.pk, expires_at__gt=timezone.now()).delete()[0]:
            raise InvitationGone
        joined, is_new = Membership.objects.get_or_create(
            user=person, company=row.company, defaults={"role": row.role}
        )
        if is_new:
            by = str(row.invited_by or "")
            report(row.company, "member-joined", request=request, by=person, role=row.role, invited=by)
        addresses.confirm(person)
    return joined


def join_anew(row: Invitation, request: HttpRequest, *, name: str, password: str) -> User:
    """Make the invited person's account and membership. Raises Gone, AccountExists."""
    try:
        with transaction.atomic():
            person = User.objects.create_user(row.email, password, name=name)
            join(row, person, request)
    except IntegrityError as error:
        raise AccountExists from error
    return person


def set_role(member: Membership, role: Role, request: HttpRequest) -> None:
    """Give a member another role. Raises LastOwner."""
    with transaction.atomic():
        before = _locked_role(member, leaves_owners=role != Role.OWNER)
        if before and Membership.objects.filter(pk=member.pk, role=before).exclude(role=role).update(
            role=role
        ):
            report(
                member.company,
                "member-role-changed",
                request=request,
                subject=member.user.email,
                before=before,
                after=role.value,
            )


def remove(member: Membership, request: HttpRequest) -> None:
    """Take a member out of the company; the account stays. Raises LastOwner."""
    with transaction.atomic():
        now, rows = _locked_role(member, leaves_owners=True), Membership.objects.filter(pk=member.pk)
        # what another session is keeping of theirs is there once we have the lock, or is not kept
        list(rows.select_for_update().values_list("pk"))
        if now and rows.delete()[0]:
            report(member.company, "member-removed", request=request, subject=member.user.email)


def may_vouch(owner: User, person: User) -> bool:
    """Whether an owner's word confirms a person's address: only where nobody else's firm relies on that account."""
    owned = Membership.objects.filter(user=owner, role=Role.OWNER).values("company")
    theirs = Membership.objects.filter(user=person)
    return theirs.filter(company__in=owned).exists() and not theirs.exclude(company__in=owned).exists()


def vouch(member: Membership, request: HttpRequest) -> bool:
    """The owner's word that a member's address is theirs; False where it is not enough."""
    assert isinstance(request.user, User)
    with transaction.atomic():
        if not may_vouch(request.user, member.user) or not addresses.confirm(member.user):
            return False
        report(member.company, "address-confirmed", request=request, subject=member.user.email)
    return True


def _locked_role(member: Membership, *, leaves_owners: bool) -> str:
    """The member's role now, empty for one who left; the company's people wait until the transaction ends."""
    Company.objects.select_for_update(no_key=True).get(pk=member.company_id)
    roles = dict(Membership.objects.filter(company=member.company_id).values_list("pk", "role"))
    now = str(roles.get(member.pk, ""))
    if leaves_owners and now == Role.OWNER and list(roles.values()).count(Role.OWNER) == 1:
        raise LastOwner
    return now


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()
