"""What connects a company with KSeF: its certificates with their sealed keys, and the login that is in use."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Final

from cryptography import x509
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.connection import vault
from liczydlo.connection.holders import Holder, holder_of
from liczydlo.ksef.errors import LoginRefused
from liczydlo.web import times
from liczydlo.web.reasons import Reason

VOID: Final = frozenset({"Blocked", "Revoked", "Expired"})
"""What KSeF says of a certificate that it no longer honours (OpenAPI, ``CertificateListItemStatus``)."""
SOON = dt.timedelta(days=30)  # from then on a page reminds of a certificate's end


class Purpose(models.TextChoices):
    """What a certificate is kept for; the values are KSeF's own (ksef-docs certyfikaty-KSeF.md)."""

    AUTHENTICATION = "Authentication", _("Certyfikat uwierzytelniający")
    OFFLINE = "Offline", _("Certyfikat offline")


class StoredCertificate(CompanyOwned):
    """A certificate with its private key; at most one of a purpose in a company's environment."""

    environment = models.CharField(max_length=10, choices=Environment)
    purpose = models.CharField(max_length=14, choices=Purpose)
    certificate = models.BinaryField()  # DER
    sealed_key = models.BinaryField()  # PKCS#8 DER, see vault
    under_passphrase = models.BooleanField(default=False)  # inside the seal, see ``passphrase.wrapping``
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the certificate, upper-case hex
    serial = models.CharField(max_length=64)  # as KSeF writes it and KOD II carries it
    subject_name = models.CharField(max_length=512)
    name = models.CharField(max_length=100, blank=True)  # as the owner called it
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    issued_by_ksef = models.BooleanField(default=True)  # else qualified or self-signed
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    proved_at = models.DateTimeField(null=True, editable=False)  # when KSeF last let it in or confirmed it
    # KSeF's own word: „Active", „Revoked"…; empty while it has said none
    ksef_status = models.CharField(max_length=10, blank=True, default="", editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)  # when KSeF said so
    asked_at = models.DateTimeField(
        null=True, editable=False
    )  # when it was asked last, with an answer or without

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "purpose"], name="one_certificate_per_purpose"
            ),
        ]

    def __str__(self) -> str:
        """Purpose and serial number."""
        return f"{self.purpose} {self.serial}"

    @property
    def label(self) -> vault.Label:
        """The place that the private key is sealed for."""
        return {
            "company_id": self.company_id,
            "row": f"{self.environment}/{self.fingerprint}",
            "purpose": f"private-key/{self.purpose}",
        }

    @property
    def holder(self) -> Holder:
        """Whose certificate it is."""
        return holder_of(x509.load_der_x509_certificate(bytes(self.certificate)))

    @property
    def days_left(self) -> int:
        """Whole days until it expires; negative afterwards."""
        return (self.not_after - times.now()).days

    @property
    def expired(self) -> bool:
        """Whether it is past its end."""
        return times.now() > self.not_after

    @property
    def is_void(self) -> bool:
        """Whether KSeF has said that it no longer honours it."""
        return self.ksef_status in VOID

    @property
    def expires_soon(self) -> bool:
        """Whether it is time to get the next one."""
        return times.now() + SOON > self.not_after


class StoredToken(CompanyOwned):
    """A KSeF token; at most one in a company's environment, and used only where there is no valid certificate."""

    environment = models.CharField(max_length=10, choices=Environment)
    reference = models.CharField(max_length=40)  # its first part; no secret
    sealed_token = models.BinaryField()  # the whole text, see vault
    description = models.CharField(max_length=256, blank=True)  # as whoever made it described it
    author = models.CharField(max_length=80, blank=True)  # kind and identifier of who made it
    permissions = models.JSONField(default=list)  # KSeF's names; fixed when it was made
    created_at = models.DateTimeField(null=True)  # when it was made in KSeF
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    proved_at = models.DateTimeField(null=True, editable=False)  # when KSeF last let it in

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment"], name="one_token_per_environment"),
        ]

    def __str__(self) -> str:
        """The reference; never the token."""
        return self.reference

    @property
    def label(self) -> vault.Label:
        """The place that the token is sealed for."""
        return {
            "company_id": self.company_id,
            "row": f"{self.environment}/{self.reference}",
            "purpose": "ksef-token",
        }

    @property
    def fingerprint(self) -> str:
        """What ``KsefLogin.fingerprint`` says of its logins (``ksef.KsefToken.fingerprint``)."""
        return f"token/{self.reference}"


class KsefLogin(CompanyOwned):
    """The login that all processes of the program share: KSeF's access and refresh tokens, sealed."""

    environment = models.CharField(max_length=10, choices=Environment)
    fingerprint = models.CharField(max_length=64)  # of the certificate or token that logged in
    sealed_tokens = models.BinaryField()
    refresh_valid_until = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment"], name="one_login_per_environment"),
        ]

    def __str__(self) -> str:
        """The environment; never a token."""
        return f"{self.environment} until {self.refresh_valid_until:%Y-%m-%d %H:%M}"

    @property
    def label(self) -> vault.Label:
        """The place that the tokens are sealed for."""
        return {
            "company_id": self.company_id,
            "row": f"{self.environment}/{self.fingerprint}",
            "purpose": "ksef-tokens",
        }


class RefusedLogin(CompanyOwned):
    """That KSeF does not let the company in with its present certificate or token; deleted by the next login."""

    environment = models.CharField(max_length=10, choices=Environment)
    fingerprint = models.CharField(max_length=64)  # of the certificate or token that was refused
    answer = models.JSONField()  # the fields of ksef.LoginRefused
    since = models.DateTimeField()  # of the first refusal in a row
    times = models.PositiveIntegerField(default=1)  # refusals in a row
    again_at = models.DateTimeField()  # KSeF is not asked before, unless a person wants it

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment"], name="one_refused_login_per_environment"
            ),
        ]

    def __str__(self) -> str:
        """KSeF's code and the moment."""
        return f"{self.answer['code']} since {self.since:%Y-%m-%d %H:%M}"

    @property
    def error(self) -> LoginRefused:
        """The refusal as it was raised, made again from ``answer``."""
        tuples = {name: tuple(value) for name, value in self.answer.items() if isinstance(value, list)}
        return LoginRefused(**{**self.answer, **tuples})

    @property
    def reason(self) -> Reason:
        """``error`` in both languages."""
        return Reason.of(self.error)
