"""Limits in force, and their change by tests (tag „Limity i ograniczenia"; ksef-docs limity/limity.md)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Response

from ..model.access.logins import Principal
from ..model.identity.subjects import Subject
from ..model.limits.counts import ContextLimits, SessionLimits
from ..model.limits.rates import OPEN_TO_CHANGE, PRODUCTION, Rates
from .answers import json_answer
from .limit_bodies import SAME_COLLECTIVE, SAME_RATES, RateLimitsBody, SessionLimitsBody
from .security import require
from .wire.limits import (
    ApiRateLimitsOverride,
    BatchSessionContextLimitsOverride,
    OnlineSessionContextLimitsOverride,
    SetSubjectLimitsRequest,
    SubjectIdentifierType,
)

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter(tags=["Limity i ograniczenia"])
    limits, rates = emulator.limits, emulator.rate_limits
    caller = Depends(require(emulator))

    @api.get("/limits/context")
    async def of_context(principal: Annotated[Principal, caller]) -> Response:
        found = limits.context(principal.context)
        return json_answer(
            {
                "onlineSession": _session(found.online),
                "batchSession": _session(found.batch),
                "collectiveIdentifier": {"maxInvoices": found.collective},
            }
        )

    @api.get("/limits/subject")
    async def of_subject(principal: Annotated[Principal, caller]) -> Response:
        found = limits.subject(principal.subject)
        return json_answer(
            {
                "enrollment": {"maxEnrollments": found.enrollments},
                "certificate": {"maxCertificates": found.certificates},
            }
        )

    @api.get("/rate-limits")
    async def of_requests(principal: Annotated[Principal, caller]) -> Response:
        found = rates.of(principal.context)
        return json_answer({group: _rates(each) for group, each in found.items()})

    @api.post("/testdata/limits/context/session")
    async def set_context(body: SessionLimitsBody, principal: Annotated[Principal, caller]) -> Response:
        collective = body.collectiveIdentifier.maxInvoices
        if body.collectiveIdentifier is SAME_COLLECTIVE:
            collective = limits.context(principal.context).collective
        wanted = ContextLimits(
            online=_session_limits(body.onlineSession),
            batch=_session_limits(body.batchSession),
            collective=collective,
        )
        limits.set_context(principal.context, wanted)
        return Response()

    @api.delete("/testdata/limits/context/session")
    async def restore_context(principal: Annotated[Principal, caller]) -> Response:
        limits.restore_context(principal.context)
        return Response()

    @api.post("/testdata/limits/subject/certificate")
    async def set_subject(body: SetSubjectLimitsRequest, principal: Annotated[Principal, caller]) -> Response:
        subject = _meant(emulator, principal.subject, body.subjectIdentifierType)
        wanted = limits.subject(subject)
        if body.enrollment is not None and body.enrollment.maxEnrollments is not None:
            wanted = replace(wanted, enrollments=body.enrollment.maxEnrollments)
        if body.certificate is not None and body.certificate.maxCertificates is not None:
            wanted = replace(wanted, certificates=body.certificate.maxCertificates)
        limits.set_subject(subject, wanted)
        return Response()

    @api.delete("/testdata/limits/subject/certificate")
    async def restore_subject(principal: Annotated[Principal, caller]) -> Response:
        for each in emulator.subjects.same(principal.subject):
            limits.restore_subject(each)
        return Response()

    @api.post("/testdata/rate-limits")
    async def set_rates(body: RateLimitsBody, principal: Annotated[Principal, caller]) -> Response:
        before = rates.of(principal.context)
        rates.change(principal.context, _wanted(body.rateLimits, before))
        emulator.limiter.forget_context(principal.context)
        return Response()

    @api.delete("/testdata/rate-limits")
    async def restore_rates(principal: Annotated[Principal, caller]) -> Response:
        rates.restore(principal.context)
        emulator.limiter.forget_context(principal.context)
        return Response()

    @api.post("/testdata/rate-limits/production")
    async def set_production(principal: Annotated[Principal, caller]) -> Response:
        wanted = {group: PRODUCTION[group] for group in OPEN_TO_CHANGE}
        rates.change(principal.context, wanted)
        emulator.limiter.forget_context(principal.context)
        return Response()

    return api


def _session(found: SessionLimits) -> dict[str, int]:
    return {
        "maxInvoiceSizeInMB": found.max_invoice_mb,
        "maxInvoiceWithAttachmentSizeInMB": found.max_invoice_with_attachment_mb,
        "maxInvoices": found.max_invoices,
    }


def _session_limits(
    asked: OnlineSessionContextLimitsOverride | BatchSessionContextLimitsOverride,
) -> SessionLimits:
    return SessionLimits(
        max_invoices=asked.maxInvoices,
        max_invoice_mb=asked.maxInvoiceSizeInMB,
        max_invoice_with_attachment_mb=asked.maxInvoiceWithAttachmentSizeInMB,
    )


def _meant(emulator: "Emulator", subject: Subject, kind: SubjectIdentifierType | None) -> Subject:
    """The caller's own identifier of that type, if there is one; else whoever is logged in."""
    same = emulator.subjects.same(subject)
    return next((each for each in same if kind is not None and each.type.value == kind.value), subject)


def _rates(rates: Rates) -> dict[str, int]:
    return {
        "perSecond": rates.per_second,
        "perMinute": rates.per_minute,
        "perHour": rates.per_hour,
    }


def _wanted(asked: ApiRateLimitsOverride, before: Mapping[str, Rates]) -> dict[str, Rates]:
    """What was asked, and what was before where nothing was."""
    wanted = {}
    for group in OPEN_TO_CHANGE:
        each = getattr(asked, group)
        wanted[group] = (
            before[group]
            if each is SAME_RATES
            else Rates(per_second=each.perSecond, per_minute=each.perMinute, per_hour=each.perHour)
        )
    return wanted
