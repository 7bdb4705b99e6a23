"""Sliding windows: the requests of the last second, minute and hour, and the block of whoever makes too many.

ksef-docs limity/limity-api.md says that windows slide, that all three hold at once, and that a block is as long as
``Retry-After`` tells and grows much longer for those who keep asking, but not by how much: `PATIENCE` is ours.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from ..identity.contexts import Context
from .rates import Rates

Key = tuple[str, Context | None, str]
"""What is counted: a group or an operation; the context, if any; the client's address."""
SECOND = 1_000_000
LENGTHS = (SECOND, 60 * SECOND, 3600 * SECOND)
"""The three windows, in microseconds, as all moments here."""
PATIENCE = 100
"""Requests within one block that only hear how long it still lasts; each further hundred doubles it."""
LONGEST = LENGTHS[-1]
"""No block lasts longer."""
_COMPACT = 256
_FEW = 4096


@dataclass(frozen=True, kw_only=True)
class Excess:
    """A request too many: which limit, of how many seconds, and after how many whole seconds to try again."""

    limit: int
    window: int
    retry_after: int


class Windows:
    """The three windows of one counter. Moments are of any clock that mostly goes forward; when it is turned
    back, what it counted is forgotten. Refused requests do not count."""

    __slots__ = ("_began", "_heads", "_limit", "_requests", "_times", "_until", "_wait", "_window")

    def __init__(self) -> None:
        self._times: array[int] = array("q")
        self._heads = [0, 0, 0]  # where each window begins among the times
        self._began = self._until = self._wait = 0
        self._requests = self._limit = self._window = 0

    def admit(self, now: int, rates: Rates) -> Excess | None:
        """Count a request, or say why it is refused."""
        if self._until:
            if self._began <= now < self._until:
                return self._blocked(now)
            self._until = 0
        times = self._times
        if times and now < times[-1]:
            self._forget()
        over = self._over(now, (rates.per_second, rates.per_minute, rates.per_hour))
        if over is None:
            times.append(now)
            return None
        self._began, self._requests = now, 0
        self._wait, self._limit, self._window = over
        self._until = now + self._wait
        return self._excess(now)

    def stale(self, now: int) -> bool:
        """Whether nothing in here matters any more."""
        last = self._times[-1] if self._times else now - LENGTHS[-1]
        return not (last <= now < last + LENGTHS[-1] or self._began <= now < self._until)

    def _over(self, now: int, limits: tuple[int, int, int]) -> tuple[int, int, int] | None:
        """The longest wait, with its limit and window, or None; moves the windows' beginnings on."""
        times, heads = self._times, self._heads
        count, oldest, worst = len(times), len(times), None
        for index, (limit, length) in enumerate(zip(limits, LENGTHS, strict=True)):
            if limit < 0:
                continue
            head, edge = heads[index], now - length
            while head < count and times[head] <= edge:
                head += 1
            heads[index] = head
            oldest = min(oldest, head)
            if count - head >= limit:
                wait = (times[count - limit] if limit else now) + length - now
                if worst is None or wait > worst[0]:
                    worst = (wait, limit, length)
        if oldest > _COMPACT and oldest * 2 > count:
            del times[:oldest]
            self._heads = [max(0, head - oldest) for head in heads]
        return worst

    def _blocked(self, now: int) -> Excess:
        self._requests += 1
        if self._requests % PATIENCE == 0:
            self._wait = min(self._wait * 2, LONGEST)
            self._until = max(self._until, min(now + self._wait, self._began + LONGEST))
        return self._excess(now)

    def _excess(self, now: int) -> Excess:
        seconds = -(-(self._until - now) // SECOND)
        return Excess(limit=self._limit, window=self._window // SECOND, retry_after=seconds)

    def _forget(self) -> None:
        del self._times[:]
        self._heads = [0, 0, 0]


class Limiter:
    """All counters, by key; thread-safe. Those that matter no more are thrown away as new ones come, so that memory
    follows the last hour's clients."""

    def __init__(self, now: Callable[[], int]) -> None:
        """``now`` gives microseconds."""
        self._now = now
        self._lock = threading.Lock()
        self._counters: dict[Key, Windows] = {}
        self._most = _FEW

    def __len__(self) -> int:
        """How many counters are kept."""
        return len(self._counters)

    def admit(self, *counters: tuple[Key, Rates]) -> Excess | None:
        """Count a request in each of the counters, in turn, until one refuses it."""
        now = self._now()
        with self._lock:
            for key, rates in counters:
                windows = self._counters.get(key)
                if windows is None:
                    windows = self._add(key, now)
                excess = windows.admit(now, rates)
                if excess is not None:
                    return excess
        return None

    def forget(self) -> None:
        with self._lock:
            self._counters = {}

    def forget_context(self, context: Context) -> None:
        """Begin anew with one context: its rates are others now."""
        with self._lock:
            self._counters = {key: counter for key, counter in self._counters.items() if key[1] != context}

    def _add(self, key: Key, now: int) -> Windows:
        if len(self._counters) >= self._most:
            self._counters = {
                key: counter for key, counter in self._counters.items() if not counter.stale(now)
            }
            self._most = max(_FEW, 2 * len(self._counters))
        return self._counters.setdefault(key, Windows())
