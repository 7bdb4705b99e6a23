"""The pages that switch faults on and off."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ...api.wire.operations import OPERATIONS
from ...faults import SECONDS, Fault
from ...pages.fields import Wrong, decimal, not_empty
from ...pages.model_forms import from_form, labels
from ...pages.words import Both, counted
from ..faults import STATUSES, FaultSetting
from .frame import Panel

FAULTS: dict[Fault, tuple[Both, Both]] = {
    Fault.SLOW: (
        ("Wolne odpowiedzi", "Slow answers"),
        ("Odpowiedź przychodzi po podanej liczbie sekund.", "An answer comes so many seconds later."),
    ),
    Fault.SERVER_ERROR: (
        ("Błąd serwera", "Server error"),
        (
            "Odpowiedzią jest błąd 5xx; nic nie zostaje wykonane.",
            "The answer is a 5xx error; nothing is done.",
        ),
    ),
    Fault.BAD_GATEWAY: (
        ("Strona 502 zamiast JSON", "A page 502 instead of JSON"),
        (
            "Odpowiada pośrednik, stroną HTML; nic nie zostaje wykonane.",
            "A gateway answers in HTML; nothing is done.",
        ),
    ),
    Fault.CUT: (
        ("Zerwane połączenie", "Cut connection"),
        (
            "Połączenie znika bez odpowiedzi; nic nie zostaje wykonane.",
            "It ends without an answer; nothing is done.",
        ),
    ),
    Fault.ANSWER_LOST: (
        ("Zgubiona odpowiedź", "Lost answer"),
        (
            "Żądanie zostaje wykonane, ale odpowiedź nie dochodzi.",
            "The request is carried out, the answer never comes.",
        ),
    ),
    Fault.MAINTENANCE: (
        ("Przerwa codziennie 16–18", "Break every day, 16–18"),
        (
            "Od 16:00 do 18:00 w Polsce API odpowiada stroną 502, jak TEST.",
            "From 16:00 to 18:00 in Poland: 502, as TEST.",
        ),
    ),
    Fault.LATARNIA_DOWN: (
        ("Latarnia nie odpowiada", "Latarnia does not answer"),
        (
            "/latarnia/status i /latarnia/messages odpowiadają stroną 502.",
            "Its two addresses answer with a page 502.",
        ),
    ),
    Fault.INVOICE_STUCK: (
        ("Faktura bez końca w toku", "Invoice never done"),
        (
            "Wysłany dokument stoi na 150, aż usterka zniknie.",
            "A document sent now stays at 150 until this is off.",
        ),
    ),
    Fault.LOGIN_STUCK: (
        ("Logowanie bez końca w toku", "Login never done"),
        (
            "Rozpoczęte logowanie stoi na 100, aż usterka zniknie.",
            "A login begun now stays at 100 until this is off.",
        ),
    ),
    Fault.EXPORT_STUCK: (
        ("Eksport bez końca w toku", "Export never done"),
        (
            "Rozpoczęty eksport stoi na 100, aż usterka zniknie.",
            "An export begun now stays at 100 until this is off.",
        ),
    ),
    Fault.EXPORT_CANCELLED: (
        ("Anulowany eksport", "Cancelled export"),
        ("Eksport kończy się kodem 550.", "An export ends with code 550."),
    ),
    Fault.SESSION_COOLDOWN: (
        ("Sesja zaraz po sesji", "Session right after a session"),
        (
            "Sesja otwarta w podanej liczbie sekund po zamknięciu poprzedniej kończy się kodem 415.",
            "A session opened within so many seconds after the last one was closed ends with code 415.",
        ),
    ),
    Fault.SESSION_UNAVAILABLE: (
        ("Sesja tymczasowo niedostępna", "Session temporarily unavailable"),
        (
            "Faktura wysłana w sesji interaktywnej jest odrzucana z kodem 21184: spróbuj później albo otwórz inną.",
            "An invoice sent in an interactive session is refused with code 21184: try later or open another.",
        ),
    ),
    Fault.SIGNATURE_CONFLICT: (
        ("Konflikt podpisu", "Conflict of the signature"),
        (
            "Podpisane logowanie jest odrzucane z kodem 21406, choć nic mu nie brakuje.",
            "A signed login is refused with code 21406, though nothing is wrong with it.",
        ),
    ),
}
"""What each fault is called, and what happens."""
HERE = "/panel/usterki"
LABELS = labels(FaultSetting)
OF_WORK = frozenset(
    {
        Fault.INVOICE_STUCK,
        Fault.LOGIN_STUCK,
        Fault.EXPORT_STUCK,
        Fault.EXPORT_CANCELLED,
        Fault.SESSION_COOLDOWN,
        Fault.SESSION_UNAVAILABLE,
        Fault.SIGNATURE_CONFLICT,
    }
)
"""Faults of work under way; the others are of requests, and can be narrowed to some of them."""
BACK = frozenset({HERE, "/panel/latarnia", "/panel/zdarzenia"})
"""Pages with a switch of a fault, which are shown again afterwards."""
_TIMES = ("raz", "razy", "razy")


def router(panel: Panel) -> APIRouter:
    """The list, and the settings of each."""
    pages = APIRouter(prefix=HERE)
    faults = panel.emulator.faults

    @pages.get("")
    async def listing(request: Request) -> Response:
        rows = [
            {
                "name": name.value,
                "title": FAULTS[name][0],
                "text": FAULTS[name][1],
                "setting": state.setting,
                "happened": counted(state.happened, _TIMES, "time"),
            }
            for name, state in faults.states().items()
        ]
        return panel.show(
            request, "panel_faults.html", rows=rows, on=sum(1 for row in rows if row["setting"])
        )

    @pages.post("")
    async def clear(request: Request) -> Response:
        await panel.form(request)
        for fault in Fault:
            faults.off(fault)
        return panel.done(request, HERE, "Wszystkie usterki są wyłączone.", "All faults are off.")

    @pages.get("/{fault}")
    async def one(request: Request) -> Response:
        name = _fault(request)
        return _shown(request, name) if name else panel.show(request, "panel_absent.html", status=404)

    @pages.post("/{fault}")
    async def switch(request: Request) -> Response:
        form = await panel.form(request)
        name = _fault(request)
        if name is None:
            return panel.show(request, "panel_absent.html", status=404)
        where = str(form["back"]) if form.get("back") in BACK else HERE
        polish, english = FAULTS[name][0]
        if form.get("off"):
            faults.off(name)
            return panel.done(request, where, f"Wyłączone: {polish}.", f"Off: {english}.")
        try:
            faults.set(name, _setting(form).setting())
        except Wrong as wrong:
            return _shown(request, name, status=400, error=wrong, fields=form)
        return panel.done(request, where, f"Włączone: {polish}.", f"On: {english}.")

    def _shown(request: Request, name: Fault, **more: Any) -> Response:
        setting = faults.setting(name)
        values: dict[str, Any] = {
            "name": name.value,
            "title": FAULTS[name][0],
            "text": FAULTS[name][1],
            "on": setting is not None,
            "fields": _fields(setting, SECONDS.get(name)),
            "seconds": SECONDS.get(name),
            "labels": LABELS,
            "of_work": name in OF_WORK,
            "has_status": name is Fault.SERVER_ERROR,
            "statuses": sorted(STATUSES),
            "operations": [f"{each.method} {each.path}" for each in OPERATIONS],
        }
        values |= more
        kept = values["fields"]
        values["chosen"] = kept.get("operation_all", [kept["operation"]] if kept.get("operation") else [])
        return panel.show(request, "panel_fault.html", **values)

    return pages


def _fault(request: Request) -> Fault | None:
    return next((each for each in Fault if each == request.path_params["fault"]), None)


def _fields(setting: Any, seconds: float | None) -> dict[str, Any]:
    if setting is None:
        usual = f"{seconds:g}" if seconds is not None else ""
        return {"percent": "100", "seed": "0", "skip": "0", "status": "503", "seconds": usual}
    return {
        "percent": f"{setting.probability * 100:g}",
        "seed": str(setting.seed),
        "skip": str(setting.skip),
        "times": str(setting.times or ""),
        "path": setting.path or "",
        "seconds": f"{setting.seconds:g}" if setting.seconds is not None else "",
        "status": str(setting.status),
        "operation_all": list(setting.operations or ()),
    }


def _setting(form: Any) -> FaultSetting:
    """A bare switch is every time, to everything. Raises Wrong."""
    if "percent" not in form:
        return FaultSetting()
    percent = not_empty(
        decimal(form, "percent", "0", "100", LABELS["probability"]), "percent", LABELS["probability"]
    )
    return from_form(FaultSetting, form, {"operations": "operation"}, probability=float(percent) / 100)
