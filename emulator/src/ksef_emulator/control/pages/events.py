"""What is going to happen by the emulator's clock, in order: maintenance, ends of certificates and keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ...emulator import Emulator
from ...faults import Fault
from ...http.faulty import MAINTENANCE_HOURS
from ...intake.polish_time import in_poland
from ...latarnia.announcements import Type
from ...model.identity.certificate import CertificateStatus
from ...pages.words import Both, moment, span
from .frame import CurrentPanel

HERE = "/panel/zdarzenia"
MOST = 50
_BEFORE = timedelta(minutes=5)
"""How long before an event a button sets the clock."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that comes by the emulator's clock: a moment, what it is, the page that tells of it."""

    at: datetime
    what: Both
    address: str


router = APIRouter(prefix=HERE)


@router.get("")
async def listing(panel: CurrentPanel, request: Request) -> Response:
    now = panel.emulator.clock.now()
    events = await run_in_threadpool(coming, panel.emulator)
    rows: list[dict[str, Any]] = [
        {
            "at": moment(event.at),
            "in": span(event.at - now),
            "what": event.what,
            "address": event.address,
            "before": (event.at - _BEFORE).isoformat(),
            "to": event.at.isoformat(),
        }
        for event in events[:MOST]
    ]
    daily = panel.emulator.faults.setting(Fault.MAINTENANCE) is not None
    return panel.show(request, "panel_events.html", rows=rows, daily=daily, now=moment(now))


def coming(emulator: Emulator) -> list[Event]:
    """Everything that is planned after now, the next first."""
    now = emulator.clock.now()
    events = [*_announced(emulator), *_daily(emulator, now), *_certificates(emulator, now), *_keys(emulator)]
    return sorted((event for event in events if event.at > now), key=lambda one: one.at)


def _announced(emulator: Emulator) -> list[Event]:
    place = "/panel/latarnia"
    events = []
    for announcement in emulator.announcements.recent():
        if announcement.type is Type.MAINTENANCE_ANNOUNCEMENT:
            name = f"prace serwisowe {announcement.name}", f"maintenance {announcement.name}"
        else:
            name = f"awaria {announcement.name}", f"failure {announcement.name}"
        events.append(
            Event(at=announcement.start, what=(f"Początek: {name[0]}", f"Begins: {name[1]}"), address=place)
        )
        if announcement.end is not None:
            events.append(
                Event(at=announcement.end, what=(f"Koniec: {name[0]}", f"Ends: {name[1]}"), address=place)
            )
    return events


def _daily(emulator: Emulator, now: datetime) -> list[Event]:
    if emulator.faults.setting(Fault.MAINTENANCE) is None:
        return []
    begins, ends = MAINTENANCE_HOURS.start, MAINTENANCE_HOURS.stop
    today = in_poland(now).replace(minute=0, second=0, microsecond=0)
    place = "/panel/usterki/maintenance"
    return [
        Event(at=today.replace(hour=hour) + timedelta(days=days), what=what, address=place)
        for days in (0, 1)
        for hour, what in (
            (begins, (f"Początek przerwy {begins}–{ends}", f"Break {begins}–{ends} begins")),
            (ends, (f"Koniec przerwy {begins}–{ends}", f"Break {begins}–{ends} ends")),
        )
    ]


def _certificates(emulator: Emulator, now: datetime) -> list[Event]:
    return [
        Event(
            at=certificate.valid_to,
            what=(
                f"Koniec certyfikatu „{certificate.name}” ({certificate.common_name})",
                f"Certificate “{certificate.name}” ends ({certificate.common_name})",
            ),
            address=f"/panel/certyfikaty/{certificate.serial}",
        )
        for certificate in emulator.certificates.everybodys()
        if certificate.status(now) is CertificateStatus.ACTIVE
    ]


def _keys(emulator: Emulator) -> list[Event]:
    return [
        Event(
            at=key.until,
            what=(f"Wycofanie klucza {key.key_id[:8]}…", f"Key {key.key_id[:8]}… is withdrawn"),
            address="/panel/ustawienia#klucze",
        )
        for key in emulator.keys.published
        if key.until is not None
    ]
