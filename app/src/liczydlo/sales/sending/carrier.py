"""A way of carrying invoices to KSeF: what the job asks of an interactive session and of a package alike."""

from __future__ import annotations

import datetime as dt
from typing import Protocol, TypeVar

Load = TypeVar("Load")


class Carrier(Protocol[Load]):
    """Every method goes over rows as they are, whoever left them so, and commits as it goes.

    All but ``next_due`` raise KsefError, Later and ClaimLost; what was committed before stays.
    """

    def recover(self) -> None:
        """Settle what an earlier run left in doubt: KSeF is asked what it holds before anything goes out again."""

    def poll(self) -> None:
        """Settle what KSeF has taken and may have decided meanwhile."""

    def reserve(self) -> Load | None:
        """Mark what goes out next as being sent, with its session, before KSeF hears of it. None: nothing is due."""

    def send(self, load: Load) -> None:
        """Hand to KSeF what was reserved, and write down that it arrived, was refused, or goes back to the queue."""

    def close(self) -> None:
        """End the sessions that nothing needs any more."""

    def next_due(self) -> dt.datetime | None:
        """When there is something to do again; None: never, as things are."""
