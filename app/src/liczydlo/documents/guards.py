"""What the database refuses to do with documents, whoever asks: art. 106e, 112 and 112a of the VAT act."""

from __future__ import annotations

from typing import Final

from liczydlo.guards import written_once

GUARDS: Final = (*written_once("documents_document"),)
