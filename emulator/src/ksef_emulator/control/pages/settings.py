"""The page of small settings: pace of work, rate limits, the warning, the lag of storage, rotation of keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ...model.identity.keys import KeyUsage
from ...model.limits.rates import ANONYMOUS, GLOBAL, OTHER, UNLIMITED
from ...pages.fields import Wrong, decimal
from ...pages.model_forms import from_form, labels
from ...pages.words import Both, moment, span
from ..keys import Rotation, turn
from ..settings import (
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
from .overview import PROFILES, pace

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
ROTATIONS: dict[str, Both] = {
    "planned": (
        "Planowa: nowy klucz obok starego, stary działa jeszcze przez podany czas",
        "Planned: a new key beside the old one, which works for some time yet",
    ),
    "emergency": (
        "Awaryjna: stare klucze znikają od razu (kod 21470)",
        "Emergency: the old keys are gone at once (code 21470)",
    ),
    "certificate": ("Ten sam klucz, nowy certyfikat", "The same key, a new certificate"),
}
USAGES: dict[str, Both] = {
    "": ("oba", "both"),
    KeyUsage.SYMMETRIC_KEY: ("szyfrowanie faktur", "encryption of invoices"),
    KeyUsage.TOKEN: ("szyfrowanie tokenów", "encryption of tokens"),
}
LABELS = labels(ProgressSetting) | labels(WarningText) | labels(HighWaterMark) | labels(Rotation)

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
    hours = decimal(form, "hours", "0", "8784", LABELS["overlap"])
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
    return await shown(panel, request)


@router.post("/{form}")
async def change(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    name = request.path_params["form"]
    if name not in FORMS:
        return panel.show(request, "panel_absent.html", status=404)
    try:
        polish, english = await run_in_threadpool(FORMS[name], panel, form)
    except Wrong as wrong:
        return await shown(panel, request, status=400, error=wrong, fields=_fields(panel) | dict(form))
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


async def shown(panel: Panel, request: Request, **more: Any) -> Response:
    published = await run_in_threadpool(lambda: panel.emulator.keys.published)
    values: dict[str, Any] = {
        "fields": _fields(panel),
        "labels": LABELS,
        "profiles": PROFILES,
        "rates": _rates(panel.emulator.rate_limits.usual),
        "mark": moment(panel.emulator.metadata.mark(), seconds=True),
        "rotations": ROTATIONS,
        "usages": USAGES,
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
        for group, rates in sorted(usual.items(), key=lambda each: list(GROUPS).index(each[0]))
    ]
