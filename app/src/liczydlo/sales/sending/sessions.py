"""The company's interactive session at KSeF: opened for something to send, used by any process, closed when idle."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cached_property
from typing import Any

from django.db.models import F

from liczydlo.companies.models import Company
from liczydlo.connection import limits, vault
from liczydlo.jobs.claims import Claim
from liczydlo.ksef.client import Client, OnlineSession
from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.errors import Refused
from liczydlo.ksef.sessions import FA3, FORMS
from liczydlo.sales.models import Invoice, Session
from liczydlo.sales.states import State
from liczydlo.web.reasons import Reason

MARGIN = dt.timedelta(minutes=10)  # a session about to end is not begun anew
IDLE = dt.timedelta(
    seconds=45
)  # KSeF refuses sessions that follow each other too closely, so one is kept for a while
PURPOSE = "ksef-session-key"


def _label(company: Company, reference: str) -> vault.Label:
    return {"company_id": company.pk, "row": reference, "purpose": PURPOSE}


def seal_key(company: Company, reference: str, key: SessionKey) -> bytes:
    """A session's key for its row."""
    return vault.seal(key.to_bytes(), **_label(company, reference))


def unseal_key(company: Company, session: Session) -> SessionKey:
    """The key of a session's row. Raises VaultError."""
    sealed = bytes(session.sealed_key)
    return SessionKey.from_bytes(vault.unseal(sealed, **_label(company, session.reference)))


class Sessions:
    """The interactive sessions of one company during one run of the sending job."""

    def __init__(self, claim: Claim, company: Company, ksef: Client) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company, self._ksef = claim, company, ksef
        self.broken: set[str] = set()  # sessions of which KSeF said in this run that it takes nothing more
        self._current: dict[str, tuple[Session, OnlineSession]] = {}  # by the system code of their form
        self._sent: Counter[str] = Counter()  # invoices of this run by session, not written down yet

    @cached_property
    def _most(self) -> int:
        """Invoices in one session."""
        return limits.limits_of(self._company).context.online_invoices

    def _open_rows(self) -> list[Session]:
        rows = Session.objects.of(self._company).filter(environment=self._company.environment, closed_at=None)
        return list(rows.filter(kind=Session.Kind.ONLINE).order_by("-id"))

    def current(self, form: str = FA3.system_code) -> tuple[Session, OnlineSession]:
        """The session to send documents of a form (its system code) in: the open one, or a new one. Raises KsefError,
        ClaimLost."""
        session = self._current.get(form)
        if session is None or not self._takes_more(session[0]):
            session = self._current[form] = self._stored(form) or self._open(form)
        return session

    def _takes_more(self, row: Session) -> bool:
        if row.broken or row.reference in self.broken or row.sent + self._sent[row.reference] >= self._most:
            return False
        return row.valid_until > self._claim.clock() + MARGIN

    def _stored(self, form: str) -> tuple[Session, OnlineSession] | None:
        for row in filter(self._takes_more, self._open_rows()):
            if row.form != form:
                continue
            try:
                key = unseal_key(self._company, row)
            except vault.VaultError as error:  # its master key is gone: a new session costs nothing
                self.broke(row.reference, Reason("session-broken", ksef_code=str(error.code)))
                continue
            return row, OnlineSession(reference=row.reference, key=key, valid_until=row.valid_until)
        return None

    def _open(self, form: str) -> tuple[Session, OnlineSession]:
        now = self._claim.clock()
        self._claim.step("session.open")
        opened = self._ksef.open_online(FORMS[form])
        # a crash here loses the key with the session: no invoice is in it yet, and KSeF ends it by itself
        self._claim.step("session.opened")
        row = Session.objects.create(
            company=self._company,
            environment=self._company.environment,
            form=form,
            reference=opened.reference,
            sealed_key=seal_key(self._company, opened.reference, opened.key),
            opened_at=now,
            used_at=now,
            valid_until=opened.valid_until,
        )
        self._claim.step("session.stored")
        return row, opened

    def used(self, reference: str) -> None:
        """One more invoice went into it."""
        self._sent[reference] += 1

    def write_down(self) -> None:
        """Keep what ``used`` counted. A killed run forgets its own: KSeF says itself when a session is full (21155)."""
        for reference, sent in self._sent.items():
            rows = Session.objects.of(self._company).filter(reference=reference)
            rows.update(sent=F("sent") + sent, used_at=self._claim.clock())
        self._sent.clear()

    def broke(self, reference: str, why: Reason | None = None) -> None:
        """KSeF takes nothing more in it; the first cause is kept."""
        self.broken.add(reference)
        rows = Session.objects.of(self._company).filter(reference=reference)
        rows.update(broken=True)
        if why is not None:
            rows.filter(reason_json=None).update(reason_json=why.as_json())

    def close_idle(self) -> None:
        """Close what has not been used for a while, is full, broken or at its end, and has nothing in doubt."""
        self.write_down()
        now = self._claim.clock()
        for row in self._open_rows():
            if self._is_needed(row, now):
                continue
            self._claim.step("session.close")
            values: dict[str, Any] = {"closed_at": now}
            if row.valid_until > now:
                try:
                    self._ksef.close_online(row.reference)
                except Refused:
                    values["broken"] = True  # closed or cancelled already: nothing is left to be done
            self._claim.step("session.closed")
            Session.objects.of(self._company).filter(pk=row.pk, closed_at=None).update(**values)

    def _is_needed(self, row: Session, now: dt.datetime) -> bool:
        invoices = Invoice.objects.of(self._company).filter(session=row)
        if invoices.filter(state__in=[State.SENDING, State.PROCESSING]).exists():
            return row.valid_until > now
        if row.broken or row.sent >= self._most or row.valid_until <= now + MARGIN:
            return False
        return dt.timedelta(0) <= now - row.used_at < IDLE  # used in the future: the clock was set back

    def next_look(self) -> dt.datetime | None:
        """When the first of the open sessions becomes idle."""
        return min((self._looked_at(row) for row in self._open_rows()), default=None)

    def _looked_at(self, row: Session) -> dt.datetime:
        return max(
            row.used_at + IDLE, self._claim.clock() + IDLE / 3
        )  # a needed one is not looked at all the time
