"""``GET /latarnia/status`` and ``/latarnia/messages``: no login, plain JSON, as the live service answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from .announcements import Announcement, State

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: Emulator) -> APIRouter:
    """Both operations. ``messages`` is absent from a status that is AVAILABLE, as in the live service."""
    api = APIRouter(prefix="/latarnia", tags=["Latarnia"])
    announcements = emulator.announcements

    @api.get("/status")
    def status() -> dict[str, Any]:
        state, explained = announcements.status()
        if state is State.AVAILABLE:
            return {"status": state}
        return {"status": state, "messages": [message(each) for each in explained]}

    @api.get("/messages")
    def messages() -> list[dict[str, Any]]:
        return [message(each) for each in announcements.recent()]

    return api


def message(announcement: Announcement) -> dict[str, Any]:
    """An announcement as JSON; ``end`` is absent while nobody knows it."""
    found: dict[str, Any] = {
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
        found["end"] = announcement.end.isoformat()
    return found
