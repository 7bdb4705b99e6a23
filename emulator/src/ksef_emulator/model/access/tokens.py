"""The three kinds of JWT that KSeF gives: of a login operation, for access, and to renew access."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from ...clock import Clock
from ...store import Store
from . import jwt

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS token_secret (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL);"
)
_ISSUER = "ksef-api-te"
"""As TEST signs its own; the secret is ours alone."""


class TokenType(StrEnum):
    """The claim ``typ``."""

    OPERATION = "AuthenticationToken"
    ACCESS = "ContextToken"
    REFRESH = "RefreshToken"


LIFETIMES = {
    TokenType.OPERATION: timedelta(minutes=45),
    TokenType.ACCESS: timedelta(minutes=15),
    TokenType.REFRESH: timedelta(days=7),
}


@dataclass(frozen=True, kw_only=True)
class Token:
    """A signed token and the end of its validity."""

    text: str
    valid_until: datetime

    def __repr__(self) -> str:
        """Never the token itself."""
        return f"Token(valid_until={self.valid_until.isoformat()})"


class Tokens:
    """Signs and reads tokens with a secret that the store keeps."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Makes the secret the first time."""
        self.clock = clock
        store.register(SCHEMA)
        with store.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO token_secret (id, value) VALUES (1, ?)", (secrets.token_bytes(32),)
            )
            self._secret: bytes = db.execute("SELECT value FROM token_secret").fetchone()["value"]

    def issue(self, kind: TokenType, reference: str, **claims: Any) -> Token:
        """A token of a login operation; ``claims`` are further ones."""
        now = self.clock.now()
        until = (now + LIFETIMES[kind]).replace(microsecond=0)
        body = {
            "typ": kind,
            "arn": reference,
            "jti": secrets.token_hex(8),
            "iat": int(now.timestamp()),
            "exp": int(until.timestamp()),
            "iss": _ISSUER,
            "aud": _ISSUER,
            **claims,
        }
        return Token(text=jwt.encode(body, self._secret), valid_until=until.astimezone(UTC))

    def read(self, text: str, kind: TokenType, *, expired: bool = False) -> dict[str, Any] | None:
        """The claims of a token of that kind that still holds, or once held if it may be ``expired``; None for any
        other."""
        claims = jwt.decode(text, self._secret)
        if claims is None or claims.get("typ") != kind:
            return None
        return claims if expired or claims["exp"] > self.clock.now().timestamp() else None
