"""Name and address of a Polish firm by its NIP, asked at once: from GUS where it is switched on, else from Biała lista.

An answer of the same day is not asked for again. It is no proof of anything and goes with a contractor's data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from liczydlo.companies.models import Company, Environment
from liczydlo.connection.vault import VaultError
from liczydlo.fa3.identifiers import bare_nip, is_nip
from liczydlo.lookups import services, white_list
from liczydlo.lookups.models import Answer, Service
from liczydlo.public_services import gus
from liczydlo.public_services import white_list as white_list_client
from liczydlo.public_services.http import ServiceError
from liczydlo.web import times

SOURCES: Final = (Service.GUS, Service.WHITE_LIST)
"""The first that is switched on is asked."""
_SEARCH: Final = "search"
_Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Firm:
    """What the service says; ``ended`` is the day on which the firm ended its activity, ``others`` how many more
    entries have this NIP (a sole proprietor's farm and trade)."""

    nip: str
    name: str
    line1: str
    line2: str
    ended: dt.date | None = None
    others: int = 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The firm, or why there is none.

    ``code`` is then „off", „not-nip", „not-listed" (the only „no"), „no-key" (it is missing or cannot be opened),
    „wrong-key", „paused", or a failure's of ``public_services.http``. ``service`` is who was asked.
    """

    firm: Firm | None = None
    code: str = ""
    service: Service | None = None


class _NoKey(Exception):
    pass


def source(company: Company) -> Service | None:
    """The service that is asked, or None where neither is switched on."""
    return next((one for one in SOURCES if services.is_on(company, one)), None)


def gus_address(company: Company) -> str:
    """GUS's address: for a firm of the emulator the emulator's stand-in."""
    if company.environment == Environment.EMULATOR:
        return f"{settings.LICZYDLO_EMULATOR_URL}/uslugi/gus/wsBIR/UslugaBIRzewnPubl.svc"
    address: str = settings.LICZYDLO_GUS_URL
    return address


def needs_key(company: Company) -> bool:
    """Whether GUS answers nobody without a key of his own: the emulator takes the test service's public one."""
    return company.environment != Environment.EMULATOR


def by_nip(company: Company, typed: str) -> Outcome:
    """Ask of a NIP in any spelling now, within seconds; never raises."""
    service, nip = source(company), bare_nip(typed)
    if service is None:
        return Outcome(code="off")
    if not is_nip(nip):
        return Outcome(code="not-nip", service=service)
    todays_answers = answers_about(company, nip).filter(
        environment=company.environment, service=service, day=times.today()
    )
    if (row := todays_answers.first()) is not None:
        return _outcome(service, nip, row.content)
    base = gus_address(company) if service == Service.GUS else white_list.base_of(company)
    now = times.now()
    if services.paused_until(base, _SEARCH, now=now):
        return Outcome(code="paused", service=service)
    ask: Callable[[Company, str], tuple[str, _Values]] = _gus if service == Service.GUS else _white_list
    try:
        request_id, values = ask(company, nip)
    except ServiceError as error:
        if error.code != "refused":
            services.pause(base, _SEARCH, error, now=now)
        return Outcome(code=error.code, service=service)
    except (_NoKey, gus.WrongKey) as error:
        code = "no-key" if isinstance(error, _NoKey) else "wrong-key"
        return Outcome(code=code, service=service)
    services.unpause(base, _SEARCH)
    Answer.objects.create(
        company=company,
        environment=company.environment,
        service=service,
        question=nip,
        day=times.today(),
        asked_at=now,
        answered_at=times.now(),
        request_id=request_id,
        content=values,
    )
    return _outcome(service, nip, values)


def answers_about(company: Company, nip: str) -> QuerySet[Answer]:
    """What the services have said of a NIP's name and address, the newest first."""
    rows: QuerySet[Answer] = Answer.objects.of(company).filter(service__in=SOURCES, question=nip)
    return rows


def _gus(company: Company, nip: str) -> tuple[str, _Values]:
    try:
        key = services.key_of(company, Service.GUS) or ("" if needs_key(company) else gus.TEST_KEY)
    except VaultError as error:
        raise _NoKey from error
    if not key:
        raise _NoKey
    entries = gus.search(gus_address(company), key, nip)
    if not entries:
        return "", {}
    first = entries[0]
    values = {"name": first.name, "line1": first.line1, "line2": first.line2, "ended": first.ended}
    return "", values | {"regon": first.regon, "others": len(entries) - 1}


def _white_list(company: Company, nip: str) -> tuple[str, _Values]:
    base = white_list.base_of(company)
    evidence, payers = white_list_client.search(base, [nip], times.today())
    payer = payers.get(nip)
    if payer is None:
        return evidence.request_id, {}
    line1, _, line2 = payer.address.rpartition(", ")
    if not line1:
        line1, line2 = payer.address, ""
    return evidence.request_id, {"name": payer.name, "line1": line1, "line2": line2, "ended": ""}


def _outcome(service: Service, nip: str, values: _Values) -> Outcome:
    if not values:
        return Outcome(code="not-listed", service=service)
    try:
        ended = dt.date.fromisoformat(values["ended"]) if values["ended"] else None
    except ValueError:
        ended = None
    firm = Firm(
        nip=nip,
        name=values["name"],
        line1=values["line1"],
        line2=values["line2"],
        ended=ended,
        others=values.get("others", 0),
    )
    return Outcome(firm=firm, service=service)
