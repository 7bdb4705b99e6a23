"""The app of sales."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from liczydlo.web.chips import CHIPS, Chip


class SalesConfig(AppConfig):
    """Invoices that the company issues."""

    name = "liczydlo.sales"

    def ready(self) -> None:
        """Make the sending job known to workers."""
        from liczydlo.sales import outbox  # noqa: F401, PLC0415 - registers the job; models come first

        CHIPS["held"] = Chip(label=_("Wstrzymana"), icon="circle-pause", tone="warn")
