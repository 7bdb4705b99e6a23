"""The app of webhooks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from liczydlo.web.chips import CHIPS, Chip


class WebhooksConfig(AppConfig):
    """Signed requests to a firm's other programs."""

    name = "liczydlo.webhooks"

    def ready(self) -> None:
        """Make the job and the chips known."""
        from liczydlo.webhooks import delivering  # noqa: F401, PLC0415 - registers the job; models come first

        CHIPS["webhook-waiting"] = Chip(label=_("Czeka"), icon="clock", tone="wait")
        CHIPS["webhook-delivered"] = Chip(label=_("Dostarczono"), icon="circle-check", tone="ok")
        CHIPS["webhook-failed"] = Chip(label=_("Nie dostarczono"), icon="circle-x", tone="bad")
