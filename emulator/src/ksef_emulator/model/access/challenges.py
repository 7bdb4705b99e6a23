"""Challenges of logins: each is given once, lives ten minutes and can be used once (ksef-docs uwierzytelnianie.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...clock import Clock
from ...store import Store
from ..numbers import reference
from ..time.moments import micros, moment

LIFETIME = timedelta(minutes=10)
SCHEMA = """
CREATE TABLE IF NOT EXISTS challenges (challenge TEXT PRIMARY KEY, created INTEGER NOT NULL) WITHOUT ROWID;
"""


class BadChallenge(Exception):
    """21111: not ours, used, or too old."""


class Challenges:
    """Those that were given and not used yet."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        store.register(SCHEMA)

    def new(self) -> tuple[str, datetime]:
        """A new challenge and when it was made."""
        now = self.clock.now()
        challenge = reference("CR", now)
        with self.store.transaction() as db:
            db.execute("DELETE FROM challenges WHERE created < ?", (micros(now - LIFETIME),))
            db.execute("INSERT INTO challenges (challenge, created) VALUES (?, ?)", (challenge, micros(now)))
        return challenge, now

    def use(self, challenge: str) -> datetime:
        """Spend one; gives when it was made. Raises BadChallenge."""
        oldest = micros(self.clock.now() - LIFETIME)
        with self.store.transaction() as db:
            row = db.execute(
                "DELETE FROM challenges WHERE challenge = ? AND created >= ? RETURNING created",
                (challenge, oldest),
            ).fetchone()
        if row is None:
            raise BadChallenge
        return moment(row["created"])
