"""Peppol service providers: each registers by its first login with its own certificate (ksef-docs api-changelog.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from ...clock import Clock
from ...login.holder import attribute
from ...store import Store
from ..time.moments import micros, moment
from .contexts import Context, ContextType

SCHEMA = """
CREATE TABLE IF NOT EXISTS peppol_providers (id TEXT PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS peppol_providers_listing ON peppol_providers (created DESC, id);
"""

STANDING = (
    ("PPL990001", "Dostawca Peppol Pierwszy (fikcyjny)"),
    ("PPL990002", "Dostawca Peppol Drugi (fikcyjny)"),
)
"""Made-up providers who are always there: on TEST the register has not been empty for long."""
_SINCE = micros(datetime(2026, 2, 1, tzinfo=UTC))


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One of them; ``id`` is a letter P, a country and six digits."""

    id: str
    name: str
    created: datetime


class Providers:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        store.register(SCHEMA)

    def register(self, certificate: x509.Certificate) -> None:
        """Take in the provider whose certificate it is; one who is known stays as it was."""
        row = (common_name(certificate), _organization(certificate), micros(self.clock.now()))
        with self.store.transaction() as db:
            db.execute("INSERT OR IGNORE INTO peppol_providers (id, name, created) VALUES (?, ?, ?)", row)

    def page(self, offset: int, size: int) -> list[Provider]:
        """At most ``size``, newest first, from the ``offset``-th on."""
        standing = [value for item in STANDING for value in (*item, _SINCE)]
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT id, name, created FROM peppol_providers"
                " UNION SELECT * FROM (VALUES (?, ?, ?), (?, ?, ?))"
                " WHERE column1 NOT IN (SELECT id FROM peppol_providers)"
                " ORDER BY created DESC, id LIMIT ? OFFSET ?",
                (*standing, size, offset),
            ).fetchall()
        return [Provider(id=row["id"], name=row["name"], created=moment(row["created"])) for row in rows]


def is_provider(certificate: x509.Certificate, context: Context) -> bool:
    """Whether the certificate is the seal of the provider whose context it is: its common name is the identifier."""
    return (
        context.type is ContextType.PEPPOL_ID
        and common_name(certificate) == context.value
        and bool(attribute(certificate, NameOID.ORGANIZATION_NAME))
    )


def common_name(certificate: x509.Certificate) -> str:
    """The certificate's common name, or nothing."""
    return attribute(certificate, NameOID.COMMON_NAME)


def _organization(certificate: x509.Certificate) -> str:
    return attribute(certificate, NameOID.ORGANIZATION_NAME)[:256]
