"""Certificates of KSeF that were issued to anybody: how long they hold, what ends them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from ...model.identity.certificate import Certificate, CertificateStatus
from ...pages.fields import Wrong
from ...pages.words import Both, counted, day, moment
from .frame import CurrentPanel, Panel

HERE = "/panel/certyfikaty"
SOON = 30
"""Days left from which on a certificate is about to expire."""
BEFORE: tuple[tuple[Both, timedelta], ...] = (
    (("30 dni przed końcem", "30 days before the end"), timedelta(days=-30)),
    (("7 dni przed końcem", "7 days before the end"), timedelta(days=-7)),
    (("1 dzień przed końcem", "1 day before the end"), timedelta(days=-1)),
    (("dzień po końcu", "a day after the end"), timedelta(days=1)),
)
"""Where the clock may be set."""
REASONS: dict[str, Both] = {
    "Unspecified": ("nie podano", "not said"),
    "Superseded": ("zastąpiony innym", "superseded"),
    "KeyCompromise": ("klucz w cudzych rękach", "key compromised"),
}
STATES: dict[CertificateStatus, tuple[Both, str, str]] = {
    CertificateStatus.ACTIVE: (("Aktywny", "Active"), "good", "✓"),
    CertificateStatus.BLOCKED: (("Zablokowany", "Blocked"), "wait", "‖"),
    CertificateStatus.REVOKED: (("Unieważniony", "Revoked"), "bad", "✕"),
    CertificateStatus.EXPIRED: (("Wygasły", "Expired"), "wait", "◷"),
}
_DAYS = ("dzień", "dni", "dni")

router = APIRouter(prefix=HERE)


def row(panel: Panel, certificate: Certificate) -> dict[str, Any]:
    now = panel.emulator.clock.now()
    left = -((now - certificate.valid_to) // timedelta(days=1))  # a day begun is a day left
    status = certificate.status(now)
    state, tone, mark = STATES[status]
    return {
        "serial": certificate.serial,
        "name": certificate.name,
        "owner": certificate.common_name,
        "subject": f"{certificate.subject.type.upper()}: {certificate.subject.value}",
        "usage": ("Uwierzytelnienie", "Authentication")
        if certificate.usage == "Authentication"
        else ("Podpis linku", "Link signature"),
        "from": day(certificate.valid_from),
        "to": moment(certificate.valid_to),
        "left": counted(left, _DAYS, "day") if left > 0 else ("po terminie", "over"),
        "soon": left <= SOON,
        "week": (certificate.valid_to - timedelta(days=7)).isoformat(),
        "state": state,
        "tone": tone,
        "mark": mark,
        "status": status.value,
    }


@router.get("")
async def listing(panel: CurrentPanel, request: Request) -> Response:
    rows = [row(panel, certificate) for certificate in panel.emulator.certificates.everybodys()]
    return panel.show(request, "panel_certificates.html", rows=rows, base=panel.emulator.config.portal_base)


@router.get("/{serial}")
async def one(panel: CurrentPanel, request: Request) -> Response:
    return render(panel, request)


@router.post("/{serial}")
async def change(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    certificate = panel.emulator.certificates.by_serial(request.path_params["serial"])
    if certificate is None:
        return panel.show(request, "panel_absent.html", status=404)
    reason = form.get("reason", "")
    ended = certificate.status(panel.emulator.clock.now()) in (
        CertificateStatus.REVOKED,
        CertificateStatus.EXPIRED,
    )
    if reason not in REASONS or form.get("what") not in ("block", "revoke") or ended:
        wrong = Wrong(
            "Wybierz powód; zablokować albo unieważnić można tylko ważny certyfikat.",
            "Choose a reason; only a valid certificate can be blocked or revoked.",
        )
        return render(panel, request, status=400, error=wrong, fields=form)
    if form["what"] == "block":
        panel.emulator.certificates.block(certificate.serial, reason)
        return panel.done(
            request,
            HERE,
            f"Certyfikat {certificate.serial} jest zablokowany.",
            f"{certificate.serial} is blocked.",
        )
    panel.emulator.certificates.revoke(certificate.serial, reason)
    return panel.done(
        request,
        HERE,
        f"Certyfikat {certificate.serial} jest unieważniony.",
        f"{certificate.serial} is revoked.",
    )


def render(panel: Panel, request: Request, **more: Any) -> Response:
    certificate = panel.emulator.certificates.by_serial(request.path_params["serial"])
    if certificate is None:
        return panel.show(request, "panel_absent.html", status=404)
    values: dict[str, Any] = {
        "row": row(panel, certificate),
        "reasons": REASONS,
        "turns": [(label, (certificate.valid_to + by).isoformat()) for label, by in BEFORE],
        "fields": {"reason": "Unspecified"},
    }
    return panel.show(request, "panel_certificate.html", **(values | more))
