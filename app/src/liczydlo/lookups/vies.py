"""VIES: whether a buyer's EU number is valid, asked at once, with the answer kept as proof (art. 42 of the VAT act)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from liczydlo.companies.models import Company, Environment
from liczydlo.lookups import services
from liczydlo.lookups.models import Answer, Service
from liczydlo.public_services import vies as client
from liczydlo.public_services.http import ServiceError
from liczydlo.web import times


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The answer, or why there is none, which is never a no.

    ``code`` is then „off", „paused" (VIES or the state has not answered lately), or a failure's of
    ``public_services.http`` with VIES's own word in ``service_code``.
    """

    answer: Answer | None = None
    code: str = ""
    service_code: str = ""


def base_of(company: Company) -> str:
    """The service's address: for a firm of the emulator the emulator's stand-in."""
    if company.environment == Environment.EMULATOR:
        return f"{settings.LICZYDLO_EMULATOR_URL}/uslugi/vies/rest-api"
    address: str = settings.LICZYDLO_VIES_URL
    return address


def check(company: Company, country: str, number: str) -> Outcome:
    """Ask of a number now, within seconds; never raises. Each answer is a row of its own."""
    if not services.is_on(company, Service.VIES):
        return Outcome(code="off")
    now, base = times.now(), base_of(company)
    if any(services.paused_until(base, operation, now=now) for operation in ("check", f"check {country}")):
        return Outcome(code="paused")
    try:
        answer = client.check(base, country, number, company.nip)
    except ServiceError as error:
        _pause(base, country, error, now)
        return Outcome(code=error.code, service_code=error.service_code)
    services.unpause(base, "check")
    services.unpause(base, f"check {country}")
    row = Answer.objects.create(
        company=company,
        environment=company.environment,
        service=Service.VIES,
        question=f"{country}{number}",
        day=answer.at.date(),
        asked_at=now,
        answered_at=answer.at,
        request_id=answer.request_id,
        content={
            "valid": answer.is_valid,
            "name": answer.name,
            "address": answer.address,
            "requester": company.nip,
        },
    )
    return Outcome(answer=row)


def answers(company: Company, country: str, number: str) -> QuerySet[Answer]:
    """What VIES has said of a number, the newest first."""
    rows: QuerySet[Answer] = Answer.objects.of(company).filter(
        environment=company.environment, service=Service.VIES, question=f"{country}{number}"
    )
    return rows


def _pause(base: str, country: str, error: ServiceError, now: dt.datetime) -> None:
    """A state that is away is not asked for a while, the others are; what was refused is answered when it is right."""
    if error.code == "refused" and error.service_code not in ("IP_BLOCKED", "VAT_BLOCKED"):
        return
    of_state = error.service_code.startswith("MS_")
    services.pause(base, f"check {country}" if of_state else "check", error, now=now)
