"""Whose e-mail address an account really has; allauth lets nobody switch on two-factor login before that is known.

Three ways: the installation's word for who makes the first account or has its shell, a letter, an owner's word for
a person of their firms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import transaction

if TYPE_CHECKING:
    from liczydlo.companies.users import User


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
