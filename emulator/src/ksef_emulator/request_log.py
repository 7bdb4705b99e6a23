"""The last requests that the public port answered, for the control panel; bodies and tokens are not kept."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

KEPT = 1000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One answered request. ``problem`` is KSeF's code of a refusal."""

    at: datetime
    method: str
    path: str
    status: int
    milliseconds: float
    client: str
    problem: int | None = None


class RequestLog:
    """The last thousand, oldest first; thread-safe."""

    def __init__(self, kept: int = KEPT) -> None:
        """Keeps so many."""
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        """Put one at the end."""
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> tuple[Entry, ...]:
        """All that are kept."""
        with self._lock:
            return tuple(self._entries)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._entries.clear()
