"""How many requests KSeF takes: the published rates, the profiles of environments, and what a test changed.

ksef-docs limity/limity-api.md and the OpenAPI's ``x-rate-limits``. That page gives TEST ten times the rates of
production; the change log of 2.5.0 says that TEST has had the rates of production since, which is profile
``production`` here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from ...store import Store
from ..identity.contexts import OF_CONTEXT, Context

Profile = Literal["off", "test", "production"]
UNLIMITED = -1
TEST_FACTOR = 10
SCHEMA = """
CREATE TABLE IF NOT EXISTS rate_limits (
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    rates TEXT NOT NULL,                     -- JSON: group, window, number
    PRIMARY KEY (context_type, context_value)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Requests that fit into a second, a minute and an hour; ``UNLIMITED`` is no limit."""

    per_second: int
    per_minute: int = UNLIMITED
    per_hour: int = UNLIMITED

    def times(self, factor: int) -> Rates:
        """All of them so many times higher; what has no limit gets none."""
        return Rates(**{name: max(value * factor, UNLIMITED) for name, value in asdict(self).items()})


def _rates(per_second: int, per_minute: int, per_hour: int) -> Rates:
    return Rates(per_second=per_second, per_minute=per_minute, per_hour=per_hour)


OTHER, ANONYMOUS, GLOBAL = "other", "anonymous", "global"
"""Groups that count differently: each operation for itself; by address alone; everything of an address."""
CLOSING = {"onlineSessionClose": "onlineSession", "batchSessionClose": "batchSession"}
"""Sessions may be closed twice as often as opened, also after a test changed that."""
OPEN_TO_CHANGE: Mapping[str, Rates] = {
    "onlineSession": _rates(10, 30, 120),
    "batchSession": _rates(10, 20, 60),
    "invoiceSend": _rates(10, 30, 180),
    "invoiceStatus": _rates(30, 120, 1200),
    "sessionList": _rates(5, 10, 60),
    "sessionInvoiceList": _rates(10, 20, 200),
    "sessionMisc": _rates(10, 120, 1200),
    "invoiceMetadata": _rates(8, 16, 20),
    "invoiceExport": _rates(8, 16, 20),
    "invoiceExportStatus": _rates(10, 60, 600),
    "invoiceDownload": _rates(8, 16, 64),
    "collectiveIdentifier": _rates(20, 120, 240),
    OTHER: _rates(10, 30, 120),
}
"""``ApiRateLimitsOverride``: the groups that a test may change, with production's rates."""
FIXED: Mapping[str, Rates] = {ANONYMOUS: Rates(per_second=60), GLOBAL: Rates(per_second=75)}


def _with_closing(rates: Mapping[str, Rates]) -> dict[str, Rates]:
    return {**rates, **{closing: rates[opening].times(2) for closing, opening in CLOSING.items()}}


PRODUCTION: Mapping[str, Rates] = {**_with_closing(OPEN_TO_CHANGE), **FIXED}
TEST: Mapping[str, Rates] = {group: rates.times(TEST_FACTOR) for group, rates in PRODUCTION.items()}


def _of(profile: Profile) -> Mapping[str, Rates]:
    return TEST if profile == "test" else PRODUCTION


class RateLimits:
    """Which rates are in force where; thread-safe. Profile ``off`` counts only in contexts whose rates were changed,
    and tells everybody else those of production."""

    def __init__(self, store: Store, profile: Profile) -> None:
        """Registers its table and reads what was changed before."""
        self.store = store
        self.profile, self.usual = profile, _of(profile)
        self._lock = threading.Lock()
        self._changed: dict[Context, Mapping[str, Rates]] = {}
        store.register(SCHEMA)
        self.reload()

    @property
    def idle(self) -> bool:
        """Whether nobody is limited."""
        return self.profile == "off" and not self._changed

    def use(self, profile: Profile) -> None:
        """Another profile from now on."""
        self.profile, self.usual = profile, _of(profile)
        self.reload()

    def reload(self) -> None:
        """Read again what the store has, as after a reset."""
        with self.store.transaction() as db:
            rows = db.execute("SELECT * FROM rate_limits").fetchall()
        by_context = {
            Context.of_row(row): self._effective(
                {group: Rates(**rates) for group, rates in json.loads(row["rates"]).items()}
            )
            for row in rows
        }
        with self._lock:
            self._changed = by_context

    def of(self, context: Context) -> Mapping[str, Rates]:
        """What the context is told: every group's rates."""
        return self._changed.get(context, self.usual)

    def changed(self, context: Context) -> bool:
        """Whether a test changed the rates of that context."""
        return context in self._changed

    def enforced(self, context: Context | None) -> Mapping[str, Rates] | None:
        """What is counted there, or of an address outside any context; None when nothing is."""
        changed = self._changed.get(context) if context is not None else None
        return changed or (None if self.profile == "off" else self.usual)

    def change(self, context: Context, rates: Mapping[str, Rates]) -> None:
        """In this context from now on; ``rates`` has every group of `OPEN_TO_CHANGE`."""
        written = json.dumps({group: asdict(rate) for group, rate in rates.items()})
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO rate_limits VALUES (?, ?, ?)", (*context.key, written))
            with self._lock:
                self._changed[context] = self._effective(rates)

    def restore(self, context: Context) -> None:
        with self.store.transaction() as db:
            db.execute(f"DELETE FROM rate_limits WHERE {OF_CONTEXT}", context.key)
            with self._lock:
                self._changed.pop(context, None)

    def _effective(self, rates: Mapping[str, Rates]) -> Mapping[str, Rates]:
        return {**self.usual, **_with_closing(rates)}
