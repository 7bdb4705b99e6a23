"""What was decided of sent documents, written down: statuses, KSeF numbers, the register.

One transaction for many documents; each table is written once with all of its rows, which is most of the speed.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from ...clock import Clock
from ...intake.facts import Facts
from ...intake.identifiers import ksef_number
from ...intake.polish_time import polish_day
from ...intake.refusals import SUCCESS, Refusal, duplicate
from ...store import Store
from ..numbers import Numbers
from ..receiving.storage import Storage
from ..time.moments import micros, moment
from ..time.settings import Settings
from .examination import Job, Outcome
from .invoice_records import pack, party_rows

UNIQUE_YEARS = 10
"""Full years after the year of issue in which seller, kind and number stay taken (weryfikacja-faktury.md)."""
_REGISTER_COLUMNS = 27
Key = tuple[str | None, str, str]


class Registration:
    """Writes outcomes; hands out the dates of permanent storage."""

    def __init__(self, store: Store, clock: Clock, seed: int | None = None) -> None:
        """Goes on stamping and numbering where the store ends; its tables must be there. `Numbers` has the ``seed``."""
        self.store = store
        self.clock = clock
        settings = Settings(store)
        self.storage = Storage(store, settings)
        self.numbers = Numbers(store, settings, seed)

    def record(
        self, outcomes: Sequence[Outcome], *, queue: str, check: Callable[[], None] = lambda: None
    ) -> None:
        """Settle documents in the order given and take them out of their queue, a table of ours; ``wanted`` raises if
        they are not wanted any more."""
        with self.storage.writing(), self.store.transaction() as db:
            check()
            now = micros(self.clock.now())
            settled = self._without_duplicates(db, outcomes, moment(now).date())
            accepted = [(out.job, out.facts, out.deflated) for out in settled if out.facts]
            dates = [self.storage.stamp(now) for _ in accepted]
            rows = [
                _row(job, facts, now, day, self._ksef_number(job, facts))
                for (job, facts, _), day in zip(accepted, dates, strict=True)
            ]
            db.executemany(
                "UPDATE sent SET code = ?, number = ? WHERE id = ?",
                [(SUCCESS, facts.number, job.id) for job, facts, _ in accepted],
            )
            db.executemany(
                "INSERT INTO documents (id, deflated) VALUES (?, ?)",
                [(job.id, deflated) for job, _, deflated in accepted],
            )
            db.executemany(f"INSERT INTO register VALUES ({','.join('?' * _REGISTER_COLUMNS)})", rows)
            self.storage.hold_back(db, zip([job.id for job, _, _ in accepted], dates, strict=True))
            db.executemany(
                "INSERT INTO parties (role, who, id, storage, invoicing, issue) VALUES (?,?,?,?,?,?)",
                [
                    (role, who, row[0], row[12], row[10], row[9])
                    for row, (_, facts, _) in zip(rows, accepted, strict=True)
                    for role, who in party_rows(facts.seller, facts.buyer, facts.third, facts.authorized)
                ],
            )
            db.executemany(
                "UPDATE sent SET code = ?, details = ?, extensions = ?, number = ? WHERE id = ?",
                [_refused(out.job, out.refusal) for out in settled if out.refusal],
            )
            db.executemany(
                f"DELETE FROM {queue} WHERE id = ?",
                [(out.job.id,) for out in settled],
            )
            counts = Counter((out.job.session.id, out.facts is not None) for out in settled)
            db.executemany(
                "UPDATE sessions SET successful = successful + ?, failed = failed + ?, updated = ? WHERE id = ?",
                [
                    (count if good else 0, 0 if good else count, now, key)
                    for (key, good), count in counts.items()
                ],
            )

    def _without_duplicates(
        self, db: sqlite3.Connection, outcomes: Sequence[Outcome], today: date
    ) -> list[Outcome]:
        """The outcomes; those whose seller, kind and number are taken, or were by one before them, refused."""
        settled, fresh = [], dict[Key, tuple[str, str]]()
        for out in outcomes:
            original = None
            if out.facts:
                key = (out.facts.seller.value, out.facts.number, out.facts.kind)
                original = fresh.get(key) or _original(db, key, today)
                if original is None:
                    fresh[key] = self._ksef_number(out.job, out.facts), out.job.session.reference
            if original and out.facts:
                refusal = duplicate(*original)
                refusal.invoice_number = out.facts.number
                settled.append(replace(out, facts=None, deflated=b"", refusal=refusal))
            else:
                settled.append(out)
        return settled

    def _ksef_number(self, job: Job, facts: Facts) -> str:
        """The number of an accepted document."""
        return ksef_number(
            seller_nip=facts.seller.value or "",
            day=polish_day(job.invoicing),
            technical=self.numbers.technical(job.id),
        )


def _original(db: sqlite3.Connection, key: Key, today: date) -> tuple[str, str] | None:
    """KSeF number and session of the invoice of this key that is not older than ten full years."""
    rows = db.execute(
        "SELECT register.ksef_number, register.issue, sessions.reference FROM register"
        " JOIN sessions ON sessions.id = register.session_id"
        " WHERE register.seller_nip = ? AND register.number = ? AND register.kind = ?",
        key,
    ).fetchall()
    for row in rows:
        if today.year <= int(row["issue"][:4]) + UNIQUE_YEARS:
            return row["ksef_number"], row["reference"]
    return None


def _row(job: Job, facts: Facts, now: int, storage: int, number: str) -> tuple[object, ...]:
    """A row of `register`."""
    day, invoicing = polish_day(job.invoicing), micros(job.invoicing)
    return (
        job.id,
        number,
        job.session.id,
        job.sha256,
        job.corrected_sha256,
        facts.seller.value or "",
        facts.seller.name,
        facts.kind,
        facts.number,
        facts.issue_date.isoformat(),
        invoicing,
        max(now, invoicing),
        storage,
        facts.buyer.kind,
        facts.buyer.value,
        facts.buyer.name,
        pack(facts.third),
        pack([facts.authorized] if facts.authorized else []),
        facts.net,
        facts.vat,
        facts.gross,
        facts.currency,
        "Offline" if job.offline or facts.issue_date < day else "Online",
        facts.invoice_type,
        job.session.form.system_code,
        facts.self_invoicing,
        facts.has_attachment,
    )


def _refused(job: Job, refusal: Refusal) -> tuple[object, ...]:
    return (
        refusal.code,
        json.dumps(refusal.details, ensure_ascii=False),
        json.dumps(dict(refusal.extensions)) if refusal.extensions else None,
        refusal.invoice_number,
        job.id,
    )
