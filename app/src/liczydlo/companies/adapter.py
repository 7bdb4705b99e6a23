"""What allauth asks us: nobody signs up by themselves; the owner makes the first account and invites the rest."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes the public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Always closed."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Nothing to do: an account is its e-mail address."""
