"""Limits in force, and their change by tests (tag „Limity i ograniczenia"; ksef-docs limity/limity.md)."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Response

from ..emulator import Emulator
from ..model.identity.subjects import Subject
from ..model.limits.counts import ContextLimits, SessionLimits
from ..model.limits.rates import OPEN_TO_CHANGE, PRODUCTION, Rates
from .answers import json_answer
from .contract.limits import (
    ApiRateLimitsOverride,
    BatchSessionContextLimitsOverride,
    OnlineSessionContextLimitsOverride,
    SetSubjectLimitsRequest,
    SubjectIdentifierType,
)
from .limit_bodies import SAME_COLLECTIVE, SAME_RATES, RateLimitsBody, SessionLimitsBody
from .security import Caller, CurrentEmulator

router = APIRouter(tags=["Limity i ograniczenia"])


@router.get("/limits/context")
async def context_limits(emulator: CurrentEmulator, principal: Caller) -> Response:
    limits = emulator.limits.context(principal.context)
    return json_answer(
        {
            "onlineSession": _session(limits.online),
            "batchSession": _session(limits.batch),
            "collectiveIdentifier": {"maxInvoices": limits.collective},
        }
    )


@router.get("/limits/subject")
async def subject_limits(emulator: CurrentEmulator, principal: Caller) -> Response:
    limits = emulator.limits.subject(principal.subject)
    return json_answer(
        {
            "enrollment": {"maxEnrollments": limits.enrollments},
            "certificate": {"maxCertificates": limits.certificates},
        }
    )


@router.get("/rate-limits")
async def rate_limits(emulator: CurrentEmulator, principal: Caller) -> Response:
    groups = emulator.rate_limits.of(principal.context)
    return json_answer({group: _rates(rates) for group, rates in groups.items()})


@router.post("/testdata/limits/context/session")
async def set_context_limits(
    body: SessionLimitsBody, emulator: CurrentEmulator, principal: Caller
) -> Response:
    collective = body.collectiveIdentifier.maxInvoices
    if body.collectiveIdentifier is SAME_COLLECTIVE:
        collective = emulator.limits.context(principal.context).collective
    limits = ContextLimits(
        online=_session_limits(body.onlineSession),
        batch=_session_limits(body.batchSession),
        collective=collective,
    )
    emulator.limits.set_context(principal.context, limits)
    return Response()


@router.delete("/testdata/limits/context/session")
async def restore_context_limits(emulator: CurrentEmulator, principal: Caller) -> Response:
    emulator.limits.restore_context(principal.context)
    return Response()


@router.post("/testdata/limits/subject/certificate")
async def set_subject_limits(
    body: SetSubjectLimitsRequest, emulator: CurrentEmulator, principal: Caller
) -> Response:
    subject = _subject_of(emulator, principal.subject, body.subjectIdentifierType)
    limits = emulator.limits.subject(subject)
    if body.enrollment is not None and body.enrollment.maxEnrollments is not None:
        limits = replace(limits, enrollments=body.enrollment.maxEnrollments)
    if body.certificate is not None and body.certificate.maxCertificates is not None:
        limits = replace(limits, certificates=body.certificate.maxCertificates)
    emulator.limits.set_subject(subject, limits)
    return Response()


@router.delete("/testdata/limits/subject/certificate")
async def restore_subject_limits(emulator: CurrentEmulator, principal: Caller) -> Response:
    for subject in emulator.subjects.same(principal.subject):
        emulator.limits.restore_subject(subject)
    return Response()


@router.post("/testdata/rate-limits")
async def set_rate_limits(body: RateLimitsBody, emulator: CurrentEmulator, principal: Caller) -> Response:
    before = emulator.rate_limits.of(principal.context)
    emulator.rate_limits.change(principal.context, _overridden(body.rateLimits, before))
    emulator.limiter.forget_context(principal.context)
    return Response()


@router.delete("/testdata/rate-limits")
async def restore_rate_limits(emulator: CurrentEmulator, principal: Caller) -> Response:
    emulator.rate_limits.restore(principal.context)
    emulator.limiter.forget_context(principal.context)
    return Response()


@router.post("/testdata/rate-limits/production")
async def set_production_rate_limits(emulator: CurrentEmulator, principal: Caller) -> Response:
    limits = {group: PRODUCTION[group] for group in OPEN_TO_CHANGE}
    emulator.rate_limits.change(principal.context, limits)
    emulator.limiter.forget_context(principal.context)
    return Response()


def _session(limits: SessionLimits) -> dict[str, int]:
    return {
        "maxInvoiceSizeInMB": limits.max_invoice_mb,
        "maxInvoiceWithAttachmentSizeInMB": limits.max_invoice_with_attachment_mb,
        "maxInvoices": limits.max_invoices,
    }


def _session_limits(
    body: OnlineSessionContextLimitsOverride | BatchSessionContextLimitsOverride,
) -> SessionLimits:
    return SessionLimits(
        max_invoices=body.maxInvoices,
        max_invoice_mb=body.maxInvoiceSizeInMB,
        max_invoice_with_attachment_mb=body.maxInvoiceWithAttachmentSizeInMB,
    )


def _subject_of(emulator: Emulator, subject: Subject, kind: SubjectIdentifierType | None) -> Subject:
    """The caller's own identifier of that type, if there is one; else whoever is logged in."""
    same = emulator.subjects.same(subject)
    return next((group for group in same if kind is not None and group.type.value == kind.value), subject)


def _rates(rates: Rates) -> dict[str, int]:
    return {
        "perSecond": rates.per_second,
        "perMinute": rates.per_minute,
        "perHour": rates.per_hour,
    }


def _overridden(body: ApiRateLimitsOverride, before: Mapping[str, Rates]) -> dict[str, Rates]:
    """What was asked, and what was before where nothing was."""
    limits = {}
    for group in OPEN_TO_CHANGE:
        rates = getattr(body, group)
        limits[group] = (
            before[group]
            if rates is SAME_RATES
            else Rates(per_second=rates.perSecond, per_minute=rates.perMinute, per_hour=rates.perHour)
        )
    return limits
