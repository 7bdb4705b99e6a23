"""Peppol service providers."""

from typing import Any

from fastapi import APIRouter

from ..model.time.moments import timestamp
from .parameters import PageOffset, PageSize100
from .security import CurrentEmulator

router = APIRouter(tags=["Usługi Peppol"])


@router.get("/peppol/query")
def query_providers(
    emulator: CurrentEmulator, page: PageOffset = 0, size: PageSize100 = 10
) -> dict[str, Any]:
    providers = emulator.providers.page(page * size, size + 1)
    return {
        "peppolProviders": [
            {"id": item.id, "name": item.name, "dateCreated": timestamp(item.created)}
            for item in providers[:size]
        ],
        "hasMore": len(providers) > size,
    }
