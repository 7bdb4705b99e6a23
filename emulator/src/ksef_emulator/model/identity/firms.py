"""Which firms the emulator has met: in the test registers, as contexts of permissions and sessions, of test people.

Any NIP has a context of its own in KSeF, so there is no register of firms; this is what people would call one.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...store import Store
from ..sending.invoice_records import BUYER
from .people import KNOWN

SCHEMA = """
CREATE TABLE IF NOT EXISTS firm_names (nip TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
"""
_MET = """
SELECT nip, description AS name, 'person' AS kind, NULL AS parent, 0 AS rank FROM persons
UNION ALL SELECT nip, description, type, parent, 0 FROM taxpayers
UNION ALL SELECT nip, name, 'firm', NULL, 2 FROM firm_names
UNION ALL SELECT nip, given_name || ' ' || surname, 'person', NULL, 1 FROM people WHERE nip IS NOT NULL
UNION ALL SELECT DISTINCT context_value, NULL, 'firm', NULL, 3 FROM permission_grants WHERE context_type = 'Nip'
UNION ALL SELECT DISTINCT context_value, NULL, 'firm', NULL, 3 FROM sessions WHERE context_type = 'Nip'
ORDER BY rank
"""
_CALLED = """
SELECT seller_name AS name FROM register WHERE seller_nip = :nip AND seller_name IS NOT NULL
UNION ALL SELECT buyer_name FROM register JOIN parties ON parties.id = register.id
    WHERE parties.role = :buyer AND parties.who = :who AND buyer_name IS NOT NULL
LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Firm:
    """One of them. ``kind`` is ``person`` (a sole proprietor), ``firm``, or a taxpayer's type of the test register;
    ``parent`` is whose unit it is; ``name`` is empty while nobody said it."""

    nip: str
    name: str
    kind: str
    parent: str | None = None


class Firms:
    """Reads other parts' tables, which must be there; its own has only the names of ordinary firms."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.register(SCHEMA)

    def add(self, nip: str, name: str) -> None:
        """An ordinary firm's name, which may be another than before."""
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO firm_names (nip, name) VALUES (?, ?)", (nip, name))

    def all(self) -> list[Firm]:
        """Every one, by NIP."""
        with self.store.transaction() as db:
            rows = db.execute(_MET).fetchall()
        firms = {
            firm.nip: Firm(nip=firm.nip, name=firm.name, kind="person")
            for firm in KNOWN
            if firm.nip is not None
        }
        for row in rows:
            before = firms.get(row["nip"])
            if before is None or (not before.name and row["name"]):
                firms[row["nip"]] = Firm(
                    nip=row["nip"], name=row["name"] or "", kind=row["kind"], parent=row["parent"]
                )
        named = (
            firm if firm.name else Firm(nip=firm.nip, name=self.name(firm.nip), kind=firm.kind)
            for firm in firms.values()
        )
        return sorted(named, key=lambda one: one.nip)

    def called(self, nip: str) -> str:
        """The firm's name in the registers, or else on invoices; empty when nobody said it."""
        return next((firm.name for firm in self.all() if firm.nip == nip), "") or self.name(nip)

    def name(self, nip: str) -> str:
        """What invoices call the firm; empty when there are none."""
        with self.store.transaction() as db:
            row = db.execute(_CALLED, {"nip": nip, "buyer": BUYER, "who": f"Nip:{nip}"}).fetchone()
        return str(row["name"]) if row is not None else ""
