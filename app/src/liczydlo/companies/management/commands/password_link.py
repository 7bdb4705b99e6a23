"""``liczydlo manage password_link ADDRESS``: a link that sets a password once, on the operator's terminal alone."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from liczydlo.companies.models import User


class Command(BaseCommand):
    """For an installation without a mail server, or for somebody whose mail does not arrive."""

    help = "Print a link by which the owner of an account sets a new password; it works once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and where the program is seen from."""
        parser.add_argument("email", help="the e-mail address of the account")
        parser.add_argument(
            "--address", default=_address(), help="how the program is opened (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's protocol
        """Print it; nothing is logged and nothing is sent."""
        try:
            user = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is no account with the address {options['email']}.") from error
        if not user.is_active:
            raise CommandError("This account is closed.")
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        path = reverse("account_reset_password_from_key", kwargs=key)
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        self.stdout.write(f"{options['address'].rstrip('/')}{path}")
        self.stdout.write(
            f"It works once, for {hours} hours. Give it to nobody but the owner of the account."
        )


def _address() -> str:
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in {"localhost", "127.0.0.1", "[::1]", "*"}]
    if hosts:
        return f"{'https' if settings.HTTPS else 'http'}://{hosts[0].lstrip('.')}"
    return "http://127.0.0.1:8080"
