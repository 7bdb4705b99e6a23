"""A company's passphrase: what is kept of it, and until when it is open."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from liczydlo.companies.models import Company, CompanyOwned
from liczydlo.connection import vault
from liczydlo.connection.passphrase import wrapping


class Passphrase(CompanyOwned):
    """That a company's private keys are under a passphrase, in all environments; at most one in a company.

    Neither the passphrase nor anything that opens a key by itself is kept; while it is open, its X25519 key is,
    sealed, so that all processes of the program can work.
    """

    salt = models.BinaryField()
    public_key = models.BinaryField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now(), editable=False)
    sealed_open = models.BinaryField(default=b"")
    open_until = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company"], name="one_passphrase_per_company"),)

    def __str__(self) -> str:
        return "open" if self.is_open() else "closed"

    @property
    def label(self) -> vault.Label:
        """The place that its open key is sealed for."""
        return {"company_id": self.company_id, "row": "passphrase", "purpose": "open-passphrase"}

    def is_open(self, now: dt.datetime | None = None) -> bool:
        """Whether the working session lasts."""
        return self.open_until is not None and (now or timezone.now()) < self.open_until

    def private(self, now: dt.datetime | None = None) -> bytes | None:
        """The key that unwraps while the session lasts. Raises VaultError."""
        return vault.unseal(bytes(self.sealed_open), **self.label) if self.is_open(now) else None


class Tries(CompanyOwned):
    """How often a person was wrong in a row, and until when that counts.

    A row, because a cache in a database counts many at once as one.
    """

    passphrase = models.ForeignKey(Passphrase, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    count = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["passphrase", "person"], name="one_count_of_tries_per_person"),
        )

    def __str__(self) -> str:
        return str(self.count)


def passphrase_of(company: Company) -> Passphrase | None:
    """The company's passphrase, if it has set one."""
    return Passphrase.objects.of(company).first()


def wrap_key(company: Company, key: bytes) -> bytes:
    """A private key as it is to be sealed: under the company's passphrase if it has one."""
    lock = passphrase_of(company)
    return wrapping.wrap(key, bytes(lock.public_key)) if lock is not None else key
