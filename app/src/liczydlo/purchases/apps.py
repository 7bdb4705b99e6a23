"""The app of purchases."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from liczydlo.purchases.states import Payment, State
from liczydlo.web.chips import CHIPS, Chip, Tone

LOOKS: Final[dict[str, tuple[str, Tone]]] = {
    "purchase-new": ("sparkle", "info"),
    "purchase-checked": ("check", "wait"),
    "purchase-booked": ("circle-check", "ok"),
    "purchase-hidden": ("eye-off", "muted"),
    "payment-due": ("banknote", "muted"),
    "payment-part": ("circle-dashed", "warn"),
    "payment-paid": ("circle-check", "ok"),
}
"""Icon and tone of each state and payment."""


class PurchasesConfig(AppConfig):
    """Invoices that the company receives."""

    name = "liczydlo.purchases"

    def ready(self) -> None:
        """Keep the index in step, make the jobs and the chips known, and let the day's first login begin to fetch."""
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 - models come first

        from liczydlo import guards  # noqa: PLC0415
        from liczydlo.companies.saved_filters import LISTS  # noqa: PLC0415
        from liczydlo.lookups.signals import answered, switched_on  # noqa: PLC0415
        from liczydlo.purchases import inbox, letters, reading  # noqa: F401, PLC0415 - registers jobs
        from liczydlo.purchases.guards import SYNC_TRIGGERS  # noqa: PLC0415
        from liczydlo.purchases.warnings import white_list, wording  # noqa: PLC0415

        guards.protect(self, SYNC_TRIGGERS)
        LISTS["purchases"] = "purchases:list"
        CHIPS["purchase-outside"] = Chip(label=_("Poza KSeF"), icon="cloud-off", tone="muted")
        for name, (icon, tone) in LOOKS.items():
            family, value = name.split("-")
            labels = State if family == "purchase" else Payment
            CHIPS[name] = Chip(label=labels(value).label, icon=icon, tone=tone)
        for code, (title, icon, tone) in wording.LOOKS.items():
            CHIPS[f"warning-{code}"] = Chip(label=title, icon=icon, tone=tone)
        CHIPS["purchase-reported"] = Chip(label=_("Zgłoszono nadużycie"), icon="flag", tone="bad")
        answered.connect(white_list.once_answered, dispatch_uid="purchases")
        switched_on.connect(white_list.ask_of_all, dispatch_uid="purchases")
        user_logged_in.connect(inbox.once_logged_in, dispatch_uid="purchases")
