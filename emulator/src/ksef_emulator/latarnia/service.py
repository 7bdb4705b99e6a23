"""``GET /latarnia/status`` and ``/latarnia/messages``. The emulator never fails by itself, so it announces nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(_emulator: Emulator) -> APIRouter:
    """Both operations. ``messages`` is absent from a status that is AVAILABLE, as in the live service."""
    api = APIRouter(prefix="/latarnia", tags=["Latarnia"])

    @api.get("/status")
    def status() -> dict[str, str]:
        return {"status": "AVAILABLE"}

    @api.get("/messages")
    def messages() -> list[dict[str, Any]]:
        return []

    return api
