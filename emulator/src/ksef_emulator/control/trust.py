"""The certificate that clients of ``--tls`` have to trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: Emulator) -> APIRouter:
    """The one operation."""
    api = APIRouter(tags=["Ustawienia"])

    @api.get("/ca.pem", responses={200: {"content": {"application/x-pem-file": {}}}}, response_class=Response)
    def certificate() -> Response:
        """The certificate of the authority that certifies the public port when it speaks HTTPS (``--tls``)."""
        if not emulator.config.tls:
            return Response("Emulator działa bez --tls.\n", 404, media_type="text/plain")
        return Response(emulator.trust.certificate, media_type="application/x-pem-file")

    return api
