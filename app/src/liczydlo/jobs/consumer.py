"""The worker inside a process: huey's threads and the sweep. ``liczydlo serve`` and ``liczydlo worker`` start it."""

from __future__ import annotations

import threading

from huey.consumer import Consumer

from liczydlo.jobs import presence, queue
from liczydlo.jobs.sweep import Sweeper

THREADS = 4


class _Consumer(Consumer):  # type: ignore[misc]  # huey carries no types
    """huey's consumer without its signal handlers: the process that starts us has its own."""

    def _set_signal_handlers(self) -> None:
        """Nothing: see the class."""


class Running:
    """Started workers; ``stop`` ends them after what they are doing."""

    def __init__(self, threads: int) -> None:
        """Starts ``threads`` workers and the sweep."""
        presence.me()
        self._stop = threading.Event()
        self._consumer = _Consumer(
            queue.prepare(),
            workers=threads,
            periodic=False,
            initial_delay=0.1,
            max_delay=0.5,
            check_worker_health=False,
        )
        self._consumer.start()
        self._sweeper = Sweeper(self._stop)
        self._sweeper.start()

    def stop(self) -> None:
        """End the workers and the sweep and wait for them."""
        self._stop.set()
        self._consumer.stop(graceful=True)
        self._sweeper.join(timeout=10)


def start(threads: int = THREADS) -> Running:
    """Start doing background work in this process; returns at once."""
    return Running(threads)
