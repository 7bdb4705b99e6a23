"""Letters that the mail server did not take, whichever feature wrote them."""

from __future__ import annotations

import datetime as dt
from typing import Final

from liczydlo.jobs.claims import HOUR, Later
from liczydlo.web.reasons import Reason

FIRST: Final = dt.timedelta(minutes=1)


def try_again(undelivered: int) -> None:
    """Put the job off when letters were not taken. Raises Later."""
    if undelivered:
        raise Later(Reason("letter-not-sent", {"count": undelivered}), first=FIRST, longest=HOUR)
