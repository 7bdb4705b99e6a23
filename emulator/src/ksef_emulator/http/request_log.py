"""The last requests that the public port saw, both sides of each, for the control API and for tests.

What is kept stays in memory. Tokens are in it; whoever shows an exchange shows it through `control/exchanges.py`,
which hides them.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime

KEPT = 1000
BODY_KEPT = 16 * 1024
"""Bytes of each body that are kept: at most 32 MB for everything."""
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one of the two said. ``body`` is its beginning, ``size`` how long it was in bytes."""

    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    size: int = 0


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One exchange. ``number`` counts all of them from 1; ``status`` is None when the client got no answer;
    ``problem`` is KSeF's code of a refusal; ``fault`` is the one that happened to it (`faults.Fault`); ``context`` is
    the token's, ``Nip:7771234567``, None without a token."""

    number: int = 0
    at: datetime
    method: str
    path: str
    query: str = field(default="", repr=False)
    status: int | None
    milliseconds: float
    client: str
    problem: int | None = None
    fault: str | None = None
    context: str | None = None
    request: Side = Side()
    answer: Side = Side()


class RequestLog:
    """The last thousand, oldest first; thread-safe."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._lock = threading.Lock()
        self._count = 0

    def add(self, entry: Entry) -> None:
        """Put one at the end, with the next number."""
        with self._lock:
            self._count += 1
            self._entries.append(replace(entry, number=self._count))

    @property
    def count(self) -> int:
        """How many there were since the start, kept or not."""
        with self._lock:
            return self._count

    def entries(self) -> tuple[Entry, ...]:
        """All that are kept."""
        with self._lock:
            return tuple(self._entries)

    def find(self, number: int) -> Entry | None:
        """The one with this number, if it is still kept."""
        return next((entry for entry in reversed(self.entries()) if entry.number == number), None)

    def clear(self) -> None:
        """Forget all; numbers go on."""
        with self._lock:
            self._entries.clear()
