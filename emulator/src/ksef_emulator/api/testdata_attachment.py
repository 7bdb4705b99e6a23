"""``/testdata/attachment``: a taxpayer's consent to invoices with attachments, given and revoked for a test."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from .wire.testdata import AttachmentPermissionGrantRequest, AttachmentPermissionRevokeRequest

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter(prefix="/testdata/attachment", tags=["Dane testowe"])

    @api.post("")
    def give(body: AttachmentPermissionGrantRequest) -> dict[str, Any]:
        emulator.consents.give(body.nip)
        return {}

    @api.post("/revoke")
    def revoke(body: AttachmentPermissionRevokeRequest) -> dict[str, Any]:
        emulator.consents.revoke(body.nip, body.expectedEndDate)
        return {}

    return api
