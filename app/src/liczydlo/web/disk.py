"""A disk without free space: no fault of the program, and something that a person can mend."""

from __future__ import annotations

import contextlib
import errno
import logging
import sqlite3
from collections.abc import Iterator
from typing import Final

_NO_SPACE: Final = frozenset((errno.ENOSPC, errno.EDQUOT))
_POSTGRESQL: Final = "53100"  # SQLSTATE disk_full

log = logging.getLogger(__name__)


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


@contextlib.contextmanager
def dispensable() -> Iterator[None]:
    """For what is noted by the way and no answer needs: on a full disk it is not stored, and the page is shown.

    What has to be stored together opens its own transaction inside. Other errors are raised.
    """
    try:
        yield
    except Exception as error:
        if not is_full(error):
            raise
        log.warning("the disk is full, so something that no page needs was not noted: %s", error)
