"""One by one, or as a package: which is quicker within the limits of KSeF (guide ``limity/limity-api.md``)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from liczydlo.ksef.limits import Limits

HOUR: Final = dt.timedelta(hours=1)
"""The longest window of KSeF's limits; it slides."""


def packs(queued: int, limits: Limits, *, worthwhile: int, sent: int, opened: int) -> bool:
    """Whether ``queued`` invoices go as a package: there are ``worthwhile`` many, or the hour would not carry them.

    ``sent`` is how many went one by one in the last hour, ``opened`` how many packages: where that limit is used up,
    nothing is won.
    """
    singly, packages = limits.rate("invoiceSend").hour, limits.rate("batchSession").hour
    if queued == 0 or (packages is not None and opened >= packages):
        return False
    return queued >= worthwhile or (singly is not None and queued > singly - sent)
