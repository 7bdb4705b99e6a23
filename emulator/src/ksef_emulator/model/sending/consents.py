"""Consents to invoices with attachments, which a taxpayer declares at the tax office (faktury/weryfikacja-faktury.md);
on TEST ``/testdata/attachment`` does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from ...clock import Clock
from ...store import Store
from ..time.moments import micros, moment

SCHEMA = """
CREATE TABLE IF NOT EXISTS attachment_consents (
    nip TEXT PRIMARY KEY,
    given INTEGER NOT NULL,
    revoked INTEGER
) WITHOUT ROWID;
"""


@dataclass(frozen=True, kw_only=True)
class Consent:
    """Since when, and when it ended or will end; None while no end is known."""

    given: datetime
    revoked: datetime | None


class Consents:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        store.register(SCHEMA)

    def give(self, nip: str) -> None:
        """From now on; nothing changes for a consent in force without an end."""
        now = micros(self.clock.now())
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO attachment_consents (nip, given) VALUES (?, ?)"
                " ON CONFLICT (nip) DO UPDATE SET revoked = NULL,"
                " given = CASE WHEN revoked <= excluded.given THEN excluded.given ELSE given END",
                (nip, now),
            )

    def revoke(self, nip: str, end: date | None = None) -> None:
        """At once, or when the day ``end`` begins (UTC); whoever never consented stays so."""
        now = self.clock.now()
        when = max(now, datetime.combine(end, time(), UTC)) if end is not None else now
        with self.store.transaction() as db:
            db.execute("UPDATE attachment_consents SET revoked = ? WHERE nip = ?", (micros(when), nip))

    def of(self, nip: str) -> Consent | None:
        """The consent, in force or not; None of whoever never gave one."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM attachment_consents WHERE nip = ?", (nip,)).fetchone()
        if row is None:
            return None
        revoked = moment(row["revoked"]) if row["revoked"] is not None else None
        return Consent(given=moment(row["given"]), revoked=revoked)

    def attachments_allowed(self, nip: str) -> bool:
        """Whether the taxpayer's consent is in force."""
        consent = self.of(nip)
        return consent is not None and (consent.revoked is None or consent.revoked > self.clock.now())
