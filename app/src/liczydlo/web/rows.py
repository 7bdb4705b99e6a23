"""Rows that another session makes or removes at this very moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from django.db import IntegrityError, transaction

TRIES: Final = 3
Result = TypeVar("Result")


def stored(work: Callable[[], Result], *, instead: Callable[[], Result | None] = lambda: None) -> Result:
    """What ``work`` returns, in a transaction of its own.

    Where the database refuses a row because another session was faster, ``instead`` is asked outside of that
    transaction: its result stands in place of the work's, or it raises why not. Where neither is so, the other's row
    has gone again meanwhile, and the work is done once more. Raises IntegrityError after the third refusal.
    """
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return work()
        except IntegrityError:
            result = instead()
            if result is not None:
                return result
    with transaction.atomic():
        return work()
