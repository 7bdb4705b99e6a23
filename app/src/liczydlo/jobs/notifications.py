"""How workers hear that the table of jobs has changed: an event in this process, LISTEN/NOTIFY on PostgreSQL.

A notification may be lost; the dispatcher's poll finds what it was about.
"""

from __future__ import annotations

import logging
import threading
from typing import Final

import psycopg
from django.db import connection, transaction

CHANNEL: Final = "liczydlo_jobs"
PAUSE: Final = 1.0
"""Seconds between two looks at ``stopping``, and before a lost connection is made anew."""

log = logging.getLogger(__name__)
_subscribers: set[threading.Event] = set()


def notify() -> None:
    """Notify this process's dispatchers, on PostgreSQL every machine's, when the transaction commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")  # many in one transaction become one
    transaction.on_commit(_set_all)


def _set_all() -> None:
    for event in tuple(_subscribers):
        event.set()


def subscribe(event: threading.Event) -> None:
    """Set ``event`` whenever this process notifies."""
    _subscribers.add(event)


def unsubscribe(event: threading.Event) -> None:
    """End what ``subscribe`` began."""
    _subscribers.discard(event)


def listen(event: threading.Event, stopping: threading.Event) -> None:
    """Set ``event`` whenever any process notifies through PostgreSQL, until ``stopping`` is set; a thread's body."""
    parameters = connection.get_connection_params()
    address = {name: value for name, value in parameters.items() if name not in _DJANGOS}
    while not stopping.is_set():
        try:
            with psycopg.connect(**address, autocommit=True) as listening:
                listening.execute(f"LISTEN {CHANNEL}")
                event.set()  # for what was notified before
                while not stopping.is_set():
                    for _ in listening.notifies(timeout=PAUSE):
                        event.set()
        except psycopg.OperationalError:
            log.warning("the connection that listens for jobs is lost; it is made anew", exc_info=True)
            stopping.wait(PAUSE)


_DJANGOS: Final = frozenset({"context", "cursor_factory", "prepare_threshold"})
"""Parameters of Django's own connections that a plain one does without."""
