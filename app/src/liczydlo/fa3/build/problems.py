"""Why a draft is no document yet."""

from __future__ import annotations


class IncompleteDraft(ValueError):
    """What is missing: ``fields`` are paths in the draft, as ``lines[0].net_price``."""

    def __init__(self, *fields: str) -> None:
        super().__init__(f"missing: {', '.join(fields)}")
        self.fields = fields
