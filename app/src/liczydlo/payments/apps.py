"""The app of payments."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from liczydlo.web.chips import CHIPS, Chip, Tone

LOOKS: Final[dict[str, tuple[str, Tone]]] = {
    "prepared": ("file-check", "info"),
    "downloaded": ("download", "wait"),
    "paid": ("circle-check", "ok"),
    "cancelled": ("ban", "muted"),
}
"""Icon and tone of each state of an order."""
STATES: Final[dict[str, Chip]] = {
    "line-open": Chip(label=_("Do dopasowania"), icon="circle-question-mark", tone="wait"),
    "line-part": Chip(label=_("Dopasowano część"), icon="circle-dashed", tone="warn"),
    "line-matched": Chip(label=_("Dopasowano"), icon="circle-check", tone="ok"),
    "line-aside": Chip(label=_("Nie dotyczy faktury"), icon="circle-slash", tone="muted"),
}
"""Of lines of statements."""


class PaymentsConfig(AppConfig):
    """The firm's bank accounts, what is paid from them, and what their statements say was paid."""

    name = "liczydlo.payments"

    def ready(self) -> None:
        """Make the chips known, the cards on pages of purchases and sales, and what a join of two purchases moves."""
        from liczydlo.contacts.privacy import STAYING  # noqa: PLC0415 - models come first
        from liczydlo.payments import joining  # noqa: PLC0415
        from liczydlo.payments.interest import notes  # noqa: PLC0415
        from liczydlo.payments.models import OrderState  # noqa: PLC0415
        from liczydlo.payments.views import phone, sales  # noqa: PLC0415
        from liczydlo.purchases.doubles import signals  # noqa: PLC0415
        from liczydlo.purchases.views import detail as purchase  # noqa: PLC0415
        from liczydlo.sales.views import detail as sale  # noqa: PLC0415

        CHIPS.update(STATES)
        for state in OrderState:
            icon, tone = LOOKS[state]
            CHIPS[f"transfers-{state}"] = Chip(label=state.label, icon=icon, tone=tone)
        STAYING["interest_notes"] = notes.of
        signals.joining.connect(joining.move)
        purchase.PANELS.append(phone.panel)
        sale.PANELS.append(sales.panel)
