"""What allauth asks us: nobody signs up by themselves; the owner makes the first account and invites the rest."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from liczydlo.web.caller import address_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes the public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries the limits count. Raises PermissionDenied where the server knows no address."""
        if not (address := address_of(request)):
            raise PermissionDenied("the caller's address is unknown")
        return address

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count against whoever typed them, not against the account: nobody locks its owner out."""
        return f"{address_of(request)}:{super()._get_login_attempts_cache_key(request, **credentials)}"

    def set_password(self, user: Any, password: str) -> None:
        """Only the password: the rest of the row may have been changed since it was read."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Nothing to do: an account is its e-mail address."""
