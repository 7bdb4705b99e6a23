"""VAT payers whom the control port adds to the stand-in for Biała lista, and the limits of a day."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from ..clock import Clock
from ..intake.polish_time import polish_day
from ..store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS vat_payers (nip TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
"""
SEARCHES, CHECKS = 100, 5000
"""Requests of one address in a day, as the live service has them."""


@dataclass(frozen=True, kw_only=True)
class Payer:
    """One payer. A mask is 26 digits of a virtual account with X where any digit may stand."""

    nip: str
    name: str = "Firma Zmyślona"
    status: str = "Czynny"
    accounts: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()

    def has(self, number: str) -> bool:
        """Whether an account is this payer's, virtual ones too."""
        return number in self.accounts or any(_fits(mask, number) for mask in self.masks)


def _fits(mask: str, number: str) -> bool:
    return len(mask) == len(number) and all(a in ("X", b) for a, b in zip(mask, number, strict=True))


@dataclass(kw_only=True)
class Limits:
    """Requests in a day, and whether the list is being updated: nobody is answered then."""

    search: int = SEARCHES
    check: int = CHECKS
    updating: bool = False


@dataclass(kw_only=True)
class Payers:
    """Their rows, and how often each address has asked today."""

    store: Store
    clock: Clock
    limits: Limits = field(default_factory=Limits)
    _used: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.store.register(SCHEMA)

    def put(self, payer: Payer) -> None:
        """Add one, or say something else of one that is there."""
        content = json.dumps(
            {
                "name": payer.name,
                "status": payer.status,
                "accounts": payer.accounts,
                "masks": payer.masks,
            }
        )
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO vat_payers (nip, said) VALUES (?, ?)", (payer.nip, content))

    def get(self, nip: str) -> Payer | None:
        """Whom the control port has put under a NIP."""
        with self.store.transaction() as db:
            row = db.execute("SELECT said FROM vat_payers WHERE nip = ?", (nip,)).fetchone()
        if row is None:
            return None
        content = json.loads(row["said"])
        return Payer(
            nip=nip,
            name=content["name"],
            status=content["status"],
            accounts=tuple(content["accounts"]),
            masks=tuple(content["masks"]),
        )

    def count(self, operation: str, address: str, most: int) -> bool:
        """Count a request of an address; whether the day's limit allows it. A new day begins at midnight in Poland."""
        key = (operation, address, polish_day(self.clock.now()))
        with self._lock:
            if self._used[key] >= most:
                return False
            self._used[key] += 1
            return True

    def reset(self) -> None:
        """The limits are those of the live service again, and nobody has asked yet; the rows go with the store."""
        self.limits = Limits()
        with self._lock:
            self._used.clear()
