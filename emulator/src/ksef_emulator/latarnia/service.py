"""``GET /latarnia/status`` and ``/latarnia/messages``: no login, plain JSON, as the live service answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..api.security import CurrentEmulator
from .announcements import Announcement, State

router = APIRouter(tags=["Latarnia"])


@router.get("/latarnia/status")
def status(emulator: CurrentEmulator) -> dict[str, Any]:
    """``messages`` is absent from a status that is AVAILABLE, as in the live service."""
    state, explained = emulator.announcements.status()
    if state is State.AVAILABLE:
        return {"status": state}
    return {"status": state, "messages": [message(item) for item in explained]}


@router.get("/latarnia/messages")
def messages(emulator: CurrentEmulator) -> list[dict[str, Any]]:
    return [message(announcement) for announcement in emulator.announcements.recent()]


def message(announcement: Announcement) -> dict[str, Any]:
    """An announcement as JSON; ``end`` is absent while nobody knows it."""
    body: dict[str, Any] = {
        "id": announcement.name,
        "eventId": announcement.event,
        "category": announcement.category,
        "type": announcement.type,
        "title": announcement.title,
        "text": announcement.text,
        "start": announcement.start.isoformat(),
        "version": 1,
        "published": announcement.published.isoformat(),
    }
    if announcement.end is not None:
        body["end"] = announcement.end.isoformat()
    return body
