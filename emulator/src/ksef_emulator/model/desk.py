"""The desk where sent documents are examined, numbered and registered.

Examination is pure and runs outside transactions; registration is one transaction for many documents. A
document waits in `pending` until it is settled, so a restart continues where the last process stopped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import threading
import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from ..clock import Clock
from ..intake.cipher import decrypt
from ..intake.examine import Rules, examine
from ..intake.facts import Facts
from ..intake.identifiers import ksef_number
from ..intake.polish_time import polish_day
from ..intake.refusals import SUCCESS, Refusal, duplicate, session_failed, wrong_hash, wrong_size
from ..intake.schemas import Schemas
from ..store import Store
from .invoice_records import pack, party_rows
from .invoices import Invoices
from .issuing import NoRelations, Relations, may_issue
from .limits import Limits
from .moments import StorageStamps, micros, moment
from .session_records import Session
from .sessions import Sessions

BATCH = 100
"""Documents of one transaction; others wait for it, some 20 ms."""
UNIQUE_YEARS = 10
"""Full years after the year of issue in which seller, kind and number stay taken (weryfikacja-faktury.md)."""


@dataclass(frozen=True, kw_only=True)
class _Job:
    id: int
    session: Session
    sealed: bytes
    sha256: bytes
    size: int
    invoicing: datetime
    offline: bool
    corrected_sha256: bytes | None


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    job: _Job
    xml: bytes = b""
    facts: Facts | None = None
    refusal: Refusal | None = None


class Desk:
    """Settles pending documents, then the sessions that waited for them."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        sessions: Sessions,
        invoices: Invoices,
        schemas: Schemas,
        relations: Relations | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.sessions = sessions
        self.invoices = invoices
        self.schemas = schemas
        self.relations: Relations = relations or NoRelations()
        self.limits = limits or Limits(store)
        with store.transaction() as db:
            last = db.execute("SELECT MAX(storage) FROM register").fetchone()[0]
        self.stamps = StorageStamps(last or 0)
        self._claimed: set[int] = set()
        self._lock = threading.Lock()

    def settle(self) -> None:
        """Do whatever is due: pending documents, overdue sessions, ends of closed sessions."""
        self.sessions.expire()
        while jobs := self._claim():
            try:
                self._record([self._look(job) for job in jobs])
            finally:
                with self._lock:
                    self._claimed.difference_update(job.id for job in jobs)
        self.sessions.finish()

    def _claim(self) -> list[_Job]:
        now = micros(self.clock.now())
        with self._lock:
            with self.store.transaction() as db:
                due = db.execute(
                    "SELECT id FROM pending WHERE polls_left <= 0 AND due_at <= ? ORDER BY id LIMIT ?",
                    (now, BATCH + len(self._claimed)),
                ).fetchall()
                free = [row["id"] for row in due if row["id"] not in self._claimed][:BATCH]
                rows = db.execute(
                    "SELECT pending.id, pending.session_id, pending.sealed, sent.sha256, sent.size,"  # noqa: S608
                    " sent.invoicing, sent.offline, sent.corrected_sha256"
                    " FROM pending JOIN sent ON sent.id = pending.id"
                    f" WHERE pending.id IN ({','.join('?' * len(free))}) ORDER BY pending.id",
                    free,
                ).fetchall()
                found = {key: self.sessions.with_id(key) for key in {row["session_id"] for row in rows}}
            self._claimed.update(row["id"] for row in rows)
        return [_job(row, session) for row in rows if (session := found[row["session_id"]])]

    def _look(self, job: _Job) -> _Outcome:
        """One document, examined; no database in here."""
        session = job.session
        if session.key is None or session.iv is None:
            return _Outcome(job=job, refusal=session_failed())
        limits = self.limits.session(session)
        rules = Rules(
            form=session.form,
            day=polish_day(job.invoicing),
            may_issue=lambda facts: may_issue(
                facts,
                context_type=session.context_type,
                context_value=session.context_value,
                relations=self.relations,
            ),
            attachments=job.corrected_sha256 is not None,
            verify_identifiers=session.verify_identifiers,
            max_bytes=limits.max_bytes,
            max_bytes_with_attachment=limits.max_bytes_with_attachment,
        )
        try:
            xml = decrypt(job.sealed, key=session.key, iv=session.iv)
            if len(xml) != job.size:
                raise wrong_size(job.size)
            if hashlib.sha256(xml).digest() != job.sha256:
                raise wrong_hash(base64.b64encode(job.sha256).decode())
            return _Outcome(job=job, xml=xml, facts=examine(xml, rules, self.schemas))
        except Refusal as refusal:
            return _Outcome(job=job, refusal=refusal)

    def _record(self, outcomes: list[_Outcome]) -> None:
        deflated = {out.job.id: zlib.compress(out.xml, 1) for out in outcomes if out.facts}
        with self.stamps.writing(), self.store.transaction() as db:
            now = micros(self.clock.now())
            for out in outcomes:
                settled = out
                if out.facts:
                    taken = _taken(db, out.facts, moment(now).date())
                    if taken:
                        taken.invoice_number = out.facts.number
                        settled = replace(out, facts=None, refusal=taken)
                if settled.facts:
                    self._register(db, settled.job, settled.facts, deflated[out.job.id], now)
                else:
                    _refuse(db, settled)
                db.execute("DELETE FROM pending WHERE id = ?", (out.job.id,))
                column = "successful" if settled.facts else "failed"
                db.execute(
                    f"UPDATE sessions SET {column} = {column} + 1, updated = ? WHERE id = ?",  # noqa: S608
                    (now, out.job.session.id),
                )

    def _register(self, db: sqlite3.Connection, job: _Job, facts: Facts, deflated: bytes, now: int) -> None:
        day = polish_day(job.invoicing)
        seller = facts.seller.value or ""
        storage = self.stamps.stamp(now)
        invoicing = micros(job.invoicing)
        issue = facts.issue_date.isoformat()
        db.execute("UPDATE sent SET code = ?, number = ? WHERE id = ?", (SUCCESS, facts.number, job.id))
        db.execute("INSERT INTO documents (id, deflated) VALUES (?, ?)", (job.id, deflated))
        values = (
            job.id,
            ksef_number(seller_nip=seller, day=day, technical=_technical(job.id)),
            job.session.id,
            job.sha256,
            job.corrected_sha256,
            seller,
            facts.seller.name,
            facts.kind,
            facts.number,
            issue,
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
        db.execute(f"INSERT INTO register VALUES ({','.join('?' * len(values))})", values)  # noqa: S608
        db.executemany(
            "INSERT INTO parties (role, who, id, storage, invoicing, issue) VALUES (?,?,?,?,?,?)",
            [
                (role, who, job.id, storage, invoicing, issue)
                for role, who in party_rows(facts.seller, facts.buyer, facts.third, facts.authorized)
            ],
        )


def _job(row: sqlite3.Row, session: Session) -> _Job:
    return _Job(
        id=row["id"],
        session=session,
        sealed=row["sealed"],
        sha256=row["sha256"],
        size=row["size"],
        invoicing=moment(row["invoicing"]),
        offline=bool(row["offline"]),
        corrected_sha256=row["corrected_sha256"],
    )


def _taken(db: sqlite3.Connection, facts: Facts, today: date) -> Refusal | None:
    """Refusal 440 if seller, kind and number belong to an invoice that is not older than ten full years."""
    rows = db.execute(
        "SELECT register.ksef_number, register.issue, sessions.reference FROM register"
        " JOIN sessions ON sessions.id = register.session_id"
        " WHERE register.seller_nip = ? AND register.number = ? AND register.kind = ?",
        (facts.seller.value, facts.number, facts.kind),
    ).fetchall()
    for row in rows:
        if today.year <= int(row["issue"][:4]) + UNIQUE_YEARS:
            return duplicate(row["ksef_number"], row["reference"])
    return None


def _refuse(db: sqlite3.Connection, out: _Outcome) -> None:
    refusal = out.refusal
    if refusal is None:
        raise ValueError("an outcome is either facts or a refusal")
    db.execute(
        "UPDATE sent SET code = ?, details = ?, extensions = ?, number = ? WHERE id = ?",
        (
            refusal.code,
            json.dumps(refusal.details, ensure_ascii=False),
            json.dumps(dict(refusal.extensions)) if refusal.extensions else None,
            refusal.invoice_number,
            out.job.id,
        ),
    )


def _technical(row_id: int) -> int:
    """The 12 hexadecimal digits of a number: `0100` and the row's id, scattered one to one over 32 bits."""
    return 0x0100_0000_0000 + (row_id * 0x9E37_79B1 & 0xFFFF_FFFF)
