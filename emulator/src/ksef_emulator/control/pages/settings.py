"""The page of small settings: pace of work, rate limits, the warning, the lag of storage, rotation of keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ...model.limits.rates import ANONYMOUS, GLOBAL, OTHER, UNLIMITED
from ...pages.fields import Wrong, decimal
from ...pages.model_forms import form_field, from_form
from ...pages.words import Both, moment, span
from ..keys import USAGES, Rotation, turn
from ..settings import (
    PROFILES,
    HighWaterMark,
    ProgressSetting,
    RateLimitProfile,
    WarningText,
    use_lag,
    use_profile,
    use_progress,
    use_warning,
)
from .frame import CurrentPanel, Panel
from .overview import pace

HERE = "/panel/ustawienia"
GROUPS: dict[str, Both] = {
    "onlineSession": ("Otwarcie sesji interaktywnej", "Opening an interactive session"),
    "onlineSessionClose": ("Zamknięcie sesji interaktywnej", "Closing an interactive session"),
    "batchSession": ("Otwarcie sesji wsadowej", "Opening a batch session"),
    "batchSessionClose": ("Zamknięcie sesji wsadowej", "Closing a batch session"),
    "invoiceSend": ("Wysłanie faktury", "Sending an invoice"),
    "invoiceStatus": ("Status faktury", "An invoice's status"),
    "sessionList": ("Lista sesji", "List of sessions"),
    "sessionInvoiceList": ("Lista faktur sesji", "List of a session's invoices"),
    "sessionMisc": ("Inne pytania o sesję", "Other questions about a session"),
    "invoiceMetadata": ("Zapytanie o metadane", "Query of metadata"),
    "invoiceExport": ("Zlecenie eksportu", "Ordering an export"),
    "invoiceExportStatus": ("Status eksportu", "An export's status"),
    "invoiceDownload": ("Pobranie faktury", "Downloading an invoice"),
    "collectiveIdentifier": ("Identyfikatory zbiorcze", "Collective identifiers"),
    OTHER: ("Każda inna operacja", "Each other operation"),
    ANONYMOUS: ("Bez tokena, z jednego adresu", "Without a token, from one address"),
    GLOBAL: ("Wszystko z jednego adresu", "Everything from one address"),
}
INPUTS = {
    "polls": form_field(ProgressSetting, "polls"),
    "seconds": form_field(ProgressSetting, "seconds"),
    "profile": form_field(RateLimitProfile, "profile"),
    "text": form_field(WarningText, "text"),
    "lag": form_field(HighWaterMark, "lag"),
    "kind": form_field(Rotation, "kind"),
    "usage": form_field(Rotation, "usage", empty=("oba", "both")),
    "algorithm": form_field(Rotation, "algorithm"),
    "hours": form_field(Rotation, "overlap", place="hours"),
}

router = APIRouter(prefix=HERE)


def progress(panel: Panel, form: Any) -> Both:
    use_progress(panel.emulator, from_form(ProgressSetting, form))
    polish, english = pace(panel.emulator.progress)
    return f"Praca w toku kończy się {polish}.", f"Work under way is done {english}."


def limits(panel: Panel, form: Any) -> Both:
    use_profile(panel.emulator, from_form(RateLimitProfile, form))
    polish, english = PROFILES[panel.emulator.rate_limits.profile]
    return f"Limity żądań: {polish}.", f"Rate limits: {english}."


def warning(panel: Panel, form: Any) -> Both:
    use_warning(panel.emulator, from_form(WarningText, form))
    if panel.emulator.warning is None:
        return "Odpowiedzi nie mają ostrzeżenia.", "Answers carry no warning."
    return "Każda odpowiedź ma teraz to ostrzeżenie.", "Every answer carries this warning now."


def lag(panel: Panel, form: Any) -> Both:
    use_lag(panel.emulator, from_form(HighWaterMark, form))
    polish, english = span(panel.emulator.metadata.lag)
    return f"Opóźnienie trwałego zapisu: {polish}.", f"Lag of permanent storage: {english}."


def keys(panel: Panel, form: Any) -> Both:
    hours = decimal(form, "hours", "0", "8784", INPUTS["hours"].label)
    ready: dict[str, Any] = {"overlap": float(hours) * 3600} if hours is not None else {}
    turn(panel.emulator.keys, from_form(Rotation, form, **ready))
    return "Klucze publiczne są wymienione.", "The public keys are rotated."


FORMS: dict[str, Callable[[Panel, Any], Both]] = {
    "tempo": progress,
    "limity": limits,
    "ostrzezenie": warning,
    "hwm": lag,
    "klucze": keys,
}


@router.get("")
async def page(panel: CurrentPanel, request: Request) -> Response:
    return await render(panel, request)


@router.post("/{form}")
async def change(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    name = request.path_params["form"]
    if name not in FORMS:
        return panel.show(request, "panel_absent.html", status=404)
    try:
        polish, english = await run_in_threadpool(FORMS[name], panel, form)
    except Wrong as wrong:
        return await render(panel, request, status=400, error=wrong, fields=_fields(panel) | dict(form))
    return panel.done(request, f"{HERE}#{name}", polish, english)


def _fields(panel: Panel) -> dict[str, str]:
    return {
        "polls": str(panel.emulator.progress.polls),
        "seconds": f"{panel.emulator.progress.seconds:g}",
        "profile": panel.emulator.rate_limits.profile,
        "text": panel.emulator.warning or "",
        "lag": f"{panel.emulator.metadata.lag.total_seconds():g}",
        "hours": "720",
        "kind": "planned",
        "algorithm": "RSA",
    }


async def render(panel: Panel, request: Request, **more: Any) -> Response:
    published = await run_in_threadpool(lambda: panel.emulator.keys.published)
    values: dict[str, Any] = {
        "fields": _fields(panel),
        "inputs": INPUTS,
        "rates": _rates(panel.emulator.rate_limits.usual),
        "mark": moment(panel.emulator.metadata.mark(), seconds=True),
        "keys": [
            {
                "usage": USAGES[key.usage],
                "id": key.key_id,
                "since": moment(key.certificate.not_valid_before_utc),
                "until": moment(key.until) if key.until else "",
            }
            for key in published
        ],
    }
    return panel.show(request, "panel_settings.html", **(values | more))


def _rates(usual: Any) -> list[dict[str, Any]]:
    """Every group with its three windows, as text."""
    return [
        {
            "name": GROUPS.get(group, (group, group)),
            "counts": [
                "–" if count == UNLIMITED else str(count)
                for count in (rates.per_second, rates.per_minute, rates.per_hour)
            ],
        }
        for group, rates in sorted(usual.items(), key=lambda one: list(GROUPS).index(one[0]))
    ]
