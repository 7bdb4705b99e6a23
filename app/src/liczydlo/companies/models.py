"""Companies, who belongs to them, and the base of every table that belongs to a company."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liczydlo.companies.users import User as User  # noqa: PLC0414 - Django looks for AUTH_USER_MODEL here


class Environment(models.TextChoices):
    """The KSeF that a company works with; a certificate of one is unknown to the others (ksef-docs srodowiska.md)."""

    EMULATOR = "EMULATOR", _("Emulator")
    TEST = "TEST", _("Test")
    DEMO = "DEMO", _("Demo")
    PRODUKCJA = "PRODUKCJA", _("Produkcja")


class Kind(models.TextChoices):
    """What a firm is; it decides how its people get into KSeF."""

    SOLE = "sole", _("Firma jednoosobowa")
    COMPANY = "company", _("Spółka")


class OfflinePause(models.IntegerChoices):
    """How long an invoice issued offline waits before the program sends it, in minutes."""

    NONE = 0, _("od razu, gdy KSeF odpowiada")
    QUARTER = 15, _("po 15 minutach")
    HOUR = 60, _("po godzinie")
    FOUR_HOURS = 240, _("po 4 godzinach")
    DAY = 1440, _("po 24 godzinach, przed terminem")


class FetchEvery(models.IntegerChoices):
    """How often received invoices are fetched, in minutes; KSeF asks for not more than every 15 (hwm.md)."""

    NEVER = 0, _("tylko na żądanie")
    QUARTER = 15, _("co 15 minut")
    HALF = 30, _("co pół godziny")
    HOUR = 60, _("co godzinę")
    FOUR_HOURS = 240, _("co 4 godziny")


class UndoTime(models.IntegerChoices):
    """How long after „Wyślij do KSeF" an invoice can still be taken back, in seconds."""

    NONE = 0, _("od razu")
    QUARTER = 15, _("po 15 sekundach")
    HALF = 30, _("po 30 sekundach")
    MINUTE = 60, _("po minucie")
    TWO_MINUTES = 120, _("po 2 minutach")


class Role(models.TextChoices):
    """What a member may do in a company."""

    OWNER = "owner", _("Właściciel")
    ACCOUNTANT = "accountant", _("Księgowość")
    ISSUER = "issuer", _("Wystawianie faktur")
    VIEWER = "viewer", pgettext_lazy("rola", "Podgląd")


class Company(models.Model):
    """A firm whose invoices are kept here."""

    nip = models.CharField(_("NIP"), max_length=10, db_index=True)  # whose it is: ProvedNip
    name = models.CharField(_("nazwa"), max_length=512)
    kind = models.CharField(_("rodzaj"), max_length=10, choices=Kind, default=Kind.SOLE)
    line1 = models.CharField(_("ulica i numer"), max_length=512)
    line2 = models.CharField(_("kod pocztowy i miejscowość"), max_length=512, blank=True)
    email = models.EmailField(_("adres e-mail na fakturach"), blank=True)
    phone = models.CharField(_("telefon na fakturach"), max_length=16, blank=True)
    bank_account = models.CharField(_("numer rachunku bankowego"), max_length=34, blank=True)
    environment = models.CharField(
        _("środowisko KSeF"), max_length=10, choices=Environment, default=Environment.EMULATOR
    )
    offline_pause = models.PositiveSmallIntegerField(
        _("wysyłka faktur offline"), choices=OfflinePause, default=OfflinePause.HOUR
    )  # minutes
    fetch_every = models.PositiveSmallIntegerField(
        _("pobieranie zakupów"), choices=FetchEvery, default=FetchEvery.QUARTER
    )  # minutes
    undo_seconds = models.PositiveSmallIntegerField(
        _("czas na cofnięcie wysłania"), choices=UndoTime, default=UndoTime.NONE
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="companies")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("firma")
        verbose_name_plural = _("firmy")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The company's own page, „Pulpit"."""
        return reverse("home:dashboard", args=[self.pk])


class Membership(models.Model):
    """That a person belongs to a company, and as what."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    company = models.ForeignKey(Company, models.CASCADE, related_name="memberships")
    role = models.CharField(_("rola"), max_length=10, choices=Role, default=Role.VIEWER)
    used_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "company"], name="one_membership_per_person"),
        ]

    def __str__(self) -> str:
        """Who, where, as what."""
        return f"{self.user} · {self.company} · {self.get_role_display()}"


class CompanyOwnedQuerySet(models.QuerySet):  # type: ignore[type-arg]  # Django is not generic at run time
    """Rows that belong to companies."""

    def of(self, company: Company) -> Self:
        """Only the company's own rows; every query of the application goes through this."""
        return self.filter(company=company)


class CompanyOwned(models.Model):
    """The base of every table that belongs to a company; its rows are reached by ``Model.objects.of(company)``."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")

    objects = CompanyOwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class Invitation(CompanyOwned):
    """That a person may join; known by the hash of the code in their link."""

    email = models.EmailField(_("adres e-mail"))
    role = models.CharField(_("rola"), max_length=10, choices=Role)
    code_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the code, lower-case hex
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "email"], name="one_invitation_per_address"),
        ]

    def __str__(self) -> str:
        """Whom, where to; never the code."""
        return f"{self.email} · {self.company_id}"


class ProvedNip(CompanyOwned):
    """That a company logged in to KSeF for its NIP; in an environment a NIP is one company's (see ``nips``)."""

    nip = models.CharField(_("NIP"), max_length=10)
    environment = models.CharField(max_length=10, choices=Environment)
    proved_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["nip", "environment"], name="one_company_per_proved_nip"),
        ]

    def __str__(self) -> str:
        return f"{self.nip} {self.environment}"


class SavedFilter(CompanyOwned):
    """Filters of a list under a name: one person's, or with ``person`` None the whole company's.

    ``query`` is the list's own query string, without the place in it.
    """

    listing = models.CharField(max_length=20)  # of ``saved_filters.LISTS``
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "listing", "person", "name"], name="one_filter_per_name_of_a_person"
            ),
            models.UniqueConstraint(
                fields=["company", "listing", "name"],
                condition=models.Q(person__isnull=True),
                name="one_filter_per_name_of_the_company",
            ),
        ]

    def __str__(self) -> str:
        return self.name
