"""What an outage does to documents: the features above tell it, the page of outages shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liczydlo.companies.models import Company
from liczydlo.offline.models import Outage


@dataclass(frozen=True)
class Effect:
    """A sentence about some of the company's documents, and the address of the page that shows them."""

    text: str
    url: str


Teller = Callable[[Company, Sequence[Outage]], Mapping[str, list[Effect]]]
"""Effects by ``Outage.event``."""
TELLERS: Final[list[Teller]] = []


def effects(company: Company, outages: Sequence[Outage]) -> dict[str, list[Effect]]:
    """Sentences that features add to outages (``TELLERS``), by ``Outage.event``."""
    by_event: dict[str, list[Effect]] = {}
    for teller in TELLERS:
        for event, some in teller(company, outages).items():
            by_event.setdefault(event, []).extend(some)
    return by_event
