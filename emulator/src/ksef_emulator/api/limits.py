"""Limits in force, and their change by tests (tag „Limity i ograniczenia"; ksef-docs limity/limity.md)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, BeforeValidator

from .. import problems
from ..model.auth import Principal
from ..model.limits import ContextLimits, SessionLimits
from ..model.rate_limits import OPEN_TO_CHANGE, PRODUCTION, TEST, Rates
from ..model.subjects import Subject
from .answers import json_answer
from .security import require
from .wire.limits import (
    ApiRateLimitsOverride,
    ApiRateLimitValuesOverride,
    BatchSessionContextLimitsOverride,
    CollectiveIdentifierContextLimitsOverride,
    OnlineSessionContextLimitsOverride,
    SetRateLimitsRequest,
    SetSessionLimitsRequest,
    SetSubjectLimitsRequest,
    SubjectIdentifierType,
)

if TYPE_CHECKING:
    from ..emulator import Emulator

_SAME_RATES = ApiRateLimitValuesOverride.model_construct(perSecond=0, perMinute=0, perHour=0)
_SAME_COLLECTIVE = CollectiveIdentifierContextLimitsOverride.model_construct(maxInvoices=0)
"""Stand for a member that a client does not know: what is in force stays."""


def _younger(**members: BaseModel) -> Callable[[Any], Any]:
    """Puts these where they are null or not there, although the OpenAPI wants them: clients that were written before
    them set limits too, and the live system lets them."""

    def fill(body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        there = {key.lower(): value for key, value in body.items() if value is not None}
        absent = {name: member for name, member in members.items() if name.lower() not in there}
        return {**there, **absent} if absent else body

    return fill


def _younger_rates(body: Any) -> Any:
    fill = _younger(invoiceExportStatus=_SAME_RATES, collectiveIdentifier=_SAME_RATES)
    if not isinstance(body, dict):
        return body
    return {key: fill(value) if key.lower() == "ratelimits" else value for key, value in body.items()}


_SessionLimitsBody = Annotated[
    SetSessionLimitsRequest, BeforeValidator(_younger(collectiveIdentifier=_SAME_COLLECTIVE))
]
_RateLimitsBody = Annotated[SetRateLimitsRequest, BeforeValidator(_younger_rates)]


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter(tags=["Limity i ograniczenia"])
    limits, rates = emulator.limits, emulator.rate_limits
    caller = Depends(require(emulator))

    @api.get("/limits/context")
    async def of_context(principal: Annotated[Principal, caller]) -> Response:
        found = limits.context(principal.context.type, principal.context.value)
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
        found = rates.of(principal.context.type, principal.context.value)
        return json_answer({group: _rates(each) for group, each in found.items()})

    @api.post("/testdata/limits/context/session")
    async def set_context(body: _SessionLimitsBody, principal: Annotated[Principal, caller]) -> Response:
        collective = body.collectiveIdentifier.maxInvoices
        if body.collectiveIdentifier is _SAME_COLLECTIVE:
            collective = limits.context(principal.context.type, principal.context.value).collective
        wanted = ContextLimits(
            online=_session_limits(body.onlineSession),
            batch=_session_limits(body.batchSession),
            collective=collective,
        )
        limits.set_context(principal.context.type, principal.context.value, wanted)
        return Response()

    @api.delete("/testdata/limits/context/session")
    async def restore_context(principal: Annotated[Principal, caller]) -> Response:
        limits.restore_context(principal.context.type, principal.context.value)
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
    async def set_rates(body: _RateLimitsBody, principal: Annotated[Principal, caller]) -> Response:
        before = rates.of(principal.context.type, principal.context.value)
        rates.change(principal.context.type, principal.context.value, _wanted(body.rateLimits, before))
        emulator.limiter.forget_context(principal.context.type, principal.context.value)
        return Response()

    @api.delete("/testdata/rate-limits")
    async def restore_rates(principal: Annotated[Principal, caller]) -> Response:
        rates.restore(principal.context.type, principal.context.value)
        emulator.limiter.forget_context(principal.context.type, principal.context.value)
        return Response()

    @api.post("/testdata/rate-limits/production")
    async def set_production(principal: Annotated[Principal, caller]) -> Response:
        wanted = {group: PRODUCTION[group] for group in OPEN_TO_CHANGE}
        rates.change(principal.context.type, principal.context.value, wanted)
        emulator.limiter.forget_context(principal.context.type, principal.context.value)
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
    """Raises problem 21405, naming every number below one or above TEST's."""
    wrong, wanted = [], {}
    for group in OPEN_TO_CHANGE:
        each = getattr(asked, group)
        if each is _SAME_RATES:
            wanted[group] = before[group]
            continue
        wanted[group] = Rates(per_second=each.perSecond, per_minute=each.perMinute, per_hour=each.perHour)
        most = _rates(TEST[group])
        wrong += [
            f"'rateLimits.{group}.{window}' must be between 1 and {most[window]}. You entered {number}."
            for window, number in _rates(wanted[group]).items()
            if not 1 <= number <= most[window]
        ]
    if wrong:
        raise problems.invalid_input(*wrong)
    return wanted
