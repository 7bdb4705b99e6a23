"""Made-up entries of the REGON register, sessions of its service, and what the control port makes it answer."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ..clock import Clock

KEY: Final = "abcde12345abcde12345"
"""The public key of the live test service, the only one that the stand-in takes."""
IDLE: Final = timedelta(minutes=60)
"""A session that nobody uses for so long is over."""
CEIDG, FARM, OTHER, STRUCK, LEGAL = "1", "2", "3", "4", "6"
"""Values of SilosID."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One ``dane`` of a search; ``ended`` is an ISO date, ``kind`` P (legal) or F (a sole proprietor's activity)."""

    name: str
    street: str
    building: str
    unit: str = ""
    code: str
    town: str
    kind: str = "P"
    silo: str = LEGAL
    ended: str = ""


MADE_UP: Final[dict[str, tuple[Entry, ...]]] = {
    "9912459017": (
        Entry(
            name="ZAMKNIĘTE DRZWI SPÓŁKA Z OGRANICZONĄ ODPOWIEDZIALNOŚCIĄ",
            street="ul. Cicha",
            building="13",
            code="00-913",
            town="Warszawa",
            ended="2024-06-30",
        ),
    ),
    "9935840212": (
        Entry(
            name="Gospodarstwo Rolne Teofil Burak",
            street="",
            building="7",
            code="88-907",
            town="Buraczewo",
            kind="F",
            silo=FARM,
        ),
        Entry(
            name="TEOBUD Teofil Burak",
            street="ul. Murarska",
            building="21A",
            unit="4",
            code="88-900",
            town="Kłosowo",
            kind="F",
            silo=CEIDG,
        ),
        Entry(
            name="Stare Usługi Teofil Burak",
            street="ul. Dawna",
            building="1",
            code="88-900",
            town="Kłosowo",
            kind="F",
            silo=STRUCK,
            ended="2014-11-30",
        ),
    ),
}
"""A company that has ended its activity, and a sole proprietor with three entries, one of them struck off."""


@dataclass(kw_only=True)
class State:
    """``status`` of the service is 1 (available), 0 (not) or 2 (a technical break); ``message`` is KomunikatKod of
    every search: 0, 1 (a captcha is to be solved) or 5 (no right to ask)."""

    status: int = 1
    message: int = 0
    idle: timedelta = IDLE


@dataclass(kw_only=True)
class Register:
    """Sessions by ``sid``: when each was last used, and the message code of its last answer."""

    clock: Clock
    state: State = field(default_factory=State)
    _sessions: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def log_in(self, key: str) -> str:
        """A new session; empty where the key is wrong."""
        if key != KEY:
            return ""
        sid = secrets.token_hex(10)
        with self._lock:
            self._sessions[sid] = (self.clock.now(), 0)
        return sid

    def use(self, sid: str) -> bool:
        """Whether the session is alive; it is then for another while."""
        with self._lock:
            used, message = self._sessions.get(sid, (None, 0))
            if used is None or self.clock.now() - used >= self.state.idle:
                self._sessions.pop(sid, None)
                return False
            self._sessions[sid] = (self.clock.now(), message)
            return True

    def note(self, sid: str, message: int) -> None:
        """Keep the message code of an answer."""
        with self._lock:
            if sid in self._sessions:
                self._sessions[sid] = (self._sessions[sid][0], message)

    def message(self, sid: str) -> int:
        """That of the session's last answer; 7 without a session."""
        with self._lock:
            return self._sessions[sid][1] if sid in self._sessions else 7

    def log_out(self, sid: str) -> bool:
        """Whether there was such a session."""
        with self._lock:
            return self._sessions.pop(sid, None) is not None

    def reset(self) -> None:
        """The service is as usual, and nobody is logged in."""
        with self._lock:
            self._sessions.clear()
        self.state = State()


def regon(nip: str) -> str:
    """A made-up REGON of nine digits with a right check digit, the same for a NIP whenever it is asked for."""
    digits = f"{int.from_bytes(hashlib.sha256(nip.encode()).digest()[:4], 'big') % 10**8:08}"
    weights = (8, 9, 2, 3, 4, 5, 6, 7)
    check = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10
    return f"{digits}{check}"
