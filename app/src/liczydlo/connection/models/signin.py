"""Signing in with a document: one attempt with its state; and the ZAW-FA that a company without a seal files first."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.connection import vault
from liczydlo.web.reasons import Reason


class SignInState(models.TextChoices):
    """How far it has come."""

    SIGNING = "signing", _("Do podpisu")
    WORKING = "working", _("W toku")
    DONE = "done", _("Zakończono")
    FAILED = "failed", _("Nie udało się")


class SignIn(CompanyOwned):
    """At most one is under way in a company's environment. What is secret is emptied when it ends."""

    environment = models.CharField(max_length=10, choices=Environment)
    state = models.CharField(max_length=10, choices=SignInState, default=SignInState.SIGNING)
    document = models.BinaryField()  # the unsigned AuthTokenRequest
    valid_until = models.DateTimeField()  # of its challenge, by our clock
    signer = models.CharField(max_length=512, blank=True, default="")  # whose certificate signed it
    sealed_signed = models.BinaryField(default=b"")  # the signed document, until KSeF has answered it
    submitted = models.BooleanField(default=False)  # it has been sent; the answer may have been lost
    sealed_operation = models.BinaryField(default=b"")  # the login that KSeF is deciding on
    sealed_tokens = models.BinaryField(default=b"")  # the signer's login
    reason_json = models.JSONField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    address = models.CharField(max_length=45, blank=True, default="")  # of who uploaded it, for the audit log
    began_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment"],
                condition=models.Q(state__in=["signing", "working"]),
                name="one_sign_in_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.environment} {self.state}"

    def label(self, purpose: str) -> vault.Label:
        """The place that one of its secrets is sealed for."""
        return {"company_id": self.company_id, "row": f"{self.environment}/{self.pk}", "purpose": purpose}

    @property
    def reason(self) -> Reason | None:
        """Why it failed, or why it has to be signed again."""
        return Reason.from_json(self.reason_json)


class ZawFaState(models.TextChoices):
    """What has been done."""

    TO_FILE = "to-file", _("do złożenia")
    FILED = "filed", _("złożone, czeka na urząd")
    ACCEPTED = "accepted", _("przyjęte przez urząd")


class ZawFa(CompanyOwned):
    """The notice by which a company names the person who will manage its permissions; one in an environment."""

    environment = models.CharField(max_length=10, choices=Environment)
    state = models.CharField(max_length=10, choices=ZawFaState, default=ZawFaState.TO_FILE)
    person = models.CharField(max_length=160, blank=True)  # who is named in it
    filed_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment"], name="one_zawfa_per_environment"),
        ]

    def __str__(self) -> str:
        """How far it is."""
        return self.state
