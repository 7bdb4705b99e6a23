"""What the database does by itself with purchases: the index knows which are hidden, so that lists need not ask."""

from __future__ import annotations

from typing import Final

from liczydlo.guards import SyncTrigger

_TABLE: Final = "purchases_receivedinvoice"
_ENTRY: Final = "UPDATE documents_indexentry SET hidden = (NEW.state = 'hidden') WHERE id = NEW.entry_id"

SYNC_TRIGGERS: Final = (
    SyncTrigger(
        name=f"{_TABLE}_hides",
        table=_TABLE,
        verb="UPDATE OF state",
        when="(NEW.state = 'hidden') <> (OLD.state = 'hidden')",
        statement=_ENTRY,
    ),
    SyncTrigger(
        name=f"{_TABLE}_comes_hidden",
        table=_TABLE,
        verb="INSERT",
        when="NEW.state = 'hidden'",
        statement=_ENTRY,
    ),
)
