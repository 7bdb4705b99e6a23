"""The audit log's rows: written once, each sealed to the one before it by a hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models

from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company, CompanyOwnedQuerySet

BEGINNING = "0" * 64  # what the first entry of a company follows


class AppendOnly(Exception):
    """The audit log was asked to change or forget an entry."""


class EntryQuerySet(CompanyOwnedQuerySet):
    """Entries can be read and added."""

    def update(self, **_fields: Any) -> NoReturn:
        """Always raises AppendOnly: an entry is never changed or removed."""
        raise AppendOnly("an entry of the audit log cannot be changed")

    def delete(self) -> NoReturn:
        """Always raises AppendOnly: an entry is never changed or removed."""
        raise AppendOnly("an entry of the audit log cannot be deleted")

    def bulk_update(self, *_args: Any, **_options: Any) -> NoReturn:
        """Always raises AppendOnly: an entry is never changed or removed."""
        raise AppendOnly("an entry of the audit log cannot be changed")


class Entry(models.Model):
    """One thing done; the database's own triggers keep it from being changed or deleted (see ``guards``).

    The person is kept by name, so that the entry needs no change when their account goes.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()  # 1, 2, 3… within the company, without gaps
    at = models.DateTimeField()
    action = models.CharField(
        max_length=40
    )  # an Action; unknown ones, of a newer program, are shown as they are
    environment = models.CharField(max_length=10)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    who = models.CharField(max_length=512, blank=True)  # name and e-mail; empty: the program by itself
    address = models.CharField(max_length=45, blank=True)  # IP address the request came from
    reference = models.CharField(max_length=100, blank=True)  # KSeF's reference number
    details = models.JSONField(default=dict)  # names and values for people; never a secret
    previous = models.CharField(max_length=64)  # digest of the entry before
    digest = models.CharField(max_length=64)  # SHA-256 of everything above, lower-case hex

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "number"], name="one_audit_entry_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"

    @property
    def label(self) -> str:
        """The action's name for people."""
        return str(Action(self.action).label) if self.action in Action.values else self.action

    def computed_digest(self) -> str:
        """What ``digest`` must be, from the entry's contents and ``previous``."""
        contents = [
            self.previous,
            self.company_id,
            self.number,
            self.at.timestamp(),
            self.action,
            self.environment,
            self.by_id,
            self.who,
            self.address,
            self.reference,
            self.details,
        ]
        text = json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def save(self, *args: Any, **options: Any) -> None:
        """Add the entry. Raises AppendOnly for one that is there already."""
        if not self._state.adding:
            raise AppendOnly("an entry of the audit log cannot be changed")
        super().save(*args, **options)

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Always raises AppendOnly: an entry is never changed or removed."""
        raise AppendOnly("an entry of the audit log cannot be deleted")
