"""What the schema cannot say: the rule that KSeF refuses by, and those by which an accountant would.

An *error* is only what KSeF itself refuses (ksef-docs faktury/weryfikacja-faktury.md); everything else is a *warning*,
because the taxpayer answers for the content, not the program. A rule is a function that yields problems; it reads
any document of the right form and never raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import Problem
from liczydlo.fa3.rules import amounts, currency, dates, kinds, marks, parties, taxes

_RULES: Final[tuple[Callable[[Faktura], Iterator[Problem]], ...]] = (
    *parties.RULES,
    *amounts.RULES,
    *taxes.RULES,
    *currency.RULES,
    *marks.RULES,
    *kinds.RULES,
)


def check(faktura: Faktura, *, today: date) -> list[Problem]:
    """What the rules have against an invoice whose form is right; ``today`` is the day in Poland."""
    return [
        *(problem for rule in dates.RULES for problem in rule(faktura, today)),
        *(problem for rule in _RULES for problem in rule(faktura)),
    ]
