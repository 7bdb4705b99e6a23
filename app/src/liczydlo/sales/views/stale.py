"""What a page says when its draft was issued, deleted or changed by somebody else after it was opened."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.access import CompanyRequest
from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction
from liczydlo.sales import services
from liczydlo.sales.filters import HOMES
from liczydlo.sales.lifecycle import StaleDraft

TEXTS: Final = {
    "issued": _("Ta faktura jest już wystawiona."),
    "awaiting": _("Ta faktura czeka na numer faktury, do której się odnosi. Zatrzymaj ją, żeby ją zmienić."),
    "leaving": _("Ta faktura zaraz się wyśle. Cofnij wysłanie, żeby ją zmienić."),
    "deleted": _("Ten szkic został już usunięty."),
    "changed": _("Szkic zmieniono po otwarciu tej strony. Sprawdź go jeszcze raz; nic nie zostało wysłane."),
}

STALE: Final = {
    "changed": _(
        "Ten szkic zmienił w międzyczasie ktoś inny. Poniżej jest to, co wpisano tutaj: „Dalej” zastąpi tamtą zmianę,"
        " „Anuluj” ją zostawi."
    ),
    "deleted": _(
        "Ten szkic w międzyczasie usunięto. Poniżej jest to, co wpisano tutaj: „Dalej” zapisze nowy szkic."
    ),
}
"""What the form says above what was typed, where saving it is still possible."""
OUTRUN: Final = 409


def outrun(stale: StaleDraft) -> dict[str, Any]:
    """What the page of a form needs where somebody else was faster and saving is still possible: it shows what was
    typed, with the draft as it is now, so that saving it is a choice made knowingly. Raises ``stale`` for a draft that
    is edited no more."""
    if stale.why not in STALE:
        raise stale
    seen = services.draft_of(stale.invoice).digest if stale.invoice is not None else None
    return {"stale": STALE[stale.why], "seen": seen, "status": OUTRUN}


def say_stale(
    request: CompanyRequest,
    company: Company,
    stale: StaleDraft,
    *,
    direction: Direction | str = Direction.SALE,
) -> HttpResponse:
    """Tell it, and lead to the invoice as it is now, or to the list of ``direction`` when it is gone."""
    messages.info(request, TEXTS[stale.why])
    if stale.invoice is not None:
        return redirect(stale.invoice)
    return redirect(HOMES[Direction(direction)], company.pk)
