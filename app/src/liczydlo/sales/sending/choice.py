"""One by one, or as a package: which is quicker within the limits of KSeF (guide ``limity/limity-api.md``)."""

from __future__ import annotations

import datetime as dt
from typing import Final

HOUR: Final = dt.timedelta(hours=1)
"""The longest window of KSeF's limits; it slides."""
SINGLE: Final = 180
"""Invoices that KSeF takes one by one in an hour, of one context and address."""
PACKAGES: Final = 60
"""Batch sessions that it opens in an hour."""


def packs(queued: int, *, worthwhile: int, sent: int, opened: int) -> bool:
    """Whether ``queued`` invoices go as a package: there are ``worthwhile`` many, or the hour would not carry them.

    ``sent`` is how many went one by one in the last hour, ``opened`` how many packages: where that limit is used up,
    nothing is won.
    """
    if queued == 0 or opened >= PACKAGES:
        return False
    return queued >= worthwhile or queued > SINGLE - sent
