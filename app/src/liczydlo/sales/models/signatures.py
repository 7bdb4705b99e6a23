"""Who signs: the certificates of the company's KOD II, and the seal on KSeF's receipts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from liczydlo.companies.models import Environment
from liczydlo.documents.models import WrittenOnce
from liczydlo.web import times


class SigningCertificate(WrittenOnce):
    """An offline certificate that has signed KOD II of the company; it outlives the stored one and its key.

    ``ksef_status`` is KSeF's last word on it and changes; ``connection.certificates.status`` brings it.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    serial = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the certificate, upper-case hex
    certificate = models.BinaryField()  # DER
    ksef_status = models.CharField(max_length=10, blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "fingerprint"], name="one_signing_certificate"
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class Signature(WrittenOnce):
    """Who signed an invoice's KOD II, and what KSeF had said of the certificate when it was signed."""

    invoice = models.OneToOneField("sales.Invoice", models.CASCADE, related_name="signature")
    certificate = models.ForeignKey(SigningCertificate, models.PROTECT, related_name="signatures")
    signed_at = models.DateTimeField(default=times.now)
    ksef_status = models.CharField(max_length=10, blank=True, default="")  # empty: KSeF had said nothing
    checked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"KOD II {self.invoice_id} {self.certificate}"


class UpoSigner(models.Model):
    """Who signs receipts in an environment of KSeF. The first one seen is taken at its word and held to from then on:
    the Ministry publishes no certificate of the seal. A later one is told of wherever its receipts are shown, until the
    company's owner has confirmed it.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the certificate, upper-case hex
    subject = models.CharField(max_length=1024)
    issuer = models.CharField(max_length=1024)
    first_seen_at = models.DateTimeField(default=times.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["environment", "fingerprint"], name="one_upo_signer"),
        ]

    def __str__(self) -> str:
        return self.subject


class ConfirmedSigner(WrittenOnce):
    """The company's owner has made sure, with the Ministry, that another signer's seal is KSeF's. It counts for this
    company alone."""

    signer = models.ForeignKey(UpoSigner, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=times.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "signer"], name="one_confirmation_per_signer"),
        ]

    def __str__(self) -> str:
        return str(self.signer)
