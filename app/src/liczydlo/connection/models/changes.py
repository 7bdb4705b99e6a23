"""Changes that KSeF is asked for in a person's name: permissions, tokens, logins, revocations."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.connection import vault
from liczydlo.web.reasons import Reason


class ChangeKind(models.TextChoices):
    """What KSeF is asked for; ``changes.kinds`` knows how."""

    GRANT = "grant", _("Nadanie uprawnień")
    REVOKE_PERMISSION = "revoke-permission", _("Odebranie uprawnienia")
    MAKE_TOKEN = "make-token", _("Nowy token")
    REVOKE_TOKEN = "revoke-token", _("Unieważnienie tokena")
    END_LOGIN = "end-login", _("Zakończenie sesji logowania")
    REVOKE_CERTIFICATE = "revoke-certificate", _("Unieważnienie certyfikatu")
    COLLECTIVE = "collective", _("Identyfikator zbiorczy")


class ChangeState(models.TextChoices):
    """How far a change has come."""

    ASKING = "asking", _("Wysyłane do KSeF")  # KSeF is being asked, or was and the answer is lost
    PENDING = "pending", _("KSeF wykonuje")  # KSeF has it and decides
    DONE = "done", _("Wykonane")
    FAILED = "failed", _("Nie wykonano")  # KSeF did not do it, or it was undone; the reason says why


OPEN_CHANGES = (ChangeState.ASKING, ChangeState.PENDING)


class RemoteChange(CompanyOwned):
    """One change, committed before KSeF is asked; KSeF's answer or its lists end it.

    ``asked_at`` empty: KSeF has certainly not been asked. ``lease_until``: until then the request (or the worker) that
    wrote it is at it; afterwards the job ``connection.changes`` goes on.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    kind = models.CharField(max_length=20, choices=ChangeKind)
    key = models.UUIDField()  # of the form: a second POST of it is the same change
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.ASKING)
    body = models.JSONField(default=dict)  # what KSeF is asked for; emptied at the end
    details = models.JSONField(default=dict)  # for people and the audit log
    reference = models.CharField(max_length=100, blank=True, default="")  # KSeF's
    sealed_token = models.BinaryField(default=b"")  # a new token, until somebody has seen it
    reason_json = models.JSONField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    address = models.CharField(max_length=45, blank=True, default="")
    began_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "key"], name="one_change_per_form"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["company", "lease_until"],
                name="open_changes",
                condition=models.Q(state__in=[state.value for state in OPEN_CHANGES]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def label(self) -> vault.Label:
        """The place that a new token is sealed for."""
        return {"company_id": self.company_id, "row": str(self.key), "purpose": "new-token"}

    @property
    def is_open(self) -> bool:
        """Whether KSeF's decision is not known yet."""
        return self.state in OPEN_CHANGES

    @property
    def is_in_doubt(self) -> bool:
        """Whether a change that ended may have been carried out all the same."""
        doubts = {"outcome-unknown", "several-tokens"}
        return self.reason is not None and self.reason.code in doubts

    @property
    def reason(self) -> Reason | None:
        """Why it failed, or why nobody knows yet."""
        return Reason.from_json(self.reason_json)
