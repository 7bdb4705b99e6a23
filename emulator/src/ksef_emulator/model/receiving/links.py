"""Presigned links to stored files: whoever holds one may read the file, or send a part, until it expires, without a
token.

In the live system they lead to a cloud storage with a shared access signature; here a path under `/storage`
is signed with a key that the store keeps, so that links outlive the process.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from ...clock import Clock
from ...store import Store

LIFETIME = timedelta(days=3)
SCHEMA = "CREATE TABLE IF NOT EXISTS link_secret (secret BLOB NOT NULL);"


class Links:
    """Signs and verifies paths."""

    def __init__(self, clock: Clock, lifetime: timedelta = LIFETIME, *, store: Store | None = None) -> None:
        """Without a store links live as long as this object."""
        self.clock = clock
        self.lifetime = lifetime
        self._key = _stored_key(store) if store is not None else secrets.token_bytes(32)

    def sign(self, base_url: str, path: str, *, until: datetime | None = None) -> tuple[str, datetime]:
        """The link to `path` (which starts with a slash) under `base_url`, and the moment it expires."""
        expires = (until or self.clock.now() + self.lifetime).replace(microsecond=0)
        query = urlencode(
            {"se": int(expires.timestamp()), "sig": self._signature(path, int(expires.timestamp()))}
        )
        return f"{base_url.rstrip('/')}{path}?{query}", expires

    def valid(self, path: str, expires: str, signature: str) -> bool:
        """Whether the query of a link to `path` is ours and has not expired."""
        if not expires.isascii() or not expires.isdigit() or len(expires) > 12:
            return False
        ours = self._signature(path, int(expires)).encode()
        return hmac.compare_digest(ours, signature.encode()) and int(expires) > self.clock.now().timestamp()

    def _signature(self, path: str, expires: int) -> str:
        return hmac.new(self._key, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()


def _stored_key(store: Store) -> bytes:
    store.register(SCHEMA)
    with store.transaction() as db:
        row = db.execute("SELECT secret FROM link_secret").fetchone()
        if row is None:
            row = db.execute(
                "INSERT INTO link_secret VALUES (?) RETURNING secret", (secrets.token_bytes(32),)
            ).fetchone()
    return bytes(row["secret"])
