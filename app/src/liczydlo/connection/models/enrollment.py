"""Enrollments: certificates that KSeF is asked for, from the key to their place in the connection; expiry notices."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.connection import vault
from liczydlo.connection.models.credentials import Purpose
from liczydlo.web.reasons import Reason


class EnrollmentState(models.TextChoices):
    """How far a request has come."""

    PREPARED = "prepared", _("Przygotowany")  # key and CSR are made; KSeF may or may not have been asked
    SENT = "sent", _("W realizacji")  # KSeF gave a reference number
    ISSUED = "issued", _("Wydany")  # the certificate is here and fits the key
    IN_USE = "in-use", _("W użyciu")  # it is one of the connection's
    REFUSED = "refused", _("Odrzucony")
    GIVEN_UP = "given-up", _("Porzucony")  # somebody else's data were asked for afterwards


OPEN_STATES = (EnrollmentState.PREPARED, EnrollmentState.SENT, EnrollmentState.ISSUED)


class Enrollment(CompanyOwned):
    """One request; at most one of a purpose is open in a company's environment, so that none is asked for twice."""

    environment = models.CharField(max_length=10, choices=Environment)
    purpose = models.CharField(max_length=14, choices=Purpose)
    state = models.CharField(max_length=10, choices=EnrollmentState, default=EnrollmentState.PREPARED)
    name = models.CharField(max_length=100, unique=True)  # KSeF is asked by it when an answer was lost
    subject = models.CharField(max_length=64)  # SHA-256 of the data that the CSR repeats
    csr = models.BinaryField()  # DER
    sealed_key = models.BinaryField(default=b"")  # PKCS#8 DER; empty once it is in use elsewhere
    asked_at = models.DateTimeField(null=True)  # when KSeF was asked, whatever it answered
    remaining_before = models.PositiveIntegerField(null=True)  # requests that KSeF had left then
    reference = models.CharField(max_length=40, blank=True, default="")
    serial = models.CharField(max_length=64, blank=True, default="")
    certificate = models.BinaryField(default=b"")  # DER
    reason_json = models.JSONField(null=True)
    renewal = models.BooleanField(default=False)  # asked for by the company's own login, not by a signer's
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "purpose"],
                condition=models.Q(state__in=[state.value for state in OPEN_STATES]),
                name="one_open_enrollment_per_purpose",
            ),
        ]

    def __str__(self) -> str:
        """Its name and how far it has come."""
        return f"{self.name} ({self.state})"

    @property
    def label(self) -> vault.Label:
        """The place that the private key is sealed for."""
        return {
            "company_id": self.company_id,
            "row": self.name,
            "purpose": f"requested-key/{self.purpose}",
        }

    @property
    def reason(self) -> Reason | None:
        """Why it was refused."""
        return Reason.from_json(self.reason_json)


class ExpiryNotice(CompanyOwned):
    """A sent expiry warning; each (certificate, days before) is sent once."""

    fingerprint = models.CharField(max_length=64)
    days = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "fingerprint", "days"], name="one_expiry_notice_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        """How many days ahead."""
        return f"{self.days} days before the end of {self.fingerprint[:16]}"
