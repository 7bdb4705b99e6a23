"""What keeps the audit log append-only in the database itself."""

from __future__ import annotations

from typing import Final

from liczydlo.guards import written_once

TABLE: Final = "audit_entry"
GUARDS: Final = written_once(TABLE, "the audit log is append-only")
