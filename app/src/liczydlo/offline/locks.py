"""That nobody counts a deadline by outages that another session is changing.

Whoever issues holds the outages of an environment until its transaction ends, together with others; whoever stores one
waits for them, so that deadlines counted anew afterwards (``outages_changed``) cover every invoice. On SQLite a
transaction that writes keeps all others out by itself.
"""

from __future__ import annotations

import zlib
from typing import Final

from django.db import connection

_OUTAGES: Final = 7106271
"""The first half of the lock's number in PostgreSQL."""


def hold(environment: str) -> None:
    """Outages stay as they are until the transaction ends; to be called before they are read."""
    _lock("pg_advisory_xact_lock_shared", environment)


def change(environment: str) -> None:
    """Lock outages against those who count deadlines by them; call it before one is stored."""
    _lock("pg_advisory_xact_lock", environment)


def _lock(function: str, environment: str) -> None:
    if connection.vendor != "postgresql":
        return
    number = zlib.crc32(environment.encode()) - 2**31  # PostgreSQL's int4 is signed
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_OUTAGES, number])
