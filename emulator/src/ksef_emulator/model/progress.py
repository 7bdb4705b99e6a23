"""How fast asynchronous work shows: at once, after so many polls, or after so much time on the clock.

The idea is moto's managed state: the work itself is done in one step; only when it becomes visible is
configured.
"""

from __future__ import annotations

from dataclasses import dataclass

MICROSECONDS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Work is done when it was polled `polls` times and `seconds` have passed since it was accepted."""

    polls: int = 0
    seconds: float = 0.0

    def due_at(self, accepted: int) -> int:
        """The earliest moment of completion; both in microseconds since the epoch."""
        return accepted + int(self.seconds * MICROSECONDS)


AT_ONCE = Progress()
