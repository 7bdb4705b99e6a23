"""Whose e-mail address an account really has; allauth lets nobody switch on two-factor login before that is known.

Three ways: the installation's word for who makes the first account or has its shell, a letter, an owner's word for
a person of their firms.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from liczydlo.companies.models import Membership, Role, User


def confirm(user: User) -> bool:
    """Take the account's own address as theirs; False where it is another account's confirmed address."""
    with transaction.atomic():
        if EmailAddress.objects.filter(email=user.email, verified=True).exclude(user=user).exists():
            return False
        others = EmailAddress.objects.filter(user=user).exclude(email=user.email)
        others.filter(primary=True).update(primary=False)
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
    return True


def may_vouch(owner: User, person: User) -> bool:
    """Whether an owner's word confirms a person's address: only where nobody else's firm relies on that account."""
    owned = Membership.objects.filter(user=owner, role=Role.OWNER).values("company")
    theirs = Membership.objects.filter(user=person)
    return theirs.filter(company__in=owned).exists() and not theirs.exclude(company__in=owned).exists()
