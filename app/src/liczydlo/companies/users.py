"""A person with an account: an e-mail address and a password (passkeys and TOTP are allauth's)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    _Manager = BaseUserManager["User"]
else:  # Django's own class is not subscriptable
    _Manager = BaseUserManager


class UserManager(_Manager):
    """Makes accounts; addresses are kept in lower case, so that one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account; without a password nobody can log in to it until one is set. Raises ValueError."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account that may do everything (``liczydlo manage createsuperuser``), its address confirmed."""
        from liczydlo.companies import addresses  # noqa: PLC0415 - allauth's model refers to this one

        user = self.create_user(email, password, is_superuser=True, is_staff=True, **fields)
        addresses.confirm(user)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find the account of an address, in whatever case it is typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who logs in. What they may do in a company is said by their membership."""

    email = models.EmailField(_("adres e-mail"), unique=True)
    name = models.CharField(_("imię i nazwisko"), max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    language = models.CharField(max_length=2, blank=True, default="")  # of letters; see ``languages``
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("użytkownik")
        verbose_name_plural = _("użytkownicy")

    def __str__(self) -> str:
        """The name a person gave, or their address."""
        return self.name or self.email
