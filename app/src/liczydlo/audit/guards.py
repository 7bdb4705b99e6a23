"""What keeps the audit log append-only in the database itself."""

from __future__ import annotations

from typing import Final

from liczydlo.guards import Guard, Verb

TABLE: Final = "audit_entry"
_VERBS: Final[tuple[Verb, ...]] = ("UPDATE", "DELETE", "TRUNCATE")
GUARDS: Final = tuple(
    Guard(name=f"{TABLE}_no_{verb.lower()}", table=TABLE, verb=verb, message="the audit log is append-only")
    for verb in _VERBS
)
