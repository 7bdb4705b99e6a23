"""Peppol service providers."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from ..model.time.moments import timestamp
from .parameters import PageOffset, PageSize100

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: "Emulator") -> APIRouter:
    """``GET /peppol/query``."""
    api = APIRouter(prefix="/peppol", tags=["Usługi Peppol"])

    @api.get("/query")
    def query(page: PageOffset = 0, size: PageSize100 = 10) -> dict[str, Any]:
        found = emulator.providers.page(page * size, size + 1)
        return {
            "peppolProviders": [
                {"id": each.id, "name": each.name, "dateCreated": timestamp(each.created)}
                for each in found[:size]
            ],
            "hasMore": len(found) > size,
        }

    return api
