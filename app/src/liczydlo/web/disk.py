"""A disk without free space: no fault of the program, and something that a person can mend."""

from __future__ import annotations

import errno
import sqlite3
from typing import Final

_NO_SPACE: Final = frozenset((errno.ENOSPC, errno.EDQUOT))
_POSTGRESQL: Final = "53100"  # SQLSTATE disk_full


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or one that it comes of, is that the disk, a quota of it or the database's file is full."""
    visited: set[int] = set()
    while error is not None and id(error) not in visited:
        visited.add(id(error))
        if isinstance(error, OSError) and error.errno in _NO_SPACE:
            return True
        if (
            isinstance(error, sqlite3.Error)
            and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        ):
            return True
        if getattr(error, "sqlstate", None) == _POSTGRESQL:
            return True
        error = error.__cause__ or error.__context__
    return False
