"""Certificates in the portal: asking for one, the list, downloading again, revoking.

The key pair and the request are made in the browser (``static/request.js``); what arrives here is the request alone.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import APIRouter, Request, Response

from .. import problems
from ..intake.polish_time import from_polish_local, in_poland, polish_day
from ..login import csr
from ..model.access.logins import Principal
from ..model.identity.certificate import (
    Certificate,
    CertificateLimit,
    CertificateStatus,
    EnrollmentLimit,
    Filter,
    RefusedRequest,
)
from ..pages import paged
from ..pages.fields import NAME, Wrong, of_problem, required_text
from .frame import CurrentPortal, Member, Portal

HERE = "/portal/certyfikaty"
FURTHEST_START = timedelta(days=90)
PAGES = (10, 20, 50)
REASONS = ("Unspecified", "Superseded", "KeyCompromise")
USAGES: tuple[Literal["Authentication", "Offline"], ...] = ("Authentication", "Offline")

router = APIRouter(prefix=HERE)


@router.get("")
async def listing(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    query = request.query_params
    search = Filter(
        serial=query.get("serial", "").strip().upper() or None,
        name=query.get("name", "").strip() or None,
        usage=query.get("usage") if query.get("usage") in USAGES else None,
        status=_status(query.get("status", "")),
    )
    certificates = portal.emulator.certificates.query(principal.subject, search)
    now = portal.emulator.clock.now()
    return portal.show(
        request,
        "certificates.html",
        **paged(request, certificates, lambda one: _row(one, now), PAGES),
        filters={key: query.get(key, "") for key in ("serial", "name", "usage", "status")},
        statuses=list(CertificateStatus),
        limits=_limits(portal, principal),
        done=query.get("done", ""),
    )


@router.get("/wniosek")
async def request_form(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    return _form(portal, request, principal)


@router.post("/wniosek")
async def enrol(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    form = await portal.form(request)
    try:
        reference = _enrol(portal, principal, form)
    except Wrong as wrong:
        return _form(portal, request, principal, status=400, error=wrong)
    return portal.go(request, f"{HERE}/wniosek/{reference}")


@router.get("/wniosek/{reference}")
async def state(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    enrollment = portal.emulator.certificates.by_reference(
        principal.subject, request.path_params["reference"]
    )
    if enrollment is None:
        return portal.show(request, "absent.html", status=404)
    refused = isinstance(enrollment, RefusedRequest) and enrollment.decided
    issued = isinstance(enrollment, Certificate) and enrollment.issued
    answer = portal.show(request, "request_state.html", enrollment=enrollment, refused=refused, issued=issued)
    if not refused and not issued:
        answer.headers["Refresh"] = "2"
    return answer


@router.get("/{serial}.crt")
async def download(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    certificate = portal.emulator.certificates.owned(principal.subject, request.path_params["serial"])
    if certificate is None:
        return portal.show(request, "absent.html", status=404)
    pem = x509.load_der_x509_certificate(certificate.certificate).public_bytes(Encoding.PEM)
    name = quote(f"{certificate.name}.crt", safe="")
    headers = {"Content-Disposition": f"attachment; filename=certyfikat.crt; filename*=UTF-8''{name}"}
    return portal.with_cookie(
        request, Response(pem, media_type="application/x-x509-user-cert", headers=headers)
    )


@router.get("/{serial}/uniewaznij")
async def confirm(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    certificate = portal.emulator.certificates.owned(principal.subject, request.path_params["serial"])
    if certificate is None:
        return portal.show(request, "absent.html", status=404)
    row = _row(certificate, portal.emulator.clock.now())
    return portal.show(request, "revoke.html", row=row, reasons=REASONS, error="")


@router.post("/{serial}/uniewaznij")
async def revoke(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    form = await portal.form(request)
    certificate = portal.emulator.certificates.owned(principal.subject, request.path_params["serial"])
    if certificate is None:
        return portal.show(request, "absent.html", status=404)
    now = portal.emulator.clock.now()
    if certificate.status(now) is not CertificateStatus.ACTIVE or form.get("reason") not in REASONS:
        wrong = Wrong(
            "Unieważnić można tylko aktywny certyfikat; wybierz powód.",
            "Only an active certificate can be revoked; choose a reason.",
        )
        row = _row(certificate, now)
        return portal.show(request, "revoke.html", status=400, row=row, reasons=REASONS, error=wrong)
    portal.emulator.certificates.revoke(certificate.serial, form["reason"])
    return portal.go(request, f"{HERE}?done={certificate.serial}")


def _form(
    portal: Portal, request: Request, principal: Principal, *, status: int = 200, error: Any = ""
) -> Response:
    try:
        data = csr.data(principal.certificate) if principal.certificate is not None else {}
    except problems.Problem:
        data = {}
    name = [[csr.ATTRIBUTES[word].dotted_string, value] for word, value in data.items()]
    today = polish_day(portal.emulator.clock.now())
    return portal.show(
        request,
        "request.html",
        status=status,
        error=error,
        subject=json.dumps(name, ensure_ascii=False),
        known=bool(name),
        today=today.isoformat(),
        furthest=(today + FURTHEST_START).isoformat(),
        limits=_limits(portal, principal),
    )


def _limits(portal: Portal, principal: Principal) -> dict[str, int]:
    requests, owned = portal.emulator.certificates.remaining(principal.subject)
    most = portal.emulator.limits.subject(principal.subject)
    return {
        "requests": requests,
        "most_requests": most.enrollments,
        "owned": owned,
        "most_owned": most.certificates,
    }


def _enrol(portal: Portal, principal: Principal, form: Any) -> str:
    name = required_text(form, "name", NAME)
    usage = form.get("usage")
    if usage not in USAGES:
        raise Wrong("Wybierz przeznaczenie certyfikatu.", "Choose what the certificate is for.", "usage")
    try:
        if principal.certificate is None:
            raise problems.no_enrollment()
        request = csr.read(_der(form.get("csr", "")), principal.certificate)
        enrolment = portal.emulator.certificates.enrol(
            principal.subject,
            name=name,
            usage=usage,
            request=request,
            valid_from=_start(portal, form.get("start", "")),
        )
    except problems.Problem as problem:
        raise of_problem(problem, "Wniosek odrzucony", "The request was refused") from problem
    except EnrollmentLimit as error:
        raise Wrong("Wykorzystano limit wniosków o certyfikat.", "No more requests are allowed.") from error
    except CertificateLimit as error:
        raise Wrong(
            "Wykorzystano limit aktywnych certyfikatów; unieważnij niepotrzebny.",
            "No more active certificates are allowed; revoke one that is not needed.",
        ) from error
    return enrolment.reference


def _start(portal: Portal, text: str) -> datetime:
    """The beginning of a Polish day, or now for today. Raises Wrong."""
    now = portal.emulator.clock.now()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Wrong("Podaj datę początku ważności.", "Give the first day.", "start") from error
    today = polish_day(now)
    if not today <= day <= today + FURTHEST_START:
        raise Wrong(
            "Certyfikat może obowiązywać od dziś, najpóźniej za 90 dni.",
            "A certificate begins today, or in 90 days at the latest.",
            "start",
        )
    if day == today:
        return now
    return from_polish_local(datetime.combine(day, time())).astimezone(UTC)


def _der(text: str) -> bytes:
    """Raises problem 25004."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise problems.bad_csr() from error


def _row(certificate: Certificate, now: datetime) -> dict[str, Any]:
    return {
        "serial": certificate.serial,
        "name": certificate.name,
        "usage": certificate.usage,
        "subject": f"{certificate.subject.type.upper()}: {certificate.subject.value}",
        "owner": certificate.common_name,
        "from": in_poland(certificate.valid_from).strftime("%d.%m.%Y"),
        "to": in_poland(certificate.valid_to).strftime("%d.%m.%Y"),
        "status": certificate.status(now),
    }


def _status(text: str) -> CertificateStatus | None:
    values: Sequence[str] = list(CertificateStatus)
    return CertificateStatus(text) if text in values else None
