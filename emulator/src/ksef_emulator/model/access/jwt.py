"""JSON Web Tokens signed by HMAC SHA-256 (RFC 7515, RFC 7519), the only kind that the emulator gives."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

_HEADER: Final = {"alg": "HS256", "typ": "JWT"}


def encode(claims: Mapping[str, Any], secret: bytes) -> str:
    """The compact form: header, claims and signature in Base64url without padding, joined by dots."""
    head = f"{_part(_json(_HEADER))}.{_part(_json(claims))}"
    return f"{head}.{_part(_signature(head, secret))}"


def decode(token: str, secret: bytes) -> dict[str, Any] | None:
    """The claims of a token that this secret signed, whatever their dates say; None for any other text."""
    head, dot, signature = token.rpartition(".")
    if not dot or not token.isascii():
        return None
    try:
        if not hmac.compare_digest(_bytes(signature), _signature(head, secret)):
            return None
        header, claims = (json.loads(_bytes(part)) for part in head.split("."))
    except (ValueError, binascii.Error):
        return None
    return claims if header == _HEADER and isinstance(claims, dict) else None


def _signature(head: str, secret: bytes) -> bytes:
    return hmac.new(secret, head.encode(), hashlib.sha256).digest()


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(part: str) -> bytes:
    """Strict: the one way to write these bytes. Raises ValueError."""
    data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if _part(data) != part:
        raise ValueError("not Base64url")
    return data
