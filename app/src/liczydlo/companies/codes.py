"""The codes of two-factor login: a code that was read in the last seconds of its thirty still opens the door, once."""

from __future__ import annotations

from typing import Any, Final

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.cache import cache

ACCEPTED_FOR: Final = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
"""Seconds in which one code is accepted: its own step, the one before and the one after it (RFC 6238 §5.2)."""


def _plain(code: str) -> str:
    """One spelling of a code that may be typed with spaces or dashes."""
    return "".join(filter(str.isalnum, code)).lower()


class _Once:
    """allauth remembers a used code for one step; with a tolerance it would be accepted again after that."""

    user: Any

    def clean_code(self) -> str:
        """The code, when it is right and was not used. Raises ``ValidationError`` else."""
        code: str = super().clean_code()  # type: ignore[misc]  # the form that this stands before
        if not cache.add(f"two-factor-code:{self.user.pk}:{_plain(code)}", True, ACCEPTED_FOR):
            raise get_adapter().validation_error("incorrect_code")
        return code


class LoginCodeForm(_Once, AuthenticateForm):  # type: ignore[misc]  # allauth carries no types
    """The second step of a login."""


class ConfirmationCodeForm(_Once, ReauthenticateForm):  # type: ignore[misc]  # allauth carries no types
    """A code asked again before a sensitive change."""
