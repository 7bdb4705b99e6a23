"""The pages that switch faults on and off."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ...api.contract.operations import OPERATIONS
from ...faults import SECONDS, Fault
from ...pages.fields import Wrong, decimal, not_empty
from ...pages.model_forms import form_field, from_form, labels
from ...pages.words import counted
from ..faults import FAULTS, STATUSES, FaultSetting
from .frame import CurrentPanel, Panel

HERE = "/panel/usterki"
LABELS = labels(FaultSetting)
INPUTS = {name: form_field(FaultSetting, name) for name in ("seed", "skip", "times", "seconds")} | {
    "percent": form_field(FaultSetting, "probability", place="percent", required=True)
}
OF_WORK = frozenset(
    {
        Fault.INVOICE_STUCK,
        Fault.INVOICE_REFUSED,
        Fault.LOGIN_STUCK,
        Fault.EXPORT_STUCK,
        Fault.EXPORT_CANCELLED,
        Fault.EXPORT_CORRUPTED,
        Fault.EXPORT_DIFFERS,
        Fault.STORED_LATE,
        Fault.SESSION_COOLDOWN,
        Fault.SESSION_UNAVAILABLE,
        Fault.SIGNATURE_CONFLICT,
    }
)
"""Faults of work under way; the others are of requests, and can be narrowed to some of them."""
BACK = frozenset({HERE, "/panel/latarnia", "/panel/zdarzenia"})
"""Pages with a switch of a fault, which are shown again afterwards."""
_TIMES = ("raz", "razy", "razy")

router = APIRouter(prefix=HERE)


@router.get("")
async def listing(panel: CurrentPanel, request: Request) -> Response:
    rows = [
        {
            "name": name.value,
            "title": FAULTS[name][0],
            "text": FAULTS[name][1],
            "setting": state.setting,
            "happened": counted(state.happened, _TIMES, "time"),
        }
        for name, state in panel.emulator.faults.states().items()
    ]
    return panel.show(request, "panel_faults.html", rows=rows, on=sum(1 for row in rows if row["setting"]))


@router.post("")
async def clear(panel: CurrentPanel, request: Request) -> Response:
    await panel.form(request)
    for fault in Fault:
        panel.emulator.faults.off(fault)
    return panel.done(request, HERE, "Wszystkie usterki są wyłączone.", "All faults are off.")


@router.get("/{fault}")
async def one(panel: CurrentPanel, request: Request) -> Response:
    name = _fault(request)
    return _shown(panel, request, name) if name else panel.show(request, "panel_absent.html", status=404)


@router.post("/{fault}")
async def switch(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    name = _fault(request)
    if name is None:
        return panel.show(request, "panel_absent.html", status=404)
    where = str(form["back"]) if form.get("back") in BACK else HERE
    polish, english = FAULTS[name][0]
    if form.get("off"):
        panel.emulator.faults.off(name)
        return panel.done(request, where, f"Wyłączone: {polish}.", f"Off: {english}.")
    try:
        panel.emulator.faults.set(name, _setting(form).setting())
    except Wrong as wrong:
        return _shown(panel, request, name, status=400, error=wrong, fields=form)
    return panel.done(request, where, f"Włączone: {polish}.", f"On: {english}.")


def _shown(panel: Panel, request: Request, name: Fault, **more: Any) -> Response:
    setting = panel.emulator.faults.setting(name)
    values: dict[str, Any] = {
        "name": name.value,
        "title": FAULTS[name][0],
        "text": FAULTS[name][1],
        "on": setting is not None,
        "fields": _fields(setting, SECONDS.get(name)),
        "seconds": SECONDS.get(name),
        "labels": LABELS,
        "inputs": INPUTS,
        "of_work": name in OF_WORK,
        "has_status": name is Fault.SERVER_ERROR,
        "statuses": sorted(STATUSES),
        "operations": [f"{operation.method} {operation.path}" for operation in OPERATIONS],
    }
    values |= more
    typed = values["fields"]
    values["chosen"] = typed.get("operation_all", [typed["operation"]] if typed.get("operation") else [])
    return panel.show(request, "panel_fault.html", **values)


def _fault(request: Request) -> Fault | None:
    return next((fault for fault in Fault if fault == request.path_params["fault"]), None)


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
