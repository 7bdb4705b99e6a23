"""``GET /security/public-key-certificates``."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import APIRouter

from ..model.time.moments import timestamp
from .security import CurrentEmulator

router = APIRouter(tags=["Certyfikaty klucza publicznego"])


@router.get("/security/public-key-certificates")
def public_key_certificates(emulator: CurrentEmulator) -> list[dict[str, Any]]:
    return [
        {
            "certificate": base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode(),
            "certificateId": key.certificate_id,
            "publicKeyId": key.key_id,
            "validFrom": timestamp(key.certificate.not_valid_before_utc),
            "validTo": timestamp(key.certificate.not_valid_after_utc),
            "usage": [key.usage],
        }
        for key in emulator.keys.published
    ]
