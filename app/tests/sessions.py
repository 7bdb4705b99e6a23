"""Several sessions of the database against each other, on SQLite and on PostgreSQL.

The test has to commit what it makes: ``django_db(transaction=True)``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.db import connection

WAIT: Final = 20  # seconds until all have come to the start


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread and a database session of its own, begun at the same moment: what they return, an exception as
    itself."""
    begin = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            begin.wait(WAIT)
            return act()
        except Exception as error:  # noqa: BLE001 - handed to the test
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def done(*acts: Callable[[], Any]) -> list[Any]:
    """As :func:`at_once`, and none of them may fail."""
    outcomes = at_once(*acts)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    return outcomes
